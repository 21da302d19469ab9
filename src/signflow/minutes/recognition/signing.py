"""Who signs as what, and for which items, from the rows of the closing block.

Two orders are in use: all labels and then the names in the same order (`Vid anteckningarna`, `Justerat`, name, name), and
each name with its label, after it or before it. Columns count as lines read from left to right. Ranges of items
(`Paragrafer 94–99`) belong to the person beside or above them; one that stands alone in the whole block, to everybody.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from signflow.minutes.blocks import Row
from signflow.minutes.model import ItemRange, Role, Signatory, SignOffEntry
from signflow.minutes.recognition.labels import COLUMNS, front_kind, normalised, sign_label, split_sign_label
from signflow.minutes.recognition.people import bare_name, is_name, read_people, same_name
from signflow.minutes.recognition.ranges import read_ranges, split_ranges
from signflow.minutes.recognition.vocabulary import FrontKind

_SIGNING_ORDER = (Role.SECRETARY, Role.CHAIR, Role.ADJUSTER)
_VALUED = (FrontKind.ITEMS, FrontKind.OTHER, FrontKind.TIME, FrontKind.PLACE, FrontKind.TIME_AND_PLACE)
_NO_NAMES = ("bilaga", "bilagor", "datum", "ort", "sida", "appendix", "attachment", "page", "date")


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing block in order, and the persons whom it names, in signing order."""

    entries: tuple[SignOffEntry, ...]
    signatories: tuple[Signatory, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label, a name or another cell, before it is known who is what.

    `place` counts the lines of the block, `column` from the left; `beside` says that ranges stand in one cell with a name.
    """

    text: str
    line: int
    place: int
    column: int
    role: Role | None = None
    is_label: bool = False
    name: str = ""
    ranges: tuple[ItemRange, ...] = ()
    beside: bool = False


def read_closing(lines: Sequence[Sequence[Row]], names: Collection[str]) -> Closing:
    """The entries of the lines, every word in one of them, and the signatories they name.

    Args:
        lines: The closing block; the cells of a line stand side by side.
        names: Names of the persons of the meeting, as `same_name` makes them.
    """
    marks = list(_marks(lines, names))
    roles = _roles(marks)
    covers = _covers(marks, roles)
    entries = tuple(
        SignOffEntry(mark.text, mark.is_label, roles.get(at, mark.role if mark.is_label else None), mark.line)
        for at, mark in enumerate(marks)
    )
    named = [Signatory(marks[at].name, role, marks[at].line, covers.get(at, ())) for at, role in sorted(roles.items())]
    return Closing(entries, tuple(sorted(named, key=lambda signatory: _SIGNING_ORDER.index(signatory.role))))


def _marks(lines: Sequence[Sequence[Row]], names: Collection[str]) -> Iterator[_Mark]:
    awaited: FrontKind | None = None
    of_items: set[int] = set()  # columns under `Paragrafer`
    for at, rows in enumerate(lines):
        cells = [(cell.strip(), row.line) for row in rows for cell in COLUMNS.split(row.text.strip())]
        for column, (cell, line) in enumerate(cells):
            if not cell:
                continue
            place = _Mark(cell, line, at, column)
            kind = None if sign_label(cell) else front_kind(cell)
            ranges = read_ranges(cell, signed=awaited is not FrontKind.ITEMS and column not in of_items)
            if ranges:
                yield replace(place, ranges=ranges)
            elif kind:
                yield replace(place, is_label=True)
            elif awaited and not sign_label(cell) and not split_sign_label(cell):
                yield place  # what stands after `Justeringens plats och tid` is no person
            else:
                yield from _cell_marks(place, names)
            awaited = kind if kind in _VALUED else None
            if awaited is FrontKind.ITEMS and column > 0 and column == len(cells) - 1:
                of_items.add(column)
                awaited = None


def _cell_marks(place: _Mark, names: Collection[str]) -> Iterator[_Mark]:
    cell = place.text
    divided = split_ranges(cell)
    if divided:
        heads = list(_cell_marks(replace(place, text=divided[0]), names))
        if any(head.name or head.role for head in heads):
            yield from heads
            beside = any(head.name for head in heads)
            yield replace(place, text=divided[1], ranges=read_ranges(divided[1], signed=False), beside=beside)
            return
    found = sign_label(cell)
    labelled = None if found else split_sign_label(cell)
    if found:
        yield replace(place, role=found[0], is_label=True)
    elif labelled:
        yield from _labelled(place, *labelled)
    else:
        name = bare_name(cell)
        is_person = _is_person(name) and (len(name.split()) > 1 or same_name(name) in names)
        yield replace(place, name=name if is_person else "")


def _labelled(place: _Mark, label: str, rest: str) -> Iterator[_Mark]:
    """`Justerat: Anna Ek och Bo Å`."""
    found = sign_label(label)
    role = found[0] if found else None
    people = read_people(rest, place.line)
    name = bare_name(rest)
    if len(people) > 1 and all(_is_person(person.name) for person in people):
        yield replace(place, text=label, role=role, is_label=True)
        for person in people:
            text = " ".join(filter(None, (person.lead, person.name, person.affiliation)))
            yield replace(place, text=text, name=person.name)
    elif _is_person(name):
        yield replace(place, text=label, role=role, is_label=True)
        yield replace(place, text=rest, name=name)
    else:
        yield replace(place, role=role, is_label=True)


def _is_person(name: str) -> bool:
    return is_name(name) and not normalised(name).startswith(_NO_NAMES)


def _roles(marks: Sequence[_Mark]) -> dict[int, Role]:
    """Which mark (by position) is a name in which role."""
    tokens = [(at, mark) for at, mark in enumerate(marks) if mark.name or (mark.is_label and mark.role)]
    if tokens and tokens[0][1].name:
        return _names_first(tokens)
    if _is_heading_over(tokens):
        return _names_first(tokens[1:])
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


def _is_heading_over(tokens: Sequence[tuple[int, _Mark]]) -> bool:
    """Whether the first label stands over names side by side, each with a label of its own below it."""
    count = (len(tokens) - 1) // 2
    kinds = [bool(mark.name) for _, mark in tokens]
    return count > 1 and kinds == [False, *[True] * count, *[False] * count]


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


def _covers(marks: Sequence[_Mark], roles: dict[int, Role]) -> dict[int, tuple[ItemRange, ...]]:
    """The ranges of each name that signs, by position."""
    stated = [at for at, mark in enumerate(marks) if mark.ranges]
    if len(stated) == 1 and not marks[stated[0]].beside:
        return dict.fromkeys(roles, marks[stated[0]].ranges)
    covers: dict[int, tuple[ItemRange, ...]] = {}
    for at in stated:
        for owner in _owners(at, marks, roles):
            covers[owner] = covers.get(owner, ()) + marks[at].ranges
    return covers


def _owners(at: int, marks: Sequence[_Mark], roles: dict[int, Role]) -> list[int]:
    """Whose ranges these are: of the name on their line; in their column; or of the name or label before them."""
    own = marks[at]
    on_line = [name for name in roles if marks[name].place == own.place]
    if on_line:
        return [max((name for name in on_line if name < at), default=on_line[0])]
    in_column = [name for name in roles if name < at and marks[name].column == own.column]
    alone = not any(mark.place == own.place and number != at for number, mark in enumerate(marks))
    if in_column and not alone:
        return [max(in_column)]
    before = next((number for number in range(at - 1, -1, -1) if number in roles or _is_role(marks[number])), None)
    if before is None:
        return [min(roles)] if roles else []
    if before in roles:
        return [before]
    role = marks[before].role
    below = itertools.takewhile(lambda number: not _is_role(marks[number]), range(at + 1, len(marks)))
    under_label = [number for number in below if roles.get(number) is role]
    return under_label or [number for number in roles if number < at and roles[number] is role][-1:]


def _is_role(mark: _Mark) -> bool:
    return mark.is_label and mark.role is not None
