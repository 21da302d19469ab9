"""What people do, whichever door they come through: each act becomes an event, is decided on and committed.

The identity of a signatory comes from the link and the code, or from the link and the browser that signed in; never from a
request's parameters. Looking changes nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from signflow.blobs import BlobRef
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import NotFoundError, RefusedError
from signflow.rounds.events import Answered, CodeAsked, CodeTyped, InvitationRenewed, ReviewAsked, Withdrawn
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, Round, Seat, Standing
from signflow.rounds.outcome import Outcome, Refusal
from signflow.steps.ports import Ports, record

LONGEST_REASON = 4000
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link shows its holder now.

    Attributes:
        round: The document's latest round; the link may be for an earlier one.
        seat: The holder's seat; None if the link's round is over.
        problem: Why the holder cannot sign now, as a code under `refusals`; empty if they can.
    """

    document: Document
    round: Round
    seat: Seat | None
    problem: str

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
    document, number, field = ports.store.find_by_link(link_digest(token))
    if document.round is None:
        raise NotFoundError("no-such-link")
    seat = document.round.seat(field) if document.round.number == number else None
    return LinkView(document, document.round, seat, _problem(ports, document, seat))


def ask_code(ports: Ports, token: str) -> Outcome:
    """Have a code sent to the address that the link went to.

    Raises:
        NotFoundError: No such link was ever made.
    """
    document, number, field = _place(ports, token)
    outcome = record(ports, document.id, CodeAsked(number, field, secrets.token_hex(16)))
    passing(CommitPoint.CODE_ASKED)
    return outcome


def sign(ports: Ports, token: str, code: str, shown_digest: str) -> Outcome:
    """Sign what was shown, with the code that was sent.

    Raises:
        NotFoundError: No such link was ever made.
    """
    return _answer_by_code(ports, token, code, shown_digest, None)


def object_to(ports: Ports, token: str, code: str, shown_digest: str, reason: str) -> Outcome:
    """Decline to sign what was shown, with a reason and the code that was sent: a program that presses buttons has none.

    Raises:
        NotFoundError: No such link was ever made.
        RefusedError: The reason is too long.
    """
    _require_bounded(reason)
    return _answer_by_code(ports, token, code, shown_digest, reason)


def answer(ports: Ports, token: str, held: str, shown_digest: str, objection: str | None = None) -> Outcome:
    """Sign what was shown, or decline to, as the person who has signed in.

    Args:
        ports: What the step works with.
        token: The token in the link.
        held: What the browser holds for the sign-in of that seat; empty if nothing.
        shown_digest: The revision that lay before the person.
        objection: Why they will not sign; None if they will.

    Raises:
        NotFoundError: No such link was ever made.
        RefusedError: The reason is too long.
    """
    _require_bounded(objection or "")
    document, number, field = _place(ports, token)
    seat = _seat(document, number, field)
    challenge = seat.challenge if seat else None
    if challenge is None or not ports.links.is_browser(challenge.id, held):
        return Refusal(_problem(ports, document, seat) or "not-signed-in")
    outcome = record(ports, document.id, Answered(number, field, challenge.id, shown_digest, objection))
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


def withdraw(ports: Ports, document_id: str, by: str, reason: str) -> Outcome:
    """Take a document back.

    Raises:
        NotFoundError: There is no such document.
        RefusedError: The reason is too long.
    """
    _require_bounded(reason)
    return record(ports, document_id, Withdrawn(by, reason))


def _require_bounded(reason: str) -> None:
    if len(reason) > LONGEST_REASON:
        raise RefusedError("reason-too-long", limit=LONGEST_REASON)


def _answer_by_code(ports: Ports, token: str, code: str, shown_digest: str, objection: str | None) -> Outcome:
    document, number, field = _place(ports, token)
    seat = _seat(document, number, field)
    challenge = seat.challenge if seat else None
    if challenge is None:
        return Refusal(_problem(ports, document, seat) or "code-used-up")
    matches = ports.links.code_matches(challenge.id, code)
    outcome = record(ports, document.id, CodeTyped(number, field, challenge.id, matches, shown_digest, objection))
    passing(CommitPoint.SIGNING_APPROVED)
    return outcome


def _place(ports: Ports, token: str) -> tuple[Document, int, str]:
    if not 0 < len(token) <= _LONGEST_TOKEN:
        raise NotFoundError("no-such-link")
    return ports.store.find_by_link(link_digest(token))


def _seat(document: Document, number: int, field: str) -> Seat | None:
    return document.round.seat(field) if document.round and document.round.number == number else None


def _problem(ports: Ports, document: Document, seat: Seat | None) -> str:
    if seat is None or document.round is None or document.round.ended:
        return "round-ended"
    if seat.standing in {Standing.APPROVED, Standing.SIGNED}:
        return "already-approved"
    if seat.standing is Standing.WAITING:
        return "not-their-turn"
    if seat.link_expires_at is None or ports.clock() >= seat.link_expires_at:
        return "link-expired"
    return ""
