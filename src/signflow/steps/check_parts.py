"""Minutes and the documents in which items of theirs are adjusted at once: do they say the same?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from signflow.minutes import remark
from signflow.minutes.difference.alignment import Effort
from signflow.minutes.difference.items import ItemChange, compare_items, item_name
from signflow.minutes.difference.lines import Change, Piece
from signflow.minutes.findings import Finding
from signflow.minutes.immediate import adjusted_at_once, comparable, written_items
from signflow.minutes.model import Item, Minutes
from signflow.rounds.immediate import references
from signflow.rounds.model import Document
from signflow.rounds.parts import Part
from signflow.steps.check_draft import CheckedDraft
from signflow.steps.ports import Ports
from signflow.steps.read_apart import read_apart

_MOST_TOLD = 3  # places where an item differs


def held_to_parts(ports: Ports, document: Document, checked: CheckedDraft) -> CheckedDraft:
    """The draft, with an error at each item that is not what was adjusted at once.

    A draft of items that are adjusted at once gets one if it has other items than those.

    Raises:
        IntegrityError: The bytes of what was adjusted are not what they were.
    """
    minutes = checked.minutes
    if minutes is None:
        return checked
    found = [finding for part in references(document) for finding in _differences(ports, part, minutes)]
    wanted = document.part_of
    if wanted and adjusted_at_once(minutes) != frozenset(wanted.items):
        found.append(
            remark("immediate-items-differ", minutes.title_line, minutes.title, items=written_items(wanted.items))
        )
    if not found:
        return checked
    return replace(checked, findings=tuple(sorted((*checked.findings, *found), key=lambda one: one.line or 0)))


def _differences(ports: Ports, part: Part, minutes: Minutes) -> Iterator[Finding]:
    """What the minutes say otherwise than that part, which is archived."""
    if part.source is None or part.adjusted_at is None:
        return
    adjusted = read_apart(ports.blobs.get(part.source), part.filename).minutes
    date = str(ports.policy.notices.day(part.adjusted_at))
    for number in part.items:
        known = {"item": written_items([number]), "date": date, "document": part.id}
        was, now = (_item(one, number) for one in (adjusted, minutes))
        if now is None:
            yield remark("immediate-item-gone", None, "", **known)
            continue
        told = _told(compare_items([was] if was else [], [now], Effort()))
        if told:
            yield remark("immediate-differs", now.line, item_name(now), difference=told, **known)


def _item(minutes: Minutes | None, number: int) -> Item | None:
    found = (item for item in (minutes.items if minutes else ()) if item.number == number)
    item = next(found, None)
    return comparable(minutes, item) if minutes and item else None


def _told(changes: Iterable[ItemChange]) -> str:
    """What differs, as was and is; empty where nothing does."""
    places: list[str] = []
    for change in changes:
        if change.change is Change.SAME:
            continue
        lines = [line.pieces for line in (*change.decisions, *change.others)]
        heading = change.heading or ((Piece(f"{change.label} {change.title}", change.change),) if not lines else ())
        places += [_place(pieces) for pieces in (heading, *lines) if pieces]
    return "; ".join(places[:_MOST_TOLD]) + (" …" if places[_MOST_TOLD:] else "")


def _place(pieces: Iterable[Piece]) -> str:
    written = list(pieces)
    was = " ".join(piece.text.strip() for piece in written if piece.change is Change.REMOVED)
    now = " ".join(piece.text.strip() for piece in written if piece.change is Change.ADDED)
    same = " ".join(piece.text.strip() for piece in written)
    return f"”{was}” → ”{now}”" if was or now else f"”{same}”"
