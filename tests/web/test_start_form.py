"""The desk's way to a fresh draft: a form without JavaScript, and the file that comes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from visitor import TestClient, browser

from life import Life
from signflow.blobs import DOCX
from signflow.store.people import RegisteredPerson

FORM = {"class": "protocol", "body": "Södra nämnden", "date": "2026-11-30", "first_item": "94", "language": "sv"}


@pytest.fixture
def client(life: Life) -> Iterator[TestClient]:
    with browser(life) as one:
        yield one


def test_the_file_is_what_was_asked_for(life: Life, client: TestClient) -> None:
    life.ports.people.put(
        [RegisteredPerson("Åsa *Ek*", "Södra nämnden", "asa@example.org", ("secretary",))],
    )
    answer = client.post("/drafts/new", data={**FORM, "format": "markdown"})
    assert answer.status_code == 200
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert "protokoll-s%C3%B6dra-n%C3%A4mnden-2026-11-30.md" in disposition
    assert "Åsa \\*Ek\\*" in answer.text
    assert "## § 94 " in answer.text
    word = client.post("/drafts/new", data={**FORM, "format": "word", "language": "en", "class": "notes"})
    assert word.headers["content-type"] == DOCX
    document: Any = Document(io.BytesIO(word.content))
    assert document.paragraphs[0].text == "Meeting notes"
    assert "Åsa *Ek*" in {cell.text for table in document.tables for row in table.rows for cell in row.cells}


def test_nothing_is_kept_of_it(life: Life, client: TestClient) -> None:
    client.post("/drafts/new", data={**FORM, "format": "word"})
    assert life.ports.store.documents() == ()
    assert life.ports.store.open_work() == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("class", "letter"),
        ("class", ""),
        ("format", "pdf"),
        ("language", "fi"),
        ("date", "30 november"),
        ("date", "2026-02-30"),
        ("first_item", "0"),
        ("first_item", "9" * 5000),
        ("first_item", "x"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_in_words(client: TestClient, field: str, value: str) -> None:
    answer = client.post("/drafts/new", data={**FORM, "format": "word", field: value})
    assert answer.status_code == 400
    assert "2026-01-31" in answer.text


def test_another_site_cannot_ask_for_it(client: TestClient) -> None:
    foreign = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/drafts/new", data={**FORM, "format": "word"}, headers=foreign).status_code == 403
    assert client.get("/drafts/new").status_code == 404


def test_the_form_offers_bodies_that_are_known_and_takes_word(life: Life, client: TestClient, sample: bytes) -> None:
    life.drop(sample)
    page = client.get("/").text
    assert '<option value="Södertörnskommunernas ledningsgrupp">' in page
    assert re.search(r'<input id="file"[^>]* accept="[^"]*\.docx"', page)


def test_a_word_draft_has_its_paragraphs_beside_the_findings(life: Life, client: TestClient) -> None:
    fresh = client.post("/drafts/new", data={**FORM, "format": "word"}).content
    document = life.drop(fresh, "Protokoll november.docx")
    page = client.get(f"/documents/{document.id}")
    assert page.status_code == 200
    places = re.findall(r'<a href="#line-(\d+)">Stycke \1</a>', page.text)
    assert len(places) > 10
    assert all(f'<li id="line-{place}" class="error">' in page.text for place in places)
    assert "Rad 1" not in page.text
    assert 'href="#line-3"' in page.text
    again = client.get(f"/documents/{document.id}?lang=en")
    assert "Paragraph 3" in again.text
