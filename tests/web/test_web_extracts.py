"""Sending extracts as the secretary does it: by forms alone, with what is masked said before, and nothing doubled."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from visitor import browser

from extract_house import MINUTES, NUMBER, PEOPLE, SECRET, archived, words_in
from life import Life, text_of
from signflow.rounds.model import Document
from signflow.rounds.sendings import Delivery


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE) as life:
        yield life


def nonce_in(page: str) -> str:
    found = re.search(r'name="nonce" value="([\w-]{22})"', page)
    assert found
    return found[1]


def place_of(document: Document) -> str:
    return f"/documents/{document.id}/extracts"


def test_the_secretary_chooses_items_and_recipients_and_sees_what_became_of_it(house: Life) -> None:
    document = archived(house)
    place = place_of(document)
    with browser(house) as client:
        assert f'href="{place}"' in client.get(f"/documents/{document.id}").text
        assert f'href="{place}"' in client.get(f"/d/{document.id}").text
        page = client.get(place).text
        assert "checked" not in page
        assert "Punkten innehåller 2 uppgifter som maskas" in page
        form = {
            "nonce": nonce_in(page),
            "item-1": "1",
            "item-2": "2",
            "recipients": "Förvaltningen B <bo@Example.org>\n\n  eva@example.org \nanna söderström",
            "to-1": PEOPLE["Karin Åkesson"],
            "to-9": "nobody@example.org",
        }
        answer = client.post(place, data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{place}#sent")
        assert "Väntar på att skickas" in client.get(place).text
        assert client.post(place, data=form).status_code == 303  # the button was pressed twice
        house.work()
        page = client.get(place).text
        assert page.count("Skickat</p>") == 4
        assert "§ 2 skickades maskad." in page
        timeline = client.get(f"/documents/{document.id}").text
    assert "skickade utdrag § 1, § 2 till Förvaltningen B (bo@example.org)." in timeline
    assert "Utdrag § 1, § 2 har lämnats till mottagarens e-postserver: eva@example.org." in timeline
    sendings = house.load(document).sendings
    assert [one.named for one in sendings[0].recipients] == [
        f"Karin Åkesson ({PEOPLE['Karin Åkesson']})",
        "Förvaltningen B (bo@example.org)",
        "eva@example.org",
        f"Anna Söderström ({PEOPLE['Anna Söderström']})",
    ]
    assert len(sendings) == 1
    assert len(house.mails("bo@example.org")) == 1
    assert "Skickat av: Helene Olofsson" in text_of(house.mails("bo@example.org")[0])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"item-1": ""}, "Välj minst en punkt"),
        ({"recipients": " \n"}, "Ange minst en mottagare"),
        ({"recipients": "Ingen Alls"}, "Ingen Alls är ingen adress"),
        ({"recipients": "a@b\x00c.example"}, "ingen adress"),
        ({"recipients": "Eve <eve@example.org, bo@example.org>"}, "ingen adress"),
        ({"recipients": "\n".join(f"p{number}@example.org" for number in range(51))}, "Högst 50 mottagare"),
        ({"item-7": "7"}, "7"),
        ({"item-2": "2", "unmasked-2": "1"}, "Ange skälet till att § 2 skickas omaskad"),
        ({"item-2": "2", "unmasked-2": "1", "reason-2": "x" * 1001}, "Skriv högst 1000 tecken"),
    ],
)
def test_what_cannot_be_sent_is_told_and_what_was_typed_stays(house: Life, changed: dict[str, str], said: str) -> None:
    document = archived(house)
    place = place_of(document)
    with browser(house) as client:
        form = {"nonce": "n" * 22, "item-1": "1", "recipients": "kvar@example.org", **changed}
        answer = client.post(place, data=form)
        assert answer.status_code == 422
        assert said in answer.text
        assert ("kvar@example.org" in answer.text) is ("recipients" not in changed)
        assert 'value="' + "n" * 22 in answer.text
        assert re.search(r'name="item-1" value="1"[^>]* checked', answer.text) or not form["item-1"]
    assert house.load(document).sendings == ()
    assert house.ports.store.open_work() == ()


def test_before_the_archive_has_it_the_page_says_so(house: Life) -> None:
    document = house.drop(MINUTES)
    place = place_of(document)
    with browser(house) as client:
        assert place not in client.get(f"/documents/{document.id}").text
        page = client.get(place)
        assert page.status_code == 200
        assert "först när handlingen är arkiverad" in page.text
        assert 'name="nonce"' not in page.text
        assert client.get(f"{place}/1.pdf").status_code == 400
        refused = client.post(place, data={"item-1": "1", "recipients": "bo@example.org"})
        assert refused.status_code == 422
        assert "först när handlingen är arkiverad" in refused.text


def test_what_is_looked_at_is_what_is_sent(house: Life) -> None:
    document = archived(house)
    place = place_of(document)
    with browser(house) as client:
        masked = client.get(f"{place}/2.pdf")
        unmasked = client.get(f"{place}/2.pdf?unmasked=1")
        assert client.get(f"{place}/9.pdf").status_code == 404
        form = {"item-2": "2", "nonce": "a"}
        client.post(place, data={**form, "recipients": "bo@example.org"})
        why = {"unmasked-2": "1", "reason-2": "Part i målet <b>"}
        client.post(place, data={**form, **why, "recipients": "eva@example.org"})
        house.work()
        page = client.get(place).text
    assert "§ 2 skickades omaskad: Part i målet &lt;b&gt;" in page
    for address, looked in (("bo@example.org", masked), ("eva@example.org", unmasked)):
        (part,) = house.mails(address)[0].iter_attachments()
        assert part.get_content() == looked.content
    for secret in (SECRET, NUMBER):
        assert secret not in words_in(PdfReader(io.BytesIO(masked.content)))
        assert secret in words_in(PdfReader(io.BytesIO(unmasked.content)))


def test_sending_again_takes_a_tick(house: Life) -> None:
    document = archived(house)
    place = place_of(document)
    with browser(house) as client:
        assert 'name="again"' not in client.get(place).text
        form = {"nonce": "a", "item-1": "1", "recipients": "bo@example.org"}
        client.post(place, data=form)
        house.work()
        refused = client.post(place, data={**form, "nonce": "b", "recipients": "BO@example.org"})
        assert refused.status_code == 422
        assert "§ 1 är redan skickad till BO@example.org" in refused.text
        assert 'name="again"' in refused.text
        assert client.post(place, data={**form, "nonce": "b", "again": "1"}).status_code == 303
        house.work()
        assert "en gång till, till bo@example.org" in client.get(f"/documents/{document.id}").text
    assert len(house.mails("bo@example.org")) == 2
    assert [one.became for sent in house.load(document).sendings for one in sent.recipients] == [Delivery.SENT] * 2
