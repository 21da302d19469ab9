"""For everyone: every page in every state in a real Chromium, judged by axe and by what WCAG 2.2 asks beyond it.

Source: WCAG 2.2, 1.4.3, 1.4.10, 1.4.11, 1.4.12, 2.3.3, 2.4.7, 2.4.11, 2.5.8, 3.1.1; CSS Color Adjustment 1 (forced colours).
With `--pictures FOLDER` the pages are kept as PNG files and as printed, to be looked at.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from every_page import Seen, Walk, walk_everywhere
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright
from visitor import ORIGIN

from signflow.rounds.model import State
from signflow.texts import LANGUAGES, Texts
from signflow.web.signing import Stage

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.oracle("chromium"),
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("everyone"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTHS = (320, 390, 1280, 3840)
LOOKED_AT = (390, 1280)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
MOST_BYTES = 100_000
SPACED = """
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
        p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [sheet];
"""
CLIPPED = """
    [...document.querySelectorAll("main *, header *, footer *")].filter(one => {
        const style = getComputedStyle(one);
        if (one.closest(".unseen") || one.matches("input, textarea, select, img")) return false;
        return style.overflowY == "hidden" && one.scrollHeight > one.clientHeight + 1
            || style.overflowX == "hidden" && one.scrollWidth > one.clientWidth + 1;
    }).map(one => one.outerHTML.slice(0, 120))
"""
MOVING = """
    [...document.querySelectorAll("*")].filter(one => {
        const style = getComputedStyle(one);
        return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
    }).map(one => one.outerHTML.slice(0, 120))
"""
FOCUSED = """
    () => {
        const one = document.activeElement;
        if (!one || one === document.body) return null;
        const box = one.getBoundingClientRect(), style = getComputedStyle(one);
        const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
        const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 0), innerHeight - 1);
        const top = document.elementFromPoint(x, y);
        const seen = top && (one.contains(top) || top.contains(one) && !top.matches("html, body"));
        window.focusedBefore ??= new Map();
        if (!window.focusedBefore.has(one)) window.focusedBefore.set(one, window.focusedBefore.size);
        return {number: window.focusedBefore.get(one), seen: Boolean(seen),
            marked: style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2,
            inside: box.bottom > 0 && box.top < innerHeight, html: one.outerHTML.slice(0, 140)};
    }
