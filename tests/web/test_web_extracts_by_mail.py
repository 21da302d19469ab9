"""Extracts as they come out of a real mail server: what arrives, with what, and what the secretary learns of the rest."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from visitor import browser

from extract_house import NUMBER, PEOPLE, SECRET, archived, words_in
from life import Life
from post_office import PostOffice
from signflow.rounds.outcome import Decision
from signflow.rounds.sendings import Recipient
from signflow.steps.extracts import Choice, Order, send_extracts

BO = Recipient(0, "Förvaltningen B", "bo@example.org")
GONE = Recipient(0, "Ekonomichefen", "gone@example.org")
SECRETARY = "Helene Olofsson"


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as one:
        yield one


@pytest.fixture
def house(tmp_path: Path, post: PostOffice) -> Iterator[Life]:
    """Its minutes are signed by letters in a folder; from then on letters go to the mail server."""
    with Life(tmp_path / "data", PEOPLE) as life:
        archived(life)
    with Life(tmp_path / "data", PEOPLE, smtp_host="127.0.0.1", smtp_port=post.port, smtp_security="none") as life:
        yield life


def test_what_arrives_is_the_extracts_and_answers_go_to_the_secretary(house: Life, post: PostOffice) -> None:
    (line,) = house.ports.store.documents()
    document = house.ports.store.load(line.id)
    order = Order("n1", (Choice(1), Choice(2)), (BO,))
    assert isinstance(send_extracts(house.ports, document, order, SECRETARY), Decision)
    house.work()
    (letter,) = post.letters()
    assert letter.to == BO.address
    assert letter.reply_to == f"Södertörnskommunerna <{PEOPLE[SECRETARY]}>"
    assert letter.subject == "Utdrag § 1, § 2: Protokoll från Miljönämnden"
    assert list(letter.files) == [
        "Utdrag, § 1 Protokoll från Miljönämnden 2026-05-06.pdf",
        "Utdrag, § 2 Protokoll från Miljönämnden 2026-05-06.pdf",
    ]
    taxes, application = (words_in(PdfReader(io.BytesIO(data))) for data in letter.files.values())
    assert "Nämnden antar taxan." in taxes
    assert "Nämnden avslår." in application
    assert "[maskat]" in application
    for one in (taxes, application):
        assert document.archived is not None
        assert document.archived.pdf.digest in one.replace(" ", "")
        assert "Nämnden bygger tre." not in one
        assert SECRET not in one
        assert NUMBER not in one


def test_an_address_that_is_refused_is_told_on_the_page_and_in_the_timeline(house: Life, post: PostOffice) -> None:
    post.answers[GONE.address] = "550 5.1.1 No such user <b>here</b>"
    (line,) = house.ports.store.documents()
    document = house.ports.store.load(line.id)
    order = Order("n1", (Choice(1),), (GONE, BO))
    assert isinstance(send_extracts(house.ports, document, order, SECRETARY), Decision)
    house.work()
    assert [letter.to for letter in post.letters()] == [BO.address]
    with browser(house) as client:
        extracts, timeline = (client.get(f"/documents/{document.id}{more}").text for more in ("/extracts", ""))
    assert "Kunde inte levereras" in extracts
    assert "Svar: 550 5.1.1 No such user &lt;b&gt;here&lt;/b&gt;" in extracts
    assert "Utdrag § 1 kunde inte levereras till Ekonomichefen (gone@example.org)." in timeline
    assert "Svar: 550 5.1.1 No such user &lt;b&gt;here&lt;/b&gt;" in timeline
    assert "Utdrag § 1 har lämnats till mottagarens e-postserver: Förvaltningen B (bo@example.org)." in timeline
