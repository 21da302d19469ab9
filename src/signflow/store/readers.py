"""Readers and comments of documents: rows and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, Table, and_, insert, select, update

from signflow.rounds.model import Document, State
from signflow.rounds.readers import Comment, CommentStanding, Reader
from signflow.store.tables import comments, documents, readers

Reviews = dict[str, tuple[tuple[Reader, ...], tuple[Comment, ...]]]


def read_reviews(connection: Connection, wanted: Sequence[str]) -> Reviews:
    """Readers and comments of those documents that have any. Two statements, however many."""
    asked: defaultdict[str, list[Reader]] = defaultdict(list)
    said: defaultdict[str, list[Comment]] = defaultdict(list)
    chosen = select(readers).where(readers.c.document_id.in_(wanted)).order_by(readers.c.number)
    for row in connection.execute(chosen).mappings():
        values = {name: value for name, value in row.items() if name != "document_id"}
        asked[row["document_id"]].append(Reader(**values))
    chosen = select(comments).where(comments.c.document_id.in_(wanted)).order_by(comments.c.number)
    for row in connection.execute(chosen).mappings():
        values = {name: value for name, value in row.items() if name not in {"document_id", "standing"}}
        said[row["document_id"]].append(Comment(standing=CommentStanding(row["standing"]), **values))
    return {name: (tuple(asked[name]), tuple(said[name])) for name in {*asked, *said}}


def save_review(connection: Connection, document: Document) -> None:
    """Keep what is not kept yet, or not so."""
    if not (document.readers or document.comments):
        return
    had_readers, had_comments = read_reviews(connection, [document.id]).get(document.id, ((), ()))
    _save(connection, readers, document.id, document.readers, {one.number: one for one in had_readers})
    _save(connection, comments, document.id, document.comments, {one.number: one for one in had_comments})


def with_readers_behind(connection: Connection) -> tuple[str, ...]:
    """Documents still in draft or review with a reader who may not know of the present text."""
    behind = and_(
        documents.c.state.in_([State.DRAFT, State.REVIEW]),
        readers.c.told_draft < documents.c.draft_number,
        readers.c.dismissed_at.is_(None),
    )
    query = select(documents.c.id).join(readers, readers.c.document_id == documents.c.id).where(behind)
    return tuple(connection.execute(query.distinct().order_by(documents.c.id)).scalars())


def find_reader(connection: Connection, link_digest: str) -> tuple[str, int] | None:
    """The document and the number of the reader whose link it is; None if it is nobody's."""
    found = select(readers.c.document_id, readers.c.number).where(readers.c.link_digest == link_digest)
    row = connection.execute(found).one_or_none()
    return (row.document_id, row.number) if row else None


def _save(
    connection: Connection,
    table: Table,
    document_id: str,
    wanted: Iterable[Reader | Comment],
    had: dict[int, Reader] | dict[int, Comment],
) -> None:
    for one in wanted:
        before = had.get(one.number)
        if before is None:
            connection.execute(insert(table).values(document_id=document_id, **asdict(one)))
        elif before != one:
            same = and_(table.c.document_id == document_id, table.c.number == one.number)
            connection.execute(update(table).where(same).values(asdict(one)))
