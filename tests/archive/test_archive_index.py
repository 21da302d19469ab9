from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from archive_samples import LATER, NOW, sample_files, sample_package
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from signflow.archive.archive import Archive
from signflow.archive.package import ArchivedItem
from signflow.errors import UnavailableError


@pytest.fixture
def filled(archive: Archive) -> Archive:
    items = (ArchivedItem("§ 12", "Ås förskola", "Lokalen på Öringe byggs ut.", ("Att avslå överklagandet.",)),)
    archive.ingest(sample_package(1, title="Protokoll från Årsta", items=items, people=("Bo Ek",)), now=NOW)
    archive.ingest(sample_package(2, title="As och or", items=(), text="", people=("Åke af Ugglas",)), now=NOW)
    archive.ingest(sample_package(3, title="Budget", items=(), text="Årsbokslut", people=("Eva Öst",)), now=NOW)
    return archive


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("årsta", {"doc-1"}),
        ("ÅRSTA", {"doc-1"}),
        ("A\N{COMBINING RING ABOVE}rsta", {"doc-1"}),
        ("arsta", set()),
        ("års", {"doc-1", "doc-3"}),
        ("ås", {"doc-1"}),
        ("as", {"doc-2"}),
        ("öring", {"doc-1"}),
        ("oring", set()),
        ("överklag", {"doc-1"}),
        ("ugglas åke", {"doc-2"}),
        ("åke öst", set()),
        ("2020-01-18", {"doc-2"}),
        ("ledningsgrupp", {"doc-1", "doc-2", "doc-3"}),
        ("§ 12", {"doc-1"}),
        ("§", set()),
        ("budget OR protokoll", set()),
        ("NOT budget", set()),
        ('"budget', {"doc-3"}),
        ("title:budget", set()),
        ("   ", {"doc-1", "doc-2", "doc-3"}),
    ],
)
def test_what_is_found(filled: Archive, query: str, found: set[str]) -> None:
    assert {hit.document_id for hit in filled.find(query)} == found


@given(st.text(max_size=60))
@example('" OR 1=1 --')
@example("NEAR(a b)")
@example("a* ^b {c d}: -e + f")
@example("\0\ud800")
@example("'; DROP TABLE documents; --")
@example("ö" * 5000)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_raises(filled: Archive, query: str) -> None:
    filled.find(query)


def test_a_word_in_the_title_counts_more_than_one_in_the_text(archive: Archive) -> None:
    archive.ingest(sample_package(1, title="Möte", text="vatten " * 3), now=NOW)
    archive.ingest(sample_package(2, title="Vatten", text=""), now=NOW)
    assert [hit.document_id for hit in archive.find("vatten")] == ["doc-2", "doc-1"]
    assert "vatten" in archive.find("vatten")[1].snippet


def test_no_more_hits_than_asked_for(filled: Archive) -> None:
    assert len(filled.find("ledningsgrupp", limit=2)) == 2
    assert len(filled.find("", limit=1)) == 1


def test_a_later_version_replaces_what_was_indexed(filled: Archive) -> None:
    changed = sample_package(3, title="Reviderad plan", text="", files=sample_files(3, pdf=b"%PDF new"))
    filled.ingest(changed, now=LATER)
    assert filled.find("årsbokslut") == []
    assert [hit.document_id for hit in filled.find("reviderad")] == ["doc-3"]
    assert len(filled.list()) == 3


def test_all_documents_are_listed_by_date(filled: Archive) -> None:
    assert [hit.document_id for hit in filled.list()] == ["doc-3", "doc-2", "doc-1"]


@pytest.mark.parametrize("damage", ["gone", "no database", "damaged", "older", "kept"])
def test_the_index_is_rebuilt_from_storage_alone(filled: Archive, root: Path, index: Path, damage: str) -> None:
    queries = ["års", "ledningsgrupp", "2020", "förslaget", "öst", ""]
    before = [filled.find(query) for query in queries]
    filled.close()
    if damage == "gone":
        for file in index.parent.glob("index.db*"):
            file.unlink()
    elif damage == "no database":
        index.write_bytes(b"this is no database at all" * 100)
    elif damage == "damaged":
        data = bytearray(index.read_bytes())
        data[4096:8192] = bytes(4096)
        index.write_bytes(data)
    elif damage == "older":
        connection = sqlite3.connect(index)
        connection.execute("PRAGMA user_version = 0")
        connection.close()
    with Archive(root, index) as archive:
        assert [archive.find(query) for query in queries] == before
        assert archive.rebuild_index() == 3
        assert [archive.find(query) for query in queries] == before


def test_an_index_that_cannot_be_written_is_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError) as failed:
        Archive(root, tmp_path / "file" / "index.db")
    assert failed.value.code == "archive-index-unwritable"


def test_a_damaged_object_does_not_keep_the_others_from_being_found(filled: Archive, root: Path, index: Path) -> None:
    damaged = filled.copy("doc-2").object_path
    (root / damaged / "inventory.json").unlink()
    filled.close()
    index.unlink()
    with Archive(root, index) as archive:
        assert archive.unindexed == (damaged,)
        assert {hit.document_id for hit in archive.list()} == {"doc-1", "doc-3"}
        assert archive.check().failed == 1


def test_an_index_that_a_crash_left_without_content_is_made_anew(filled: Archive, root: Path, index: Path) -> None:
    filled.close()
    connection = sqlite3.connect(index)
    connection.execute("DELETE FROM documents")
    connection.execute("PRAGMA user_version = 0")
    connection.commit()
    connection.close()
    with Archive(root, index) as archive:
        assert len(archive.list()) == 3
