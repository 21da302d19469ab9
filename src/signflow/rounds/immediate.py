"""Items that are adjusted at once (omedelbar justering), as a document of its own that the minutes of the meeting refer to.

1. Items are cut out of statutory minutes in draft, each into one document at a time.
2. Until that document is archived the minutes are not signed: what they refer to does not exist yet. When it is, they are
   signed if they say of the items what it says.
3. It lives like every other document. If it is withdrawn, the items are ordinary again.
Whatever becomes of it stands in the audit log of the minutes too, in the same transaction.

Source: kommunallagen (2017:725) 5 kap. 69 §, 8 kap. 12 §.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from signflow.blobs import MARKDOWN
from signflow.minutes.immediate import MOST_ITEMS, written_items
from signflow.minutes.model import MinutesClass
from signflow.rounds.events import PartCut
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Elsewhere, Entry, Outcome, Refusal
from signflow.rounds.parts import Part, PartOf
from signflow.rounds.work import register_part

_TOLD = {State.ADJUSTED: "part-adjusted", State.ARCHIVED: "part-archived", State.WITHDRAWN: "part-withdrawn"}


def part_cut(document: Document, event: PartCut) -> Outcome:
    """The items are to be a document of their own, whose draft is registered next."""
    held = [part for part in document.parts if part.holds]
    if any(part.id == event.part or part.items == event.items for part in held):
        return Refusal(ALREADY_RECORDED)
    hindrance = cut_hindrance(document) or _not_these(document, event.items)
    if hindrance:
        return hindrance
    if event.draft_number != document.draft.number:
        return Refusal("text-has-changed")
    part = Part(event.part, event.items)
    updated = replace(document, change=document.change + 1, parts=(*document.parts, part))
    data = {**_told(part.id, part.items), "draft": document.draft.number}
    work = register_part(part.id, event.source, event.filename, event.by)
    return Decision(updated, (Entry("part-cut", event.by, data),), (work,))


def cut_hindrance(document: Document) -> Refusal | None:
    """Why no items of the document can be adjusted at once; None if some may."""
    if document.part_of:
        return Refusal("immediate-of-part")
    if document.minutes_class != MinutesClass.PROTOCOL:
        return Refusal("immediate-not-protocol")
    if document.state is not State.DRAFT:
        return Refusal("immediate-not-draft", {"state": document.state})
    if document.draft.source.media_type != MARKDOWN:
        return Refusal("immediate-not-text")
    return None


def _not_these(document: Document, items: tuple[int, ...]) -> Refusal | None:
    taken = set(items) & taken_items(document)
    if not items:
        return Refusal("immediate-nothing-chosen")
    if len(items) > MOST_ITEMS:
        return Refusal("immediate-too-many", {"limit": MOST_ITEMS})
    return Refusal("immediate-taken", {"items": written_items(taken)}) if taken else None


def taken_items(document: Document) -> frozenset[int]:
    """The items that are, or are to be, adjusted at once."""
    return frozenset(item for part in document.parts if part.holds for item in part.items)


def waiting_parts(document: Document) -> tuple[Part, ...]:
    """Those that the document waits for before it can be signed."""
    return tuple(part for part in document.parts if part.holds and not part.done)


def references(document: Document) -> tuple[Part, ...]:
    """Those that the document refers to."""
    return tuple(part for part in document.parts if part.done)


def sign_hindrance(document: Document) -> Refusal | None:
    """Why the document cannot be sent for signing for the sake of its parts; None if it can."""
    waiting = [item for part in waiting_parts(document) for item in part.items]
    return Refusal("immediate-waits", {"items": written_items(waiting)}) if waiting else None


def goes_by_itself(document: Document) -> bool:
    """Whether a clean text may go on without the secretary; with items adjusted at once, when is theirs to say."""
    return not any(part.holds for part in document.parts)


def registered(part_of: PartOf, by: str) -> Entry:
    """That a document is of items of another."""
    return Entry("part-of", by, _told(part_of.main, part_of.items))


def told_elsewhere(before: Document | None, decision: Decision) -> Decision:
    """The decision, told in the minutes whose items the document adjusts, where it is news to them."""
    now = decision.document
    kind = _TOLD.get(now.state)
    if now.part_of is None or kind is None or (before and before.state is now.state):
        return decision
    data = _told(now.id, now.part_of.items)
    if now.adjusted_at:
        data["adjusted"] = now.adjusted_at.isoformat()
    if now.archived:
        data["digest"] = now.archived.pdf.digest
    return replace(decision, elsewhere=(Elsewhere(now.part_of.main, Entry(kind, decision.entries[0].actor, data)),))


def _told(document_id: str, items: Iterable[int]) -> dict[str, str | int]:
    return {"document": document_id, "items": written_items(items)}
