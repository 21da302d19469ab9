"""An evidence batch with its timestamps: read and held against its trees, cut into records, written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from signflow.archive.archive import Archive
from signflow.archive.evidence import README, SUMMARY, TIMESTAMPS, StoredBatch, leaves_name, tree_name
from signflow.archive.evidence_leaves import Leaf
from signflow.archive.package import Responsible
from signflow.errors import IntegrityError, NotFoundError
from signflow.signing.evidence.records import EvidenceRecord, read_record
from signflow.signing.evidence.renewal import Place, cut_record
from signflow.signing.evidence.tree import HashTree
from signflow.signing.evidence.validate import ArchiveTimestampReport, validate_stem
from signflow.steps.ports import Ports
from signflow.texts import LANGUAGES


@dataclass(frozen=True)
class Batch:
    """A stored batch, its parts read when they are first asked for, and each once.

    Attributes:
        stored: As the archive keeps it.
    """

    stored: StoredBatch

    @property
    def number(self) -> int:
        """From 1."""
        return self.stored.number

    @cached_property
    def stem(self) -> EvidenceRecord:
        """Its timestamps.

        Raises:
            IntegrityError: They are not what was stored, or there are not as many chains as trees.
        """
        stem = read_record(self.stored.timestamps)
        if len(stem.chains) != self.stored.trees:
            raise IntegrityError("evidence-batch-damaged", batch=self.number)
        return stem

    @cached_property
    def trees(self) -> tuple[HashTree, ...]:
        """Its trees, oldest first.

        Raises:
            IntegrityError: One is not what was stored.
        """
        return tuple(self._tree(chain, digest) for chain, digest in enumerate(self.stem.digests, start=1))

    def rows(self) -> Iterator[tuple[Leaf, ...]]:
        """Each document as it stands in each tree, in order."""
        lists = (self.stored.leaves(chain) for chain in range(1, self.stored.trees + 1))
        return zip(*lists, strict=True)

    def row(self, position: int) -> tuple[Leaf, ...]:
        """The document at that position, from 0, as it stands in each tree.

        Raises:
            IntegrityError: The lists are not what was stored, or have no such position.
        """
        chains = range(1, self.stored.trees + 1)
        row = tuple(leaf for chain in chains if (leaf := self.stored.leaf(chain, position)) is not None)
        if len(row) != self.stored.trees:
            raise IntegrityError("evidence-batch-damaged", batch=self.number)
        return row

    def record(self, row: Iterable[Leaf], position: int) -> EvidenceRecord:
        """The record of one document; where it was left out of a later tree, its record ends before that."""
        places = [
            Place(tuple(map(bytes.fromhex, leaf.files.values())), tree.path(position))
            for leaf, tree in zip(row, self.trees, strict=False)
            if leaf.files
        ]
        return cut_record(self.stem, places)

    def validate(self, ports: Ports) -> tuple[ArchiveTimestampReport, ...]:
        """What its timestamps are worth now."""
        roots = [tree.root for tree in self.trees]
        algorithms = ports.renewal.algorithms
        return validate_stem(self.stem, roots, ports.trust(), at=ports.clock(), algorithms=algorithms)

    def _tree(self, chain: int, digest: str) -> HashTree:
        try:
            return HashTree(self.stored.tree(chain), digest)
        except ValueError as error:
            raise IntegrityError("evidence-batch-damaged", batch=self.number) from error


def export_record(archive: Archive, document_id: str) -> tuple[EvidenceRecord, Leaf]:
    """The newest evidence record of a document, and what it speaks of.

    Raises:
        NotFoundError: `evidence-none-yet`: the document is in no batch.
        IntegrityError: Its batch is not what was stored.
    """
    place = archive.evidence.place_of(document_id)
    if place is None:
        archive.copy(document_id)
        raise NotFoundError("evidence-none-yet", document=document_id)
    batch = Batch(archive.evidence.batch(place.batch))
    row = batch.row(place.position)
    if row[0].document_id != document_id:
        raise IntegrityError("evidence-batch-damaged", batch=batch.number)
    return batch.record(row, place.position), row[-1]


def write_tree(folder: Path, chain: int, leaves: Iterable[tuple[Leaf, bytes]]) -> bytes:
    """Write the list and the leaves of a tree into the folder, one document after another; the leaves."""
    nodes = bytearray()
    with (folder / leaves_name(chain)).open("w", encoding="utf-8", newline="\n") as lines:
        for leaf, node in leaves:
            lines.write(leaf.to_line())
            nodes += node
    (folder / tree_name(chain)).write_bytes(nodes)
    return bytes(nodes)


def store_batch(
    ports: Ports, number: int, previous: Batch | None, parts: Mapping[str, bytes | Path], summary: Mapping[str, Any]
) -> None:
    """Store a new batch or the next version of one.

    Raises:
        StaleError: Somebody else was faster.
        UnavailableError: The disk is full or away.
        IntegrityError: The disk did not keep what was written.
    """
    texts = ports.texts[ports.language]
    readme = "\n".join(ports.texts[language]("evidence.readme.text", number=number) for language in LANGUAGES)
    ports.archive.evidence.store(
        number,
        {
            **parts,
            SUMMARY: (json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode(),
            README: readme.encode(),
        },
        previous.stored if previous else None,
        message=texts("evidence.store.renewed" if previous else "evidence.store.begun"),
        responsible=Responsible(ports.organisation, f"mailto:{ports.sender.address}"),
        now=ports.clock(),
    )


def tree_parts(folder: Path, chain: int) -> dict[str, bytes | Path]:
    """The files of a tree that `write_tree` wrote."""
    return {name: folder / name for name in (leaves_name(chain), tree_name(chain))}


def timestamps_part(stem: EvidenceRecord) -> dict[str, bytes | Path]:
    """The file of the timestamps."""
    return {TIMESTAMPS: stem.to_der()}
