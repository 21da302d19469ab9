"""What may be sent of archived minutes, to how many at once, and what is never sent twice but on purpose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from signflow.rounds.events import ExtractDelivered, ExtractsSent
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal
from signflow.rounds.sendings import Delivery, Recipient, Sending, names_of
from signflow.rounds.work import send_letters

MOST_ITEMS = 50
MOST_RECIPIENTS = 50
LARGEST_LETTER_BYTES = 10_000_000
"""Of all that is attached to one letter: few servers take mails of more than some 15 MB, and coding makes a third more."""
LONGEST_REASON = 1000
MOST_SENDINGS = 200
_MEGABYTE = 1_000_000
_SYSTEM = "signflow"


def not_yet(document: Document) -> Refusal | None:
    """Why nothing can be sent of the document now; None if it can. An extract names the digest of the archived original."""
    return None if document.state is State.ARCHIVED else Refusal("extract-not-archived", {"state": document.state})


def unmasking(item: str, passages: int, because: str) -> str | Refusal:
    """Why an item may be sent with what the web copy hides, in few words; empty where it hides nothing of it.

    That what is secret may be told to somebody is for the authority to decide; the reason is kept.

    Source: offentlighets- och sekretesslagen (2009:400) 6 kap. 3 § and 10 kap. 14 §.
    """
    reason = " ".join(because.split())
    if not passages:
        return ""
    if not reason:
        return Refusal("unmasked-without-reason", {"item": item})
    return Refusal("reason-too-long", {"limit": LONGEST_REASON}) if len(reason) > LONGEST_REASON else reason


def extracts_sent(document: Document, event: ExtractsSent, now: dt.datetime) -> Outcome:
    """Each recipient gets one letter with all items of this sending.

    An item goes to an address once, unless it is sent again on purpose or the letter before could not be delivered.
    """
    if any(one.key == event.key for one in document.sendings):
        return Refusal(ALREADY_RECORDED)
    once = {one.address.casefold(): one for one in reversed(event.recipients)}
    recipients = tuple(replace(one, number=at) for at, one in enumerate(reversed(once.values()), 1))
    hindrance = _hindrance(document, event, recipients)
    if hindrance:
        return hindrance
    number = len(document.sendings) + 1
    sending = Sending(number, event.key, event.items, recipients, event.by, event.reply_to, now)
    updated = replace(document, change=document.change + 1, sendings=(*document.sendings, sending))
    return Decision(updated, tuple(_entries(document, sending)), (send_letters(updated, f"extracts:{number}"),))


def _hindrance(document: Document, event: ExtractsSent, recipients: tuple[Recipient, ...]) -> Refusal | None:
    """Why that cannot be sent; None if it can."""
    items = event.items
    once = len({item.number for item in items}) == len(items)
    reasons = max((len(item.unmasked_because) for item in items), default=0)
    size_bytes = sum(item.pdf.size_bytes for item in items)
    checks = (
        (bool(items), Refusal("no-item-chosen")),
        (bool(recipients), Refusal("no-recipient-chosen")),
        (once and len(items) <= MOST_ITEMS, Refusal("too-many-items", {"limit": MOST_ITEMS})),
        (len(recipients) <= MOST_RECIPIENTS, Refusal("too-many-recipients", {"limit": MOST_RECIPIENTS})),
        (len(document.sendings) < MOST_SENDINGS, Refusal("too-many-sendings", {"limit": MOST_SENDINGS})),
        (reasons <= LONGEST_REASON, Refusal("reason-too-long", {"limit": LONGEST_REASON})),
        (
            size_bytes <= LARGEST_LETTER_BYTES,
            Refusal("extracts-too-large", {"limit": LARGEST_LETTER_BYTES // _MEGABYTE}),
        ),
    )
    faults = (refusal for sound, refusal in checks if not sound)
    return not_yet(document) or next(faults, None) or _sent_before(document, event, recipients)


def _sent_before(document: Document, event: ExtractsSent, recipients: tuple[Recipient, ...]) -> Refusal | None:
    """That one of the items went, or is going, to one of the recipients already, and was not meant to again."""
    had = set(_got(document.sendings))
    for one in () if event.again else recipients:
        for item in event.items:
            if (item.number, one.address.casefold()) in had:
                return Refusal("extract-sent-already", {"item": item.label, "person": one.named})
    return None


def _got(sendings: Iterable[Sending]) -> Iterator[tuple[int, str]]:
    """Which items have gone, or are going, to which addresses."""
    for sending in sendings:
        for one in sending.recipients:
            if one.became is not Delivery.UNDELIVERABLE:
                yield from ((item.number, one.address.casefold()) for item in sending.items)


def _entries(document: Document, sending: Sending) -> Iterator[Entry]:
    for item in sending.items:
        if item.unmasked_because:
            yield Entry("extract-unmasked", sending.by, {"items": item.label, "reason": item.unmasked_because})
    had = set(_got(document.sendings))
    for one in sending.recipients:
        again = any((item.number, one.address.casefold()) in had for item in sending.items)
        data: dict[str, str | int] = {"sending": sending.number, "recipient": one.named}
        masked = tuple(item for item in sending.items if item.masked)
        if masked:
            data["masked"] = names_of(masked)
        kind = "extract-sent-again" if again else "extract-sent"
        yield Entry(kind, sending.by, {**data, "items": names_of(sending.items)})


def extract_delivered(document: Document, event: ExtractDelivered, now: dt.datetime) -> Outcome:
    """A letter has gone, or was given up."""
    sending = next((one for one in document.sendings if one.number == event.sending), None)
    recipient = next((one for one in sending.recipients if one.number == event.recipient), None) if sending else None
    if sending is None or recipient is None:
        return Refusal("no-such-recipient")
    if recipient.became:
        return Refusal(ALREADY_RECORDED)
    told = replace(recipient, became=event.became, became_at=now, answer=event.answer)
    recipients = tuple(told if one.number == told.number else one for one in sending.recipients)
    after = replace(sending, recipients=recipients)
    sendings = tuple(after if one.number == after.number else one for one in document.sendings)
    data: dict[str, str | int] = {
        "sending": sending.number,
        "recipient": told.named,
        "items": names_of(sending.items),
    }
    if told.answer:
        data["reason"] = told.answer
    kind = "extract-delivered" if told.became is Delivery.SENT else "extract-undeliverable"
    updated = replace(document, change=document.change + 1, sendings=sendings)
    return Decision(updated, (Entry(kind, _SYSTEM, data),))


def undelivered(document: Document) -> tuple[tuple[Sending, Recipient], ...]:
    """Letters that could not be delivered, where nothing of the same has gone to that address since."""
    return tuple(
        (sending, one)
        for at, sending in enumerate(document.sendings, 1)
        for one in sending.recipients
        if one.became is Delivery.UNDELIVERABLE
        and not {(item.number, one.address.casefold()) for item in sending.items} & set(_got(document.sendings[at:]))
    )
