"""What a list holds for somebody is what may be seen of each document, on both databases; counts are of that, too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from many_documents import BODIES, fill, lives
from signflow.rounds.access import Act, Grant, Office, Person, may, reach
from signflow.rounds.model import Document, State
from signflow.store.listing import Wanted
from signflow.store.store import Store

COUNT = 60
LATE = {"protocol": (dt.date.min, dt.date(2026, 5, 1))}


@pytest.fixture
def kept(store: Store) -> Sequence[Document]:
    return fill(store, lives(COUNT, dt.date(2026, 5, 20)))


def people(kept: Sequence[Document]) -> list[Person]:
    """With every kind of grant; somebody who signs one document, under a name in another case, and not in another body."""
    appointed = kept[7].draft.appointments[1]
    name, address = appointed.person.upper(), appointed.address
    other = next(body for body in BODIES if body != kept[7].body)
    return [
        Person("Siv", "siv@example.org", frozenset({Grant(Office.SECRETARY)})),
        Person("Siv", "siv@example.org", frozenset({Grant(Office.SECRETARY, body.upper()) for body in BODIES[:2]})),
        Person("Siv", "siv@example.org", frozenset({Grant(Office.SECRETARY, "Ingen nämnd_%")})),
        Person(name, address.capitalize(), frozenset({Grant(Office.ADJUSTER)})),
        Person(name, address, frozenset({Grant(Office.ADJUSTER, kept[7].body), Grant(Office.SECRETARY, other)})),
        Person(name, address, frozenset({Grant(Office.ADJUSTER, other)})),
        Person("Någon Annan", address, frozenset({Grant(Office.ADJUSTER)})),
        Person(name, "%", frozenset({Grant(Office.ADJUSTER)})),
        Person("%", address, frozenset({Grant(Office.ADJUSTER)})),
        Person("Arvid", "arvid@example.org", frozenset({Grant(Office.ARCHIVIST)})),
        Person("", "", frozenset()),
    ]


@pytest.mark.parametrize("who", range(11))
def test_a_list_holds_what_may_be_seen(store: Store, kept: Sequence[Document], who: int) -> None:
    person = people(kept)[who]
    seen = {one.id for one in kept if may(person, Act.SEE, one)}
    spans = reach(person, Act.SEE)
    listing = store.listing(Wanted(states=tuple(State), reach=spans), LATE, 0, COUNT)
    assert {line.document.id for line in listing.lines} == seen
    assert listing.total == len(seen)
    assert set(store.bodies(spans)) == {one.body for one in kept if one.id in seen and one.body}
    ended = {line.document.id for line in store.closed(COUNT, spans)}
    assert ended == {one.id for one in kept if one.id in seen and one.state in {State.ARCHIVED, State.WITHDRAWN}}


def test_the_people_of_this_test_differ(kept: Sequence[Document]) -> None:
    counts = [sum(may(person, Act.SEE, one) for one in kept) for person in people(kept)]
    assert counts[0] == COUNT
    assert 0 < counts[1] < COUNT
    assert counts[3] == 1
    assert counts[4] > 1
    assert [counts[place] for place in (2, 5, 6, 7, 8, 9, 10)] == [0] * 7
