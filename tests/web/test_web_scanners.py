"""What programs do with a link before its person does: mail scanners, previews, prefetching browsers. Nothing comes of it."""

from __future__ import annotations

import re
import sqlite3
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser
from test_browser import chromium, served
from visitor import ORIGIN, TestClient, browser

from life import Life, text_of
from real_minutes import SAMPLE
from signflow.rounds.model import Standing

__all__ = ["chromium"]

ANNA, HELENE = "anna@example.org", "helene@example.org"
READ = {"read": "yes"}
PROGRAMS = {
    "safe-links": {"User-Agent": "Mozilla/5.0 (compatible; Microsoft Safe Links)"},
    "preview": {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    "messenger": {"User-Agent": "facebookexternalhit/1.1"},
    "prefetch": {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"},
    "old-prefetch": {"X-Moz": "prefetch"},
    "bare": {"User-Agent": ""},
}


@dataclass
class Sent:
    """A form as a program sends it that puts nothing in: with what stands in it already."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])


class Links(HTMLParser):
    """Where a page leads, and what its buttons send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.presses: list[Sent] = []
        self._form: Sent | None = None
        self._select = ""
        self._writing = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.addresses += [told[name] for name in ("href", "src") if name in told]
        name = told.get("name", "")
        if tag == "form":
            self._form = Sent(told["action"], told.get("method", "get"))
        elif self._form is None:
            return
        elif tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self._form.fields[name] = told.get("value", "")
        elif tag == "textarea":
            self._form.fields[name], self._writing = "", name
        elif tag == "select":
            self._select = name
        elif tag == "option" and (self._select not in self._form.fields or "selected" in told):
            self._form.fields[self._select] = told.get("value", "")
            self._writing = "" if "value" in told else self._select
        elif tag == "button":
            pressed = {name: told.get("value", "")} if name else {}
            self.presses.append(Sent(self._form.action, self._form.method, self._form.fields | pressed))

    def handle_data(self, data: str) -> None:
        if self._form and self._writing:
            self._form.fields[self._writing] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "option"}:
            self._writing = ""
        elif tag == "form":
            for press in self.presses:
                if self._form and press.action == self._form.action:  # what stands after a button goes along too
                    press.fields = {**self._form.fields, **press.fields}
            self._form = None


def everything(life: Life) -> list[str]:
    """All that the database holds, and the letters there are."""
    with sqlite3.connect(f"file:{life.settings.data}/signflow.db?mode=ro", uri=True) as connection:
        rows = list(connection.iterdump())
    return [*rows, *sorted(file.name for file in life.mails_folder.glob("*.eml"))]


def followed(client: TestClient, start: str, headers: dict[str, str]) -> list[Sent]:
    """Every address that the page leads to, by HEAD and GET, redirects too; what its buttons would send."""
    presses: list[Sent] = []
    waiting, seen = deque([start]), set[str]()
    while waiting:
        address = urljoin(f"{ORIGIN}{start}", waiting.popleft()).partition("#")[0]
        if address in seen or not address.startswith(ORIGIN) or len(seen) > 60:
            continue
        seen.add(address)
        client.head(address, headers=headers, follow_redirects=True)
        page = client.get(address, headers=headers, follow_redirects=True)
        assert page.status_code < 500, address
        is_ours = urlsplit(address).path.startswith(("/sign/", "/read/"))
        if is_ours and page.headers["content-type"].startswith("text/html"):
            links = Links(page.text)
            waiting += links.addresses
            presses += links.presses
    return presses


def assert_nothing_comes_of_programs(life: Life, link: str, who: str) -> None:
    """What is to be done is a row too, so that no work need follow for it to be seen."""
    before = everything(life)
    with browser(life) as client:
        presses = followed(client, link, PROGRAMS[who])
        for press in presses:
            for origin in ({}, {"Origin": "null"}, {"Origin": "https://scanner.example"}):
                answer = client.request(
                    press.method.upper(),
                    urljoin(f"{ORIGIN}{link}", press.action),
                    headers={**PROGRAMS[who], **origin},
                    **({"data": press.fields} if press.method == "post" else {"params": press.fields}),  # type: ignore[arg-type]
                )
                assert answer.status_code < 500
    assert everything(life) == before


@pytest.mark.parametrize("who", PROGRAMS)
def test_following_links_and_pressing_buttons_changes_nothing(life: Life, sample: bytes, who: str) -> None:
    document = life.drop(sample)
    assert_nothing_comes_of_programs(life, f"/sign/{life.token(ANNA)}", who)
    code = life.ask_code(ANNA)
    assert_nothing_comes_of_programs(life, f"/sign/{life.token(ANNA)}", who)
    with browser(life) as client:  # and the code that the person holds is as good as before
        page = client.get(f"/sign/{life.token(ANNA)}")
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', page.text)
        assert shown
        data = {"code": code, "shown": shown[1]}
        assert client.post(f"/sign/{life.token(ANNA)}", data=data).status_code == 303
    life.work()
    assert_nothing_comes_of_programs(life, f"/sign/{life.token(ANNA)}", who)
    current = life.load(document).round
    assert current is not None
    assert [seat.standing for seat in current.seats] == [Standing.SIGNED, Standing.INVITED]
    assert_nothing_comes_of_programs(life, f"/sign/{life.token(HELENE)}", who)


def test_every_form_of_the_page_is_pressed(life: Life, sample: bytes) -> None:
    """What the test above presses is all there is to press."""
    life.drop(sample)
    link = f"/sign/{life.token(ANNA)}"
    with browser(life) as client:
        asking = {urlsplit(one.action).path for one in Links(client.get(link).text).presses if one.method == "post"}
        assert asking == {f"{link}/code", f"{link}/absence"}
        life.ask_code(ANNA)
        answering = {one.action for one in Links(client.get(link).text).presses if one.method == "post"}
        assert answering == {link, f"{link}/objection", f"{link}/code", f"{link}/absence"}


def test_a_box_that_is_ticked_has_a_code_sent_and_one_that_is_not_says_why(life: Life, sample: bytes) -> None:
    life.drop(sample)
    link = f"/sign/{life.token(ANNA)}"
    with browser(life) as client:
        unread = client.post(f"{link}/code")
        assert unread.status_code == 422
        assert "Sätt ett kryss" in unread.text
        assert client.post(f"{link}/code", data=READ).status_code == 303
    life.work()
    assert life.code(ANNA)


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_costs_no_try(life: Life, sample: bytes, typed: str) -> None:
    life.drop(sample)
    life.ask_code(ANNA)
    link, before = f"/sign/{life.token(ANNA)}", everything(life)
    with browser(life) as client:
        for _ in range(7):
            assert client.post(link, data={"code": typed, "shown": "0" * 64}).status_code == 422
            said = {"code": typed, "shown": "0" * 64, "reason": "x"}
            assert client.post(f"{link}/objection", data=said).status_code == 422
    assert everything(life) == before


def test_the_letters_link_is_the_only_one_that_leads_to_a_form(life: Life, sample: bytes) -> None:
    life.drop(sample)
    for mail in life.mails(ANNA):
        for address in re.findall(r"https?://\S+", text_of(mail)):
            assert urlsplit(address).path.startswith(("/sign/", "/verify")), address


@pytest.mark.browser
@pytest.mark.oracle("chromium")
@pytest.mark.parametrize("scripts", ["with", "without"])
def test_a_real_browser_that_presses_every_button_changes_nothing(life: Life, chromium: Browser, scripts: str) -> None:
    with served(life) as url, ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(life.drop, SAMPLE.read_bytes()).result()
        context = chromium.new_context(locale="sv-SE", java_script_enabled=scripts == "with")
        page = context.new_page()
        for asked in (False, True):
            if asked:
                elsewhere.submit(life.ask_code, ANNA).result()
            link, before = f"{url}/sign/{life.token(ANNA)}", everything(life)
            page.goto(link)
            buttons = page.locator("main button").count()
            assert buttons >= (4 if asked else 2)
            for number in range(buttons):
                page.goto(link)
                for summary in page.locator("main summary").all():
                    summary.click()
                page.locator("main button").nth(number).click()
                page.wait_for_load_state()
            assert everything(life) == before
        context.close()
