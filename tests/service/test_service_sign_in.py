"""The whole service and a real OpenID provider: people sign in and sign, the provider dies on the way, no log tells a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from openid_provider import LOA3, SECRET, OpenIdProvider, sign_in_as
from people import wait_for

from real_minutes import SAMPLE
from running_service import PrefectForTests, Service

PEOPLE = {"Anna Söderström": "anna@example.org", "Helene Olofsson": "helene@example.org"}
_REFRESH = re.compile("0; url=(.+)")
_SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')
pytestmark = [pytest.mark.service, pytest.mark.oracle("node"), pytest.mark.timeout(600)]


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[OpenIdProvider]:
    with OpenIdProvider(tmp_path / "provider") as one:
        one.people(
            {
                mail: {"claims": {"name": name, "email": mail, "email_verified": True}, "acr": LOA3}
                for name, mail in PEOPLE.items()
            }
        )
        yield one


@pytest.mark.xdist_group("service-sign-in")
def test_people_sign_in_and_sign_and_nothing_secret_is_logged(
    tmp_path: Path, provider: OpenIdProvider, prefect: PrefectForTests
) -> None:
    settings = {name: str(value) for name, value in provider.settings().items()}
    secrets = [SECRET]
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url, **settings) as service:
        service.start()
        service.drop(SAMPLE.read_bytes())
        for number, person in enumerate(service.people.values()):
            link = person.link()
            with httpx.Client(
                headers={"Origin": service.web}, timeout=30, trust_env=False, follow_redirects=True
            ) as browser:
                if number == 0:
                    provider.stop()
                    away = browser.post(f"{link}/sign-in", data={"read": "yes"})
                    assert away.status_code == 503
                    provider.start()
                    going = browser.get(f"{link}/sign-in")
                else:
                    going = browser.post(f"{link}/sign-in", data={"read": "yes"})
                found = _REFRESH.fullmatch(going.headers["refresh"])
                assert found
                back = sign_in_as(unescape(found[1]), person.address)
                answer = parse_qs(urlsplit(back).query)
                secrets += [link.rpartition("/")[2], *answer["state"], *answer["code"], *browser.cookies.values()]
                page = browser.get(back)
                assert str(page.url).partition("#")[0] == link
                shown = _SHOWN.search(page.text)
                assert shown
                assert browser.post(link, data={"shown": shown[1]}).status_code == 200
        wait_for("the archive", lambda: _states(service) == ["archived"] or None)
        assert service.stop() == 0
    kept = sorted(file.name for file in (service.data / "archive").rglob("*-identity.json"))
    assert kept == ["adjuster-1-identity.json", "secretary-identity.json"]
    log = (tmp_path / "service.log").read_text("utf-8")
    assert "identity-provider-unavailable" in log
    assert len(secrets) == 9
    assert [secret for secret in secrets if secret in log] == []


def _states(service: Service) -> list[str]:
    return [line["state"] for line in json.loads(service.run("status", "--json"))]
