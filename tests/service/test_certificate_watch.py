"""The service renews certificates in time, and says what only people can do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from signflow.service.certificates import CertificateWatch
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.authority.ceremony import Ceremony
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import Installation

MADE = dt.datetime(2026, 1, 16, 12, tzinfo=dt.UTC)
HOUSE = Installation("Provkommun", "SE", "http://127.0.0.1:8000")


@pytest.fixture
def authority(tmp_path: Path) -> LocalAuthority:
    return LocalAuthority.open_house(tmp_path, HOUSE, None, MADE)


def said(authority: LocalAuthority, now: dt.datetime) -> list[tuple[str, str, str]]:
    with capture_logs() as lines:
        CertificateWatch(authority, lambda: now).look()
    return [(line["log_level"], line["event"], line.get("certificate", "")) for line in lines]


def test_nothing_is_said_of_what_holds(authority: LocalAuthority) -> None:
    assert said(authority, MADE + dt.timedelta(days=5000)) == []


def test_what_ends_is_renewed_and_said_once(authority: LocalAuthority) -> None:
    now = MADE + dt.timedelta(days=365 * 15 - 30)
    assert said(authority, now) == [
        ("info", "certificate renewed", "seal-2"),
        ("info", "certificate renewed", "evidence-2"),
    ]
    assert said(authority, now) == []


def test_what_only_people_can_do_is_said_each_time(authority: LocalAuthority, tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path, None)
    with folder.locked():
        Ceremony(folder, HOUSE, MADE).put_away(["root", "tsa-root"])
    for _ in range(2):
        assert said(authority, MADE + dt.timedelta(days=350)) == [
            ("warning", "certificate needs attention", "root"),
            ("warning", "certificate needs attention", "tsa-root"),
        ]


def test_a_folder_that_is_damaged_stops_nothing(authority: LocalAuthority, tmp_path: Path) -> None:
    (tmp_path / "certificates" / "seal.key.pem").unlink()
    assert said(authority, MADE) == [("warning", "cannot look after the certificates", "")]
