"""An OpenID provider that says what a test wants it to, on loopback: right in everything until something is changed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from identity_contract import make_act, now
from joserfc.jwk import Key
from openid_provider import CLIENT, LOA3, make_key

from signflow.errors import RefusedError, UnavailableError
from signflow.identity.oidc import OidcProvider, OidcWishes
from signflow.identity.oidc_algorithms import registry
from signflow.identity.oidc_client import OidcClient
from signflow.identity.oidc_reading import base64url
from signflow.identity.provider import Begun, Identity, SignIn
from signflow.line import Line

ACCESS_TOKEN = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
WITHIN_S = 2.0


@dataclass
class Reply:
    """One answer. `drip` sends it a byte at a time, for ever."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    drip: bool = False


def as_json(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status, {"Content-Type": "application/json"})


def redirect(to: str) -> Reply:
    return Reply(b"", 302, {"Location": to})


def signed(key: Key, claims: object, header: Mapping[str, object], algorithm: str) -> str:
    """A token as that key signs it, whatever it says."""
    signing_input = joined({"alg": algorithm, **header}, claims)
    signature = registry(algorithm).get_alg(algorithm).sign(signing_input.encode(), key)
    return f"{signing_input}.{base64url(signature)}"


def joined(header: Mapping[str, object], claims: object) -> str:
    """Header and claims as they are signed; the library would not write some of them."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"{base64url(json.dumps(header).encode())}.{base64url(payload)}"


class HostileProvider:
    """The server. Each attribute is what it says next; `replies` goes before all of them, by path.

    Attributes:
        asked: The paths that were asked for, with what was sent.
    """

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm = algorithm
        self.asked: list[tuple[str, bytes]] = []
        self._server = _Quiet(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.key = make_key(algorithm)
        self._line = Line(WITHIN_S)
        self.reset()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.keys: list[Mapping[str, Any]] = [self.key.as_dict(private=False)]
        self.userinfo: object = {"sub": "karin", "email": "karin@example.se", "email_verified": True}
        self.token: object = ""
        self.metadata: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/me",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def adapter(self, **wishes: Any) -> OidcProvider:
        client = OidcClient(self.issuer, CLIENT, secret=lambda: "hemlighet")
        return OidcProvider(client, OidcWishes(**wishes), self._line, now)

    def claims(self, begun: Begun) -> dict[str, Any]:
        """What a good token for that sign-in states."""
        at = int(now().timestamp())
        return {
            "iss": self.issuer,
            "sub": "karin",
            "aud": CLIENT,
            "exp": at + 300,
            "iat": at,
            "auth_time": at,
            "nonce": dict(parse_qsl(urlsplit(begun.url).query))["nonce"],
            "acr": LOA3,
            "name": "Karin Ek",
            "email": "karin@example.se",
            "email_verified": True,
        }

    def sign(self, claims: object, header: Mapping[str, object] | None = None) -> str:
        return signed(self.key, claims, {"kid": self.key.kid} if header is None else header, self.algorithm)

    def reply(self, path: str) -> Reply:
        if path in self.replies:
            return self.replies[path]
        match path:
            case "/.well-known/openid-configuration":
                return as_json(self.metadata)
            case "/jwks":
                return as_json({"keys": self.keys})
            case "/token":
                return as_json({"id_token": self.token, "access_token": ACCESS_TOKEN, "token_type": "Bearer"})
            case "/me":
                return as_json(self.userinfo)
            case _:
                return as_json({}, 404)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                provider.asked.append((self.path, body))
                reply = provider.reply(self.path)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self._send(reply)

            def do_GET(self) -> None:
                self.do_POST()

            def _send(self, reply: Reply) -> None:
                if not reply.drip:
                    self.wfile.write(reply.body)
                    return
                end = time.monotonic() + 20 * WITHIN_S  # far longer than anybody may wait
                while time.monotonic() < end:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(WITHIN_S / 10)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
                pass

        return Requests


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is what some tests are about."""


@dataclass
class Attempt:
    """One sign-in at that provider, begun and not yet completed."""

    provider: HostileProvider
    identity: OidcProvider
    act: SignIn
    begun: Begun

    @classmethod
    def begin(cls, provider: HostileProvider, **wishes: Any) -> Self:
        identity, act = provider.adapter(**wishes), make_act()
        return cls(provider, identity, act, identity.begin(act))

    def claims(self) -> dict[str, Any]:
        return self.provider.claims(self.begun)

    def sign(self, claims: object = None, header: Mapping[str, object] | None = None) -> str:
        """A token with those claims, or good ones."""
        return self.provider.sign(self.claims() if claims is None else claims, header)

    def complete(self, token: object = None, **answer: str) -> Identity:
        """With that token, or a good one."""
        self.provider.token = self.sign() if token is None else token
        return self.identity.complete(
            self.act, self.begun.kept, {"state": self.act.state, "code": "kod", **answer}, now()
        )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
each_example = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
Change = Callable[[dict[str, Any]], object]


def refusal(act: Callable[[], object]) -> str:
    """Why it was refused: the technical word, or the code where there is none."""
    with pytest.raises(RefusedError) as refused:
        act()
    return str(refused.value.params.get("reason", refused.value.code))


def outage(act: Callable[[], object]) -> str:
    with pytest.raises(UnavailableError) as unavailable:
        act()
    return f"{unavailable.value.code.rpartition('-')[2]}: {unavailable.value.params['reason']}"
