"""The seats of a round: who sits there, whose turn it is, and what a round with another seat in it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.minutes.model import Role
from signflow.rounds.model import (
    Appointment,
    Document,
    Policy,
    Round,
    RoundEnd,
    Seat,
    Standing,
)
from signflow.rounds.outcome import Entry, Refusal


def field_names(appointments: tuple[Appointment, ...]) -> dict[str, Appointment]:
    """The signature field of each appointment, in order: `secretary`, `chair`, `adjuster-1`, `adjuster-2` and on."""
    names: dict[str, Appointment] = {}
    for appointment in appointments:
        count = sum(1 for earlier in names.values() if earlier.role is appointment.role) + 1
        name = (
            f"{appointment.role}-{count}" if appointment.role is Role.ADJUSTER or count > 1 else str(appointment.role)
        )
        names[name] = appointment
    return names


def turn_of(document: Document, number: int, name: str, now: dt.datetime) -> Seat | Refusal:
    """The seat, if it is its turn to act in the open round."""
    current = document.round
    seat = current.seat(name) if current and current.number == number else None
    if seat is None or current is None or current.ended:
        return Refusal("round-ended")
    if seat.standing in {Standing.APPROVED, Standing.SIGNED}:
        return Refusal("already-approved")
    if seat.standing is Standing.WAITING:
        return Refusal("not-their-turn")
    if seat.link_expires_at is None or now >= seat.link_expires_at:
        return Refusal("link-expired")
    return seat


def invite_next(current: Round, now: dt.datetime, policy: Policy) -> tuple[Round, tuple[Entry, ...]]:
    """Invite those whose turn has come: the lowest turn that is not wholly signed."""
    turn = min(seat.turn for seat in current.seats if seat.standing is not Standing.SIGNED)
    seats, entries = list[Seat](), list[Entry]()
    for seat in current.seats:
        due = seat.turn == turn and seat.standing is Standing.WAITING
        if due:
            entries.append(Entry("invited", "signflow", {"field": seat.field, "person": seat.person, "invitation": 1}))
        seats.append(replace(invited_now(seat, now, policy), standing=Standing.INVITED) if due else seat)
    return replace(current, seats=tuple(seats)), tuple(entries)


def invited_now(seat: Seat, now: dt.datetime, policy: Policy) -> Seat:
    """The seat with one invitation more, and a link that lasts as long as a new one."""
    return replace(
        seat,
        invitation=seat.invitation + 1,
        invited_at=seat.invited_at or now,
        asked_at=now,
        link_expires_at=now + policy.link_lifetime,
    )


def end_round(current: Round, why: RoundEnd, actor: str, now: dt.datetime) -> tuple[Round, Entry]:
    """The round as it came to nothing, and the entry that says so."""
    voided = sum(1 for seat in current.seats if seat.signature)
    entry = Entry("round-ended", actor, {"round": current.number, "why": why, "void_signatures": voided})
    return replace(current, ended=why, ended_at=now, ended_by=actor), entry


def round_of(document: Document) -> Round:
    """The round of a document that has one, as one with a seat in it has."""
    if document.round is None:  # callers have a seat, and a seat is in a round
        raise AssertionError(document.id)
    return document.round


def with_seat(document: Document, seat: Seat) -> Document:
    """The document with that seat in the place of the one of its field."""
    current = round_of(document)
    seats = tuple(seat if other.field == seat.field else other for other in current.seats)
    return replace(document, change=document.change + 1, round=replace(current, seats=seats))


def reason_of(text: str) -> str:
    """What somebody gave as a reason, without the invisible characters that not every database can keep."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t").strip()
