"""An adjuster and an archivist do their work with the keys Tab, Space and Enter and what they type, without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from test_browser import chromium, served, work

from life import Life
from signflow.rounds.model import State

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.oracle("chromium")]
ANNA, HELENE = "anna@example.org", "helene@example.org"
MOST_STOPS = 60


def reach(page: Page, selector: str) -> None:
    """Go on with Tab until the focus is there."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"Tab does not lead to {selector} on {page.url}")


@pytest.mark.parametrize("width", [320, 1280])
def test_signing_and_finding_by_keyboard(width: int, life: Life, chromium: Browser, sample: bytes) -> None:
    document = life.drop(sample)
    with served(life) as url:
        window = chromium.new_context(
            locale="sv-SE", java_script_enabled=False, viewport={"width": width, "height": 640}
        )
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
        window.close()
