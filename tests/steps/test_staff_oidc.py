"""Signing in as staff at a real OpenID provider, and what others try on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from openid_provider import IDENTITY_SCOPE, LOA3, PERSONAL_NUMBER, OpenIdProvider, sign_in_as

from life import Life
from signflow.errors import RefusedError, UnavailableError
from signflow.rounds.access import Grant, Office
from signflow.rounds.admission import StaffSignIn
from signflow.steps import staff
from signflow.steps.staff import SignedIn
from signflow.store.people import RegisteredPerson

pytestmark = pytest.mark.oracle("node")
ARVID = RegisteredPerson("Arvid Öst", "", "arvid@example.org", ("arkivarie",))
VERA = RegisteredPerson("Vera Vik", "", "vera@example.org", ("ledamot",))
NUMBER, OTHER_NUMBER = "197001011234", "198002022345"


def person(name: str, mail: str, number: str = "", *, verified: bool = True) -> Mapping[str, Any]:
    claims = {"name": name, "email": mail, "email_verified": verified, **({PERSONAL_NUMBER: number} if number else {})}
    return {"claims": claims, "acr": LOA3}


PEOPLE = {
    "arvid": person("Arvid Karl Öst", "Arvid@Example.org", NUMBER),
    "unverified": person("Arvid Öst", "arvid@example.org", OTHER_NUMBER, verified=False),
    "vera": person("Vera Vik", "vera@example.org"),
    "stranger": person("Sven Ny", "sven@example.org"),
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    with OpenIdProvider(tmp_path_factory.mktemp("provider")) as one:
        one.people(PEOPLE)
        yield one


@pytest.fixture
def house(tmp_path: Path, provider: OpenIdProvider) -> Iterator[Life]:
    settings = {**provider.settings(), "sign_in": "mail-code", "staff_sign_in": "oidc"}
    with Life(tmp_path / "data", {}, **settings) as life:
        life.ports.people.put([ARVID, VERA])
        yield life


def answer_of(life: Life, held: str, who: str, *, cancel: bool = False) -> dict[str, str]:
    """What the browser brings back from the provider."""
    back = sign_in_as(staff.provider_url(life.ports, held), who, cancel=cancel)
    assert urlsplit(back).path == "/staff/sign-in/callback"
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def sign_in(life: Life, who: str) -> SignedIn:
    held = staff.ask_provider(life.ports, "/archive").held
    return staff.complete(life.ports, held, answer_of(life, held, who))


def test_whom_the_provider_identifies_is_who_the_register_says(house: Life) -> None:
    came = sign_in(house, "arvid")
    assert (came.person.name, came.person.address) == (ARVID.name, ARVID.address)
    assert came.person.grants == {Grant(Office.ARCHIVIST)}
    assert came.destination == "/archive"
    assert staff.person_of(house.ports, came.token) == came.person
    assert house.mails() == []


@pytest.mark.parametrize("who", ["vera", "stranger", "unverified"])
def test_who_is_not_of_the_staff_is_told_so(house: Life, who: str) -> None:
    with pytest.raises(RefusedError, match="staff-not-registered"):
        sign_in(house, who)


def test_where_people_are_known_by_a_number_their_address_lets_nobody_in(
    tmp_path: Path, provider: OpenIdProvider
) -> None:
    scope = f"openid email profile {IDENTITY_SCOPE}"
    settings = {
        **provider.settings(),
        "sign_in": "mail-code",
        "staff_sign_in": "oidc",
        "oidc_claim": PERSONAL_NUMBER,
        "oidc_scope": scope,
    }
    with Life(tmp_path / "data", {}, **settings) as life:
        digest = life.ports.links.identifier_digest
        life.ports.people.put([RegisteredPerson(ARVID.name, "", "other@example.org", ARVID.roles, digest(NUMBER))])
        life.ports.people.put([RegisteredPerson("Arvid Fel", "", ARVID.address, ARVID.roles)])
        assert sign_in(life, "arvid").person.address == "other@example.org"
        with pytest.raises(RefusedError, match="staff-not-registered"):
            sign_in(life, "unverified")
        with pytest.raises(RefusedError, match="staff-not-registered"):
            sign_in(life, "vera")
        life.ports.people.put([RegisteredPerson("Två Personer", "", "two@example.org", ARVID.roles, digest(NUMBER))])
        with pytest.raises(RefusedError, match="staff-not-registered"):
            sign_in(life, "arvid")


@pytest.mark.parametrize("in_token", [True, False])
def test_the_provider_may_say_what_people_are(tmp_path: Path, in_token: bool) -> None:  # noqa: FBT001 -- a column of a table
    """Under the claim that is at hand at this provider; the register has nobody."""
    with OpenIdProvider(tmp_path / "provider", claims_in_token=in_token) as provider:

        def being(roles: object, **more: object) -> Mapping[str, Any]:
            claims = {"name": "Rut Ek", "email": "rut@example.org", "email_verified": True, PERSONAL_NUMBER: roles}
            return {"claims": {**claims, **more}, "acr": LOA3}

        people = {
            "rut": being(["archivist", "Sekreterare: Miljönämnden", "vaktmästare"]),
            "none": being(["vaktmästare"]),
            "text": being("archivist"),
            "unverified": being(["archivist"], email_verified=False),
        }
        provider.people(people)
        settings = {
            **provider.settings(),
            "sign_in": "mail-code",
            "staff_sign_in": "oidc",
            "oidc_scope": f"openid email profile {IDENTITY_SCOPE}",
            "staff_roles_claim": PERSONAL_NUMBER,
        }
        with Life(tmp_path / "data", {}, **settings) as life:
            came = sign_in(life, "rut")
            assert (came.person.name, came.person.address) == ("Rut Ek", "rut@example.org")
            assert came.person.grants == {Grant(Office.ARCHIVIST), Grant(Office.SECRETARY, "Miljönämnden")}
            assert staff.person_of(life.ports, came.token) == came.person
            refused = {"none": "staff-not-registered", "unverified": "staff-not-registered", "text": "sign-in-failed"}
            for who, code in refused.items():
                with pytest.raises(RefusedError, match=code):
                    sign_in(life, who)


def test_an_answer_counts_once_and_in_the_browser_that_asked(house: Life) -> None:
    mine = staff.ask_provider(house.ports, "").held
    strangers = staff.ask_provider(house.ports, "").held
    staff.provider_url(house.ports, strangers)
    answer = answer_of(house, mine, "arvid")
    for held in ("", "x.y", f"{mine.partition('.')[0]}.{strangers.partition('.')[2]}"):
        with pytest.raises(RefusedError, match="staff-code-used-up"):
            staff.complete(house.ports, held, answer)
    with pytest.raises(RefusedError, match="sign-in-failed"):
        staff.complete(house.ports, strangers, answer)
    with pytest.raises(RefusedError, match="sign-in-failed"):
        staff.complete(house.ports, mine, {**answer, "state": answer["state"] + "x"})
    assert staff.complete(house.ports, mine, answer).person.name == ARVID.name
    with pytest.raises(RefusedError, match="staff-code-used-up"):
        staff.complete(house.ports, mine, answer)


def test_the_address_to_go_to_is_the_same_however_often_it_is_asked_for(house: Life) -> None:
    held = staff.ask_provider(house.ports, "").held
    assert staff.provider_url(house.ports, held) == staff.provider_url(house.ports, held)
    other = staff.ask_provider(house.ports, "").held
    assert staff.provider_url(house.ports, held) != staff.provider_url(house.ports, other)


def test_an_answer_to_what_was_never_asked_at_the_provider_is_none(house: Life) -> None:
    held = staff.ask_provider(house.ports, "").held
    with pytest.raises(RefusedError, match="staff-code-used-up"):
        staff.complete(house.ports, held, {"state": "x", "code": "y"})


def test_who_breaks_it_off_may_begin_again(house: Life) -> None:
    held = staff.ask_provider(house.ports, "").held
    answer = answer_of(house, held, "arvid", cancel=True)
    with pytest.raises(RefusedError, match="sign-in-cancelled"):
        staff.complete(house.ports, held, answer)
    assert sign_in(house, "arvid").person.name == ARVID.name


def test_no_code_by_mail_opens_a_house_with_a_provider(house: Life) -> None:
    held = staff.ask_code(house.ports, ARVID.address, "", "").held
    code = house.ports.links.staff_code(held.partition(".")[0])
    assert house.ports.staff.sign_in is StaffSignIn.OIDC
    with pytest.raises(RefusedError, match="staff-code-used-up"):
        staff.type_code(house.ports, held, code)


def test_a_provider_that_is_away_loses_nothing(house: Life, provider: OpenIdProvider) -> None:
    held = staff.ask_provider(house.ports, "").held
    answer = answer_of(house, held, "arvid")
    provider.stop()
    with pytest.raises(UnavailableError):
        staff.complete(house.ports, held, answer)
    new = staff.ask_provider(house.ports, "").held
    provider.start()
    assert staff.complete(house.ports, new, answer_of(house, new, "arvid")).person.name == ARVID.name
