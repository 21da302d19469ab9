"""A whole round whose issuing, seal and timestamping keys are in a token that comes and goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House, authentication
from soft_token import SoftToken, open_token

from signflow.errors import SettingsError, UnavailableError
from signflow.signing.authority.account import Place
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.authority.ceremony import Ceremony
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import Installation
from signflow.signing.authority.register import ISSUING, SEAL, TSA
from signflow.signing.authority.requests import request_certificate
from signflow.signing.report import Indication
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.validation.validate import validate_pdf

HOUSE = Installation(ORGANISATION, "SE", "http://127.0.0.1:8000")
pytestmark = pytest.mark.oracle("softhsm2-util")


@pytest.fixture
def token(tmp_path: Path) -> SoftToken:
    return open_token(tmp_path)


def in_token(token: SoftToken, kind: str, *names: str) -> Installation:
    return replace(HOUSE, places={name: token.make(name, kind) for name in names})


def house_of(authority: LocalAuthority) -> House:
    return House(authority, LocalTsa(authority, lambda: NOW))


def sealed_round(house: House, original: bytes) -> bytes:
    adjuster = house.sign(house.sign(original, *SECRETARY), *ADJUSTER)
    return house.seal(house.complete(adjuster, original))


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa3072"])
def test_a_round_with_the_keys_in_a_token(tmp_path: Path, token: SoftToken, original: bytes, kind: str) -> None:
    installation = in_token(token, kind, ISSUING, SEAL, TSA)
    authority = LocalAuthority.open_house(tmp_path / "authority", installation, None, NOW)
    pdf = sealed_round(house_of(authority), original)
    report = validate_pdf(pdf, authority.trust(NOW), at=NOW + dt.timedelta(days=365))
    assert [one.indication for one in report.signatures] == [Indication.TOTAL_PASSED] * 3
    kept = {file.name for file in (tmp_path / "authority").rglob("*.key.pem")}
    assert kept == {"root.key.pem", "tsa-root.key.pem", "evidence.key.pem"}
    assert {one.label for one in authority.accounts(NOW) if one.place is Place.ELSEWHERE} == {ISSUING, SEAL, TSA}


def test_the_round_goes_on_when_the_token_is_back(tmp_path: Path, token: SoftToken, original: bytes) -> None:
    installation = in_token(token, "p256", ISSUING, SEAL)
    house = house_of(LocalAuthority.open_house(tmp_path / "authority", installation, None, NOW))
    once = house.sign(original, *SECRETARY)
    token.unplug()
    with pytest.raises(UnavailableError, match="token-unavailable"):
        house.sign(once, *ADJUSTER)
    assert house.trust().roots  # what is signed can be checked meanwhile, also by a process that starts now
    restarted = house_of(LocalAuthority.open_house(tmp_path / "authority", installation, None, NOW))
    assert validate_pdf(once, restarted.trust(), at=NOW).signatures[0].indication is Indication.TOTAL_PASSED
    token.plug_in()
    adjuster = restarted.sign(once, *ADJUSTER)
    assert house.seal(house.complete(adjuster, original))


def test_a_key_moves_into_a_token_by_a_new_certificate(tmp_path: Path, token: SoftToken) -> None:
    folder = tmp_path / "authority"
    LocalAuthority.open_house(folder, HOUSE, None, NOW)
    installation = in_token(token, "p256", SEAL)
    with pytest.raises(SettingsError, match="authority-key-place"):
        LocalAuthority.open_house(folder, installation, None, NOW)
    made = Ceremony(KeyFolder(folder, None), installation, NOW).issue(SEAL, new_key=False)
    assert made.entry.label == "seal-2"
    authority = LocalAuthority.open_house(folder, installation, None, NOW)
    assert authority.seal_signer(NOW).sign(b"x")
    assert not list(folder.rglob("seal*.key.pem"))
    with pytest.raises(SettingsError, match="authority-key-place"):
        LocalAuthority.open_house(folder, HOUSE, None, NOW)


def test_a_token_that_is_away_at_the_first_start_leaves_nothing_half_made(tmp_path: Path, token: SoftToken) -> None:
    installation = in_token(token, "p256", ISSUING)
    token.unplug()
    with pytest.raises(UnavailableError, match="token-unavailable"):
        LocalAuthority.open_house(tmp_path / "authority", installation, None, NOW)
    token.plug_in()
    assert LocalAuthority.open_house(tmp_path / "authority", installation, None, NOW).issue_one_shot(
        "Anna", "", authentication(), NOW
    )


def test_a_request_for_a_key_in_a_token(tmp_path: Path, token: SoftToken) -> None:
    installation = in_token(token, "rsa3072", SEAL)
    folder = tmp_path / "authority"
    LocalAuthority.open_house(folder, installation, None, NOW)
    request = request_certificate(Ceremony(KeyFolder(folder, None), installation, NOW), SEAL)
    assert request.startswith(b"-----BEGIN CERTIFICATE REQUEST-----")
    assert not list(folder.rglob("*.request.key.pem"))
