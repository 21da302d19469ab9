"""Whatever is done to the log behind the product's back is found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from store_samples import START, at_once, decision, document, following

from signflow.errors import IntegrityError
from signflow.store.database import Database
from signflow.store.store import Store
from signflow.store.tables import audit, audit_head

_COUNT = 6


@pytest.fixture
def kept(store: Store) -> Store:
    """A store with six entries about two documents."""
    for name in ("one", "two"):
        first = store.commit(decision(document(name, text=name)), [])
        store.commit(decision(following(first), entries=2))
    assert store.verify_audit() == _COUNT
    return store


def _edit(column: str, value: object) -> Callable[[Connection], None]:
    def tamper(connection: Connection) -> None:
        connection.execute(update(audit).where(audit.c.seq == 3).values({column: value}))

    return tamper


def _remove(*numbers: int) -> Callable[[Connection], None]:
    def tamper(connection: Connection) -> None:
        connection.execute(delete(audit).where(audit.c.seq.in_(numbers)))

    return tamper


def _remove_and_close_the_gap(connection: Connection) -> None:
    connection.execute(delete(audit).where(audit.c.seq == 3))
    for seq in (4, 5, 6):
        connection.execute(update(audit).where(audit.c.seq == seq).values(seq=seq - 1))
    connection.execute(update(audit_head).values(seq=5))


def _swap(connection: Connection) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        connection.execute(update(audit).where(audit.c.seq == old).values(seq=new))


def _insert_at_the_end(connection: Connection) -> None:
    last = connection.execute(select(audit).where(audit.c.seq == _COUNT)).mappings().one()
    values = {**last, "seq": _COUNT + 1, "previous": last["digest"], "digest": "a" * 64}
    connection.execute(insert(audit).values(values))


def _insert_between(connection: Connection) -> None:
    for seq in (6, 5, 4):
        connection.execute(update(audit).where(audit.c.seq == seq).values(seq=seq + 1))
    third = connection.execute(select(audit).where(audit.c.seq == 3)).mappings().one()
    connection.execute(insert(audit).values({**third, "seq": 4}))
    connection.execute(update(audit_head).values(seq=7))


def _insert_before_the_first(connection: Connection) -> None:
    first = connection.execute(select(audit).where(audit.c.seq == 1)).mappings().one()
    connection.execute(insert(audit).values({**first, "seq": 0}))


def _wind_the_head_back(connection: Connection) -> None:
    fifth = connection.execute(select(audit).where(audit.c.seq == 5)).one()
    connection.execute(update(audit_head).values(seq=5, digest=fifth.digest))


def _forget_the_head(connection: Connection) -> None:
    connection.execute(delete(audit_head))


def _forget_everything_but_the_head(connection: Connection) -> None:
    connection.execute(delete(audit))


@pytest.mark.parametrize(
    ("tamper", "where"),
    [
        pytest.param(_edit("document_id", "two"), 3, id="another document"),
        pytest.param(_edit("at", START), 3, id="another time"),
        pytest.param(_edit("kind", "adjusted"), 3, id="another kind"),
        pytest.param(_edit("actor", "Somebody Else"), 3, id="another actor"),
        pytest.param(_edit("data", '{"n":1,"ä":"✗"}'), 3, id="other data"),
        pytest.param(_edit("previous", "0" * 64), 3, id="another predecessor"),
        pytest.param(_edit("digest", "0" * 64), 3, id="another digest"),
        pytest.param(_remove(1), 1, id="the first removed"),
        pytest.param(_remove(3), 3, id="one removed"),
        pytest.param(_remove(6), 6, id="the last removed"),
        pytest.param(_remove(5, 6), 5, id="the end removed"),
        pytest.param(_remove_and_close_the_gap, 3, id="one removed and the rest moved up"),
        pytest.param(_swap, 3, id="two swapped"),
        pytest.param(_insert_at_the_end, 7, id="one added at the end"),
        pytest.param(_insert_between, 4, id="one added between"),
        pytest.param(_insert_before_the_first, 1, id="one added before the first"),
        pytest.param(_wind_the_head_back, 7, id="the head wound back"),
        pytest.param(_forget_the_head, 7, id="the head removed"),
        pytest.param(_forget_everything_but_the_head, 1, id="all entries removed"),
    ],
)
def test_tampering_is_found(kept: Store, database: Database, tamper: Callable[[Connection], None], where: int) -> None:
    with database.writing() as connection:
        tamper(connection)
    with pytest.raises(IntegrityError, match="audit-chain-broken") as caught:
        kept.verify_audit()
    assert caught.value.params == {"seq": where}


def test_nothing_is_appended_to_a_log_whose_head_is_gone(kept: Store, database: Database) -> None:
    with database.writing() as connection:
        _forget_the_head(connection)
    with pytest.raises(IntegrityError, match="audit-chain-broken"):
        kept.commit(decision(document("three", text="three")), [])
    with pytest.raises(IntegrityError, match="audit-chain-broken"):
        kept.verify_audit()


def test_entries_are_of_their_document_and_in_order(kept: Store) -> None:
    history = kept.history("two")
    assert [entry.seq for entry in history] == [4, 5, 6]
    assert [entry.data["n"] for entry in history] == [0, 0, 1]
    assert history[0].previous == kept.history("one")[-1].digest
    assert all(entry.at.tzinfo is not None for entry in history)


def test_eight_writers_make_one_chain(store: Store, database: Database) -> None:
    def write(name: str) -> None:
        last = store.commit(decision(document(name, text=name), entries=2), [])
        for _ in range(3):
            last = store.commit(decision(following(last), entries=2))

    assert at_once(*(partial(write, f"doc{number}") for number in range(8))) == [None] * 8
    assert store.verify_audit() == 64
    with database.reading() as connection:
        rows = connection.execute(select(audit.c.seq, audit.c.at, audit.c.data).order_by(audit.c.seq)).all()
    assert [row.seq for row in rows] == list(range(1, 65))
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert ['"n":0' in row.data for row in rows] == [True, False] * 32  # the entries of a decision stand together
