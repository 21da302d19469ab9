from __future__ import annotations

import errno
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from archive_samples import LATER, NOW, sample_files, sample_package
from hypothesis import given
from hypothesis import strategies as st
from ocfl_oracle import ocfl_remarks

from signflow.archive import durable, layout
from signflow.archive.archive import Archive
from signflow.archive.inventory import VersionNote, build_sidecar, read_inventory
from signflow.archive.ocfl import STAGING_FOLDER, StorageRoot
from signflow.errors import IntegrityError, SettingsError, StaleError, UnavailableError

NOTE = VersionNote(NOW, "why", "Exempelkommun", "mailto:arkiv@example.se")


def test_a_folder_with_something_else_in_it_is_not_taken_over(root: Path, index: Path) -> None:
    root.mkdir()
    (root / "family photos").mkdir()
    with pytest.raises(SettingsError) as refused:
        Archive(root, index)
    assert refused.value.code == "archive-root-foreign"
    assert [path.name for path in root.iterdir()] == ["family photos"]


@pytest.mark.parametrize("change", ["declaration", "layout", "configuration", "gone"])
def test_a_storage_root_of_another_kind_is_refused(root: Path, index: Path, change: str) -> None:
    StorageRoot(root)
    configuration = root / "extensions" / layout.EXTENSION / "config.json"
    if change == "gone":
        configuration.unlink()
    else:
        names = {
            "declaration": root / "0=ocfl_1.1",
            "layout": root / "ocfl_layout.json",
            "configuration": configuration,
        }
        names[change].write_text(names[change].read_text().replace("ocfl_1", "ocfl_2").replace("3", "2"))
        if change == "declaration":
            names[change].write_text("ocfl_2.0\n")
    with pytest.raises(SettingsError) as refused:
        Archive(root, index)
    assert refused.value.code in {"archive-root-foreign", "archive-root-layout"}


def test_a_root_that_was_left_half_made_is_completed(root: Path) -> None:
    StorageRoot(root)
    (root / "0=ocfl_1.1").rename(root / "0=ocfl_1.1.new")
    (root / "ocfl_layout.json").unlink()
    StorageRoot(root)
    assert ocfl_remarks(root) == []


@pytest.mark.oracle("ocfl-py")
def test_first_and_later_versions_are_valid_without_a_remark(archive: Archive, root: Path) -> None:
    for seed in range(3):
        assert archive.ingest(sample_package(seed), now=NOW).version == 1
    assert ocfl_remarks(root) == []
    for version in (2, 3):
        changed = sample_package(1, files=sample_files(1, pdf=b"%PDF-1.7 version " + bytes([version])))
        assert archive.ingest(changed, now=LATER).version == version
        assert ocfl_remarks(root) == []


@pytest.mark.oracle("ocfl-py")
@given(st.text(min_size=1, max_size=150).filter(str.isprintable))
def test_objects_lie_where_the_layout_says(document_id: str) -> None:
    ours = layout.object_path_of(layout.object_id_of(document_id))
    theirs = pytest.importorskip("ocfl.layout_0003_hash_and_id_n_tuple").Layout_0003_Hash_And_Id_N_Tuple()
    assert ours.as_posix() == theirs.identifier_to_path(layout.object_id_of(document_id))


def test_a_later_version_stores_only_what_is_new(archive: Archive, root: Path) -> None:
    first = archive.ingest(sample_package(), now=NOW)
    folder = root / first.object_path
    before = {path: path.read_bytes() for path in (folder / "v1").rglob("*") if path.is_file()}
    archive.ingest(sample_package(files=sample_files(1, pdf=b"%PDF-1.7 renewed")), now=LATER)
    assert {path: path.read_bytes() for path in (folder / "v1").rglob("*") if path.is_file()} == before
    new = {
        path.relative_to(folder / "v2/content").name for path in (folder / "v2/content").rglob("*") if path.is_file()
    }
    assert new == {"minutes.pdf", "METS.xml", "premis.xml"}
    versions = json.loads((folder / "inventory.json").read_text())["versions"]
    assert versions["v1"]["created"] == "2020-02-03T12:30:00Z"
    assert versions["v2"]["user"] == {"name": "Exempelkommun", "address": "mailto:arkiv@example.se"}


def test_two_files_with_the_same_bytes_are_stored_once(root: Path) -> None:
    store = StorageRoot(root)
    with store.staging() as staging:
        for name in ("a", "b/c", "empty", "b/empty"):
            staging.add(name, b"" if "empty" in name else b"same")
        stored = store.store(staging, "info:signflow/x", None, NOTE)
    assert {stored.read("a"), stored.read("b/c")} == {b"same"}
    assert {stored.read("empty"), stored.read("b/empty")} == {b""}
    assert sum(path.is_file() for path in (stored.folder / "v1/content").rglob("*")) == 2
    assert ocfl_remarks(root) == []