"""
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Lived in another thread: Playwright has a loop in this one."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(walk_everywhere, tmp_path_factory.mktemp("walk")).result()


@pytest.fixture(scope="module")
def chromium(walk: Walk) -> Iterator[Browser]:
    assert walk.pages
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    wanted = request.config.getoption("--pictures")
    if wanted is None:
        return None
    folder = Path(wanted) / "everyone"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Window:
    """A browser window that shows what the walk has kept, and notes whatever else a page asks for."""

    def __init__(self, chromium: Browser, walk: Walk, **options: Any) -> None:
        self._walk = walk
        self._now: Seen | None = None
        self.faults: list[str] = []
        self._context: BrowserContext = chromium.new_context(**options)
        self._context.route("**/*", self._answer)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._hear)

    def show(self, seen: Seen) -> Page:
        """The page as it was answered, with the headers that came with it, but never another one by itself."""
        self._now = seen
        self.page.goto(ORIGIN + seen.address)
        self.page.evaluate("document.querySelectorAll('img').forEach(one => one.loading = 'eager')")
        return self.page

    def fault(self, what: str) -> None:
        assert self._now
        self.faults.append(f"{self._now.name} ({self._now.language}) {what}")

    def close(self) -> None:
        self._context.close()

    def _answer(self, route: Route) -> None:
        address = route.request.url
        path = address.removeprefix(ORIGIN)
        assert self._now
        if address == path:
            self.fault(f"asks elsewhere: {address}")
            route.abort()
        elif route.request.is_navigation_request() and path == self._now.address:
            kept = {
                name: value for name, value in self._now.headers.items() if name not in {"refresh", "content-length"}
            }
            route.fulfill(status=self._now.status, headers=kept, body=self._now.body)
        elif path in self._walk.files:
            media_type, body = self._walk.files[path]
            route.fulfill(status=200, headers={"content-type": media_type}, body=body)
        elif path == "/events":
            route.fulfill(status=204)
        else:
            self.fault(f"asks for {path}")
            route.abort()

    def _hear(self, message: ConsoleMessage) -> None:
        expected = "the server responded with a status of" in message.text
        if message.type in {"error", "warning"} and not expected:
            self.fault(f"says {message.text}")


def test_every_address_is_in_the_walk(walk: Walk) -> None:
    assert walk.offered - walk.visited == set()
    assert len(walk.offered) > 40


def test_every_state_is_in_the_walk(walk: Walk) -> None:
    """What a page can be, as the house names it: each has words of its own on some page."""
    texts = Texts(Path(__file__).parents[2] / "templates", "sv")
    said = " ".join(_words(page) for page in walk.pages)
    for state in State:
        assert any(f'class="chip {state}"'.encode() in page.body for page in walk.pages), state
    for stage in set(Stage) - {Stage.WAITING}:  # nobody has a link before it is their turn
        assert texts(f"web.sign.title_{stage}") in said, stage
    for kind in (
        "missing",
        "host",
        "foreign",
        "refused",
        "stale",
        "unavailable",
        "unexpected",
        "signed_out",
        "signed_out_kept",
    ):
        assert texts(f"web.failure.{kind}_title") in said, kind


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    scheme: Scheme, walk: Walk, chromium: Browser, pictures: Path | None
) -> None:
    window, axe = Window(chromium, walk, color_scheme=scheme), Axe()
    for seen in walk.pages:
        page = window.show(seen)
        for width in WIDTHS if seen.language == "sv" else WIDTHS[:1]:
            page.set_viewport_size({"width": width, "height": 2160 if width > 2000 else 900})
            for violation in axe.run(page, options=RULES).response["violations"]:
                nodes = [node["html"][:160] for node in violation["nodes"]]
                window.fault(f"{scheme} {width} px: {violation['id']}: {nodes}")
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                window.fault(f"{width} px: {wide} px wide")
            if pictures and width in {*LOOKED_AT, 3840} and seen.language == "sv":
                page.screenshot(path=pictures / f"{seen.name}-{width}-{scheme}.png", full_page=width < 2000)
    window.close()
    assert window.faults == [], "\n".join(window.faults)


def test_wider_spaced_text_is_neither_cut_off_nor_too_wide(walk: Walk, chromium: Browser) -> None:
    window = Window(chromium, walk, viewport={"width": 320, "height": 640})
    for seen in walk.pages:
        page = window.show(seen)
        page.evaluate(SPACED)
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > 320:
            window.fault(f"{wide} px wide")
        for clipped in page.evaluate(CLIPPED):
            window.fault(f"cuts off {clipped}")
    window.close()
    assert window.faults == [], "\n".join(window.faults)


@pytest.mark.parametrize("width", LOOKED_AT)
@pytest.mark.parametrize("colours", ["none", "active"])
def test_what_has_the_focus_is_seen(
    width: int, colours: Literal["none", "active"], walk: Walk, chromium: Browser, pictures: Path | None
) -> None:
    window = Window(
        chromium, walk, viewport={"width": width, "height": 640}, reduced_motion="reduce", forced_colors=colours
    )
    for seen in walk.pages:
        if seen.language != "sv":
            continue
        page = window.show(seen)
        for moving in page.evaluate(MOVING):
            window.fault(f"moves: {moving}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for _ in range(400):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused is None:
                break
            if not (focused["seen"] and focused["inside"]):  # the browser may scroll to it in a frame to come
                page.evaluate(TWO_FRAMES)
                focused = page.evaluate(FOCUSED)
            if not (focused["seen"] and focused["inside"]):
                window.fault(f"{width} px: hides what has the focus: {focused['html']}")
            if not focused["marked"]:
                window.fault(f"{width} px: does not mark the focus: {focused['html']}")
        else:
            window.fault("keeps the focus")
        if pictures and colours == "active":
            page.screenshot(path=pictures / f"{seen.name}-{width}-forced.png", full_page=True)
    window.close()
    assert window.faults == [], "\n".join(window.faults)


def test_pages_are_light_and_say_their_language(walk: Walk) -> None:
    sheet = sum(len(body) for path, (_, body) in walk.files.items() if path.startswith("/static/"))
    # the reports on a checked file are files that the page hands over, in addresses of their own
    sizes = {page.name: len(re.sub(rb'"data:[^"]+"', b"", page.body)) + sheet for page in walk.pages}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}
    for page in walk.pages:
        assert f'<html lang="{page.language}">'.encode() in page.body
        assert page.headers["content-language"] == page.language
    assert {page.language for page in walk.pages} == set(LANGUAGES)


def test_pages_allow_no_script_and_nothing_from_elsewhere(walk: Walk) -> None:
    for page in walk.pages:
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), page.name
        assert "unsafe" not in policy
        assert "*" not in policy
        assert re.search(rb"<(script(?! src=./static/)|style|iframe|object|embed|base)\b", page.body) is None, page.name
        assert re.search(rb"<[^>]* (style|on\w+)=", page.body) is None, page.name


PRINTED = ("desk-full", "document-half-signed", "changes", "sign-signed", "archived-verified", "verify-signed")


def test_pages_print_without_what_is_for_the_screen(walk: Walk, chromium: Browser, pictures: Path | None) -> None:
    window = Window(chromium, walk, color_scheme="dark", viewport={"width": 1280, "height": 900})
    for name in PRINTED:
        page = window.show(walk.named(name))
        page.emulate_media(media="print")
        for element in ("header.site nav", ".language", "footer.site", "main button"):
            for found in page.locator(element).all():
                if found.is_visible():
                    window.fault(f"prints {element}")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        if paper != "rgb(255, 255, 255)":
            window.fault(f"prints on {paper}")
        printed = page.pdf(format="A4", print_background=False)
        assert printed.startswith(b"%PDF")
        if pictures:
            (pictures / f"{name}.pdf").write_bytes(printed)
        page.emulate_media(media="screen")
    window.close()
    assert window.faults == [], "\n".join(window.faults)


def _words(page: Seen) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.body.decode()).split())
