from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from archive_samples import LATER, NOW, pdf_bytes, sample_files, sample_package

from signflow.archive.archive import Archive
from signflow.archive.package import FOLDERS, SIGNED_PDF, FileRole, PackageFile
from signflow.archive.search import Search
from signflow.blobs import JSON
from signflow.errors import IntegrityError, NotFoundError, RefusedError, UnavailableError


def test_what_was_never_archived_is_not_found(archive: Archive, tmp_path: Path) -> None:
    for ask in (archive.retrieve, archive.copy, archive.check, lambda name: archive.export(name, tmp_path / "x")):
        with pytest.raises(NotFoundError) as missing:
            ask("no-such")
        assert missing.value.code == "archive-document-unknown"


def test_a_refused_package_leaves_nothing(archive: Archive, root: Path) -> None:
    with pytest.raises(RefusedError):
        archive.ingest(sample_package(files=()), now=NOW)
    assert archive.list() == []
    assert not list(root.glob("???"))


def test_a_source_that_cannot_be_read_stores_nothing(archive: Archive, root: Path, tmp_path: Path) -> None:
    unreadable = sample_package(files=sample_files(1, pdf=tmp_path / "not there.pdf"))
    for stored in (0, 1):
        with pytest.raises(UnavailableError) as failed:
            archive.ingest(unreadable, now=NOW)
        assert failed.value.code == "archive-source-unreadable"
        assert len(list(root.glob("???"))) == stored
        archive.ingest(sample_package(), now=NOW)


def test_the_signed_pdf_comes_back_as_it_was(archive: Archive, root: Path) -> None:
    copy = archive.ingest(sample_package(5), now=NOW)
    pdf = archive.retrieve("doc-5")
    assert pdf == pdf_bytes(5)
    assert copy.pdf_digest_sha256 == hashlib.sha256(pdf).hexdigest()
    inventory = (root / copy.object_path / "inventory.json").read_bytes()
    assert copy.inventory_digest == hashlib.sha512(inventory).hexdigest()
    assert archive.copy("doc-5") == copy


def test_a_file_on_disk_is_taken_as_its_bytes_are(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(pdf_bytes(1))
    from_disk = archive.ingest(sample_package(files=sample_files(1, pdf=tmp_path / "signed.pdf")), now=NOW)
    assert archive.ingest(sample_package(), now=LATER) == from_disk


def test_the_same_again_is_the_same_copy(archive: Archive) -> None:
    copy = archive.ingest(sample_package(), now=NOW)
    assert archive.ingest(sample_package(), now=LATER) == copy
    assert archive.ingest(sample_package(events=()), now=LATER) == copy


@pytest.mark.parametrize("change", ["another file", "a file more", "a file less"])
def test_anything_else_is_a_new_version(archive: Archive, change: str) -> None:
    files = sample_files(2)
    archive.ingest(sample_package(1, files=files), now=NOW)
    changed = {
        "another file": sample_files(2, pdf=b"%PDF other"),
        "a file more": (*files, PackageFile(f"{FOLDERS[FileRole.EVIDENCE]}more.json", b"{}", JSON, FileRole.EVIDENCE)),
        "a file less": tuple(file for file in files if not file.path.endswith("rounds.json")),
    }[change]
    assert archive.ingest(sample_package(1, files=changed), now=LATER).version == 2
    assert archive.check().ok


def test_a_package_can_be_taken_out_whole(archive: Archive, tmp_path: Path) -> None:
    package = sample_package(9)
    archive.ingest(package, now=NOW)
    folder = tmp_path / "out" / "doc-9"
    archive.export("doc-9", folder)
    for file in package.files:
        assert (folder / file.path).read_bytes() == file.content
    with pytest.raises(RefusedError) as refused:
        archive.export("doc-9", folder)
    assert refused.value.code == "archive-export-taken"


def test_a_damaged_package_is_not_handed_out(archive: Archive, root: Path, tmp_path: Path) -> None:
    copy = archive.ingest(sample_package(), now=NOW)
    pdf = root / copy.object_path / "v1/content" / SIGNED_PDF
    pdf.chmod(0o644)
    pdf.write_bytes(b"forged")
    with pytest.raises(IntegrityError):
        archive.export("doc-1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_names_with_any_letters_can_be_archived(archive: Archive) -> None:
    names = ["Å/Ä.Ö", "..", "a%2fb", "KS 2020:17 § 4", "ö" * 200]
    for name in names:
        archive.ingest(sample_package(document_id=name), now=NOW)
        assert archive.retrieve(name) == pdf_bytes(1)
    assert {hit.document_id for hit in archive.list()} == set(names)
    report = archive.check()
    assert report.ok
    assert {result.document_id for result in report.objects} == set(names)


def test_two_processes_see_the_same_archive(archive: Archive, root: Path, index: Path) -> None:
    with Archive(root, index) as other:
        copy = archive.ingest(sample_package(), now=NOW)
        assert other.ingest(sample_package(), now=NOW) == copy
        assert other.find(Search("minnes*")) == archive.find(Search("minnes*"))
