"""What a letter says: the words that its sentences and its layout are filled in with, in the organisation's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from babel.lists import format_list

from signflow.blobs import PDF, fingerprint
from signflow.mail.message import Attachment
from signflow.minutes.model import Role
from signflow.minutes.recognition.people import same_name
from signflow.rounds.deadlines import Act, deadline
from signflow.rounds.letters import Letter, LetterKind
from signflow.rounds.model import Archived, Document, ItemObjection, Round, RoundEnd, Seat, Standing
from signflow.steps.ports import Ports
from signflow.texts import Texts

LARGEST_ATTACHED_BYTES = 10_000_000
"""What is larger does not go with a letter: few servers take mails of more than some 15 MB, and coding makes a third more."""

_MEGABYTE = 1_000_000
Words = Mapping[str, object]


def letter_words(ports: Ports, document: Document, letter: Letter) -> Words:
    """The words of the letter; `facts` are those that stand in a list, by their label."""
    current = document.round
    seat = current.seat(letter.field) if current else None
    if current is None or seat is None:  # a letter is about a seat, and a seat is in a round
        raise AssertionError(document.id)
    match letter.kind:
        case LetterKind.INVITATION:
            words = _asked(ports, document, current, seat)
        case LetterKind.REMINDER:
            words = _reminded(ports, document, current, seat)
        case LetterKind.CODE:
            words = _code(ports, current, letter)
        case LetterKind.SUBSTITUTED:
            words = _substituted(ports, document, current, seat, letter)
        case LetterKind.OBJECTION:
            words = _objection(ports, document, current)
        case LetterKind.VOIDED:
            words = _voided(ports, document, current, seat)
        case LetterKind.ADJUSTED:
            words = _adjusted(ports, document, current)
        case LetterKind.RECEIPT:
            words = _receipt(ports, document, current, seat)
    return {"title": document.title, "organisation": ports.organisation, **words}


def attachment_of(ports: Ports, document: Document, letter: Letter) -> Attachment | None:
    """The signed copy, as the archive reads it back, where the letter brings it and it is not too large for a mail.

    Raises:
        IntegrityError: The archive's copy is not what it was.
        UnavailableError: The archive does not answer now.
    """
    kept = document.archived
    if letter.kind is not LetterKind.RECEIPT or kept is None or kept.pdf.size_bytes > LARGEST_ATTACHED_BYTES:
        return None
    day = str(document.meeting_on or "")
    name = " ".join(part for part in (document.title, "" if day in document.title else day) if part)
    return Attachment(f"{name or document.id}.pdf", ports.archive.retrieve(document.id), PDF)


def _asked(ports: Ports, document: Document, current: Round, seat: Seat) -> Words:
    texts = ports.texts[ports.language]
    secretary = _secretary(current)
    by_themselves = not secretary or same_name(secretary) == same_name(seat.person)
    identity = ports.identity
    token = ports.links.token(document.id, current.number, seat.holding, current.copy.digest)
    before = seat.replaced[-1].person if seat.replaced else ""
    return {
        "lead": texts("mail.invitation.lead", organisation=ports.organisation)
        if by_themselves
        else texts("mail.invitation.lead_by", secretary=secretary, organisation=ports.organisation),
        "facts": _facts(
            _about(document, texts),
            role=texts(f"steps.roles.{seat.role}"),
            place_of=before,
            fingerprint=fingerprint(current.current.digest),
        ),
        "link": f"{ports.public_url}/sign/{token}",
        "deadline": _adjustment_deadline(document, texts, texts.day(ports.clock())),
        "expires": texts.instant(seat.link_expires_at) if seat.link_expires_at else "",
        "how": texts("mail.invitation.how_sign_in", provider=identity.name) if identity else texts("mail.invitation.how"),
    }


def _reminded(ports: Ports, document: Document, current: Round, seat: Seat) -> Words:
    texts = ports.texts[ports.language]
    since = texts.day(seat.invited_at or current.opened_at)
    days = (texts.day(ports.clock()) - since).days
    waited = "waited_today" if days < 1 else "waited_day" if days == 1 else "waited_days"
    words = {
        "since": texts.date(since),
        "waited": texts(f"mail.reminder.{waited}", days=days),
        "organisation": ports.organisation,
        "secretary": _secretary(current),
    }
    asked = _asked(ports, document, current, seat)
    by_themselves = not _secretary(current) or same_name(_secretary(current)) == same_name(seat.person)
    return {**asked, "lead": texts(f"mail.reminder.{'lead' if by_themselves else 'lead_by'}", **words)}


def _code(ports: Ports, current: Round, letter: Letter) -> Words:
    return {
        "code": ports.links.code(letter.challenge_id),
        "minutes": str(int(ports.policy.code_lifetime.total_seconds() // 60)),
        "fingerprint": fingerprint(current.current.digest),
    }


def _substituted(ports: Ports, document: Document, current: Round, seat: Seat, letter: Letter) -> Words:
    texts = ports.texts[ports.language]
    place = next(number for number, one in enumerate(seat.replaced) if letter.key.endswith(f":{_holding(seat, number)}"))
    after = seat.replaced[place + 1].person if place + 1 < len(seat.replaced) else seat.person
    return {
        "lead": texts("mail.substituted.lead", substitute=after, organisation=ports.organisation),
        "reason": seat.replaced[place].reason,
        "facts": _facts(_about(document, texts), fingerprint=fingerprint(current.copy.digest)),
    }
