"""The fingerprint by which a signatory knows the document: one in all letters and pages of a round, whoever signs meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_web_scanners_stages import ANNA, DRAFT, HELENE, PEOPLE, link_of
from visitor import browser

from life import Life, text_of
from signflow.blobs import fingerprint

_WRITTEN = re.compile(r"[0-9a-f]{4}(?: [0-9a-f]{4}){3}")
NOW = "Fingeravtryck på filen nu"


@pytest.fixture
def together(tmp_path: Path) -> Iterator[Life]:
    """A house where all sign in any order."""
    body = {"name": "ledningsgruppen", "order": "together"}
    with Life(tmp_path / "data", {**PEOPLE}, bodies=[body]) as life:
        yield life


def told(life: Life, address: str, what: str) -> list[str]:
    """The fingerprints in the latest letter of that kind."""
    mails = [mail for mail in life.mails(address) if str(mail["Subject"]).startswith(what)]
    return _WRITTEN.findall(text_of(mails[-1]))


def test_it_stays_the_same_when_others_sign_first(together: Life) -> None:
    document = together.drop(
        DRAFT.replace("Anna Söderström\n\nJusterat\n\n", "Anna Söderström\n\nJusterat\n\nBo Ek\n\n")
    )
    assert document.round is not None
    opened = fingerprint(document.round.copy.digest)
    together.sign(ANNA)
    letter = told(together, HELENE, "Att skriva under")
    link = link_of(together, HELENE)
    with browser(together) as client:
        together.sign("bo@example.org")
        current = together.load(document).round
        assert current is not None
        now = fingerprint(current.current.digest)
        page = client.get(link).text
        assert letter == [opened]
        assert page.index(opened) < page.index(NOW) < page.index(now)
        together.ask_code(HELENE)
        assert told(together, HELENE, "Din kod") == [opened]
        together.sign(HELENE)
        receipt = client.get(link).text
        for written in (opened, now):  # what stood in the letter, and what lay there
            assert written in receipt
    assert told(together, HELENE, "Kvitto")[0] == opened


def test_who_signs_first_sees_one_fingerprint(together: Life) -> None:
    document = together.drop(DRAFT)
    assert document.round is not None
    link = link_of(together, ANNA)
    with browser(together) as client:
        assert NOW not in client.get(link).text
        together.sign(ANNA)
        receipt = client.get(link).text
    assert "med andras underskrifter" not in receipt
    assert fingerprint(document.round.copy.digest) in receipt
