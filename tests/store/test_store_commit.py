"""A decision is made true whole or not at all, once, and is read back as it was."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from store_samples import DOCUMENTS, START, Clock, at_once, blob, decision, document, draft, following, steps_to, work

from signflow.blobs import digest_of
from signflow.errors import NotFoundError, StaleError, UnavailableError
from signflow.minutes.model import Role
from signflow.rounds.model import Document, Round, Seat, Standing, State
from signflow.rounds.outcome import Decision, Entry
from signflow.store.database import Database
from signflow.store.store import Store
from signflow.store.tables import metadata


def _rows(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def _in_review(kept: Document, number: int = 1) -> Document:
    field, token = "secretary", f"{kept.id} {number}"
    seat = Seat(
        field, 0, "Anna Söderström", Role.SECRETARY, "anna@example.org", Standing.INVITED, digest_of(token.encode())
    )
    current = Round(number, kept.draft.number, START, blob(token), blob(token), (seat,))
    return replace(following(kept), state=State.REVIEW, round=current)


def test_what_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no-such-document"):
        store.load("doc")
    with pytest.raises(NotFoundError, match="no-such-link"):
        store.find_by_link("0" * 64)
    assert store.find_by_source("0" * 64) is None
    assert store.open_under_name("utkast.md") == ()
    assert store.documents() == store.versions("doc") == store.history("doc") == ()
    assert store.verify_audit() == 0


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_whatever_state_is_committed_is_read_back(store: Store, lives: list[Document]) -> None:
    """The last of the drawn documents, after rounds that are those of the others."""
    name = secrets.token_hex(8)  # the examples share one database
    rounds = {one.round.number: _with_links_of(name, one.round) for one in lives if one.round}
    last = replace(lives[-1], id=name, round=rounds.pop(lives[-1].round.number) if lives[-1].round else None)
    for step in steps_to(last, list(rounds.values())):
        assert store.commit(decision(step), [{"code": "ä", "line": 3}]) == step
        assert store.load(name) == step
    assert store.versions(name)[-1].findings == ({"code": "ä", "line": 3},)


def _with_links_of(name: str, drawn: Round) -> Round:
    seats = (
        replace(seat, link_digest=digest_of(f"{name} {drawn.number} {seat.field}".encode())) for seat in drawn.seats
    )
    return replace(drawn, seats=tuple(seats))


def test_a_change_that_builds_on_an_old_one_is_stale(store: Store) -> None:
    first = store.commit(decision(document()))
    second = store.commit(decision(following(first)))
    for stale in (first, second, following(following(second))):
        with pytest.raises(StaleError, match="document-changed"):
            store.commit(decision(stale, work("never")))
    with pytest.raises(StaleError):
        store.commit(decision(replace(document("unknown"), change=2)))
    assert store.load("doc") == second
    assert store.open_work() == ()
    assert store.verify_audit() == 2


@pytest.mark.parametrize("change", [1, 2])
def test_of_two_that_change_at_once_one_wins(store: Store, change: int) -> None:
    if change == 2:
        store.commit(decision(document()))
    titles = [f"title {number}" for number in range(4)]
    rivals = [decision(replace(document(change=change), title=title), work(title)) for title in titles]
    outcomes = at_once(*(partial(store.commit, rival, []) for rival in rivals))
    winners = [outcome for outcome in outcomes if isinstance(outcome, Document)]
    assert len(winners) == 1
    assert [type(outcome) for outcome in outcomes if outcome is not winners[0]] == [StaleError] * 3
    assert store.load("doc") == winners[0]
    assert [row.work.key for row in store.open_work()] == [winners[0].title]
    assert store.verify_audit() == change


@pytest.mark.parametrize("table", ["audit", "audit_head", "outbox", "versions", "rounds", "signatories", "documents"])
def test_a_fault_at_any_table_leaves_nothing(store: Store, database: Database, table: str) -> None:
    first = store.commit(decision(document()))
    before = _rows(database)

    class PowerCut(Exception):  # noqa: N818 -- it is not ours
        pass

    def cut(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith((f"INSERT INTO {table} ", f"UPDATE {table} ")):
            raise PowerCut

    event.listen(database.engine, "after_cursor_execute", cut)
    with pytest.raises(PowerCut):
        store.commit(decision(_in_review(first), work("never"), entries=3), [])
    event.remove(database.engine, "after_cursor_execute", cut)
    assert _rows(database) == before
    assert store.load("doc") == first
    assert store.verify_audit() == 1
    reviewed = store.commit(decision(_in_review(first), work("now")), [])
    assert store.load("doc") == reviewed


def test_what_a_reader_sees_is_of_one_moment(store: Store, database: Database) -> None:
    """Between two statements of a reader somebody commits: the reader does not see half of it."""
    first = store.commit(decision(document()))
    reviewed = store.commit(decision(_in_review(first)), [])
    assert reviewed.round is not None
    seat = replace(reviewed.round.seats[0], invitation=7)
    renewed = replace(following(reviewed), round=replace(reviewed.round, seats=(seat,)))
    done: list[Document] = []

    def interrupt(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT documents.id") and not done:
            done.append(renewed)
            store.commit(decision(renewed))

    event.listen(database.engine, "after_cursor_execute", interrupt)
    seen = store.load("doc")
    event.remove(database.engine, "after_cursor_execute", interrupt)
    assert done
    assert seen == reviewed
    assert store.load("doc") == renewed


def test_the_chain_can_be_verified_while_others_write(store: Store, database: Database) -> None:
    kept = [store.commit(decision(document()))]
    done: list[str] = []

    def interrupt(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT audit.seq") and not done:
            done.append(statement)
            kept.append(store.commit(decision(following(kept[-1]))))

    event.listen(database.engine, "after_cursor_execute", interrupt)
    assert store.verify_audit() == 1
    event.remove(database.engine, "after_cursor_execute", interrupt)
    assert store.verify_audit() == 2


def test_a_document_is_found_by_the_bytes_it_has_had(store: Store) -> None:
    first = store.commit(decision(document(text="a")), [])
    second = store.commit(decision(replace(following(first), draft=draft("b", number=2))), [])
    assert store.find_by_source(digest_of(b"a")) == second
    assert store.find_by_source(digest_of(b"b")) == second
    later = store.commit(decision(document("later", text="a")), [])
    assert store.find_by_source(digest_of(b"a")) == later
    store.commit(decision(replace(following(later), state=State.WITHDRAWN)))
    assert store.find_by_source(digest_of(b"a")) == second
    assert [version.number for version in store.versions("doc")] == [1, 2]


def test_a_document_is_found_by_the_name_of_its_present_draft(store: Store) -> None:
    first = store.commit(decision(document(filename="a.md")), [])
    other = store.commit(decision(document("other", text="2", filename="a.md")), [])
    assert [found.id for found in store.open_under_name("a.md")] == ["other", "doc"]
    store.commit(decision(replace(following(first), draft=draft("3", number=2, filename="b.md"))), [])
    assert [found.id for found in store.open_under_name("a.md")] == ["other"]
    store.commit(decision(replace(following(other), state=State.WITHDRAWN)))
    assert store.open_under_name("a.md") == ()


def test_links_of_all_rounds_are_found(store: Store) -> None:
    first = store.commit(decision(document()), [])
    one = store.commit(decision(_in_review(first)))
    two = store.commit(decision(_in_review(one, number=2)))
    assert store.find_by_link(digest_of(b"doc 1")) == (two, 1, "secretary")
    assert store.find_by_link(digest_of(b"doc 2")) == (two, 2, "secretary")


def test_the_board_shows_the_latest_changed_first(store: Store) -> None:
    kept = [store.commit(decision(document(name, text=name)), []) for name in ("a", "b", "c")]
    store.commit(decision(replace(following(kept[0]), state=State.WITHDRAWN)))
    assert [line.id for line in store.documents()] == ["a", "c", "b"]
    assert [line.id for line in store.documents([State.DRAFT])] == ["c", "b"]
    assert [line.id for line in store.documents(limit=1)] == ["a"]


def test_text_of_every_kind_is_kept(store: Store) -> None:
    strange = "Åäö \u2028 🏛️ 'x'; DROP TABLE documents;-- \\ %s %(id)s :id"
    kept = store.commit(decision(replace(document(), title=strange, body=strange)), [{"message": strange}])
    assert store.load("doc") == kept
    assert store.versions("doc")[0].findings == ({"message": strange},)
    told = Decision(following(kept), (Entry("withdrawn", strange, {"reason": strange}),))
    store.commit(told)
    assert store.history("doc")[-1].actor == strange
    assert store.history("doc")[-1].data == {"reason": strange}
    assert store.verify_audit() == 2


def test_when_all_connections_are_taken_the_database_is_unavailable(
    url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(url)
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.05)
    taken = [database.engine.connect() for _ in range(15)]
    with pytest.raises(UnavailableError, match="database-unavailable"):
        Store(database, clock).load("doc")
    for connection in taken:
        connection.close()
    with pytest.raises(NotFoundError):
        Store(database, clock).load("doc")
    database.close()


def test_many_threads_work_on_many_documents(store: Store) -> None:
    def live(name: str) -> Document:
        kept = store.commit(decision(document(name, text=name)), [])
        for _ in range(4):
            kept = store.commit(decision(following(kept), work(f"{name} {kept.change}", name)))
        return kept

    lives: list[Callable[[], Document]] = [partial(live, f"doc{number}") for number in range(6)]
    for kept in at_once(*lives):
        assert store.load(kept.id) == kept
        assert kept.change == 5
    assert len(store.open_work()) == 24
