"""Programs send extracts: under a key of their own, with what the page refuses refused, and told what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visitor import TestClient, browser

from extract_house import MINUTES, NUMBER, PEOPLE, SECRET, archived, attached_words
from life import Life
from signflow.rounds.model import Document
from signflow.rounds.tokens import Scope
from signflow.steps.tokens import make_token

WANTED = {
    "key": "ärende 7",
    "items": [{"item": 1}, {"item": 2}],
    "recipients": ["Förvaltningen B <bo@example.org>", "anna söderström"],
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE) as life:
        yield life


def program(life: Life, *scopes: Scope, name: str = "Diariet") -> TestClient:
    token = make_token(life.ports.tokens, name=name, scopes=scopes, bodies=(), days=30, now=life.ports.clock())
    client = browser(life, Authorization=f"Bearer {token}", **{"Accept-Language": "en"})
    del client.headers["Origin"], client.headers["Sec-Fetch-Site"]
    return client


def place_of(document: Document) -> str:
    return f"/api/v1/documents/{document.id}/extracts"


def test_a_program_sends_and_is_told_what_became_of_it(house: Life) -> None:
    document = archived(house)
    with program(house, Scope.SEND_EXTRACTS) as client:
        first = client.post(place_of(document), json=WANTED)
        assert first.status_code == 200, first.text
        told = first.json()
        assert (told["number"], told["by"]) == (1, "API: Diariet")
        assert [(one["label"], one["masked"]) for one in told["items"]] == [("§ 1", False), ("§ 2", True)]
        assert [(one["person"], one["address"], one["became"]) for one in told["recipients"]] == [
            ("Förvaltningen B", "bo@example.org", None),
            ("Anna Söderström", "a@example.org", None),
        ]
        assert client.post(place_of(document), json=WANTED).json() == told  # no answer came, so it is asked again
        house.work()
        after = client.post(place_of(document), json=WANTED).json()
        assert {one["became"] for one in after["recipients"]} == {"sent"}
        assert client.get(place_of(document)).json() == {"sendings": [after]}
        other = client.post(place_of(document), json={**WANTED, "key": "b"})
        assert (other.status_code, other.json()["code"]) == (409, "extract-sent-already")
        again = client.post(place_of(document), json={**WANTED, "key": "b", "again": True})
        assert again.json()["number"] == 2
    (mail,) = house.mails("bo@example.org")
    words = "".join(attached_words(mail).values())
    assert not [secret for secret in (SECRET, NUMBER) if secret in words]
    actors = {one.actor for one in house.ports.store.history(document.id) if one.kind.startswith("extract-sent")}
    assert actors == {"API: Diariet"}


def test_the_key_is_the_programs_own(house: Life) -> None:
    document = archived(house)
    with program(house, Scope.SEND_EXTRACTS) as one, program(house, Scope.SEND_EXTRACTS, name="Mötena") as other:
        assert one.post(place_of(document), json=WANTED).status_code == 200
        assert other.post(place_of(document), json=WANTED).json()["code"] == "extract-sent-already"


def test_an_item_goes_unmasked_for_a_reason(house: Life) -> None:
    document = archived(house)
    with program(house, Scope.SEND_EXTRACTS) as client:
        for reason, status in (("  ", 409), ("x" * 1001, 422), ("Part i målet", 200)):
            items = [{"item": 2, "unmasked_because": reason}]
            answer = client.post(place_of(document), json={**WANTED, "items": items})
            assert answer.status_code == status
        assert answer.json()["items"][0]["unmasked_because"] == "Part i målet"
    house.work()
    assert SECRET in "".join(attached_words(house.mails("bo@example.org")[0]).values())


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"items": []}, 422, "body"),
        ({"items": [{"item": 1}, {"item": 1}]}, 409, "too-many-items"),
        ({"items": [{"item": 9}]}, 404, "item-unknown"),
        ({"items": [{"item": number} for number in range(51)]}, 422, "body"),
        ({"recipients": []}, 422, "body"),
        ({"recipients": ["Ingen Alls"]}, 409, "recipient-unknown"),
        ({"recipients": ["eve@example.org\nbo@example.org"]}, 409, "recipient-unknown"),
        ({"recipients": [f"p{number}@example.org" for number in range(51)]}, 422, "body"),
        ({"key": ""}, 422, "body"),
        ({"masked": False}, 422, "body"),
    ],
)
def test_what_cannot_be_sent_is_a_problem(house: Life, changed: dict[str, Any], status: int, code: str) -> None:
    document = archived(house)
    with program(house, Scope.SEND_EXTRACTS) as client:
        answer = client.post(place_of(document), json={**WANTED, **changed})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert house.load(document).sendings == ()


def test_it_takes_the_scope_and_an_archived_document(house: Life) -> None:
    document = house.drop(MINUTES)
    others = [scope for scope in Scope if scope is not Scope.SEND_EXTRACTS]
    with program(house, *others, name="Annat") as client:
        answer = client.post(place_of(document), json=WANTED)
        assert answer.status_code == 403
        assert 'scope="extracts:write"' in answer.headers["WWW-Authenticate"]
    with program(house, Scope.SEND_EXTRACTS) as client:
        assert client.post(place_of(document), json=WANTED).json()["code"] == "extract-not-archived"
        assert client.get(place_of(document)).json() == {"sendings": []}
