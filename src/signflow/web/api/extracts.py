"""Extracts for those concerned, sent by programs: the step of the secretary's page, with a key of the program's own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, StringConstraints
from starlette.responses import Response

from signflow.rounds.access import Act
from signflow.rounds.extracts import LONGEST_REASON, MOST_ITEMS, MOST_RECIPIENTS
from signflow.rounds.outcome import ALREADY_RECORDED, Refusal
from signflow.rounds.sendings import Delivery, Sending
from signflow.steps.extracts import Choice, Order, send_extracts
from signflow.steps.ports import Ports
from signflow.steps.recipients import read_recipients
from signflow.web.api.models import Digest, Text
from signflow.web.api.operation import Call, Given, Operation, Told
from signflow.web.api.problems import refused
from signflow.web.doors import actor, document_of
from signflow.web.pages import Pages

_Recipient = Annotated[Text, StringConstraints(min_length=1, max_length=500)]


class WantedItem(Given):
    """An item that is to be sent."""

    item: int = Field(ge=0, le=99_999, description="The number by which its extract is fetched.")
    unmasked_because: Text | None = Field(
        default=None,
        max_length=LONGEST_REASON,
        description="Why it is sent with what the web copy masks; masked if left out. Stays in the history.",
    )


class WantedSending(Given):
    """Which items go to whom."""

    key: Text = Field(
        min_length=1,
        max_length=64,
        description="Of the program's own choice: the same choices under the same key are one sending, however often asked for.",
    )
    items: tuple[WantedItem, ...] = Field(min_length=1, max_length=MOST_ITEMS)
    recipients: tuple[_Recipient, ...] = Field(
        min_length=1,
        max_length=MOST_RECIPIENTS,
        description="Addresses, `Name <address>`, or names in the people register.",
        examples=[["Tekniska nämnden <tekniska@example.org>"]],
    )
    again: bool = Field(default=False, description="Whether what somebody has got already goes to them once more.")


class SentItemTold(Told):
    """An item as it was sent."""

    item: int
    label: str = Field(description="The number as written, or that number.")
    masked: bool = Field(description="Whether something is hidden in what is sent.")
    unmasked_because: str | None
    digest: Digest


class RecipientTold(Told):
    """Somebody to whom it goes, and what became of the letter."""

    person: str = Field(description="Empty where an address alone is known.")
    address: str
    became: Delivery | None = Field(description="`sent`: a mail server has taken it. null: it waits.")
    became_at: dt.datetime | None
    answer: str = Field(description="What the mail server said that would not have it.")


class SendingTold(Told):
    """Items that were sent to recipients together."""

    number: int
    by: str
    at: dt.datetime
    items: tuple[SentItemTold, ...]
    recipients: tuple[RecipientTold, ...]


class SendingsTold(Told):
    """All that was sent of a document, the first first."""

    sendings: tuple[SendingTold, ...]


class Extracts:
    """`/documents/…/extracts`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def operations(self) -> list[Operation]:
        """What can be asked."""
        place = "/documents/{document}/extracts"
        return [
            Operation(
                "sendExtracts",
                "POST",
                place,
                Act.SEND_EXTRACTS,
                "Send extracts to those concerned",
                "Of archived minutes, by e-mail: all items in one letter to each, masked as the web copy is unless a reason is "
                "given. An item goes to an address once, unless asked for again.",
                self.send,
                SendingTold,
                body=WantedSending,
                problems=(409,),
            ),
            Operation(
                "listExtracts",
                "GET",
                place,
                Act.SEND_EXTRACTS,
                "See what became of extracts",
                "Each sending with its recipients, and whether their mail servers have taken the letters.",
                self.list,
                SendingsTold,
            ),
        ]

    def send(self, call: Call) -> Response | Told:
        """Send items to recipients; what was sent before under the same key is answered as it is now."""
        given, document = call.given(WantedSending), document_of(call.request)
        recipients = read_recipients(self._ports, given.recipients, ())
        if isinstance(recipients, Refusal):
            return refused(self._pages.texts_for(call.request), recipients)
        choices = tuple(
            Choice(one.item, one.unmasked_because is not None, one.unmasked_because or "") for one in given.items
        )
        by = actor(call.request)
        order = Order(f"{by}:{given.key}", choices, recipients, given.again)
        outcome = send_extracts(self._ports, document, order, by)
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            return refused(self._pages.texts_for(call.request), outcome)
        sendings = self._ports.store.load(document.id).sendings
        return _told(next(one for one in sendings if one.key == order.key))

    def list(self, call: Call) -> SendingsTold:
        """All that was sent of the document."""
        return SendingsTold(sendings=tuple(map(_told, document_of(call.request).sendings)))


def _told(sending: Sending) -> SendingTold:
    return SendingTold(
        number=sending.number,
        by=sending.by,
        at=sending.at,
        items=tuple(
            SentItemTold(
                item=one.number,
                label=one.label,
                masked=one.masked,
                unmasked_because=one.unmasked_because or None,
                digest=one.pdf.digest,
            )
            for one in sending.items
        ),
        recipients=tuple(
            RecipientTold(
                person=one.person, address=one.address, became=one.became, became_at=one.became_at, answer=one.answer
            )
            for one in sending.recipients
        ),
    )
