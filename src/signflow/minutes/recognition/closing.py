"""Where the closing block and the proof of notice stand: after the items, or on the first page before them."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from signflow.minutes.blocks import ListBlock, NoteBlock, Row, SourceBlock, TableBlock, TextBlock, entry_rows, rows_of
from signflow.minutes.model import Role
from signflow.minutes.recognition.labels import COLUMNS, SIGNING_LINE, front_kind, sign_label, split_sign_label
from signflow.minutes.recognition.notice import notice_begins
from signflow.minutes.recognition.people import bare_name, is_name, read_people, same_name
from signflow.minutes.recognition.ranges import read_ranges, split_ranges
from signflow.minutes.recognition.vocabulary import FrontKind

_CLOSING_CHARACTERS = 120
_NOT_IN_CLOSING = (FrontKind.PRESENT, FrontKind.ABSENT, FrontKind.GROUP, FrontKind.ADJUSTERS)


@dataclass(frozen=True, slots=True)
class Division:
    """Blocks divided: what stands before, the rows of the closing block and of the proof of notice, the notes after them."""

    before: tuple[SourceBlock, ...]
    closing: tuple[Row, ...] = ()
    notice: tuple[Row, ...] = ()
    notes: tuple[NoteBlock, ...] = ()


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
    names and ranges of at least two roles follows, up to the proof of notice.
    """
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
    rows = [*first, *(row for block in blocks[place.block + 1 :] for row in rows_of(block))]
    # the rows count from the place that they were cut at, which in a table is the beginning of its line
    closing = end - start + len(first) - (len(rows_of(blocks[place.block])) - place.row)
    return Division((*blocks[: place.block], *before), tuple(rows[:closing]), tuple(rows[closing:]))


def _cut(block: SourceBlock, row: int) -> tuple[Sequence[SourceBlock], Sequence[Row]]:
    """The block before that row, and its rows from there on; of a table, whole lines, of a list, whole entries."""
    rows = rows_of(block)
    if isinstance(block, TextBlock) and row:
        return (TextBlock(block.rows[:row]),), rows[row:]
    if isinstance(block, TableBlock):
        lines = [line for line in block.rows if line and line[0].line < rows[row].line]
        lines = lines if len(lines) > 1 else []  # a table's heads stay with it
        before = (TableBlock(tuple(lines), block.line),) if any(cell.spans for line in lines for cell in line) else ()
        return before, [cell for line in block.rows[len(lines) :] for cell in line]
    if isinstance(block, ListBlock):
        begins = [0, *itertools.accumulate(len(entry_rows(entry)) for entry in block.entries)]
        count = bisect_right(begins, row) - 1
        kept = (ListBlock(block.entries[:count], block.ordered, block.line),) if count else ()
        return kept, rows[begins[count] :]
    return (), rows
