"""The archive's door: bring in, find, fetch, check.

Bringing in (`ingest`):

1. Refuse a package that is not whole.
2. Where the document is archived already with the same files, verify what is stored and return that.
3. Stage every file of the package, force it to disk, read it back.
4. Describe: Dublin Core and JSON, PREMIS, METS; stage those too.
5. Store all of it as the object's next version (see `ocfl`).
6. Index.

The PREMIS and METS documents carry the time of the ingest, so they do not count when two packages are compared: what is
compared are the content files and the provenance files, by name and SHA-512.
"""

from __future__ import annotations

import datetime as dt
import errno
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self

from signflow.archive import aip, durable, layout
from signflow.archive.description import DESCRIPTION_PATH, describe, read_description
from signflow.archive.evidence import EvidenceShelf, StoredBatch, build_entry
from signflow.archive.evidence_index import BatchEntry
from signflow.archive.fixity import FixityReport, missing_object
from signflow.archive.fixity_check import check_object, check_root
from signflow.archive.handing_out import ArchivedPackage
from signflow.archive.index import ArchiveIndex
from signflow.archive.index_rows import DocumentEntry
from signflow.archive.inventory import VersionNote
from signflow.archive.ocfl import StorageRoot
from signflow.archive.ocfl_object import StoredObject, read_object
from signflow.archive.package import SIGNED_PDF, ArchivalPackage, FileRole, verify_package
from signflow.archive.search import PAGE_HITS, Found, Hit, Search
from signflow.errors import IntegrityError, NotFoundError, RefusedError, UnavailableError

_COMPARED = re.compile(r"representations/[^/]+/data/|metadata/other/")


@dataclass(frozen=True, slots=True)
class ArchivedCopy:
    """A document that is in the archive, verified.

    Attributes:
        document_id: Its name in the house.
        version: The number of the version, from 1.
        object_path: Where its object lies, relative to the storage root.
        pdf_digest_sha256: Of the signed PDF.
        inventory_digest: SHA-512 of the object's inventory, which names every byte of it.
    """

    document_id: str
    version: int
    object_path: str
    pdf_digest_sha256: str
    inventory_digest: str


