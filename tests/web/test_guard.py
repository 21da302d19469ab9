"""Who is let in: named by what they try."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from visitor import ORIGIN, TestClient, browser

from life import Life
from signflow.rounds.model import State
from signflow.web.app import build_app

ANNA = "anna@example.org"
READ = {"read": "yes"}
PUBLIC = "https://sign.sodertorn.example"


@pytest.fixture
def client(life: Life) -> Iterator[TestClient]:
    with browser(life) as one:
        yield one


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://127.0.0.1:8081"},
        {"Origin": "http://127.0.0.1:8080.evil.example"},
        {"Origin": "file://127.0.0.1:8080"},
        {"Origin": "http://user@127.0.0.1:8080"},
        {"Referer": f"{ORIGIN}/"},
        {"Sec-Fetch-Site": "same-origin"},
        {},
    ],
)
def test_a_form_from_elsewhere_does_nothing(life: Life, sample: bytes, headers: dict[str, str]) -> None:
    document = life.drop(sample)
    token = life.token(ANNA)
    with TestClient(build_app(life.ports), base_url=ORIGIN, client=("127.0.0.1", 5)) as client:
        before = life.load(document)
        for path in (f"/documents/{document.id}/withdrawal", f"/sign/{token}/code", f"/sign/{token}", "/drafts"):
            answer = client.post(path, data={"reason": "x", "code": "1", "shown": "2"}, headers=headers)
            assert answer.status_code == 403
            assert "Formuläret kom inte härifrån" in answer.text
        assert life.load(document) == before


def test_our_own_form_is_taken_with_origin_alone(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    with TestClient(build_app(life.ports), base_url=ORIGIN, client=("127.0.0.1", 5)) as client:
        client.post(f"/documents/{document.id}/withdrawal", data={"reason": "x"}, headers={"Origin": ORIGIN})
    assert life.load(document).state is State.WITHDRAWN


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost.evil.example:8080", "169.254.169.254", "a b"],
)
def test_a_name_that_somebody_else_points_here_is_refused(client: TestClient, host: str) -> None:
    for path in ("/", "/health", "/sign/x"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert "Adressen hör inte hit" in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
def test_this_machine_is_known_by_its_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded", "X-Real-IP"]
)
def test_staff_pages_are_not_there_for_what_a_proxy_passed_on(
    life: Life, client: TestClient, sample: bytes, header: str
) -> None:
    document = life.drop(sample)
    for path in ("/", f"/documents/{document.id}", "/archive", f"/d/{document.id}", "/drafts/x", "/openapi.json"):
        assert client.get(path, headers={header: "127.0.0.1"}).status_code == 404
    refused = client.post(f"/documents/{document.id}/withdrawal", data={"reason": "x"}, headers={header: "for=x"})
    assert refused.status_code == 404
    assert life.load(document).state is State.REVIEW
    assert client.get(f"/sign/{life.token(ANNA)}", headers={header: "127.0.0.1"}).status_code == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "not an address", "0.0.0.0"])  # noqa: S104 -- an address that nobody comes from
def test_staff_pages_are_not_there_for_other_machines(life: Life, address: str) -> None:
    with TestClient(build_app(life.ports), base_url=ORIGIN, client=(address, 5)) as client:
        assert client.get("/").status_code == 404
        assert client.get("/archive").status_code == 404
        assert client.get("/health").status_code == 200


def test_the_public_address_shows_signatories_their_page_and_nothing_else(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.with_ports(public_url=PUBLIC)
    token = life.token(ANNA)
    with TestClient(build_app(life.ports), base_url=PUBLIC, client=("127.0.0.1", 5)) as client:
        assert client.get("/").status_code == 404
        assert client.get(f"/documents/{document.id}").status_code == 404
        assert client.get(f"/sign/{token}").status_code == 200
        sent = client.post(f"/sign/{token}/code", data=READ, headers={"Origin": PUBLIC}, follow_redirects=False)
        assert sent.status_code == 303
        switched = client.get(f"/sign/{token}?lang=en")
        assert "Secure" in switched.headers["set-cookie"]


def test_a_proxy_that_writes_its_own_host_still_gets_forms_through(life: Life, sample: bytes) -> None:
    life.drop(sample)
    life.with_ports(public_url=PUBLIC)
    token = life.token(ANNA)
    with TestClient(build_app(life.ports), base_url=ORIGIN, client=("127.0.0.1", 5)) as client:
        headers = {"Origin": PUBLIC, "X-Forwarded-For": "192.0.2.7", "Sec-Fetch-Site": "same-origin"}
        assert client.post(f"/sign/{token}/code", data=READ, headers=headers, follow_redirects=False).status_code == 303


def test_every_answer_keeps_itself_to_itself(life: Life, client: TestClient, sample: bytes) -> None:
    life.drop(sample)
    link = f"/sign/{life.token(ANNA)}"
    for path in (
        "/",
        link,
        f"{link}/pages/1.png",
        f"{link}/minutes.pdf",
        "/nowhere",
        "/static/signflow.css",
        "/health",
    ):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        if path.startswith("/sign"):
            assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/sign/x", "/sign/x/objection", "/drafts/new"])
def test_a_form_that_is_too_large_is_refused(client: TestClient, path: str) -> None:
    assert client.post(path, data={"reason": "x" * 600_000}).status_code == 413


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_lead_nowhere(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 405
    assert client.request(method, "/", headers={"Origin": "https://evil.example"}).status_code == 403


def test_tokens_are_in_no_log(
    life: Life, client: TestClient, sample: bytes, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    life.drop(sample)
    token = life.token(ANNA)

    def broken(*_: object) -> None:
        raise RuntimeError

    client.get(f"/sign/{token}")
    client.post(f"/sign/{token}", data={"code": "1", "shown": "2"})
    monkeypatch.setattr(life.ports.store, "find_by_link", broken)
    assert client.get(f"/sign/{token}").status_code == 500
    out, err = capfd.readouterr()
    assert token not in out + err
    assert "page-broken" in out + err
