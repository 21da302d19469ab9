"""How we show a provider who we are, and how long what it says of itself is believed."""

from __future__ import annotations

import base64
import datetime as dt
import json
from urllib.parse import parse_qsl, unquote_plus

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hostile_provider import Attempt, HostileProvider, as_json
from identity_contract import make_act, now
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from openid_provider import CLIENT, SECRET

from signflow.errors import UnavailableError
from signflow.identity.oidc import OidcProvider, OidcWishes
from signflow.identity.oidc_algorithms import registry
from signflow.identity.oidc_client import OidcClient
from signflow.line import Line

ALL = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
ISSUER = "https://login.example.se"


def pem(key: PrivateKeyTypes, encryption: KeySerializationEncryption | None = None) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()


@pytest.mark.parametrize(
    ("key", "kind", "known", "algorithm"),
    [
        (rsa.generate_private_key(65537, 2048), RSAKey, ALL, "PS256"),
        (rsa.generate_private_key(65537, 2048), RSAKey, ("RS256",), "RS256"),
        (rsa.generate_private_key(65537, 2048), RSAKey, (), "RS256"),
        (ec.generate_private_key(ec.SECP256R1()), ECKey, (), "ES256"),
        (ec.generate_private_key(ec.SECP384R1()), ECKey, ALL, "ES384"),
        (ed25519.Ed25519PrivateKey.generate(), OKPKey, ALL, "Ed25519"),
        (ed25519.Ed25519PrivateKey.generate(), OKPKey, ("EdDSA",), "EdDSA"),
    ],
)
def test_each_kind_of_key_shows_who_we_are(
    key: PrivateKeyTypes, kind: type[RSAKey | ECKey | OKPKey], known: tuple[str, ...], algorithm: str
) -> None:
    client = OidcClient(ISSUER, CLIENT, key_pem=lambda: pem(key))
    (_, first), (headers, again) = client.prove(known, now()), client.prove(known, now())
    assert headers == {}
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    tokens = [
        jwt.decode(one["client_assertion"], kind.import_key(public), registry=registry(algorithm))
        for one in (first, again)
    ]
    claims = tokens[0].claims
    assert tokens[0].header["alg"] == algorithm
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, ISSUER)
    assert claims["exp"] - claims["iat"] == 60
    assert claims["jti"] != tokens[1].claims["jti"]


@pytest.mark.parametrize(
    "text",
    [
        "ingen nyckel",
        pem(ec.generate_private_key(ec.SECP521R1())),
        pem(dsa.generate_private_key(2048)),
        pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"hemligt")),
    ],
    ids=["text", "P-521", "DSA", "encrypted"],
)
def test_a_key_that_cannot_be_used_is_for_the_operator(text: str) -> None:
    with HostileProvider() as provider:
        attempt = Attempt.begin(provider)
        client = OidcClient(provider.issuer, CLIENT, key_pem=lambda: text)
        attempt.identity = OidcProvider(client, OidcWishes(), Line(2), now)
        with pytest.raises(UnavailableError, match=r"^identity-provider-unusable.*client-key") as unusable:
            attempt.complete()
    assert text not in repr(unusable.value)


@pytest.mark.parametrize("secret", [SECRET, "å:ä %"])
def test_a_secret_is_written_as_the_standard_says(secret: str) -> None:
    headers, fields = OidcClient(ISSUER, "vi:där", secret=lambda: secret).prove((), now())
    pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert [unquote_plus(part) for part in pair.split(":")] == ["vi:där", secret]
    assert fields == {}
    assert secret not in repr(OidcClient(ISSUER, CLIENT, secret=lambda: secret))


def test_a_client_without_a_secret_gives_its_name() -> None:
    assert OidcClient(ISSUER, CLIENT).prove((), now()) == ({}, {"client_id": CLIENT})


def test_the_code_goes_with_the_verifier_whose_digest_the_browser_brought() -> None:
    with HostileProvider() as provider:
        attempt = Attempt.begin(provider)
        attempt.complete()
        sent = dict(parse_qsl(next(body for path, body in provider.asked if path == "/token").decode()))
    assert sent == {
        "grant_type": "authorization_code",
        "code": "kod",
        "redirect_uri": attempt.act.return_url,
        "code_verifier": sent["code_verifier"],
    }
    assert len(sent["code_verifier"]) == 43


def test_what_a_provider_says_of_itself_is_asked_for_again_after_a_while() -> None:
    later = dt.timedelta()
    with HostileProvider() as provider:
        client = OidcClient(provider.issuer, CLIENT)
        identity = OidcProvider(client, OidcWishes(), Line(2), lambda: now() + later)
        for minutes, times in [(0, 1), (9, 1), (11, 2), (5, 3)]:  # the last: the clock was set back
            later = dt.timedelta(minutes=minutes)
            identity.begin(make_act())
            identity.begin(make_act())
            assert len(provider.asked) == times
        later = dt.timedelta(minutes=30)
        provider.replies["/.well-known/openid-configuration"] = as_json({}, 503)
        with pytest.raises(UnavailableError):
            identity.begin(make_act())
        provider.reset()
        assert json.loads(json.dumps(dict(identity.begin(make_act()).kept)))
