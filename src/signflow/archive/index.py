"""The search index: full text over what the archive holds, in one SQLite file that can be thrown away.

Words are compared without regard to case and as they are spelled: `å`, `ä` and `ö` are letters of their own, not `a`
and `o` with something on top. What a person types is words, never a query language.

Source: SQLite FTS5, 3 (query syntax), 4.3.1 (unicode61), 4.2 (prefix indexes), 5.1 (bm25, snippet).
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError

from signflow.archive import evidence_index, layout
from signflow.archive.description import Description
from signflow.archive.durable import locked
from signflow.archive.evidence_index import BatchEntry, LeafPlace
from signflow.errors import UnavailableError

INDEX_FORMAT = 2
_WORDS = 32
_WORD_CHARACTERS = 100
_COLUMNS = ("title", "body", "date", "people", "items", "decisions", "text")

_metadata = sa.MetaData()
_documents = sa.Table(
    "documents",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("date", sa.Text, nullable=False, index=True),
    sa.Column("object_path", sa.Text, nullable=False),
)
_CREATE_WORDS = sa.text(
    f"CREATE VIRTUAL TABLE words USING fts5({', '.join(_COLUMNS)},"
    " tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3 4')"
)
# The weights are those of _COLUMNS: a word in the title counts ten times one in the running text.
_FIND = sa.text(
    "SELECT document_id, documents.title, documents.body, documents.date,"
    " snippet(words, -1, '', '', '…', 16) AS snippet"
    " FROM words JOIN documents ON documents.number = words.rowid WHERE words MATCH :query"
    " ORDER BY bm25(words, 10.0, 6.0, 6.0, 4.0, 4.0, 2.0, 1.0), documents.date DESC, document_id LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found.

    Attributes:
        document_id: Its name in the house.
        title: Its title.
        body: The body that met.
        date: The day of the meeting, `2020-01-16`.
        snippet: The words around what was found; empty where nothing was searched for.
    """

    document_id: str
    title: str
    body: str
    date: str
    snippet: str


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as it is indexed: what describes it, which version is the newest, and where its object lies."""

    description: Description
    version: int
    object_path: str


class ArchiveIndex:
    """The index in one file; made anew from `read_all` where it is missing, broken or of an older form.

    Every method raises `UnavailableError` (`archive-index-unwritable`) where the file cannot be used.
    """

    def __init__(self, file: Path, read_all: Callable[[], Iterable[DocumentEntry | BatchEntry]]) -> None:
        self._file = file
        self._engine = _engine(file)
        lock = file.with_name(f"{file.name}.lock")
        with self._translated():
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.touch()
            # Of several who start at once, one makes the index anew and the others wait for it.
            with locked(lock):
                if not self._usable():
                    self._create()
                    self.replace_all(read_all())

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def put(self, entry: DocumentEntry) -> None:
        """Index a document, in place of what was indexed of it before."""
        with self._translated(), self._engine.begin() as connection:
            _put(connection, entry)

    def put_batch(self, entry: BatchEntry) -> None:
        """Index an evidence batch, in place of what was indexed of it before."""
        with self._translated(), self._engine.begin() as connection:
            evidence_index.put_batch(connection, entry)

    def replace_all(self, entries: Iterable[DocumentEntry | BatchEntry]) -> int:
        """Index these documents and batches and no others, in one transaction; the number of documents."""
        count = 0
        with self._translated(), self._engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM words"))
            connection.execute(_documents.delete())
            evidence_index.delete_all(connection)
            for entry in entries:
                if isinstance(entry, BatchEntry):
                    evidence_index.put_batch(connection, entry)
                else:
                    _put(connection, entry)
                    count += 1
            # Set with the content: an index that a crash left empty is not taken for a complete one.
            connection.execute(sa.text(f"PRAGMA user_version = {INDEX_FORMAT}"))
        return count

    def find(self, query: str, limit: int) -> list[Hit]:
        """Documents with every word of the query, or words that begin so; the best first.

        A blank query finds the newest; one of signs alone (`§ –`) finds nothing. No query raises.
        """
        if not query.strip():
            return self.newest(limit)
        phrases = _phrases(query)
        if not phrases:
            return []
        with self._translated(), self._engine.connect() as connection:
            rows = connection.execute(_FIND, {"query": " AND ".join(phrases), "limit": limit}).all()
        return [Hit(row.document_id, row.title, row.body, row.date, row.snippet) for row in rows]

    def newest(self, limit: int | None = None) -> list[Hit]:
        """Documents by date, the newest first; all of them without a limit."""
        order = (_documents.c.date.desc(), _documents.c.document_id)
        with self._translated(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_documents).order_by(*order).limit(limit)).all()
        return [Hit(row.document_id, row.title, row.body, row.date, "") for row in rows]

    def object_paths(self) -> dict[str, str]:
        """Every indexed document with the path of its object; evidence batches too, by their object's identifier."""
        with self._translated(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_documents.c.document_id, _documents.c.object_path)).all()
            batches = evidence_index.batch_paths(connection)
        paths = {row.document_id: row.object_path for row in rows}
        return paths | {layout.evidence_id_of(number): path for number, path in batches.items()}

    def evidence_summaries(self) -> dict[int, dict[str, Any]]:
        """What each evidence batch says of itself, by number."""
        with self._translated(), self._engine.connect() as connection:
            return evidence_index.summaries(connection)

    def evidence_place(self, document_id: str) -> LeafPlace | None:
        """Where the newest evidence of a document is; None if it has none."""
        with self._translated(), self._engine.connect() as connection:
            return evidence_index.place_of(connection, document_id)

    def without_evidence(self, without: Collection[int], limit: int) -> list[tuple[str, int]]:
        """Documents, with their newest version, that stand in no batch but those left out of account."""
        with self._translated(), self._engine.connect() as connection:
            return evidence_index.uncovered(connection, _documents, without, limit)

    def count_without_evidence(self, without: Collection[int]) -> int:
        """How many documents that is."""
        with self._translated(), self._engine.connect() as connection:
            return evidence_index.count_uncovered(connection, _documents, without)

    def _usable(self) -> bool:
        try:
            with self._engine.connect() as connection:
                version = connection.scalar(sa.text("PRAGMA user_version"))
                return version == INDEX_FORMAT and connection.scalar(sa.text("PRAGMA quick_check(1)")) == "ok"
        except DatabaseError as error:
            if isinstance(error, OperationalError):
                raise
            return False

    @contextlib.contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except (OSError, OperationalError) as error:
            raise UnavailableError("archive-index-unwritable", file=str(self._file), reason=str(error)[:200]) from error

    def _create(self) -> None:
        self._engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        with self._engine.begin() as connection:
            _metadata.create_all(connection)
            evidence_index.metadata.create_all(connection)
            connection.execute(_CREATE_WORDS)


