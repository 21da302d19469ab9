"""Extracts for those concerned: which items there are, how each will look, and sending them.

All is taken from the package in the archive. What is sent is made once, kept, and named in the record by its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from signflow.blobs import PDF
from signflow.errors import RefusedError
from signflow.minutes.masked_excerpt import Masking
from signflow.minutes.model import Item, Minutes, Role
from signflow.rounds.events import ExtractsSent
from signflow.rounds.extracts import MOST_ITEMS, not_yet, unmasking
from signflow.rounds.model import Document
from signflow.rounds.outcome import Outcome, Refusal
from signflow.rounds.sendings import Recipient, SentItem
from signflow.steps.archived_copies import extract, extract_of, read_archived
from signflow.steps.check_draft import CheckedDraft
from signflow.steps.ports import Ports, record

_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An item of archived minutes.

    Attributes:
        number: By which its extract is asked for; None where no number is its alone.
        label: The number as written, or that number.
        title: Its heading.
        passages: How many passages of its extract the web copy hides.
    """

    number: int | None
    label: str
    title: str
    passages: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that is to be sent; `unmasked` with what the web copy hides, for a reason."""

    number: int
    unmasked: bool = False
    because: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What one press of the button asks for.

    Attributes:
        nonce: Made for the form: the same choices with the same nonce are one sending.
        again: Whether what somebody has got already goes to them once more.
        reply_to: Where answers go; empty for the secretary of the minutes.
    """

    nonce: str
    items: tuple[Choice, ...]
    recipients: tuple[Recipient, ...]
    again: bool = False
    reply_to: str = ""

    @property
    def key(self) -> str:
        """Of the sending: another for other choices, so that a form that is sent again with changes is not taken for the first."""
        said = [
            self.nonce,
            [[one.number, one.unmasked] for one in self.items],
            [one.address.casefold() for one in self.recipients],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def offered_items(ports: Ports, document_id: str) -> tuple[OfferedItem, ...]:
    """All items of a document, in order.

    Raises:
        NotFoundError: The archive has no such document.
        IntegrityError: What it has is not what was stored.
    """
    minutes = _minutes(read_archived(ports.archive.open(document_id)))
    masking = Masking(minutes, ports.texts[minutes.language]("copies.mask"))
    numbers = [item.number for item in minutes.items]
    if not any(number is not None for number in numbers):
        numbers = list(range(1, len(numbers) + 1))
    offered: list[OfferedItem] = []
    for item, number in zip(minutes.items, numbers, strict=True):
        alone = number if number is not None and numbers.count(number) == 1 else None
        passages = masking.excerpt(alone).count if alone is not None else 0
        offered.append(OfferedItem(alone, _label(item, number or 0), item.title, passages))
    return tuple(offered)


def preview(ports: Ports, document: Document, number: int, *, masked: bool) -> bytes:
    """The extract as it would be sent.

    Raises:
        NotFoundError: `item-unknown`.
        RefusedError: `item-ambiguous`; `extract-too-early`.
        IntegrityError: What the archive has is not what was stored.
    """
    if not_yet(document):
        raise RefusedError("extract-too-early", document=document.id)
    return extract(ports, ports.archive.open(document.id), number, masked=masked)


def send_extracts(ports: Ports, document: Document, order: Order, by: str) -> Outcome:
    """Have the items sent; the letters go when the work that follows is done.

    Raises:
        NotFoundError: `item-unknown`.
        RefusedError: `item-ambiguous`.
        IntegrityError: What the archive has is not what was stored.
        UnavailableError: The disk cannot be written.
    """
    early = not_yet(document)
    if early:
        return early
    items = _made(ports, document, order.items)
    if isinstance(items, Refusal):
        return items
    reply_to = order.reply_to or _secretarys_address(document)
    return record(ports, document.id, ExtractsSent(order.key, items, order.recipients, order.again, by, reply_to))


def _made(ports: Ports, document: Document, wanted: Sequence[Choice]) -> tuple[SentItem, ...] | Refusal:
    """The items as they are sent, each kept."""
    if len(wanted) > MOST_ITEMS:
        return Refusal("too-many-items", {"limit": MOST_ITEMS})
    package = ports.archive.open(document.id)
    draft = read_archived(package)
    minutes = _minutes(draft)
    masking = Masking(minutes, ports.texts[minutes.language]("copies.mask"))
    made: list[SentItem] = []
    for one in wanted:
        shown = masking.excerpt(one.number)
        item = shown.minutes.items[0]
        label, title = _label(item, one.number), "" if shown.count else item.title
        because = unmasking(label, shown.count, one.because) if one.unmasked else ""
        if isinstance(because, Refusal):
            return because
        pdf = extract_of(ports, package, draft, one.number, masked=not because)
        made.append(SentItem(one.number, label, title, shown.count, because, ports.blobs.put(pdf, PDF)))
    return tuple(made)


def _minutes(draft: CheckedDraft) -> Minutes:
    if draft.minutes is None:  # `read_archived` refuses it
        raise AssertionError
    return draft.minutes


def _label(item: Item, number: int) -> str:
    """The number as written, without the full stop after it; or that number."""
    return item.label.strip().rstrip(".")[:_LONGEST_LABEL] or str(number)


def _secretarys_address(document: Document) -> str:
    seats = document.round.seats if document.round else ()
    return next((seat.address for seat in seats if seat.role is Role.SECRETARY), "")
