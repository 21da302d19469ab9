"""Staff sign in with a mailed code, and at a real OpenID provider, in a real Chromium; every page is looked at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openid_provider import LOA3, OpenIdProvider
from playwright.sync_api import Browser
from test_browser import Visit, chromium, served, shots, work

from life import Life, text_of
from signflow.store.people import RegisteredPerson

__all__ = ["chromium", "shots"]
pytestmark = pytest.mark.browser
SIV = RegisteredPerson("Siv Ek", "", "siv@example.org", ("sekreterare",))
ARVID = RegisteredPerson("Arvid Öst", "", "arvid@example.org", ("arkivarie", "administratör"))


def test_a_secretary_signs_in_with_a_mailed_code(chromium: Browser, tmp_path: Path, shots: Path) -> None:
    with Life(tmp_path / "data", {}, staff_sign_in="mail-code") as life:
        life.ports.people.put([SIV])
        with served(life) as url:
            visit = Visit(chromium, url, shots)
            page = visit.page
            visit.go("/archive?q=taxa")
            visit.examine("staff-sign-in")
            page.fill("#address", SIV.address)
            page.keyboard.press("Enter")
            page.wait_for_url("**/staff/sign-in/code")
            page.fill("#code", "1234 5678")
            page.keyboard.press("Enter")
            page.wait_for_selector("[role=alert]")
            visit.examine("staff-code-wrong")
            work(life)
            found = re.search(r"^\s*(\d{4} \d{4})\s*$", text_of(life.mails(SIV.address)[-1]), re.MULTILINE)
            assert found
            page.fill("#code", found[1])
            page.click("main button.primary")
            page.wait_for_url("**/archive?q=taxa")
            visit.go("/")
            visit.examine("staff-desk")
            page.click("text=Inloggad som Siv Ek")
            page.wait_for_url("**/staff")
            visit.examine("staff-who")
            page.click("text=Logga ut")
            page.wait_for_url("**/staff/signed-out")
            visit.examine("staff-signed-out")
            visit.go("/")
            assert page.url.endswith("/staff/sign-in")
            assert [cookie["name"] for cookie in page.context.cookies() if "name" in cookie] == ["device"]
            assert visit.faults == [], "\n".join(visit.faults)


@pytest.mark.oracle("node")
def test_an_archivist_signs_in_at_a_real_provider(chromium: Browser, tmp_path: Path, shots: Path) -> None:
    claims = {"name": "Arvid Karl Öst", "email": "Arvid@Example.org", "email_verified": True}
    other = {"name": "Vera Vik", "email": "vera@example.org", "email_verified": True}
    with OpenIdProvider(tmp_path / "provider") as provider:
        provider.people({"arvid": {"claims": claims, "acr": LOA3}, "vera": {"claims": other, "acr": LOA3}})
        settings = {
            **provider.settings(),
            "sign_in": "mail-code",
            "staff_sign_in": "oidc",
            "oidc_name": "Kommunens inloggning",
        }
        with Life(tmp_path / "data", {}, **settings) as life, served(life) as url:
            life.ports.people.put([ARVID])
            visit = Visit(chromium, url, shots)
            page = visit.page
            visit.go("/archive")
            visit.examine("staff-sign-in-provider")
            for who in ("vera", "arvid"):
                page.click("text=Logga in med Kommunens inloggning")
                page.wait_for_url("http://localhost:*/interaction/**")
                page.fill("[name=login]", who)
                page.click("button")
                page.wait_for_url("http://127.0.0.1:*/**")
                if who == "vera":
                    visit.examine("staff-not-registered")
                    assert "inte tillgång" in page.inner_text("[role=alert]")
                    visit.go("/archive")
            assert page.url == f"{url}/archive"
            assert "Inloggad som Arvid Öst" in page.inner_text("header")
            visit.go("/")
            assert page.url == f"{url}/staff"
            assert visit.faults == [], "\n".join(visit.faults)
