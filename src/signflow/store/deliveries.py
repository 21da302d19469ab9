"""What webhooks are to be told, one row a delivery: committed with what it tells of, kept after it was taken or given up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, and_, case, delete, func, or_, select, update

from signflow.errors import NotFoundError
from signflow.rounds.webhook_messages import WebhookMessage
from signflow.rounds.work import send_webhooks
from signflow.store import outbox
from signflow.store.database import Database, insert_if_absent
from signflow.store.tables import webhook_deliveries, webhook_stops

_TRIES_OF_TROUBLE = 3  # by the schedule of tries that is half an hour: a receiver that is started anew is no trouble
_OPEN = and_(webhook_deliveries.c.done_at.is_(None), webhook_deliveries.c.given_up_at.is_(None))


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery as it stands.

    Attributes:
        tries: How often it was sent and not taken.
        next_at: Not sent before.
        done_at: When it was taken; None while it was not.
        given_up_at: When nobody tried any more; None while somebody does.
        reason: Why the last try failed, in technical words; empty if none did.
    """

    id: str
    hook: str
    event: str
    document_id: str
    payload: str
    asked_at: dt.datetime
    tries: int
    next_at: dt.datetime
    done_at: dt.datetime | None
    given_up_at: dt.datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class HookTrouble:
    """A webhook that somebody should look at.

    Attributes:
        failing: How many deliveries were tried for half an hour or longer, and are tried again.
        given_up: How many nobody tries any more.
        stopped: Whether it is told nothing more.
    """

    hook: str
    failing: int
    given_up: int
    stopped: bool


def add(connection: Connection, messages: Iterable[WebhookMessage], now: dt.datetime) -> bool:
    """Ask for deliveries, in this transaction, but for those to a webhook that is stopped; whether any was asked for."""
    stopped = set(connection.execute(select(webhook_stops.c.hook)).scalars())
    wanted = [message for message in messages if message.hook not in stopped]
    for message in wanted:
        row = {
            "id": message.id,
            "hook": message.hook,
            "event": message.event,
            "document_id": message.document_id,
            "payload": message.payload,
        }
        insert_if_absent(
            connection, webhook_deliveries, {**row, "asked_at": now, "tries": 0, "next_at": now, "reason": ""}
        )
    outbox.add(connection, [send_webhooks(hook) for hook in sorted({message.hook for message in wanted})], now)
    return bool(wanted)


class Deliveries:
    """The deliveries in one database."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def next_due(self, hook: str) -> DeliveryRecord | None:
        """The delivery to that webhook that has been due longest."""
        rows = webhook_deliveries
        query = select(rows).where(and_(_OPEN, rows.c.hook == hook, rows.c.next_at <= self._clock()))
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(rows.c.next_at, rows.c.id).limit(1)).one_or_none()
        return _record(row) if row else None

    def waiting(self, hook: str) -> DeliveryRecord | None:
        """The next delivery to that webhook that is neither taken nor given up, due or not."""
        rows = webhook_deliveries
        query = select(rows).where(and_(_OPEN, rows.c.hook == hook)).order_by(rows.c.next_at, rows.c.id).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return _record(row) if row else None

    def taken(self, delivery: DeliveryRecord) -> None:
        """The receiver has taken it."""
        self._note(delivery.id, {"done_at": self._clock(), "reason": ""})

    def failed(self, delivery: DeliveryRecord, reason: str, wait: dt.timedelta | None) -> None:
        """The receiver has not taken it: it is sent again after the wait, or given up if there is none."""
        now = self._clock()
        then = {"given_up_at": now} if wait is None else {"next_at": now + wait}
        self._note(delivery.id, {"tries": delivery.tries + 1, "reason": reason, **then})

    def stop(self, hook: str, reason: str) -> None:
        """Tell that webhook nothing more: what is open is given up, and nothing new is asked for."""
        now = self._clock()
        with self._database.writing() as connection:
            insert_if_absent(connection, webhook_stops, {"hook": hook, "at": now, "reason": reason})
            opened = update(webhook_deliveries).where(and_(_OPEN, webhook_deliveries.c.hook == hook))
            connection.execute(opened.values(given_up_at=now, reason=reason))

    def stopped(self) -> tuple[str, ...]:
        """The webhooks that are told nothing more."""
        with self._database.reading() as connection:
            return tuple(connection.execute(select(webhook_stops.c.hook).order_by(webhook_stops.c.hook)).scalars())

    def undelivered(self) -> tuple[DeliveryRecord, ...]:
        """What was not taken, oldest first; what was given up too."""
        rows = webhook_deliveries
        query = select(rows).where(rows.c.done_at.is_(None)).order_by(rows.c.asked_at, rows.c.id)
        with self._database.reading() as connection:
            return tuple(_record(row) for row in connection.execute(query))

    def troubles(self) -> tuple[HookTrouble, ...]:
        """The webhooks that do not take what they are told, by name."""
        rows = webhook_deliveries
        failing = func.sum(case((and_(_OPEN, rows.c.tries >= _TRIES_OF_TROUBLE), 1), else_=0))
        query = select(rows.c.hook, failing, func.count(rows.c.given_up_at)).where(rows.c.done_at.is_(None))
        with self._database.reading() as connection:
            counted = {
                hook: (failed, given_up) for hook, failed, given_up in connection.execute(query.group_by(rows.c.hook))
            }
            stopped = set(connection.execute(select(webhook_stops.c.hook)).scalars())
            found = [
                HookTrouble(hook, *counted.get(hook, (0, 0)), stopped=hook in stopped)
                for hook in sorted(stopped | counted.keys())
            ]
        return tuple(one for one in found if one.failing or one.given_up or one.stopped)

    def forget(self, taken_before: dt.datetime, given_up_before: dt.datetime) -> int:
        """Drop deliveries that were taken, or given up, before then; how many there were."""
        rows = webhook_deliveries
        old = or_(rows.c.done_at < taken_before, rows.c.given_up_at < given_up_before)
        with self._database.writing() as connection:
            return connection.execute(delete(rows).where(old)).rowcount

    def retry(self, hook: str, known: Sequence[str]) -> int:
        """Let a stopped webhook go on, and send now what waits or was given up; how many deliveries that are.

        Raises:
            NotFoundError: No webhook is called that.
        """
        if hook not in known:
            raise NotFoundError("no-such-webhook", hook=hook)
        rows, now = webhook_deliveries, self._clock()
        missed = update(rows).where(and_(rows.c.hook == hook, rows.c.done_at.is_(None)))
        with self._database.writing() as connection:
            connection.execute(delete(webhook_stops).where(webhook_stops.c.hook == hook))
            count = connection.execute(missed.values(given_up_at=None, tries=0, next_at=now)).rowcount
            if count:
                work = send_webhooks(hook)
                outbox.add(connection, [work], now)
                outbox.hurry_one(connection, work.key, now)
        return count

    def _note(self, delivery_id: str, values: dict[str, object]) -> None:
        with self._database.writing() as connection:
            connection.execute(update(webhook_deliveries).where(webhook_deliveries.c.id == delivery_id).values(values))


def _record(row: Row[tuple[object, ...]]) -> DeliveryRecord:
    return DeliveryRecord(
        row.id,
        row.hook,
        row.event,
        row.document_id,
        row.payload,
        row.asked_at,
        row.tries,
        row.next_at,
        row.done_at,
        row.given_up_at,
        row.reason,
    )
