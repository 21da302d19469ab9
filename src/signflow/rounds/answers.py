"""What follows from what signatories do: prove who they are, and sign or object."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.rounds.events import (
    Answered,
    CodeAsked,
    CodeTyped,
    SignedIn,
    SignInBegun,
    SignInRejected,
)
from signflow.rounds.model import (
    Approval,
    Challenge,
    Document,
    ItemObjection,
    Method,
    Objection,
    Policy,
    Round,
    RoundEnd,
    Seat,
    Standing,
    State,
)
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal
from signflow.rounds.seats import end_round, reason_of, round_of, turn_of, with_seat
from signflow.rounds.work import apply_signature, send_letters

_HOUR = dt.timedelta(hours=1)


def code_asked(document: Document, event: CodeAsked, now: dt.datetime, policy: Policy) -> Outcome:
    """A code is made and mailed, unless the organisation wants a sign-in or many were asked for."""
    if policy.method is not Method.MAIL_CODE:
        return Refusal("sign-in-wanted")
    asking = _challenged(document, event, now, policy)
    if isinstance(asking, Refusal):
        return asking
    updated = with_seat(document, asking)
    entry = Entry("code-asked", asking.person, {"round": event.round, "field": asking.field})
    return Decision(updated, (entry,), (send_letters(updated, f"code:{event.challenge_id}"),))


def sign_in_begun(document: Document, event: SignInBegun, now: dt.datetime, policy: Policy) -> Outcome:
    """A sign-in may be completed for a while, unless the organisation uses codes or many were begun."""
    if policy.method is Method.MAIL_CODE:
        return Refusal("code-wanted")
    asking = _challenged(document, event, now, policy)
    if isinstance(asking, Refusal):
        return asking
    entry = Entry("sign-in-begun", asking.person, {"round": event.round, "field": asking.field})
    return Decision(with_seat(document, asking), (entry,))


def _challenged(document: Document, event: CodeAsked | SignInBegun, now: dt.datetime, policy: Policy) -> Seat | Refusal:
    """The seat with a new challenge in the place of any before, unless it has had many."""
    seat = turn_of(document, event.round, event.field, now)
    if isinstance(seat, Refusal):
        return seat
    fresh_hour = seat.codes_since is None or now - seat.codes_since >= _HOUR
    asked = 0 if fresh_hour else seat.codes_asked
    if asked >= policy.codes_per_hour:
        return Refusal("too-many-codes")
    return replace(
        seat,
        challenge=Challenge(event.challenge_id, now + policy.code_lifetime, policy.code_tries, policy.method),
        codes_since=now if fresh_hour else seat.codes_since,
        codes_asked=asked + 1,
    )


def code_typed(document: Document, event: CodeTyped, now: dt.datetime) -> Outcome:
    """The right code about what was shown is the signatory's word; a wrong one costs a try."""
    seat = turn_of(document, event.round, event.field, now)
    if isinstance(seat, Refusal):
        return seat
    challenge = _challenge(round_of(document), seat, event, now)
    if isinstance(challenge, Refusal):
        return challenge
    if _gives_no_reason(event):
        return Refusal("reason-missing")
    data: dict[str, str | int] = {"round": event.round, "field": seat.field}
    if not event.matches:
        left = challenge.tries_left - 1
        tried = replace(seat, challenge=replace(challenge, tries_left=left))
        return Decision(
            with_seat(document, tried), (Entry("code-rejected", seat.person, {**data, "tries_left": left}),)
        )
    return _willed(document, seat, challenge, event, now)


def _challenge(current: Round, seat: Seat, event: CodeTyped, now: dt.datetime) -> Challenge | Refusal:
    """The challenge that was answered, if it can be answered now and about what was shown."""
    challenge = seat.challenge
    if challenge is None or challenge.id != event.challenge_id or challenge.tries_left < 1:
        return Refusal("code-used-up")
    if challenge.method is not Method.MAIL_CODE:
        return Refusal("sign-in-wanted")
    if now >= challenge.expires_at:
        return Refusal("code-expired")
    if event.shown_digest not in current.revisions:
        return Refusal("text-has-changed")
    return challenge


