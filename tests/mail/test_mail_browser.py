"""The HTML part of every letter in a real Chromium, by day and by night: no accessibility fault, nothing too wide.

With `--pictures FOLDER` the letters are kept as PNG files, to be looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from test_message import VALUES, read, write

CHROMIUM = shutil.which("chromium")
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTH = 320
LONG = "Personuppgiftsbiträdesavtalsförhandlingsprotokoll " * 6

pytestmark = [
    pytest.mark.browser,
    pytest.mark.oracle("chromium"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    browser: Browser, scheme: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = Path(request.config.getoption("--pictures") or tmp_path)
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    asked = list[str]()
    context.on("request", lambda sent: asked.append(sent.url))
    page = context.new_page()
    page.set_viewport_size({"width": WIDTH, "height": 640})
    for kind in VALUES:
        facts = {"title": LONG, "body": LONG.replace(" ", "")}
        letters = {
            "short": write(kind),
            "long": write(kind, title=LONG, link=f"https://x.example/{'a' * 90}", facts=facts),
        }
        for name, letter in letters.items():
            page.set_content(read(letter)[2])
            faults = [fault["id"] for fault in Axe().run(page, options=OPTIONS).response["violations"]]
            assert (kind, name, faults) == (kind, name, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
            page.screenshot(path=folder / f"mail-{kind}-{name}-{scheme}.png", full_page=True)
    night = page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor") != "rgb(255, 255, 255)"
    assert night == (scheme == "dark")
    assert asked == []
    context.close()
