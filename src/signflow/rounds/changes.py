"""What the secretary changes in an open round: who is reminded, who stands in for whom, who is away until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.minutes.recognition.people import same_name
from signflow.rounds.events import AbsenceTold, InvitationRenewed, Reminded, Substituted
from signflow.rounds.model import Document, Policy, Replaced, Round, Seat, Standing
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal
from signflow.rounds.seats import invited_now, reason_of, with_seat
from signflow.rounds.work import send_letters

_LONGEST_ABSENCE = dt.timedelta(days=366)


def invitation_renewed(document: Document, event: InvitationRenewed, now: dt.datetime, policy: Policy) -> Outcome:
    """Someone who is invited gets the link once more, for as long as a new one."""
    seat = document.open_round.seat(event.field) if document.open_round else None
    if seat is None or seat.standing is not Standing.INVITED:
        return Refusal("not-their-turn")
    renewed = invited_now(seat, now, policy)
    return _invited(with_seat(document, renewed), renewed, event.by)


def reminded(document: Document, event: Reminded, now: dt.datetime) -> Outcome:
    """Someone who is invited gets a letter that says how long they have been; the link is the same, and as long-lived."""
    current = document.open_round
    seat = current.seat(event.field) if current and current.number == event.round else None
    if seat is None or seat.standing is not Standing.INVITED:
        return Refusal("not-their-turn")
    if event.number <= seat.reminders:
        return Refusal(ALREADY_RECORDED)
    again = replace(seat, reminders=event.number, asked_at=now)
    updated = with_seat(document, again)
    data: dict[str, str | int] = {"field": seat.field, "person": seat.person, "reminder": event.number}
    work = send_letters(updated, f"reminder:{seat.holding}:{event.number}")
    return Decision(updated, (Entry("reminded", event.by, data),), (work,))


def substituted(document: Document, event: Substituted, now: dt.datetime, policy: Policy) -> Outcome:
    """Another sits in the seat, with a link of their own; the link before leads nowhere, and its holder is told."""
    current = document.open_round
    seat = current.seat(event.field) if current and current.number == event.round else None
    if current is None or seat is None:
        return Refusal("round-ended")
    if event.link_digest == seat.link_digest:
        return Refusal(ALREADY_RECORDED)
    if seat.standing in {Standing.APPROVED, Standing.SIGNED}:
        return Refusal("already-approved")
    reason = reason_of(event.reason)
    hindrance = _hindrance(current, event)
    if hindrance or not reason:
        return hindrance or Refusal("reason-missing")
    invited = seat.standing is Standing.INVITED
    sits = replace(
        seat,
        person=event.person,
        address=event.address,
        holder=seat.holder + 1,
        replaced=(*seat.replaced, Replaced(seat.person, seat.address, seat.link_digest, reason, invited)),
        link_digest=event.link_digest,
        link_expires_at=None,
        invitation=0,
        invited_at=None,
        reminders=0,
        asked_at=None,
        away_until=None,
        challenge=None,
        codes_since=None,
        codes_asked=0,
    )
    updated = with_seat(document, invited_now(sits, now, policy) if invited else sits)
    data: dict[str, str | int] = {"round": event.round, "field": seat.field, "person": event.person}
    data |= {"before": seat.person, "mandate": event.mandate, "reason": reason}
    entry = Entry("substituted", event.by, data)
    return Decision(updated, (entry,), (send_letters(updated, f"substitution:{sits.holding}"),))


def _hindrance(current: Round, event: Substituted) -> Refusal | None:
    """Why that person cannot stand in; None if they can."""
    if not event.mandate:
        return Refusal("no-mandate", {"person": event.person})
    if not event.address:
        return Refusal("no-address", {"person": event.person})
    if same_name(event.person) in {same_name(other.person) for other in current.seats}:
        return Refusal("signs-already", {"person": event.person})
    return None


def absence_told(document: Document, event: AbsenceTold, now: dt.datetime) -> Outcome:
    """It is known until when a signatory is away; None takes that back. Nobody is reminded while they are."""
    current = document.open_round
    seat = current.seat(event.field) if current and current.number == event.round else None
    if seat is None:
        return Refusal("round-ended")
    if seat.standing in {Standing.APPROVED, Standing.SIGNED}:
        return Refusal("already-approved")
    if event.until is not None and not now.date() < event.until <= now.date() + _LONGEST_ABSENCE:
        return Refusal("date-not-ahead")
    if event.until == seat.away_until:
        return Refusal(ALREADY_RECORDED)
    data: dict[str, str | int] = {"round": event.round, "field": seat.field, "person": seat.person}
    updated = with_seat(document, replace(seat, away_until=event.until))
    if event.until is None:
        return Decision(updated, (Entry("absence-over", event.by, data),))
    return Decision(updated, (Entry("absence-told", event.by, {**data, "until": str(event.until)}),))


def _invited(updated: Document, seat: Seat, by: str) -> Decision:
    data: dict[str, str | int] = {"field": seat.field, "person": seat.person, "invitation": seat.invitation}
    work = send_letters(updated, f"invitation:{seat.holding}:{seat.invitation}")
    return Decision(updated, (Entry("invited", by, data),), (work,))
