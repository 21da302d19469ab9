"""The search index: full text over what the archive holds, in one SQLite file that can be thrown away.

It is made from the archive alone, in one transaction, and made anew where its form or the stemmer is another than it was made
with. Who reads sees the index as it was before a change or after it, and waits for nobody.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Collection, Generator, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError

from signflow.archive import evidence_index, finder, index_rows, layout
from signflow.archive.durable import locked
from signflow.archive.evidence_index import BatchEntry, LeafPlace
from signflow.archive.index_rows import DocumentEntry, documents
from signflow.archive.search import PAGE_HITS, Found, Hit, Search
from signflow.archive.words import STEMMER
from signflow.errors import UnavailableError

INDEX_FORMAT = 4
_MAPPED_BYTES = 1 << 30
# What SQLite keeps of the form is one number: that of everything that the rows depend on.
_FORM = zlib.crc32(f"{INDEX_FORMAT} {STEMMER}".encode()) & 0x7FFFFFFF


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
        with self._writing() as connection:
            index_rows.put_document(connection, entry)

    def put_batch(self, entry: BatchEntry) -> None:
        """Index an evidence batch, in place of what was indexed of it before."""
        with self._writing() as connection:
            evidence_index.put_batch(connection, entry)

    def replace_all(self, entries: Iterable[DocumentEntry | BatchEntry]) -> int:
        """Index these documents and batches and no others, in one transaction; the number of documents."""
        with self._writing() as connection:
            evidence_index.delete_all(connection)

            def without_batches() -> Generator[DocumentEntry]:
                for entry in entries:
                    if isinstance(entry, BatchEntry):
                        evidence_index.put_batch(connection, entry)
                    else:
                        yield entry

            count = index_rows.replace_documents(connection, without_batches())
            # Set with the content: an index that a crash left empty is not taken for a complete one.
            connection.execute(sa.text(f"PRAGMA user_version = {_FORM}"))
        return count

    def find(self, wanted: Search, hits_on_page: int = PAGE_HITS) -> Found:
        """What there is of it, the best first; see `finder`. No query raises."""
        with self._reading() as connection:
            return finder.find(connection, wanted, hits_on_page)

    def bodies(self) -> list[str]:
        """Every body that has documents, by name."""
        with self._reading() as connection:
            return finder.bodies_of(connection)

    def newest(self) -> list[Hit]:
        """All documents by date, the newest first."""
        query = sa.select(documents).order_by(documents.c.date.desc(), documents.c.document_id)
        with self._reading() as connection:
            return [Hit(row.document_id, row.title, row.body, row.date) for row in connection.execute(query)]

    def object_paths(self) -> dict[str, str]:
        """Every indexed document with the path of its object; evidence batches too, by their object's identifier."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(documents.c.document_id, documents.c.object_path)).all()
            batches = evidence_index.batch_paths(connection)
        paths = {row.document_id: row.object_path for row in rows}
        return paths | {layout.evidence_id_of(number): path for number, path in batches.items()}

    def evidence_summaries(self) -> dict[int, dict[str, Any]]:
        """What each evidence batch says of itself, by number."""
        with self._reading() as connection:
            return evidence_index.summaries(connection)

    def evidence_place(self, document_id: str) -> LeafPlace | None:
        """Where the newest evidence of a document is; None if it has none."""
        with self._reading() as connection:
            return evidence_index.place_of(connection, document_id)

    def without_evidence(self, without: Collection[int], limit: int) -> list[tuple[str, int]]:
        """Documents, with their newest version, that stand in no batch but those left out of account."""
        with self._reading() as connection:
            return evidence_index.uncovered(connection, documents, without, limit)

    def count_without_evidence(self, without: Collection[int]) -> int:
        """How many documents that is."""
        with self._reading() as connection:
            return evidence_index.count_uncovered(connection, documents, without)

    def _usable(self) -> bool:
        try:
            with self._engine.connect() as connection:
                version = connection.scalar(sa.text("PRAGMA user_version"))
                return version == _FORM and connection.scalar(sa.text("PRAGMA quick_check(1)")) == "ok"
        except DatabaseError as error:
            if isinstance(error, OperationalError):
                raise
            return False

    @contextlib.contextmanager
    def _reading(self) -> Generator[sa.Connection]:
        """One state of the index for all that is read from it."""
        with self._translated(), self._engine.connect() as connection:
            connection.execute(sa.text("BEGIN"))
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Generator[sa.Connection]:
        """All of what is written, or none; one writer after the other."""
        with self._translated(), self._engine.begin() as connection:
            connection.execute(sa.text("BEGIN IMMEDIATE"))
            yield connection

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
            index_rows.create_tables(connection)
            evidence_index.metadata.create_all(connection)


def _engine(file: Path) -> sa.Engine:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": 30})

    def set_up(connection: Any, _record: object) -> None:
        # What a power cut takes from the index is in the archive, and a broken index is made anew.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")

    event.listen(engine, "connect", set_up)
    return engine