def test_what_is_stored_cannot_be_written_to(archive: Archive, root: Path) -> None:
    folder = root / archive.ingest(sample_package(), now=NOW).object_path
    assert {path.stat().st_mode & 0o222 for path in folder.rglob("*") if path.is_file()} == {0}


def test_leftovers_go_at_the_next_start_unless_somebody_is_staging(root: Path) -> None:
    store = StorageRoot(root)
    with store.staging() as staging:
        staging.add("a", b"x")
        StorageRoot(root)
        assert (staging.folder / "content/a").read_bytes() == b"x"
    leftover = root / STAGING_FOLDER / "tmpabc"
    leftover.mkdir(parents=True)
    (leftover / "half").write_bytes(b"half a file")
    StorageRoot(root)
    assert not (root / STAGING_FOLDER).exists()


def test_the_second_of_two_who_store_at_once_is_told(root: Path) -> None:
    store = StorageRoot(root)
    with store.staging() as slow, store.staging() as fast:
        slow.add("a", b"slow")
        fast.add("a", b"fast")
        store.store(fast, "info:signflow/x", None, NOTE)
        with pytest.raises(StaleError):
            store.store(slow, "info:signflow/x", None, NOTE)
    found = store.find("info:signflow/x")
    assert found is not None
    assert found.read("a") == b"fast"


def test_many_at_once_make_one_version_each(archive: Archive, root: Path) -> None:
    def ingest(seed: int) -> int:
        try:
            return archive.ingest(sample_package(seed), now=NOW).version
        except StaleError:
            return archive.ingest(sample_package(seed), now=NOW).version

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ingest, [1, 2, 1, 3, 2, 1, 4, 1])) == {1}
    assert ocfl_remarks(root) == []
    assert archive.check().checked == 4
    assert not (root / STAGING_FOLDER).exists()


@pytest.mark.parametrize("fault", [(errno.ENOSPC, "archive-disk-full"), (errno.EIO, "archive-write-failed")])
@pytest.mark.parametrize("after", [0, 5, 18])
def test_a_failing_disk_leaves_nothing_behind(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch, fault: tuple[int, str], after: int
) -> None:
    number, code = fault
    calls = iter(range(1000))
    whole = durable.write_durably

    def fail(path: Path, content: bytes | Path) -> durable.Digests:
        if next(calls) == after:
            raise OSError(number, "planted")
        return whole(path, content)

    monkeypatch.setattr(durable, "write_durably", fail)
    with pytest.raises(UnavailableError) as failed:
        archive.ingest(sample_package(), now=NOW)
    assert failed.value.code == code
    assert sorted(path.name for path in root.iterdir()) == ["0=ocfl_1.1", "extensions", "ocfl_layout.json"]
    assert archive.ingest(sample_package(), now=NOW).version == 1


def test_a_disk_that_does_not_keep_what_was_written_is_found_out(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = durable.write_durably

    def lose_a_bit(path: Path, content: bytes | Path) -> durable.Digests:
        digests = whole(path, content)
        if path.name == "minutes.pdf":
            data = bytearray(path.read_bytes())
            data[100] ^= 1
            path.chmod(0o644)
            path.write_bytes(data)
        return digests

    monkeypatch.setattr(durable, "write_durably", lose_a_bit)
    with pytest.raises(IntegrityError) as failed:
        archive.ingest(sample_package(), now=NOW)
    assert failed.value.code == "archive-write-corrupted"
    assert not list(root.glob("???"))


def test_a_file_system_that_cannot_exchange_is_named_and_keeps_the_old_version(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(one: Path, other: Path) -> None:
        raise OSError(errno.EINVAL, "planted", str(one), None, str(other))

    archive.ingest(sample_package(), now=NOW)
    monkeypatch.setattr(durable, "exchange", cannot)
    with pytest.raises(SettingsError) as failed:
        archive.ingest(sample_package(files=sample_files(1, pdf=b"new")), now=LATER)
    assert failed.value.code == "archive-filesystem-unfit"
    assert archive.copy("doc-1").version == 1
    assert ocfl_remarks(root) == []


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"versions": {"v2": {}}, "manifest": {}, "head": "v1"}'])
def test_an_inventory_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError) as refused:
        read_inventory(data, build_sidecar(data), "here")
    assert refused.value.code == "archive-inventory-altered"
