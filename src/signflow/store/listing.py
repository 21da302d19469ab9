"""The board's queries: which documents, in which order, a page at a time. A handful of statements, however many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, false, func, literal, or_, select

from signflow.rounds.access import EVERYWHERE, Reach
from signflow.rounds.model import Document, State
from signflow.rounds.work import WorkKind
from signflow.store import mapping
from signflow.store.people import fold
from signflow.store.reach import reached
from signflow.store.tables import documents, notices, outbox, versions

UNFINISHED = (State.DRAFT, State.REVIEW, State.ADJUSTED)
_CLOSED = (State.ARCHIVED, State.WITHDRAWN)
_MOST_WORDS = 8


class Queue(IntEnum):
    """Where a document stands in the secretary's day; lower is shown first."""

    LATE = 0  # its adjustment is overdue
    OURS = 1  # it waits for the secretary
    OTHERS = 2  # it waits for others, or for signflow
    FILING = 3  # it is adjusted and on its way to the archive
    CLOSED = 4  # it is archived or withdrawn


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is to show.

    Attributes:
        text: Words that all stand, or begin somewhere, in title, body, names of those who sign, file name or identifier.
        states: Those in one of these states.
        body: That of this body alone; empty for all.
        late: Those alone whose adjustment is overdue.
        ours: Those alone that wait for the secretary.
        reach: Those alone that whoever looks may see.
    """

    text: str = ""
    states: Collection[State] = UNFINISHED
    body: str = ""
    late: bool = False
    ours: bool = False
    reach: frozenset[Reach] = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Line:
    """A document on the board.

    Attributes:
        errors: How many findings of its draft keep it from review; counted for drafts alone.
        registered_at: When its present text came.
    """

    document: Document
    queue: Queue
    errors: int
    registered_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the board, and how many there are in each queue on all pages together."""

    lines: tuple[Line, ...]
    counts: Mapping[Queue, int]

    @property
    def total(self) -> int:
        """How many there are on all pages."""
        return sum(self.counts.values())


Overdue = Mapping[str, tuple[dt.date, dt.date]]
"""For each class of minutes with a deadline the first and the last day of meetings for which it has passed."""


def read_listing(connection: Connection, wanted: Wanted, overdue: Overdue, offset: int, limit: int) -> Listing:
    """The documents that are wanted, what is late first, then what waits for the secretary, then the rest.

    In a queue those with a deadline come first, by the day of their meeting; the others by their latest change.
    """
    late, ours = _late(overdue), _ours()
    queue = case(
        (late, Queue.LATE),
        (ours, Queue.OURS),
        (documents.c.state.in_([State.DRAFT, State.REVIEW]), Queue.OTHERS),
        (documents.c.state == State.ADJUSTED, Queue.FILING),
        else_=Queue.CLOSED,
    )
    where = and_(*_conditions(wanted, late, ours), reached(connection, wanted.reach))
    counts = select(queue, func.count()).where(where).group_by(queue)
    lines = (
        select(documents.c.id, documents.c.updated_at, queue.label("queue"))
        .where(where)
        .order_by(*_order(wanted, overdue, queue))
        .offset(offset)
        .limit(limit)
    )
    counted = {Queue(place): int(count) for place, count in connection.execute(counts)}
    return Listing(_lines(connection, connection.execute(lines).all()), counted)


def read_closed(connection: Connection, limit: int, reach: frozenset[Reach]) -> tuple[Line, ...]:
    """The documents within reach that have come to an end last, latest first."""
    query = select(documents.c.id, documents.c.updated_at, literal(Queue.CLOSED).label("queue"))
    query = query.where(reached(connection, reach))
    latest = query.order_by(documents.c.updated_at.desc(), documents.c.id).limit(limit)
    ended = [row for state in _CLOSED for row in connection.execute(latest.where(documents.c.state == state))]
    return _lines(connection, sorted(ended, key=lambda row: row.updated_at, reverse=True)[:limit])


def read_bodies(connection: Connection, reach: frozenset[Reach]) -> tuple[str, ...]:
    """The bodies that documents within reach are of, each once."""
    query = select(documents.c.body).where(documents.c.body != "", reached(connection, reach)).distinct()
    return tuple(connection.execute(query).scalars())


