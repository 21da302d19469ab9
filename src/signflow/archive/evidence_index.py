"""Which documents have evidence, and where: the part of the search index that speaks of evidence batches.

It can be thrown away with the rest of the index: every row is made anew from the batches in the storage root.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa

from signflow.archive.evidence_leaves import Leaf

_ROWS_AT_ONCE = 10_000
metadata = sa.MetaData()
_batches = sa.Table(
    "evidence_batches",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("object_path", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
)
_leaves = sa.Table(
    "evidence_leaves",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("batch", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """A batch as it is indexed.

    Attributes:
        number: From 1.
        object_path: Where its object lies.
        summary: What the batch says of itself; a JSON object.
        leaves: Its documents in order; None where they are indexed already.
    """

    number: int
    object_path: str
    summary: Mapping[str, object]
    leaves: Iterable[Leaf] | None


@dataclass(frozen=True, slots=True)
class LeafPlace:
    """Where a document's evidence is: in which batch, at which position from 0, for which of its versions."""

    batch: int
    position: int
    version: int


def put_batch(connection: sa.Connection, entry: BatchEntry) -> None:
    """Index a batch, in place of what was indexed of it before."""
    connection.execute(_batches.delete().where(_batches.c.number == entry.number))
    values = {"number": entry.number, "object_path": entry.object_path, "summary": json.dumps(entry.summary)}
    connection.execute(_batches.insert().values(values))
    if entry.leaves is None:
        return
    connection.execute(_leaves.delete().where(_leaves.c.batch == entry.number))
    rows = (
        {"document_id": leaf.document_id, "version": leaf.version, "batch": entry.number, "position": position}
        for position, leaf in enumerate(entry.leaves)
        if leaf.files
    )
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        connection.execute(_leaves.insert(), some)


def delete_all(connection: sa.Connection) -> None:
    """Forget all batches."""
    connection.execute(_leaves.delete())
    connection.execute(_batches.delete())


def summaries(connection: sa.Connection) -> dict[int, dict[str, object]]:
    """What each batch says of itself, by number, ascending."""
    rows = connection.execute(sa.select(_batches.c.number, _batches.c.summary).order_by(_batches.c.number))
    return {row.number: json.loads(row.summary) for row in rows}


def batch_paths(connection: sa.Connection) -> dict[int, str]:
    """Where each batch lies."""
    return {row.number: row.object_path for row in connection.execute(sa.select(_batches))}


def place_of(connection: sa.Connection, document_id: str) -> LeafPlace | None:
    """Where the newest evidence of a document is; None if it has none."""
    query = sa.select(_leaves).where(_leaves.c.document_id == document_id).order_by(_leaves.c.batch.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return LeafPlace(row.batch, row.position, row.version) if row else None


def uncovered(
    connection: sa.Connection, documents: sa.Table, without: Collection[int], limit: int
) -> list[tuple[str, int]]:
    """Documents, with their newest version, that stand in no batch but those left out of account; by name."""
    query = (
        sa.select(documents.c.document_id, documents.c.version)
        .where(~_covered(documents, without))
        .order_by(documents.c.document_id)
        .limit(limit)
    )
    return [(row.document_id, row.version) for row in connection.execute(query)]


def count_uncovered(connection: sa.Connection, documents: sa.Table, without: Collection[int]) -> int:
    """How many documents that is."""
    query = sa.select(sa.func.count()).select_from(documents).where(~_covered(documents, without))
    return connection.scalar(query) or 0


def _covered(documents: sa.Table, without: Collection[int]) -> sa.Exists:
    return (
        sa.select(_leaves.c.batch)
        .where(
            _leaves.c.document_id == documents.c.document_id,
            _leaves.c.version == documents.c.version,
            _leaves.c.batch.not_in(without),
        )
        .exists()
    )
