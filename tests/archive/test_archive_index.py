"""The archive's index as a file: what is found through the archive's door, and that it can always be made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_minutes import made_up_minutes
from archive_samples import LATER, NOW, sample_files, sample_package
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from signflow.archive.archive import Archive
from signflow.archive.index import ArchiveIndex
from signflow.archive.index_rows import DocumentEntry
from signflow.archive.package import ArchivedItem
from signflow.archive.search import Search
from signflow.errors import UnavailableError


@pytest.fixture
def filled(archive: Archive) -> Archive:
    items = (
        ArchivedItem(
            "§ 12", "Ås förskola", "Lokalen på Öringe byggs ut. Dnr KS 2024/00123.", ("Att avslå överklagandet.",)
        ),
    )
    archive.ingest(sample_package(1, title="Protokoll från Årsta", items=items, people=("Bo Ek",)), now=NOW)
    archive.ingest(sample_package(2, title="As och or", items=(), text="", people=("Åke af Ugglas",)), now=NOW)
    archive.ingest(sample_package(3, title="Budget", items=(), text="Årsbokslut", people=("Eva Öst",)), now=NOW)
    return archive


def found(archive: Archive, words: str, **filters: object) -> set[str]:
    return {hit.document_id for hit in archive.find(Search(words, **filters)).hits}  # type: ignore[arg-type]  # the names are the class's own


ALL = {"doc-1", "doc-2", "doc-3"}


@pytest.mark.parametrize(
    ("words", "documents"),
    [
        ("årsta", {"doc-1"}),
        ("ÅRSTA", {"doc-1"}),
        ("A\N{COMBINING RING ABOVE}rsta", {"doc-1"}),
        ("arsta", set()),
        ("års", set()),
        ("års*", {"doc-1", "doc-3"}),
        ("ås", {"doc-1"}),
        ("as", {"doc-2"}),
        ("förskolans", {"doc-1"}),
        ("förskolor årsta", {"doc-1"}),
        ("öring*", {"doc-1"}),
        ("oring*", set()),
        ("överklagan", {"doc-1"}),
        ('"ås förskola"', {"doc-1"}),
        ('"förskola ås"', set()),
        ("”ås förskola”", {"doc-1"}),
        ("ugglas åke", {"doc-2"}),
        ("åke öst", set()),
        ("2020-01-18", {"doc-2"}),
        ("ledningsgruppen", ALL),
        ("ledningsgruppen -budget", {"doc-1", "doc-2"}),
        ("ledningsgruppen -budgeten -år*", {"doc-2"}),
        ("-budget", set()),
        ("§ 12", {"doc-1"}),
        ("§12", {"doc-1"}),
        ("12 §", {"doc-1"}),
        ("12", {"doc-1"}),
        ("§ 1", set()),
        ("ks 2024/123", {"doc-1"}),
        ("KS 2024-123", {"doc-1"}),
        ("2024:00123", {"doc-1"}),
        ("2024/12", set()),
        ("§", set()),
        ("budget OR protokoll", set()),
        ("NOT budget", set()),
        ('"budget', {"doc-3"}),
        ("title:budget", set()),
        ("   ", ALL),
    ],
)
def test_what_is_found(filled: Archive, words: str, documents: set[str]) -> None:
    assert found(filled, words) == documents


@pytest.mark.parametrize(
    ("words", "filters", "documents"),
    [
        ("", {"person": "ugglas"}, {"doc-2"}),
        ("", {"person": "Åke ugglas"}, {"doc-2"}),
        ("", {"person": "Åke Öst"}, set()),
        ("", {"person": "!"}, set()),
        ("årsbokslut", {"person": "eva"}, {"doc-3"}),
        ("årsbokslut", {"person": "bo"}, set()),
        ("", {"item": 12}, {"doc-1"}),
        ("förskola", {"item": 12}, {"doc-1"}),
        ("", {"item": 1}, set()),
        ("överklagande", {"decisions": True}, {"doc-1"}),
        ("förskola", {"decisions": True}, set()),
        ("", {"body": "Södertörnskommunernas ledningsgrupp"}, ALL),
        ("", {"body": "Södertörn"}, set()),
        ("", {"minutes_class": "notes"}, ALL),
        ("", {"minutes_class": "protocol"}, set()),
        ("", {"since": "2020-01-18"}, {"doc-2", "doc-3"}),
        ("", {"until": "2020-01-18"}, {"doc-1", "doc-2"}),
        ("ledningsgrupp", {"since": "2020-01-18", "until": "2020-01-18"}, {"doc-2"}),
        ("", {"since": "2021-01-01"}, set()),
        ("", {"since": "no day"}, ALL),
    ],
)
def test_filters(filled: Archive, words: str, filters: dict[str, object], documents: set[str]) -> None:
    assert found(filled, words, **filters) == documents


@given(st.text(max_size=60), st.text(max_size=20))
@example('" OR 1=1 --', '"')
@example("NEAR(a b)", "*")
@example("a* ^b {c d}: -e + f", "a OR b")
@example("\0\ud800", "\0")
@example("'; DROP TABLE documents; --", "'")
@example("ö" * 5000, "ö" * 5000)
@example("h:budget m:whole c:x*", "m:n1")
@example("§ 99999999999999999999999999", "")
@example("-" * 50 + '"' * 50, "")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_raises(filled: Archive, words: str, other: str) -> None:
    filled.find(Search(words))
    filled.find(Search(words, person=other, body=other, since=other, until=other, decisions=True))


def test_a_word_in_the_title_counts_more_than_one_in_the_text(archive: Archive) -> None:
    archive.ingest(sample_package(1, title="Möte", text="vatten " * 3), now=NOW)
    archive.ingest(sample_package(2, title="Vatten", text=""), now=NOW)
    first, second = archive.find(Search("vatten")).hits
    assert (first.document_id, second.document_id) == ("doc-2", "doc-1")
    assert "vatten" in second.snippet


def test_pages_hold_each_document_once_in_one_order(filled: Archive) -> None:
    for words in ("ledningsgrupp", ""):
        pages = [filled.find(Search(words, page=page), 2) for page in (1, 2, 3)]
        assert [page.total for page in pages] == [3, 3, 3]
        assert [page.pages for page in pages] == [2, 2, 2]
        once = [hit.document_id for page in pages for hit in page.hits]
        assert sorted(once) == sorted(ALL)
        assert once == [hit.document_id for hit in filled.find(Search(words)).hits]


def test_counts_by_body_and_year(filled: Archive) -> None:
    result = filled.find(Search("ledningsgrupp"))
    assert result.bodies == (("Södertörnskommunernas ledningsgrupp", 3),)
    assert result.years == (("2020", 3),)
    assert not result.more
    assert filled.bodies() == ["Södertörnskommunernas ledningsgrupp"]


def test_a_later_version_replaces_what_was_indexed(filled: Archive) -> None:
    changed = sample_package(3, title="Reviderad plan", body="Nämnden", text="", files=sample_files(3, pdf=b"%PDF new"))
    filled.ingest(changed, now=LATER)
    assert found(filled, "årsbokslut") == set()
    assert found(filled, "årsbok*") == set()
    assert found(filled, "reviderad") == {"doc-3"}
    assert filled.bodies() == ["Nämnden", "Södertörnskommunernas ledningsgrupp"]
    assert len(filled.list()) == 3


def test_all_documents_are_listed_by_date(filled: Archive) -> None:
    assert [hit.document_id for hit in filled.list()] == ["doc-3", "doc-2", "doc-1"]
    assert [hit.document_id for hit in filled.find(Search()).hits] == ["doc-3", "doc-2", "doc-1"]


QUESTIONS = [Search("års*"), Search("ledningsgrupp"), Search("2020"), Search("förslaget"), Search("öst"), Search()]


@pytest.mark.parametrize("damage", ["gone", "no database", "damaged", "older", "kept"])
def test_the_index_is_rebuilt_from_storage_alone(filled: Archive, root: Path, index: Path, damage: str) -> None:
    before = [filled.find(question) for question in QUESTIONS]
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
        connection.execute("PRAGMA user_version = 2")
        connection.close()
    with Archive(root, index) as archive:
        assert [archive.find(question) for question in QUESTIONS] == before
        assert archive.rebuild_index() == 3
        assert [archive.find(question) for question in QUESTIONS] == before


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that is in an index but the numbers that depend on the order in which it was made."""
    connection = sqlite3.connect(file)
    try:
        return {
            "documents": connection.execute(
                "SELECT document_id, title, body, date FROM documents ORDER BY 1"
            ).fetchall(),
            "passages": connection.execute(
                "SELECT document_id, position, label, heading, decisions, text FROM passages"
                " JOIN documents ON documents.number = document ORDER BY 1, 2"
            ).fetchall(),
            "names": connection.execute("SELECT kind, name FROM names ORDER BY 1, 2").fetchall(),
            "stems": connection.execute("SELECT stem, rows FROM stems ORDER BY 1").fetchall(),
            "words": connection.execute("SELECT count(*) FROM words").fetchall(),
        }
    finally:
        connection.close()


