"""What a hostile, broken or confused provider sends: nobody is identified by it, and it ends in time."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hostile_provider import (
    ACCESS_TOKEN,
    JSON,
    Attempt,
    Change,
    HostileProvider,
    each_example,
    joined,
    refusal,
    signed,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from identity_contract import now
from joserfc import jws
from joserfc.jwk import RSAKey
from openid_provider import CLIENT, LOA2, LOA3, make_key

from signflow.errors import RefusedError
from signflow.identity.oidc_reading import base64url

Forge = Callable[[Attempt], object]

STATED = {"name", "email", "email_verified", "given_name", "family_name"}  # what the provider may say as it likes


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with HostileProvider() as provider:
        yield provider


@pytest.fixture
def provider(running: HostileProvider) -> HostileProvider:
    running.reset()
    return running


def put(**members: Any) -> Change:
    return lambda claims: claims.update(members)


def gone(name: str) -> Change:
    return lambda claims: claims.pop(name)


def moved(name: str, seconds: float) -> Change:
    return lambda claims: claims.update({name: claims[name] + seconds})


def test_a_good_token_identifies(provider: HostileProvider) -> None:
    found = Attempt.begin(provider).complete()
    assert (found.name, found.mail, found.level, found.provider) == (
        "Karin Ek",
        "karin@example.se",
        LOA3,
        provider.issuer,
    )
    assert found.reference == hashlib.sha256(str(provider.token).encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        put(aud=[CLIENT]),
        put(aud=[CLIENT], azp=CLIENT),
        put(aud=[CLIENT, "annan"], azp=CLIENT),
        moved("exp", -330),
        moved("iat", 30),
        moved("auth_time", -30),
        moved("auth_time", 0.5),
        put(nbf=0),
        put(något=[{}] * 50),
        gone("acr"),
        put(acr=2),
    ],
)
def test_what_the_standards_allow_is_accepted(provider: HostileProvider, change: Change) -> None:
    attempt = Attempt.begin(provider)
    claims = attempt.claims()
    change(claims)
    assert attempt.complete(attempt.sign(claims)).mail == "karin@example.se"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put(iss="https://annan.example"), "iss"),
        (put(iss=None), "iss"),
        (gone("iss"), "iss"),
        (put(aud="annan"), "aud"),
        (put(aud=["annan"]), "aud"),
        (put(aud=[]), "aud"),
        (put(aud={CLIENT: 1}), "aud"),
        (put(aud=[CLIENT, 7]), "aud"),
        (gone("aud"), "aud"),
        (put(aud=[CLIENT, "annan"]), "azp"),
        (put(aud=[CLIENT, "annan"], azp="annan"), "azp"),
        (put(azp="annan"), "azp"),
        (put(azp=None), "azp"),
        (moved("exp", -400), "exp"),
        (put(exp="9999999999"), "exp"),
        (put(exp=True), "exp"),
        (put(exp=-1), "exp"),
        (put(exp=10**400), "exp"),
        (gone("exp"), "exp"),
        (moved("iat", 90), "iat"),
        (moved("iat", -90), "iat"),
        (gone("iat"), "iat"),
        (put(nbf=9999999999), "nbf"),
        (put(nbf=None), "nbf"),
        (put(nonce="en annan"), "nonce"),
        (put(nonce="å"), "nonce"),
        (put(nonce=None), "nonce"),
        (gone("nonce"), "nonce"),
        (put(at_hash="fel"), "at_hash"),
        (put(at_hash=None), "at_hash"),
        (put(sub=""), "sub"),
        (put(sub="k" * 256), "sub"),
        (put(sub=7), "sub"),
        (gone("sub"), "sub"),
        (gone("auth_time"), "sign-in-not-fresh"),
        (moved("auth_time", -90), "sign-in-not-fresh"),
        (moved("auth_time", 90), "auth_time"),
        (put(auth_time="nu"), "auth_time"),
        (put(name=["Karin"]), "name"),
        (put(name="Karin\nEk"), "name"),
        (put(name="K" * 201), "name"),
        (put(email={"a": 1}), "email"),
    ],
)
def test_a_token_that_states_something_else_identifies_nobody(
    provider: HostileProvider, change: Change, reason: str
) -> None:
    attempt = Attempt.begin(provider)
    claims = attempt.claims()
    change(claims)
    assert refusal(lambda: attempt.complete(attempt.sign(claims))) == reason


@pytest.mark.parametrize("acr", [None, "", LOA2, [LOA3], LOA3.upper()])
def test_a_level_that_was_not_wanted_does_not_do(provider: HostileProvider, acr: object) -> None:
    attempt = Attempt.begin(provider, levels=(LOA3,))
    claims = {**attempt.claims(), "acr": acr}
    assert refusal(lambda: attempt.complete(attempt.sign(claims))) == "sign-in-level-too-low"


@pytest.mark.parametrize("acr", ["2", "loa3", "http://id.example/ loa3", "http:", ":loa", "http://id.example/å"])
def test_a_level_that_is_no_uri_is_not_repeated(provider: HostileProvider, acr: str) -> None:
    attempt = Attempt.begin(provider)
    assert attempt.complete(provider.sign({**attempt.claims(), "acr": acr})).level == ""


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"])
def test_the_access_token_is_bound_as_each_algorithm_binds_it(algorithm: str) -> None:
    digest = {"ES384": "sha384", "EdDSA": "sha512", "Ed25519": "sha512"}.get(algorithm, "sha256")
    whole = hashlib.new(digest, ACCESS_TOKEN.encode()).digest()
    half = base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
    with HostileProvider(algorithm) as provider:
        attempt = Attempt.begin(provider)
        claims = attempt.claims()
        assert attempt.complete(provider.sign({**claims, "at_hash": half}))
        assert refusal(lambda: attempt.complete(provider.sign({**claims, "at_hash": half[:-1] + "_"}))) == "at_hash"


def _unsigned(attempt: Attempt) -> str:
    return f"{joined({'alg': 'none'}, attempt.claims())}."


def _with_the_public_key_as_secret(attempt: Attempt) -> str:
    key = attempt.provider.key
    signing_input = joined({"alg": "HS256", "kid": key.kid}, attempt.claims())
    return f"{signing_input}.{base64url(hmac.digest(key.as_pem(private=False), signing_input.encode(), 'sha256'))}"


def _by_a_key_it_brings_itself(attempt: Attempt) -> str:
    own = make_key("ES256")
    header = {"kid": attempt.provider.key.kid, "jwk": own.as_dict(private=False)}
    return signed(own, attempt.claims(), header, "ES256")


def _by_an_algorithm_that_is_not_on_the_list(attempt: Attempt) -> str:
    own = RSAKey.generate_key(2048)
    header = {"alg": "RS512", "kid": attempt.provider.key.kid}
    return jws.serialize_compact(header, json.dumps(attempt.claims()).encode(), own, algorithms=["RS512"])


def _headed(**header: object) -> Forge:
    return lambda attempt: attempt.sign(header={"kid": attempt.provider.key.kid, **header})


def _stating(claims: object) -> Forge:
    return lambda attempt: attempt.sign(claims)


def _twice(attempt: Attempt) -> str:
    return attempt.sign(json.dumps(attempt.claims())[:-1].encode() + b',"sub":"karin"}')


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (_unsigned, "alg"),
        (_with_the_public_key_as_secret, "alg"),
        (_by_an_algorithm_that_is_not_on_the_list, "alg"),
        (_headed(alg=["ES256"]), "alg"),
        (_headed(alg=None), "alg"),
        (_by_a_key_it_brings_itself, "signature"),
        (_headed(kid="okänd"), "key"),
        (_headed(kid=7), "token"),
        (_headed(typ="at+jwt"), "header"),
        (_headed(typ=7), "header"),
        (_headed(crit=["exp"]), "header"),
        (_headed(crit=["b64"], b64=False), "header"),
        (_headed(b64=True), "header"),
        (_twice, "token"),
        (_stating(b"[" * 40_000), "token"),
        (_stating(b'{"exp":NaN}'), "token"),
        (_stating([]), "token"),
        (_stating({"fyllnad": "x" * 110_000}), "id_token"),
        (lambda attempt: f"{attempt.sign()}.", "token"),
        (lambda attempt: attempt.sign().rpartition(".")[0], "token"),
        (lambda attempt: f"{attempt.sign()}=", "token"),
        (lambda attempt: f"{attempt.sign()}AAAA", "signature"),
        (lambda _: "", "token"),
        (lambda _: {"a": 1}, "id_token"),
    ],
)
def test_a_token_that_is_not_signed_as_it_must_identifies_nobody(
    provider: HostileProvider, forge: Forge, reason: str
) -> None:
    attempt = Attempt.begin(provider)
    token = forge(attempt)
    assert refusal(lambda: attempt.complete(token)) == reason


def test_only_a_provider_with_one_key_may_leave_out_which(provider: HostileProvider) -> None:
    attempt = Attempt.begin(provider)
    claims = attempt.claims()
    assert attempt.complete(provider.sign(claims, {}))
    provider.keys = [provider.key.as_dict(private=False), make_key("ES256").as_dict(private=False)]
    again = Attempt.begin(provider)
    token = provider.sign(again.claims(), {})
    assert refusal(lambda: again.complete(token)) == "key"
    assert again.complete()  # which names it


@pytest.mark.parametrize(
    "change",
    [
        put(use="enc"),
        put(alg="ES384"),
        put(alg=["ES256"]),
        put(kty="oct"),
        put(crv="P-384"),
        put(x="AA"),
        put(y=7),
        put(kid="annat"),
        gone("x"),
    ],
)
def test_a_key_that_is_not_for_it_is_not_used(provider: HostileProvider, change: Change) -> None:
    key = provider.key.as_dict(private=False)
    change(key)
    provider.keys = [key]
    assert refusal(Attempt.begin(provider).complete) == "key"


def test_two_keys_of_one_name_are_none(provider: HostileProvider) -> None:
    provider.keys = [provider.key.as_dict(private=False)] * 2
    assert refusal(Attempt.begin(provider).complete) == "key"


def test_a_short_rsa_key_is_none(provider: HostileProvider) -> None:
    made = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- what it is about
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.warns(UserWarning, match="2048"):
        short = RSAKey.import_key(pem)
    provider.keys = [{**short.as_dict(private=False), "kid": "kort"}]
    attempt = Attempt.begin(provider)
    token = signed(short, attempt.claims(), {"kid": "kort"}, "RS256")
    assert refusal(lambda: attempt.complete(token)) == "key"


def test_a_private_key_that_was_published_is_not_kept(provider: HostileProvider) -> None:
    provider.keys = [provider.key.as_dict(private=True)]
    evidence = json.loads(Attempt.begin(provider).complete().evidence)
    assert sorted(evidence["key"]) == ["crv", "kid", "kty", "x", "y"]


def test_a_key_is_not_asked_for_with_every_token(provider: HostileProvider) -> None:
    attempt = Attempt.begin(provider)
    at = [now()]
    attempt.identity._metadata._clock = lambda: at[0]
    token = provider.sign(attempt.claims(), {"kid": "okänd"})
    provider.asked.clear()
    for seconds, times in [(0, 1), (5, 1), (4, 1), (2, 2), (9, 2), (1, 3)]:
        at[0] += dt.timedelta(seconds=seconds)
        assert refusal(lambda: attempt.complete(token)) == "key"
        assert [path for path, _ in provider.asked].count("/jwks") == times


@each_example
@given(
    name=st.sampled_from(["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "auth_time", "nonce", "acr", "at_hash"])
    | st.text(max_size=12).filter(lambda one: one not in STATED),
    value=JSON | st.sampled_from([CLIENT, [CLIENT], LOA2]),
)
def test_one_changed_claim_is_refused_or_leaves_the_person_the_same(
    provider: HostileProvider, name: str, value: object
) -> None:
    attempt = Attempt.begin(provider, levels=(LOA3,))
    claims = attempt.claims()
    try:
        found = attempt.complete(provider.sign({**claims, name: value}))
    except RefusedError:
        return
    assert (found.name, found.mail, found.identifier, found.level) == (
        "Karin Ek",
        "karin@example.se",
        "karin@example.se",
        LOA3,
    )
    assert abs(found.at.timestamp() - claims["auth_time"]) <= 120


@each_example
@given(place=st.integers(min_value=0), sign=st.sampled_from("ABCxyz019-_.="))
def test_one_changed_character_of_a_token_is_refused(provider: HostileProvider, place: int, sign: str) -> None:
    attempt = Attempt.begin(provider)
    token = provider.sign(attempt.claims())
    place %= len(token)
    changed = token[:place] + sign + token[place + 1 :]
    assume(changed != token)
    with pytest.raises(RefusedError):
        attempt.complete(changed)
