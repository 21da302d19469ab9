"""A draft that somebody hands in who may hand in those of some bodies alone: refused, with whose it is, if it is of another."""

from __future__ import annotations

from signflow.rounds.access import EVERYWHERE, Act, Office, Person, reach, read_grants
from signflow.rounds.outcome import Refusal
from signflow.steps.ports import Ports
from signflow.steps.read_apart import read_apart

_MOST_NAMED = 5
_LONGEST_BODY = 200


def foreign_draft(ports: Ports, data: bytes, filename: str, person: Person) -> Refusal | None:
    """Why the person may not hand that in; None if they may. Reads the draft; nothing of it is kept.

    The person has the file: whose it is, is told. A draft that cannot be read is nobody's, and is refused too: who hands it
    in could not see what was found in it.
    """
    within = reach(person, Act.HAND_IN)
    if within >= EVERYWHERE:
        return None
    minutes = read_apart(data, filename).minutes
    body = minutes.body if minutes else ""
    if body.casefold() in {one.body.casefold() for one in within}:
        return None
    # the register keeps roles in small letters; documents have the names as they are written
    written = {name.casefold(): name for name in ports.store.bodies(within)}
    theirs = ", ".join(sorted(written.get(one.body.casefold(), one.body) for one in within))
    if not body:
        return Refusal("draft-of-no-body", {"bodies": theirs})
    told: dict[str, str | int] = {"body": body[:_LONGEST_BODY], "bodies": theirs}
    people = secretaries_of(ports, body)
    if people:
        return Refusal("draft-of-another-body", {**told, "people": ", ".join(people)})
    return Refusal("draft-of-another-body-unknown", told)


def secretaries_of(ports: Ports, body: str) -> tuple[str, ...]:
    """Who in the people register may hand in that body's drafts, five at most; those of that body before those of all."""
    found = list[tuple[bool, str]]()
    for one in ports.people.all():
        grants = [grant for grant in read_grants(one.roles) if grant.office is Office.SECRETARY]
        bodies = {grant.body.casefold() for grant in grants}
        if bodies & {"", body.casefold()}:
            found.append((body.casefold() not in bodies, one.name))
    return tuple(name for _, name in sorted(found)[:_MOST_NAMED])
