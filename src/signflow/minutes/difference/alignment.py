"""The shortest way from one sequence to another, found within a bound on the work it takes.

Source: E. W. Myers, An O(ND) Difference Algorithm and Its Variations, Algorithmica 1 (1986), the greedy algorithm.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

_MOST_EDITS = 600  # the trace that leads back grows with their square


@dataclass(slots=True)
class Effort:
    """How many steps the alignments of one comparison may still take together; a step is about 200 ns."""

    steps: int = 6_000_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of both sequences: the same in both, or `old` taken out and `new` put in; begin and end of each."""

    same: bool
    old: tuple[int, int]
    new: tuple[int, int]


def align(old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort) -> list[Stretch]:
    """Both sequences as stretches, in order, same and other by turns; together they cover both.

    The edits are as few as can be, unless that would take more than the effort allows or than 600 edits: then everything
    between the common beginning and the common end is one stretch of others. The same arguments give the same stretches.
    """
    begin = _common(old, new)
    end = _common(old[begin:][::-1], new[begin:][::-1])
    first, second = old[begin : len(old) - end], new[begin : len(new) - end]
    inner = _matches(first, second, effort) if first and second else []
    matches = [(at, at) for at in range(begin)]
    matches += [(begin + x, begin + y) for x, y in inner]
    matches += [(len(old) - at, len(new) - at) for at in range(end, 0, -1)]
    return _stretches(matches, len(old), len(new))


def _common(old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
    """How many elements both begin with."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _matches(old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort) -> list[tuple[int, int]]:
    """Pairs of places that are the same, ascending; none where finding them takes too much."""
    furthest = {1: 0}  # by diagonal (place in old - place in new): how far in old
    trace: list[dict[int, int]] = []
    for edits in range(min(len(old) + len(new), _MOST_EDITS) + 1):
        trace.append(dict(furthest))
        effort.steps -= 2 * edits + 1
        for diagonal in range(-edits, edits + 1, 2):
            is_down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
            x = furthest[diagonal + 1] if is_down else furthest[diagonal - 1] + 1
            y = start = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            effort.steps -= y - start
            furthest[diagonal] = x
            if x >= len(old) and y >= len(new):
                return _traced(trace, len(old), len(new))
        if effort.steps < 0:
            break
    return []


def _traced(trace: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """The way back through the furthest places: the diagonal steps are the matches."""
    matches: list[tuple[int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[edits], x - y
        is_down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
        before = diagonal + 1 if is_down else diagonal - 1
        before_x = furthest[before] if edits else 0
        before_y = before_x - before if edits else 0
        while x > before_x and y > before_y:
            x, y = x - 1, y - 1
            matches.append((x, y))
        x, y = before_x, before_y
    return matches[::-1]


def _stretches(matches: Sequence[tuple[int, int]], old_length: int, new_length: int) -> list[Stretch]:
    stretches: list[Stretch] = []
    x = y = same_x = same_y = 0
    for to_x, to_y in (*matches, (old_length, new_length)):
        if (to_x, to_y) != (x, y):
            if (same_x, same_y) != (x, y):
                stretches.append(Stretch(True, (same_x, x), (same_y, y)))
            stretches.append(Stretch(False, (x, to_x), (y, to_y)))
            same_x, same_y = to_x, to_y
        x, y = to_x + 1, to_y + 1
    if same_x < old_length or same_y < new_length:
        stretches.append(Stretch(True, (same_x, old_length), (same_y, new_length)))
    return stretches
