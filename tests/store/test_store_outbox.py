"""Work is neither lost nor doubled, and one subject's work is done in order."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from sqlalchemy import select
from store_samples import START, Clock, at_once, decision, document, following, work

from signflow.rounds.work import Work, WorkKind
from signflow.store.database import Database
from signflow.store.outbox import OpenWork
from signflow.store.store import Store
from signflow.store.tables import outbox

SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


def _due(store: Store, *busy: str, limit: int = 10) -> list[str]:
    return [row.work.key for row in store.due_work(busy, limit)]


def test_work_is_committed_with_its_decision_and_read_back_as_it_was(store: Store) -> None:
    asked = work("a")
    store.commit(decision(document(), asked), [])
    (row,) = store.open_work()
    assert row.work == asked
    assert (row.attempt, row.waiting_code, dict(row.waiting_params), row.flow_run_id) == (1, "", {}, "")
    assert START < row.created_at == row.ready_at
    assert store.due_work((), 10) == (row,)


@pytest.mark.parametrize(
    ("most", "limit", "keys"), [(0, 10, "be"), (1, 10, "abe"), (2, 3, "abc"), (9, 10, "abcde"), (9, 2, "ab")]
)
def test_of_a_kind_that_is_held_back_no_more_than_so_many_are_due(
    store: Store, most: int, limit: int, keys: str
) -> None:
    for key in "abcde":
        kind = WorkKind.SEND_LETTERS if key in "be" else WorkKind.SEND_WEBHOOKS
        store.ask_for(Work(key, kind, f"subject {key}", {}))
    found = store.due_work((), limit, (WorkKind.SEND_WEBHOOKS, most))
    assert "".join(row.work.key for row in found) == keys


def test_one_subject_at_a_time_and_in_order(store: Store) -> None:
    store.commit(decision(document(), work("a1"), work("a2"), work("a3")), [])
    store.ask_for(work("b1", "b"))
    assert _due(store) == ["a1", "b1"]
    assert _due(store, limit=1) == ["a1"]
    assert _due(store, "doc") == ["b1"]
    assert _due(store, "doc", "b") == []
    store.close_work("a1")
    assert _due(store) == ["a2", "b1"]
    assert [row.work.key for row in store.open_work("doc")] == ["a2", "a3"]


def test_work_that_waits_holds_up_its_subject_and_no_other(store: Store, clock: Clock) -> None:
    for key, subject in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        store.ask_for(work(key, subject))
    store.postpone_work("a1", HOUR, "tsa-unavailable", {"url": "https://tsa.example"})
    until = clock.now + HOUR
    assert _due(store) == ["b1"]
    row = store.open_work("a")[0]
    assert (row.attempt, row.waiting_code, row.ready_at) == (2, "tsa-unavailable", until)
    assert dict(row.waiting_params) == {"url": "https://tsa.example"}
    store.close_work("b1")
    assert store.next_work_at() == until  # a2 has to wait for a1
    clock.now = until
    assert _due(store) == ["a1"]


def test_nothing_is_next_when_nothing_is_open(store: Store) -> None:
    assert store.next_work_at() is None
    store.ask_for(work("a"))
    assert store.next_work_at() is not None
    store.close_work("a")
    assert store.next_work_at() is None
    assert store.open_work() == ()


def test_hurrying_lets_all_time_come(store: Store) -> None:
    for key in ("a", "b", "c"):
        store.ask_for(work(key, key))
    store.postpone_work("a", HOUR, "mail-unavailable", {})
    store.postpone_work("b", HOUR, "mail-unavailable", {})
    assert store.hurry_work() == 2
    assert _due(store) == ["a", "b", "c"]
    assert store.open_work("a")[0].waiting_code == "mail-unavailable"
    assert store.hurry_work() == 0


def test_asking_for_what_is_open_is_asking_once(store: Store) -> None:
    store.ask_for(work("a"))
    store.postpone_work("a", HOUR, "mail-unavailable", {})
    before = store.open_work()
    store.ask_for(work("a"))
    store.commit(decision(document(), work("a"), work("a")), [])
    assert store.open_work() == before


def test_asking_for_what_was_done_has_it_done_again(store: Store) -> None:
    store.ask_for(work("a"))
    store.postpone_work("a", HOUR, "mail-unavailable", {"x": "y"})
    store.close_work("a")
    assert store.open_work() == ()
    store.ask_for(work("a"))
    (again,) = store.open_work()
    assert (again.attempt, again.waiting_code, dict(again.waiting_params)) == (3, "", {})
    assert _due(store) == ["a"]


def test_what_is_done_is_not_postponed(store: Store) -> None:
    store.ask_for(work("a"))
    store.close_work("a")
    store.postpone_work("a", HOUR, "mail-unavailable", {})
    store.close_work("unknown")
    assert store.open_work() == ()


def test_the_flow_run_is_noted(store: Store) -> None:
    store.ask_for(work("a"))
    store.note_run("a", "8f14e45f-ceea-467f-9f0b-0c5d1e6a7b3c")
    assert store.open_work()[0].flow_run_id == "8f14e45f-ceea-467f-9f0b-0c5d1e6a7b3c"


def test_the_same_work_asked_for_by_many_at_once_is_one_row(store: Store, database: Database) -> None:
    assert at_once(*[partial(store.ask_for, work("a"))] * 6) == [None] * 6
    with database.reading() as connection:
        assert len(connection.execute(select(outbox.c.id)).all()) == 1


@pytest.mark.parametrize("count", [2, 5])
def test_work_of_one_subject_is_in_the_order_of_its_decisions(store: Store, count: int) -> None:
    last = store.commit(decision(document(), work("0")), [])
    for number in range(1, count):
        last = store.commit(decision(following(last), work(str(number))))
    for number in range(count):
        assert _due(store) == [str(number)]
        store.close_work(str(number))


class Queue(RuleBasedStateMachine):
    """The outbox against a plain list, on SQLite in memory's stead: a file that is made once."""

    store: Store
    clock: Clock
    keys = Bundle("keys")

    @initialize()
    def begin(self) -> None:
        for row in self.store.open_work():
            self.store.close_work(row.work.key)
        self.open: list[str] = []
        self.ready: dict[str, dt.datetime] = {}
        self.prefix = f"{self.clock():%H%M%S%f}"

    @rule(target=keys, subject=st.sampled_from("abc"), number=st.integers(0, 3))
    def ask(self, subject: str, number: int) -> str:
        key = f"{self.prefix}{subject}{number}"
        self.store.ask_for(work(key, subject))
        if key not in self.open:
            self.open.append(key)
            self.ready[key] = self.clock.now
        return key

    @rule(key=consumes(keys))
    def close(self, key: str) -> None:
        self.store.close_work(key)
        if key in self.open:
            self.open.remove(key)

    @rule(key=keys, seconds=st.integers(1, 100))
    def postpone(self, key: str, seconds: int) -> None:
        self.store.postpone_work(key, seconds * SECOND, "mail-unavailable", {})
        if key in self.open:
            self.ready[key] = self.clock.now + seconds * SECOND

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds * SECOND

    @rule()
    def hurry(self) -> None:
        self.store.hurry_work()
        for key in self.open:
            self.ready[key] = min(self.ready[key], self.clock.now)

    @invariant()
    def due_is_the_oldest_of_each_subject(self) -> None:
        rows = self.store.open_work()
        assert {row.work.key for row in rows} == set(self.open)
        first: dict[str, OpenWork] = {}
        for row in rows:
            assert row.ready_at == self.ready[row.work.key]
            first.setdefault(row.work.subject, row)
        due = self.store.due_work((), 10)
        assert [row.work.key for row in due] == [
            row.work.key for row in first.values() if row.ready_at <= self.clock.now
        ]
        assert self.store.next_work_at() == min((row.ready_at for row in first.values()), default=None)


def test_the_outbox_behaves_as_a_list_does(store: Store, clock: Clock) -> None:
    class Here(Queue):
        pass

    Here.store, Here.clock = store, clock
    Here.TestCase.settings = settings(
        max_examples=10,
        stateful_step_count=20,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    Here.TestCase("runTest").runTest()


def test_what_is_asked_for_while_a_run_is_at_it_is_done_once_more(store: Store) -> None:
    store.ask_for(work("a"))
    store.note_run("a", "first-run")
    store.ask_for(work("a"))
    store.close_work("a", "first-run")
    assert [row.work.key for row in store.open_work()] == ["a"]
    store.note_run("a", "second-run")
    store.close_work("a", "second-run")
    assert store.open_work() == ()
