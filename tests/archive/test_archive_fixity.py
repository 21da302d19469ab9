from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from archive_samples import LATER, NOW, dice_for, sample_files, sample_package

from signflow.archive.archive import Archive
from signflow.archive.fixity import FaultKind, FixityFault
from signflow.archive.inventory import VersionNote
from signflow.archive.ocfl import StorageRoot
from signflow.errors import IntegrityError, NotFoundError


@pytest.fixture
def folder(archive: Archive, root: Path) -> Path:
    """A document of two versions beside another one."""
    archive.ingest(sample_package(2), now=NOW)
    copy = archive.ingest(sample_package(1), now=NOW)
    archive.ingest(sample_package(1, files=sample_files(1, pdf=b"%PDF-1.7 second")), now=LATER)
    return root / copy.object_path


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def faults(archive: Archive) -> tuple[FixityFault, ...]:
    """The faults of the one damaged document; the other must be found whole."""
    report = archive.check()
    assert report.checked + report.failed == report.total == 2
    by_document = {result.document_id: result for result in report.objects}
    assert by_document["doc-2"].ok
    assert by_document["doc-1"].ok == report.ok
    assert archive.check("doc-1").objects == (by_document["doc-1"],)
    return by_document["doc-1"].faults


def test_what_was_stored_is_found_whole(archive: Archive, folder: Path) -> None:
    assert faults(archive) == ()
    assert archive.check("doc-1").objects[0].files == len(files_of(folder))


def test_one_flipped_bit_in_any_file_is_reported(archive: Archive, folder: Path) -> None:
    dice = dice_for(0)
    for file in files_of(folder):
        if not (whole := file.read_bytes()):
            continue
        file.chmod(0o644)
        for place in {0, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(2))}:
            changed = bytearray(whole)
            changed[place] ^= 1 << dice.randrange(8)
            file.write_bytes(changed)
            path = file.relative_to(folder).as_posix()
            found = archive.check("doc-1").objects[0].faults
            assert [fault.kind for fault in found] == [FaultKind.ALTERED], path
            assert found[0].path == path.removesuffix(".sha512")
        file.write_bytes(whole)
    assert faults(archive) == ()


def test_any_missing_or_shortened_or_lengthened_file_is_reported(archive: Archive, folder: Path) -> None:
    for file in files_of(folder):
        whole = file.read_bytes()
        path = file.relative_to(folder).as_posix()
        for changed in {whole[:-1], whole + b"\0", b""} - {whole}:
            file.chmod(0o644)
            file.write_bytes(changed)
            assert {fault.kind for fault in archive.check("doc-1").objects[0].faults} == {FaultKind.ALTERED}, path
        file.unlink()
        found = archive.check("doc-1").objects[0].faults
        assert FixityFault(FaultKind.MISSING, path) in found
        file.write_bytes(whole)
    assert faults(archive) == ()


def test_an_altered_inventory_does_not_hide_an_altered_file(archive: Archive, folder: Path) -> None:
    for name in ("inventory.json", "v2/content/representations/signed/data/minutes.pdf"):
        (folder / name).chmod(0o644)
        (folder / name).write_bytes(b"?")
    assert {fault.path for fault in faults(archive)} == {
        "inventory.json",
        "v2/content/representations/signed/data/minutes.pdf",
    }


def test_an_object_without_any_inventory_is_still_counted(archive: Archive, folder: Path) -> None:
    for file in folder.rglob("inventory.json*"):
        file.unlink()
    assert {fault.kind for fault in faults(archive)} == {FaultKind.MISSING, FaultKind.UNREADABLE}


