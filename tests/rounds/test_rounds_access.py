"""Who may do what with which document: every office with every act, on documents of every state, and what holds for all."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_walk import ADJUSTER, SECRETARY, Walk, registered

from signflow.rounds.access import (
    EVERY_OFFICE,
    EVERYWHERE,
    Act,
    Grant,
    Office,
    Person,
    may,
    may_in_archive,
    reach,
    read_grants,
)
from signflow.rounds.model import Document, State

OURS, THEIRS = "Kommunstyrelsen", "Socialnämnden"

# as the documentation has it: what the table in the code must come to
MAY = {
    Office.SECRETARY: {"see-desk", "hand-in", "see", "change", "search", "see-archived", "send-extracts"},
    Office.ADJUSTER: {"see-desk", "see", "search", "see-archived"},
    Office.ARCHIVIST: {"search", "see-archived", "fetch-package"},
    Office.ADMINISTRATOR: {"manage"},
}


def document(body: str = OURS, state: State = State.REVIEW) -> Document:
    walk = Walk()
    walk.do(replace(registered(), body=body))
    return replace(walk.present, state=state)


def person(
    *grants: Grant, name: str = "Bo Ek", address: str = "bo@example.org", acts: set[Act] | None = None
) -> Person:
    return Person(name, address, frozenset(grants), None if acts is None else frozenset(acts))


@pytest.mark.parametrize(("office", "act"), list(product(Office, Act)))
def test_what_each_office_may_do_at_all(office: Office, act: Act) -> None:
    assert may(person(Grant(office)), act) is (act in MAY[office])
    assert may(person(Grant(office, OURS)), act) is (act in MAY[office])


@pytest.mark.parametrize(("office", "act", "state"), list(product(Office, Act, State)))
@pytest.mark.parametrize("granted", ["", OURS, THEIRS])
def test_what_each_office_may_do_with_a_document(office: Office, act: Act, state: State, granted: str) -> None:
    somebody = person(Grant(office, granted))
    if act not in MAY[office]:
        expected = False
    elif act in {Act.SEARCH, Act.SEE_ARCHIVED}:
        expected = state is State.ARCHIVED
    elif act is Act.FETCH_PACKAGE:
        expected = state is State.ARCHIVED and granted != THEIRS
    else:  # an adjuster who has no seat in it sees nothing of it
        expected = granted != THEIRS and office is not Office.ADJUSTER
    assert may(somebody, act, document(state=state)) is expected


@pytest.mark.parametrize("state", State)
def test_adjusters_see_what_they_are_to_sign_and_nothing_else(state: State) -> None:
    mine = person(Grant(Office.ADJUSTER), name=ADJUSTER.person, address=ADJUSTER.address.upper())
    assert may(mine, Act.SEE, document(state=state))
    assert not may(replace(mine, address="other@hemlig.example"), Act.SEE, document(state=state))
    assert not may(replace(mine, grants=frozenset({Grant(Office.ADJUSTER, THEIRS)})), Act.SEE, document(state=state))
    assert not may(mine, Act.CHANGE, document(state=state))


def test_who_shares_an_address_is_somebody_else() -> None:
    shared = person(Grant(Office.ADJUSTER), name="Nils Ny", address=ADJUSTER.address)
    assert not may(shared, Act.SEE, document())
    assert may(replace(shared, name=f"  {ADJUSTER.person.upper()} "), Act.SEE, document())


def test_a_seat_alone_lets_nobody_in() -> None:
    assert not may(person(name=SECRETARY.person, address=SECRETARY.address), Act.SEE, document())


def test_who_holds_every_office_may_do_everything_that_anybody_may() -> None:
    everybody = Person("", "", EVERY_OFFICE)
    for act, state in product(Act, State):
        assert may(everybody, act)
        archived = act in {Act.SEARCH, Act.SEE_ARCHIVED, Act.FETCH_PACKAGE}
        assert may(everybody, act, document(state=state)) is (state is State.ARCHIVED or not archived)


bodies = st.sampled_from(["", OURS, OURS.upper(), THEIRS])
grants = st.frozensets(st.builds(Grant, st.sampled_from(Office), bodies), max_size=4)
acts = st.sampled_from(Act)
subjects = st.none() | st.builds(document, st.sampled_from([OURS, THEIRS]), st.sampled_from(State))
people = st.sampled_from([(SECRETARY.person, SECRETARY.address), ("Bo Ek", "bo@example.org"), ("", "")])


@given(grants, grants, acts, subjects, people)
def test_more_grants_never_allow_less(
    held: frozenset[Grant], more: frozenset[Grant], act: Act, subject: Document | None, who: tuple[str, str]
) -> None:
    if may(Person(*who, held), act, subject):
        assert may(Person(*who, held | more), act, subject)


@given(grants, st.frozensets(acts), acts, subjects, people)
def test_confined_acts_never_allow_more(
    held: frozenset[Grant], confined: frozenset[Act], act: Act, subject: Document | None, who: tuple[str, str]
) -> None:
    whole = may(Person(*who, held), act, subject)
    assert may(Person(*who, held, confined), act, subject) is (whole and act in confined)


@given(grants, acts, st.sampled_from(State), people)
def test_another_bodys_grants_open_nothing_that_is_on_its_way(
    held: frozenset[Grant], act: Act, state: State, who: tuple[str, str]
) -> None:
    elsewhere = frozenset(Grant(grant.office, THEIRS) for grant in held)
    allowed = may(Person(*who, elsewhere), act, document(state=state))
    assert not allowed or (act in {Act.SEARCH, Act.SEE_ARCHIVED} and state is State.ARCHIVED)


@given(grants, acts, subjects, people)
def test_what_may_not_be_done_at_all_may_not_be_done_with_any_document(
    held: frozenset[Grant], act: Act, subject: Document | None, who: tuple[str, str]
) -> None:
    somebody = Person(*who, held)
    assert may(somebody, act) or not may(somebody, act, subject)


@pytest.mark.parametrize("act", Act)
def test_what_the_archive_alone_remembers_is_of_no_body(act: Act) -> None:
    for office in Office:
        of_all, of_one = person(Grant(office)), person(Grant(office, OURS))
        archived = act in {Act.SEARCH, Act.SEE_ARCHIVED, Act.FETCH_PACKAGE}
        assert may_in_archive(of_all, act) is (archived and act in MAY[office])
        assert may_in_archive(of_one, act) is (archived and act in MAY[office] and act is not Act.FETCH_PACKAGE)
        assert not may_in_archive(replace(of_all, acts=frozenset[Act]()), act)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), set[Grant]()),
        (("secretary",), {Grant(Office.SECRETARY)}),
        ((" Sekreterare ",), {Grant(Office.SECRETARY)}),
        (("sekreterare: kommunstyrelsen",), {Grant(Office.SECRETARY, "kommunstyrelsen")}),
        (("arkivarie", "ordförande:nämnden"), {Grant(Office.ARCHIVIST), Grant(Office.ADJUSTER, "nämnden")}),
        (("administratör", "ledamot", "kontorschef", ""), {Grant(Office.ADMINISTRATOR)}),
        (("secretary:",), {Grant(Office.SECRETARY)}),
        ((": kommunstyrelsen",), set[Grant]()),
        (("secretary archivist",), set[Grant]()),
    ],
)
def test_roles_as_a_register_writes_them(roles: tuple[str, ...], expected: set[Grant]) -> None:
    assert read_grants(roles) == expected


@given(st.lists(st.text(max_size=20)).map(tuple))
def test_what_names_no_office_gives_none(roles: tuple[str, ...]) -> None:
    assert {grant.office for grant in read_grants(roles)} <= set(Office)
    assert read_grants(tuple(f"x{role}" for role in roles)) == frozenset()


@given(grants, st.sampled_from([Act.SEE, Act.HAND_IN, Act.CHANGE]), subjects, people)
def test_what_may_be_done_is_within_reach(
    held: frozenset[Grant], act: Act, subject: Document | None, who: tuple[str, str]
) -> None:
    somebody = Person(*who, held)
    spans = reach(somebody, act)
    if subject and may(somebody, act, subject):
        assert any(
            one.body.casefold() in {"", subject.body.casefold()}
            and (not one.address or one.address == somebody.address)
            for one in spans
        )
    assert bool(spans) <= may(somebody, act)
    assert reach(replace(somebody, acts=frozenset[Act]()), act) == frozenset()


def test_whoever_has_no_address_reaches_nothing_as_an_adjuster() -> None:
    assert reach(person(Grant(Office.ADJUSTER), address=""), Act.SEE) == frozenset()
    assert reach(Person("", "", EVERY_OFFICE), Act.SEE) >= EVERYWHERE
