"""What a letter says: the words that its sentences and its layout are filled in with, in the organisation's language.

The fingerprint in every letter of a round is that of the signing copy as it was opened, so that none goes stale when others sign.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

from babel.lists import format_list

from signflow.blobs import PDF, fingerprint
from signflow.mail.message import Attachment
from signflow.minutes.model import Role
from signflow.rounds.deadlines import Act, deadline
from signflow.rounds.letters import Letter, LetterKind
from signflow.rounds.model import Document, Round, RoundEnd, Seat
from signflow.rounds.notices import last_day_up
from signflow.steps.extract_words import extract_words, extracts_attached
from signflow.steps.ports import Ports
from signflow.steps.reading_words import reading_words
from signflow.texts import Texts

LARGEST_ATTACHED_BYTES = 10_000_000
"""What is larger does not go with a letter: few servers take mails of more than some 15 MB, and coding makes a third more."""

_MEGABYTE = 1_000_000
Words = Mapping[str, object]


def letter_words(  # noqa: C901 -- one case a kind of letter
    ports: Ports, document: Document, letter: Letter
) -> Words:
    """The words of the letter; `facts` are those that stand in a list, by their label."""
    if letter.sending:
        return {"organisation": ports.organisation, **extract_words(ports, document, letter)}
    if letter.reader:
        return {"title": document.title, "organisation": ports.organisation, **reading_words(ports, document, letter)}
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
            words = _substituted(ports, document, seat, letter)
        case LetterKind.OBJECTION:
            words = _objection(ports, document, current)
        case LetterKind.VOIDED:
            words = _voided(ports, document, current, seat)
        case LetterKind.ADJUSTED:
            words = _adjusted(ports, document, current)
        case LetterKind.RECEIPT:
            words = _receipt(ports, document, current, seat)
        case LetterKind.READING | LetterKind.READING_CHANGED | LetterKind.READING_ENDED | LetterKind.EXTRACT:  # above
            raise AssertionError(document.id)
    return {"title": document.title, "organisation": ports.organisation, **words}


def attachments_of(ports: Ports, document: Document, letter: Letter) -> tuple[Attachment, ...]:
    """What goes with the letter: extracts; the signed copy, as the archive reads it back, if it is not too large for a mail.

    Raises:
        IntegrityError: The archive's copy, or an extract, is not what it was.
        UnavailableError: The archive, or the disk, does not answer now.
    """
    if letter.sending:
        return extracts_attached(ports, document, letter)
    kept = document.archived
    if letter.kind is not LetterKind.RECEIPT or kept is None or kept.pdf.size_bytes > LARGEST_ATTACHED_BYTES:
        return ()
    day = str(document.meeting_on or "")
    name = " ".join(part for part in (document.title, "" if day in document.title else day) if part)
    return (Attachment(f"{name or document.id}.pdf", ports.archive.retrieve(document.id), PDF),)


def reply_to_of(ports: Ports, document: Document, letter: Letter) -> str:
    """Where answers go: of extracts to the secretary who sent them."""
    replies = document.sendings[letter.sending - 1].reply_to if letter.sending else ""
    return replies or ports.sender.reply_to


def _asked(ports: Ports, document: Document, current: Round, seat: Seat) -> Words:
    texts = ports.texts[ports.language]
    token = ports.links.token(document.id, current.number, seat.holding, current.copy.digest)
    identity = ports.identity
    return {
        "lead": _said_by(ports, current, seat, "mail.invitation.lead"),
        "facts": _facts(
            document,
            texts,
            role=texts(f"steps.roles.{seat.role}"),
            place_of=seat.replaced[-1].person if seat.replaced else "",
            fingerprint=fingerprint(current.copy.digest),
        ),
        "link": f"{ports.public_url}/sign/{token}",
        "deadline": _adjustment(document, texts, texts.day(ports.clock())),
        "expires": texts.instant(seat.link_expires_at) if seat.link_expires_at else "",
        "how": texts("mail.invitation.how_sign_in", provider=identity.name)
        if identity
        else texts("mail.invitation.how"),
    }


def _reminded(ports: Ports, document: Document, current: Round, seat: Seat) -> Words:
    texts = ports.texts[ports.language]
    since = texts.day(seat.invited_at or current.opened_at)
    days = (texts.day(ports.clock()) - since).days
    waited = "waited_today" if days < 1 else "waited_day" if days == 1 else "waited_days"
    said = {"since": texts.date(since), "waited": texts(f"mail.reminder.{waited}", days=days)}
    return {
        **_asked(ports, document, current, seat),
        "lead": _said_by(ports, current, seat, "mail.reminder.lead", **said),
    }


def _said_by(ports: Ports, current: Round, seat: Seat, sentence: str, **said: str) -> str:
    """The sentence with the secretary's name as that of who asks; with the organisation's alone to the secretary."""
    asking = (other.person for other in current.seats if other.role is Role.SECRETARY and other.field != seat.field)
    secretary = next(asking, "")
    known = {"organisation": ports.organisation, "secretary": secretary, **said}
    return ports.texts[ports.language](f"{sentence}_by" if secretary else sentence, **known)


def _adjustment(document: Document, texts: Texts, today: dt.date) -> str:
    """Until when the law wants the minutes adjusted, as a sentence; empty if it says nothing."""
    due = deadline(Act.ADJUSTMENT, document.minutes_class, document.meeting_on)
    if due is None:
        return ""
    passed = "deadline_passed" if due.on < today else "deadline"
    return texts(f"mail.invitation.{passed}", deadline=texts.date(due.on), law=due.law)


def _code(ports: Ports, current: Round, letter: Letter) -> Words:
    return {
        "code": ports.links.code(letter.challenge_id),
        "minutes": str(int(ports.policy.code_lifetime.total_seconds() // 60)),
        "fingerprint": fingerprint(current.copy.digest),
    }


def _substituted(ports: Ports, document: Document, seat: Seat, letter: Letter) -> Words:
    texts = ports.texts[ports.language]
    after = [before.person for before in seat.replaced[letter.holder :]] + [seat.person]
    return {
        "lead": texts("mail.substituted.lead", substitute=after[0], organisation=ports.organisation),
        "reason": seat.replaced[letter.holder - 1].reason,
        "facts": _facts(document, texts),
    }


def _objection(ports: Ports, document: Document, current: Round) -> Words:
    texts = ports.texts[ports.language]
    objection = current.objection
    if objection is None:  # the letter is due where there is one
        raise AssertionError(document.id)
    lead = "lead" if objection.reason else "lead_items"
    items = [
        {"name": _item_name(texts, one.item), "reason": one.reason, "proposal": one.proposal} for one in objection.items
    ]
    return {
        "lead": texts(f"mail.objection.{lead}", objector=objection.person, title=document.title),
        "reason": objection.reason,
        "items": items,
        "link": f"{ports.public_url}/documents/{document.id}",
    }


def _item_name(texts: Texts, item: str) -> str:
    """`§ 94` as it is; a bare number says that it is an item's."""
    number = item.rstrip(".")
    return texts("mail.objection.item", item=number) if number[:1].isdigit() else item