@pytest.mark.parametrize("name", ["extra.txt", "v1/content/extra", "v2/extra/empty/", "logs/a", "v3/content/x", "l@"])
def test_whatever_was_added_is_reported(archive: Archive, folder: Path, name: str) -> None:
    place = folder / name.rstrip("@/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith("/"):
        place.mkdir()
    elif name.endswith("@"):
        place.symlink_to("v1")
    else:
        place.write_bytes(b"x")
    found = faults(archive)
    assert name.rstrip("@/") in {fault.path for fault in found if fault.kind is FaultKind.UNEXPECTED}


def test_a_file_that_became_a_folder_or_a_link_is_reported(archive: Archive, folder: Path) -> None:
    pdf = folder / "v2/content/representations/signed/data/minutes.pdf"
    pdf.rename(folder.parent / "elsewhere")
    pdf.symlink_to(folder.parent / "elsewhere")
    assert FaultKind.UNEXPECTED in {fault.kind for fault in faults_of_one(archive)}
    pdf.unlink()
    pdf.mkdir()
    path = pdf.relative_to(folder).as_posix()
    assert {FaultKind.MISSING, FaultKind.UNEXPECTED} <= {f.kind for f in faults_of_one(archive) if f.path == path}


def faults_of_one(archive: Archive) -> tuple[FixityFault, ...]:
    return archive.check("doc-1").objects[0].faults


def test_an_unreadable_file_is_neither_missing_nor_skipped(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf = folder / "v2/content/representations/signed/data/minutes.pdf"
    opened = Path.open

    def fail(path: Path, *args: object, **keywords: object) -> object:
        if path == pdf:
            raise OSError(5, "Input/output error")
        return opened(path, *args, **keywords)  # type: ignore[call-overload]  # passed on as it came

    monkeypatch.setattr(Path, "open", fail)
    path = pdf.relative_to(folder).as_posix()
    assert faults(archive) == (FixityFault(FaultKind.UNREADABLE, path, "Input/output error"),)


def test_a_document_that_is_gone_altogether_is_reported(archive: Archive, folder: Path, root: Path) -> None:
    shutil.rmtree(root / folder.relative_to(root).parts[0])
    (found,) = faults(archive)
    assert found.kind is FaultKind.MISSING
    with pytest.raises(NotFoundError):
        archive.retrieve("doc-1")


def test_what_nobody_knows_cannot_be_checked(archive: Archive) -> None:
    with pytest.raises(NotFoundError):
        archive.check("no-such")


def test_strays_in_the_root_are_reported(archive: Archive, folder: Path, root: Path) -> None:
    (root / "notes.txt").write_bytes(b"x")
    (root / "abc" / "def").mkdir(parents=True)
    (folder.parent / "thumbs.db").write_bytes(b"x")
    report = archive.check()
    assert not report.failed
    assert not report.ok
    assert {stray.path for stray in report.strays} == {
        "notes.txt",
        "abc/def",
        (folder.parent / "thumbs.db").relative_to(root).as_posix(),
    }


@pytest.mark.usefixtures("folder")
def test_a_version_whose_mets_lies_is_reported(archive: Archive, root: Path) -> None:
    """OCFL finds such an object valid: the inventory is right, only the package is not."""
    store = StorageRoot(root)
    before = store.find("info:signflow/doc-1")
    assert before is not None
    with store.staging() as staging:
        for name in before.inventory.state:
            if not name.endswith("rounds.json"):
                data = before.read(name)
                staging.add(name, b"another report" if name.endswith("report.json") else data)
        staging.add("documentation/unlisted.txt", b"x")
        store.store(staging, "info:signflow/doc-1", before, VersionNote(LATER, "", "", ""))
    assert {(fault.kind, fault.path) for fault in faults(archive)} == {
        (FaultKind.ALTERED, "metadata/other/validation/report.json"),
        (FaultKind.MISSING, "metadata/other/history/rounds.json"),
        (FaultKind.UNEXPECTED, "documentation/unlisted.txt"),
    }


def test_a_damaged_object_is_not_called_archived(archive: Archive, folder: Path) -> None:
    pdf = folder / "v2/content/representations/signed/data/minutes.pdf"
    pdf.chmod(0o644)
    pdf.write_bytes(b"%PDF-1.7 forged")
    again = sample_package(1, files=sample_files(1, pdf=b"%PDF-1.7 second"))
    for attempt in (lambda: archive.ingest(again, now=LATER), lambda: archive.retrieve("doc-1")):
        with pytest.raises(IntegrityError) as refused:
            attempt()
        assert refused.value.code == "archive-file-altered"
