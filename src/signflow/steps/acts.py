"""What people do, whichever door they come through: each act becomes an event, is decided on and committed.

The identity of a signatory comes from the link and the code, or from the link and the browser that signed in; never from a
request's parameters. Looking changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass

from signflow.blobs import BlobRef
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import NotFoundError, RefusedError
from signflow.minutes.recognition.people import same_name
from signflow.rounds.events import (
    AbsenceTold,
    Answered,
    CodeAsked,
    CodeTyped,
    InvitationRenewed,
    Reminded,
    ReviewAsked,
    Withdrawn,
)
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, ItemObjection, Round, Seat, Standing
from signflow.rounds.old_links import Past, past_of
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.steps.ports import Ports, record

LONGEST_REASON = 4000
_LONGEST_TOKEN = 100
_CODE = re.compile(r"\s*(?:[0-9]\s*){6}")


@dataclass(frozen=True, slots=True)
class Will:
    """What a signatory says of what was shown: that they sign it, or that they do not, and why.

    Attributes:
        objection: Why they will not sign; None if they will. May be empty where `items` say why.
        items: What they object to, item by item.
        dissent: What they want on record though they sign; empty if nothing.
    """

    objection: str | None = None
    items: tuple[ItemObjection, ...] = ()
    dissent: str = ""


SIGNS = Will()
"""That they sign, and nothing else."""


@dataclass(frozen=True, slots=True)
class Place:
    """A seat, as whoever looks at it names it: in that round, so that a page which is out of date changes no other."""

    round: int
    field: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link shows its holder now.

    Attributes:
        round: The document's latest round; the link may be for an earlier one.
        seat: The holder's seat; None if another round has come, or somebody else sits there now.
        problem: Why the holder cannot sign now, as a code under `refusals`; empty if they can.
        substitute: Who signs in the holder's place; empty if nobody does, or the holder has come back to a link of its own.
        past: Why it leads no further and what then, where its round is over or the seat has another link; None where it holds.
    """

    document: Document
    round: Round
    seat: Seat | None
    problem: str
    substitute: str = ""
    past: Past | None = None

    @property
    def shown(self) -> BlobRef:
        """The revision that lies before the holder."""
        return self.round.current


def view_link(ports: Ports, token: str) -> LinkView:
    """What the link is for. Reads only.

    Raises:
        NotFoundError: No such link was ever made.
    """
    if not 0 < len(token) <= _LONGEST_TOKEN:
        raise NotFoundError("no-such-link")
    known = link_digest(token)
    document, number, field = ports.store.find_by_link(known)
    current = document.round
    if current is None:
        raise NotFoundError("no-such-link")
    seat = current.seat(field) if current.number == number else None
    holds = seat is not None and seat.link_digest == known
    if holds and not current.ended:
        return LinkView(document, current, seat, _problem(ports, document, seat))
    holder, its_round = ports.store.link_holder(known), ports.store.round(document.id, number)
    past = past_of(document, its_round.ended, its_round.objection, holder)
    if seat is None or holds or current.ended:
        return LinkView(document, current, seat if holds else None, "round-ended", past=past)
    substitute = "" if same_name(holder) == same_name(seat.person) else seat.person
    return LinkView(document, current, None, "replaced", substitute, past)


def ask_code(ports: Ports, token: str) -> Outcome:
    """Have a code sent to the address that the link went to.

    Raises:
        NotFoundError: No such link was ever made.
    """
    view, challenge_id = view_link(ports, token), secrets.token_hex(16)
    if view.seat is None:
        return Refusal(view.problem)
    asked, holding = CodeAsked(view.round.number, view.seat.field, challenge_id), view.seat.holding

    def ask(document: Document) -> CodeAsked | Refusal:
        # somebody may have been let sign instead since: the code would go to them
        seat = document.round.seat(asked.field) if document.round else None
        return asked if seat and seat.holding == holding else Refusal("replaced")

    outcome = record(ports, view.document.id, ask)
    passing(CommitPoint.CODE_ASKED)
    return outcome


def sign(ports: Ports, token: str, code: str, shown_digest: str) -> Outcome:
    """Sign what was shown, with the code that was sent.

    Raises:
        NotFoundError: No such link was ever made.
    """
    return answer_by_code(ports, token, code, shown_digest, SIGNS)


def object_to(ports: Ports, token: str, code: str, shown_digest: str, reason: str) -> Outcome:
    """Decline to sign what was shown, with a reason for the whole of it and the code that was sent.

    Raises:
        NotFoundError: No such link was ever made.
        RefusedError: The reason is too long.
    """
    return answer_by_code(ports, token, code, shown_digest, Will(reason))


