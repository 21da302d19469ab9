"""What comes from a hostile or broken provider beside the token: answers, documents about itself, refusals, userinfo."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hostile_provider import (
    JSON,
    Attempt,
    HostileProvider,
    Reply,
    as_json,
    each_example,
    outage,
    redirect,
    refusal,
)
from hypothesis import given
from hypothesis import strategies as st
from identity_contract import make_act

from signflow.errors import RefusedError, UnavailableError
from signflow.identity.provider import Identity


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with HostileProvider() as provider:
        yield provider


@pytest.fixture
def provider(running: HostileProvider) -> HostileProvider:
    running.reset()
    return running


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"iss": "https://annan.example"}, "iss"),
        ({"iss": ""}, "iss"),
        ({"error": "access_denied", "iss": "https://annan.example"}, "iss"),
        ({"error": "access_denied"}, "sign-in-cancelled"),
        ({"error": "unmet_authentication_requirements"}, "sign-in-level-too-low"),
        ({"error": "login_required"}, "login_required"),
        ({"error": "<script>"}, "error"),
        ({"error": ""}, "error"),
        ({"code": ""}, "code"),
        ({"code": "k" * 4001}, "code"),
        ({"code": "a\r\nb"}, "code"),
        ({"state": ""}, "state"),
        ({"state": "å"}, "state"),
        ({"state": "\udc80"}, "state"),
    ],
)
def test_an_answer_that_is_not_the_providers_to_us_is_refused(
    provider: HostileProvider, answer: dict[str, str], reason: str
) -> None:
    attempt = Attempt.begin(provider)
    provider.asked.clear()
    assert refusal(lambda: attempt.complete(**answer)) == reason
    assert provider.asked == []  # least of all was the code sent anywhere


def test_a_provider_that_names_itself_must_do_so(provider: HostileProvider) -> None:
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    attempt = Attempt.begin(provider)
    assert refusal(attempt.complete) == "iss"
    assert attempt.complete(iss=provider.issuer)


DISCOVERY = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(b" " * 10_000_000), "unavailable: size"),
        (Reply(b"", drip=True), "unavailable: timeout"),
        (Reply(b"[" * 400_000), "unusable: json"),
        (Reply(b'{"issuer":"a","issuer":"b"}'), "unusable: json"),
        (Reply(b"\xff"), "unusable: json"),
        (as_json([]), "unusable: json"),
        (as_json({}), "unusable: issuer"),
        (as_json({}, 500), "unavailable: HTTP 500"),
        (redirect("http://127.0.0.1:1/"), "unavailable: HTTP 302"),
        (Reply(b"", headers={"Content-Encoding": "gzip"}), "unavailable: content encoding"),
    ],
)
@pytest.mark.parametrize("path", [DISCOVERY, "/jwks"])
def test_a_provider_that_says_nothing_of_use_is_away(
    provider: HostileProvider, path: str, reply: Reply, reason: str
) -> None:
    provider.replies[path] = reply
    if path == DISCOVERY:
        assert outage(lambda: provider.adapter().begin(make_act())) == reason
    else:
        attempt = Attempt.begin(provider)
        provider.asked.clear()
        assert outage(attempt.complete) == reason.replace("issuer", "jwks")
        assert [asked for asked, _ in provider.asked] == ["/jwks"]  # the code is not spent


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "url",
    [None, "", 7, "http://annan.example/", "javascript:alert(1)", "//a/b", "https://a@b/", "https://a/#b", "ftp://a"],
)
def test_an_address_that_must_not_be_used_makes_it_unusable(provider: HostileProvider, name: str, url: object) -> None:
    provider.metadata[name] = url
    assert outage(lambda: provider.adapter().begin(make_act())) == f"unusable: {name}"


def test_a_provider_that_calls_itself_otherwise_is_another(provider: HostileProvider) -> None:
    provider.metadata["issuer"] = f"{provider.issuer}/"
    assert outage(lambda: provider.adapter().begin(make_act())) == "unusable: issuer"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(b" " * 10_000_000), "unavailable: size"),
        (Reply(b"", drip=True), "unavailable: timeout"),
        (redirect("http://127.0.0.1:1/"), "unavailable: HTTP 302"),
        (as_json({"error": "server_error"}, 503), "unavailable: HTTP 503"),
        (as_json({"error": "invalid_client"}, 401), "unusable: invalid_client"),
        (as_json({"error": "unauthorized_client"}, 400), "unusable: unauthorized_client"),
    ],
)
def test_a_token_endpoint_that_does_not_work_is_an_outage(provider: HostileProvider, reply: Reply, reason: str) -> None:
    provider.replies["/token"] = reply
    assert outage(Attempt.begin(provider).complete) == reason


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (as_json({"error": "invalid_grant"}, 400), "invalid_grant"),
        (as_json({"error": "<b>", "error_description": "x"}, 400), "error"),
        (Reply(b"nej", 400), "error"),
        (Reply(b"[" * 200_000), "json"),
        (as_json([]), "json"),
        (as_json({}), "token"),
        (as_json({"id_token": "a.b.c", "access_token": 7}), "access_token"),
    ],
)
def test_a_token_endpoint_that_says_no_identifies_nobody(provider: HostileProvider, reply: Reply, reason: str) -> None:
    provider.replies["/token"] = reply
    assert refusal(Attempt.begin(provider).complete) == reason


def without_mail(attempt: Attempt) -> str:
    claims = attempt.claims()
    return attempt.provider.sign({name: value for name, value in claims.items() if not name.startswith("email")})


@pytest.mark.parametrize(
    "reply",
    [
        as_json({"sub": "erik", "email": "karin@example.se", "email_verified": True}),
        as_json({"email": "karin@example.se", "email_verified": True}),
        as_json({"sub": ["karin"]}),
        Reply(b"[" * 100_000),
        Reply(b"\xff\xfe"),
        Reply(b"eyJhbGciOiJub25lIn0.e30.", headers={"Content-Type": "application/jwt"}),
    ],
)
def test_what_is_said_of_somebody_else_does_not_count(provider: HostileProvider, reply: Reply) -> None:
    provider.replies["/me"] = reply
    attempt = Attempt.begin(provider)
    assert refusal(lambda: attempt.complete(without_mail(attempt))) == "userinfo"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(b" " * 10_000_000), "unavailable: size"),
        (redirect("http://127.0.0.1:1/"), "unavailable: userinfo: HTTP 302"),
    ],
)
def test_userinfo_that_does_not_come_is_an_outage(provider: HostileProvider, reply: Reply, reason: str) -> None:
    provider.replies["/me"] = reply
    attempt = Attempt.begin(provider)
    assert outage(lambda: attempt.complete(without_mail(attempt))) == reason


def test_what_the_token_states_goes_before_what_is_said_besides(provider: HostileProvider) -> None:
    provider.userinfo = {"sub": "karin", "name": "Någon Annan", "email": "karin@example.se", "email_verified": True}
    attempt = Attempt.begin(provider)
    found = attempt.complete(without_mail(attempt))
    assert (found.name, found.mail) == ("Karin Ek", "karin@example.se")
    assert json.loads(found.evidence)["userinfo"] == json.dumps(provider.userinfo)


def test_given_and_family_name_are_a_name(provider: HostileProvider) -> None:
    attempt = Attempt.begin(provider)
    claims = {**attempt.claims(), "given_name": "Karin", "family_name": "Ek"}
    del claims["name"]
    assert attempt.complete(attempt.sign(claims)).name == "Karin Ek"


@each_example
@given(path=st.sampled_from([DISCOVERY, "/jwks", "/token", "/me"]), value=JSON, name=st.text(max_size=10))
def test_whatever_is_sent_ends_in_one_of_the_two_errors(
    provider: HostileProvider, path: str, value: object, name: str
) -> None:
    provider.reset()
    members = {DISCOVERY: provider.metadata, "/me": provider.userinfo, "/jwks": {"keys": provider.keys}}.get(path, {})
    known = sorted(members) if isinstance(members, dict) else []
    for told in (value, *({**members, one: value} for one in (name, *known)), {"id_token": value}, {"keys": [value]}):
        provider.replies[path] = as_json(told)
        try:
            attempt = Attempt.begin(provider)
            assert isinstance(attempt.complete(without_mail(attempt)), Identity)
        except (RefusedError, UnavailableError) as error:
            assert error.code.startswith(("sign-in-", "identity-provider-"))  # noqa: PT017 -- either, or the person
