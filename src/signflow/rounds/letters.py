"""Which letters are due: worked out from the document, never queued. A letter's key makes it one letter, however often sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from signflow.minutes.model import Role
from signflow.minutes.recognition.people import same_name
from signflow.rounds.drafts import objected_to
from signflow.rounds.model import Document, Method, Round, RoundEnd, Seat, Standing, State


class LetterKind(StrEnum):
    """What a letter is about; its text stands in the catalogue and in `templates/mail/` under this name."""

    INVITATION = "invitation"  # to whose turn it is: read and sign
    REMINDER = "reminder"  # to the same, who has not answered
    CODE = "code"  # to the same, who wants to answer
    SUBSTITUTED = "substituted"  # to whom somebody stands in for: the link leads nowhere now
    OBJECTION = "objection"  # to the secretary: what is not right, and what next
    VOIDED = "voided"  # to all others who had a link: the round is over, and why
    ADJUSTED = "adjusted"  # to the secretary: all have signed, and what next
    RECEIPT = "receipt"  # to all who signed: the signed copy
    READING = "reading"  # to a reader: read and comment
    READING_CHANGED = "reading_changed"  # to a reader: there is a new version
    READING_ENDED = "reading_ended"  # to all readers: the round is over, and why
    EXTRACT = "extract"  # to those concerned: items of archived minutes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that ought to have reached somebody by now.

    Attributes:
        key: Unique for ever; the effect's claim and the mail's Message-ID.
        thread: The key of the letter that it follows on: the invitation of the same person in the same round. Empty for
            that one itself, and for people who were never invited.
        field: The seat it is about; empty for others than those who sign.
        holder: Which of those who held it one after the other the letter goes to, as `Seat.holder` counts them.
        reader: The number of the reader whom it goes to; 0 for others.
        sending: The number of the sending of extracts that it brings; 0 for other kinds.
        recipient: The number of the recipient in that sending; 0 for other kinds.
        challenge_id: The challenge whose code it carries; empty for other kinds.
    """

    key: str
    thread: str
    kind: LetterKind
    person: str
    address: str
    field: str
    holder: int
    challenge_id: str = ""
    reader: int = 0
    sending: int = 0
    recipient: int = 0

    @property
    def holds_up(self) -> bool:
        """Whether nothing can go on without it. The others tell what has happened, and who cannot be told holds up nobody."""
        return self.kind in {LetterKind.INVITATION, LetterKind.CODE, LetterKind.OBJECTION}


def letters_due(document: Document, now: dt.datetime) -> tuple[Letter, ...]:
    """All letters that the document's present state calls for, sent or not."""
    readers = tuple(_of_readers(document, now))
    current = document.round
    if current is None:
        return readers
    prefix = f"{document.id}:{current.number}"
    if document.open_round:
        due = _of_an_open_round(prefix, current, now)
    elif current.ended:
        due = _of_an_ended_round(prefix, document, current)
    else:
        due = _of_a_whole_round(prefix, document, current)
    return (*due, *_substituted(prefix, current), *readers, *_of_sendings(document))


def _of_sendings(document: Document) -> Iterator[Letter]:
    """What became of the others is on record: they are due no more."""
    for sending in document.sendings:
        for one in sending.recipients:
            if one.became is None:
                key = f"{document.id}:{LetterKind.EXTRACT}:{sending.number}:{one.number}"
                letter = Letter(key, "", LetterKind.EXTRACT, one.person, one.address, "", 1)
                yield replace(letter, sending=sending.number, recipient=one.number)


def _of_readers(document: Document, now: dt.datetime) -> Iterator[Letter]:
    """They are asked while there is something to comment on, and told of new versions and of rounds that come to nothing."""
    if document.state not in {State.DRAFT, State.REVIEW, State.WITHDRAWN}:
        return
    ended = document.round if document.round and document.round.ended_at else None
    for reader in document.readers:
        if not reader.holds(now):
            continue
        invitation = f"{document.id}:{LetterKind.READING}:{reader.number}"
        letter = Letter(invitation, "", LetterKind.READING, reader.person, reader.address, "", 1, reader=reader.number)
        if document.state is not State.WITHDRAWN:
            yield letter
            if reader.told_at:
                key = f"{document.id}:{LetterKind.READING_CHANGED}:{reader.number}:{reader.told_draft}"
                yield replace(letter, key=key, thread=invitation, kind=LetterKind.READING_CHANGED)
        if ended and ended.ended_at and reader.invited_at <= ended.ended_at:
            key = f"{document.id}:{ended.number}:{LetterKind.READING_ENDED}:{reader.number}"
            yield replace(letter, key=key, thread=invitation, kind=LetterKind.READING_ENDED)


def _of_an_open_round(prefix: str, current: Round, now: dt.datetime) -> Iterator[Letter]:
    for seat in current.seats:
        if seat.standing is not Standing.INVITED:
            continue
        yield _letter(prefix, LetterKind.INVITATION, seat, str(seat.invitation))
        if seat.reminders:
            yield _letter(prefix, LetterKind.REMINDER, seat, str(seat.reminders))
        challenge = seat.challenge
        by_mail = challenge and challenge.method is Method.MAIL_CODE
        if challenge and by_mail and now < challenge.expires_at and challenge.tries_left > 0:
            yield replace(_letter(prefix, LetterKind.CODE, seat, challenge.id), challenge_id=challenge.id)


def _of_an_ended_round(prefix: str, document: Document, current: Round) -> Iterator[Letter]:
    """Who ended it knows; the secretary learns of an objection what it says, the others that the round is over."""
    objected = current.ended is RoundEnd.OBJECTION
    for seat in current.seats:
        if objected and seat.role is Role.SECRETARY:
            if objected_to(document):
                yield _letter(prefix, LetterKind.OBJECTION, seat)
        elif seat.invitation and same_name(seat.person) != same_name(current.ended_by):
            yield _letter(prefix, LetterKind.VOIDED, seat)


def _of_a_whole_round(prefix: str, document: Document, current: Round) -> Iterator[Letter]:
    for seat in current.seats:
        if seat.role is Role.SECRETARY:
            yield _letter(prefix, LetterKind.ADJUSTED, seat)
        if document.state is State.ARCHIVED:
            yield _letter(prefix, LetterKind.RECEIPT, seat)


def _substituted(prefix: str, current: Round) -> Iterator[Letter]:
    for seat in current.seats:
        for number, before in enumerate(seat.replaced, 1):
            if before.invited:
                sat = replace(seat, holder=number, person=before.person, address=before.address, invitation=1)
                yield _letter(prefix, LetterKind.SUBSTITUTED, sat)


def _letter(prefix: str, kind: LetterKind, seat: Seat, occasion: str = "") -> Letter:
    key = f"{prefix}:{kind}:{seat.holding}" + (f":{occasion}" if occasion else "")
    first = f"{prefix}:{LetterKind.INVITATION}:{seat.holding}:1"
    thread = first if seat.invitation and key != first else ""
    return Letter(key, thread, kind, seat.person, seat.address, seat.field, seat.holder)
