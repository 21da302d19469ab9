"""Extracts that were sent of documents: rows and back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from signflow.blobs import BlobRef
from signflow.rounds.model import Document
from signflow.rounds.sendings import Delivery, Recipient, Sending, SentItem
from signflow.store.tables import extract_recipients, extract_sendings


def read_sendings(connection: Connection, document_id: str) -> tuple[Sending, ...]:
    """What was sent of a document. Two statements."""
    got: defaultdict[int, list[Recipient]] = defaultdict(list)
    chosen = select(extract_recipients).where(extract_recipients.c.document_id == document_id)
    for row in connection.execute(chosen.order_by(extract_recipients.c.number)):
        became = Delivery(row.became) if row.became else None
        one = Recipient(row.number, row.person, row.address, became, row.became_at, row.answer)
        got[row.sending].append(one)
    chosen = select(extract_sendings).where(extract_sendings.c.document_id == document_id)
    rows = connection.execute(chosen.order_by(extract_sendings.c.number))
    return tuple(_sending(row, tuple(got[row.number])) for row in rows)


def save_sendings(connection: Connection, document: Document) -> None:
    """Keep what is not kept yet, and what has become of letters since."""
    if not document.sendings:
        return
    had = {one.number: one for one in read_sendings(connection, document.id)}
    for sending in document.sendings:
        before = had.get(sending.number)
        if before is None:
            _insert(connection, document.id, sending)
            continue
        for was, now in zip(before.recipients, sending.recipients, strict=True):
            if was != now:
                same = {"document_id": document.id, "sending": sending.number, "number": now.number}
                where = and_(*(extract_recipients.c[name] == value for name, value in same.items()))
                connection.execute(update(extract_recipients).where(where).values(asdict(now)))


def _sending(row: Row[tuple[Any, ...]], recipients: tuple[Recipient, ...]) -> Sending:
    items = tuple(_item(item) for item in row.items)
    return Sending(row.number, row.request_key, items, recipients, row.by, row.reply_to, row.at)


def _item(kept: dict[str, Any]) -> SentItem:
    return SentItem(pdf=BlobRef(**kept["pdf"]), **{name: value for name, value in kept.items() if name != "pdf"})


def _insert(connection: Connection, document_id: str, sending: Sending) -> None:
    values = {
        "document_id": document_id,
        "number": sending.number,
        "request_key": sending.key,
        "items": [asdict(item) for item in sending.items],
        "by": sending.by,
        "reply_to": sending.reply_to,
        "at": sending.at,
    }
    connection.execute(insert(extract_sendings).values(values))
    named = {"document_id": document_id, "sending": sending.number}
    connection.execute(insert(extract_recipients), [{**named, **asdict(one)} for one in sending.recipients])
