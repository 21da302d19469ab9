"""The difference between two versions of minutes, as a secretary tells it: item by item, in each the decisions first.

1. Title and labelled lines are compared, and who was there.
2. Items are matched and compared: see `items`.
3. The closing block, the notice and the notes after them are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

from signflow.minutes.difference.alignment import Effort
from signflow.minutes.difference.items import ItemChange, compare_items
from signflow.minutes.difference.lines import (
    Change,
    Kind,
    Line,
    LineChange,
    Piece,
    compare_lines,
    compare_words,
    lines_of,
)
from signflow.minutes.model import Attendance, Minutes, Person
from signflow.minutes.recognition.people import same_name
from signflow.minutes.words import words_of


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person who came, went, or stands in the lists in another way.

    Attributes:
        name: As written now; as it was, for who is gone.
        change: Added, removed or changed.
        old_list: The label of the list where the person stood; empty for who came.
        new_list: Where the person stands; empty for who is gone.
        pieces: The name and what stands with it.
    """

    name: str
    change: Change
    old_list: str
    new_list: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was.

    Attributes:
        front: Title and labelled lines.
        people: Who came, who went, who stands in another way.
        items: All items in the new order, the unchanged too; what is gone stands where it stood.
        closing: The closing block, the notice and the notes after them.
        reordered: Whether outside the items the same words stand in another order.
    """

    front: tuple[LineChange, ...]
    people: tuple[PersonChange, ...]
    items: tuple[ItemChange, ...]
    closing: tuple[LineChange, ...]
    reordered: bool

    @property
    def same(self) -> bool:
        """Whether both versions say the same, with the same addresses, marks and images."""
        return not (
            self.front or self.people or self.closing or self.reordered or any(item.is_news for item in self.items)
        )


def compare(old: Minutes, new: Minutes) -> Difference:
    """What became of the old minutes in the new ones.

    Guarantees: never raises; the same minutes give no difference, and where the words differ there is one; the work is
    bounded whatever the sizes (`alignment.Effort`): what would take more is shown as replaced whole.
    """
    effort = Effort()
    front = compare_lines(_front(old), _front(new), effort)
    people = _people(old, new, effort)
    items = compare_items(old.items, new.items, effort)
    closing = compare_lines(_closing(old), _closing(new), effort)
    found = Difference(front, people, items, closing, reordered=False)
    return replace(found, reordered=found.same and words_of(old) != words_of(new))


def _front(minutes: Minutes) -> list[Line]:
    title = Line(Kind.TITLE, " ".join(minutes.title.split()))
    return [*lines_of(minutes.before_title), title, *lines_of(minutes.after_title), *lines_of(minutes.after_signatures)]


def _closing(minutes: Minutes) -> list[Line]:
    lines = [Line(Kind.HEADING if one.is_label else Kind.SIGNATURE, one.text) for one in minutes.sign_off]
    if minutes.notice:
        lines += [Line(Kind.HEADING, minutes.notice.label), *lines_of(minutes.notice.parts)]
    return [*lines, *lines_of(minutes.notes)]


def _people(old: Minutes, new: Minutes, effort: Effort) -> tuple[PersonChange, ...]:
    was, now = _listed(old), _listed(new)
    changes: list[PersonChange] = []
    for key, (label, person) in now.items():
        before = was.get(key)
        if before is None:
            changes.append(PersonChange(person.name, Change.ADDED, "", label, (Piece(_row(person), Change.ADDED),)))
        elif before[0] != label or _row(before[1]) != _row(person):
            pieces = compare_words(_row(before[1]), _row(person), effort)
            changes.append(PersonChange(person.name, Change.CHANGED, before[0], label, pieces))
    for key, (label, person) in was.items():
        if key not in now:
            changes.append(PersonChange(person.name, Change.REMOVED, label, "", (Piece(_row(person), Change.REMOVED),)))
    return tuple(changes)


def _listed(minutes: Minutes) -> Mapping[Hashable, tuple[str, Person]]:
    """Everybody in the lists, by name; namesakes by their order."""
    count: Counter[str] = Counter()
    listed: dict[Hashable, tuple[str, Person]] = {}
    for part in minutes.front:
        for person in part.people if isinstance(part, Attendance) else ():
            name = same_name(person.name)
            count[name] += 1
            listed[name, count[name]] = (part.label if isinstance(part, Attendance) else "", person)
    return listed


def _row(person: Person) -> str:
    return " ".join(f"{person.lead} {person.name} {person.affiliation}".split())
