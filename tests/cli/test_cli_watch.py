"""`signflow render --watch` as a person has it: a process that follows a draft, and a browser that follows the process."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Self

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

SIGNFLOW = Path(sys.executable).parent / "signflow"
SAMPLE = Path(__file__).parents[1] / "samples" / "minnesanteckningar-2020-01-16.md"
WITHIN_S = 60


class Watching:
    """`signflow render DRAFT --watch` in a process of its own, and what it says, line by line."""

    def __init__(self, draft: Path, output: Path, *options: str) -> None:
        environment = {**os.environ, "SIGNFLOW_LANGUAGE": "sv", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [SIGNFLOW, "render", draft, "-o", output, "--watch", "--no-open", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=draft.parent,
            env=environment,
        )
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        self.url = self.says(r"http://127\.0\.0\.1:\d+/").group()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(WITHIN_S)
        self._reader.join()

    def says(self, pattern: str) -> re.Match[str]:
        """The next line that says it."""
        while True:
            line = self._lines.get(timeout=WITHIN_S)
            if found := re.search(pattern, line):
                return found

    def interrupt(self) -> int:
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(WITHIN_S)

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as said:
            for line in said:
                self._lines.put(line)


@contextlib.contextmanager
def events(url: str) -> Iterator[Iterator[int]]:
    """The numbers that the preview sends, as a browser hears them."""
    with httpx.stream("GET", f"{url}events", timeout=WITHIN_S, trust_env=False) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield (int(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: "))


def page(url: str) -> str:
    answer = httpx.get(url, timeout=WITHIN_S, trust_env=False)
    assert answer.status_code == 200
    return answer.text


def images(url: str) -> list[bytes]:
    paths = re.findall(r'src="/(pages/[^"]+)"', page(url))
    return [httpx.get(url + path, timeout=WITHIN_S, trust_env=False).content for path in paths]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "utkast.md"
    file.write_bytes(SAMPLE.read_bytes())
    return file


def save(file: Path, text: str) -> None:
    """As many programs do: a new file, then the old one's name."""
    new = file.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.replace(file)


def test_each_save_is_drawn_shown_and_written(draft: Path, tmp_path: Path) -> None:
    output = tmp_path / "ut.pdf"
    good = draft.read_text("utf-8")
    with Watching(draft, output) as watching, events(watching.url) as numbers:
        first = next(numbers)
        before, written = images(watching.url), output.read_bytes()
        assert all(image.startswith(b"\x89PNG") for image in before)

        save(draft, good.replace("Södertörnsanalysen", "Vägarna"))
        second = next(numbers)
        assert second > first
        after = images(watching.url)
        assert after[0] != before[0]
        assert output.read_bytes() != written

        written = output.read_bytes()
        draft.write_text(good.replace("Torsdagen", "Onsdagen"), "utf-8")  # and some write into the file itself
        third = next(numbers)
        shown = page(watching.url)
        assert third > second
        assert "Det står Onsdagen" in shown
        assert 'href="#line-5"' in shown
        assert "Utkastet har fel att rätta" in shown
        assert images(watching.url) == after  # the last good pages stay
        assert output.read_bytes() == written
        assert watching.says("fel att rätta")

        draft.unlink()
        next(numbers)
        assert "kan inte läsas" in page(watching.url)
        assert images(watching.url) == after

        save(draft, good)
        next(numbers)
        assert "Inget att anmärka på" in page(watching.url)
        assert images(watching.url) == before

        assert watching.interrupt() == 0  # while a browser still listens
        assert watching.says("avslutad")


def test_a_draft_with_errors_is_watched_too(draft: Path, tmp_path: Path) -> None:
    good = draft.read_text("utf-8")
    draft.write_text("", "utf-8")
    output = tmp_path / "ut.pdf"
    with Watching(draft, output, "--language", "en") as watching, events(watching.url) as numbers:
        next(numbers)
        assert images(watching.url) == []
        assert not output.exists()
        save(draft, good)
        next(numbers)
        assert len(images(watching.url)) == 2
        assert output.exists()
        assert watching.interrupt() == 0


def test_it_answers_this_machine_alone_and_only_when_asked_to_show(draft: Path, tmp_path: Path) -> None:
    with Watching(draft, tmp_path / "ut.pdf") as watching:
        host = watching.url.removeprefix("http://").strip("/")

        def status(method: str, path: str, **headers: str) -> int:
            return httpx.request(
                method, watching.url + path, headers=headers, timeout=WITHIN_S, trust_env=False
            ).status_code

        assert status("GET", "", Host="rebound.example") == 421
        assert status("GET", "static/signflow.css", Host="rebound.example") == 421
        assert status("GET", "events", Host=f"rebound.example:{host.rpartition(':')[2]}") == 421
        assert status("POST", "", Origin=f"http://{host}") == 405
        assert status("DELETE", "", Origin="http://elsewhere.example") == 403
        paths = (
            "utkast.md",
            "ut.pdf",
            "static/../utkast.md",
            "static/%2e%2e/desk.html.j2",
            "drafts",
            f"pages/{'0' * 64}/1.png",
        )
        assert {status("GET", path) for path in paths} == {404}
        assert watching.interrupt() == 0


@pytest.mark.browser
def test_a_browser_follows_the_draft_and_stays_where_it_is(draft: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium")
    good = draft.read_text("utf-8")
    with Watching(draft, tmp_path / "ut.pdf") as watching, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(locale="sv-SE").new_page()
        page.set_default_timeout(WITHIN_S * 1000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(request.url))
        page.goto(watching.url)
        page.wait_for_selector("text=Inget att anmärka på")
        top = "document.querySelector('img.page').getBoundingClientRect().top"
        page.evaluate("window.here = true; window.scrollTo(0, 600)")
        before = page.evaluate(top)
        save(draft, good.replace("Torsdagen", "Onsdagen"))
        page.wait_for_selector("text=Det står Onsdagen")
        assert page.evaluate("window.here")  # it was not loaded anew
        assert page.evaluate(top) == pytest.approx(before, abs=60)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            violations = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults == []
        assert watching.interrupt() == 0
        page.wait_for_selector("text=Förhandsvisningen är avslutad")
        browser.close()


def test_an_html_copy_has_no_pages_to_show(draft: Path, tmp_path: Path) -> None:
    said = subprocess.run(
        [SIGNFLOW, "render", draft, "-o", tmp_path / "x.html", "--copy", "html", "--watch"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout) == (2, "")
    assert "--copy" in said.stderr