def entries(seed: int, count: int) -> list[DocumentEntry]:
    return [DocumentEntry(one, 1, one.document_id) for one in made_up_minutes(count, seed, items=3, words=12)]


@given(st.integers(1, 10_000), st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_documents_put_one_by_one_are_the_index_that_is_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("two")
    documents = entries(seed, 6)
    others = entries(seed + 1, 6)
    at_once = ArchiveIndex(folder / "once.db", lambda: documents)
    one_by_one = ArchiveIndex(folder / "one.db", tuple)
    for place, entry in enumerate(data.draw(st.permutations(documents))):
        # something else stood there before, or the same
        before = data.draw(st.sampled_from([None, entry, others[place]]))
        if before:
            changed = before.description.__class__(
                **{name: getattr(before.description, name) for name in before.description.__slots__}
                | {"document_id": entry.description.document_id}
            )
            one_by_one.put(DocumentEntry(changed, 1, "elsewhere"))
        one_by_one.put(entry)
    for question in (Search("förskola"), Search("beslut -taxa"), Search("bygg*"), Search(), Search(person="Åsa")):
        assert {h.document_id for h in at_once.find(question).hits} == {
            h.document_id for h in one_by_one.find(question).hits
        }
    at_once.close()
    one_by_one.close()
    first, second = contents(folder / "once.db"), contents(folder / "one.db")
    assert set(second.pop("names")) >= set(first.pop("names"))
    assert first == second


def test_who_reads_sees_the_index_before_or_after_a_rebuild_and_never_waits(tmp_path: Path) -> None:
    documents = entries(1, 20)
    index = ArchiveIndex(tmp_path / "index.db", lambda: documents)
    reader = ArchiveIndex(tmp_path / "index.db", tuple)
    seen: list[int] = []

    def watched() -> Iterator[DocumentEntry]:
        for entry in documents[:7]:
            seen.append(reader.find(Search()).total)
            yield entry

    assert index.replace_all(watched()) == 7
    assert seen == [20] * 7
    assert reader.find(Search()).total == 7

    def broken() -> Iterator[DocumentEntry]:
        yield documents[0]
        raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        index.replace_all(broken())
    assert reader.find(Search()).total == index.find(Search()).total == 7
    index.close()
    reader.close()


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
