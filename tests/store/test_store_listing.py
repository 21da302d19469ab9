"""The board's queries, held against the same questions asked of each document by itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from sqlalchemy import event, text

from many_documents import BODIES, fill, lives
from signflow.minutes.model import MinutesClass
from signflow.rounds.access import Reach
from signflow.rounds.deadlines import Act, deadline, overdue
from signflow.rounds.model import Document, State
from signflow.rounds.work import Work, WorkKind
from signflow.store.database import Database
from signflow.store.listing import UNFINISHED, Line, Queue, Wanted
from signflow.store.store import Store

TODAY = dt.date(2026, 3, 20)
LATE = overdue(Act.ADJUSTMENT, TODAY)
EVERYTHING = Wanted(states=tuple(State))
COUNT = 70


@pytest.fixture
def kept(store: Store) -> dict[str, Document]:
    return {document.id: document for document in fill(store, lives(COUNT, TODAY))}


def queue_of(document: Document) -> Queue:
    due = deadline(Act.ADJUSTMENT, document.minutes_class, document.meeting_on)
    match document.state:
        case State.DRAFT | State.REVIEW if due and due.on < TODAY:
            return Queue.LATE
        case State.DRAFT:
            return Queue.OURS
        case State.REVIEW:
            return Queue.OTHERS
        case State.ADJUSTED:
            return Queue.FILING
        case _:
            return Queue.CLOSED


def listed(store: Store, wanted: Wanted) -> tuple[Line, ...]:
    return store.listing(wanted, LATE, 0, COUNT + 1).lines


def names(lines: tuple[Line, ...]) -> set[str]:
    return {line.document.id for line in lines}


def test_every_document_is_whole_and_in_its_queue(store: Store, kept: dict[str, Document]) -> None:
    listing = store.listing(EVERYTHING, LATE, 0, COUNT + 1)
    assert {line.document.id: line.document for line in listing.lines} == {name: store.load(name) for name in kept}
    assert {line.document.id: line.queue for line in listing.lines} == {
        name: queue_of(document) for name, document in kept.items()
    }
    assert listing.counts == Counter(map(queue_of, kept.values()))
    assert set(listing.counts) == set(Queue)
    assert listing.total == COUNT


def test_what_is_late_comes_first_then_what_waits_for_the_secretary(store: Store, kept: dict[str, Document]) -> None:
    lines = listed(store, EVERYTHING)
    assert len(lines) == len(kept)
    for one, other in pairwise(lines):
        assert one.queue <= other.queue
        if one.queue is other.queue is Queue.LATE:
            assert one.document.meeting_on is not None
            assert other.document.meeting_on is not None
            assert one.document.meeting_on <= other.document.meeting_on
        hurried = [
            line.document.minutes_class == MinutesClass.PROTOCOL and line.document.meeting_on for line in (one, other)
        ]
        if one.queue is other.queue and one.queue in {Queue.OURS, Queue.OTHERS}:
            assert hurried[0] or not hurried[1]
        if one.queue is other.queue and (one.queue in {Queue.FILING, Queue.CLOSED} or not any(hurried)):
            assert one.updated_at >= other.updated_at


def test_the_pages_together_are_the_whole_list(store: Store, kept: dict[str, Document]) -> None:
    whole = [line.document.id for line in listed(store, EVERYTHING)]
    for rows in (7, 50):
        paged = [
            line.document.id
            for offset in range(0, len(kept) + rows, rows)
            for line in store.listing(EVERYTHING, LATE, offset, rows).lines
        ]
        assert paged == whole


@pytest.mark.parametrize(
    "states", [tuple(State), UNFINISHED, (State.DRAFT,), (State.ADJUSTED,), (State.ARCHIVED, State.WITHDRAWN)]
)
def test_pages_that_begin_after_a_place_are_the_whole_list(
    store: Store, kept: dict[str, Document], states: tuple[State, ...]
) -> None:
    wanted = Wanted(states=states)
    whole = [line.document.id for line in listed(store, wanted)]
    for rows in (1, 7, len(kept)):
        page = store.listing(wanted, LATE, 0, rows)
        paged = [line.document.id for line in page.lines]
        while page.end:
            page = store.listing(wanted, LATE, page.end, rows)
            assert page.lines
            paged += [line.document.id for line in page.lines]
        assert paged == whole


def test_what_changed_at_the_same_instant_stands_in_the_same_order_each_time(
    database: Database, store: Store, kept: dict[str, Document]
) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE documents SET updated_at = (SELECT max(updated_at) FROM documents)"))
    lines = listed(store, EVERYTHING)
    for one, other in pairwise(lines):
        alike = one.queue is other.queue and one.document.meeting_on == other.document.meeting_on
        assert (
            not alike
            or one.document.minutes_class != other.document.minutes_class
            or one.document.id < other.document.id
        )
    closed = [line.document.id for line in store.closed(len(kept))]
    assert closed == sorted(closed)
    test_pages_that_begin_after_a_place_are_the_whole_list(store, kept, tuple(State))


def test_mine_are_those_that_appoint_me(store: Store, kept: dict[str, Document]) -> None:
    everybody = {(one.person, one.address) for document in kept.values() for one in document.draft.appointments}
    for person, address in sorted(everybody)[:5]:
        mine = Wanted(states=tuple(State), mine=Reach(person=person, address=address))
        expected = {
            name
            for name, document in kept.items()
            if (person, address) in {(one.person, one.address) for one in document.draft.appointments}
        }
        assert expected
        assert names(listed(store, mine)) == expected


def test_filters_leave_what_they_say(store: Store, kept: dict[str, Document]) -> None:
    some_states = [UNFINISHED, (State.DRAFT,), (State.ARCHIVED,), (State.ARCHIVED, State.WITHDRAWN)]
    for states, late, ours, body in product(some_states, (False, True), (False, True), BODIES):
        expected = {
            name
            for name, one in kept.items()
            if one.state in states
            and (not body or one.body == body)
            and (not late or queue_of(one) is Queue.LATE)
            and (not ours or one.state is State.DRAFT)
        }
        assert names(listed(store, Wanted("", states, body, late, ours))) == expected


def test_words_are_found_in_title_body_people_and_name_whatever_their_case(
    store: Store, kept: dict[str, Document]
) -> None:
    def text_of(one: Document) -> str:
        people = " ".join(appointment.person for appointment in one.draft.appointments)
        return f"{one.title} {one.body} {people} {one.draft.filename} {one.id}".casefold()

    for search in ("ÅSA", "ödeshögs", "Ängström budget", "doc000000007", "Protokoll 11", "nil-", "nils-e"):
        words = search.casefold().split()
        expected = {name for name, one in kept.items() if all(word in text_of(one) for word in words)}
        assert names(listed(store, Wanted(search, tuple(State)))) == expected
        assert bool(expected) == (search != "nil-")


def test_letters_are_not_others_that_look_alike(store: Store, kept: dict[str, Document]) -> None:
    assert names(listed(store, Wanted("asa", tuple(State)))) < set(kept)
    assert not names(listed(store, Wanted("angstrom", tuple(State))))
    assert names(listed(store, Wanted("A\u030asa", tuple(State)))) == names(listed(store, Wanted("Åsa", tuple(State))))


def test_hostile_words_are_words(store: Store, kept: dict[str, Document]) -> None:
    for search in ("%", "\\", "'", '"', "%' OR 1=1 --", "🙂", "åsa\x00öberg\x00%", "x" * 10_000):
        assert listed(store, Wanted(search, tuple(State))) == ()
    for search in ("\x00", " \u200b\t", ""):
        assert names(listed(store, Wanted(search, tuple(State)))) == set(kept)


def test_what_came_to_an_end_last_is_listed(store: Store, kept: dict[str, Document]) -> None:
    ended = [line for line in listed(store, EVERYTHING) if line.queue is Queue.CLOSED]
    latest = sorted(ended, key=lambda line: line.updated_at, reverse=True)
    assert {line.document.state for line in latest} == {State.ARCHIVED, State.WITHDRAWN}
    for limit in (1, 8, 20, len(kept)):
        assert store.closed(limit) == tuple(latest[:limit])


@pytest.mark.usefixtures("kept")
def test_a_draft_that_signflow_is_at_does_not_wait_for_the_secretary(store: Store) -> None:
    mine = next(line for line in listed(store, EVERYTHING) if line.queue is Queue.OURS)
    key = f"{mine.document.id}:open_review:1:1"
    store.ask_for(Work(key, WorkKind.OPEN_REVIEW, mine.document.id, {}))
    after = {line.document.id: line.queue for line in listed(store, EVERYTHING)}
    assert after[mine.document.id] is Queue.OTHERS
    store.close_work(key)
    assert {line.document.id: line.queue for line in listed(store, EVERYTHING)}[mine.document.id] is Queue.OURS


def test_errors_are_counted_for_drafts(store: Store, kept: dict[str, Document]) -> None:
    counted = {line.document.id: line.errors for line in listed(store, EVERYTHING)}
    assert counted == {name: int(one.state is State.DRAFT and not one.draft.clean) for name, one in kept.items()}


def test_bodies_are_named_once(store: Store, kept: dict[str, Document]) -> None:
    assert sorted(store.bodies()) == sorted({one.body for one in kept.values() if one.body})


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_takes_as_many_statements_whatever_is_on_it(
    store: Store, kept: dict[str, Document], statements: list[str]
) -> None:
    counts = []
    for rows in (1, 50, len(kept)):
        statements.clear()
        store.listing(EVERYTHING, LATE, 0, rows)
        counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] < 10


def test_documents_of_before_are_searched_too(database: Database, store: Store, kept: dict[str, Document]) -> None:
    from alembic import command  # noqa: PLC0415 -- this test alone goes back a step
    from alembic.config import Config  # noqa: PLC0415 -- likewise

    before = names(listed(store, Wanted("Ängström", tuple(State))))
    assert 0 < len(before) < len(kept)
    config = Config()
    config.set_main_option("script_location", "src/signflow/store/migrations")
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    database.migrate()
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM documents WHERE searched IS NULL")).scalar_one() == 0
    assert names(listed(store, Wanted("Ängström", tuple(State)))) == before
