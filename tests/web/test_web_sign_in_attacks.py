"""Named by what somebody tries: with a state, an answer, a cookie or a link of another's."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_web_pages import shown_digest
from test_web_sign_in import ANNA, HELENE, begin, sign_in
from visitor import ORIGIN, TestClient, browser

from identity_desk import IdentityDesk, person, with_desk
from life import Life
from signflow.rounds.model import Document, Standing
from signflow.steps import acts
from signflow.web.app import build_app

OVER = "/sign-in/over"
READ = {"read": "yes"}


@pytest.fixture
def desk(life: Life) -> IdentityDesk:
    return with_desk(life)


@pytest.fixture
def document(life: Life, desk: IdentityDesk, sample: bytes) -> Document:
    assert desk.name
    return life.drop(sample)


@pytest.fixture
def client(life: Life, desk: IdentityDesk) -> Iterator[TestClient]:
    assert desk.name
    with browser(life) as one:
        yield one


def come_back(client: TestClient, **params: str) -> httpx.Response:
    return client.get("/sign-in/callback", params=params)


def last(life: Life, document: Document) -> str:
    return life.ports.store.history(document.id)[-1].kind


def test_an_answer_in_another_browser_is_of_no_use(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    """The attacker begins, and has the victim sign in with the attacker's state; or steals an answer on its way."""
    state = begin(client, f"/sign/{life.token(ANNA)}")
    desk.coming["code"] = person(ANNA)
    with browser(life) as victim:
        answer = come_back(victim, state=state, code="code")
        assert answer.headers["location"] == OVER
        page = victim.get(OVER)
        assert page.status_code == 400
        assert "samma webbläsare" in page.text
        assert document.title not in page.text
    assert last(life, document) == "sign-in-begun"
    assert "code" in desk.coming


@pytest.mark.parametrize("change", ["", "x", "drop", "flip", "long", "\u0661", "a.b.c"])
def test_a_state_that_is_not_ours_leads_nowhere(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document, change: str
) -> None:
    state = begin(client, f"/sign/{life.token(ANNA)}")
    altered = {
        "drop": state[:-1],
        "flip": state[:-2] + ("A" if state[-2] != "A" else "B") + state[-1],
        "long": state * 100,
    }.get(change, change)
    desk.coming["code"] = person(ANNA)
    assert come_back(client, state=altered, code="code").headers["location"] == OVER
    assert last(life, document) == "sign-in-begun"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=code",
        "state={state}&code=code&code=other",
        "state={state}&state={state}&code=code",
        "state={state}&code=" + "x" * 5000,
        "state={state}&code=code&" + "&".join(f"p{number}=1" for number in range(30)),
    ],
)
def test_what_no_provider_sends_is_not_taken(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document, query: str
) -> None:
    state = begin(client, f"/sign/{life.token(ANNA)}")
    desk.coming["code"] = person(ANNA)
    assert client.get(f"/sign-in/callback?{query.format(state=state)}").headers["location"] == OVER
    assert last(life, document) == "sign-in-begun"


_NAMES = st.sampled_from(["state", "code", "error", "iss", "lang", "x"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_NAMES, st.text(max_size=90)), max_size=6))
def test_whatever_else_comes_back_leads_to_one_page(client: TestClient, query: list[tuple[str, str]]) -> None:
    answer = client.get("/sign-in/callback", params=query)
    assert (answer.status_code, answer.headers["location"]) == (303, OVER)
    assert answer.content == b""


def test_an_answer_is_taken_once(life: Life, desk: IdentityDesk, client: TestClient, document: Document) -> None:
    link = f"/sign/{life.token(ANNA)}"
    state = begin(client, link)
    desk.coming["code"] = person(ANNA)
    assert [come_back(client, state=state, code="code").headers["location"] for _ in range(3)] == [f"{link}#answer"] * 3
    kinds = [entry.kind for entry in life.ports.store.history(document.id)]
    assert kinds.count("signed-in") == 1
    client.post(link, data={"shown": shown_digest(client.get(link))})
    assert come_back(client, state=state, code="code").headers["location"] == OVER


def test_a_cookie_of_another_sign_in_does_not_do(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document, sample: bytes
) -> None:
    other = life.drop(sample.replace(b"den 24 januari", b"den 25 januari"), "annat.md")
    tokens = {found.document.id: token for token in life.tokens(ANNA) for found in [acts.view_link(life.ports, token)]}
    first, second = f"/sign/{tokens[document.id]}", f"/sign/{tokens[other.id]}"
    state = begin(client, first)
    (cookie,) = client.cookies.jar
    with browser(life) as attacker:
        theirs = begin(attacker, second)
        (own,) = attacker.cookies.jar
        forged = {cookie.name: str(own.value), own.name: str(own.value)}
    with browser(life) as mixed:
        mixed.cookies.update(forged)
        desk.coming["code"] = person(ANNA)
        assert come_back(mixed, state=state, code="code").headers["location"] == OVER
        assert come_back(mixed, state=theirs, code="code").headers["location"] == f"{second}#answer"
    assert last(life, document) == "sign-in-begun"
    assert last(life, other) == "signed-in"


