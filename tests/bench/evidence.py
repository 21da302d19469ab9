"""Evidence for a million documents: a batch made, renewed and made anew, and one document's record cut out and judged.

The documents are made up: what is timed is everything but reading them. `SIGNFLOW_BENCH_LEAVES` takes another number.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.console import Console

from evidence_house import BEGIN, OutsideTsa, ending, years
from signflow.archive.archive import Archive
from signflow.archive.evidence import SUMMARY, TIMESTAMPS, leaves_name, tree_name
from signflow.archive.evidence_leaves import Leaf
from signflow.archive.package import Responsible
from signflow.signing.evidence.records import EvidenceRecord
from signflow.signing.evidence.renewal import begin_stem, rehashed, renew_hash_tree, renew_timestamps
from signflow.signing.evidence.summary import build_summary
from signflow.signing.evidence.tree import HashTree, group_digest
from signflow.signing.evidence.validate import DataObject, RecordReport, validate_record, validate_stem
from signflow.signing.trust import Trust
from signflow.steps.evidence_batches import Batch, write_tree

LEAVES = int(os.environ.get("SIGNFLOW_BENCH_LEAVES", "1000000"))
POSITION = LEAVES * 2 // 3
NAMES = ("METS.xml", "metadata/other/validation/validation-report.json", "representations/signed/data/minutes.pdf")
RESPONSIBLE = Responsible("bench", "mailto:bench@example.org")
_console = Console(highlight=False)
T = TypeVar("T")


def say(what: str, value: str) -> None:
    _console.print(f"{what:<62}{value:>14}")


def timed(what: str, work: Callable[[], T]) -> T:
    begun = time.perf_counter()
    result = work()
    say(what, f"{time.perf_counter() - begun:.2f} s")
    return result


def content_of(number: int, name: str) -> bytes:
    return f"{number}/{name}".encode()


def files_of(number: int, digest: str) -> dict[str, str]:
    return {name: hashlib.new(digest, content_of(number, name)).hexdigest() for name in NAMES}


class Bench:
    """One batch through its life."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.tsa = OutsideTsa(BEGIN)
        self.trust = Trust(roots=(), tsa_roots=(self.tsa.root_pem,))
        self.archive = Archive(work / "archive", work / "index.db")

    @property
    def batch(self) -> Batch:
        return Batch(self.archive.evidence.batch(1))

    def begin(self) -> None:
        nodes = timed("digests sorted, hashed and listed", lambda: write_tree(self.work, 1, self._new_leaves()))
        tree = timed("tree built", lambda: HashTree(nodes, "sha256"))
        stem = begin_stem(tree.root, "sha256", self.tsa.ready(BEGIN))
        timed("batch stored, read back, indexed", lambda: self._store(stem, None, 1))

    def renew(self) -> None:
        batch, at = self.batch, BEGIN + years(9)
        roots = [tree.root for tree in batch.trees]
        validate_stem(batch.stem, roots, self.trust, at=at, algorithms=ending())
        (stem,) = renew_timestamps([batch.stem], self.tsa.ready(at))
        self._store(stem, batch)

    def remake(self) -> None:
        batch = self.batch
        nodes = write_tree(self.work, 2, self._remade_leaves(batch))
        root = HashTree(nodes, "sha384").root
        self._store(renew_hash_tree(batch.stem, root, "sha384", self.tsa.ready(BEGIN + years(9.5))), batch, 2)

    def cut(self) -> EvidenceRecord:
        batch = self.batch
        return batch.record(batch.row(POSITION), POSITION)

    def judge(self, record: EvidenceRecord) -> RecordReport:
        contents = {name: content_of(POSITION, name) for name in NAMES}
        objects = [
            DataObject(name, {digest: hashlib.new(digest, content).digest() for digest in record.digests})
            for name, content in contents.items()
        ]
        return validate_record(record, objects, self.trust, at=BEGIN + years(9.7), algorithms=ending())

    def _store(self, stem: EvidenceRecord, previous: Batch | None, chain: int | None = None) -> None:
        summary = json.dumps(build_summary(1, LEAVES, 0, stem, None)).encode()
        files: dict[str, bytes | Path] = {TIMESTAMPS: stem.to_der(), SUMMARY: summary}
        names = (leaves_name(chain), tree_name(chain)) if chain else ()
        files |= {name: self.work / name for name in names}
        before = previous.stored if previous else None
        self.archive.evidence.store(1, files, before, message="bench", responsible=RESPONSIBLE, now=BEGIN)

    def _new_leaves(self) -> Iterator[tuple[Leaf, bytes]]:
        for number in range(LEAVES):
            files = files_of(number, "sha256")
            yield Leaf(f"doc-{number:07}", 1, files), group_digest(map(bytes.fromhex, files.values()), "sha256")

    def _remade_leaves(self, batch: Batch) -> Iterator[tuple[Leaf, bytes]]:
        for number, row in enumerate(batch.rows()):
            files = files_of(number, "sha384")
            objects = rehashed(
                [bytes.fromhex(one) for one in files.values()], batch.record(row, number).chains, "sha384"
            )
            yield Leaf(row[0].document_id, 1, files), group_digest(objects, "sha384")


def sizes(record: EvidenceRecord) -> None:
    whole = len(record.to_der())
    tokens = sum(len(one.token) for chain in record.chains for one in chain)
    say(f"  record with {len(record.chains)} trees, without its timestamps", f"{whole - tokens} bytes")
    say("  with them, their certificates and revocation lists", f"{whole} bytes")


def main() -> None:
    work = Path(tempfile.mkdtemp(dir=os.environ.get("SIGNFLOW_BENCH_FOLDER")))
    try:
        bench = Bench(work)
        _console.print(f"Evidence: one batch, {LEAVES:,} documents of {len(NAMES)} files each".replace(",", " "))
        bench.begin()
        calls = bench.tsa.calls
        timed("timestamp renewal: checked, stamped, stored", bench.renew)
        say("  calls of the time-stamping authority", str(bench.tsa.calls - calls))
        sizes(timed("one record cut out of the stored batch", bench.cut))
        timed("hash-tree renewal to SHA-384, but for reading documents", bench.remake)
        record = bench.cut()
        sizes(record)
        report = timed("record judged: two trees, three timestamps", lambda: bench.judge(record))
        say("  verdict", str(report.indication))
        say("largest memory of the process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
