"""Where the closing block and the proof of notice stand: after the items, or on the first page before them."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from signflow.minutes.blocks import (
    Heading,
    ListBlock,
    NoteBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    each_row,
    entry_rows,
    rows_of,
)
from signflow.minutes.model import Role
from signflow.minutes.recognition.labels import COLUMNS, SIGNING_LINE, front_kind, sign_label, split_sign_label
from signflow.minutes.recognition.notice import notice_begins
from signflow.minutes.recognition.people import bare_name, is_name, read_people, same_name
from signflow.minutes.recognition.ranges import read_ranges, split_ranges
from signflow.minutes.recognition.vocabulary import FrontKind

_CLOSING_CHARACTERS = 120
_LISTS_TRIED = 12
_NOT_IN_CLOSING = (FrontKind.PRESENT, FrontKind.ABSENT, FrontKind.GROUP, FrontKind.ADJUSTERS)


@dataclass(frozen=True, slots=True)
class Division:
    """Blocks divided: what stands before, the lines of the closing block and of the proof of notice, what follows them.

    The cells of a table that stand side by side are a line. After the items only notes follow; on the first page, attendance lists may.
    """

    before: tuple[SourceBlock, ...]
    closing: tuple[tuple[Row, ...], ...] = ()
    notice: tuple[tuple[Row, ...], ...] = ()
    notes: tuple[NoteBlock, ...] = ()
    after: tuple[SourceBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    block: int
    row: int
    text: str
    is_note: bool


def split_end(blocks: Sequence[SourceBlock], begin: int, names: Collection[str]) -> Division:
    """The blocks divided where the closing block after the items begins, and where the notes after it begin.

    It begins at the first label of a signature after which, up to the proof of notice, only short lines follow; failing
    that, at the first label of a secretary or adjuster.

    Args:
        blocks: The blocks after the title.
        begin: Where to look from: after the heading of the last item.
        names: Names of the persons of the meeting, as `same_name` makes them.
    """
    notes = tuple(itertools.takewhile(lambda block: isinstance(block, NoteBlock), reversed(blocks)))[::-1]
    signed = _split_closing(blocks[: len(blocks) - len(notes)], begin, names)
    if signed.closing or signed.notice:
        return replace(signed, notes=notes)
    return Division(tuple(blocks))


def _split_closing(blocks: Sequence[SourceBlock], begin: int, names: Collection[str]) -> Division:
    places = list(_places(blocks, begin))
    notice = notice_begins([place.text for place in places])
    end = len(places) if notice is None else notice
    start = _first_label(places[:end])
    if start is None:
        return _divided(blocks, places, end, end)
    last = next((place for place in reversed(places[:end]) if place.text.strip(SIGNING_LINE)), places[start])
    before = places[start - 1] if start else None
    if before and sign_label(COLUMNS.split(last.text.strip())[0]) and _is_known(before.text, names):
        start -= 1
        while start and _is_signing_line(places[start - 1].text):
            start -= 1
    return _divided(blocks, places, start, end)


def split_first_page(blocks: Sequence[SourceBlock]) -> Division:
    """The blocks before the first item divided where a closing block among them begins.

    It begins at `Underskrifter`, or at the label of a secretary that stands alone, after which nothing but the labels,
    names and ranges of at least two roles follows, up to the proof of notice or to an attendance list.
    """
    lists = [at for at, block in enumerate(blocks) if front_kind(_first_text(block)) in _NOT_IN_CLOSING]
    for at in [*lists[:_LISTS_TRIED], len(blocks)]:
        found = _split_signed(blocks[:at])
        if found.closing:
            return replace(found, after=tuple(blocks[at:]))
    return Division(tuple(blocks))


def _split_signed(blocks: Sequence[SourceBlock]) -> Division:
    places = list(_places(blocks, 0))
    notice = notice_begins([place.text for place in places])
    end = len(places) if notice is None else notice
    start: int | None = None
    roles: set[Role | None] = set()
    for at in range(end - 1, -1, -1):
        cells = COLUMNS.split(places[at].text.strip())
        if any(map(_is_no_closing, cells)):
            break
        roles |= {found[0] for cell in cells if (found := _label_in(cell))}
        if Role.ADJUSTER in roles and len(roles - {None}) > 1 and _opens_signatures(cells[0]):
            start = at
    return Division(tuple(blocks)) if start is None else _divided(blocks, places, start, end)


def _first_text(block: SourceBlock) -> str:
    return next((row.text for row in each_row(block)), "") if isinstance(block, Heading | TextBlock) else ""


def _is_no_closing(cell: str) -> bool:
    return len(cell) > _CLOSING_CHARACTERS or (not sign_label(cell) and front_kind(cell) in _NOT_IN_CLOSING)


def _label_in(cell: str) -> tuple[Role | None, str] | None:
    divided = split_sign_label(cell)
    return sign_label(cell) or (sign_label(divided[0]) if divided else None)


def _opens_signatures(cell: str) -> bool:
    found = sign_label(cell)
    ranged = split_ranges(cell)
    labelled = split_sign_label(cell)
    if ranged and not found:
        found = sign_label(ranged[0])
    if labelled and not found and labelled[1].startswith(("_", ".", "…")):
        found = sign_label(labelled[0])
    return found is not None and found[0] in (Role.SECRETARY, None)


def _places(blocks: Sequence[SourceBlock], begin: int) -> Iterator[_Place]:
    for at in range(begin, len(blocks)):
        block = blocks[at]
        for row_at, row in enumerate(rows_of(block)):
            yield _Place(at, row_at, row.text, isinstance(block, NoteBlock))


def _first_label(places: Sequence[_Place]) -> int | None:
    found: int | None = None
    for at in range(len(places) - 1, -1, -1):
        if places[at].is_note:
            continue
        if len(places[at].text) > _CLOSING_CHARACTERS:
            break
        if begins_closing(places[at].text):
            found = at
    if found is not None:
        return found
    return next((at for at, place in enumerate(places) if _is_signing_label(place.text)), None)


def begins_closing(text: str) -> bool:
    """Whether a line is a label of a signature, or such a label with the name or the ranges that belong to it."""
    cell = COLUMNS.split(text.strip())[0]
    if sign_label(cell):
        return True
    divided = split_sign_label(cell)
    if divided is None:
        return False
    rest = divided[1]
    ranged = split_ranges(rest)
    people = [ranged[0]] if ranged else [person.name for person in read_people(rest, 0)] or [rest]
    return bool(read_ranges(rest)) or not rest.strip(SIGNING_LINE) or is_name(bare_name(people[0]))


def _is_signing_label(text: str) -> bool:
    found = sign_label(COLUMNS.split(text.strip())[0]) if len(text) <= _CLOSING_CHARACTERS else None
    return found is not None and found[0] is not Role.CHAIR


def _is_signing_line(text: str) -> bool:
    return bool(text) and not text.strip(SIGNING_LINE)


def _is_known(text: str, names: Collection[str]) -> bool:
    return same_name(bare_name(COLUMNS.split(text.strip(SIGNING_LINE))[0])) in names


def _divided(blocks: Sequence[SourceBlock], places: Sequence[_Place], start: int, end: int) -> Division:
    if start == len(places):
        return Division(tuple(blocks))
    place = places[start]
    before, first = _cut(blocks[place.block], place.row)
    lines = [*first, *(line for block in blocks[place.block + 1 :] for line in _lines(block))]
    # the lines count from the place that they were cut at, which in a table is the beginning of its line
    left_out = len(rows_of(blocks[place.block])) - place.row
    rows = end - start + sum(map(len, first)) - left_out
    counts = list(itertools.accumulate(map(len, lines)))
    closing = bisect_left(counts, rows) + 1 if rows else 0
    return Division((*blocks[: place.block], *before), tuple(lines[:closing]), tuple(lines[closing:]))


def _lines(block: SourceBlock) -> tuple[tuple[Row, ...], ...]:
    if isinstance(block, TableBlock):
        return tuple(line for line in block.rows if line)
    return tuple((row,) for row in rows_of(block))


def _cut(block: SourceBlock, row: int) -> tuple[Sequence[SourceBlock], Sequence[tuple[Row, ...]]]:
    """The block before that row, and its lines from there on; of a table, whole lines, of a list, whole entries."""
    if isinstance(block, TextBlock) and row:
        return (TextBlock(block.rows[:row]),), _lines(TextBlock(block.rows[row:]))
    if isinstance(block, TableBlock):
        count = _part_of(row, map(len, block.rows))
        if sum(any(cell.spans for cell in line) for line in block.rows[:count]) < 2:
            return (), _lines(block)  # a table's heads stay with it
        return (TableBlock(block.rows[:count], block.line),), _lines(TableBlock(block.rows[count:], block.line))
    if isinstance(block, ListBlock):
        count = _part_of(row, (len(entry_rows(entry)) for entry in block.entries))
        whole = (ListBlock(block.entries[:count], block.ordered, block.line),) if count else ()
        return whole, _lines(ListBlock(block.entries[count:], block.ordered, block.line))
    return (), _lines(block)


def _part_of(row: int, lengths: Iterable[int]) -> int:
    """In which of the parts, that have so many rows each, the row stands."""
    return bisect_right([0, *itertools.accumulate(lengths)], row) - 1
