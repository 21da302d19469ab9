"""Signing in at a real OpenID provider, and with BankID as documented, in a real Chromium; every page is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bankid_server import BankIdServer
from openid_provider import LOA2, LOA3, OpenIdProvider
from playwright.sync_api import Browser, Page
from test_browser import Visit, chromium, served, shots, work

from life import Life
from signflow.rounds.model import State
from signflow.store.people import RegisteredPerson
from signflow.web.words import history_sentence

__all__ = ["chromium", "shots"]
pytestmark = pytest.mark.browser
ANNA, HELENE = "anna@example.org", "helene@example.org"
NUMBER = "195207306886"


def claims(name: str, mail: str) -> dict[str, object]:
    return {"claims": {"name": name, "email": mail, "email_verified": True}, "acr": LOA3}


PEOPLE = {
    "anna": claims("Anna Karin Söderström", "Anna@Example.org"),
    "helene": claims("Helene Olofsson", HELENE),
    "karin": claims("Karin Ek", "karin@example.org"),
}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[OpenIdProvider]:
    with OpenIdProvider(tmp_path / "provider") as one:
        one.people(PEOPLE)
        yield one


@contextmanager
def house(data: Path, provider: OpenIdProvider, **settings: object) -> Iterator[Life]:
    with Life(data, **{**provider.settings(), **settings}) as life:
        yield life


def elsewhere(act: object, *arguments: object) -> object:
    """Away from the loop that Playwright runs in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act, *arguments).result()  # type: ignore[arg-type] -- any act


def sign_in(page: Page, who: str) -> None:
    """Press the button, go to the provider, say who one is, and come back."""
    page.check("#read")
    page.click(".act button.primary")
    page.wait_for_url("http://localhost:*/interaction/**")
    page.fill("[name=login]", who)
    page.click("button")
    page.wait_for_url("http://127.0.0.1:*/sign/*")


@pytest.mark.oracle("node")
def test_the_whole_way_with_a_real_provider(
    tmp_path: Path, provider: OpenIdProvider, chromium: Browser, sample: bytes, shots: Path
) -> None:
    with house(tmp_path / "data", provider) as life:
        document = elsewhere(life.drop, sample)
        with served(life) as url:
            visit = Visit(chromium, url, shots)
            page = visit.page
            visit.go(f"/sign/{life.token(ANNA)}")
            visit.examine("sign-in")
            sign_in(page, "karin")
            visit.examine("sign-in-other-person")
            assert "någon annan" in page.inner_text("[role=alert]")
            sign_in(page, "anna")
            visit.examine("signed-in")
            assert "?" not in page.url
            assert "Anna Karin Söderström" in page.inner_text(".act")
            page.click("details:has(.stern) > summary")
            visit.examine("signed-in-object")
            page.click(".act button.primary")
            page.wait_for_selector("text=Ditt godkännande är mottaget")
            assert page.context.cookies("http://127.0.0.1") == []
            work(life)
            page.wait_for_selector("text=Kvitto")
            visit.go(f"/sign/{life.token(HELENE)}")
            sign_in(page, "helene")
            page.click(".act button.primary")
            page.wait_for_selector("text=Ditt godkännande är mottaget")
            work(life)
            page.wait_for_selector("text=Kvitto")
            visit.go(f"/documents/{document.id}")  # type: ignore[attr-defined] -- what was dropped
            visit.examine("sign-in-document")
            visit.go(f"/d/{document.id}")  # type: ignore[attr-defined] -- likewise
            assert "legitimerade sig hos localhost" in page.content()
        assert life.load(document).state is State.ARCHIVED  # type: ignore[arg-type] -- likewise
        assert visit.faults == [], "\n".join(visit.faults)


@pytest.mark.oracle("node")
def test_away_cancelled_and_too_low(
    tmp_path: Path, provider: OpenIdProvider, chromium: Browser, sample: bytes, shots: Path
) -> None:
    with house(tmp_path / "data", provider, oidc_levels=(LOA3,)) as life:
        elsewhere(life.drop, sample)
        with served(life) as url:
            visit = Visit(chromium, url, shots)
            page = visit.page
            provider.stop()
            visit.go(f"/sign/{life.token(ANNA)}")
            page.check("#read")
            page.click(".act button.primary")
            page.wait_for_selector("text=svarar inte")
            visit.examine("sign-in-away")
            provider.start()
            page.click("main a.button")
            page.wait_for_url("http://localhost:*/interaction/**")
            page.click("a")
            page.wait_for_url("http://127.0.0.1:*/sign/*")
            visit.examine("sign-in-cancelled")
            assert page.locator("[role=alert]").count() == 1
            provider.people({"anna": {**PEOPLE["anna"], "acr": LOA2}})
            sign_in(page, "anna")
            visit.examine("sign-in-too-low")
            assert page.locator("[role=alert]").count() == 1
            provider.people(PEOPLE)
            sign_in(page, "anna")
            assert "Du är legitimerad" in page.inner_text(".act")
            visit.go("/sign-in/callback?state=x&code=y")
            assert page.url == f"{url}/sign-in/over"
            visit.examine("sign-in-over")
            assert visit.faults == [], "\n".join(visit.faults)


