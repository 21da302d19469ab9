"""A sign-in of the staff that runs out while a form is filled: what was written comes back, to who wrote it, and nothing is sent."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_web_staff import sign_in
from visitor import ORIGIN, TestClient, browser

from extract_house import MINUTES, archived
from extract_house import PEOPLE as EXTRACT_PEOPLE
from life import Life, text_of
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document
from signflow.store.people import RegisteredPerson
from signflow.store.unsent import LIFETIME

KARIN = RegisteredPerson("Karin Ek", "", "karin@example.org", ("sekreterare",))
EVA = RegisteredPerson("Eva Ask", "", "eva@example.org", ("sekreterare",))
NIGHT = dt.timedelta(hours=14)
BACK = "Det du skrev står kvar i formuläret"
KEPT = "Logga in igen, så står det du skrev i formuläret."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", staff_sign_in="mail-code", open_review_when_clean=False) as one:
        one.ports.people.put([KARIN, EVA])
        yield one


@pytest.fixture
def client(house: Life) -> Iterator[TestClient]:
    with browser(house) as one:
        sign_in(house, one)
        yield one


@pytest.fixture
def document(house: Life, sample: bytes) -> Document:
    return house.drop(sample)


def run_out(life: Life, client: TestClient) -> None:
    """The sign-in of that browser was last used yesterday."""
    life.ports.sessions.see(link_digest(client.cookies["session"]), life.ports.clock() - NIGHT)


def kept_files(life: Life) -> list[Path]:
    return sorted((life.settings.data / "unsent").iterdir())


def text_in(page: str) -> str:
    found = re.search(r'<textarea id="edit-text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5)
@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_the_editors_text_comes_back(tmp_path_factory: pytest.TempPathFactory, sample: bytes, words: str) -> None:
    with Life(tmp_path_factory.mktemp("data"), staff_sign_in="mail-code", open_review_when_clean=False) as house:
        house.ports.people.put([KARIN])
        document = house.drop(sample)
        place = f"/documents/{document.id}/text"
        with browser(house) as client:
            sign_in(house, client)
            text = text_in(client.get(place).text) + f"\n{words} <b>\n"
            run_out(house, client)
            refused = client.post(place, data={"text": text, "opened": "1", "act": "save"})
            assert refused.status_code == 403
            assert KEPT in refused.text
            house.work()
            assert house.load(document).draft.number == 1
            (way,) = re.findall(r'href="(/staff/sign-in[^"]*)"', refused.text)
            wanted = re.findall(r'name="next" value="([^"]*)"', client.get(way).text)[0]
            assert sign_in(house, client, wanted=wanted) == place
            page = client.get(place).text
            assert BACK in page
            assert text_in(page) == text
            assert text_in(client.get(f"{place}?fresh=1").text) == text_in(client_text(house, client, place))
            house.work()
            assert house.load(document).draft.number == 1  # nothing was saved by itself
            assert client.post(place, data={"text": text, "opened": "1", "act": "save"}).status_code == 303
            assert kept_files(house) == []
            assert BACK not in client.get(place).text
            house.work()
            assert house.load(document).draft.number == 2


def client_text(life: Life, client: TestClient, place: str) -> str:
    """The page for a browser that wrote nothing."""
    other = browser(life)
    other.cookies.set("session", client.cookies["session"])
    return str(other.get(place).text)


def test_what_was_changed_meanwhile_is_not_written_over(
    house: Life, client: TestClient, document: Document, sample: bytes
) -> None:
    place = f"/documents/{document.id}/text"
    mine = sample.decode().replace("16 januari", "17 januari")
    run_out(house, client)
    client.post(place, data={"text": mine, "opened": "1", "act": "save"})
    house.drop(sample.replace(b"24 januari", b"25 januari"), document=document.id)
    sign_in(house, client)
    page = client.get(place).text
    assert 'name="opened" value="1"' in page
    assert client.post(place, data={"text": text_in(page), "opened": "1", "act": "save"}).status_code == 409


def test_what_is_ticked_and_typed_comes_back(house: Life, client: TestClient, document: Document) -> None:
    protocol = house.drop(MINUTES)
    readers, immediate = f"/documents/{document.id}/readers", f"/documents/{protocol.id}/immediate"
    run_out(house, client)
    client.post(readers, data={"name-0": "Bo <Ek>", "address-0": "bo@example.org"})
    client.post(immediate, data={"item-1": "1"})
    sign_in(house, client)
    page = client.get(readers).text
    assert BACK in page
    assert 'value="Bo &lt;Ek&gt;"' in page
    assert 'value="bo@example.org"' in page
    assert 'name="item-1" value="1" checked' in client.get(immediate).text
    house.work()
    assert (house.load(document).readers, house.load(protocol).parts) == ((), ())


def test_an_extract_that_was_chosen_comes_back(tmp_path: Path) -> None:
    with Life(tmp_path / "data", EXTRACT_PEOPLE, staff_sign_in="mail-code") as house, browser(house) as client:
        document = archived(house)
        house.ports.people.put([KARIN])
        sign_in(house, client)
        place = f"/documents/{document.id}/extracts"
        form = {
            "nonce": "n",
            "item-2": "2",
            "unmasked-2": "1",
            "reason-2": "Part <i> ärendet.",
            "recipients": "bo@x.se",
        }
        run_out(house, client)
        assert KEPT in client.post(place, data=form).text
        sign_in(house, client)
        page = client.get(place).text
        for kept in (
            'aria-describedby="masked-2" checked',
            'value="Part &lt;i&gt; ärendet."',
            ">bo@x.se</textarea>",
            'value="n"',
        ):
            assert kept in page
        house.work()
        assert house.load(document).sendings == ()
        for _ in range(2):
            assert client.post(place, data=form).status_code == 303
        assert len(house.load(document).sendings) == 1
        assert kept_files(house) == []


def test_the_answer_to_a_comment_comes_back(house: Life, client: TestClient, document: Document) -> None:
    readers = f"/documents/{document.id}/readers"
    client.post(readers, data={"name-0": "Bo Ek", "address-0": "bo@example.org"})
    house.work()
    (link,) = re.findall(r"/read/\S+", text_of(house.mails("bo@example.org")[-1]))
    with browser(house) as reader:
        assert reader.post(link, data={"version": "1", "text": "Fel dag."}).status_code == 303
    run_out(house, client)
    client.post(f"/documents/{document.id}/comments/1", data={"answer": "Rättat <nu>", "as": "changed"})
    sign_in(house, client)
    assert ">Rättat &lt;nu&gt;</textarea>" in client.get(readers).text
    assert house.load(document).comments[0].answer == ""


def test_another_person_in_the_same_browser_does_not_see_it(
    house: Life, client: TestClient, document: Document
) -> None:
    place = f"/documents/{document.id}/text"
    run_out(house, client)
    client.post(place, data={"text": "Karins ord", "opened": "1"})
    sign_in(house, client, EVA.address)
    page = client.get(place).text
    assert BACK not in page
    assert "Karins ord" not in page
    client.post("/staff/sign-out")
    sign_in(house, client, KARIN.address)
    assert "Karins ord" in client.get(place).text


def test_the_same_person_in_another_browser_does_not_see_it(
    house: Life, client: TestClient, document: Document
) -> None:
    place = f"/documents/{document.id}/text"
    run_out(house, client)
    client.post(place, data={"text": "Karins ord", "opened": "1"})
    with browser(house) as elsewhere:
        sign_in(house, elsewhere)
        assert "Karins ord" not in elsewhere.get(place).text


def test_it_is_gone_after_an_hour(house: Life, client: TestClient, document: Document) -> None:
    place = f"/documents/{document.id}/text"
    run_out(house, client)
    client.post(place, data={"text": "Karins ord", "opened": "1"})
    for file in kept_files(house):
        then = file.stat().st_mtime - LIFETIME.total_seconds()
        os.utime(file, (then, then))
    sign_in(house, client)
    assert "Karins ord" not in client.get(place).text


@pytest.mark.parametrize("session", ["", "x" * 43, "x" * 5000])
def test_strangers_fill_no_disk(house: Life, document: Document, session: str) -> None:
    with browser(house) as stranger:
        if session:
            stranger.cookies.set("session", session)
        told = stranger.post(f"/documents/{document.id}/text", data={"text": "ord", "opened": "1"})
        assert told.status_code == 403
        assert KEPT not in told.text
        assert "går tillbaka i webbläsaren" in told.text
    assert not (house.settings.data / "unsent").exists() or kept_files(house) == []


def test_who_has_signed_out_is_nobody_any_more(client: TestClient, document: Document) -> None:
    session = client.cookies["session"]
    client.post("/staff/sign-out")
    client.cookies.set("session", session)
    assert KEPT not in client.post(f"/documents/{document.id}/text", data={"text": "ord"}).text


def test_a_form_from_elsewhere_is_not_kept(house: Life, client: TestClient, document: Document) -> None:
    run_out(house, client)
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    client.post(f"/documents/{document.id}/text", data={"text": "ord"}, headers=headers)
    assert kept_files(house) == []


def test_no_more_than_the_page_takes_is_kept(house: Life, client: TestClient, document: Document) -> None:
    run_out(house, client)
    told = client.post(f"/documents/{document.id}/readers", data={"name-0": "x" * 70_000})
    assert told.status_code == 413
    assert kept_files(house) == []


def test_files_are_not_kept_and_the_latest_of_a_page_is(house: Life, client: TestClient, document: Document) -> None:
    place = f"/documents/{document.id}/text"
    run_out(house, client)
    for words in ("första", "andra"):
        client.post(place, data={"text": words}, files={"file": ("x.md", b"fil", "text/markdown")})
    (file,) = kept_files(house)
    assert json.loads(file.read_bytes())["fields"] == {"text": "andra"}
    assert ORIGIN not in file.read_text()


def test_a_full_disk_says_what_it_said_before(house: Life, client: TestClient, document: Document) -> None:
    run_out(house, client)
    folder = house.settings.data / "unsent"
    folder.rmdir()
    folder.write_bytes(b"in the way")
    told = client.post(f"/documents/{document.id}/text", data={"text": "ord"})
    assert told.status_code == 403
    assert KEPT not in told.text
    assert "går tillbaka i webbläsaren" in told.text
