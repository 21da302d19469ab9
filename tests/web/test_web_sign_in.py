"""Signing in, as a person meets it: to the provider and back, waiting for it, and what is said when it comes to nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from test_web_pages import assert_plain, shown_digest
from visitor import TestClient, browser

from identity_desk import PROVIDER, IdentityDesk, person, with_desk
from life import Life
from signflow.rounds.model import Document, State
from signflow.texts import LANGUAGES

ANNA, HELENE = "anna@example.org", "helene@example.org"
READ = {"read": "yes"}
HOME = "https://sign.sodertorn.example"


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


def begin(client: TestClient, link: str) -> str:
    """Press the button and be sent on; the state that goes to the provider."""
    begun = client.post(f"{link}/sign-in", data=READ)
    assert (begun.status_code, begun.headers["location"]) == (303, f"{link}/sign-in")
    going = client.get(f"{link}/sign-in")
    assert going.status_code == 200, going.text
    url = going.headers["refresh"].removeprefix("0; url=")
    assert f'href="{url}"' in going.text
    return url.removeprefix(f"{PROVIDER}/authorize?state=")


def sign_in(client: TestClient, desk: IdentityDesk, link: str, who: str) -> None:
    state = begin(client, link)
    desk.coming["code"] = person(who, "Anna Karin Söderström" if who == ANNA else "")
    back = client.get("/sign-in/callback", params={"state": state, "code": "code", "session_state": "x"})
    assert (back.status_code, back.headers["location"]) == (303, f"{link}#answer")
    assert back.headers["cache-control"] == "no-store"
    assert back.headers["referrer-policy"] == "same-origin"
    assert back.content == b""


def test_both_sign_in_and_sign(life: Life, desk: IdentityDesk, client: TestClient, document: Document) -> None:
    for address in (ANNA, HELENE):
        link = f"/sign/{life.token(address)}"
        page = client.get(link)
        assert f"Du skickas till {desk.name} för att legitimera dig" in page.text
        assert 'name="code"' not in page.text
        sign_in(client, desk, link, address)
        form = client.get(link)
        assert "Du är legitimerad" in form.text
        assert desk.name in form.text
        assert ("Anna Karin Söderström" in form.text) is (address == ANNA)
        assert "Tillitsnivå: svensk tillitsnivå 3" in form.text
        done = client.post(link, data={"shown": shown_digest(form)})
        assert (done.status_code, done.headers["location"]) == (303, link)
        assert not client.cookies
        life.work()
        assert "Kvitto" in client.get(link).text
    assert life.load(document).state is State.ARCHIVED
    history = client.get(f"/documents/{document.id}").text
    assert "legitimerade sig hos legitimering.example" in history
    assert "började legitimera sig" in history


def test_the_cookie_is_of_use_to_nobody_else(life: Life, desk: IdentityDesk, document: Document) -> None:
    assert document.state is State.REVIEW
    life.with_ports(public_url=HOME)
    headers = {"Host": "sign.sodertorn.example", "Origin": HOME}
    with browser(life, **headers) as client:
        client.base_url = HOME
        link = f"/sign/{life.token(ANNA)}"
        cookie = client.post(f"{link}/sign-in", data=READ).headers["set-cookie"]
        state = begin(client, link)
    name, value, *rest = re.split("[=;] ?", cookie)
    attributes = cookie.split("; ")[1:]
    assert re.fullmatch("__Host-sign-in-[0-9a-f]{8}", name)
    assert value not in state
    assert rest
    assert {one.lower() for one in attributes} == {"httponly", "max-age=1200", "path=/", "samesite=lax", "secure"}
    assert desk.begun[0].return_url == f"{HOME}/sign-in/callback"


def test_without_tls_the_cookie_goes_without_its_prefix(life: Life, client: TestClient, document: Document) -> None:
    assert document.state is State.REVIEW
    cookie = client.post(f"/sign/{life.token(ANNA)}/sign-in", data=READ).headers["set-cookie"]
    assert re.match("sign-in-[0-9a-f]{8}=", cookie)
    assert "secure" not in cookie.lower()
    assert "httponly" in cookie.lower()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document, method: str
) -> None:
    link = f"/sign/{life.token(ANNA)}"
    client.post(f"{link}/sign-in", data=READ)
    before, history = life.load(document), life.ports.store.history(document.id)
    with browser(life) as scanner:
        for path in (link, f"{link}/sign-in", f"{link}/sign-in?still=1", "/sign-in/callback", "/sign-in/over"):
            assert scanner.request(method, path).status_code in {200, 303, 400}
    assert client.head(f"{link}/sign-in").headers["location"] == link
    ahead = client.get(f"{link}/sign-in", headers={"Sec-Purpose": "prefetch;prerender"})
    assert ahead.headers["location"] == link
    assert desk.begun == []
    assert life.load(document) == before
    assert life.ports.store.history(document.id) == history


def test_an_answer_is_not_taken_by_a_program_that_looks_ahead(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    link = f"/sign/{life.token(ANNA)}"
    params = {"state": begin(client, link), "code": "code"}
    desk.coming["code"] = person(ANNA)
    client.head("/sign-in/callback", params=params)
    client.get("/sign-in/callback", params=params, headers={"Sec-Purpose": "prefetch"})
    assert life.ports.store.history(document.id)[-1].kind == "sign-in-begun"
    client.get("/sign-in/callback", params=params)
    assert life.ports.store.history(document.id)[-1].kind == "signed-in"


def test_who_is_signed_in_is_so_in_one_browser(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    assert document.state is State.REVIEW
    link = f"/sign/{life.token(ANNA)}"
    sign_in(client, desk, link, ANNA)
    with browser(life) as other:
        page = other.get(link)
        assert "Du är legitimerad" not in page.text
        assert "Anna Karin Söderström" not in page.text
        refused = other.post(link, data={"shown": document.round.copy.digest if document.round else ""})
        assert refused.status_code == 422
        assert "inte legitimerat dig" in refused.text
    assert "Du är legitimerad" in client.get(link).text


def test_a_cancelled_sign_in_says_so_and_may_be_begun_again(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    assert document.state is State.REVIEW
    link = f"/sign/{life.token(ANNA)}"
    state = begin(client, link)
    desk.coming["code"] = "sign-in-bankid-cancelled"
    client.get("/sign-in/callback", params={"state": state, "code": "code"})
    assert not client.cookies
    page = client.get(link)
    assert page.status_code == 200
    assert "Legitimeringen avbröts" in page.text
    assert 'role="alert"' in page.text
    sign_in(client, desk, link, ANNA)
    assert "Legitimeringen avbröts" not in client.get(link).text


def test_another_person_is_told_so(life: Life, desk: IdentityDesk, client: TestClient, document: Document) -> None:
    assert document.state is State.REVIEW
    link = f"/sign/{life.token(ANNA)}"
    sign_in(client, desk, link, HELENE)
    page = client.get(link)
    assert "någon annan än den som länken är till" in page.text
    assert HELENE not in page.text
    assert client.post(link, data={"shown": "0" * 64}).status_code == 422


def test_a_provider_that_is_away_is_said_so_and_comes_back(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    link = f"/sign/{life.token(ANNA)}"
    client.post(f"{link}/sign-in", data=READ)
    desk.away = True
    away = client.get(f"{link}/sign-in")
    assert away.status_code == 503
    assert f"{desk.name} svarar inte" in away.text
    assert f'href="{link}/sign-in"' in away.text
    assert_plain(away)
    desk.away = False
    going = client.get(f"{link}/sign-in")
    state = going.headers["refresh"].partition("state=")[2]
    desk.coming["code"] = person(ANNA)
    desk.away = True
    back = client.get("/sign-in/callback", params={"state": state, "code": "code"})
    assert back.headers["location"] == f"{link}/sign-in?away=1"
    told = client.get(back.headers["location"])
    assert f"{desk.name} svarar inte" in told.text
    assert "code" not in str(told.url)
    desk.away = False
    assert client.get(f"{link}/sign-in").headers["refresh"].endswith(state)
    client.get("/sign-in/callback", params={"state": state, "code": "code"})
    assert "Du är legitimerad" in client.get(link).text
    assert life.load(document).state is State.REVIEW


def test_waiting_shows_a_code_and_looks_again(life: Life, sample: bytes) -> None:
    desk = with_desk(life, waits=True)
    life.drop(sample)
    link = f"/sign/{life.token(ANNA)}"
    with browser(life) as client:
        client.post(f"{link}/sign-in", data=READ)
        page = client.get(f"{link}/sign-in")
        assert page.headers["refresh"] == "2"
        assert '<img class="qr" src="data:image/svg+xml;base64,' in page.text
        assert 'href="https://app.example/?token=t"' in page.text
        assert "img-src 'self' data:;" in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "data:" not in client.get(link).headers["content-security-policy"]
        assert "refresh" not in client.get(f"{link}/sign-in?still=1").headers
        desk.here = person(ANNA)
        done = client.get(f"{link}/sign-in")
        assert done.headers["location"] == f"{link}#answer"
        assert "Du är legitimerad" in client.get(link).text
    assert len(desk.begun) == 1


def test_who_comes_back_from_the_app_waits_on(life: Life, sample: bytes) -> None:
    desk = with_desk(life, waits=True)
    life.drop(sample)
    link = f"/sign/{life.token(ANNA)}"
    with browser(life) as client:
        client.post(f"{link}/sign-in", data=READ)
        client.get(f"{link}/sign-in")
        params = {"state": desk.begun[0].state}
        assert client.get("/sign-in/callback", params=params).headers["location"] == f"{link}/sign-in"
        desk.here = "sign-in-bankid-expired"
        assert client.get("/sign-in/callback", params=params).headers["location"] == f"{link}#answer"
        assert "tog för lång tid" in client.get(link).text


def test_a_sign_in_that_is_too_old_says_so_and_keeps_what_was_written(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    assert document.state is State.REVIEW
    link = f"/sign/{life.token(ANNA)}"
    sign_in(client, desk, link, ANNA)
    shown = shown_digest(client.get(link))
    later = life.ports.clock() + dt.timedelta(minutes=11)
    life.with_ports(clock=lambda: later)
    with browser(life) as after:
        after.cookies = client.cookies
        assert "för länge sedan du legitimerade dig" in after.get(link).text
        late = after.post(f"{link}/objection", data={"shown": shown, "reason": "Punkt 3 är <fel>"})
        assert late.status_code == 422
        assert "<blockquote>Punkt 3 är &lt;fel&gt;</blockquote>" in late.text
        assert_plain(late)


def test_what_was_written_comes_back_after_signing_in_again(
    life: Life, desk: IdentityDesk, client: TestClient, document: Document
) -> None:
    assert document.state is State.REVIEW
    link = f"/sign/{life.token(ANNA)}"
    sign_in(client, desk, link, ANNA)
    page = client.get(link)
    item = re.findall("<option>([^<]+)</option>", page.text)[0]
    later = life.ports.clock() + dt.timedelta(minutes=11)
    life.with_ports(clock=lambda: later)
    with browser(life) as after, browser(life) as stranger:
        after.cookies = client.cookies
        wrote = {"rows": "2", "item-1": item, "reason-1": "Fel <dag>", "proposal-1": "Rätt dag", "reason": "Allt"}
        late = after.post(f"{link}/objection", data={"shown": shown_digest(page), **wrote})
        assert late.status_code == 422
        assert 'name="reason-1" value="Fel &lt;dag&gt;"' in late.text  # goes along with the button
        assert after.post(f"{link}/sign-in", data={**READ, **wrote}).status_code == 303
        state = after.get(f"{link}/sign-in").headers["refresh"].partition("state=")[2]
        desk.coming["cancelled"] = "sign-in-bankid-cancelled"
        after.get("/sign-in/callback", params={"state": state, "code": "cancelled"})
        assert "Det du skrev är inte skickat än" in after.get(link).text
        sign_in(after, desk, link, ANNA)
        back = after.get(link)
        for kept in (f"<option selected>{item}</option>", ">Fel &lt;dag&gt;</textarea>", ">Rätt dag</textarea>"):
            assert kept in back.text
        assert "Rätt dag" not in stranger.get(link).text
        sent = after.post(f"{link}/objection", data={"shown": shown_digest(back), **wrote})
        assert sent.status_code == 303
        assert not [name for name in after.cookies if name.startswith("unsent")]
    assert not list((life.settings.data / "unsent").iterdir())


def test_an_objection_after_signing_in(life: Life, desk: IdentityDesk, client: TestClient, document: Document) -> None:
    link = f"/sign/{life.token(ANNA)}"
    sign_in(client, desk, link, ANNA)
    shown = shown_digest(client.get(link))
    empty = client.post(f"{link}/objection", data={"shown": shown, "reason": "  "})
    assert empty.status_code == 422
    assert "<details open>" in empty.text
    assert client.post(f"{link}/objection", data={"shown": shown, "reason": "x" * 4001}).status_code == 422
    done = client.post(f"{link}/objection", data={"shown": shown, "reason": "Punkt 3 är fel"})
    assert done.status_code == 303
    assert "Din invändning är mottagen" in client.get(link).text
    assert not client.cookies
    assert life.load(document).state is State.DRAFT


def test_many_sign_ins_in_an_hour_are_refused(life: Life, client: TestClient, document: Document) -> None:
    assert document.state is State.REVIEW
    link = f"/sign/{life.token(ANNA)}"
    answers = [client.post(f"{link}/sign-in", data=READ).status_code for _ in range(6)]
    assert answers == [303] * 5 + [422]
    assert "många gånger den senaste timmen" in client.post(f"{link}/sign-in", data=READ).text


def test_where_codes_are_used_nobody_signs_in(life: Life, sample: bytes) -> None:
    life.drop(sample)
    link = f"/sign/{life.token(ANNA)}"
    with browser(life) as client:
        refused = client.post(f"{link}/sign-in", data=READ)
        assert refused.status_code == 422
        assert "kod via e-post" in refused.text
        assert client.get(f"{link}/sign-in").headers["location"] == link


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_both_languages_is_plain_html(
    life: Life, desk: IdentityDesk, document: Document, language: str
) -> None:
    assert document.state is State.REVIEW
    with browser(life, **{"Accept-Language": language}) as client:
        link = f"/sign/{life.token(ANNA)}"
        pages = [client.get(link), client.get("/sign-in/over")]
        sign_in(client, desk, link, ANNA)
        pages.append(client.get(link))
        for page in pages:
            assert page.headers["content-language"] == language
            assert_plain(page)
    assert desk.begun[0].language == language