def test_two_tabs_with_two_documents_do_not_disturb_each_other(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document, sample: bytes
) -> None:
    other = life.drop(sample.replace(b"den 24 januari", b"den 25 januari"), "annat.md")
    links = [f"/sign/{token}" for token in life.tokens(ANNA)]
    states = [begin(client, link) for link in links]
    desk.coming |= {"one": person(ANNA), "two": person(ANNA)}
    assert come_back(client, state=states[1], code="one").headers["location"] == f"{links[1]}#answer"
    assert come_back(client, state=states[0], code="two").headers["location"] == f"{links[0]}#answer"
    for link in links:
        assert client.post(link, data={"shown": shown_digest(client.get(link))}).status_code == 303
    for one in (document, other):
        current = life.load(one).round
        assert current
        assert current.seats[0].standing is Standing.APPROVED


def test_a_sign_in_that_was_begun_anew_is_over(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    link = f"/sign/{life.token(ANNA)}"
    old = begin(client, link)
    new = begin(client, link)
    desk.coming |= {"one": person(ANNA), "two": person(ANNA)}
    assert come_back(client, state=old, code="one").headers["location"] == OVER
    assert come_back(client, state=new, code="two").headers["location"] == f"{link}#answer"
    assert last(life, document) == "signed-in"


def test_nobody_is_named_by_a_request(life: Life, client: TestClient, document: Document) -> None:
    link = f"/sign/{life.token(ANNA)}"
    claims = {"email": ANNA, "name": "Anna Söderström", "identified": "1", "code": "000000", "challenge": "x"}
    shown = document.round.copy.digest if document.round else ""
    assert client.post(link, data={**claims, "shown": shown}).status_code == 422
    state = begin(client, link)
    assert client.post(link, data={**claims, "shown": shown}).status_code == 422
    come_back(client, **{**claims, "state": state, "code": "nobody's"})
    assert last(life, document) == "sign-in-rejected"


def test_there_is_no_way_out_to_elsewhere(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    assert document.round
    link = f"/sign/{life.token(ANNA)}"
    out = {"next": "https://evil.example", "return_url": "//evil.example", "redirect_uri": "https://evil.example"}
    client.post(f"{link}/sign-in", params=out, data={**out, **READ})
    assert "evil" not in client.get(f"{link}/sign-in", params=out).headers["refresh"]
    desk.coming["code"] = person(ANNA)
    for params in (out, {**out, "state": "x"}, {**out, "state": desk.begun[0].state, "code": "code"}):
        assert client.get("/sign-in/callback", params=params).headers["location"] in {OVER, f"{link}#answer"}
    assert client.get("//evil.example/sign-in").status_code in {400, 404}
    assert client.get("/sign-in//evil.example").status_code == 404


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}])
def test_a_form_from_elsewhere_does_nothing(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document, headers: dict[str, str]
) -> None:
    link = f"/sign/{life.token(ANNA)}"
    sign_in(client, desk, link, ANNA)
    before = life.load(document)
    with TestClient(build_app(life.ports), base_url=ORIGIN, client=("127.0.0.1", 5)) as evil:
        evil.cookies = client.cookies
        data = {"shown": before.round.current.digest if before.round else "", "reason": "x"}
        for path in (link, f"{link}/objection", f"{link}/sign-in"):
            assert evil.post(path, data=data, headers=headers).status_code == 403
    assert life.load(document) == before


def test_the_way_back_is_only_looked_at(client: TestClient, document: Document) -> None:
    assert document.round
    assert client.post("/sign-in/callback", data={"state": "x"}).status_code == 405
    assert client.get("/sign-in/elsewhere").status_code == 404
    assert client.get("/sign-in/").status_code == 404


def test_strangers_learn_nothing(client: TestClient, document: Document) -> None:
    for token in ("x", "A" * 43, "..%2f.."):
        for answer in (client.get(f"/sign/{token}/sign-in"), client.post(f"/sign/{token}/sign-in", data=READ)):
            assert answer.status_code == 404
            assert document.title not in answer.text
            assert "set-cookie" not in answer.headers


def test_the_secretary_on_this_machine_signs_for_nobody(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    """Whoever runs the service sees the board and every document, and has no ticket."""
    link = f"/sign/{life.token(ANNA)}"
    sign_in(client, desk, link, ANNA)
    with browser(life) as secretary:
        assert secretary.get(f"/documents/{document.id}").status_code == 200
        shown = document.round.copy.digest if document.round else ""
        assert secretary.post(link, data={"shown": shown}).status_code == 422


def test_nothing_secret_is_logged(  # noqa: PLR0917 -- fixtures
    life: Life,
    desk: IdentityDesk,
    client: TestClient,
    document: Document,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert document.round
    caplog.set_level(logging.DEBUG)
    token = life.token(ANNA)
    link = f"/sign/{token}"
    desk.away = True
    client.post(f"{link}/sign-in", data=READ)
    client.get(f"{link}/sign-in")
    desk.away = False
    state = begin(client, link)
    (cookie, *_) = [str(one.value) for one in client.cookies.jar]
    desk.away = True
    come_back(client, state=state, code="hemlig-kod")
    desk.away = False
    come_back(client, state=state, code="hemlig-kod")
    come_back(client, state="fel", code="hemlig-kod")
    sign_in(client, desk, link, HELENE)
    told = "".join(capsys.readouterr()) + "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))
    )
    assert "identity provider away" in told
    assert "sign-in-other-person" in told
    for secret in (token, state, cookie, "hemlig-kod", HELENE):
        assert secret not in told
