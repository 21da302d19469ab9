"""Every page in a real Chromium, on a telephone and on a desk: no accessibility fault, nothing wider than the screen."""

from __future__ import annotations

import io
import shutil
import socket
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfWriter

from life import Life
from many_documents import fill, lives
from signflow.web.app import build_app

pytestmark = pytest.mark.browser
ANNA, HELENE = "anna@example.org", "helene@example.org"
WIDTHS = (390, 1280)
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
BROKEN = "Vid anteckningarna\n\nJusterat\n\nAnna Söderström\n\nHelene Olofsson"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(life: Life) -> Generator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    life.with_ports(public_url=url)
    config = uvicorn.Config(build_app(life.ports), access_log=False, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield url
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def work(life: Life) -> None:
    """The house's work, away from the loop that Playwright runs in this thread."""
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(life.work).result()


class Visit:
    """One browser window that is examined at each stop."""

    def __init__(self, chromium: Browser, url: str, shots: Path) -> None:
        self._context = chromium.new_context(locale="sv-SE", java_script_enabled=True, bypass_csp=True)
        self._context.set_default_timeout(10_000)
        self.page: Page = self._context.new_page()
        self._url = url
        self._shots = shots
        self._axe = Axe()
        self.faults: list[str] = []

    def go(self, path: str) -> None:
        self.page.goto(self._url + path)

    def anew(self, path: str) -> Page:
        """Go there in a new tab, from a page that looks again by itself and would do so in the middle of going."""
        before, self.page = self.page, self._context.new_page()
        before.close()
        self.go(path)
        return self.page

    def examine(self, name: str) -> None:
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.wait_for_load_state()  # a page without its style sheet yet has faults that nobody sees
            report = self._axe.run(self.page, options=OPTIONS)
            for violation in report.response["violations"]:
                nodes = [node["html"][:160] for node in violation["nodes"]]
                self.faults.append(f"{name} at {width}: {violation['id']}: {nodes}")
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.faults.append(f"{name} at {width}: {wide} px wide")
            self.page.screenshot(path=self._shots / f"{name}-{width}.png", full_page=True)


@pytest.fixture
def shots(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = Path(request.config.getoption("basetemp") or tmp_path) / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_the_whole_way_in_a_browser(life: Life, chromium: Browser, sample: bytes, shots: Path, tmp_path: Path) -> None:
    with served(life) as url:
        visit = Visit(chromium, url, shots)
        document = hand_in(life, visit, sample, tmp_path)
        anna_signs(life, visit)
        helene_signs(life, visit)
        look_in_the_archive(visit, document)
        assert visit.faults == [], "\n".join(visit.faults)


def hand_in(life: Life, visit: Visit, sample: bytes, folder: Path) -> str:
    """A draft that is fine, and one that is not; the address of the first."""
    draft, broken = folder / "Ledningsgruppen 16 januari.md", folder / "Trasigt utkast.md"
    draft.write_bytes(sample)
    text = sample.decode().replace(BROKEN, "Vid anteckningarna\n\nJusterat\n\nAnna Söderstrom\n")
    broken.write_text(text.replace("Torsdagen", "Onsdagen"), "utf-8")
    page = visit.page
    visit.go("/")
    visit.examine("desk-empty")
    page.click("summary")
    visit.examine("desk-start")
    with page.expect_download() as started:
        page.click("form.start button")
    assert started.value.suggested_filename == "minnesanteckningar.docx"
    page.set_input_files("#file", draft)
    page.click("button.primary")
    page.wait_for_url("**/drafts/*")
    page = visit.anew(f"{urlsplit(page.url).path}?still=1")
    visit.examine("arriving")
    work(life)
    page.click("main a")
    page.wait_for_url("**/documents/*")
    visit.examine("document-review")
    address = page.url
    visit.go("/")
    page.set_input_files("#file", broken)
    page.click("button.primary")
    work(life)
    page.wait_for_url("**/documents/*")
    visit.examine("document-errors")
    visit.go("/")
    visit.examine("desk")
    return address


def anna_signs(life: Life, visit: Visit) -> None:
    page, link = visit.page, f"/sign/{life.token(ANNA)}"
    visit.go(link)
    visit.examine("sign-ask")
    page.check("#read")
    page.click("button.primary")
    work(life)
    page.fill("#code", "000000" if life.code(ANNA) != "000000" else "000001")
    visit.examine("sign-code")
    page.click(".act button.primary")
    visit.examine("sign-wrong-code")
    page.click("details:has(.stern) > summary")
    visit.examine("sign-object")
    page.fill("#code", life.code(ANNA))
    page.click(".act button.primary")
    page.wait_for_selector("text=Ditt godkännande är mottaget")
    visit.anew(f"{link}?still=1")
    visit.examine("sign-signing")
    work(life)
    visit.go(link)
    visit.examine("sign-signed")


def helene_signs(life: Life, visit: Visit) -> None:
    page = visit.page
    visit.go(f"/sign/{life.token(HELENE)}")
    page.check("#read")
    page.click("button.primary")
    work(life)
    page.fill("#code", life.code(HELENE))
    page.click(".act button.primary")
    page.wait_for_selector("text=Ditt godkännande är mottaget")
    work(life)
    page.wait_for_selector("text=Kvitto")  # the page looks again by itself


def look_in_the_archive(visit: Visit, document: str) -> None:
    visit.page.goto(document)
    visit.examine("document-archived")
    visit.go("/archive?q=varudistribution")
    visit.examine("archive")
    visit.page.click("main h3 a")
    visit.examine("archived")
    visit.go("/archive?q=ingenting")
    visit.examine("archive-nothing")
    visit.go("/sign/nobody")
    visit.examine("missing")


def test_an_objection_in_a_browser_without_javascript(
    life: Life, chromium: Browser, sample: bytes, shots: Path
) -> None:
    document = life.drop(sample)
    with served(life) as url:
        page = chromium.new_context(locale="en-GB", java_script_enabled=False).new_page()
        page.goto(f"{url}/sign/{life.token(ANNA)}")
        page.check("#read")
        page.click("button.primary")
        work(life)
        page.click("details:has(.stern) > summary")
        page.fill("#reason", "Item 3: we decided nothing.")
        page.fill("#object-code", life.code(ANNA))
        page.click("button.stern")
        assert page.inner_text("h1") == "Your objection has been received"
        visit = Visit(chromium, url, shots)
        visit.page.goto(page.url)
        visit.examine("sign-objected")
        visit.go(f"/documents/{document.id}?lang=en")
        visit.examine("document-objected")
        assert visit.faults == [], "\n".join(visit.faults)


def test_checking_a_document_in_a_browser(
    life: Life, chromium: Browser, sample: bytes, shots: Path, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        files = elsewhere.submit(documents_to_check, life, sample, tmp_path).result()
    with served(life) as url:
        visit = Visit(chromium, url, shots)
        page = visit.page
        page.set_default_timeout(60_000)  # the first file waits for the process that checks it
        visit.go("/verify")
        visit.examine("verify")
        for name, file in files.items():
            visit.go("/verify")
            page.set_input_files("#file", file)
            page.click("form[method=post] button")
            page.wait_for_selector("#file-heading")
            visit.examine(f"verify-{name}")
        visit.go("/verify")
        page.set_input_files("#file", files["signed"])
        page.click("form[method=post] button")
        page.click("summary >> nth=0")
        visit.examine("verify-details")
        with page.expect_download() as started:
            page.click("a[download='verification.xml']")
        assert started.value.path().read_bytes().startswith(b"<?xml")
        page.emulate_media(media="print")
        page.screenshot(path=shots / "verify-receipt.png", full_page=True)
        page.emulate_media(media="screen")
        visit.go("/verify?q=0000")
        visit.examine("verify-nothing")
        assert visit.faults == [], "\n".join(visit.faults)


def documents_to_check(life: Life, sample: bytes, folder: Path) -> dict[str, Path]:
    """A signed document, the same changed, and a copy without its signatures."""
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    signed = life.ports.archive.retrieve(document.id)
    changed = bytearray(signed)
    changed[2000] ^= 1
    writer, copy = PdfWriter(clone_from=io.BytesIO(signed)), io.BytesIO()
    del writer.root_object["/AcroForm"]
    writer.write(copy)
    files = {"signed": signed, "changed": bytes(changed), "copy": copy.getvalue()}
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
    return {name: folder / f"{name}.pdf" for name in files}


def test_a_full_desk_and_a_text_to_correct(life: Life, chromium: Browser, sample: bytes, shots: Path) -> None:
    fill(life.ports.store, lives(60, life.ports.clock().date()))
    broken = sample.decode().replace(BROKEN, f"{BROKEN[:-8]}Olofson")
    document = life.drop(sample)
    life.drop(broken, document=document.id)
    address = f"/documents/{document.id}"
    with served(life) as url:
        visit = Visit(chromium, url, shots)
        page = visit.page
        for name, path in {
            "": "/",
            "-2": "/?page=2",
            "-found": "/?q=budget&state=all",
            "-nothing": "/?q=x&late=1",
        }.items():
            visit.go(path)
            visit.examine(f"desk-full{name}")
        visit.go(address)
        visit.examine("document-timeline")
        visit.go(f"{address}/changes")
        visit.examine("document-changes")
        visit.go(f"{address}/text")
        visit.examine("edit")
        page.fill("#edit-text", sample.decode())
        page.click("button[value=check]")
        visit.examine("edit-checked")
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(life.drop, broken.replace("24 januari", "25 januari"), "utkast.md", document.id).result()
        page.click("button[value=save]")
        visit.examine("edit-conflict")
        assert visit.faults == [], "\n".join(visit.faults)


def test_a_draft_is_corrected_by_keyboard_without_javascript(life: Life, chromium: Browser, sample: bytes) -> None:
    document = life.drop(sample.decode().replace(BROKEN, f"{BROKEN[:-8]}Olofson"))
    with served(life) as url:
        page = chromium.new_context(locale="sv-SE", java_script_enabled=False).new_page()
        page.goto(f"{url}/documents/{document.id}")
        page.get_by_role("link", name="Rätta texten här").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Text", exact=True).focus()
        page.keyboard.press("Control+End")
        for _ in "son":
            page.keyboard.press("Backspace")
        page.keyboard.type("sson")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Inget fel hittades").wait_for()
        assert life.load(document).draft.number == 1
        page.get_by_label("Text", exact=True).focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Utkastet läses in").wait_for()
        work(life)
    corrected = life.load(document)
    assert (corrected.draft.number, corrected.draft.clean) == (2, True)
    assert life.ports.blobs.get(corrected.draft.source) == sample


def test_the_editor_opens_at_a_line_with_scripts_and_without(life: Life, chromium: Browser, sample: bytes) -> None:
    lines = sample.decode().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if n > len(lines) // 2 and len(line) > 20)
    document = life.drop(sample)
    place = f"/documents/{document.id}/text?line={number}#line-{number}"
    with served(life) as url:
        page = chromium.new_context(locale="sv-SE", java_script_enabled=True).new_page()
        page.goto(url + place)
        text = page.locator("#edit-text")
        chosen = "([...document.querySelectorAll('#edit-text')].map(t => t.value.slice(t.selectionStart, t.selectionEnd))[0])"
        page.wait_for_function(f"{chosen} !== ''")
        assert page.evaluate(chosen) == lines[number - 1]
        assert text.evaluate("t => document.activeElement === t && t.scrollTop > 0")
        assert text.evaluate("t => t.value") == sample.decode()
        page.locator('a[href^="#line-"]').first.click()
        assert page.url.endswith(f"#line-{number}")
        plain = chromium.new_context(locale="sv-SE", java_script_enabled=False).new_page()
        plain.goto(url + place)
        assert lines[number - 1] in plain.locator(f"#line-{number}").inner_text()
        plain.get_by_text(f"öppnas vid rad {number}").wait_for()