def answer_by_code(ports: Ports, token: str, code: str, shown_digest: str, will: Will) -> Outcome:
    """Say what one will of what was shown, with the code that was sent.

    What cannot be a code is refused and costs no try: programs that press buttons send an empty one.

    Raises:
        NotFoundError: No such link was ever made.
        RefusedError: A text is too long.
    """
    _require_bounded(will)
    view = view_link(ports, token)
    seat = view.seat
    challenge = seat.challenge if seat else None
    if seat is None or challenge is None:
        return Refusal(view.problem or "code-used-up")
    if not _CODE.fullmatch(code):
        return Refusal("wrong-code")
    matches = ports.links.code_matches(challenge.id, code)
    said = (will.objection, will.items, will.dissent)
    typed = CodeTyped(view.round.number, seat.field, challenge.id, matches, shown_digest, *said)
    outcome = record(ports, view.document.id, typed)
    passing(CommitPoint.SIGNING_APPROVED)
    return outcome


def answer(ports: Ports, token: str, held: str, shown_digest: str, will: Will = SIGNS) -> Outcome:
    """Sign what was shown, or decline to, as the person who has signed in.

    Args:
        ports: What the step works with.
        token: The token in the link.
        held: What the browser holds for the sign-in of that seat; empty if nothing.
        shown_digest: The revision that lay before the person.
        will: What they say of it.

    Raises:
        NotFoundError: No such link was ever made.
        RefusedError: A text is too long.
    """
    _require_bounded(will)
    view = view_link(ports, token)
    seat = view.seat
    challenge = seat.challenge if seat else None
    if seat is None or challenge is None or not ports.links.is_browser(challenge.id, held):
        return Refusal(view.problem or "not-signed-in")
    said = (will.objection, will.items, will.dissent)
    answered = Answered(view.round.number, seat.field, challenge.id, shown_digest, *said)
    outcome = record(ports, view.document.id, answered)
    passing(CommitPoint.SIGNING_APPROVED)
    return outcome


def ask_review(ports: Ports, document_id: str, by: str) -> Outcome:
    """Send a clean draft to its signatories.

    Raises:
        NotFoundError: There is no such document.
    """
    return record(ports, document_id, ReviewAsked(by))


def renew_invitation(ports: Ports, document_id: str, field: str, by: str) -> Outcome:
    """Send a signatory the link once more.

    Raises:
        NotFoundError: There is no such document.
    """
    return record(ports, document_id, InvitationRenewed(field, by))


def remind_now(ports: Ports, document_id: str, place: Place, number: int, by: str) -> Outcome:
    """Send a signatory a reminder, whether or not it is time for one.

    Args:
        ports: What the step works with.
        document_id: Names the document.
        place: The seat.
        number: Which reminder of theirs it is; one that was sent is not sent again.
        by: Who wants it.

    Raises:
        NotFoundError: There is no such document.
    """

    def fact(document: Document) -> Reminded | Refusal:
        current = document.open_round
        seat = current.seat(place.field) if current and current.number == place.round else None
        if seat and number != seat.reminders + 1:
            return Refusal(ALREADY_RECORDED)
        if seat and seat.standing is Standing.INVITED and link_expired(seat, ports.clock()):
            return Refusal("link-expired")
        return Reminded(place.round, place.field, number, by)

    return record(ports, document_id, fact)


def tell_absence(ports: Ports, document_id: str, place: Place, until: dt.date | None, by: str) -> Outcome:
    """Say that a signatory is away; `until` is the first day on which they are back, None if they are not away after all.

    Raises:
        NotFoundError: There is no such document.
    """
    return record(ports, document_id, AbsenceTold(place.round, place.field, until, by))


def link_expired(seat: Seat, now: dt.datetime) -> bool:
    """Whether the link of whoever sits there leads no further; that of who is not invited yet does not lead anywhere."""
    return seat.link_expires_at is None or now >= seat.link_expires_at


def withdraw(ports: Ports, document_id: str, by: str, reason: str) -> Outcome:
    """Take a document back.

    Raises:
        NotFoundError: There is no such document.
        RefusedError: The reason is too long.
    """
    require_bounded(reason)
    return record(ports, document_id, Withdrawn(by, reason))


def require_bounded(reason: str) -> None:
    """That what somebody wrote is no longer than is kept.

    Raises:
        RefusedError: It is.
    """
    if len(reason) > LONGEST_REASON:
        raise RefusedError("reason-too-long", limit=LONGEST_REASON)


def _require_bounded(will: Will) -> None:
    require_bounded(will.objection or "")
    require_bounded(will.dissent)
    for item in will.items:
        require_bounded(item.reason)
        require_bounded(item.proposal)


def _problem(ports: Ports, document: Document, seat: Seat | None) -> str:
    if seat is None or document.round is None or document.round.ended:
        return "round-ended"
    if seat.standing in {Standing.APPROVED, Standing.SIGNED}:
        return "already-approved"
    if seat.standing is Standing.WAITING:
        return "not-their-turn"
    if link_expired(seat, ports.clock()):
        return "link-expired"
    return ""
