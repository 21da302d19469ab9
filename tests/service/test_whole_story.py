"""The whole story of one set of minutes, told in Swedish through a real Chromium, a real mail server and the real service.

A secretary, a chair, two adjusters, somebody who stands in, and an archivist do each what is theirs, on a telephone, at a desk,
and without JavaScript. Every stop is photographed: with `--pictures FOLDER` the pictures stay there, to be looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from story_minutes import StoryMinutes, story_minutes
from story_windows import FLAGS, Look, View, Window

from judges import tool
from post_office import Letter, PostOffice
from running_service import PrefectForTests, Service

CHROMIUM = shutil.which("chromium")
ARCHIVIST = "Ester Arkhem"
VIEWS = (View("phone", 390, True), View("desktop", 1280, True), View("without-javascript", 390, False))
SIGNATURES = 5  # the secretary's, the chair's, one adjuster's, the substitute's, and the seal

pytestmark = [
    pytest.mark.service,
    pytest.mark.browser,
    pytest.mark.oracle("chromium"),
    pytest.mark.oracle("pdfsig"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]


@dataclass
class Story:
    """Who takes part, and where they meet."""

    minutes: StoryMinutes
    post: PostOffice
    service: Service
    windows: dict[str, Window]
    folder: Path

    def window(self, person: str) -> Window:
        return self.windows[person]

    def letter(self, person: str, subject: str) -> Letter:
        return self.post.read(address(person), subject)


def group(view: View) -> pytest.MarkDecorator:
    """The views are told side by side."""
    return pytest.mark.xdist_group(f"story-{view.name}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def address(person: str) -> str:
    """Of somebody's e-mail; a number would do as well as a name."""
    return f"person-{hashlib.sha256(person.encode()).hexdigest()[:8]}@example.org"


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = Path(request.config.getoption("--pictures") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("view", [pytest.param(view, id=view.name, marks=group(view)) for view in VIEWS])
def test_from_a_draft_with_an_error_to_the_archive_and_back(
    view: View, chromium: Browser, tmp_path: Path, prefect: PrefectForTests, pictures: Path
) -> None:
    minutes = story_minutes(view.name)
    with ExitStack() as open_until_the_end:
        post = open_until_the_end.enter_context(PostOffice())
        service = open_until_the_end.enter_context(the_service(tmp_path, prefect, minutes, post))
        look = Look(chromium, service.web, view, tmp_path, pictures)
        people = (*the_people(minutes), "anybody")
        story = Story(minutes, post, service, {person: Window(look) for person in people}, tmp_path)
        for window in story.windows.values():
            open_until_the_end.callback(window.close)
        service.start()
        a_draft_is_handed_in_and_corrected(story)
        old_links = the_second_adjuster_objects(story)
        the_text_becomes_what_was_proposed(story)
        the_second_round(story, old_links)
        receipt = everybody_has_a_receipt(story)
        the_archivist_finds_it(story, receipt)
        anybody_verifies(story, receipt)
        others_judge(story, receipt)
        assert post.unread() == []
        assert look.faults == [], "\n".join(look.faults)


def the_people(minutes: StoryMinutes) -> tuple[str, ...]:
    return minutes.secretary, minutes.chair, minutes.first, minutes.second, minutes.stand_in, ARCHIVIST


def the_service(folder: Path, prefect: PrefectForTests, minutes: StoryMinutes, post: PostOffice) -> Service:
    """The real service, with the rules of the body and the people of the register."""
    rules = {"name": minutes.body, "order": "together", "chair": True, "adjusters": 2, "members": [minutes.stand_in]}
    service = Service(
        folder / "data",
        {},
        prefect_api_url=prefect.api_url,
        organisation="Björkboda kommun",
        staff_sign_in="mail-code",
        open_review_when_clean="false",
        bodies=json.dumps([rules]),
        smtp_host="127.0.0.1",
        smtp_port=str(post.port),
        smtp_security="none",
    )
    roles = {minutes.secretary: f"sekreterare: {minutes.body}", ARCHIVIST: "arkivarie"}
    rows = [f"{person},,{address(person)},{roles.get(person, '')}\n" for person in the_people(minutes)]
    register = folder / "register.csv"
    register.write_text("namn,organisation,e-post,roller\n" + "".join(rows), "utf-8")
    service.run("people", "import", str(register))
    return service


def staff_sign_in(story: Story, person: str, path: str) -> None:
    """Go to a page of the staff's, and be asked who one is on the way."""
    window = story.window(person)
    page = window.page
    window.go(path)
    if person == story.minutes.secretary:
        window.stop("sign-in")
    page.fill("#address", address(person))
    page.click("main button.primary")
    page.wait_for_selector("#code")
    if person == story.minutes.secretary:
        window.stop("sign-in-code")
    page.fill("#code", story.letter(person, "Din kod för att logga in").code)
    page.click("main button.primary")
    page.wait_for_url(f"{story.service.web}{path}")
    assert f"Inloggad som {person}" in page.inner_text("header")


def a_draft_is_handed_in_and_corrected(story: Story) -> None:
    minutes = story.minutes
    window = story.window(minutes.secretary)
    page = window.page
    staff_sign_in(story, minutes.secretary, "/")
    window.stop("desk-empty")
    draft = story.folder / "Protokoll att justera.md"
    draft.write_text(minutes.misspelt(), "utf-8")
    page.set_input_files("#file", draft)
    page.click("section.upload button.primary")
    page.wait_for_url("**/documents/*")
    window.stop("draft-with-an-error")
    assert "1 fel att rätta" in page.inner_text(".now")
    error = page.locator(".findings .error")
    wrong = f"{minutes.second}s"
    line = minutes.misspelt().splitlines().index(wrong) + 1
    assert f"Rad {line}" in error.inner_text()
    assert wrong in error.inner_text()
    assert wrong in page.inner_text(f"#line-{line}")
    assert page.get_by_role("button", name="Skicka för underskrift").count() == 0

    page.get_by_role("link", name="Rätta texten här").click()
    window.stop("editor")
    page.fill("#edit-text", minutes.text())
    page.get_by_role("button", name="Kontrollera", exact=True).click()
    page.get_by_text("Inget fel hittades").wait_for()
    window.stop("editor-checked")
    page.get_by_role("button", name="Spara som ny version").click()
    send_for_signing(story, 2)
    window.stop("sent-for-signing")


def send_for_signing(story: Story, version: int) -> None:
    """Once the text is read in, press the button."""
    page = story.window(story.minutes.secretary).page
    page.get_by_text(f"version {version}, ").first.wait_for()
    page.get_by_role("button", name="Skicka för underskrift").click()
    page.get_by_role("button", name="Skicka för underskrift").wait_for(state="detached")


def open_link(story: Story, person: str, stop: str = "") -> str:
    """Follow the link of an invitation that has come; where it leads."""
    window = story.window(person)
    window.open(story.letter(person, "Att skriva under: "), f"{stop}-letter" if stop else "")
    assert window.heading() == "Läs och skriv under"
    assert f"Jag är {person} och har läst handlingen." in window.words()
    return window.page.url


def read_and_ask_for_a_code(story: Story, person: str, stop: str = "") -> str:
    """Look at every page and the text, say that one has read, and ask for a code; what came."""
    window = story.window(person)
    page = window.page
    if stop:
        window.stop(stop)
    assert page.locator("img.page").count() >= 1
    text = page.inner_text("#text")
    for heading, _ in story.minutes.items:
        assert heading in text
    page.check("#read")
    page.get_by_role("button", name="Skicka en kod till mig").click()
    page.wait_for_selector("#code")
    letter = story.letter(person, "Din kod för att skriva under: ")
    assert page.inner_text(".about .fingerprint") in letter.text
    return letter.code


def sign(story: Story, person: str, stop: str = "", dissent: str = "") -> str:
    """Open the letter, read, and sign; the link."""
    window = story.window(person)
    page = window.page
    link = open_link(story, person, stop)
    code = read_and_ask_for_a_code(story, person, f"{stop}-page" if stop else "")
    if dissent:
        page.get_by_text("Jag har en avvikande mening").click()
        page.fill("#dissent", dissent)
    page.fill("#code", code)
    if stop:
        window.stop(f"{stop}-code")
    page.get_by_role("button", name="Skriv under", exact=True).click()
    page.get_by_role("heading", name="Tack, du har skrivit under").wait_for()
    assert page.url == link
    if stop:
        window.stop(f"{stop}-signed")
    assert dissent in window.words()
    return link


def the_second_adjuster_objects(story: Story) -> dict[str, str]:
    """The first round, which an objection ends; the links that people had in it."""
    minutes = story.minutes
    links = {minutes.secretary: sign(story, minutes.secretary, "secretary")}
    links[minutes.first] = sign(story, minutes.first, "adjuster", dissent="Jag röstade för avslag i § 41.")
    window = story.window(minutes.second)
    page = window.page
    links[minutes.second] = open_link(story, minutes.second)
    code = read_and_ask_for_a_code(story, minutes.second)
    page.get_by_text("Jag vill inte skriva under").click()
    page.select_option("#item-1", minutes.second_item)
    page.fill("#reason-1", "Så beslutade vi inte.")
    page.fill("#proposal-1", minutes.proposed)
    page.fill("#object-code", code)
    window.stop("objection")
    page.get_by_role("button", name="Invänd", exact=True).click()
    page.get_by_role("heading", name="Din invändning är mottagen").wait_for()
    window.stop("objected")

    for person, said in {
        minutes.first: "Din underskrift är ogiltig.",
        minutes.chair: "Du hade inte skrivit under.",
    }.items():
        told = story.window(person).read(story.letter(person, "Omgången är avslutad: "), "round-ended-letter")
        assert f"{minutes.second} har invänt" in told
        assert said in told
    links[minutes.chair] = re.findall(r"http\S+/sign/\S+", story.letter(minutes.chair, "Att skriva under: ").text)[0]
    return links


def the_text_becomes_what_was_proposed(story: Story) -> None:
    minutes = story.minutes
    window = story.window(minutes.secretary)
    page = window.page
    window.open(story.letter(minutes.secretary, "Invändning mot "), "objection-letter")
    window.stop("document-objected")
    assert minutes.proposed in page.inner_text(".notice")
    assert minutes.second_item in page.inner_text(".notice")
    page.get_by_role("link", name="Rätta texten här").click()
    text = page.input_value("#edit-text")
    assert text == minutes.text()
    page.fill("#edit-text", text.replace(minutes.decided, minutes.proposed))
    page.get_by_role("button", name="Spara som ny version").click()
    send_for_signing(story, 3)
    window.stop("second-round")


def the_second_round(story: Story, old_links: dict[str, str]) -> None:
    """All sign but one, who is away: somebody stands in."""
    minutes = story.minutes
    sign(story, minutes.secretary)
    window = story.window(minutes.first)
    window.page.goto(old_links[minutes.first])
    window.stop("old-link")
    assert "Omgången som länken hör till är avslutad." in window.words()
    assert "Du har ett nyare brev" in window.words()
    link = open_link(story, minutes.first)
    window.stop("what-has-changed")
    changes = window.page.inner_text("#changes")
    assert "Ändrat sedan förra omgången" in changes
    assert "samråd" in window.page.inner_text("#changes ins")
    assert link != old_links[minutes.first]
    read_and_sign_opened(story, minutes.first)

    dead = open_link(story, minutes.second)
    somebody_stands_in(story, dead)
    sign(story, minutes.stand_in, "stand-in")
    sign(story, minutes.chair)


def read_and_sign_opened(story: Story, person: str) -> None:
    """Sign what is open already."""
    page = story.window(person).page
    page.fill("#code", read_and_ask_for_a_code(story, person))
    page.get_by_role("button", name="Skriv under", exact=True).click()
    page.get_by_role("heading", name="Tack, du har skrivit under").wait_for()


def somebody_stands_in(story: Story, dead: str) -> None:
    minutes = story.minutes
    window = story.window(minutes.secretary)
    page = window.page
    window.go("/")
    window.stop("desk-waiting")
    page.get_by_role("link", name=minutes.title).click()
    window.until("who has signed", lambda: page.locator(".seats .signed").count() == 2)
    seat = page.locator(".seats > li").filter(has=page.get_by_role("heading", name=minutes.second))
    seat.get_by_text("Låt någon annan skriva under").click()
    seat.get_by_label("Vem ska skriva under?").select_option(minutes.stand_in)
    seat.get_by_label("Skäl").fill("Sjuk den här veckan.")
    window.stop("stand-in-chosen")
    seat.get_by_role("button", name="Byt undertecknare").click()
    page.get_by_text(f"ersätter {minutes.second}").first.wait_for()
    window.stop("stand-in")

    replaced = story.window(minutes.second)
    told = replaced.read(story.letter(minutes.second, "Du behöver inte skriva under: "), "replaced-letter")
    assert "Sjuk den här veckan." in told
    replaced.page.goto(dead)
    replaced.stop("dead-link")
    assert f"{minutes.stand_in} skriver under i ditt ställe." in replaced.words()
    assert replaced.page.locator("main form").count() == 0


def everybody_has_a_receipt(story: Story) -> bytes:
    """The signed PDF that came with the receipts."""
    minutes = story.minutes
    window = story.window(minutes.secretary)
    window.open(story.letter(minutes.secretary, "Alla har skrivit under: "), "adjusted-letter")
    signed = set[bytes]()
    for person in (minutes.secretary, minutes.chair, minutes.first, minutes.stand_in):
        letter = story.letter(person, "Kvitto: ")
        (file,) = letter.files.values()
        signed.add(file)
        if person == minutes.chair:
            story.window(person).read(letter, "receipt-letter")
    (receipt,) = signed
    window.until("the archive", lambda: page_says(window, "Se den arkiverade handlingen"))
    assert f"{minutes.second} invände mot {minutes.second_item}." in window.words()
    window.stop("document-archived")
    window.go("/")
    window.stop("desk-after")
    return receipt


def page_says(window: Window, words: str) -> bool:
    return words in window.words()


def the_archivist_finds_it(story: Story, receipt: bytes) -> None:
    minutes = story.minutes
    window = story.window(ARCHIVIST)
    page = window.page
    staff_sign_in(story, ARCHIVIST, "/archive")
    window.stop("archive")
    page.fill("#q", minutes.search)
    page.locator("main button.primary").click()
    page.wait_for_selector("mark")
    window.stop("archive-found")
    marked = page.inner_text(".passage mark")
    assert marked == minutes.items[0][1].split()[0]
    assert marked.casefold() != minutes.search
    page.locator(".hits h3 a").click()
    window.stop("archived")
    assert "Kontrollerad nu" in page.inner_text(".notice.good")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Hämta handlingen (PDF)").click()
    assert digest(Path(fetched.value.path()).read_bytes()) == digest(receipt)
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Hela arkivpaketet (ZIP)").click()
    with zipfile.ZipFile(fetched.value.path()) as package:
        assert package.testzip() is None
        assert digest(receipt) in {digest(package.read(name)) for name in package.namelist() if name.endswith(".pdf")}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def anybody_verifies(story: Story, receipt: bytes) -> None:
    minutes = story.minutes
    window = story.window("anybody")
    page = window.page
    file = story.folder / "Kvitto.pdf"
    file.write_bytes(receipt)
    window.go("/verify")
    window.stop("verify")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Kontrollera filen").click()
    page.wait_for_selector("#file-heading")
    window.stop("verified")
    assert page.inner_text(".notice.good .lead") == "Giltig"
    signed = page.inner_text("section:has(#signatures-heading)")
    assert page.locator("section:has(#signatures-heading) .total-passed").count() == SIGNATURES
    for person in (minutes.secretary, minutes.chair, minutes.first, minutes.stand_in):
        assert person in signed
    assert minutes.second not in signed


def others_judge(story: Story, receipt: bytes) -> None:
    """Our own command, and another program."""
    file = story.folder / "signed.pdf"
    file.write_bytes(receipt)
    told = story.service.run("verify", str(file), "--language", "sv")
    assert "Giltig" in told
    command = [tool("pdfsig"), "-nocert", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    assert said.count("Signature Validation: Signature is Valid.") == SIGNATURES, said
