"""What an OpenID provider says of itself: where it is asked what, and the keys that it signs with.

Both are fetched when they are first needed and kept for ten minutes. A key that is not known is looked for anew, at most
every ten seconds, so that a provider may change its keys whenever it likes.

Source: OpenID Connect Discovery 1.0, sections 3 and 4; RFC 8414; RFC 7517; OpenID Connect Core 1.0, section 10.1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from signflow.errors import RefusedError, UnavailableError
from signflow.identity.oidc_algorithms import ALGORITHMS, Algorithm
from signflow.identity.oidc_reading import from_base64url, read_object, text, texts
from signflow.line import Line, LineError

_LIMIT_BYTES = 500_000
_MOST_KEYS = 100
_KEPT = dt.timedelta(minutes=10)
_LOOK_AGAIN = dt.timedelta(seconds=10)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_RSA_BYTES = range(256, 1025)
_KEY_TYPES: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_PUBLIC_MEMBERS = ("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked what.

    Attributes:
        authorization: Where the browser goes.
        token: Where a code is exchanged.
        keys: Where its public keys lie.
        userinfo: Where more is said of a person; empty if nowhere.
        names_itself: Whether it says who it is in every answer that the browser brings (RFC 9207).
        client_algorithms: What a client may sign its own assertions with; empty if it does not say.
    """

    authorization: str
    token: str
    keys: str
    userinfo: str
    names_itself: bool
    client_algorithms: tuple[str, ...]


class OpenIdMetadata:
    """Finds the endpoints and keys of one provider, and keeps them a while. May be used by several threads."""

    def __init__(self, issuer: str, line: Line, clock: Callable[[], dt.datetime]) -> None:
        self.issuer = issuer
        self._line, self._clock = line, clock
        self._endpoints: tuple[dt.datetime, Endpoints] | None = None
        self._keys: tuple[dt.datetime, list[Mapping[str, Any]]] | None = None

    @property
    def host(self) -> str:
        """What people know it by, if by nothing else."""
        return urlsplit(self.issuer).hostname or self.issuer

    def endpoints(self) -> Endpoints:
        """Where it is asked what.

        Raises:
            UnavailableError: It does not say now, or says what cannot be used.
        """
        if self._endpoints is None or not self._is_younger(self._endpoints[0], _KEPT):
            self._endpoints = (self._clock(), self._fetch_endpoints())
        return self._endpoints[1]

    def ready(self) -> Endpoints:
        """The same, once the keys are at hand too: so that no code is spent on a token that could not be verified.

        Raises:
            UnavailableError: As `endpoints`.
        """
        self._known_keys()
        return self.endpoints()

    def key(self, algorithm: str, key_id: str) -> Key:
        """The one key that a token names.

        Args:
            algorithm: One of `ALGORITHMS`.
            key_id: What the token calls it (`kid`); empty if it does not say, which only a provider with one key may.

        Raises:
            RefusedError: There is no such key, or more than one.
            UnavailableError: The provider does not answer now.
        """
        fetched = self._known_keys()
        found = _fitting(fetched[1], algorithm, key_id)
        if not found and not self._is_younger(fetched[0], _LOOK_AGAIN):
            found = _fitting(self._fetch_keys()[1], algorithm, key_id)
        if len(found) != 1:
            raise RefusedError("sign-in-failed", reason="key")
        return _import(found[0], ALGORITHMS[algorithm])

    def unavailable(self, reason: str) -> UnavailableError:
        """It does not answer now, for that reason."""
        return UnavailableError("identity-provider-unavailable", provider=self.host, reason=reason)

    def unusable(self, reason: str) -> UnavailableError:
        """It answers, but the operator of one side or the other has to mend something first."""
        return UnavailableError("identity-provider-unusable", provider=self.host, reason=reason)

    def _is_younger(self, fetched_at: dt.datetime, age: dt.timedelta) -> bool:
        # a clock that was set back would else keep what was fetched for as long
        return dt.timedelta() <= self._clock() - fetched_at < age

    def _fetch_endpoints(self) -> Endpoints:
        members = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if members.get("issuer") != self.issuer:
            raise self.unusable("issuer")
        if members.get("require_pushed_authorization_requests") is True:
            raise self.unusable("require_pushed_authorization_requests")
        try:
            return Endpoints(
                authorization=self._address(members, "authorization_endpoint"),
                token=self._address(members, "token_endpoint"),
                keys=self._address(members, "jwks_uri"),
                userinfo=self._address(members, "userinfo_endpoint") if "userinfo_endpoint" in members else "",
                names_itself=members.get("authorization_response_iss_parameter_supported") is True,
                client_algorithms=texts(members, "token_endpoint_auth_signing_alg_values_supported"),
            )
        except ValueError as error:
            raise self.unusable(str(error)) from None

    def _address(self, members: Mapping[str, Any], name: str) -> str:
        """An address there; over an open line only to a provider that is itself on this machine, which tests have."""
        url = text(members, name)
        parts, own = urlsplit(url), urlsplit(self.issuer)
        is_open = parts.scheme == own.scheme == "http" and {parts.hostname, own.hostname} <= _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or is_open) or "@" in parts.netloc or parts.fragment:
            raise ValueError(name)
        return url

    def _known_keys(self) -> tuple[dt.datetime, list[Mapping[str, Any]]]:
        if self._keys is None or not self._is_younger(self._keys[0], _KEPT):
            return self._fetch_keys()
        return self._keys

    def _fetch_keys(self) -> tuple[dt.datetime, list[Mapping[str, Any]]]:
        keys = self._fetch(self.endpoints().keys).get("keys")
        if not isinstance(keys, list) or not 0 < len(keys) <= _MOST_KEYS:
            raise self.unusable("jwks")
        self._keys = (self._clock(), [one for one in keys if isinstance(one, Mapping)])
        return self._keys

    def _fetch(self, url: str) -> Mapping[str, Any]:
        try:
            data = self._line.get(url, limit_bytes=_LIMIT_BYTES)
        except LineError as error:
            raise self.unavailable(str(error)) from error
        try:
            return read_object(data)
        except ValueError as error:
            raise self.unusable(str(error)) from None


def _fitting(keys: list[Mapping[str, Any]], algorithm: str, key_id: str) -> list[Mapping[str, Any]]:
    wanted = ALGORITHMS[algorithm]
    names = ("EdDSA", "Ed25519") if wanted.curve == "Ed25519" else (algorithm,)
    return [
        key
        for key in keys
        if key.get("kty") == wanted.key_type
        and key.get("crv", "") == wanted.curve
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) in names
        and (not key_id or key.get("kid") == key_id)
    ]


def _import(key: Mapping[str, Any], algorithm: Algorithm) -> Key:
    public = {name: key[name] for name in _PUBLIC_MEMBERS if name in key}
    try:
        strong = algorithm.key_type != "RSA" or len(from_base64url(text(key, "n"))) in _RSA_BYTES
        imported = _KEY_TYPES[algorithm.key_type].import_key(public) if strong else None
    except (JoseError, ValueError, TypeError) as error:
        raise RefusedError("sign-in-failed", reason="key") from error
    if imported is None:
        raise RefusedError("sign-in-failed", reason="key")
    return imported
