"""Services outside go away while people sign: the round waits, says so to each, and goes on by itself when they are back."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from people import wait_for

from outside_services import SEAL, Authorities, SigningService
from real_minutes import SAMPLE
from running_service import PrefectForTests, Service
from signing.soft_token import open_token

ANNA, HELENE = "Anna Söderström", "Helene Olofsson"
PEOPLE = {ANNA: "anna@example.org", HELENE: "helene@example.org"}
pytestmark = [pytest.mark.service, pytest.mark.timeout(600), pytest.mark.xdist_group("service-outage")]


@pytest.fixture
def authorities(tmp_path: Path) -> Iterator[Authorities]:
    with Authorities(tmp_path) as running:
        yield running


@pytest.fixture
def signing_service(tmp_path: Path, authorities: Authorities) -> Iterator[SigningService]:
    with SigningService(tmp_path, authorities) as running:
        yield running


def stamped_by(authorities: Authorities, *names: str) -> dict[str, str]:
    """The settings for these authorities of time, in that order."""
    addresses = [{"url": authorities.tsa(name)} for name in names]
    return {"tsa": json.dumps(addresses), "tsa_roots": str(authorities.root_file), "retry_longest_s": "2"}


def sealed_by(service: SigningService, authorities: Authorities) -> dict[str, str]:
    roots = str(authorities.root_file)
    return {
        "seal_key": "csc",
        "csc_url": service.url,
        "csc_credential": SEAL,
        "csc_roots": roots,
        "retry_longest_s": "2",
    }


def test_the_time_stamping_authority_is_down_while_the_adjuster_signs(
    tmp_path: Path, prefect: PrefectForTests, authorities: Authorities
) -> None:
    settings = stamped_by(authorities, "tid", "tid-svar")
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url, **settings) as service:
        service.start()
        service.drop(SAMPLE.read_bytes())
        service.people[ANNA].sign()
        helene = service.people[HELENE]
        link = helene.link()
        authorities.stop()
        helene.sign()
        wait_for("the page to say so", lambda: _says(helene.read(link).text, "så snart tidsstämplingstjänsten svarar"))
        assert _says(helene.read(link).text, "Ditt godkännande är registrerat")
        wait_for("the board to say so", lambda: _says(_page(service, "/"), "Ingen av tidsstämplingstjänsterna svarar"))
        document = _document(service)
        assert _says(_page(service, f"/documents/{document}"), "Ingen av tidsstämplingstjänsterna svarar")
        assert "Ingen av tidsstämplingstjänsterna" in " ".join(service.run("status").split())
        assert service.status()[0]["waiting"] == "tsa-none"  # type: ignore[index]
        authorities.start()
        wait_for("the document to be archived", lambda: _archived(service) or None, 120)  # nobody does anything
        _check(service, document, authorities, seal="Kommunen")
        told = " ".join(service.run("status", document).split())
        assert told.count("Tidsstämpeln kommer från Utanför Tid.") == 3  # two signatures and the seal


def test_the_first_of_two_time_stamping_authorities_is_away_and_nobody_waits(
    tmp_path: Path, prefect: PrefectForTests, authorities: Authorities
) -> None:
    settings = stamped_by(authorities, "ingen", "tid")
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url, **settings) as service:
        service.start()
        service.drop(SAMPLE.read_bytes())
        service.live_until_archived()
        _check(service, _document(service), authorities, seal="Kommunen")


def test_the_signing_service_is_down_when_the_document_is_to_be_sealed(
    tmp_path: Path, prefect: PrefectForTests, authorities: Authorities, signing_service: SigningService
) -> None:
    settings = sealed_by(signing_service, authorities)
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url, **settings) as service:
        service.start()
        service.drop(SAMPLE.read_bytes())
        service.people[ANNA].sign()
        service.people[HELENE].link()
        signing_service.stop()
        service.people[HELENE].sign()
        wait_for("the board to say so", lambda: _says(_page(service, "/"), "Signeringstjänsten"))
        document = _document(service)
        assert _account(service, document)["state"] == "adjusted"
        assert service.status()[0]["waiting"] == "csc-unavailable"  # type: ignore[index]
        signing_service.start()
        wait_for("the document to be archived", lambda: _archived(service) or None, 120)
        _check(service, document, authorities, seal="Södertörnskommunerna")


@pytest.mark.oracle("softhsm2-util")
def test_the_token_with_the_issuing_key_is_pulled_out_while_the_adjuster_signs(
    tmp_path: Path, prefect: PrefectForTests, authorities: Authorities
) -> None:
    token = open_token(tmp_path / "token", "utfardare")
    place = token.make("utfardande", "p256")
    settings = {"issuing_key": place, "retry_longest_s": "2"}
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url, **settings) as service:
        service.start()
        service.drop(SAMPLE.read_bytes())
        service.people[ANNA].sign()
        helene = service.people[HELENE]
        link = helene.link()
        token.unplug()
        helene.sign()
        wait_for("the page to say so", lambda: _says(helene.read(link).text, "så snart säkerhetsmodulen"))
        assert _says(_page(service, "/"), "Säkerhetsmodulen utfardare svarar inte")
        assert service.status()[0]["waiting"] == "token-unavailable"  # type: ignore[index]
        token.plug_in()
        wait_for("the document to be archived", lambda: _archived(service) or None, 120)
        _check(service, _document(service), authorities, seal="Kommunen")


def _check(service: Service, document: str, authorities: Authorities, *, seal: str) -> None:
    """One signature of each, B-LT and covered; one seal, B-LTA; all valid to those who believe the roots."""
    kinds = [entry["kind"] for entry in _account(service, document)["history"]]
    assert kinds.count("signature-applied") == len(PEOPLE)
    assert kinds.count("signing-approved") == len(PEOPLE)
    pdf = service.data.parent / "signed.pdf"
    service.run("archive", "get", document, "--output", str(pdf))
    report = json.loads(service.run("verify", str(pdf), "--trust", str(authorities.root_file), "--json"))
    assert report["indication"] == "TOTAL-PASSED"
    signed = [(one["signatory"], one["level"]) for one in report["signatures"]]
    assert signed == [(ANNA, "B-LTA"), (HELENE, "B-LTA"), (seal, "B-LTA")]


def _account(service: Service, document: str) -> Any:
    return service.status(document)


def _document(service: Service) -> str:
    return str(service.status()[0]["id"])  # type: ignore[index]


def _archived(service: Service) -> bool:
    return service.status()[0]["state"] == "archived"  # type: ignore[index]


def _page(service: Service, path: str) -> str:
    return httpx.get(f"{service.web}{path}", headers={"Accept-Language": "sv"}, trust_env=False, timeout=30).text


def _says(page: str, words: str) -> bool | None:
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    return words in text or None
