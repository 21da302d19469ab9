"""Evidence batches: OCFL objects of their own in the storage root, each over many documents.

A batch holds `timestamps.ers`, the evidence record over the root of its tree; for each of its trees `leaves-<n>.tsv`, the
list of its documents, and `tree-<n>.bin`, their leaves as they stand in the tree; `batch.json`, what it says of itself; and
`README.txt`. Every renewal is a new version; no version is ever altered.

Batches are numbered from 1 without gaps, and a batch appears whole or not at all: the number of the next one and the
version that a renewal follows are all the claim that is needed, and of two who would store the same one wins.

What the files mean is not known here, but for the lists.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from signflow.archive import layout
from signflow.archive.evidence_index import BatchEntry, LeafPlace
from signflow.archive.evidence_leaves import Leaf, evidence_names, read_leaves
from signflow.archive.index import ArchiveIndex
from signflow.archive.inventory import VersionNote
from signflow.archive.ocfl import StorageRoot
from signflow.archive.ocfl_object import StoredObject
from signflow.archive.package import Responsible
from signflow.errors import IntegrityError, NotFoundError

TIMESTAMPS = "timestamps.ers"
SUMMARY = "batch.json"
README = "README.txt"


def leaves_name(chain: int) -> str:
    """The list of documents of that tree, from 1."""
    return f"leaves-{chain}.tsv"


def tree_name(chain: int) -> str:
    """The leaves of that tree, one digest after another."""
    return f"tree-{chain}.bin"


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch as it is stored."""

    number: int
    stored: StoredObject

    @property
    def summary(self) -> dict[str, Any]:
        """What it says of itself.

        Raises:
            IntegrityError: It is not what was stored.
        """
        try:
            value = json.loads(self.stored.read(SUMMARY))
        except ValueError as error:
            raise IntegrityError("archive-file-unreadable", path=SUMMARY, reason=type(error).__name__) from error
        return value

    @property
    def trees(self) -> int:
        """How many trees it has: one, and one more for each time that a digest ended."""
        return sum(name.startswith("leaves-") for name in self.stored.inventory.state)

    @property
    def timestamps(self) -> bytes:
        """The evidence record over the root of its tree, DER."""
        return self.stored.read(TIMESTAMPS)

    def tree(self, chain: int) -> bytes:
        """The leaves of that tree."""
        return self.stored.read(tree_name(chain))

    def leaves(self, chain: int) -> Iterator[Leaf]:
        """The documents of that tree in order; the list is compared with its digest before the first is given.

        Raises:
            IntegrityError: It is not what was stored.
        """
        with self.stored.verified_path(leaves_name(chain)).open("rb") as lines:
            yield from read_leaves(lines)

    def leaf(self, chain: int, position: int) -> Leaf | None:
        """The document at that position of that tree, from 0; None if there is none. Reads no other line as more than that.

        Raises:
            IntegrityError: As `leaves`.
        """
        with self.stored.verified_path(leaves_name(chain)).open("rb") as lines:
            return next(read_leaves(islice(lines, position, position + 1)), None)


def build_entry(batch: StoredBatch, root: Path, *, with_leaves: bool) -> BatchEntry:
    """A batch as it is indexed; the list of its newest tree has been compared with its digest."""
    path = batch.stored.folder.relative_to(root).as_posix()
    if with_leaves:
        batch.stored.verified_path(leaves_name(batch.trees))
    return BatchEntry(batch.number, path, batch.summary, batch.leaves(batch.trees) if with_leaves else None)


class EvidenceShelf:
    """The batches of an archive."""

    def __init__(self, store: StorageRoot, index: ArchiveIndex) -> None:
        self._store = store
        self._index = index

    def catch_up(self) -> None:
        """Index what a crash left stored and not indexed, so that no document is put into two batches."""
        number = max(self._index.evidence_summaries(), default=0) + 1
        while (stored := self._store.find(layout.evidence_id_of(number))) is not None:
            self._index.put_batch(build_entry(StoredBatch(number, stored), self._store.root, with_leaves=True))
            number += 1

    def summaries(self) -> dict[int, dict[str, Any]]:
        """What each batch says of itself, by number."""
        return self._index.evidence_summaries()

    def uncovered(self, without: Collection[int], limit: int) -> list[tuple[str, int]]:
        """Documents, with their newest version, that stand in no batch but those left out of account."""
        return self._index.without_evidence(without, limit)

    def count_uncovered(self, without: Collection[int]) -> int:
        """How many documents that is."""
        return self._index.count_without_evidence(without)

    def place_of(self, document_id: str) -> LeafPlace | None:
        """Where the newest evidence of a document is; None if it has none."""
        return self._index.evidence_place(document_id)

    def batch(self, number: int) -> StoredBatch:
        """A batch, read from the storage root.

        Raises:
            NotFoundError: `evidence-batch-unknown`.
            IntegrityError: Its inventory is not what was stored.
        """
        stored = self._store.find(layout.evidence_id_of(number))
        if stored is None:
            raise NotFoundError("evidence-batch-unknown", batch=number)
        return StoredBatch(number, stored)

    def files(self, document_id: str, version: int) -> Iterator[tuple[str, bytes]]:
        """The files of a document that stand in its leaf, each compared with its digest; in the order of their names.

        Raises:
            NotFoundError: `archive-document-unknown`.
            IntegrityError: One is not what was stored.
        """
        stored = self._store.find(layout.object_id_of(document_id))
        if stored is None or not 1 <= version <= stored.inventory.head:
            raise NotFoundError("archive-document-unknown", document=document_id)
        for name in evidence_names(stored.inventory.states[version - 1]):
            yield name, stored.read(name, version)

    def store(  # noqa: PLR0913 -- a version is its files and its note
        self,
        number: int,
        files: Mapping[str, bytes | Path],
        previous: StoredBatch | None,
        *,
        message: str,
        responsible: Responsible,
        now: dt.datetime,
    ) -> StoredBatch:
        """Store a new batch, or the next version of one, and index it.

        Args:
            number: One more than the highest there is, for a new one.
            files: New and changed ones; those of `previous` that are not named stay.
            previous: The version that this one follows; None for a new batch.
            message: Why it is stored, in one line.
            responsible: In whose name.
            now: The time.

        Raises:
            StaleError: `archive-object-moved`: somebody else was faster.
            UnavailableError: The disk is full or away; the same call can be made again.
            IntegrityError: The disk did not keep what was written.
        """
        note = VersionNote(now, message, responsible.name, responsible.address)
        with self._store.staging() as staging:
            for name, content in files.items():
                staging.add(name, content)
            if previous:
                for name in previous.stored.inventory.state.keys() - files.keys():
                    staging.keep(name, previous.stored.inventory)
            before = previous.stored if previous else None
            stored = self._store.store(staging, layout.evidence_id_of(number), before, note)
        batch = StoredBatch(number, stored)
        new_tree = leaves_name(batch.trees) in files
        self._index.put_batch(build_entry(batch, self._store.root, with_leaves=new_tree))
        return batch

    def reindex(self, batch: StoredBatch) -> None:
        """Index what is stored of a batch now."""
        self._index.put_batch(build_entry(batch, self._store.root, with_leaves=True))
