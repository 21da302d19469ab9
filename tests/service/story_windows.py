"""Windows of a real Chromium that people look through: each stop is held to what every page must be, and photographed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from people import wait_for
from playwright.sync_api import Browser, ConsoleMessage, Request, Response

from post_office import Letter

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_ENGLISH = re.compile(r"\b(the|and|of|with|your|you|not|this|please|signed|page|error|item|until)\b", re.IGNORECASE)
_KEY = re.compile(r"\b(web|mail|desk|staff|round|archived|verify|states|steps|signing)\.[a-z_]+\.[a-z_-]+\b")
_ADDRESS = re.compile(r"https?://\S+")
_SERVER_ERROR = 500
_LOOK = """
    () => {
        const root = document.documentElement, focused = document.activeElement;
        const box = focused?.getBoundingClientRect();
        return {
            language: root.lang,
            wide: root.scrollWidth - root.clientWidth,
            headings: document.querySelectorAll("h1").length,
            focused: Boolean(focused && focused !== document.body && box.width && box.height),
        };
    }
"""


@dataclass(frozen=True, slots=True)
class View:
    """One kind of window: its name, its width in CSS pixels, and whether it runs JavaScript."""

    name: str
    width: int
    scripts: bool

    @property
    def phone(self) -> bool:
        return self.width < 600


@dataclass
class Look:
    """How everybody in one story looks at the pages, and what was wrong with what they saw.

    Attributes:
        browser: Chromium.
        web: Where signflow answers.
        view: What kind of windows they have.
        folder: Where letters are opened.
        pictures: Where the photographs go.
    """

    browser: Browser
    web: str
    view: View
    folder: Path
    pictures: Path
    faults: list[str] = field(default_factory=list[str])
    taken: list[str] = field(default_factory=list[str])


class Window:
    """One person's browser, with cookies of its own."""

    def __init__(self, look: Look) -> None:
        self._look = look
        view = look.view
        self._context = look.browser.new_context(
            viewport={"width": view.width, "height": 844 if view.phone else 900},
            is_mobile=view.phone,
            has_touch=view.phone,
            java_script_enabled=view.scripts,
            locale="sv-SE",
            accept_downloads=True,
        )
        self._context.set_default_timeout(60_000)
        self._context.on("console", self._said)
        self._context.on("weberror", lambda error: self._fault(f"a script failed: {error.error}"))
        self._context.on("request", self._asked)
        self._context.on("response", self._answered)
        self.page = self._context.new_page()

    def close(self) -> None:
        self._context.close()

    def go(self, path: str) -> None:
        self.visit(f"{self._look.web}{path}")

    def visit(self, address: str) -> None:
        """Go there in a new tab: the page before may look again by itself, and would do so in the middle of going."""
        before, self.page = self.page, self._context.new_page()
        before.close()
        self.page.goto(address)

    def open(self, letter: Letter, stop: str = "") -> None:
        """Open the letter's HTML part as a mail program shows it, and press its button."""
        file = self._look.folder / "letter.html"
        file.write_text(letter.html, "utf-8")
        self.visit(file.as_uri())
        if stop:
            self.stop(stop)
        self.page.click("a.button")
        self.page.wait_for_url(f"{self._look.web}/**")

    def read(self, letter: Letter, stop: str) -> str:
        """Open a letter that has no button; what it says."""
        file = self._look.folder / "letter.html"
        file.write_text(letter.html, "utf-8")
        self.visit(file.as_uri())
        self.stop(stop)
        return self.page.inner_text("main")

    def heading(self) -> str:
        return self.page.inner_text("h1")

    def words(self) -> str:
        return self.page.inner_text("main")

    def until(self, what: str, seen: Callable[[], bool]) -> None:
        """Look again until it is there."""

        def again() -> bool | None:
            self.visit(self.page.url)
            return seen() or None

        if not seen():
            wait_for(what, again)

    def stop(self, name: str) -> None:
        """Hold what is shown to what every page must be, and take a picture of all of it."""
        page = self.page
        for image in page.locator("img").all():
            image.scroll_into_view_if_needed()
            wait_for(
                f"an image of {name}",
                lambda image=image: image.evaluate("one => one.complete && one.naturalWidth > 0") or None,
            )
        page.evaluate("scrollTo(0, 0)")
        number = f"{len(self._look.taken) + 1:02}"
        self._look.taken.append(name)
        picture = self._look.pictures / f"story-{self._look.view.name}-{number}-{name}.png"
        page.screenshot(path=picture, full_page=True, scale="css")
        seen: dict[str, Any] = page.evaluate(_LOOK)
        if seen["language"] != "sv":
            self._fault(f"{name} says that its language is {seen['language']}")
        if seen["wide"] > 0:
            self._fault(f"{name} is {seen['wide']} px too wide")
        if seen["headings"] != 1:
            self._fault(f"{name} has {seen['headings']} first headings")
        words = _ADDRESS.sub("", f"{page.title()}\n{page.inner_text('main')}")
        for pattern in (_ENGLISH, _KEY):
            if found := pattern.search(words):
                self._fault(f"{name} says {words[max(0, found.start() - 40) : found.end() + 40]!r}")
        page.keyboard.press("Tab")
        if not page.evaluate(_LOOK)["focused"] and page.locator("a, button, input").count():
            self._fault(f"{name}: the focus went nowhere")

    def _fault(self, what: str) -> None:
        self._look.faults.append(what)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._fault(f"{self.page.url} says in the console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self._look.web}/", "file://", "data:")):
            self._fault(f"{self.page.url} asks {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= _SERVER_ERROR:
            self._fault(f"{response.url} answered {response.status}")
