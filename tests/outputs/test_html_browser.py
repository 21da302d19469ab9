"""The HTML copies in a real Chromium at phone and desktop width: axe finds nothing, nothing is too wide, it prints.

With `--pictures FOLDER` the pages are kept as PNG files, to be looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from published_minutes import filled

from signflow.minutes.difference.compare import compare
from signflow.minutes.model import Grid, Item, Minutes, Paragraph, Span
from signflow.rendering.copies import Original
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.html.copy import render_html
from signflow.rendering.html.difference import render_difference
from signflow.rendering.html.page import Page
from signflow.rendering.web_copy import web_edition
from signflow.texts import LANGUAGES, Language, Texts

CHROMIUM = shutil.which("chromium")
WIDTHS = (390, 1280)
SENTENCES = (
    "Nämnden beslutar att bevilja bidraget ",
    "Ärendet återremitteras till förvaltningen för ytterligare beredning ",
    "Anna Åkerström-Łukasiewicz ",
    "مرحبا بالعالم ",
    "Kommunikationsavdelningens verksamhetsuppföljningsrapport ",
)

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


def written(language: Language, shift: int = 0) -> Minutes:
    """Minutes with a table that is wider than a telephone."""
    count = iter(range(shift, 10_000))
    minutes = filled(lambda: SENTENCES[next(count) % len(SENTENCES)], language)
    row = tuple(Paragraph((Span(f"sammanträdesarvode{column}"),), 50) for column in range(7))
    wide = Item(3, "§ 3", "En bred tabell", 2, (Grid((row, row), header=True, line=50),), 49)
    return replace(minutes, items=(*minutes.items, wide))


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_at_any_width(  # noqa: PLR0917 -- fixtures
    browser: Browser,
    style: HouseStyle,
    catalogue: Mapping[Language, Texts],
    page: Page,
    language: Language,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    texts = catalogue[language]
    edition = web_edition(written(language), style, texts, Original("protokoll-2024-03-12", 1, "ab" * 32))
    documents = {
        "copy": render_html(edition.minutes, edition.style, texts, edition.imprint, page),
        "difference": render_difference(
            compare(written(language), written(language, 1)), style, texts, page, old="gammal.md", new="ny.md"
        ),
    }
    folder = Path(request.config.getoption("--pictures") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    for name, document in documents.items():
        file = tmp_path / f"{name}-{language}.html"
        file.write_text(document, "utf-8")
        context = browser.new_context(bypass_csp=True)  # axe is a script, and the page takes none
        window = context.new_page()
        window.goto(file.as_uri())
        for width in WIDTHS:
            window.set_viewport_size({"width": width, "height": 900})
            violations = Axe().run(window).response["violations"]
            faults += [
                f"{file.name} at {width}: {one['id']}: {[node['html'][:160] for node in one['nodes']]}"
                for one in violations
            ]
            wide = window.evaluate("document.documentElement.scrollWidth")
            faults += [f"{file.name} at {width}: {wide} px wide"] if wide > width else []
            window.screenshot(path=folder / f"{name}-{language}-{width}.png", full_page=True)
        (folder / f"{name}-{language}.pdf").write_bytes(window.pdf(format="A4"))
        context.close()
    assert faults == [], "\n".join(faults)


def test_the_skip_link_leads_past_the_head(
    browser: Browser, style: HouseStyle, catalogue: Mapping[Language, Texts], page: Page, tmp_path: Path
) -> None:
    edition = web_edition(written("sv"), style, catalogue["sv"], Original("a", 1))
    file = tmp_path / "copy.html"
    file.write_text(render_html(edition.minutes, edition.style, catalogue["sv"], edition.imprint, page), "utf-8")
    window = browser.new_page()
    window.goto(file.as_uri())
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.className") == "skip"
    window.keyboard.press("Enter")
    assert window.evaluate("document.activeElement.id") == "content"
    window.close()
