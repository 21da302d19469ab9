"""Signing in at a real OpenID provider (npm oidc-provider): who was there, at what level, and what is kept of it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from identity_contract import IdentityContract, make_act, now
from openid_provider import (
    CLIENT,
    IDENTITY_SCOPE,
    KARIN,
    LOA2,
    LOA3,
    PERSONAL_NUMBER,
    SECRET,
    OpenIdProvider,
    sign_in_as,
)

from signflow import wiring
from signflow.errors import RefusedError, UnavailableError
from signflow.identity.oidc import OidcProvider
from signflow.identity.provider import Begun, Identity, IdentityProvider, SignIn
from signflow.settings import load_settings
from signflow.wiring_identity import open_identity

pytestmark = [pytest.mark.oracle("node"), pytest.mark.xdist_group("oidc")]
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
NUMBER = KARIN["claims"][PERSONAL_NUMBER]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    with OpenIdProvider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(running: OpenIdProvider) -> OpenIdProvider:
    running.people({"karin": KARIN})
    return running


def adapter(provider: OpenIdProvider, **changes: Any) -> IdentityProvider:
    """The adapter as an installation has it."""
    found = open_identity(load_settings(**{**provider.settings(), **changes}), wiring.now)
    assert isinstance(found, OidcProvider)
    return found


def answer_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def asked(begun: Begun) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(begun.url).query))


def signed_in(identity: IdentityProvider, login: str = "karin", act: SignIn | None = None) -> Identity:
    act = act or make_act()
    begun = identity.begin(act)
    found = identity.complete(act, begun.kept, answer_of(sign_in_as(begun.url, login)), now())
    assert isinstance(found, Identity)
    return found


class _Place:
    def __init__(self, provider: OpenIdProvider) -> None:
        self._provider = provider
        self.stop, self.start = provider.stop, provider.start

    def open(self) -> IdentityProvider:
        return adapter(self._provider, oidc_scope=f"openid profile {IDENTITY_SCOPE}", oidc_claim=PERSONAL_NUMBER)

    def approve(self, act: SignIn, begun: Begun) -> Mapping[str, str]:
        answer = answer_of(sign_in_as(begun.url, "karin"))
        assert answer["state"] == act.state
        return answer

    def cancel(self, act: SignIn, begun: Begun) -> Mapping[str, str]:
        answer = answer_of(sign_in_as(begun.url, "karin", cancel=True))
        assert answer["state"] == act.state
        return answer


class TestOpenIdProvider(IdentityContract):
    @pytest.fixture
    def place(self, provider: OpenIdProvider) -> _Place:
        return _Place(provider)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("with_key", "in_token"), [(False, True), (True, False)], ids=["secret", "key, userinfo"])
def test_every_kind_of_provider_and_client(tmp_path: Path, algorithm: str, *, with_key: bool, in_token: bool) -> None:
    with OpenIdProvider(tmp_path, algorithm=algorithm, with_key=with_key, claims_in_token=in_token) as provider:
        found = signed_in(adapter(provider, oidc_levels=(LOA3,)))
    assert (found.name, found.mail, found.identifier) == ("Karin Ek", "karin@example.se", "karin@example.se")
    assert (found.provider, found.level) == (provider.issuer, LOA3)
    evidence = json.loads(found.evidence)
    assert evidence["key"]["kid"] == provider.key.kid
    assert ("userinfo" in evidence) is not in_token
    assert "d" not in evidence["key"]


def test_the_browser_is_sent_with_what_the_standards_want(provider: OpenIdProvider) -> None:
    act = make_act()
    begun = adapter(provider, oidc_levels=(LOA3, LOA2)).begin(act)
    sent = asked(begun)
    assert begun.url.startswith(f"{provider.issuer}/auth?")
    assert sent.pop("nonce") != sent.pop("code_challenge")
    assert sent == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": act.return_url,
        "scope": "openid email profile",
        "state": act.state,
        "code_challenge_method": "S256",
        "prompt": "login",
        "max_age": "0",
        "ui_locales": "sv",
        "acr_values": f"{LOA3} {LOA2}",
    }
    assert "acr_values" not in asked(adapter(provider).begin(act))


def test_no_two_acts_share_a_nonce_or_a_verifier(provider: OpenIdProvider) -> None:
    identity = adapter(provider)
    sent = [asked(identity.begin(make_act())) for _ in range(20)]
    assert len({one["nonce"] for one in sent} | {one["code_challenge"] for one in sent}) == 40


def test_the_nonce_can_be_made_from_the_evidence(provider: OpenIdProvider) -> None:
    act = make_act()
    evidence = json.loads(signed_in(adapter(provider), act=act).evidence)
    digest = hashlib.sha256(f"{act.reference}.{evidence['salt']}".encode()).digest()
    payload = evidence["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["nonce"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_verifier_that_is_not_ours_gets_no_token(provider: OpenIdProvider) -> None:
    identity, act, other = adapter(provider), make_act(), make_act()
    begun = identity.begin(act)
    answer = answer_of(sign_in_as(begun.url, "karin"))
    with pytest.raises(RefusedError) as refused:
        identity.complete(other, begun.kept, {**answer, "state": other.state}, now())
    assert refused.value.params == {"reason": "invalid_grant"}


def test_a_code_counts_once(provider: OpenIdProvider) -> None:
    identity, act = adapter(provider), make_act()
    begun = identity.begin(act)
    answer = answer_of(sign_in_as(begun.url, "karin"))
    assert identity.complete(act, begun.kept, answer, now())
    with pytest.raises(RefusedError) as refused:
        identity.complete(act, begun.kept, answer, now())
    assert refused.value.params == {"reason": "invalid_grant"}


@pytest.mark.parametrize(
    ("wanted", "held", "does"),
    [
        ((), LOA2, True),
        ((), None, True),
        ((LOA2,), LOA2, True),
        ((LOA3, LOA2), LOA2, True),
        ((LOA3,), LOA2, False),
        ((LOA3,), None, False),
    ],
)
def test_a_level_must_be_one_of_those_that_do(
    provider: OpenIdProvider, wanted: tuple[str, ...], held: str | None, *, does: bool
) -> None:
    provider.people({"karin": {**KARIN, "acr": held}})
    identity = adapter(provider, oidc_levels=wanted)
    if does:
        assert signed_in(identity).level == (held if wanted else "")  # told where it is asked for
    else:
        with pytest.raises(RefusedError, match=r"^sign-in-level-too-low"):
            signed_in(identity)


def test_who_was_signed_in_already_has_not_signed_in(provider: OpenIdProvider) -> None:
    provider.people({"karin": {**KARIN, "ts": int(time.time()) - 3600}})
    with pytest.raises(RefusedError, match=r"^sign-in-not-fresh"):
        signed_in(adapter(provider))


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_provider_has_not_verified_is_none(provider: OpenIdProvider, verified: object) -> None:
    provider.people({"karin": {"claims": {**KARIN["claims"], "email_verified": verified}}})
    found = signed_in(adapter(provider))
    assert (found.name, found.mail, found.identifier) == ("Karin Ek", "", "")


def test_an_identity_number_is_said_only_where_it_is_asked_for(provider: OpenIdProvider) -> None:
    usual = signed_in(adapter(provider))
    assert NUMBER not in base64_read(usual.evidence)
    told = signed_in(adapter(provider, oidc_scope=f"openid profile {IDENTITY_SCOPE}", oidc_claim=PERSONAL_NUMBER))
    assert told.identifier == NUMBER
    assert NUMBER in base64_read(told.evidence)
    assert NUMBER not in repr(told)


def base64_read(evidence: bytes) -> str:
    """The evidence with what the token states, as anybody can read it."""
    kept = json.loads(evidence)
    payload = kept["id_token"].split(".")[1]
    return json.dumps(kept) + base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()


def test_keys_that_were_rotated_are_found(tmp_path: Path) -> None:
    clock = _Clock()
    with OpenIdProvider(tmp_path, algorithm="ES256") as provider:
        identity = adapter(provider)
        identity._metadata._clock = clock
        old = json.loads(signed_in(identity).evidence)["key"]
        provider.stop()
        provider.rotate()
        provider.start()
        with pytest.raises(RefusedError) as refused:  # asked for so shortly ago that it is not asked again
            signed_in(identity)
        assert refused.value.params == {"reason": "key"}
        clock.later_s = 11
        new = json.loads(signed_in(identity).evidence)["key"]
    assert old["kid"] != new["kid"]


class _Clock:
    """Stands still but for what a test moves it."""

    def __init__(self) -> None:
        self.later_s = 0
        self._start = now()

    def __call__(self) -> dt.datetime:
        return self._start + dt.timedelta(seconds=self.later_s)


def test_a_client_that_the_provider_does_not_know_is_for_the_operator(provider: OpenIdProvider, tmp_path: Path) -> None:
    identity, act = adapter(provider), make_act()
    begun = identity.begin(act)
    answer = answer_of(sign_in_as(begun.url, "karin"))
    wrong = tmp_path / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text(f"{SECRET}?", "utf-8")
    with pytest.raises(UnavailableError, match=r"^identity-provider-unusable.*invalid_client") as unusable:
        adapter(provider, oidc_client_secret_file=wrong).complete(act, begun.kept, answer, now())
    assert SECRET not in str(unusable.value)
    missing = adapter(provider, oidc_client_secret_file=tmp_path / "none")
    with pytest.raises(UnavailableError, match=r"^identity-provider-unusable.*secret-file-unreadable"):
        missing.complete(act, begun.kept, answer, now())


def test_a_provider_that_wants_requests_pushed_is_said_to_be_unusable(tmp_path: Path) -> None:
    features = {"pushedAuthorizationRequests": {"enabled": True, "requirePushedAuthorizationRequests": True}}
    with (
        OpenIdProvider(tmp_path, features=features) as provider,
        pytest.raises(UnavailableError, match=r"^identity-provider-unusable.*require_pushed_authorization_requests"),
    ):
        adapter(provider).begin(make_act())


def test_people_know_it_by_its_host_unless_it_is_named(provider: OpenIdProvider) -> None:
    assert adapter(provider).name == "localhost"
    assert adapter(provider, oidc_name="Inloggningstjänsten").name == "Inloggningstjänsten"