class Archive:
    """An archive in a folder, with its index in a file outside that folder.

    Several processes and threads may use the same archive at the same time.

    Raises:
        SettingsError: `archive-root-foreign` or `archive-root-layout`.
        UnavailableError: `archive-root-unwritable` or `archive-index-unwritable`.

    Attributes:
        unindexed: Objects, by their path, that could not be read when the index was last made anew here; `check` says
            what is wrong with them.
        evidence: The evidence batches.
    """

    def __init__(self, root: Path, index: Path) -> None:
        self._store = StorageRoot(root)
        self._schemas = {
            f"schemas/{file.name}": file.read_bytes()
            for file in sorted(resources.files("signflow.archive").joinpath("schemas").iterdir(), key=lambda f: f.name)
            if file.name.endswith(".xsd")
        }
        self.unindexed: tuple[str, ...] = ()
        self._index = ArchiveIndex(index, self._described)
        self.evidence = EvidenceShelf(self._store, self._index)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index; the archive itself needs no closing."""
        self._index.close()

    def ingest(self, package: ArchivalPackage, *, now: dt.datetime) -> ArchivedCopy:
        """Store the package, verify what is stored, index it; doing so twice is the same as once.

        Raises:
            RefusedError: The package is not whole (`verify_package`).
            StaleError: `archive-object-moved`: another ingest of the document was faster.
            UnavailableError: `archive-source-unreadable`, `archive-disk-full`, `archive-write-failed` or
                `archive-index-unwritable`; the same call can be made again.
            SettingsError: `archive-filesystem-unfit`, for a second version on such a file system.
            IntegrityError: What is stored of the document is damaged, or the disk did not keep what was written.
        """
        verify_package(package)
        object_id = layout.object_id_of(package.document_id)
        previous = self._store.find(object_id)
        if previous is not None and _holds(previous, package):
            self._verify_stored(previous)
            stored = previous
        else:
            with self._store.staging() as staging:
                aip.stage_package(staging, package, object_id, self._schemas, now)
                responsible = package.responsible
                note = VersionNote(now, package.message, responsible.name, responsible.address)
                stored = self._store.store(staging, object_id, previous, note)
        copy = self._copy_of(package.document_id, stored)
        self._index.put(DocumentEntry(describe(package), copy.version, copy.object_path))
        return copy

    def find(self, wanted: Search, hits_on_page: int = PAGE_HITS) -> Found:
        """Documents with what is looked for, the best first; see `signflow.archive.search`. No query raises."""
        return self._index.find(wanted, hits_on_page)

    def bodies(self) -> list[str]:
        """Every body that has documents, by name."""
        return self._index.bodies()

    def list(self) -> list[Hit]:
        """All documents, the newest meeting first."""
        return self._index.newest()

    def retrieve(self, document_id: str) -> bytes:
        """The signed PDF of the newest version, compared with its digest.

        Raises:
            NotFoundError: `archive-document-unknown`.
            IntegrityError: It is not what was stored.
        """
        return self._stored(document_id).read(SIGNED_PDF)

    def open(self, document_id: str) -> ArchivedPackage:
        """The newest version of the document, to be read.

        Raises:
            NotFoundError: `archive-document-unknown`.
            IntegrityError: Its inventory is not what was stored.
        """
        return ArchivedPackage(self._stored(document_id))

    def copy(self, document_id: str) -> ArchivedCopy:
        """Which version of the document is the newest, and where it lies.

        Raises:
            NotFoundError: `archive-document-unknown`.
            IntegrityError: Its inventory is not what was stored.
        """
        return self._copy_of(document_id, self._stored(document_id))

    def export(self, document_id: str, folder: Path) -> None:
        """Write the newest version as an E-ARK package into a new folder; every file is compared with its digest.

        Raises:
            NotFoundError: `archive-document-unknown`.
            RefusedError: `archive-export-taken`: there is something at `folder`.
            IntegrityError: A file is not what was stored; nothing is left at `folder`.
            UnavailableError: `archive-disk-full` or `archive-write-failed`.
        """
        stored = self._stored(document_id)
        try:
            folder.mkdir(parents=True)
        except FileExistsError as error:
            raise RefusedError("archive-export-taken", folder=str(folder)) from error
        try:
            for name in sorted(stored.inventory.state):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(stored.read(name))
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            code = "archive-disk-full" if error.errno == errno.ENOSPC else "archive-write-failed"
            raise UnavailableError(code, folder=str(folder), reason=error.strerror) from error
        except IntegrityError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def check(
        self, document_id: str | None = None, passing: Callable[[Sequence[Path]], Iterable[Path]] = iter
    ) -> FixityReport:
        """Look at every byte of one document, or of the whole archive with everything that should not be there.

        Args:
            document_id: The document; None for the whole.
            passing: Hands on the objects of the whole one by one, and may tell how far it has come.

        Raises:
            NotFoundError: `archive-document-unknown`: neither the archive nor its index knows it.
        """
        root = self._store.root
        indexed = self._index.object_paths()
        if document_id is not None:
            folder = root / layout.object_path_of(layout.object_id_of(document_id))
            if folder.is_dir():
                return FixityReport((check_object(folder, root),))
            if document_id not in indexed:
                raise NotFoundError("archive-document-unknown", document=document_id)
            return FixityReport((missing_object(document_id, indexed[document_id]),))
        folders = tuple(self._store.object_folders())
        present = {folder.relative_to(root).as_posix() for folder in folders}
        results = [check_object(folder, root) for folder in passing(folders)]
        results += [missing_object(name, path) for name, path in indexed.items() if path not in present]
        strays = check_root(root, frozenset(folders))
        return FixityReport(tuple(sorted(results, key=lambda result: result.object_path)), strays)

    def rebuild_index(self) -> int:
        """Make the index anew from the storage root alone; the number of documents in it.

        A damaged object does not keep the others from being found: it is named in `unindexed`.

        Raises:
            UnavailableError: `archive-index-unwritable`; the index stays as it was.
        """
        return self._index.replace_all(self._described())

    def _described(self) -> Iterator[DocumentEntry | BatchEntry]:
        unreadable: list[str] = []
        for folder in self._store.object_folders():
            try:
                entry = self._entry(read_object(folder))
            except (IntegrityError, NotFoundError):
                unreadable.append(folder.relative_to(self._store.root).as_posix())
            else:
                yield entry
        self.unindexed = tuple(unreadable)

    def _entry(self, stored: StoredObject) -> DocumentEntry | BatchEntry:
        number = layout.evidence_number_of(stored.inventory.object_id)
        if number is not None:
            return build_entry(StoredBatch(number, stored), self._store.root, with_leaves=True)
        description = read_description(stored.read(DESCRIPTION_PATH))
        return DocumentEntry(description, stored.inventory.head, self._path_of(stored))

    def _stored(self, document_id: str) -> StoredObject:
        stored = self._store.find(layout.object_id_of(document_id))
        if stored is None:
            raise NotFoundError("archive-document-unknown", document=document_id)
        return stored

    def _verify_stored(self, stored: StoredObject) -> None:
        result = check_object(stored.folder, self._store.root)
        if not result.ok:
            first = result.faults[0]
            raise IntegrityError(f"archive-file-{first.kind}", path=f"{result.object_path}/{first.path}")

    def _copy_of(self, document_id: str, stored: StoredObject) -> ArchivedCopy:
        inventory = stored.inventory
        pdf = inventory.fixity[inventory.content_path(SIGNED_PDF)]
        return ArchivedCopy(document_id, inventory.head, self._path_of(stored), pdf, stored.inventory_digest)

    def _path_of(self, stored: StoredObject) -> str:
        return stored.folder.relative_to(self._store.root).as_posix()


def _holds(stored: StoredObject, package: ArchivalPackage) -> bool:
    """Whether the newest version has just the package's content and provenance files."""
    there: Mapping[str, str] = {name: sha512 for name, sha512 in stored.inventory.state.items() if _counts(name)}
    compared = [file for file in package.files if file.role is not FileRole.DOCUMENTATION]
    if there.keys() != {file.path for file in compared}:
        return False
    for file in compared:
        with durable.open_source(file.content) as source:
            if durable.digests_of_stream(source).sha512 != there[file.path]:
                return False
    return True


def _counts(name: str) -> bool:
    return _COMPARED.match(name) is not None
