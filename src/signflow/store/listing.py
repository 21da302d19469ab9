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
        mine: Those alone that appoint this person to sign; None for all.
    """

    text: str = ""
    states: Collection[State] = UNFINISHED
    body: str = ""
    late: bool = False
    ours: bool = False
    reach: frozenset[Reach] = EVERYWHERE
    mine: Reach | None = None


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
class Mark:
    """A place in the order of the board: that of the document which has, or had, these values.

    Attributes:
        hurried_by: The day of its meeting, where there is a deadline for it; None for others, which come after those.
    """

    queue: Queue
    hurried_by: dt.date | None
    updated_at: dt.datetime
    id: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the board.

    Attributes:
        counts: How many there are in each queue on all pages together.
        end: The place of the last line, if others come after it.
    """

    lines: tuple[Line, ...]
    counts: Mapping[Queue, int]
    end: Mark | None = None

    @property
    def total(self) -> int:
        """How many there are on all pages."""
        return sum(self.counts.values())


Overdue = Mapping[str, tuple[dt.date, dt.date]]
"""For each class of minutes with a deadline the first and the last day of meetings for which it has passed."""


def read_listing(connection: Connection, wanted: Wanted, overdue: Overdue, start: int | Mark, limit: int) -> Listing:
    """The documents that are wanted, what is late first, then what waits for the secretary, then the rest.

    In a queue those with a deadline come first, by the day of their meeting; the others by their latest change; what is
    alike in all that by its name.

    Args:
        connection: To the database.
        wanted: Which.
        overdue: What is late.
        start: How many of them come before the page; or after which place it begins, whatever has come since.
        limit: How many at most.
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
    if wanted.mine:
        where = and_(where, reached(connection, frozenset({wanted.mine})))
    counts = select(queue, func.count()).where(where).group_by(queue)
    hurried = _hurried(overdue)
    lines = select(documents.c.id, documents.c.updated_at, queue.label("queue"), hurried.label("hurried_by"))
    if isinstance(start, Mark):
        lines = lines.where(where, _after(start, queue, hurried))
    else:
        lines = lines.where(where).offset(start)
    ordered = lines.order_by(*_order(wanted, queue, hurried)).limit(limit + 1)
    counted = {Queue(place): int(count) for place, count in connection.execute(counts)}
    found = connection.execute(ordered).all()
    shown = found[:limit]
    last = shown[-1] if shown and len(found) > limit else None
    end = Mark(Queue(last.queue), last.hurried_by, last.updated_at, last.id) if last else None
    return Listing(_lines(connection, shown), counted, end)


def read_closed(connection: Connection, limit: int, reach: frozenset[Reach]) -> tuple[Line, ...]:
    """The documents within reach that have come to an end last, latest first."""
    query = select(documents.c.id, documents.c.updated_at, literal(Queue.CLOSED).label("queue"))
    query = query.where(reached(connection, reach))
    latest = query.order_by(documents.c.updated_at.desc(), documents.c.id).limit(limit)
    ended = [row for state in _CLOSED for row in connection.execute(latest.where(documents.c.state == state))]
    by_name = sorted(ended, key=lambda row: row.id)
    return _lines(connection, sorted(by_name, key=lambda row: row.updated_at, reverse=True)[:limit])


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


def count_open_notices(connection: Connection, reach: frozenset[Reach]) -> int:
    """How many those are."""
    query = select(func.count()).select_from(documents).join(notices, notices.c.document_id == documents.c.id)
    return connection.execute(query.where(notices.c.taken_down_on.is_(None), reached(connection, reach))).scalar_one()


def read_our_notices(connection: Connection) -> tuple[Document, ...]:
    """The documents whose notice is on signflow's own board now, the latest adjusted first."""
    query = select(documents.c.id).join(notices, notices.c.document_id == documents.c.id)
    up = (notices.c.taken_down_on.is_(None), notices.c.posted_on.is_not(None), notices.c.place == "")
    latest = query.where(*up).order_by(documents.c.adjusted_at.desc(), documents.c.id)
    return mapping.read_documents(connection, list(connection.execute(latest).scalars()))


def _lines(connection: Connection, chosen: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Line, ...]:
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


def _hurried(overdue: Overdue) -> ColumnElement[dt.date | None]:
    """The day of the meeting, where a deadline runs from it."""
    runs = and_(documents.c.minutes_class.in_(list(overdue)), documents.c.state.in_([State.DRAFT, State.REVIEW]))
    return case((runs, documents.c.meeting_on))


def _after(mark: Mark, queue: ColumnElement[int], hurried: ColumnElement[dt.date | None]) -> ColumnElement[bool]:
    """What comes after that place in the order below."""
    later = or_(
        documents.c.updated_at < mark.updated_at,
        and_(documents.c.updated_at == mark.updated_at, documents.c.id > mark.id),
    )
    if mark.hurried_by is None:
        in_queue = and_(hurried.is_(None), later)
    else:
        in_queue = or_(hurried > mark.hurried_by, hurried.is_(None), and_(hurried == mark.hurried_by, later))
    return or_(queue > mark.queue, and_(queue == mark.queue, in_queue))


def _order(
    wanted: Wanted, queue: ColumnElement[int], hurried: ColumnElement[dt.date | None]
) -> Sequence[ColumnElement[Any]]:
    latest = [documents.c.updated_at.desc(), documents.c.id]
    if not set(wanted.states) & {State.DRAFT, State.REVIEW}:
        return latest if len(wanted.states) == 1 else [queue, *latest]
    return [queue, hurried.asc().nulls_last(), *latest]
