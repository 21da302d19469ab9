"""The lines of a closing block as places to sign: which label, name and further lines belong together.

Labels stand before their names or, where names come first, after them. Several labels followed by as many names, or the
other way round, are columns. Whatever is neither stands with the name before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby

_CROWD = 3  # names under one label from which on they stand side by side


class Kind(Enum):
    """What a line of the closing block is to the layout."""

    HEADING = auto()  # a label that is nobody's, such as `Underskrifter`
    LABEL = auto()
    NAME = auto()
    OTHER = auto()  # a date, a range of items


@dataclass(frozen=True, slots=True)
class Place:
    """Where one person signs: the positions of its lines in the block, in order, and which of them is the name."""

    lines: tuple[int, ...]
    name: int


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together, after lines that are nobody's or everybody's.

    Attributes:
        lead: The positions of those lines.
        places: In order.
        is_beside: Whether the places stand side by side.
    """

    lead: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    is_beside: bool = False


def group_places(kinds: Sequence[Kind]) -> list[Group]:
    """The lines of a block in groups: every line is in one, and all lines of a group come before those of the next."""
    runs = [(kind, list(run)) for kind, run in _runs(kinds)]
    first = next((kind for kind, _ in runs if kind in {Kind.LABEL, Kind.NAME}), Kind.LABEL)
    groups: list[Group] = []
    at = 0
    while at < len(runs):
        columns = _columns(runs[at : at + 3], first)
        if columns:
            groups.append(columns[0])
            at += columns[1]
            continue
        end = at + 1
        while end < len(runs) and not _columns(runs[end : end + 3], first):
            end += 1
        groups += _in_sequence([(kind, line) for kind, run in runs[at:end] for line in run], first)
        at = end
    return groups


def _runs(kinds: Sequence[Kind]) -> list[tuple[Kind, list[int]]]:
    return [(kind, list(run)) for kind, run in groupby(range(len(kinds)), key=lambda line: kinds[line])]


def _columns(runs: Sequence[tuple[Kind, list[int]]], first: Kind) -> tuple[Group, int] | None:
    """The columns that these runs are, and how many of the runs that takes; None where they are not."""
    second = Kind.NAME if first is Kind.LABEL else Kind.LABEL
    if [kind for kind, _ in runs[:2]] != [first, second]:
        return None
    above, below = runs[0][1], runs[1][1]
    names, labels = (above, below) if first is Kind.NAME else (below, above)
    if min(len(names), len(labels)) < 2 or len(labels) > len(names):
        return None
    others = runs[2][1] if len(runs) > 2 and runs[2][0] is Kind.OTHER and len(runs[2][1]) == len(names) else []
    places = [
        Place(tuple(sorted([name, *labels[index : index + 1], *others[index : index + 1]])), name)
        for index, name in enumerate(names)
    ]
    return Group(places=tuple(places), is_beside=True), 3 if others else 2


def _in_sequence(lines: Sequence[tuple[Kind, int]], first: Kind) -> list[Group]:
    """The lines one after the other."""
    groups: list[Group] = []
    current: list[tuple[Kind, int]] = []
    for kind, line in lines:
        has_name = any(known is Kind.NAME for known, _ in current)
        begins = kind is first and (has_name or first is Kind.NAME)
        if kind is Kind.HEADING or begins or (kind is Kind.NAME and has_name):
            groups += _closed(current)
            current = []
        if kind is Kind.HEADING or (kind is Kind.OTHER and not current):
            groups.append(Group(lead=(line,)))
        else:
            current.append((kind, line))
    labels = {line for kind, line in lines if kind is Kind.LABEL}
    return _crowded(groups + _closed(current), labels)


def _closed(lines: Sequence[tuple[Kind, int]]) -> list[Group]:
    """One place; lines without a name are nobody's."""
    if not lines:
        return []
    positions = tuple(line for _, line in lines)
    name = next((line for kind, line in lines if kind is Kind.NAME), None)
    return [Group(lead=positions)] if name is None else [Group(places=(Place(positions, name),))]


def _crowded(groups: Sequence[Group], labels: Collection[int]) -> list[Group]:
    """Many names under one label as one group, the label before it."""
    result: list[Group] = []
    at = 0
    while at < len(groups):
        end = at + 1
        while end < len(groups) and groups[at].places and _has_no_label(groups[end], labels):
            end += 1
        if end - at < _CROWD:
            result += groups[at:end]
        else:
            opening = groups[at].places[0]
            before = tuple(line for line in opening.lines if line < opening.name)
            kept = Place(opening.lines[len(before) :], opening.name)
            places = (kept, *(place for group in groups[at + 1 : end] for place in group.places))
            result.append(Group(before, places, is_beside=True))
        at = end
    return result


def _has_no_label(group: Group, labels: Collection[int]) -> bool:
    return bool(group.places) and not any(line in labels for line in group.places[0].lines)