def signed_in(document: Document, event: SignedIn, now: dt.datetime, policy: Policy) -> Outcome:
    """The signatory is known, and may answer for a while. A sign-in counts once."""
    found = _signing_in(document, event, now)
    if isinstance(found, Refusal):
        return found
    seat, challenge = found
    if challenge.identified:
        return Refusal(ALREADY_RECORDED)
    answering = replace(challenge, identified=event.identified, expires_at=now + policy.code_lifetime)
    data: dict[str, str | int] = {"round": event.round, "field": seat.field, "method": challenge.method}
    data |= {"provider": event.identified.provider, "level": event.identified.level}
    return Decision(with_seat(document, replace(seat, challenge=answering)), (Entry("signed-in", seat.person, data),))


def sign_in_rejected(document: Document, event: SignInRejected, now: dt.datetime) -> Outcome:
    """That sign-in is over; another may be begun."""
    found = _signing_in(document, event, now)
    if isinstance(found, Refusal):
        return found
    seat, challenge = found
    if challenge.identified:
        return Refusal(ALREADY_RECORDED)
    data: dict[str, str | int] = {"round": event.round, "field": seat.field, "reason": event.reason}
    return Decision(with_seat(document, replace(seat, challenge=None)), (Entry("sign-in-rejected", seat.person, data),))


def answered(document: Document, event: Answered, now: dt.datetime) -> Outcome:
    """The word of a signatory who is signed in, about what was shown."""
    found = _signing_in(document, event, now)
    if isinstance(found, Refusal):
        return found
    seat, challenge = found
    if challenge.identified is None:
        return Refusal("not-signed-in")
    if event.shown_digest not in round_of(document).revisions:
        return Refusal("text-has-changed")
    if _gives_no_reason(event):
        return Refusal("reason-missing")
    return _willed(document, seat, challenge, event, now)


def _signing_in(
    document: Document, event: SignedIn | SignInRejected | Answered, now: dt.datetime
) -> tuple[Seat, Challenge] | Refusal:
    """Whose turn it is, and the sign-in of theirs that is meant, if it still counts."""
    seat = turn_of(document, event.round, event.field, now)
    if isinstance(seat, Refusal):
        return seat
    challenge = seat.challenge
    if challenge is None or challenge.id != event.challenge_id or challenge.method is Method.MAIL_CODE:
        return Refusal("not-signed-in")
    if now >= challenge.expires_at:
        return Refusal("sign-in-expired")
    return seat, challenge


def _willed(
    document: Document, seat: Seat, challenge: Challenge, event: CodeTyped | Answered, now: dt.datetime
) -> Decision:
    """What follows from the will of a signatory who has proved who they are."""
    if event.objection is not None:
        items = tuple(_cleaned(item) for item in event.items)
        return _objected(document, seat, Objection(seat.person, reason_of(event.objection), items), now)
    dissent = reason_of(event.dissent)
    approval = Approval(now, challenge.method, event.shown_digest, challenge.id, challenge.identified, dissent)
    approved = replace(seat, standing=Standing.APPROVED, challenge=None, approval=approval)
    updated = with_seat(document, approved)
    data: dict[str, str | int] = {"round": event.round, "field": seat.field}
    data |= {"method": approval.method, "shown": event.shown_digest}
    if dissent:
        data["dissent"] = dissent
    return Decision(updated, (Entry("signing-approved", seat.person, data),), (apply_signature(updated, seat.field),))


def _objected(document: Document, seat: Seat, objection: Objection, now: dt.datetime) -> Decision:
    ended, voided = end_round(round_of(document), RoundEnd.OBJECTION, seat.person, now)
    ended = replace(ended, objection=objection)
    updated = replace(document, change=document.change + 1, state=State.DRAFT, round=ended)
    data: dict[str, str | int] = {"round": ended.number, "field": seat.field, "reason": objection.reason}
    if objection.items:
        data["items"] = ", ".join(item.item for item in objection.items)
    entry = Entry("objected", seat.person, data)
    return Decision(updated, (entry, voided), (send_letters(updated, "objection"),))


def _gives_no_reason(event: CodeTyped | Answered) -> bool:
    """Whether it is an objection that says not why: not of the whole, or of an item that it names."""
    if event.objection is None:
        return False
    unsaid = any(not (reason_of(item.item) and reason_of(item.reason)) for item in event.items)
    return unsaid or not (event.items or reason_of(event.objection))


def _cleaned(item: ItemObjection) -> ItemObjection:
    return ItemObjection(reason_of(item.item), reason_of(item.reason), reason_of(item.proposal))
