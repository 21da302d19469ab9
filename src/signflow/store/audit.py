"""The audit log: append-only, each entry bound to the one before by digest.

The digest of an entry is SHA-256 over the canonical JSON of its fields and the previous entry's digest; the first entry
follows the digest of 64 zeros. Any edit, deletion or reordering breaks the chain at that entry, and a removed tail
disagrees with `audit_head`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, update

from signflow.errors import IntegrityError
from signflow.store.database import insert_if_absent
from signflow.store.tables import audit, audit_head

_START = "0" * 64
_HEAD_ROW = 1


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What happened, as kept."""

    seq: int
    document_id: str
    at: dt.datetime
    kind: str
    actor: str
    data: Mapping[str, str | int]
    previous: str
    digest: str


def canonical_json(value: object) -> str:
    """JSON with sorted names and no spaces: the same value is always the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def lock_head(connection: Connection) -> tuple[int, str]:
    """The last entry's number and digest; nobody else appends until this transaction ends.

    Raises:
        IntegrityError: There are entries, but no word of which is the last.
    """
    query = select(audit_head.c.seq, audit_head.c.digest).with_for_update()
    head = connection.execute(query).one_or_none()
    if head is None:
        insert_if_absent(connection, audit_head, {"id": _HEAD_ROW, "seq": 0, "digest": _START})
        head = connection.execute(query).one()
        if head.seq == 0 and connection.execute(select(audit.c.seq).limit(1)).first():
            raise IntegrityError("audit-chain-broken", seq=1)
    return head.seq, head.digest


def append(
    connection: Connection,
    document_id: str,
    at: dt.datetime,
    entries: Iterable[tuple[str, str, Mapping[str, str | int]]],
) -> None:
    """Add entries (kind, actor, data) at the end of the chain, in this transaction."""
    seq, previous = lock_head(connection)
    for kind, actor, data in entries:
        seq += 1
        text = canonical_json(dict(data))
        digest = _digest(seq, document_id, at, kind, actor, text, previous)
        connection.execute(
            insert(audit).values(
                seq=seq,
                document_id=document_id,
                at=at,
                kind=kind,
                actor=actor,
                data=text,
                previous=previous,
                digest=digest,
            )
        )
        previous = digest
    connection.execute(update(audit_head).where(audit_head.c.id == _HEAD_ROW).values(seq=seq, digest=previous))


def entries_of(connection: Connection, document_id: str) -> tuple[AuditEntry, ...]:
    """The history of one document, oldest first."""
    rows = connection.execute(select(audit).where(audit.c.document_id == document_id).order_by(audit.c.seq))
    return tuple(_entry(row) for row in rows)


def verify_chain(connection: Connection) -> int:
    """How many entries there are, having recomputed the whole chain.

    Raises:
        IntegrityError: An entry was changed, removed, added or moved; `seq` says where.
    """
    expected, previous = 1, _START
    for row in connection.execute(select(audit).order_by(audit.c.seq)):
        digest = _digest(row.seq, row.document_id, row.at, row.kind, row.actor, row.data, row.previous)
        if row.seq != expected or row.previous != previous or row.digest != digest:
            raise IntegrityError("audit-chain-broken", seq=expected)
        expected, previous = expected + 1, digest
    head = connection.execute(select(audit_head.c.seq, audit_head.c.digest)).one_or_none()
    if (head.seq, head.digest) != (expected - 1, previous) if head else expected > 1:
        raise IntegrityError("audit-chain-broken", seq=expected)
    return expected - 1


def _digest(*fields: int | str | dt.datetime) -> str:
    """Over number, document, instant, kind, actor, data and previous digest, in this order."""
    texts = [field.astimezone(dt.UTC).isoformat() if isinstance(field, dt.datetime) else field for field in fields]
    return hashlib.sha256(canonical_json(texts).encode()).hexdigest()


def _entry(row: Row[tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(
        row.seq, row.document_id, row.at, row.kind, row.actor, json.loads(row.data), row.previous, row.digest
    )