@pytest.mark.oracle("node")
def test_without_javascript_by_keyboard(
    tmp_path: Path, provider: OpenIdProvider, chromium: Browser, sample: bytes
) -> None:
    with house(tmp_path / "data", provider) as life:
        elsewhere(life.drop, sample)
        with served(life) as url:
            context = chromium.new_context(
                locale="en-GB", java_script_enabled=False, viewport={"width": 320, "height": 640}
            )
            page = context.new_page()
            page.goto(f"{url}/sign/{life.token(ANNA)}")
            page.locator("#read").focus()
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_url("http://localhost:*/interaction/**")
            page.fill("[name=login]", "anna")
            page.keyboard.press("Enter")
            page.wait_for_url("http://127.0.0.1:*/sign/*")
            assert "You are signed in" in page.inner_text(".act")
            page.locator(".act button.primary").focus()
            page.keyboard.press("Enter")
            page.wait_for_selector("text=Your approval has been received")
            context.close()


@pytest.mark.oracle("node")
def test_two_tabs_two_documents(tmp_path: Path, provider: OpenIdProvider, chromium: Browser, sample: bytes) -> None:
    with house(tmp_path / "data", provider) as life:
        elsewhere(life.drop, sample)
        elsewhere(life.drop, sample.replace(b"den 24 januari", b"den 25 januari"), "annat.md")
        with served(life) as url:
            context = chromium.new_context(locale="sv-SE")
            tabs = [context.new_page() for _ in range(2)]
            for tab, token in zip(tabs, life.tokens(ANNA), strict=True):
                tab.goto(f"{url}/sign/{token}")
                tab.check("#read")
                tab.click(".act button.primary")
                tab.wait_for_url("http://localhost:*/interaction/**")
            for tab in reversed(tabs):
                tab.fill("[name=login]", "anna")
                tab.click("button")
                tab.wait_for_url("http://127.0.0.1:*/sign/*")
            for tab in tabs:
                assert "Du är legitimerad" in tab.inner_text(".act")
                tab.click(".act button.primary")
                tab.wait_for_selector("text=Ditt godkännande är mottaget")
            context.close()


def test_waiting_for_bankid(tmp_path: Path, chromium: Browser, sample: bytes, shots: Path) -> None:
    with BankIdServer(tmp_path / "bank") as bank, Life(tmp_path / "data", **bank.settings()) as life:
        digest = life.ports.links.identifier_digest(NUMBER)
        life.ports.people.put([RegisteredPerson("Anna Söderström", "", ANNA, (), digest)])
        document = life.drop(sample)
        with served(life) as url:
            visit = Visit(chromium, url, shots)
            page = visit.page
            visit.go(f"/sign/{life.token(ANNA)}")
            page.check("#read")
            page.click(".act button.primary")
            page.wait_for_selector("img.qr")
            page = visit.anew(f"{urlsplit(page.url).path}?still=1")
            visit.examine("sign-in-waiting")
            assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
            strict = chromium.new_context(storage_state=page.context.storage_state()).new_page()
            strict.goto(page.url)
            assert strict.evaluate("document.querySelector('img.qr').naturalWidth") > 0
            strict.context.close()
            order = bank.open_link(page.get_attribute("main a.button", "href") or "")
            assert document.title in order.purpose
            page.click("main p.quiet a")
            page.wait_for_selector("text=Läs texten i BankID-appen")
            order.fail("userCancel")
            page.wait_for_selector("text=Legitimeringen avbröts")  # the page looks again by itself
            page.check("#read")
            page.click(".act button.primary")
            page.wait_for_selector("img.qr")
            order = bank.open_link(page.get_attribute("main a.button", "href") or "")
            order.approve(NUMBER, "Anna Söderström")
            opened = page.context.new_page()  # as the app does on the same device
            opened.goto(order.asked["returnUrl"])
            opened.wait_for_selector("text=Du är legitimerad")
            page.wait_for_selector("text=Du är legitimerad")
            assert "med BankID" in elsewhere(history, life, document.id)
            page.click(".act button.primary")
            page.wait_for_selector("text=Ditt godkännande är mottaget")
            work(life)
            page.wait_for_selector("text=Kvitto")
            assert NUMBER not in page.content()
            assert visit.faults == [], "\n".join(visit.faults)
    kept = [file for file in (tmp_path / "data").rglob("*") if file.is_file() and NUMBER.encode() in file.read_bytes()]
    assert kept == []  # only inside the bank's own signature, which is kept whole


def history(life: Life, document: str) -> str:
    t = life.ports.texts["sv"]
    return " ".join(history_sentence(t, entry) for entry in life.ports.store.history(document))
