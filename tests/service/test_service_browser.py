"""The whole life in a real Chromium, without JavaScript, at phone and desktop width, against the real service.

With `--pictures FOLDER` the pages are kept as PNG files, to be looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from people import wait_for
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from real_minutes import SAMPLE
from running_service import PrefectForTests, Service

PEOPLE = {"Anna Söderström": "anna@example.org", "Helene Olofsson": "helene@example.org"}
CHROMIUM = shutil.which("chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.service,
    pytest.mark.browser,
    pytest.mark.oracle("chromium"),
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("service-browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


class Camera:
    """Keeps pictures where they are wanted."""

    def __init__(self, folder: str | None, width: int) -> None:
        self._folder = Path(folder) if folder else None
        self._width = width

    def take(self, page: Page, name: str) -> None:
        overflow = page.locator("html").bounding_box()
        assert overflow is not None
        assert overflow["width"] <= self._width, f"{name} is wider than the window"
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self._folder / f"{name}-{self._width}.png", full_page=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_upload_sign_adjust_find_and_download_without_javascript(
    width: int, browser: Browser, tmp_path: Path, prefect: PrefectForTests, request: pytest.FixtureRequest
) -> None:
    camera = Camera(request.config.getoption("--pictures"), width)
    with Service(
        tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url, organisation="Södertörnskommunerna"
    ) as service:
        service.start()
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=False, locale="sv-SE", accept_downloads=True
        )
        page = context.new_page()
        page.goto(service.web)
        camera.take(page, "1-empty-desk")

        faulty = tmp_path / "fel.md"
        faulty.write_text(
            SAMPLE.read_text("utf-8")
            .replace("16 januari 2020", "31 februari 2020")
            .replace("Camilla Broo\t", "Frida Nilsson\t"),
            "utf-8",
        )
        _upload(page, faulty)
        camera.take(page, "2-draft-with-findings")
        assert "31 februari" in page.inner_text("main")

        page.goto(service.web)
        _upload(page, SAMPLE)
        document = page.url
        for number, (name, person) in enumerate(service.people.items(), start=3):
            link = person.link()
            page = context.new_page()
            page.goto(link)
            camera.take(page, f"{number}-sign-ask-{number}")
            page.check("#read")
            page.locator("button.primary").click()
            code = person.code()
            camera.take(page, f"{number}-sign-code-{number}")
            page.fill("#code", code)
            page.locator("form:has(#code) button.primary").click()
            page = wait_for(
                f"{name}'s receipt", lambda link=link: _page_with(context, ".fingerprint + dt, a.button", link)
            )
            camera.take(page, f"{number}-signed-{number}")
        found = f"{service.web}/archive?q=varudistribution"
        page = wait_for("the archive", lambda: _page_with(context, "a[href^='/d/']", found))
        camera.take(page, "5-search")
        page.locator("a[href^='/d/']").first.click()
        camera.take(page, "6-archived")
        with page.expect_download() as download:
            page.locator("a[href$='/minutes.pdf']").first.click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF-1.7")
        page.goto(document)
        camera.take(page, "7-document-archived")
        page.goto(service.web)
        camera.take(page, "8-desk")
        page.goto(f"{service.web}/?lang=en")
        camera.take(page, "9-desk-english")
        context.close()


def _upload(page: Page, file: Path) -> None:
    page.set_input_files("input[type=file]", file)
    page.locator("form[action='/drafts'] button").click()
    page.wait_for_url("**/documents/*", timeout=60_000)  # the page looks again by itself until it is registered


def _page_with(context: BrowserContext, selector: str, address: str) -> Page | None:
    """What is there, if it has that; in a tab of its own, since one that looks again by itself does so in the middle of going."""
    page = context.new_page()
    page.goto(address)
    if page.locator(selector).count():
        return page
    page.close()
    return None
