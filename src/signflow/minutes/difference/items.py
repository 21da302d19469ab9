"""The difference between two versions of the items: which is which, and in each what changed, the decisions first.

1. Items are matched: by number and title, by title, by number where the words are alike, then by the words alone.
2. In each pair the decisions are compared, then the rest; what has no partner came or went.
3. Of the items that are in both, those outside the longest run in unchanged order have moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from signflow.minutes.difference.alignment import Effort
from signflow.minutes.difference.lines import (
    Change,
    Kind,
    LineChange,
    Piece,
    compare_lines,
    compare_words,
    likeness,
    lines_of,
    words_in,
)
from signflow.minutes.model import Block, Decision, Item
from signflow.minutes.words import item_passages

_SAME_MATTER = 0.3  # the share of words that two items of one number have in common if they are one
_SAME_WORDS = 0.5  # likewise where neither number nor title says so
_SOUGHT_AMONG = 60


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What became of an item.

    Attributes:
        change: Same, added, removed or changed.
        label: Its number as written now; as it was, where it is gone.
        title: Likewise.
        heading: Number and title, where they changed; else empty.
        moved: Whether it stands in another place among the others.
        reordered: Whether its words are the same in another order.
        decisions: What changed in its decisions.
        others: What changed beside them.
    """

    change: Change
    label: str
    title: str
    heading: tuple[Piece, ...] = ()
    moved: bool = False
    reordered: bool = False
    decisions: tuple[LineChange, ...] = ()
    others: tuple[LineChange, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether anything became of it."""
        return self.change is not Change.SAME or self.moved


def compare_items(old: Sequence[Item], new: Sequence[Item], effort: Effort) -> tuple[ItemChange, ...]:
    """What became of each item, in the new order; an item that is gone stands where it stood."""
    partner = _Matching(old, new, effort).partners()
    stays = _longest_run([partner[at] for at in range(len(new)) if at in partner])
    taken = set(partner.values())
    changes: list[ItemChange] = []
    shown = 0
    for at, item in enumerate(new):
        before = partner.get(at)
        if before is None:
            changes.append(_whole(item, Change.ADDED, effort))
            continue
        if before in stays:
            changes += _gone(old, range(shown, before), taken, effort)
            shown = before + 1
        changes.append(_compared(old[before], item, effort, moved=before not in stays))
    return (*changes, *_gone(old, range(shown, len(old)), taken, effort))


@dataclass(frozen=True, slots=True)
class Followed:
    """Where an item went: its name before, its name now (empty if it is gone), and whether its words are others."""

    before: str
    now: str
    changed: bool


def follow_items(old: Sequence[Item], new: Sequence[Item], effort: Effort) -> tuple[Followed, ...]:
    """What became of each old item, in the old order."""
    went = {before: new[at] for at, before in _Matching(old, new, effort).partners().items()}
    return tuple(_follow(item, went.get(at), effort) for at, item in enumerate(old))


def _follow(item: Item, now: Item | None, effort: Effort) -> Followed:
    if now is None:
        return Followed(item_name(item), "", changed=True)
    change = _compared(item, now, effort, moved=False).change
    return Followed(item_name(item), item_name(now), changed=change is not Change.SAME)


class _Matching:
    """Which new item was which old one."""

    def __init__(self, old: Sequence[Item], new: Sequence[Item], effort: Effort) -> None:
        self._old = old
        self._new = new
        self._effort = effort
        self._partner: dict[int, int] = {}
        self._counted: dict[int, Counter[str]] = {}

    def partners(self) -> dict[int, int]:
        """For each new item that there was before, by place, the place of the old one."""
        self._match(lambda item: (item.number, _folded(item.title)))
        self._match(lambda item: _folded(item.title) or None)
        self._match(lambda item: item.number, _SAME_MATTER)
        taken = set(self._partner.values())
        left = [at for at in range(len(self._old)) if at not in taken][:_SOUGHT_AMONG]
        for at in [at for at in range(len(self._new)) if at not in self._partner][:_SOUGHT_AMONG]:
            alike = max(left, key=lambda before: self._likeness(before, at), default=None)
            if alike is not None and self._likeness(alike, at) >= _SAME_WORDS:
                self._partner[at] = alike
                left.remove(alike)
        return self._partner

    def _match(self, key_of: Callable[[Item], Hashable], least: float = 0.0) -> None:
        """Pair items that have no partner and the same key, in order; a key that is None pairs none."""
        taken = set(self._partner.values())
        waiting: dict[Hashable, list[int]] = {}
        for at in range(len(self._old) - 1, -1, -1):
            if at not in taken:
                waiting.setdefault(key_of(self._old[at]), []).append(at)
        for at, item in enumerate(self._new):
            key = key_of(item)
            before = waiting.get(key) if key is not None and at not in self._partner else None
            if before and (not least or self._likeness(before[-1], at) >= least):
                self._partner[at] = before.pop()

    def _likeness(self, before: int, at: int) -> float:
        one, other = self._words(self._old[before]), self._words(self._new[at])
        self._effort.steps -= min(len(one), len(other))
        return likeness(one, other) if self._effort.steps > 0 else 0.0

    def _words(self, item: Item) -> Counter[str]:
        found = self._counted.get(id(item))
        if found is None:
            # without the number and the labels, which most items share
            lines = (line.text for line in lines_of(item.blocks) if line.kind is not Kind.HEADING)
            found = self._counted[id(item)] = words_in(" ".join((item.title, *lines)))
        return found


def _compared(old: Item, new: Item, effort: Effort, *, moved: bool) -> ItemChange:
    was, now = item_name(old), item_name(new)
    heading = compare_words(was, now, effort) if was != now else ()
    decisions = compare_lines([*lines_of(_decisions(old))], [*lines_of(_decisions(new))], effort)
    others = compare_lines([*lines_of(_others(old))], [*lines_of(_others(new))], effort)
    reordered = not (heading or decisions or others) and _words(old) != _words(new)
    change = Change.CHANGED if heading or decisions or others or reordered else Change.SAME
    return ItemChange(change, new.label, new.title, heading, moved, reordered, decisions, others)


def _whole(item: Item, change: Change, effort: Effort) -> ItemChange:
    """An item that came or went, with all its lines."""
    decisions, others = [*lines_of(_decisions(item))], [*lines_of(_others(item))]
    came = change is Change.ADDED
    return ItemChange(
        change,
        item.label,
        item.title,
        decisions=compare_lines([] if came else decisions, decisions if came else [], effort),
        others=compare_lines([] if came else others, others if came else [], effort),
    )


def _gone(old: Sequence[Item], places: Iterable[int], taken: set[int], effort: Effort) -> list[ItemChange]:
    return [_whole(old[at], Change.REMOVED, effort) for at in places if at not in taken]


def _decisions(item: Item) -> list[Block]:
    return [block for block in item.blocks if isinstance(block, Decision)]


def _others(item: Item) -> list[Block]:
    return [block for block in item.blocks if not isinstance(block, Decision)]


def item_name(item: Item) -> str:
    """Number and title, as people name it."""
    return " ".join(f"{item.label} {item.title}".split())


def _words(item: Item) -> list[str]:
    return [word for passage in item_passages(item) for word in passage.text.split()]


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())


def _longest_run(places: Sequence[int]) -> frozenset[int]:
    """A longest ascending run of different numbers, not necessarily side by side."""
    ends: list[int] = []  # the least end of a run of each length
    before: dict[int, int | None] = {}
    for place in places:
        length = bisect_left(ends, place)
        before[place] = ends[length - 1] if length else None
        ends[length : length + 1] = [place]
    run: set[int] = set()
    place = ends[-1] if ends else None
    while place is not None:
        run.add(place)
        place = before[place]
    return frozenset(run)
