"""The board: what is late, what waits for whom since when, what was searched for, a page at a time."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from visitor import browser

from life import Life
from many_documents import fill, lives
from signflow.rounds.model import Document, State
from signflow.texts import LANGUAGES
from signflow.web.board import PAGE_ROWS
from signflow.web.choice import Choice, read_choice

CROWD = 3 * PAGE_ROWS + 12
PROTOCOL = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Karin Åkesson, ordförande
Anna Söderström, sekreterare
Helene Olofsson

## § 45 Taxa för avfall

Beslut

Nämnden antar taxan.

Vid protokollet

Anna Söderström

Ordförande

Karin Åkesson

Justerat

Helene Olofsson
"""


def at(life: Life, day: str) -> None:
    """Let it be noon in Sweden on that day."""
    now = dt.datetime.fromisoformat(f"{day}T10:00:00+00:00")
    life.with_ports(clock=lambda: now)


def links(page: str) -> list[str]:
    """The documents on the page, in order."""
    return re.findall(r'href="/documents/(\w+)"', page)


@pytest.fixture
def protocol(life: Life) -> Document:
    document = life.drop(PROTOCOL, "protokoll.md")
    assert (document.minutes_class, document.meeting_on) == ("protocol", dt.date(2026, 5, 6))
    return document


@pytest.fixture
def crowd(life: Life) -> dict[str, Document]:
    return {one.id: one for one in fill(life.ports.store, lives(CROWD, dt.date(2026, 5, 20)))}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-05-17", "Justeras senast 20 maj 2026, 3 dagar kvar"),
        ("2026-05-19", "Justeras senast 20 maj 2026, 1 dag kvar"),
        ("2026-05-20", "Justeras senast i dag, 20 maj 2026"),
        ("2026-05-21", "Skulle ha justerats senast 20 maj 2026, 1 dag för sent"),
        ("2026-05-25", "Skulle ha justerats senast 20 maj 2026, 5 dagar för sent"),
    ],
)
def test_minutes_say_until_when_they_are_to_be_adjusted(life: Life, protocol: Document, day: str, words: str) -> None:
    at(life, day)
    with browser(life) as client:
        board, page = client.get("/").text, client.get(f"/documents/{protocol.id}").text
        late = day > "2026-05-20"
        assert words in board
        assert f"{words}." in page
        assert "5 kap. 69 § kommunallagen" in page
        assert ('class="due late"' in board) == ('class="due late"' in page) == ('id="late-heading"' in board) == late
        assert (links(client.get("/?late=1").text) == [protocol.id]) == late


def test_the_day_is_that_of_the_organisation_and_not_of_greenwich(life: Life, protocol: Document) -> None:
    now = dt.datetime(2026, 5, 20, 22, 30, tzinfo=dt.UTC)  # half past midnight in Stockholm
    life.with_ports(clock=lambda: now)
    with browser(life) as client:
        assert "1 dag för sent" in client.get(f"/documents/{protocol.id}").text


