"""The ID token: what a provider states of a person, and whether it may be believed. Nothing here asks anybody.

Numbers in comments are the steps of OpenID Connect Core 1.0, section 3.1.3.7. Step 1 (encryption) is not done, since we
register no key for it; of 6 it is always the signature that is checked, not only the line that the token came over.

Source: OpenID Connect Core 1.0, sections 2, 3.1.3.6 and 3.1.3.7; RFC 7519; RFC 8725.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from signflow.errors import RefusedError
from signflow.identity.oidc_algorithms import ALGORITHMS, LONGEST_TOKEN, registry
from signflow.identity.oidc_reading import base64url, from_base64url, read_object, text

SKEW_S = 60
"""How far apart the provider's clock and ours may be."""

_LATEST = 2**33  # seconds: the year 2242, and well within what a float holds exactly


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must be for.

    Attributes:
        issuer: Who issued it.
        client: To whom, which is us.
        nonce: For which sign-in.
        levels: Which levels of assurance do; any if empty.
        begun_at: When the sign-in was begun, before which nobody can have been authenticated for it; whole seconds.
    """

    issuer: str
    client: str
    nonce: str = field(repr=False)
    levels: tuple[str, ...]
    begun_at: int


@dataclass(frozen=True, slots=True)
class IdToken:
    """A token taken apart; nothing of it is proven.

    Attributes:
        jws: The whole, in compact form.
        algorithm: One of `ALGORITHMS`.
        key_id: What it calls its key; empty if it does not say.
        claims: What it states.
    """

    jws: str = field(repr=False)
    algorithm: str
    key_id: str
    claims: Mapping[str, Any] = field(repr=False)


def read_id_token(compact: str) -> IdToken:
    """The token taken apart.

    Raises:
        RefusedError: It is no token in compact form with JSON in it, or signed by what does not count.
    """
    if len(compact) > LONGEST_TOKEN or compact.count(".") != 2:
        raise RefusedError("sign-in-failed", reason="token")
    try:
        header_part, payload_part, signature_part = compact.split(".")
        header, claims = (read_object(from_base64url(part)) for part in (header_part, payload_part))
        from_base64url(signature_part)
        key_id = text(header, "kid")
    except ValueError:
        raise RefusedError("sign-in-failed", reason="token") from None
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:  # 7., 8.
        raise RefusedError("sign-in-failed", reason="alg")
    # a token of another kind, or one that wants something to be understood that is not
    if str(header.get("typ", "JWT")).upper() != "JWT" or "crit" in header or "b64" in header:
        raise RefusedError("sign-in-failed", reason="header")
    return IdToken(compact, algorithm, key_id, claims)


def verify_id_token(token: IdToken, key: Key, expected: Expected, access_token: str, now: dt.datetime) -> None:
    """The token is the provider's, for us and this sign-in, and the person was authenticated just now at a level that does.

    Args:
        token: As it came from the token endpoint.
        key: Of the provider, for the token's algorithm.
        expected: What it must be for.
        access_token: What came with it; empty if nothing did.
        now: The time, aware.

    Raises:
        RefusedError: It is not.
    """
    claims = token.claims
    _require(_is_signed(token, key), "signature")  # 6.
    _require(claims.get("iss") == expected.issuer, "iss")  # 2.
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    _require(expected.client in audiences and all(isinstance(one, str) for one in audiences), "aud")  # 3.
    # 4., 5. further audiences are not ours to trust, unless the token says that it was issued to us
    _require(claims.get("azp", expected.client if len(audiences) == 1 else None) == expected.client, "azp")
    seconds = now.timestamp()
    _require(seconds < _instant(claims, "exp") + SKEW_S, "exp")  # 9.
    _require(expected.begun_at - SKEW_S <= _instant(claims, "iat") <= seconds + SKEW_S, "iat")  # 10.
    _require("nbf" not in claims or _instant(claims, "nbf") <= seconds + SKEW_S, "nbf")
    nonce = claims.get("nonce")
    _require(isinstance(nonce, str) and nonce.isascii() and hmac.compare_digest(nonce, expected.nonce), "nonce")  # 11.
    _require("at_hash" not in claims or claims["at_hash"] == _half_digest(token, access_token), "at_hash")
    _require(isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255, "sub")
    if "auth_time" not in claims or _instant(claims, "auth_time") < expected.begun_at - SKEW_S:  # 13.
        raise RefusedError("sign-in-not-fresh")
    _require(_instant(claims, "auth_time") <= seconds + SKEW_S, "auth_time")
    if expected.levels and claims.get("acr") not in expected.levels:  # 12.
        raise RefusedError("sign-in-level-too-low")


def authenticated_at(token: IdToken) -> dt.datetime:
    """When the person was authenticated, as a verified token says."""
    return dt.datetime.fromtimestamp(_instant(token.claims, "auth_time"), dt.UTC)


def _is_signed(token: IdToken, key: Key) -> bool:
    library = registry(token.algorithm)
    try:
        return jws.validate_compact(jws.extract_compact(token.jws.encode(), registry=library), key, registry=library)
    except (JoseError, ValueError, TypeError):
        return False


def _half_digest(token: IdToken, access_token: str) -> str:
    """Source: OpenID Connect Core 1.0, section 3.1.3.6."""
    digest = hashlib.new(ALGORITHMS[token.algorithm].digest, access_token.encode()).digest()
    return base64url(digest[: len(digest) // 2])


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    _require(isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LATEST, name)
    return float(claims[name])


def _require(holds: bool, reason: str) -> None:  # noqa: FBT001 -- what must hold is what this is about
    if not holds:
        raise RefusedError("sign-in-failed", reason=reason)
