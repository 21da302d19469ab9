"""A secretary, an adjuster and an archivist work with Tab, Space, Enter, arrows and what they type, without JavaScript.

Wherever the focus goes it is seen, it goes on in the order of the page, and it comes round again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from test_browser import chromium, served, work

from life import Life
from signflow.rounds.model import State

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.oracle("chromium")]
ANNA, HELENE = "anna@example.org", "helene@example.org"
T = TypeVar("T")
MOST_STOPS = 150
THINNEST_PX = 2
FOCUS = """
    () => {
        const one = document.activeElement;
        if (!one || one === document.body || one === document.documentElement) return null;
        const box = one.getBoundingClientRect(), style = getComputedStyle(one);
        return {
            place: [...document.querySelectorAll("*")].indexOf(one),
            what: one.outerHTML.slice(0, 120),
            outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
            seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
                && box.right > 0 && box.left < innerWidth,
        };
    }
"""


def step(page: Page, before: int) -> int:
    """Go on with Tab; the place of what has the focus then, -1 where the page has come to its end."""
    page.keyboard.press("Tab")
    now: dict[str, Any] | None = page.evaluate(FOCUS)
    if now is None:
        return -1
    assert now["outline"] >= THINNEST_PX, f"{page.url} does not show the focus of {now['what']}"
    assert now["seen"], f"{page.url} has the focus out of sight: {now['what']}"
    place: int = now["place"]
    return place if place >= before else -1  # a date has several stops in one place


def reach(page: Page, selector: str) -> None:
    """Go on with Tab until the focus is there, which it is before the page comes round."""
    standing: dict[str, Any] | None = page.evaluate(FOCUS)
    place = standing["place"] if standing else -1
    for _ in range(MOST_STOPS):
        place = step(page, place)
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"Tab does not lead to {selector} on {page.url}")


def comes_round(page: Page) -> None:
    """Nothing on the page keeps the focus."""
    place = -1
    for number in range(MOST_STOPS):
        place = step(page, place)
        if place == -1:
            assert number > 0, f"Tab leads nowhere on {page.url}"
            return
    raise AssertionError(f"Tab does not come round on {page.url}")


def elsewhere(do: Callable[..., T], *arguments: Any) -> T:
    """What others do, away from the loop that Playwright runs in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(do, *arguments).result()


def window_of(chromium: Browser, width: int = 1280) -> BrowserContext:
    return chromium.new_context(
        locale="sv-SE", java_script_enabled=False, viewport={"width": width, "height": 640}, accept_downloads=True
    )


def test_a_secretary_from_the_draft_to_the_archive(tmp_path: Path, chromium: Browser, sample: bytes) -> None:
    draft = tmp_path / "Ledningsgruppen 16 januari.md"
    draft.write_bytes(sample)
    with Life(tmp_path / "data", open_review_when_clean=False) as life, served(life) as url:
        window = window_of(chromium)
        page = window.new_page()
        page.goto(f"{url}/")
        comes_round(page)
        page.goto(f"{url}/")
        reach(page, "#file")
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(draft)
        reach(page, "section.upload form:not(.start) button")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Utkastet läses in").wait_for()
        work(life)
        page.wait_for_url("**/documents/*")  # the page looks again by itself
        address = page.url
        reach(page, "form[action$='/review'] button")
        page.keyboard.press("Enter")
        page.locator("form[action$='/review']").wait_for(state="detached")
        page.close()
        work(life)
        page = window.new_page()
        page.goto(address)
        assert page.inner_text(".chip") == "Underskrift pågår"
        comes_round(page)
        for person in (ANNA, HELENE):
            elsewhere(life.sign, person)
        page.goto(f"{url}/")
        reach(page, f"main a[href='{urlsplit(address).path}']")
        page.keyboard.press("Enter")
        page.wait_for_url(address)
        reach(page, "main a[href^='/d/']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/d/*")
        comes_round(page)
        window.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_an_adjuster_objects_to_items(width: int, life: Life, chromium: Browser, sample: bytes) -> None:
    document = elsewhere(life.drop, sample)
    with served(life) as url:
        window = window_of(chromium, width)
        page = window.new_page()
        page.goto(f"{url}/sign/{life.token(ANNA)}")
        reach(page, "#read")
        page.keyboard.press("Space")
        reach(page, "form[action$='/code'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector("#code")
        work(life)
        comes_round(page)
        reach(page, "details:has(.stern) > summary")
        page.keyboard.press("Enter")
        for row, reason in (("1", "Jag var inte där."), ("2", "Så beslutade vi inte.")):
            reach(page, f"#item-{row}")
            for _ in range(int(row)):
                page.keyboard.press("ArrowDown")
            reach(page, f"#reason-{row}")
            page.keyboard.type(reason)
        reach(page, "button[name=more]")
        page.keyboard.press("Enter")
        page.wait_for_selector("#item-5")
        comes_round(page)
        reach(page, "#item-3")
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        reach(page, "#reason-3")
        page.keyboard.type("Ordet fattas.")
        reach(page, "#proposal-3")
        page.keyboard.type("Nytt ord.")
        reach(page, "#object-code")
        page.keyboard.type(life.code(ANNA))
        reach(page, "button.stern")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Din invändning är mottagen").wait_for()
        window.close()
    ended = life.load(document).round
    assert ended is not None
    assert ended.objection is not None
    assert [(one.reason, one.proposal) for one in ended.objection.items] == [
        ("Jag var inte där.", ""),
        ("Så beslutade vi inte.", ""),
        ("Ordet fattas.", "Nytt ord."),
    ]
    assert len({one.item for one in ended.objection.items}) == 3


@pytest.mark.parametrize("width", [320, 1280])
def test_signing_and_finding_by_keyboard(width: int, life: Life, chromium: Browser, sample: bytes) -> None:
    document = life.drop(sample)
    with served(life) as url:
        window = window_of(chromium, width)
        for address in (ANNA, HELENE):
            page = window.new_page()
            page.goto(f"{url}/sign/{life.token(address)}")
            page.keyboard.press("Tab")
            assert page.locator(".skip:focus").count() == 1
            if page.locator("input[name=read]").count():
                reach(page, "input[name=read]")
                page.keyboard.press("Space")
            reach(page, "form[action$='/code'] button")
            page.keyboard.press("Enter")
            page.wait_for_selector("#code")
            work(life)
            reach(page, "#code")
            page.keyboard.type(life.code(address))
            page.keyboard.press("Enter")
            page.get_by_text("Ditt godkännande är mottaget").wait_for()
            # The page looks again by itself while it waits: the next person comes in a window of their own.
            page.close()
            work(life)
        assert life.load(document).state is State.ARCHIVED
        page = window.new_page()
        page.goto(f"{url}/")
        reach(page, "header.site nav a[href='/archive']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/archive")
        reach(page, "#q")
        page.keyboard.type("varudistribution")
        page.keyboard.press("Enter")
        page.wait_for_url("**/archive?q=varudistribution*")
        reach(page, "main h3 a")
        page.keyboard.press("Enter")
        page.wait_for_url("**/d/*")
        reach(page, "form[action*='/validation'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector("#verification .notice")
        reach(page, "a[href$='/minutes.pdf']")
        with page.expect_download() as fetched:
            page.keyboard.press("Enter")
        assert fetched.value.path().read_bytes() == elsewhere(life.ports.archive.retrieve, document.id)
        comes_round(page)
        window.close()