def _engine(file: Path) -> sa.Engine:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": 30})

    def set_up(connection: Any, _record: object) -> None:
        # What a power cut takes from the index is in the archive, and a broken index is made anew.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    event.listen(engine, "connect", set_up)
    return engine


def _put(connection: sa.Connection, entry: DocumentEntry) -> None:
    description = entry.description
    known = connection.scalar(sa.select(_documents.c.number).where(_documents.c.document_id == description.document_id))
    if known is not None:
        connection.execute(sa.text("DELETE FROM words WHERE rowid = :number"), {"number": known})
        connection.execute(_documents.delete().where(_documents.c.number == known))
    values = {
        "document_id": description.document_id,
        "version": entry.version,
        "title": _plain(description.title),
        "body": _plain(description.body),
        "date": description.date,
        "object_path": entry.object_path,
    }
    inserted = connection.execute(_documents.insert().values(number=known, **values))
    words = {
        "title": values["title"],
        "body": values["body"],
        "date": description.date,
        "people": _plain("\n".join(description.people)),
        "items": _plain("\n".join(f"{item.number} {item.title}" for item in description.items)),
        "decisions": _plain("\n".join(text for item in description.items for text in item.decisions)),
        "text": _plain("\n".join([*(item.text for item in description.items), description.text])),
    }
    columns = ", ".join(_COLUMNS)
    marks = ", ".join(f":{column}" for column in _COLUMNS)
    connection.execute(
        sa.text(f"INSERT INTO words (rowid, {columns}) VALUES (:number, {marks})"),  # noqa: S608 — our own column names
        {"number": known if known is not None else inserted.inserted_primary_key[0], **words},  # pyright: ignore[reportOptionalSubscript]  # an INSERT of one row has one
    )


def _phrases(query: str) -> list[str]:
    """Each word as an FTS5 prefix phrase, quoted so that nothing in it is syntax."""
    words = [word[:_WORD_CHARACTERS] for word in _plain(query).replace('"', " ").split()]
    return [f'"{word}" *' for word in words if any(_is_token_character(char) for char in word)][:_WORDS]


def _plain(text: str) -> str:
    """The text composed (NFC), without NUL and lone surrogates, which SQLite cannot hold."""
    return unicodedata.normalize("NFC", text).replace("\0", " ").encode("utf-8", "replace").decode()


def _is_token_character(char: str) -> bool:
    """Whether unicode61 makes words of it: letters, numbers, private use."""
    category = unicodedata.category(char)
    return category[0] in "LN" or category == "Co"
