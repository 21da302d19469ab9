"""Letting another sign in a signatory's place: who has a mandate, and which link leads them there.

The mandate is in the minutes, which list who was present, substitutes too; or in the body's list of members. Whom the minutes
note as absent has none, on whatever list they are: nobody certifies a meeting that they were not at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from signflow.errors import RefusedError
from signflow.minutes.recognition.people import same_name
from signflow.rendering.type.faces import load_faces, undrawable
from signflow.rounds.events import Substituted
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, Round, Seat
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.steps.acts import Place, require_bounded
from signflow.steps.ports import Ports, record
from signflow.steps.read_once import read_attendance

_LONGEST_NAME = 200


class Mandate(StrEnum):
    """What gives somebody the right to sign in another's place."""

    MINUTES = "minutes"  # they list the person as present
    BODY = "body"  # the body's list names them


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may sign in another's place; the address is empty if the people register has none."""

    person: str
    mandate: Mandate
    address: str


@dataclass(frozen=True, slots=True)
class Substitute:
    """Who is to sign instead, and why.

    Attributes:
        holder: Which holder of the seat they come after, as `Seat.holder` counts them.
        reason: In the secretary's words.
    """

    holder: int
    person: str
    reason: str


def candidates(ports: Ports, document: Document) -> tuple[Candidate, ...]:
    """Who may sign in the place of any who has not signed yet: first those who were present, in the order of the minutes."""
    seated = {same_name(seat.person) for seat in document.open_round.seats} if document.open_round else set[str]()
    return tuple(
        Candidate(person, mandate, ports.people.address_of(person))
        for key, (person, mandate) in _mandates(ports, document).items()
        if key not in seated
    )


def substitute(ports: Ports, document_id: str, place: Place, wanted: Substitute, by: str) -> Outcome:
    """Let somebody sign instead of whom the seat has now. The link before is void from then on.

    Raises:
        NotFoundError: There is no such document.
        RefusedError: The reason is too long, or the name cannot be set in the house's face (`name-not-in-font`).
    """
    require_bounded(wanted.reason)
    if not wanted.person.strip():
        return Refusal("nobody-chosen")

    def fact(document: Document) -> Substituted | Refusal:
        current = document.open_round
        seat = current.seat(place.field) if current and current.number == place.round else None
        if current is None or seat is None:
            return Refusal("round-ended")
        if seat.holder != wanted.holder:
            is_done = same_name(seat.person) == same_name(wanted.person)
            return Refusal(ALREADY_RECORDED if is_done else "seat-has-changed")
        return _substituted(ports, document, current, seat, wanted, by)

    return record(ports, document_id, fact)


def _substituted(  # noqa: PLR0913, PLR0917 -- what the fact is of
    ports: Ports, document: Document, current: Round, seat: Seat, wanted: Substitute, by: str
) -> Substituted:
    name = wanted.person[:_LONGEST_NAME]
    person, mandate = _mandates(ports, document, anew=True).get(same_name(name), (name, ""))
    if mandate:
        _require_drawable(ports, person)
    next_holding = replace(seat, holder=seat.holder + 1).holding
    token = ports.links.token(document.id, current.number, next_holding, current.copy.digest)
    return Substituted(
        round=current.number,
        field=seat.field,
        person=person,
        address=ports.people.address_of(person),
        link_digest=link_digest(token),
        mandate=mandate,
        reason=wanted.reason,
        by=by,
    )


def _mandates(ports: Ports, document: Document, *, anew: bool = False) -> Mapping[str, tuple[str, Mandate]]:
    """Who has one, by the name as compared: the name as written, and which. Nobody where the minutes cannot be read now."""
    attendance = read_attendance(ports, document.draft, anew=anew)
    if attendance is None:
        return {}
    members = ports.policy.bodies.rules_for(document.body).members
    named = [(person, Mandate.MINUTES) for person in attendance.present]
    named += [(member, Mandate.BODY) for member in members]
    absent = {same_name(person) for person in attendance.absent}
    found: dict[str, tuple[str, Mandate]] = {}
    for person, mandate in named:
        if same_name(person) not in absent:
            found.setdefault(same_name(person), (person, mandate))
    return found


def _require_drawable(ports: Ports, person: str) -> None:
    """That the name can stand in a signature's stamp, before anybody is asked to sign.

    Raises:
        RefusedError: It cannot.
    """
    missing = undrawable((person,), load_faces(ports.style.fonts).bold)
    if missing:
        raise RefusedError("name-not-in-font", person=person, characters=" ".join(missing))
