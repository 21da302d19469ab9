"""How we show an OpenID provider who we are: a secret, a key, or nothing but our name.

Source: RFC 6749, section 2.3.1 (`client_secret_basic`); RFC 7523, sections 2.2 and 3, and OpenID Connect Core 1.0,
section 9 (`private_key_jwt`). The audience of an assertion is the issuer alone, so that it is of use to nobody else.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from signflow.identity.oidc_algorithms import registry

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME_S = 60


@dataclass(frozen=True, slots=True)
class OidcClient:
    """Us, as a provider knows us.

    Attributes:
        issuer: The provider, as it calls itself.
        id: Our client identifier.
        secret: Reads our secret, anew at each use; gives an empty one where there is none.
        key_pem: Reads our private key likewise, which goes before a secret.
    """

    issuer: str
    id: str
    secret: Callable[[], str] = field(default=str, repr=False)
    key_pem: Callable[[], str] = field(default=str, repr=False)

    def prove(self, algorithms: tuple[str, ...], now: dt.datetime) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Headers and fields of a request to the token endpoint that show that it is us.

        Args:
            algorithms: What the provider lets us sign with; empty if it does not say.
            now: The time, aware.

        Raises:
            SettingsError: Secret or key cannot be read.
            ValueError: The key is none that can be used.
        """
        if pem := self.key_pem():
            fields = {"client_assertion_type": _ASSERTION_TYPE}
            return {}, {**fields, "client_assertion": self._assertion(pem, algorithms, now)}
        if secret := self.secret():
            pair = f"{quote_plus(self.id)}:{quote_plus(secret)}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {}
        return {}, {"client_id": self.id}

    def _assertion(self, pem: str, algorithms: tuple[str, ...], now: dt.datetime) -> str:
        key, usual, better = _key(pem)
        algorithm = better if better in algorithms else usual
        issued_at = int(now.timestamp())
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": issued_at,
            "exp": issued_at + _LIFETIME_S,
        }
        return jwt.encode({"alg": algorithm}, claims, key, registry=registry(algorithm))


def _key(pem: str) -> tuple[RSAKey | ECKey | OKPKey, str, str]:
    """The key, by what it usually signs, and by what it better does where the other side can."""
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("client-key") from None
    match key:
        case RSAPrivateKey():
            return RSAKey.import_key(pem), "RS256", "PS256"
        case EllipticCurvePrivateKey(curve=SECP256R1()):
            return ECKey.import_key(pem), "ES256", "ES256"
        case EllipticCurvePrivateKey(curve=SECP384R1()):
            return ECKey.import_key(pem), "ES384", "ES384"
        case Ed25519PrivateKey():
            return OKPKey.import_key(pem), "EdDSA", "Ed25519"
        case _:
            raise ValueError("client-key")