def test_notes_have_no_such_day(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    with browser(life) as client:
        assert "Justeras senast" not in client.get("/").text
        assert "justerats senast" not in client.get(f"/documents/{document.id}").text


def test_what_waits_says_since_when(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    today = life.ports.clock()
    for days, words in ((0, "sedan i dag"), (1, "sedan i går"), (12, ", 12 dagar")):
        later = today + dt.timedelta(days=days)
        life.with_ports(clock=lambda later=later: later)
        with browser(life) as client:
            assert "Väntar på Anna Söderström" in client.get("/").text
            for path in ("/", f"/documents/{document.id}"):
                assert words in client.get(path).text


def test_a_first_visit_explains_itself_and_a_second_does_not(life: Life, sample: bytes) -> None:
    with browser(life) as client:
        first = client.get("/").text
        assert "Så går det till" in first
        assert "<search" not in first
        life.drop(sample)
        second = client.get("/").text
        assert "Så går det till" not in second
        assert "<search" in second


def test_every_document_on_its_way_is_on_some_page_late_ones_first(life: Life, crowd: dict[str, Document]) -> None:
    at(life, "2026-05-20")
    with browser(life) as client:
        path, seen, headings = "/?state=all", list[str](), list[str]()
        while path:
            page = client.get(path)
            assert len(links(page.text)) <= PAGE_ROWS
            seen += links(page.text)
            headings += re.findall(r'<h2 id="(\w+)-heading">', page.text)[1:]
            following = re.search(r'rel="next" href="([^"]+)"', page.text)
            path = unescape(following[1]) if following else ""
        assert len(seen) == len(set(seen))
        assert set(seen) == set(crowd)
        order = ["late", "ours", "others", "filing", "closed"]
        assert [order.index(heading) for heading in headings] == sorted(order.index(heading) for heading in headings)
        assert set(headings) == set(order)
        assert links(client.get("/?state=all&page=99999").text) == links(
            client.get(f"/?state=all&page={-(-CROWD // PAGE_ROWS)}").text
        )


def test_a_board_of_what_is_on_its_way_ends_with_what_was_closed_last(life: Life, crowd: dict[str, Document]) -> None:
    at(life, "2026-05-20")
    closed = {State.ARCHIVED, State.WITHDRAWN}
    with browser(life) as client:
        first, second = client.get("/").text, client.get("/?page=2").text
        assert sum(crowd[name].state in closed for name in links(first)) == 8
        assert not [name for name in links(second) if crowd[name].state in closed]
        assert "closed-last-heading" not in second


def test_the_form_finds_and_keeps_what_was_asked(life: Life, crowd: dict[str, Document]) -> None:
    at(life, "2026-05-20")
    asked = {"q": "ångström", "state": "all", "body": "Miljönämnden", "late": "", "ours": ""}
    with browser(life) as client:
        page = client.get("/", params=asked).text
        expected = {
            name
            for name, one in crowd.items()
            if one.body == "Miljönämnden" and any("Ängström" in seat.person for seat in one.draft.appointments)
        }
        assert links(page) == []  # å is not ä
        assert "Ingenting stämmer" in page
        page = client.get("/", params={**asked, "q": "ÄNGSTRÖM"}).text
        assert set(links(page)) == expected
        assert expected
        assert 'value="ÄNGSTRÖM"' in page
        assert '<option value="all" selected>' in page
        assert '<option value="Miljönämnden" selected>' in page
        other = client.get("/", params={"q": "ängström", "ours": "1", "late": "1"}).text
        assert other.count("checked") == 2
        assert all(crowd[name].state is State.DRAFT for name in links(other))


def test_a_search_that_finds_nothing_on_its_way_offers_all(life: Life, crowd: dict[str, Document]) -> None:
    gone = next(one for one in crowd.values() if one.state is State.WITHDRAWN)
    with browser(life) as client:
        nothing = client.get("/", params={"q": gone.id})
        assert links(nothing.text) == []
        offered = re.search(r'href="(/\?q=[^"]+)">Sök bland alla', nothing.text)
        assert offered
        assert links(client.get(unescape(offered[1])).text) == [gone.id]


@pytest.mark.usefixtures("crowd")
def test_an_address_without_sense_is_a_page(life: Life) -> None:
    pages = ["page=-1", "page=0", "page=x", "page=²", "page=99999999999999999999", "page=1000000"]
    others = ["state=nowhere", "late=yes", "lang=xx", "body=%27%22%3E%3Cscript%3E"]
    texts = ["q=%00", "q=%25", "q=%ff%fe", "q=" + "x" * 5000, "q=%3Cscript%3E&state=all"]
    with browser(life) as client:
        for address in (*pages, *others, *texts):
            answer = client.get(f"/?{address}")
            assert answer.status_code == 200, address
            assert "<script" not in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("crowd", "protocol")
def test_the_board_is_plain_html_with_headings_in_order(life: Life, language: str) -> None:
    at(life, "2026-05-25")
    with browser(life, **{"Accept-Language": language}) as client:
        for path in ("/", "/?page=2", "/?q=x&state=all", "/?state=archived", "/?late=1&ours=1"):
            page = client.get(path)
            assert page.status_code == 200
            levels = [int(level) for level in re.findall(r"<h([1-6])", page.text)]
            assert levels[0] == 1
            assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
            identifiers = re.findall(r' id="([^"]+)"', page.text)
            assert len(identifiers) == len(set(identifiers))
            assert len(page.content) < 100_000


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice("å & ö=?#", "draft", "Barn- och ungdomsnämnden", late=True, ours=True, page=7),
        Choice(text="x", state="all"),
    ],
)
def test_the_address_of_a_choice_reads_as_that_choice(choice: Choice) -> None:
    fields = {name: values[0] for name, values in parse_qs(urlsplit(choice.address).query).items()}
    assert read_choice(fields) == choice
