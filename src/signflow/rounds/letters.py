"""Which letters are due: worked out from the document, never queued. A letter's key makes it one letter, however often sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from signflow.minutes.model import Role
from signflow.rounds.drafts import objected_to
from signflow.rounds.model import Document, Method, Seat, Standing


class LetterKind(StrEnum):
    """What a letter is about; its text stands in the catalogue and in `templates/mail/` under this name."""

    INVITATION = "invitation"
    CODE = "code"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that ought to have reached somebody by now.

    Attributes:
        key: Unique for ever; the effect's claim and the mail's Message-ID.
        field: The seat it goes to.
        challenge_id: The challenge whose code it carries; empty for other kinds.
    """

    key: str
    kind: LetterKind
    person: str
    address: str
    field: str
    challenge_id: str = ""


def letters_due(document: Document, now: dt.datetime) -> tuple[Letter, ...]:
    """All letters that the document's present state calls for, sent or not."""
    current = document.round
    if current is None:
        return ()
    prefix = f"{document.id}:{current.number}"
    if document.open_round:
        invited = [seat for seat in current.seats if seat.standing is Standing.INVITED]
        return tuple(
            letter for seat in invited for letter in (_invitation(prefix, seat), _code(prefix, seat, now)) if letter
        )
    objection = objected_to(document)
    secretaries = [seat for seat in current.seats if seat.role is Role.SECRETARY]
    if objection is None:
        return ()
    return tuple(
        Letter(f"{prefix}:objection:{seat.field}", LetterKind.OBJECTION, seat.person, seat.address, seat.field)
        for seat in secretaries
    )


def _invitation(prefix: str, seat: Seat) -> Letter:
    key = f"{prefix}:invitation:{seat.holding}:{seat.invitation}"
    return Letter(key, LetterKind.INVITATION, seat.person, seat.address, seat.field)


def _code(prefix: str, seat: Seat, now: dt.datetime) -> Letter | None:
    challenge = seat.challenge
    if challenge is None or challenge.method is not Method.MAIL_CODE:
        return None
    if now >= challenge.expires_at or challenge.tries_left < 1:
        return None
    key = f"{prefix}:code:{seat.holding}:{challenge.id}"
    return Letter(key, LetterKind.CODE, seat.person, seat.address, seat.field, challenge.id)
