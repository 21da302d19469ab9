"""The difference between two versions in words that a page and a terminal share."""

from __future__ import annotations

from signflow.minutes.difference.compare import Difference, PersonChange
from signflow.minutes.difference.lines import Change, LineChange
from signflow.texts import Texts


def summary(difference: Difference, texts: Texts) -> list[tuple[str, str]]:
    """Which items changed and how, in words: a heading and the items under it, those that concern decisions first."""
    groups = (
        ("decisions", [item for item in difference.items if item.change is Change.CHANGED and item.decisions]),
        *(
            (str(change), [item for item in difference.items if item.change is change])
            for change in (Change.CHANGED, Change.ADDED, Change.REMOVED)
        ),
        ("moved", [item for item in difference.items if item.moved]),
        ("same", [item for item in difference.items if not item.is_news]),
    )
    return [
        (texts(f"difference.summary.{name}"), ", ".join(item.label or item.title for item in items))
        for name, items in groups
        if items
    ]


def kind_of(line: LineChange, texts: Texts) -> str:
    """What the line is, in words."""
    return texts(f"difference.kind.{line.kind}", label=line.label)


def standing_of(person: PersonChange, texts: Texts) -> str:
    """What became of the person, in words."""
    if person.change is Change.CHANGED and person.old_list != person.new_list:
        return texts("difference.person.moved", old=person.old_list, new=person.new_list)
    return texts(f"difference.person.{person.change}", list=person.new_list or person.old_list)
