"""Who may do what with which document: the one table, and the one question asked of it.

A person has grants: a role, for one body or for all. What a grant allows is in `_ALLOWED`; where an act is about a document,
a grant for a body counts for that body's documents alone, and an adjuster's grant for those that they have a seat in.
Signatories who come by their link are not asked here: the link is their right, to that seat and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from signflow.minutes.recognition.people import same_name
from signflow.rounds.model import Document, State


class Office(StrEnum):
    """What somebody is in the organisation, as the people register or an identity provider says."""

    SECRETARY = "secretary"
    ADJUSTER = "adjuster"
    ARCHIVIST = "archivist"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    """What can be done behind a sign-in."""

    SEE_DESK = "see-desk"  # the board and what comes in; documents on it are asked for one by one
    HAND_IN = "hand-in"  # a draft, for a document or for none yet
    SEE = "see"  # a document on its way: text, findings, copies, history
    CHANGE = "change"  # send for signing, remind, replace, withdraw, settle comments
    SEARCH = "search"  # the archive
    SEE_ARCHIVED = "see-archived"  # what the archive holds of a document, and its signed PDF
    FETCH_PACKAGE = "fetch-package"  # the whole package, evidence of how people signed in and all
    SEND_EXTRACTS = "send-extracts"  # of archived minutes, to those concerned
    MANAGE = "manage"  # people, tokens, and whom signflow tells what happens


_ALLOWED: Mapping[Office, frozenset[Act]] = {
    Office.SECRETARY: frozenset(
        {
            Act.SEE_DESK,
            Act.HAND_IN,
            Act.SEE,
            Act.CHANGE,
            Act.SEARCH,
            Act.SEE_ARCHIVED,
            Act.SEND_EXTRACTS,
        }
    ),
    Office.ADJUSTER: frozenset({Act.SEE_DESK, Act.SEE, Act.SEARCH, Act.SEE_ARCHIVED}),
    Office.ARCHIVIST: frozenset({Act.SEARCH, Act.SEE_ARCHIVED, Act.FETCH_PACKAGE}),
    Office.ADMINISTRATOR: frozenset({Act.MANAGE}),
}
_EVERYONES = frozenset({Act.SEARCH, Act.SEE_ARCHIVED})
"""Acts that a grant for one body allows for all: archived minutes are public records within the organisation."""


OF_THE_ARCHIVE = frozenset({Act.SEARCH, Act.SEE_ARCHIVED, Act.FETCH_PACKAGE})
"""Acts on what the archive holds: on no document that is not there yet."""


@dataclass(frozen=True, slots=True)
class Grant:
    """An office, held for one body or for all.

    Attributes:
        body: The body's name as minutes write it, in whatever case; empty for all.
    """

    office: Office
    body: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        address: Their e-mail address, which names them in the register.
        acts: What this session or token is confined to; None for all that the grants allow.
    """

    name: str
    address: str
    grants: frozenset[Grant]
    acts: frozenset[Act] | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Documents that a grant opens, for those who must list them.

    Attributes:
        body: Those of this body alone, in whatever case; empty for all.
        person: With `address`: those alone that appoint this person to sign; empty for all.
    """

    body: str = ""
    person: str = ""
    address: str = ""


EVERYWHERE = frozenset({Reach()})
"""Every document."""

EVERY_OFFICE = frozenset(Grant(office) for office in Office)
"""What whoever sits at the machine itself holds where the organisation has no sign-in for staff."""

AT_THE_MACHINE = Person("", "", EVERY_OFFICE)
"""Whoever that is."""


def may(person: Person, act: Act, document: Document | None = None) -> bool:
    """Whether the person may do that; with a document, whether to that one. A page that lists asks without, then for each."""
    if person.acts is not None and act not in person.acts:
        return False
    return any(
        act in _ALLOWED[grant.office] and (document is None or _reaches(grant, person, act, document))
        for grant in person.grants
    )


def reach(person: Person, act: Act) -> frozenset[Reach]:
    """What the person may do that with: every document that `may` allows is in one of these, for acts on what is on its way."""
    if person.acts is not None and act not in person.acts:
        return frozenset()
    return frozenset(
        Reach(grant.body, person.name, person.address) if grant.office is Office.ADJUSTER else Reach(grant.body)
        for grant in person.grants
        if act in _ALLOWED[grant.office] and (person.address or grant.office is not Office.ADJUSTER)
    )


def may_in_archive(person: Person, act: Act) -> bool:
    """Whether the person may do that with a document that the archive alone remembers: nobody knows of which body it was."""
    allowed = person.acts is None or act in person.acts
    grants = (grant for grant in person.grants if act in _EVERYONES or not grant.body)
    return allowed and act in OF_THE_ARCHIVE and any(act in _ALLOWED[grant.office] for grant in grants)


def _reaches(grant: Grant, person: Person, act: Act, document: Document) -> bool:
    if act in OF_THE_ARCHIVE and document.state is not State.ARCHIVED:
        return False
    if act in _EVERYONES:
        return True
    if grant.body and grant.body.casefold() != document.body.casefold():
        return False
    return grant.office is not Office.ADJUSTER or _is_theirs(person, document)


def _is_theirs(person: Person, document: Document) -> bool:
    """Whether the text appoints them to sign it; by address, and by name so that nobody who shares the address is let in."""
    return any(
        one.address.casefold() == person.address.casefold() and same_name(one.person) == same_name(person.name)
        for one in document.draft.appointments
    )


def read_grants(roles: tuple[str, ...]) -> frozenset[Grant]:
    """The grants that the roles in the people register come to; what names no office of ours is passed over.

    Args:
        roles: Such as `secretary`, `archivist`, or `sekreterare: Kommunstyrelsen` for one body alone.
    """
    grants = set[Grant]()
    for role in roles:
        name, _, body = role.partition(":")
        office = _OFFICES.get(name.strip().casefold())
        if office:
            grants.add(Grant(office, body.strip()))
    return frozenset(grants)


_OFFICES: Mapping[str, Office] = {
    **{str(office): office for office in Office},
    "sekreterare": Office.SECRETARY,
    "nämndsekreterare": Office.SECRETARY,
    "justerare": Office.ADJUSTER,
    "ordförande": Office.ADJUSTER,
    "chair": Office.ADJUSTER,
    "arkivarie": Office.ARCHIVIST,
    "administratör": Office.ADMINISTRATOR,
}
