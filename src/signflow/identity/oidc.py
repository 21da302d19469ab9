"""An OpenID provider, or a broker of several, as an identity provider.

begin ─► the browser goes to the provider with a nonce, and the digest of a verifier that only we can make
complete ─► 1. the answer is to our question, and the provider's; 2. its code is exchanged for an ID token, with the
verifier; 3. the token is verified; 4. what it does not say of the person is asked for; 5. all of it is kept as evidence

Nonce and verifier are derived from the sign-in, so nothing has to be remembered of it but when it was begun.

Source: OpenID Connect Core 1.0, sections 3.1 and 5.3; RFC 7636 (PKCE, S256); RFC 9207; RFC 9700.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import Key

from signflow.errors import RefusedError, SettingsError, UnavailableError
from signflow.identity.oidc_algorithms import LONGEST_TOKEN
from signflow.identity.oidc_client import OidcClient
from signflow.identity.oidc_metadata import Endpoints, OpenIdMetadata
from signflow.identity.oidc_person import Person, read_person
from signflow.identity.oidc_reading import base64url, read_object, text
from signflow.identity.oidc_token import Expected, IdToken, authenticated_at, read_id_token, verify_id_token
from signflow.identity.provider import Begun, Identity, SignIn
from signflow.line import Line, LineError, Reply

_LIMIT_BYTES = 300_000
_LONGEST_CODE = 4_000
_ERROR_NAME = re.compile(r"[a-z_]{1,60}")
# what the person did or could not do there; all else that a provider reports is a fault
_CANCELLED = "access_denied"
_LEVEL = "unmet_authentication_requirements"
_OURS_TO_MEND = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})


@dataclass(frozen=True, slots=True)
class OidcWishes:
    """What is asked for.

    Attributes:
        scope: With `openid` in it.
        levels: Of which levels of assurance (`acr`) one must be met, the wanted one first; any if empty.
        claim: The claim that a person is recognised by.
        roles_claim: The claim that lists what they are in the organisation; empty if that is not wanted.
    """

    scope: str = "openid email profile"
    levels: tuple[str, ...] = ()
    claim: str = "email"
    roles_claim: str = ""


class OidcProvider:
    """The provider. Nothing that a browser or the provider sends makes it raise other than the port says."""

    def __init__(
        self,
        client: OidcClient,
        wishes: OidcWishes,
        line: Line,
        clock: Callable[[], dt.datetime],
        name: str = "",
    ) -> None:
        """The provider.

        Args:
            client: Us, as it knows us.
            wishes: What is asked for.
            line: How it is reached.
            clock: The time, aware.
            name: What people know it by; its host if left out.
        """
        self._client, self._wishes, self._line, self._clock = client, wishes, line, clock
        self._metadata = OpenIdMetadata(client.issuer, line, clock)
        self._name = name

    @property
    def name(self) -> str:
        """What people know it by."""
        return self._name or self._metadata.host

    def begin(self, sign_in: SignIn) -> Begun:
        """Where the browser goes: the same address for the same act.

        Raises:
            UnavailableError: The provider does not answer now, or not so that it can be used.
        """
        asked = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": sign_in.return_url,
            "scope": self._wishes.scope,
            "state": sign_in.state,
            "nonce": _nonce(sign_in),
            "code_challenge": base64url(hashlib.sha256(_verifier(sign_in).encode()).digest()),
            "code_challenge_method": "S256",
            "prompt": "login",
            "max_age": "0",
            "ui_locales": sign_in.language,
        }
        if self._wishes.levels:
            asked["acr_values"] = " ".join(self._wishes.levels)
        address = self._metadata.endpoints().authorization
        url = f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
        return Begun(url, {"begun_at": int(self._clock().timestamp())})

    def complete(
        self, sign_in: SignIn, kept: Mapping[str, str | int], answer: Mapping[str, str], now: dt.datetime
    ) -> Identity:
        """Who it was. The code in the answer is used up, whatever comes of it.

        Raises:
            RefusedError: Nobody was identified: `sign-in-cancelled`, `sign-in-level-too-low`, `sign-in-not-fresh`, or
                `sign-in-failed` with what did not hold, in a technical word and without anything that was sent.
            UnavailableError: The provider does not answer now, or not so that it can be used.
        """
        code = self._read_answer(sign_in, answer)  # 1.
        endpoints = self._metadata.ready()
        exchanged = self._exchange(sign_in, code, endpoints, now)  # 2.
        try:
            compact = text(exchanged, "id_token", longest=LONGEST_TOKEN)
            access_token = text(exchanged, "access_token", longest=LONGEST_TOKEN)
        except ValueError as error:
            raise RefusedError("sign-in-failed", reason=str(error)) from None
        token = read_id_token(compact)
        key = self._metadata.key(token.algorithm, token.key_id)
        expected = Expected(
            self._metadata.issuer, self._client.id, _nonce(sign_in), self._wishes.levels, int(kept["begun_at"])
        )
        verify_id_token(token, key, expected, access_token, now)  # 3.
        person = read_person(token.claims, self._wishes.claim, self._wishes.roles_claim)
        userinfo = ""
        complete = person.is_known and (person.roles or not self._wishes.roles_claim)
        if not complete and endpoints.userinfo and access_token:  # 4.
            userinfo = self._ask(endpoints.userinfo, access_token)
            person = person.joined(_read_userinfo(userinfo, token, self._wishes))
        return Identity(
            provider=self._metadata.issuer,
            at=authenticated_at(token),
            level=person.level,
            reference=hashlib.sha256(token.jws.encode()).hexdigest(),
            name=person.name,
            mail=person.mail,
            identifier=person.identifier,
            evidence=self._evidence(sign_in, token, key, userinfo, now),  # 5.
            roles=person.roles,
        )

    def _read_answer(self, sign_in: SignIn, answer: Mapping[str, str]) -> str:
        """The code, in an answer to our question and not to somebody else's."""
        state = answer.get("state", "").encode("utf-8", "replace")
        if not hmac.compare_digest(state, sign_in.state.encode()):
            raise RefusedError("sign-in-failed", reason="state")
        if answer.get("iss", self._metadata.issuer) != self._metadata.issuer or (
            "iss" not in answer and self._metadata.endpoints().names_itself
        ):
            raise RefusedError("sign-in-failed", reason="iss")
        match answer.get("error"):
            case None:
                pass
            case error if error == _CANCELLED:
                raise RefusedError("sign-in-cancelled")
            case error if error == _LEVEL:
                raise RefusedError("sign-in-level-too-low")
            case error:
                raise RefusedError("sign-in-failed", reason=error if _ERROR_NAME.fullmatch(error) else "error")
        code = answer.get("code", "")
        if not 0 < len(code) <= _LONGEST_CODE or not code.isprintable():
            raise RefusedError("sign-in-failed", reason="code")
        return code

    def _exchange(self, sign_in: SignIn, code: str, endpoints: Endpoints, now: dt.datetime) -> Mapping[str, Any]:
        try:
            headers, fields = self._client.prove(endpoints.client_algorithms, now)
        except SettingsError as error:
            raise self._metadata.unusable(error.code) from error
        except ValueError:
            raise self._metadata.unusable("client-key") from None  # the cause may hold some of it
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": sign_in.return_url,
            "code_verifier": _verifier(sign_in),
            **fields,
        }
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", **headers}
        reply = self._post(endpoints.token, urlencode(asked).encode(), sent)
        if not reply.is_success:
            raise self._refused(reply)
        try:
            return read_object(reply.body)
        except ValueError as error:
            raise RefusedError("sign-in-failed", reason=str(error)) from None

    def _refused(self, reply: Reply) -> RefusedError | UnavailableError:
        """Why no token was given: what has to be mended by the operator is not the person's fault."""
        try:
            error = text(read_object(reply.body), "error")
        except ValueError:
            error = ""
        if error in _OURS_TO_MEND:
            return self._metadata.unusable(error)
        if reply.status != 400:  # RFC 6749, section 5.2
            return self._metadata.unavailable(f"HTTP {reply.status}")
        return RefusedError("sign-in-failed", reason=error if _ERROR_NAME.fullmatch(error) else "error")

    def _ask(self, url: str, access_token: str) -> str:
        reply = self._post(url, b"", {"Authorization": f"Bearer {access_token}", "Accept": "application/json"})
        if not reply.is_success:
            raise self._metadata.unavailable(f"userinfo: HTTP {reply.status}")
        try:
            return reply.body.decode()
        except UnicodeDecodeError:
            raise RefusedError("sign-in-failed", reason="userinfo") from None

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            return self._line.post(url, body, headers=headers, limit_bytes=_LIMIT_BYTES)
        except LineError as error:
            raise self._metadata.unavailable(str(error)) from error

    def _evidence(self, sign_in: SignIn, token: IdToken, key: Key, userinfo: str, now: dt.datetime) -> bytes:
        """Canonical JSON; `docs/sign-in.md` describes it and shows how it is checked without signflow."""
        evidence = {
            "format": "openid-connect-1.0",
            "issuer": self._metadata.issuer,
            "client": self._client.id,
            "redirect_uri": sign_in.return_url,
            "reference": sign_in.reference,
            "salt": _salt(sign_in),
            "id_token": token.jws,
            "key": key.as_dict(private=False),
            "received_at": now.astimezone(dt.UTC).isoformat(),
        }
        if userinfo:
            evidence["userinfo"] = userinfo
        return json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _read_userinfo(body: str, token: IdToken, wishes: OidcWishes) -> Person:
    """What is said besides, of the same person (section 5.3.2)."""
    try:
        claims = read_object(body)
    except ValueError:
        raise RefusedError("sign-in-failed", reason="userinfo") from None
    if claims.get("sub") != token.claims["sub"]:
        raise RefusedError("sign-in-failed", reason="userinfo")
    return read_person(claims, wishes.claim, wishes.roles_claim)


def _verifier(sign_in: SignIn) -> str:
    """The proof key's verifier: 43 characters. Source: RFC 7636, section 4.1."""
    return base64url(hmac.digest(sign_in.secret, b"signflow oidc verifier", "sha256"))


def _salt(sign_in: SignIn) -> str:
    return base64url(hmac.digest(sign_in.secret, b"signflow oidc salt", "sha256"))


def _nonce(sign_in: SignIn) -> str:
    """Binds the token to the act: nobody guesses it beforehand, and with the salt everybody can make it afterwards."""
    return base64url(hashlib.sha256(f"{sign_in.reference}.{_salt(sign_in)}".encode()).digest())
