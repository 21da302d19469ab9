"""Signing in as staff, as a browser sees it, and what others try with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visitor import ORIGIN, TestClient, browser

from life import Life, text_of
from signflow.errors import UnavailableError
from signflow.rounds.admission import StaffRules, StaffSignIn
from signflow.store.people import RegisteredPerson
from signflow.web.app import build_app
from signflow.web.doors import destination

KARIN = RegisteredPerson("Karin Ek", "", "karin@example.org", ("sekreterare",))
BO = RegisteredPerson("Bo Ek", "", "bo@example.org", ("arkivarie", "administratör"))
ADAM = RegisteredPerson("Adam Ask", "", "adam@example.org", ("administratör",))
PUBLIC = "https://sign.sodertorn.example"
_CODE = re.compile(r"^\s*(\d{4} \d{4})\s*$", re.MULTILINE)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", {}, staff_sign_in="mail-code") as one:
        one.ports.people.put([KARIN, BO, ADAM])
        yield one


@pytest.fixture
def client(house: Life) -> Iterator[TestClient]:
    with browser(house) as one:
        yield one


def code_of(life: Life, address: str) -> str:
    life.work()
    return str(_CODE.findall(text_of(life.mails(address)[-1]))[0])


def sign_in(life: Life, client: TestClient, address: str = KARIN.address, wanted: str = "") -> str:
    """Where the browser is sent once it is in."""
    asked = client.post("/staff/sign-in", data={"address": address, "next": wanted})
    assert (asked.status_code, asked.headers["location"]) == (303, "/staff/sign-in/code")
    assert "Koden i brevet" in client.get("/staff/sign-in/code").text
    came = client.post("/staff/sign-in/code", data={"code": code_of(life, address)})
    assert came.status_code == 303, came.text
    return str(came.headers["location"])


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back_to_where_they_were_going(
    house: Life, client: TestClient
) -> None:
    away = client.get("/archive?q=å&page=2")
    assert away.status_code == 303
    assert away.headers["location"] == "/staff/sign-in?next=%2Farchive%3Fq%3D%C3%A5%26page%3D2".replace(
        "%C3%A5", "%25C3%25A5"
    )
    page = client.get(away.headers["location"])
    assert page.status_code == 200
    assert "När du har loggat in kommer du till sidan du var på väg till." in page.text
    wanted = re.findall(r'name="next" value="([^"]*)"', page.text)[0].replace("&amp;", "&")
    there = sign_in(house, client, wanted=wanted)
    assert there == "/archive?q=%C3%A5&page=2"
    arrived = client.get(there)
    assert arrived.status_code == 200
    assert "Inloggad som Karin Ek" in arrived.text


def test_the_desk_is_the_first_page_and_signing_out_ends_the_session_at_the_server(
    house: Life, client: TestClient
) -> None:
    assert sign_in(house, client) == "/"
    assert "Logga ut" in client.get("/").text
    assert client.get("/staff/sign-in").headers["location"] == "/"
    session = client.cookies["session"]
    out = client.post("/staff/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/staff/signed-out")
    assert "session" not in client.cookies
    assert "Du är utloggad" in client.get("/staff/signed-out").text
    client.cookies.set("session", session, domain="127.0.0.1")
    assert client.get("/").headers["location"] == "/staff/sign-in"


def test_a_page_that_reads_changes_nothing_when_it_is_fetched(house: Life, client: TestClient) -> None:
    sign_in(house, client)
    for path in (
        "/staff/sign-in",
        "/staff/sign-in/code",
        "/staff/sign-out",
        "/staff/signed-out",
        "/staff/sign-in/callback",
    ):
        client.get(path)
        client.head(path)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("path", ["/staff/sign-in", "/staff/sign-in/code", "/staff/sign-out"])
def test_no_other_site_signs_anybody_in_or_out(
    house: Life, client: TestClient, path: str, headers: dict[str, str]
) -> None:
    sign_in(house, client)
    assert client.post(path, data={"address": BO.address, "code": "1"}, headers=headers).status_code == 403
    assert "Inloggad som Karin Ek" in client.get("/").text


def test_cookies_are_for_this_site_over_tls_and_for_no_script(house: Life) -> None:
    house.with_ports(public_url=PUBLIC)
    with TestClient(build_app(house.ports), base_url=PUBLIC, headers={"Origin": PUBLIC}, follow_redirects=False) as one:
        asked = one.post("/staff/sign-in", data={"address": KARIN.address})
        came = one.post("/staff/sign-in/code", data={"code": code_of(house, KARIN.address)})
        assert one.get("/").status_code == 200
    cookies = [*asked.headers.get_list("set-cookie"), *came.headers.get_list("set-cookie")]
    assert [cookie.partition("=")[0] for cookie in cookies] == [
        "__Host-staff-sign-in",
        "__Host-session",
        "__Host-device",
        "__Host-staff-sign-in",
    ]
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "path=/", "samesite=lax", "secure"} <= parts
        assert not any(part.startswith("domain") for part in parts)
    assert "max-age" not in cookies[1].lower()


def test_a_token_that_somebody_put_in_the_browser_before_opens_nothing_afterwards(house: Life) -> None:
    with browser(house) as attacker, browser(house) as victim:
        sign_in(house, attacker, BO.address)
        planted = attacker.cookies["session"]
        victim.cookies.set("session", planted, domain="127.0.0.1")
        victim.cookies.set("staff-sign-in", "x.y", domain="127.0.0.1")
        sign_in(house, victim, KARIN.address)
        assert victim.cookies.get("session") != planted
        assert attacker.get("/archive").headers["location"].startswith("/staff/sign-in")


def test_a_challenge_of_the_attackers_signs_the_victim_in_as_nobody(house: Life) -> None:
    """The code that a victim reads to somebody, or types in another browser, is of no use there."""
    with browser(house) as attacker, browser(house) as victim:
        attacker.post("/staff/sign-in", data={"address": KARIN.address})
        victim.post("/staff/sign-in", data={"address": KARIN.address})
        code = code_of(house, KARIN.address)
        held = victim.cookies["staff-sign-in"]
        answer = attacker.post("/staff/sign-in/code", data={"code": code})
        assert answer.status_code == 422
        assert "Försök kvar: 4" in answer.text
        victim.cookies.set("staff-sign-in", held, domain="127.0.0.1")
        assert victim.post("/staff/sign-in/code", data={"code": code}).status_code == 303


def test_nobody_can_tell_who_is_of_the_staff(house: Life) -> None:
    answers: list[list[str]] = []
    for address in (KARIN.address, "nobody@example.org"):
        with browser(house) as one:
            asked = one.post("/staff/sign-in", data={"address": address})
            page = one.get("/staff/sign-in/code")
            wrong = [one.post("/staff/sign-in/code", data={"code": "1"}) for _ in range(5)]
            told = [asked, page, *wrong]
            seen = [f"{answer.status_code} {sorted(answer.headers.keys())} {answer.text}" for answer in told]
            answers.append([re.sub(r"kl\. \d\d\.\d\d", "", one) for one in seen])
    assert answers[0] == answers[1]
    assert "används, för gammal" not in answers[0][-1]
    assert "Börja om" in answers[0][-1]


def test_strangers_lock_nobody_out(house: Life) -> None:
    with browser(house) as karin, browser(house) as stranger:
        sign_in(house, karin)
        for _ in range(8):
            stranger.post("/staff/sign-in", data={"address": KARIN.address})
            for _ in range(6):
                stranger.post("/staff/sign-in/code", data={"code": "12345678"})
        refused = stranger.post("/staff/sign-in", data={"address": KARIN.address})
        assert refused.status_code == 422
        assert "för många koder" in refused.text
        assert f'value="{KARIN.address}"' in refused.text
        assert karin.get("/").status_code == 200
        karin.post("/staff/sign-out")
        assert sign_in(house, karin) == "/"
        assert sign_in(house, stranger, BO.address) == "/"


def test_the_link_in_a_letter_is_a_way_past_strangers(house: Life, client: TestClient) -> None:
    for _ in range(6):
        client.post("/staff/sign-in", data={"address": KARIN.address})
    house.work()
    link = re.findall(rf"{re.escape(house.ports.public_url)}(/staff/sign-in\?browser=\S+)", text_of(house.mails()[-1]))[
        0
    ]
    with browser(house) as new:
        assert new.post("/staff/sign-in", data={"address": KARIN.address}).status_code == 422
        page = new.get(link)
        assert "set-cookie" not in page.headers
        held = re.findall(r'name="browser" value="([^"]+)"', page.text)[0]
        assert new.post("/staff/sign-in", data={"address": KARIN.address, "browser": held}).status_code == 303
        assert new.post("/staff/sign-in/code", data={"code": code_of(house, KARIN.address)}).status_code == 303


def test_one_address_asks_so_often_and_known_browsers_go_on(house: Life) -> None:
    with browser(house) as one:
        sign_in(house, one)
        one.post("/staff/sign-out")
        answers = [one.post("/staff/sign-in", data={"address": f"x{number}@example.org"}) for number in range(61)]
        assert [answer.status_code for answer in answers[-3:]] == [303, 429, 429]
        assert "Vänta några minuter" in answers[-1].text
        assert one.post("/staff/sign-in", data={"address": KARIN.address}).status_code == 303


def test_two_right_codes_at_once_are_one_session(house: Life, client: TestClient) -> None:
    client.post("/staff/sign-in", data={"address": KARIN.address})
    held, code = client.cookies["staff-sign-in"], code_of(house, KARIN.address)
    first = client.post("/staff/sign-in/code", data={"code": code})
    client.cookies.set("staff-sign-in", held, domain="127.0.0.1")
    second = client.post("/staff/sign-in/code", data={"code": code})
    assert (first.status_code, second.status_code) == (303, 422)
    assert "set-cookie" not in second.headers


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/%0d%0aSet-Cookie:x",
        "javascript:alert(1)",
        "evil.example",
        "/staff/sign-out",
        "/x\r\nSet-Cookie: a=b",
        "/" + "x" * 600,
        "/å",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(house: Life, client: TestClient, wanted: str) -> None:
    page = client.get(f"/staff/sign-in?next={quote(wanted)}")
    assert ("var på väg till" in page.text) is (wanted == "/%0d%0aSet-Cookie:x")
    there = sign_in(house, client, wanted=wanted)
    assert there == (wanted if wanted == "/%0d%0aSet-Cookie:x" else "/")
    assert client.get(f"/staff/sign-in?next={quote(wanted)}").headers["location"] == there


@given(st.text(max_size=40) | st.from_regex(r"[/\\]{0,3}[a-z.:/\\?#@%\t]{0,20}", fullmatch=True))
def test_a_destination_is_a_path_of_ours_or_nothing(wanted: str) -> None:
    kept = destination(wanted)
    assert kept in {"", wanted}
    if kept:
        assert kept[0] == "/"
        assert kept[1:2] not in {"/", "\\"}
        assert kept.isascii()
        assert not re.search(r"[\x00-\x20\x7f\\]", kept.replace(" ", ""))


def test_a_session_that_is_over_says_so_to_a_form_and_nothing_is_done(house: Life, client: TestClient) -> None:
    sign_in(house, client)
    assert house.ports.sessions.end_all(KARIN.address) == 1
    answer = client.post("/drafts", files={"file": ("utkast.md", b"# Utkast")})
    assert answer.status_code == 403
    assert "Du är inte inloggad längre" in answer.text
    assert 'href="/staff/sign-in"' in answer.text
    assert house.ports.store.open_work() == ()


def test_who_has_no_desk_is_shown_where_they_can_go(house: Life) -> None:
    with browser(house) as bo:
        sign_in(house, bo, BO.address)
        assert bo.get("/").headers["location"] == "/staff"
        page = bo.get("/staff").text
        assert "Bo Ek, bo@example.org" in page
        assert "Administratör" in page
        assert "Arkivarie" in page
        assert '<li><a href="/archive">' in page
        assert 'href="/">Skrivbord' not in page
    with browser(house) as adam:
        sign_in(house, adam, ADAM.address)
        assert "Rollen ger inte tillgång" in adam.get("/staff").text
        assert adam.get("/archive").status_code == 404
    with browser(house) as nobody:
        assert nobody.get("/staff").headers["location"] == "/staff/sign-in"


def test_without_a_challenge_there_is_no_code_to_type(client: TestClient) -> None:
    assert client.get("/staff/sign-in/code").headers["location"] == "/staff/sign-in"
    answer = client.post("/staff/sign-in/code", data={"code": "1234 5678"})
    assert answer.status_code == 422
    assert "Börja om" in answer.text
    assert client.get("/staff/sign-in/provider").headers["location"] == "/staff/sign-in"
    assert client.get("/staff/sign-in/callback?state=x&code=y").status_code == 400


def test_what_is_no_address_is_said_beside_the_form(client: TestClient) -> None:
    answer = client.post("/staff/sign-in", data={"address": "<karin>"})
    assert answer.status_code == 422
    assert "ingen e-postadress" in answer.text
    assert "&lt;karin&gt;" in answer.text


def test_where_staff_do_not_sign_in_there_is_nothing_to_sign_in_at(life: Life) -> None:
    with browser(life) as one:
        assert one.get("/staff/sign-in").status_code == 404
        assert one.get("/staff").status_code == 404
        assert "Logga ut" not in one.get("/").text
        assert one.get("/").status_code == 200


def test_the_way_in_is_there_for_other_machines_and_through_a_proxy(house: Life) -> None:
    house.with_ports(public_url=PUBLIC)
    with TestClient(
        build_app(house.ports), base_url=PUBLIC, client=("192.0.2.7", 5), headers={"X-Forwarded-For": "192.0.2.9"}
    ) as one:
        assert one.get("/staff/sign-in").status_code == 200
        assert one.get("/", follow_redirects=False).headers["location"] == "/staff/sign-in"


def test_codes_tokens_and_addresses_of_devices_are_in_no_log(
    house: Life, client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    sign_in(house, client)
    code = code_of(house, KARIN.address)
    client.post("/staff/sign-in/code", data={"code": code})
    out, err = capfd.readouterr()
    for secret in (code, client.cookies["session"], client.cookies["device"]):
        assert secret not in out + err
    assert "staff signed in" in out + err


def test_a_database_that_is_away_is_said_without_details(
    house: Life, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(house, client)

    def away(_: str) -> None:
        raise UnavailableError("database-unavailable", reason="/secret/path")

    monkeypatch.setattr(house.ports.sessions, "find", away)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "/secret/path" not in answer.text


def test_a_way_in_that_the_organisation_has_given_up_lets_nobody_in_any_more(house: Life, client: TestClient) -> None:
    sign_in(house, client)
    other = replace(house.ports.staff, sign_in=StaffSignIn.OIDC)
    assert other == replace(StaffRules(sign_in=StaffSignIn.OIDC), code_lifetime=dt.timedelta(minutes=10))
    house.with_ports(staff=other)
    with TestClient(build_app(house.ports), base_url=ORIGIN, follow_redirects=False) as later:
        later.cookies.set("session", client.cookies["session"], domain="127.0.0.1")
        assert later.get("/").headers["location"] == "/staff/sign-in"
