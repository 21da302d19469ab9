"""A program's day: a draft handed in, sent for signing, reminded of, found in the archive; and what it is told when it errs."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from test_web_desk import PROTOCOL
from visitor import TestClient, browser

from life import Life
from real_minutes import SAMPLE
from signflow.errors import UnavailableError
from signflow.rounds.model import State
from signflow.rounds.tokens import Scope
from signflow.steps.intake import LARGEST_DRAFT_BYTES
from signflow.steps.tokens import bearer, make_token
from signflow.web.api.documents import ListParameters

ANNA, HELENE = "anna@example.org", "helene@example.org"
MARKDOWN = {"Content-Type": "text/markdown"}
API = "/api/v1"


@pytest.fixture
def life(tmp_path: Any) -> Iterator[Life]:
    with Life(tmp_path / "data") as one:
        yield one


def program(life: Life, *scopes: Scope, name: str = "Diariet") -> TestClient:
    token = make_token(
        life.ports.tokens, name=name, scopes=scopes or tuple(Scope), bodies=(), days=30, now=life.ports.clock()
    )
    client = browser(life, Authorization=f"Bearer {token}", **{"Accept-Language": "en"})
    del client.headers["Origin"], client.headers["Sec-Fetch-Site"]
    return client


def test_from_draft_to_archive(life: Life) -> None:
    with program(life) as client:
        taken = client.post(f"{API}/documents?filename=a.md", content=SAMPLE.read_bytes(), headers=MARKDOWN)
        assert taken.status_code == 202
        again = client.post(f"{API}/documents?filename=a.md", content=SAMPLE.read_bytes(), headers=MARKDOWN)
        assert again.json() == taken.json()
        assert client.get(taken.headers["Location"]).json()["state"] == "reading"
        life.work()
        draft = client.get(taken.headers["Location"]).json()
        assert draft["state"] == "registered"
        assert [one["id"] for one in client.get(f"{API}/documents").json()["documents"]] == [draft["document"]]
        place = f"{API}/documents/{draft['document']}"
        told = client.get(place).json()
        assert told["state"] == State.REVIEW
        assert len(told["versions"]) == 1
        assert told["history"][0]["actor"] == "API: Diariet"
        seat = next(one for one in told["round"]["seats"] if one["standing"] == "invited")
        assert not {"address", "link", "link_digest"} & seat.keys()
        assert "@" not in client.get(place).text.replace("@context", "")
        assert life.token(ANNA if "Anna" in seat["person"] else HELENE) not in client.get(place).text
        reminder = {"round": told["round"]["number"], "number": seat["reminders"] + 1}
        for _ in range(2):  # asked for again it is done already
            assert client.post(f"{place}/seats/{seat['field']}/reminder", json=reminder).status_code == 200
        life.work()
        assert client.get(place).json()["round"]["seats"][int(seat["turn"]) - 1]["reminders"] <= 1
        late = client.post(f"{place}/seats/{seat['field']}/reminder", json={**reminder, "round": 7})
        assert late.status_code == 409
        for address in (ANNA, HELENE):
            life.sign(address)
        archived = f"{API}/archive/{draft['document']}"
        signed = client.get(f"{archived}/minutes.pdf")
        assert signed.content.startswith(b"%PDF")
        assert client.get(archived).json()["digest"] == client.get(place).json()["archived_digest"]
        assert client.get(f"{API}/archive").json()["total"] == 1
        proof = client.post(f"{API}/verifications", content=signed.content, headers={"Content-Type": "application/pdf"})
        assert proof.json()["indication"] == "TOTAL-PASSED"
        final = client.post(f"{place}/versions?filename=a.md", content=b"# x", headers=MARKDOWN)
        assert (final.status_code, final.json()["code"]) == (409, "text-is-final")


def test_pages_of_the_list_hold_every_document_once(life: Life) -> None:
    drafts = {life.drop(f"# Utkast {number}", f"{number}.md").id for number in range(5)}
    with program(life) as client:
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = client.get(f"{API}/documents", params={"limit": 2, "cursor": cursor}).json()
            assert page["total"] == 5
            seen += [one["id"] for one in page["documents"]]
            cursor = page["next"]
            if cursor:
                other = client.get(f"{API}/documents", params={"q": "x", "cursor": cursor})
                assert (other.status_code, other.json()["code"]) == (422, "cursor")
    assert sorted(seen) == sorted(drafts)


def test_what_comes_and_goes_between_pages_moves_no_other_document(life: Life) -> None:
    texts = [f"# Utkast {number}" for number in range(4)] + [
        PROTOCOL.replace("6 maj", f"{day} maj") for day in range(4, 8)
    ]
    before = {life.drop(text, f"{number}.md").id for number, text in enumerate(texts)}
    with program(life) as client:
        seen: list[str] = []
        cursor: str | None = ""
        added = set[str]()
        while cursor is not None:
            page = client.get(f"{API}/documents", params={"limit": 1, "cursor": cursor}).json()
            seen += [one["id"] for one in page["documents"]]
            cursor = page["next"]
            number = len(added)
            if number < 12:  # one that stands before what was read, and one after it
                late = PROTOCOL.replace("6 maj 2026", f"{number + 1} januari 2026")
                added |= {life.drop(late, f"l{number}.md").id, life.drop(f"# Nytt {number}", f"n{number}.md").id}
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@pytest.mark.parametrize(
    "told",
    [
        "x",
        [],
        ["MARK"],
        ["MARK", 9, "", "2026-01-01T00:00:00+00:00", "a"],
        ["MARK", 1, "no day", "2026-01-01T00:00:00+00:00", "a"],
        ["MARK", 1, "", "2026-01-01T00:00:00", "a"],
        ["MARK", 1, "", "0001-01-01T00:00:00+23:59", "a"],
        ["MARK", 1, "", "2026-01-01T00:00:00+00:00", "a\x00"],
        ["MARK", 1, "", "2026-01-01T00:00:00+00:00", 7],
        ["MARK", [], {}, None, "a"],
        ["other", 1, "", "2026-01-01T00:00:00+00:00", "a"],
    ],
)
def test_a_cursor_that_is_none_of_ours_is_told(life: Life, told: Any) -> None:
    mark = ListParameters().mark
    made = json.dumps([mark if one == "MARK" else one for one in told] if isinstance(told, list) else told)
    cursor = base64.urlsafe_b64encode(made.encode()).decode().rstrip("=")
    with program(life) as client:
        answer = client.get(f"{API}/documents", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor")


def test_only_what_the_document_does_not_allow_is_a_conflict(life: Life) -> None:
    document = life.drop(SAMPLE.read_bytes())
    current = document.round
    assert current is not None
    seat = current.seats[0]
    place = f"{API}/documents/{document.id}"
    with program(life) as client:
        absence = {"round": 1, "until": "2001-01-01"}
        instead = {"round": 1, "holder": 1, "person": "Ingen Alls", "reason": "Sjuk."}
        for path, sent, status, code in (
            (f"seats/{seat.field}/absence", absence, 422, "date-not-ahead"),
            (f"seats/{seat.field}/substitute", instead, 422, "no-mandate"),
            (f"seats/{seat.field}/absence", {**absence, "round": 7}, 409, "round-ended"),
            ("withdrawal", {"reason": " "}, 422, "body"),
        ):
            answer = client.post(f"{place}/{path}", json=sent)
            assert (answer.status_code, answer.json()["code"]) == (status, code), path
        again = client.post(f"{place}/review")
        assert (again.status_code, again.json()["code"]) == (409, "not-a-draft")


@pytest.mark.parametrize(
    ("body", "status", "code"), [("Miljönämnden", 202, ""), ("Annat", 403, "draft-of-another-body-unknown")]
)
def test_a_token_for_one_body_hands_in_that_bodys_drafts(life: Life, body: str, status: int, code: str) -> None:
    token = make_token(life.ports.tokens, name="x", scopes=tuple(Scope), bodies=(body,), days=1, now=life.ports.clock())
    with program(life) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        answer = client.post(f"{API}/documents?filename=a.md", content=PROTOCOL.encode(), headers=MARKDOWN)
        assert (answer.status_code, answer.json().get("code", "")) == (status, code)
        nobodys = client.post(f"{API}/documents?filename=a.md", content=b"\x00\x01\x02", headers=MARKDOWN)
        assert (nobodys.status_code, nobodys.json()["code"]) == (422, "draft-of-no-body")


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "address-unknown"),
        ("DELETE", "/documents", {}, 405, "method-unknown"),
        ("GET", "/documents?state=lost", {}, 422, "parameters"),
        ("GET", "/documents?limit=1&limit=2", {}, 422, "parameters"),
        ("GET", "/documents?stat=draft", {}, 422, "parameters"),
        ("GET", "/documents/nosuchdocument", {}, 404, "no-such-document"),
        ("GET", "/archive/nosuchdocument", {}, 404, "archive-document-unknown"),
        (
            "POST",
            "/documents?filename=a.md",
            {"content": b"x", "headers": {"Content-Type": "image/png"}},
            415,
            "media-type",
        ),
        ("POST", "/documents", {"content": b"x", "headers": MARKDOWN}, 422, "parameters"),
        ("POST", "/documents?filename=a.md", {"content": b"", "headers": MARKDOWN}, 422, "upload-missing"),
        (
            "POST",
            "/documents?filename=a.md",
            {"content": b"x" * (LARGEST_DRAFT_BYTES + 1), "headers": MARKDOWN},
            413,
            "request-too-large",
        ),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(
    life: Life, method: str, path: str, sent: dict[str, Any], *, status: int, code: str
) -> None:
    with program(life) as client:
        answer = client.request(method, API + path, **sent)
        told = answer.json()
        assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == "en"
        client.headers["Accept-Language"] = "sv"
        assert client.request(method, API + path, **sent).json()["detail"] != told["detail"]
    assert life.ports.store.open_work() == ()


def test_who_asks_too_often_is_told_when_again_and_nobody_else_is(life: Life) -> None:
    now = life.ports.clock()
    life.with_ports(clock=lambda: now)
    with program(life) as client:
        answers = [client.get(f"{API}/documents").status_code for _ in range(600)]
        assert set(answers) == {200}
        refused = client.get(f"{API}/documents")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        token = make_token(life.ports.tokens, name="another", scopes=tuple(Scope), bodies=(), days=1, now=now)
        assert client.get(f"{API}/documents", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_what_cannot_be_done_now_says_when_again(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    with program(life) as client:
        for error, status in (
            (UnavailableError("database-unavailable", reason="secret"), 503),
            (RuntimeError("secret"), 500),
        ):

            def fail(*_: object, error: Exception = error) -> None:
                raise error

            monkeypatch.setattr(life.ports.store, "listing", fail)
            answer = client.get(f"{API}/documents")
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            assert ("Retry-After" in answer.headers) is (status == 503)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_token_is_written_at_most_once_a_minute(life: Life) -> None:
    began = life.ports.clock()
    token = make_token(life.ports.tokens, name="x", scopes=(Scope.READ_ARCHIVE,), bodies=(), days=1, now=began)
    for seconds, expected in ((0, 0), (59, 0), (61, 61), (100, 61)):
        life.with_ports(clock=lambda at=began + dt.timedelta(seconds=seconds): at)
        assert bearer(life.ports, token)
        assert life.ports.tokens.all()[0].last_used_at == began + dt.timedelta(seconds=expected)


def test_a_token_in_the_address_or_twice_is_none(life: Life) -> None:
    with program(life) as client:
        sent = client.headers.pop("Authorization")
        assert client.get(f"{API}/documents", params={"access_token": sent.removeprefix("Bearer ")}).status_code == 401
        twice = client.get(f"{API}/documents", headers=[("Authorization", sent), ("Authorization", sent)])
        assert twice.status_code == 401
        assert client.get(f"{API}/openapi.json").json()["openapi"] == "3.1.1"
