"""Evidence batches as objects of the archive: stored once, found again, rebuilt from the disk, never taken for documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from archive_samples import LATER, NOW, sample_files, sample_package
from ocfl_oracle import ocfl_remarks

from signflow.archive.archive import Archive
from signflow.archive.evidence import SUMMARY, TIMESTAMPS, StoredBatch, leaves_name, tree_name
from signflow.archive.evidence_index import LeafPlace
from signflow.archive.evidence_leaves import Leaf, read_leaves
from signflow.archive.fixity import FaultKind
from signflow.archive.mets import METS_NAME
from signflow.archive.package import SIGNED_PDF, Responsible
from signflow.errors import IntegrityError, NotFoundError, StaleError

RESPONSIBLE = Responsible("Kommunen", "mailto:kommunen@example.org")
REPORT = "metadata/other/validation/report.json"


def leaf(document: str, *, version: int = 1, files: bool = True) -> Leaf:
    return Leaf(document, version, {SIGNED_PDF: "00" * 32, METS_NAME: "11" * 32} if files else {})


def store(
    archive: Archive, number: int, *leaves: Leaf, previous: StoredBatch | None = None, chain: int = 1
) -> StoredBatch:
    files: dict[str, bytes | Path] = {
        TIMESTAMPS: f"{number}/{chain}/{len(leaves)}/{previous is None}".encode(),
        SUMMARY: json.dumps({"number": number, "chain": chain, "count": len(leaves)}).encode(),
    }
    if leaves:
        files |= {
            leaves_name(chain): "".join(one.to_line() for one in leaves).encode(),
            tree_name(chain): bytes(32 * len(leaves)),
        }
    return archive.evidence.store(number, files, previous, message="Bevis", responsible=RESPONSIBLE, now=NOW)


@pytest.fixture
def filled(archive: Archive) -> Archive:
    for seed in (1, 2, 3, 4):
        archive.ingest(sample_package(seed), now=NOW)
    store(archive, 1, leaf("doc-1"), leaf("doc-2"))
    store(archive, 2, leaf("doc-3"))
    return archive


def everything(archive: Archive) -> object:
    evidence = archive.evidence
    places = [evidence.place_of(f"doc-{seed}") for seed in range(1, 6)]
    return evidence.summaries(), places, evidence.uncovered((), 10), [hit.document_id for hit in archive.list()]


def test_documents_are_found_in_their_batches(filled: Archive, root: Path) -> None:
    evidence = filled.evidence
    assert evidence.place_of("doc-2") == LeafPlace(batch=1, position=1, version=1)
    assert evidence.place_of("doc-4") is None
    assert evidence.uncovered((), 10) == [("doc-4", 1)]
    assert evidence.uncovered((1,), 10) == [("doc-1", 1), ("doc-2", 1), ("doc-4", 1)]
    assert evidence.uncovered((1,), 2) == [("doc-1", 1), ("doc-2", 1)]
    assert evidence.count_uncovered((1,)) == 3
    assert [one.document_id for one in evidence.batch(1).leaves(1)] == ["doc-1", "doc-2"]
    assert ocfl_remarks(root) == []


def test_batches_are_no_documents(filled: Archive) -> None:
    assert {hit.document_id for hit in filled.list()} == {"doc-1", "doc-2", "doc-3", "doc-4"}
    assert filled.rebuild_index() == 4
    assert filled.unindexed == ()
    report = filled.check()
    assert report.ok
    assert (report.total, report.documents, report.batches) == (6, 4, 2)


def test_the_index_is_made_anew_from_the_disk_alone(filled: Archive, root: Path, index: Path) -> None:
    store(filled, 1, previous=filled.evidence.batch(1))
    before = everything(filled)
    filled.close()
    for file in index.parent.glob(f"{index.name}*"):
        file.unlink()
    with Archive(root, index) as anew:
        assert everything(anew) == before


def test_what_a_crash_left_stored_is_indexed(filled: Archive, root: Path, tmp_path: Path) -> None:
    with Archive(root, tmp_path / "other.db") as other:
        store(other, 3, leaf("doc-4"))
    assert filled.evidence.uncovered((), 10) == [("doc-4", 1)]
    filled.evidence.catch_up()
    assert filled.evidence.uncovered((), 10) == []
    assert list(filled.evidence.summaries()) == [1, 2, 3]


def test_a_renewal_is_a_version_and_keeps_what_it_does_not_change(filled: Archive, root: Path) -> None:
    first = filled.evidence.batch(1)
    second = store(filled, 1, previous=first)
    assert second.stored.inventory.head == 2
    assert second.timestamps != first.timestamps
    assert second.stored.read(TIMESTAMPS, 1) == first.timestamps
    assert [one.document_id for one in second.leaves(1)] == ["doc-1", "doc-2"]
    assert not (second.stored.folder / "v2/content" / leaves_name(1)).exists()
    assert filled.check().ok
    assert ocfl_remarks(root) == []


def test_a_document_that_was_left_out_of_the_new_tree_is_without_evidence_again(filled: Archive) -> None:
    batch = filled.evidence.batch(1)
    again = store(filled, 1, leaf("doc-1"), leaf("doc-2", files=False), previous=batch, chain=2)
    assert again.trees == 2
    assert filled.evidence.uncovered((), 10) == [("doc-2", 1), ("doc-4", 1)]
    filled.rebuild_index()
    assert filled.evidence.uncovered((), 10) == [("doc-2", 1), ("doc-4", 1)]


def test_of_two_who_store_the_same_one_wins(filled: Archive) -> None:
    with pytest.raises(StaleError, match="archive-object-moved"):
        store(filled, 2, leaf("doc-4"))
    batch = filled.evidence.batch(1)
    store(filled, 1, previous=batch)
    with pytest.raises(StaleError, match="archive-object-moved"):
        store(filled, 1, previous=batch)


def test_a_new_version_is_not_covered_by_the_evidence_of_the_old_one(filled: Archive) -> None:
    filled.ingest(sample_package(1, files=sample_files(1, pdf=b"%PDF-1.7 other")), now=LATER)
    assert filled.evidence.uncovered((), 10) == [("doc-1", 2), ("doc-4", 1)]
    old, new = (dict(filled.evidence.files("doc-1", version)) for version in (1, 2))
    assert old.keys() == new.keys() == {METS_NAME, REPORT, SIGNED_PDF}
    assert old[SIGNED_PDF] != new[SIGNED_PDF] == b"%PDF-1.7 other"


@pytest.mark.parametrize("version", [0, 2, -1])
def test_there_are_no_files_of_a_version_that_is_not_there(filled: Archive, version: int) -> None:
    with pytest.raises(NotFoundError, match="archive-document-unknown"):
        list(filled.evidence.files("doc-1", version))


def test_a_batch_that_is_gone_or_altered_is_told(filled: Archive) -> None:
    list_of_first = filled.evidence.batch(1).stored.verified_path(leaves_name(1))
    list_of_first.chmod(0o644)
    list_of_first.write_bytes(list_of_first.read_bytes().replace(b"doc-1", b"doc-9"))
    with pytest.raises(IntegrityError, match="archive-file-altered"):
        list(filled.evidence.batch(1).leaves(1))
    folder = filled.evidence.batch(2).stored.folder
    folder.rename(folder.parent.parent / "away")
    kinds = {fault.kind for result in filled.check().objects for fault in result.faults}
    assert {FaultKind.ALTERED, FaultKind.MISSING} <= kinds
    with pytest.raises(NotFoundError, match="evidence-batch-unknown"):
        filled.evidence.batch(2)


@pytest.mark.parametrize(
    "line", [b"doc-1", b"doc-1\tx\n", b"doc-1\t1\tname\n", b"\xff\t1\n", b"", b"doc-1\t1\tname\tab\tname\n"], ids=ascii
)
def test_a_line_of_another_form_is_told(line: bytes) -> None:
    with pytest.raises(IntegrityError, match="evidence-leaves-unreadable"):
        list(read_leaves([b"doc-0\t1\n", line]))


def test_a_line_is_read_as_it_was_written() -> None:
    leaves = [leaf("doc-1"), leaf("§ å ä ö %", version=12), leaf("doc-3", files=False)]
    assert list(read_leaves([one.to_line().encode() for one in leaves])) == leaves
