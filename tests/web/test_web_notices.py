"""The notice of the adjustment as people meet it: on the public board, with the secretary, on the day it comes down."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from every_page import PROTOCOL
from visitor import ORIGIN, TestClient, browser

from life import Life, text_of
from signflow.rounds.model import Document, Notice, State
from signflow.rounds.notices import first_day_down
from signflow.rounds.work import daily_work
from signflow.steps.notices import ranges
from signflow.web.app import build_app

PEOPLE = {"Helene Olofsson": "h@example.org", "Anna Söderström": "a@example.org", "Karin Åkesson": "k@example.org"}
TITLE = "Ansökan från Vera Vik"
MINUTES = PROTOCOL.replace("Vid protokollet", f"## § 2 {TITLE}\n\nBeslut\n\nNämnden avslår.\n\nVid protokollet")


def adjusted(life: Life) -> Document:
    document = life.drop(MINUTES)
    for address in PEOPLE.values():
        life.sign(address)
    document = life.load(document)
    assert document.state is State.ARCHIVED
    return document


def later(life: Life, days: int) -> None:
    now = life.ports.clock
    life.with_ports(clock=lambda: now() + dt.timedelta(days=days))


def stranger(life: Life) -> TestClient:
    headers = {"Accept-Language": "sv"}
    return TestClient(build_app(life.ports), base_url=ORIGIN, client=("192.0.2.9", 5), headers=headers)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE, notice_board=True, minutes_kept_at="Kansliet, Storgatan 1") as life:
        yield life


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE) as life:
        yield life


def test_anybody_reads_on_our_board_what_the_law_wants_and_nobodys_name_but_the_secretarys(own: Life) -> None:
    with stranger(own) as client:
        assert "Inga anslag sitter uppe" in client.get("/notices").text
        document = adjusted(own)
        board, one = client.get("/notices"), client.get(f"/notices/{document.id}")
        assert client.get(f"/documents/{document.id}/notice").status_code == 404
    assert f'href="/notices/{document.id}"' in board.text
    said = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", one.text))
    t = own.ports.texts["sv"]
    first = first_day_down(document)
    assert first is not None
    today = t.date(t.day(own.ports.clock()))
    assert said == {
        "Organ": "Miljönämnden",
        "Sammanträdesdatum": "6 maj 2026",
        "Paragrafer": "1–2",
        "Protokollet justerades": today,
        "Anslaget sattes upp": today,
        "Anslaget tas ned tidigast": t.date(first),
        "Protokollet finns tillgängligt hos": "Kansliet, Storgatan 1, Södertörnskommunerna",
        "Sekreterare": "Helene Olofsson",
    }
    for page in (board.text, one.text):
        assert not any(name in page for name in ("Vera Vik", "Anna", "Karin", *PEOPLE.values()))


def test_it_comes_down_by_itself_on_its_day_and_the_proof_stays(own: Life) -> None:
    document = adjusted(own)
    first = first_day_down(document)
    assert first is not None
    start = own.ports.policy.notices.day(own.ports.clock())
    for days, is_up in (((first - start).days - 1, True), (1, False), (1, False)):
        later(own, days)
        for work in daily_work(own.ports.policy.notices.day(own.ports.clock())):
            own.ports.store.ask_for(work)
        own.work()
        with stranger(own) as client:
            assert client.get(f"/notices/{document.id}").status_code == (200 if is_up else 404)
            assert (document.id in client.get("/notices").text) is is_up
    notice = own.load(document).notice
    assert notice == Notice(start, "", "signflow", first, "signflow")
    kinds = [entry.kind for entry in own.ports.store.history(document.id)]
    assert kinds.count("notice-taken-down") == 1
    with browser(own) as client:
        page = client.get(f"/documents/{document.id}/notice").text
    assert "Bevis om anslag" in page
    assert own.ports.texts["sv"].date(first) in page


def test_the_letter_to_the_secretary_says_what_is_left_to_do(own: Life) -> None:
    document = adjusted(own)
    first = first_day_down(document)
    assert first is not None
    t, last = own.ports.texts["sv"], first - dt.timedelta(days=1)
    told = [" ".join(text_of(mail).split()) for mail in own.mails(PEOPLE["Helene Olofsson"])]
    assert any(f"ska sitta uppe till och med {t.date(last)}. Du behöver inte göra något mer." in one for one in told)
    assert not any("Att göra nu" in one for one in told)


def test_a_board_that_is_no_longer_used_shows_what_is_still_up(own: Life) -> None:
    document = adjusted(own)
    with Life(own.settings.data, PEOPLE) as life, stranger(life) as client:
        assert client.get(f"/notices/{document.id}").status_code == 200
        assert document.id in client.get("/notices").text


def test_the_secretary_says_that_it_is_up_elsewhere_and_that_it_is_down(elsewhere: Life) -> None:
    document = adjusted(elsewhere)
    place, t = f"/documents/{document.id}/notice", elsewhere.ports.texts["sv"]
    with stranger(elsewhere) as client:
        assert client.get("/notices").status_code == 404
        assert client.get(f"/notices/{document.id}").status_code == 404
    start = elsewhere.ports.policy.notices.day(elsewhere.ports.clock())
    later(elsewhere, 40)
    with browser(elsewhere) as client:
        assert "skulle ha tillkännagetts" in client.get("/").text
        assert "skulle ha tillkännagetts" in client.get(f"/documents/{document.id}").text
        too_soon = client.post(place, data={"on": str(start - dt.timedelta(days=1)), "place": "Stadshuset"})
        assert too_soon.status_code == 422
        assert t.date(start) in too_soon.text
        assert client.post(place, data={"on": str(start), "place": " "}).status_code == 422
        assert client.post(place, data={"on": str(start), "place": "Stadshuset <b>"}).status_code == 303
        page = client.get(place).text
        assert "Stadshuset &lt;b&gt;" in page
        assert "Överklagandetiden är ute" in page
        first = first_day_down(elsewhere.load(document))
        assert first is not None
        refused = client.post(f"{place}/taken-down", data={"on": str(first - dt.timedelta(days=1))})
        assert refused.status_code == 422
        assert f"Första dagen är {t.date(first)}." in refused.text
        assert client.post(f"{place}/taken-down", data={"on": str(first)}).status_code == 303
        assert "skulle ha tillkännagetts" not in client.get("/").text
        assert "Anslag</h2>" not in client.get("/").text
        assert "togs ned" in client.get(f"/documents/{document.id}").text
    with stranger(elsewhere) as client:
        assert client.get(f"/notices/{document.id}").status_code == 404


def test_the_notice_is_fetched_as_a_page_of_its_own_and_as_text(elsewhere: Life) -> None:
    document = adjusted(elsewhere)
    with browser(elsewhere) as client:
        file = client.get(f"/documents/{document.id}/notice.html")
        assert "attachment" in file.headers["content-disposition"]
        assert '<html lang="sv">' in file.text
        assert "Miljönämnden" in file.text
        assert "/static/" not in file.text
        page = client.get(f"/documents/{document.id}/notice").text
    assert "Paragrafer: 1–2" in page


@pytest.mark.parametrize(
    ("numbers", "said"), [([], ""), ([4], "4"), ([3, 1, 2], "1–3"), ([1, 2, 4, 7, 8, 8], "1–2, 4, 7–8")]
)
def test_items_are_said_as_ranges(numbers: list[int], said: str) -> None:
    assert ranges(numbers) == said
