"""The closing block: where it begins, and who signs as what.

Two orders are in use: all labels and then the names in the same order (`Vid anteckningarna`, `Justerat`, name, name), and
each name with its label, after it or before it. Columns count as lines read from left to right.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from signflow.minutes.blocks import Row, SourceBlock, TextBlock, rows_of
from signflow.minutes.labels import COLUMNS, sign_label, split_sign_label
from signflow.minutes.model import Role, Signatory, SignOffEntry
from signflow.minutes.people import bare_name, is_name, same_name

_CLOSING_CHARACTERS = 120
_SIGNING_ORDER = (Role.SECRETARY, Role.CHAIR, Role.ADJUSTER)


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing block in order, and the persons whom it names, in signing order."""

    entries: tuple[SignOffEntry, ...]
    signatories: tuple[Signatory, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    block: int
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label, a name or another line, before it is known who is what."""

    text: str
    line: int
    role: Role | None = None
    is_label: bool = False
    name: str = ""


def split_closing(
    blocks: Sequence[SourceBlock], begin: int, names: Collection[str]
) -> tuple[list[SourceBlock], tuple[Row, ...]]:
    """The blocks before the closing block, and the rows of the closing block.

    It begins at the first label of a signature after which only short lines follow; failing that, at the first label of a
    secretary or adjuster.

    Args:
        blocks: The blocks after the title.
        begin: Where to look from: after the heading of the last item.
        names: Names of the persons of the meeting, as `same_name` makes them.
    """
    places = [
        _Place(at, row_at, row.text)
        for at in range(begin, len(blocks))
        for row_at, row in enumerate(rows_of(blocks[at]))
    ]
    start = _first_label(places)
    if start is None:
        return list(blocks), ()
    last = next((place for place in reversed(places) if place.text.strip(" _.…")), places[start])
    before = places[start - 1] if start else None
    if before and _is_label(last.text) and _is_known(before.text, names):
        start -= 1
    return _cut(blocks, places[start])


def _first_label(places: Sequence[_Place]) -> int | None:
    found: int | None = None
    for at in range(len(places) - 1, -1, -1):
        if len(places[at].text) > _CLOSING_CHARACTERS:
            break
        if _begins_closing(places[at].text):
            found = at
    if found is not None:
        return found
    return next((at for at, place in enumerate(places) if _is_signing_label(place.text)), None)


def _begins_closing(text: str) -> bool:
    cells = COLUMNS.split(text.strip())
    if sign_label(cells[0]):
        return True
    divided = split_sign_label(cells[0])
    return divided is not None and (is_name(bare_name(divided[1])) or not divided[1].strip(" _.…"))


def _is_signing_label(text: str) -> bool:
    found = sign_label(COLUMNS.split(text.strip())[0]) if len(text) <= _CLOSING_CHARACTERS else None
    return found is not None and found[0] is not Role.CHAIR


def _is_label(text: str) -> bool:
    return sign_label(COLUMNS.split(text.strip())[0]) is not None


def _is_known(text: str, names: Collection[str]) -> bool:
    return same_name(bare_name(COLUMNS.split(text.strip(" _.…"))[0])) in names


def _cut(blocks: Sequence[SourceBlock], place: _Place) -> tuple[list[SourceBlock], tuple[Row, ...]]:
    block = blocks[place.block]
    kept = list(blocks[: place.block])
    rows = rows_of(block)
    if isinstance(block, TextBlock) and place.row:
        kept.append(TextBlock(block.rows[: place.row]))
        rows = rows[place.row :]
    return kept, (*rows, *(row for later in blocks[place.block + 1 :] for row in rows_of(later)))


def read_closing(rows: Sequence[Row], names: Collection[str]) -> Closing:
    """The entries of the rows, every word in one of them, and the signatories they name."""
    marks = [mark for row in rows for mark in _marks(row, names)]
    roles = _roles(marks)
    entries = tuple(
        SignOffEntry(mark.text, mark.is_label, roles.get(at, mark.role if mark.is_label else None), mark.line)
        for at, mark in enumerate(marks)
    )
    named = [Signatory(marks[at].name, role, marks[at].line) for at, role in sorted(roles.items())]
    return Closing(entries, tuple(sorted(named, key=lambda signatory: _SIGNING_ORDER.index(signatory.role))))


def _marks(row: Row, names: Collection[str]) -> list[_Mark]:
    marks: list[_Mark] = []
    for cell in filter(None, (cell.strip() for cell in COLUMNS.split(row.text))):
        found = sign_label(cell)
        divided = None if found else split_sign_label(cell)
        if found:
            marks.append(_Mark(cell, row.line, found[0], is_label=True))
        elif divided:
            label = sign_label(divided[0])
            role = label[0] if label else None
            name = bare_name(divided[1])
            if is_name(name):
                marks += [_Mark(divided[0], row.line, role, is_label=True), _Mark(divided[1], row.line, name=name)]
            else:
                marks.append(_Mark(cell, row.line, role, is_label=True))
        else:
            name = bare_name(cell)
            is_person = is_name(name) and (len(name.split()) > 1 or same_name(name) in names)
            marks.append(_Mark(cell, row.line, name=name if is_person else ""))
    return marks


def _roles(marks: Sequence[_Mark]) -> dict[int, Role]:
    """Which mark (by position) is a name in which role."""
    tokens = [(at, mark) for at, mark in enumerate(marks) if mark.name or (mark.is_label and mark.role)]
    if tokens and tokens[0][1].name:
        return _names_first(tokens)
    roles: dict[int, Role] = {}
    labels: list[Role] = []
    names: list[int] = []
    for index, (at, mark) in enumerate(tokens):
        if mark.name:
            names.append(at)
        elif mark.role:
            follower = tokens[index + 1][1] if index + 1 < len(tokens) else None
            is_title = names and labels and mark.role is labels[-1] and not (follower and follower.name)
            if is_title:
                continue  # what the person is, under the name, such as `Kommunsekreterare`
            if names:
                roles.update(_paired(labels, names))
                labels, names = [], []
            labels.append(mark.role)
    return roles | _paired(labels, names)


def _paired(labels: Sequence[Role], names: Sequence[int]) -> dict[int, Role]:
    """Labels and the names under them: one each in order, the last label taking the names that are left.

    Where names are fewer, the labels nearest to them take them; nobody stands under those before.
    """
    labels = labels[-len(names) :] if names else ()
    return {at: labels[min(index, len(labels) - 1)] for index, at in enumerate(names)} if labels else {}


def _names_first(tokens: Sequence[tuple[int, _Mark]]) -> dict[int, Role]:
    roles: dict[int, Role] = {}
    waiting: list[int] = []
    last: Role | None = None
    for at, mark in tokens:
        if mark.name:
            waiting = [at] if last else [*waiting, at]
            last = None
        elif mark.role and waiting:
            last = mark.role
            # of several names before several labels, each label takes the next; the last label takes all that are left
            roles.update(dict.fromkeys(waiting, mark.role))
            waiting = waiting[1:]
    return roles
