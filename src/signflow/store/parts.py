"""Items that are adjusted at once in a document of their own: rows and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, or_, select

from signflow.blobs import BlobRef
from signflow.rounds.model import Document
from signflow.rounds.parts import Part, PartOf
from signflow.store.database import insert_if_absent
from signflow.store.tables import documents, parts, versions

_present = and_(versions.c.document_id == documents.c.id, versions.c.number == documents.c.draft_number)
_wanted = bindparam("wanted", expanding=True)
_found = (
    select(
        parts,
        documents.c.state,
        documents.c.adjusted_at,
        documents.c.archived_digest,
        *(versions.c[name] for name in ("source_digest", "source_size", "source_type", "filename")),
    )
    .outerjoin(documents, documents.c.id == parts.c.part_id)
    .outerjoin(versions, _present)
    .where(or_(parts.c.main_id.in_(_wanted), parts.c.part_id.in_(_wanted)))
    .order_by(parts.c.main_id, parts.c.number)
)


def read_parts(connection: Connection, wanted: Sequence[str]) -> tuple[dict[str, tuple[Part, ...]], dict[str, PartOf]]:
    """The parts of those documents that have any, and whose part those are that are one. One statement, however many."""
    of_main: defaultdict[str, list[Part]] = defaultdict(list)
    of_part: dict[str, PartOf] = {}
    for row in connection.execute(_found, {"wanted": list(wanted)}):
        items = tuple(int(item) for item in row.items)
        of_part[row.part_id] = PartOf(row.main_id, items)
        registered = row.state is not None
        of_main[row.main_id].append(
            Part(
                id=row.part_id,
                items=items,
                state=row.state if registered else "",
                source=BlobRef(row.source_digest, row.source_size, row.source_type) if registered else None,
                filename=row.filename if registered else "",
                adjusted_at=row.adjusted_at,
                digest=row.archived_digest or "",
            )
        )
    return {name: tuple(found) for name, found in of_main.items()}, of_part


def save_parts(connection: Connection, document: Document) -> None:
    """Keep those that are not kept yet."""
    for number, part in enumerate(document.parts, 1):
        values = {"part_id": part.id, "main_id": document.id, "number": number, "items": list(part.items)}
        insert_if_absent(connection, parts, values)
