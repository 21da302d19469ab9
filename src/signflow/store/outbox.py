"""The work that is to be done: committed with the decision that causes it, closed when a step has recorded the result.

Rows of one subject are done in order, one at a time; rows of different subjects side by side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, Subquery, and_, func, select, true, update

from signflow.rounds.work import Work, WorkKind
from signflow.store.database import insert_if_absent
from signflow.store.tables import outbox


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A row that is not done.

    Attributes:
        attempt: 1 for the first try.
        waiting_code: Why the last try came to nothing, as an error code; empty before it.
        flow_run_id: The Prefect run of the last try; empty before it.
    """

    id: int
    work: Work
    attempt: int
    created_at: dt.datetime
    ready_at: dt.datetime
    waiting_code: str
    waiting_params: Mapping[str, str]
    flow_run_id: str


def add_once(connection: Connection, work: Work, now: dt.datetime) -> bool:
    """Ask for work that was never asked for; whether it was not."""
    row = {"key": work.key, "kind": work.kind, "subject": work.subject, "args": dict(work.args)}
    return insert_if_absent(connection, outbox, {**row, "attempt": 1, "created_at": now, "ready_at": now})


def add(connection: Connection, works: Iterable[Work], now: dt.datetime) -> None:
    """Ask for work. Asking again for what is open is asking once; asking for what was done has it done again.

    What is asked for while a run is at it is done once more after that run: it may have looked before the asking.
    """
    for work in works:
        if not add_once(connection, work, now):
            done = and_(outbox.c.key == work.key, outbox.c.done_at.is_not(None))
            again = {"done_at": None, "ready_at": now, "attempt": outbox.c.attempt + 1}
            connection.execute(update(outbox).where(done).values(again))
            running = and_(outbox.c.key == work.key, outbox.c.flow_run_id.is_not(None))
            connection.execute(update(outbox).where(running).values(flow_run_id=None))


def due(
    connection: Connection, now: dt.datetime, busy: Collection[str], limit: int, few: tuple[WorkKind, int] | None = None
) -> tuple[OpenWork, ...]:
    """The oldest open row of each subject that is not busy, where its time has come; the oldest rows first.

    Args:
        connection: To the database.
        now: The time.
        busy: Subjects that are left out.
        limit: How many rows at most.
        few: A kind of work, and how many rows of it at most; None for no such bound.
    """
    if few is None:
        return _due(connection, now, busy, limit, true())
    kind, most = few
    others = _due(connection, now, busy, limit, outbox.c.kind != kind)
    those = _due(connection, now, busy, min(most, limit), outbox.c.kind == kind) if most > 0 else ()
    return tuple(sorted((*others, *those), key=lambda row: row.id)[:limit])


def _due(
    connection: Connection, now: dt.datetime, busy: Collection[str], limit: int, wanted: ColumnElement[bool]
) -> tuple[OpenWork, ...]:
    oldest = _oldest()
    query = (
        select(outbox)
        .join(oldest, outbox.c.id == oldest.c.id)
        .where(and_(outbox.c.ready_at <= now, outbox.c.subject.not_in(busy), wanted))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return tuple(_open(row) for row in connection.execute(query))


def open_rows(connection: Connection, subject: str | None = None) -> tuple[OpenWork, ...]:
    """All rows that are not done, oldest first; of one subject if it is named."""
    query = select(outbox).where(outbox.c.done_at.is_(None)).order_by(outbox.c.id)
    return tuple(
        _open(row) for row in connection.execute(query if subject is None else query.where(outbox.c.subject == subject))
    )


def open_among(connection: Connection, subjects: Collection[str]) -> tuple[OpenWork, ...]:
    """All rows of those subjects that are not done, oldest first."""
    query = select(outbox).where(and_(outbox.c.done_at.is_(None), outbox.c.subject.in_(subjects)))
    return tuple(_open(row) for row in connection.execute(query.order_by(outbox.c.id)))


def open_of_kind(connection: Connection, kind: WorkKind, limit: int) -> tuple[OpenWork, ...]:
    """The oldest rows of one kind that are not done."""
    query = select(outbox).where(and_(outbox.c.done_at.is_(None), outbox.c.kind == kind))
    return tuple(_open(row) for row in connection.execute(query.order_by(outbox.c.id).limit(limit)))


def next_ready_at(connection: Connection) -> dt.datetime | None:
    """When the time of the next row comes that no older row of its subject holds up; None if no row is open."""
    oldest = _oldest()
    return connection.execute(select(func.min(outbox.c.ready_at)).join(oldest, outbox.c.id == oldest.c.id)).scalar_one()


def note_run(connection: Connection, key: str, flow_run_id: str) -> None:
    """Which flow run does the work."""
    connection.execute(update(outbox).where(outbox.c.key == key).values(flow_run_id=flow_run_id))


def close(connection: Connection, key: str, now: dt.datetime, flow_run_id: str | None = None) -> None:
    """The work is done and its result is recorded; by that run, if one is named and it was not asked for again since."""
    done = {"done_at": now, "waiting_code": None, "waiting_params": None}
    row = outbox.c.key == key if flow_run_id is None else and_(outbox.c.key == key, outbox.c.flow_run_id == flow_run_id)
    connection.execute(update(outbox).where(row).values(done))


def postpone(connection: Connection, key: str, until: dt.datetime, code: str, params: Mapping[str, str]) -> None:
    """The work could not be done now. It is tried again, and people can see why it waits."""
    waiting = {
        "ready_at": until,
        "attempt": outbox.c.attempt + 1,
        "waiting_code": code,
        "waiting_params": dict(params),
    }
    connection.execute(update(outbox).where(and_(outbox.c.key == key, outbox.c.done_at.is_(None))).values(waiting))


def hurry(connection: Connection, now: dt.datetime) -> int:
    """Let all rows' time come now; how many waited."""
    waiting = and_(outbox.c.done_at.is_(None), outbox.c.ready_at > now)
    return connection.execute(update(outbox).where(waiting).values(ready_at=now)).rowcount


def hurry_one(connection: Connection, key: str, now: dt.datetime) -> None:
    """Let that row's time come now."""
    waiting = and_(outbox.c.key == key, outbox.c.done_at.is_(None), outbox.c.ready_at > now)
    connection.execute(update(outbox).where(waiting).values(ready_at=now))


def _oldest() -> Subquery:
    """The number of the oldest open row of each subject."""
    is_open = outbox.c.done_at.is_(None)
    return select(func.min(outbox.c.id).label("id")).where(is_open).group_by(outbox.c.subject).subquery()


def _open(row: Row[tuple[object, ...]]) -> OpenWork:
    work = Work(row.key, WorkKind(row.kind), row.subject, row.args)
    return OpenWork(
        row.id,
        work,
        row.attempt,
        row.created_at,
        row.ready_at,
        row.waiting_code or "",
        row.waiting_params or {},
        row.flow_run_id or "",
    )
