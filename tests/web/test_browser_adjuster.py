"""The adjuster's page in a real Chromium: examined by axe at each width, and used by keyboard alone without scripts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_browser import Visit, chromium, served, shots

from life import Life
from real_minutes import SAMPLE
from signflow.steps import acts

__all__ = ["chromium", "shots"]

ANNA = "anna@example.org"
pytestmark = [pytest.mark.browser, pytest.mark.oracle("chromium")]


def second_round(life: Life) -> None:
    """Anna objected once, and has the new text before her, with a code."""
    document = life.drop(SAMPLE.read_bytes())
    token, code = life.token(ANNA), life.ask_code(ANNA)
    acts.object_to(life.ports, token, code, acts.view_link(life.ports, token).shown.digest, "Fel datum i punkt 1.")
    life.work()
    life.drop(SAMPLE.read_bytes().replace(b"4 oktober 2019", b"5 oktober 2019"), document=document.id)
    acts.ask_review(life.ports, document.id, "web")
    life.work()


def test_each_part_of_the_page_is_sound(life: Life, chromium: Browser, shots: Path) -> None:
    with served(life) as url, ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(second_round, life).result()
        visit = Visit(chromium, url, shots)
        visit.go(f"/sign/{life.token(ANNA)}")
        visit.examine("adjuster-changed")
        visit.page.click("details:has(#until) > summary")
        visit.examine("adjuster-away")
        elsewhere.submit(life.ask_code, ANNA).result()
        visit.go(f"/sign/{life.token(ANNA)}")
        for summary in visit.page.locator("main summary").all():
            summary.click()
        visit.examine("adjuster-all-open")
        visit.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        visit.examine("adjuster-dark")
        assert visit.faults == [], "\n".join(visit.faults)


def test_by_keyboard_alone_without_scripts(life: Life, chromium: Browser) -> None:
    with served(life) as url, ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(life.drop, SAMPLE.read_bytes()).result()
        window = {"width": 320, "height": 640}
        page = chromium.new_context(locale="sv-SE", java_script_enabled=False, viewport=window).new_page()
        page.goto(f"{url}/sign/{life.token(ANNA)}")
        page.locator("#read").focus()
        for key in ("Space", "Tab", "Enter"):
            page.keyboard.press(key)
        page.wait_for_selector("#code")
        elsewhere.submit(life.work).result()
        page.locator("details:has(.stern) > summary").focus()
        for key in ("Enter", "Tab", "ArrowDown", "ArrowDown", "Tab"):
            page.keyboard.press(key)
        page.keyboard.type("Jag var inte där.")
        page.keyboard.press("Tab")
        page.keyboard.type("Helene Olofsson var frånvarande.")
        page.locator("button[name=more]").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#item-5")
        assert page.input_value("#proposal-1") == "Helene Olofsson var frånvarande."
        assert page.input_value("#item-1")
        page.locator("#object-code").focus()
        page.keyboard.type(life.code(ANNA))
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Din invändning är mottagen")