def read_open_notices(connection: Connection, reach: frozenset[Reach], limit: int) -> tuple[Document, ...]:
    """Documents within reach whose notice is not taken down: first those still to be put up, the oldest first."""
    query = select(documents.c.id).join(notices, notices.c.document_id == documents.c.id)
    query = query.where(notices.c.taken_down_on.is_(None), reached(connection, reach)).limit(limit)
    order = (notices.c.posted_on.asc().nulls_first(), documents.c.adjusted_at, documents.c.id)
    return mapping.read_documents(connection, list(connection.execute(query.order_by(*order)).scalars()))


def read_our_notices(connection: Connection) -> tuple[Document, ...]:
    """The documents whose notice is on signflow's own board now, the latest adjusted first."""
    query = select(documents.c.id).join(notices, notices.c.document_id == documents.c.id)
    up = (notices.c.taken_down_on.is_(None), notices.c.posted_on.is_not(None), notices.c.place == "")
    latest = query.where(*up).order_by(documents.c.adjusted_at.desc(), documents.c.id)
    return mapping.read_documents(connection, list(connection.execute(latest).scalars()))


def _lines(connection: Connection, chosen: Sequence[Row[Any, Any, Any]]) -> tuple[Line, ...]:
    """The documents whose identifiers, latest changes and queues were chosen."""
    rows = {row.id: row for row in chosen}
    read = mapping.read_documents(connection, list(rows))
    present = and_(versions.c.document_id == documents.c.id, versions.c.number == documents.c.draft_number)
    unclean = and_(documents.c.state == State.DRAFT, versions.c.clean.is_(False))
    texts = select(versions.c.document_id, versions.c.registered_at, case((unclean, versions.c.findings))).join(
        documents, present
    )
    found = {
        name: (came, count_errors(findings or ()))
        for name, came, findings in connection.execute(texts.where(documents.c.id.in_(rows)))
    }
    return tuple(
        Line(one, Queue(rows[one.id].queue), found[one.id][1], found[one.id][0], rows[one.id].updated_at)
        for one in read
    )


def count_errors(findings: Sequence[Mapping[str, object]]) -> int:
    """How many of the findings keep a draft from review."""
    return sum(1 for finding in findings if finding.get("severity") == "error")


def _conditions(wanted: Wanted, late: ColumnElement[bool], ours: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    conditions = [documents.c.state.in_(list(wanted.states))]
    printable = "".join(character if character.isprintable() else " " for character in wanted.text)
    words = fold(printable).split()[:_MOST_WORDS]
    conditions += [documents.c.searched.contains(word, autoescape=True) for word in words]
    if wanted.body:
        conditions.append(documents.c.body == wanted.body)
    if wanted.late:
        conditions.append(late)
    if wanted.ours:
        conditions.append(ours)
    return conditions


def _late(overdue: Overdue) -> ColumnElement[bool]:
    spans = (
        and_(documents.c.minutes_class == name, documents.c.meeting_on.between(first, last))
        for name, (first, last) in overdue.items()
    )
    return and_(documents.c.state.in_([State.DRAFT, State.REVIEW]), or_(false(), *spans))


def _ours() -> ColumnElement[bool]:
    """A draft waits for the secretary, unless signflow is about to read it or to open its review."""
    at_work = select(outbox.c.subject).where(
        and_(outbox.c.done_at.is_(None), outbox.c.kind.in_([WorkKind.OPEN_REVIEW, WorkKind.REGISTER_DRAFT]))
    )
    return and_(documents.c.state == State.DRAFT, documents.c.id.not_in(at_work))


def _order(wanted: Wanted, overdue: Overdue, queue: ColumnElement[int]) -> Sequence[ColumnElement[Any]]:
    latest = [documents.c.updated_at.desc(), documents.c.id]
    if not set(wanted.states) & {State.DRAFT, State.REVIEW}:
        return latest if len(wanted.states) == 1 else [queue, *latest]
    hurried = case(
        (
            and_(documents.c.minutes_class.in_(list(overdue)), documents.c.state.in_([State.DRAFT, State.REVIEW])),
            documents.c.meeting_on,
        )
    )
    return [queue, hurried.asc().nulls_last(), *latest]