def _voided(ports: Ports, document: Document, current: Round, seat: Seat) -> Words:
    texts = ports.texts[ports.language]
    objector = current.objection.person if current.objection else ""
    why, approval = current.ended or RoundEnd.WITHDRAWN, seat.approval
    return {
        "lead": texts(f"mail.voided.lead_{why}", objector=objector, organisation=ports.organisation),
        "facts": _facts(document, texts, fingerprint=fingerprint(current.copy.digest) if approval else ""),
        "own": texts(f"mail.voided.{'signed' if approval else 'unsigned'}"),
        "next": texts(f"mail.voided.next_{why}"),
    }


def _adjusted(ports: Ports, document: Document, current: Round) -> Words:
    texts = ports.texts[ports.language]
    at = document.adjusted_at
    return {
        "lead": texts("mail.adjusted.lead", adjusted=texts.instant(at) if at else ""),
        "facts": _facts(
            document, texts, signatories=_signatories(texts, current), fingerprint=fingerprint(current.copy.digest)
        ),
        "next": _announcement(document, texts),
        "link": f"{ports.public_url}/documents/{document.id}",
    }


def _announcement(document: Document, texts: Texts) -> str:
    """What is left to do for the notice of the adjustment: to put it up, to know that it is up, or nothing."""
    at, notice = document.adjusted_at, document.notice
    last = last_day_up(document.minutes_class, notice.posted_on) if notice and notice.posted_on else None
    if notice and notice.posted_on and last:
        return texts("mail.adjusted.posted", posted=texts.date(notice.posted_on), last=texts.date(last))
    due = deadline(Act.NOTICE, document.minutes_class, texts.day(at) if at else None)
    if due is None:
        return texts("mail.adjusted.nothing")
    return texts("mail.adjusted.notice", deadline=texts.date(due.on), law=due.law)


def _receipt(ports: Ports, document: Document, current: Round, seat: Seat) -> Words:
    texts = ports.texts[ports.language]
    kept = document.archived
    if kept is None:  # the letter is due where it is archived
        raise AssertionError(document.id)
    fits = kept.pdf.size_bytes <= LARGEST_ATTACHED_BYTES
    size = math.ceil(kept.pdf.size_bytes / _MEGABYTE)
    return {
        "lead": texts("mail.receipt.lead", organisation=ports.organisation, archived=texts.instant(kept.at)),
        "facts": _facts(
            document,
            texts,
            signed_at=texts.instant(seat.signature.signed_at) if seat.signature else "",
            signed_as=texts(f"steps.roles.{seat.role}"),
            dissent=seat.approval.dissent if seat.approval else "",
            signatories=_signatories(texts, current),
            fingerprint=fingerprint(current.copy.digest),
            sealed=fingerprint(kept.pdf.digest),
        ),
        "copy": texts("mail.receipt.attached") if fits else texts("mail.receipt.too_large", size=size),
        "link": "" if fits else f"{ports.public_url}/archive/{document.id}",
        "verify": f"{ports.public_url}/verify",
    }


def _facts(document: Document, texts: Texts, **more: str) -> Mapping[str, str]:
    """What a letter is about, by label; what is empty is left out."""
    meeting = texts.date(document.meeting_on) if document.meeting_on else ""
    facts = {"title": document.title, "body": document.body, "meeting_date": meeting, **more}
    return {label: value for label, value in facts.items() if value}


def _signatories(texts: Texts, current: Round) -> str:
    return format_list([seat.person for seat in current.seats], locale=texts.locale)
