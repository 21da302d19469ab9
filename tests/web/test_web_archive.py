"""The archivist's pages: the search, one document, and what is fetched of it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visitor import TestClient, browser

from archive.archive_samples import NOW, pdf_bytes, sample_package
from life import Life
from signflow.archive.handing_out import PackedFile, stream_zip
from signflow.archive.package import SIGNED_PDF, ArchivedItem
from signflow.errors import IntegrityError
from signflow.rounds.model import Document
from signflow.web.archive_choice import ArchiveChoice, read_archive_choice
from signflow.web.archived import item_views

ANNA, HELENE = "anna@example.org", "helene@example.org"
NASTY = '<b onclick="x">&amp;'


@pytest.fixture
def client(life: Life) -> Iterator[TestClient]:
    with browser(life, **{"Accept-Language": "sv"}) as one:
        yield one


@pytest.fixture
def archived(life: Life, sample: bytes) -> Document:
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    return life.load(document)


@pytest.fixture
def many(life: Life) -> Life:
    for seed in range(1, 25):
        items = (
            ArchivedItem(
                "§ 3", f"Bygglov {NASTY}", f"§ 3 Bygglov {NASTY} Förskolan {NASTY} byggs ut {seed}.", ("Bifall.",)
            ),
        )
        body = "Kommunstyrelsen" if seed % 2 else "Nämnden & rådet"
        life.ports.archive.ingest(
            sample_package(seed, items=items, title=f"Protokoll {seed} {NASTY}", body=body), now=NOW
        )
    return life


@pytest.mark.usefixtures("many")
def test_a_passage_is_marked_and_everything_else_escaped(client: TestClient) -> None:
    page = client.get("/archive", params={"q": "förskolor"})
    assert page.status_code == 200
    assert "<mark>Förskolan</mark>" in page.text
    assert NASTY not in page.text
    assert "24 handlingar med" in page.text
    assert re.search(r'href="/d/doc-[0-9]+#item-1"', page.text)
    assert "Sida 1 av 2" in page.text
    assert set(re.findall(r'href="/d/(doc-\d+)"', page.text)).isdisjoint(
        re.findall(r'href="/d/(doc-\d+)"', client.get("/archive", params={"q": "förskolor", "page": "2"}).text)
    )


@pytest.mark.usefixtures("many")
def test_filters_stand_in_the_address_and_in_the_form(client: TestClient) -> None:
    page = client.get("/archive?q=bygglov&body=N%C3%A4mnden+%26+r%C3%A5det&from=2020-01-01&decisions=")
    assert "12 handlingar" in page.text
    assert "<details open>" in page.text
    assert "selected>Nämnden &amp; rådet" in page.text
    assert "Kommunstyrelsen</a>" not in page.text
    facets = client.get("/archive?q=bygglov").text
    assert "/archive?q=bygglov&amp;body=Kommunstyrelsen" in facets
    for address in ("/archive?item=%C2%A7+3", "/archive?class=notes", "/archive?to=2030-12-31"):
        assert "24 handlingar, de nyaste först" in client.get(address).text
    assert "Inga handlingar" in client.get("/archive?item=4").text


@pytest.mark.usefixtures("many")
def test_an_empty_result_says_what_to_do(client: TestClient) -> None:
    page = client.get("/archive", params={"q": "förskol xyz", "body": "Kommunstyrelsen"})
    assert page.status_code == 200
    assert "Inga träffar på" in page.text
    assert "/archive?q=f%C3%B6rskol+xyz&#34;" not in page.text
    assert "utan begränsningar" in page.text
    assert "förskol* xyz*" in page.text
    assert "Sök efter allt" not in client.get("/archive", params={"q": "xyz*"}).text
    assert "första sidan" in client.get("/archive", params={"q": "bygglov", "page": "99"}).text


def test_an_empty_archive_says_so(client: TestClient) -> None:
    assert "Arkivet är tomt" in client.get("/archive").text


@given(
    st.dictionaries(
        st.sampled_from(["q", "body", "class", "person", "from", "to", "item", "decisions", "page"]),
        st.text(max_size=30),
    )
)
def test_any_address_is_read_and_stands_for_itself(fields: dict[str, str]) -> None:
    choice = read_archive_choice(fields)
    told = dict(re.findall(r"[?&]([a-z]+)=([^&]*)", choice.address))
    assert set(told) <= {"q", "body", "class", "person", "from", "to", "item", "decisions", "page"}
    assert choice.page >= 1
    assert choice.at(1).page == 1
    assert choice.words_alone() == ArchiveChoice(choice.words)


def test_the_document_shows_its_items_its_proof_and_what_can_be_fetched(
    life: Life, client: TestClient, archived: Document
) -> None:
    page = client.get(f"/d/{archived.id}").text
    assert "Kontrollerad nu" in page
    assert "Före arkiveringen" in page
    assert "Giltig" in page
    assert "Helene Olofsson" in page
    assert "nästa dagliga körning" in page
    assert f'href="/d/{archived.id}/items/3.pdf"' in page
    assert 'href="/verify"' in page
    now = client.post(f"/d/{archived.id}/validation")
    assert now.status_code == 200
    assert "Kontrollerade nu" in now.text
    assert "Kontrollera igen" in now.text
    life.ports.store.load(archived.id)  # validating changed nothing
    assert life.ports.store.open_work() == ()


@pytest.mark.usefixtures("many")
def test_a_document_that_the_database_has_lost_is_shown_from_the_archive(client: TestClient) -> None:
    page = client.get("/d/doc-3")
    assert page.status_code == 200
    assert "Protokoll 3" in page.text
    assert NASTY not in page.text
    assert "går inte att läsa" in page.text  # the made-up report is none
    assert client.get("/d/nosuch").status_code == 404
    assert client.get("/d/nosuch/package.zip").status_code == 404
    assert client.post("/d/nosuch/validation").status_code == 404


def test_copies_are_made_from_the_archive_and_say_what_they_are_of(
    life: Life, client: TestClient, archived: Document
) -> None:
    place = f"/d/{archived.id}"
    web, html, extract = (client.get(f"{place}/{name}") for name in ("web.pdf", "web.html", "items/3.pdf"))
    assert web.content.startswith(b"%PDF")
    assert extract.content.startswith(b"%PDF")
    assert "webbkopia" in web.headers["content-disposition"]
    assert "utdrag" in extract.headers["content-disposition"]
    digest = hashlib.sha256(life.ports.archive.retrieve(archived.id)).hexdigest()
    assert digest in html.text
    assert client.get(f"{place}/web.pdf").content == web.content
    assert client.get(f"{place}/items/99.pdf").status_code == 404


def test_a_part_of_the_signed_file_can_be_asked_for(life: Life, client: TestClient, archived: Document) -> None:
    whole = life.ports.archive.retrieve(archived.id)
    part = client.get(f"/d/{archived.id}/minutes.pdf", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    name = client.get(f"/d/{archived.id}/minutes.pdf").headers["content-disposition"]
    assert "S%C3%B6dert%C3%B6rn" in name
    assert 'filename="Minnesanteckningar fran' in name


def test_the_whole_package_is_the_inventory_byte_by_byte(life: Life, client: TestClient, archived: Document) -> None:
    answer = client.get(f"/d/{archived.id}/package.zip")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{archived.id}.zip"')
    assert client.get(f"/d/{archived.id}/package.zip").content == answer.content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        digests = {
            name.removeprefix(f"{archived.id}/"): hashlib.sha512(packed.read(name)).hexdigest()
            for name in packed.namelist()
        }
    (inventory,) = (life.settings.data / "archive").rglob(f"*{archived.id}/inventory.json")
    state = json.loads(inventory.read_bytes())["versions"]["v1"]["state"]
    assert digests == {name: digest for digest, names in state.items() for name in names}


def test_what_is_handed_out_holds_no_restricted_evidence(life: Life, client: TestClient, archived: Document) -> None:
    answer = client.get(f"/d/{archived.id}/access.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = [name.removeprefix(f"{archived.id}/") for name in packed.namelist()]
        assert packed.read(f"{archived.id}/{SIGNED_PDF}") == life.ports.archive.retrieve(archived.id)
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert {"representations/access/data/web.pdf", "representations/access/data/web.html"} <= set(names)
    assert not [name for name in names if "evidence" in name or "history" in name or "source" in name]
    assert ANNA.encode() not in everything


def test_of_a_damaged_package_nothing_is_handed_out(life: Life, client: TestClient, archived: Document) -> None:
    (history,) = (life.settings.data / "archive").rglob("history.json")
    history.chmod(0o600)
    history.write_bytes(history.read_bytes() + b" ")
    page = client.get(f"/d/{archived.id}")
    assert page.status_code == 200
    assert "Arkivpaketet är inte som det lades in" in page.text
    assert "package.zip" not in page.text
    assert client.get(f"/d/{archived.id}/package.zip").status_code == 500


def test_a_file_that_changes_while_it_is_sent_ends_the_zip(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * 3_000_000)
    sent = stream_zip([PackedFile("large", file, hashlib.sha512(b"y" * 3_000_000).hexdigest())])
    with pytest.raises(IntegrityError) as failed:
        list(sent)
    assert failed.value.code == "archive-file-altered"


@given(st.dictionaries(st.text("abcåäö/", min_size=1, max_size=8), st.binary(max_size=2000), max_size=6))
def test_any_files_are_in_the_zip_as_they_are_and_always_the_same(files: dict[str, bytes]) -> None:
    packed = [PackedFile(name, data) for name, data in sorted(files.items())]
    whole = b"".join(stream_zip(packed))
    assert b"".join(stream_zip(packed)) == whole
    with zipfile.ZipFile(io.BytesIO(whole)) as read:
        assert {info.filename: read.read(info) for info in read.infolist()} == files


def test_a_zip_is_made_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(pdf_bytes(1, 5_000_000))
    pieces = list(stream_zip([PackedFile("large", file)]))
    assert max(map(len, pieces)) <= 1 << 20


def test_extracts_are_offered_where_a_number_is_one_items_alone() -> None:
    def numbers(*labels: str) -> list[int | None]:
        return [view.extract for view in item_views([ArchivedItem(label, "", "", ()) for label in labels])]

    assert numbers("§ 7", "§ 8") == [7, 8]
    assert numbers("", "") == [1, 2]
    assert numbers("§ 7", "§ 7", "") == [None, None, None]
    assert numbers("KS § 12/2024") == [12]
