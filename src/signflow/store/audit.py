"""The audit log: append-only, each entry bound to the one before by digest.

The digest of an entry is SHA-256 over the canonical JSON of its fields and the previous entry's digest; the first entry
follows the digest of 64 zeros. Any edit, deletion or reordering breaks the chain at that entry, and a removed tail
disagrees with `audit_head`. Who can write to the database can compute a whole new chain: that is what `anchors` are for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

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


class ChainFault(StrEnum):
    """What is wrong at one place of the chain."""

    MISSING = "entry-missing"  # no entry of that number
    UNLINKED = "entry-unlinked"  # it does not follow the one before: moved, put in, or another was taken out
    ALTERED = "entry-altered"  # its digest is not that of what it says
    HEAD = "head-differs"  # the last entry is not the one that was last


@dataclass(frozen=True, slots=True)
class Link:
    """One place of the chain, recomputed.

    Attributes:
        seq: Its number; at the head one more than the last entry's.
        digest: As computed from what the entry says; empty where there is no entry.
        fault: None where all is well.
    """

    seq: int
    digest: str
    fault: ChainFault | None


def read_chain(connection: Connection) -> Iterator[Link]:
    """Every entry recomputed, in order; what is missing in its place, and the head, last, if it is wrong.

    After a fault it goes on from what is kept, so that each fault is told once.
    """
    expected, kept = 1, _START
    follows = {_START}
    for row in connection.execute(select(audit).order_by(audit.c.seq)):
        if row.seq < 1:
            yield Link(1, "", ChainFault.UNLINKED)
            continue
        if row.seq > expected:
            yield Link(expected, "", ChainFault.MISSING)
            follows = {row.previous}
        digest = _digest(row.seq, row.document_id, row.at, row.kind, row.actor, row.data, row.previous)
        if row.previous not in follows:
            yield Link(row.seq, digest, ChainFault.UNLINKED)
        else:
            yield Link(row.seq, digest, None if row.digest == digest else ChainFault.ALTERED)
        expected, kept = row.seq + 1, row.digest
        follows = {row.digest, digest}
    head = connection.execute(select(audit_head.c.seq, audit_head.c.digest)).one_or_none()
    if (head.seq, head.digest) != (expected - 1, kept) if head else expected > 1:
        yield Link(expected, "", ChainFault.HEAD)


def verify_chain(connection: Connection) -> int:
    """How many entries there are, having recomputed the whole chain.

    Raises:
        IntegrityError: An entry was changed, removed, added or moved; `seq` says where.
    """
    count = 0
    for link in read_chain(connection):
        if link.fault:
            raise IntegrityError("audit-chain-broken", seq=link.seq)
        count += 1
    return count


def _digest(*fields: int | str | dt.datetime) -> str:
    """Over number, document, instant, kind, actor, data and previous digest, in this order."""
    texts = [field.astimezone(dt.UTC).isoformat() if isinstance(field, dt.datetime) else field for field in fields]
    return hashlib.sha256(canonical_json(texts).encode()).hexdigest()


def _entry(row: Row[tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(
        row.seq, row.document_id, row.at, row.kind, row.actor, json.loads(row.data), row.previous, row.digest
    )
