"""Extracts of archived minutes that were sent: which items went to whom, in which bytes, and what became of each letter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from signflow.blobs import BlobRef


class Delivery(StrEnum):
    """What became of a letter."""

    SENT = "sent"  # a mail server has taken it
    UNDELIVERABLE = "undeliverable"  # no mail server takes it; it was given up


@dataclass(frozen=True, slots=True)
class SentItem:
    """An item that is sent.

    Attributes:
        number: By which its extract is asked for.
        label: The number as written, or that number.
        title: Its heading; empty where the item holds something that the web copy masks.
        passages: How many passages of the extract the web copy masks.
        unmasked_because: Why they are shown all the same; empty where they are masked, or there are none.
        pdf: The extract, as it is attached.
    """

    number: int
    label: str
    title: str
    passages: int
    unmasked_because: str
    pdf: BlobRef

    @property
    def masked(self) -> bool:
        """Whether something is hidden in what is sent."""
        return self.passages > 0 and not self.unmasked_because


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom the items of one sending go, in one letter.

    Attributes:
        number: 1 for the first of the sending.
        person: Who; empty where only an address is known.
        became: What became of the letter; None while it waits.
        answer: What the mail server said that would not have it; empty for others.
    """

    number: int
    person: str
    address: str
    became: Delivery | None = None
    became_at: dt.datetime | None = None
    answer: str = ""

    @property
    def named(self) -> str:
        """The name with the address, or that alone."""
        return f"{self.person} ({self.address})" if self.person else self.address


@dataclass(frozen=True, slots=True)
class Sending:
    """Items that were sent to recipients with one press of a button.

    Attributes:
        number: 1 for the first of the document; never given twice.
        key: The request's own: the same request is the same sending, however often it comes.
        reply_to: Where answers go; empty for where the organisation's letters have theirs.
    """

    number: int
    key: str
    items: tuple[SentItem, ...]
    recipients: tuple[Recipient, ...]
    by: str
    reply_to: str
    at: dt.datetime


def names_of(items: tuple[SentItem, ...]) -> str:
    """The numbers of items, as written: `§ 12, § 14`."""
    return ", ".join(item.label for item in items)
