"""What every request passes before a page sees it.

1. The Host is this machine's own name or that of the public address: a name that somebody else points here is refused.
2. Where staff do not sign in, their pages answer only to a browser on this machine, spoken to directly: what came through a
   proxy or from elsewhere sees nothing, not even that there is a page. Where they do, the doors ask them (`web/doors.py`).
3. A POST comes from one of our own pages; at the addresses for programs, which no cookie opens, from anywhere.
4. A body is no larger than its page has use for.
5. Every answer carries the headers that keep it to itself.

Source: Fetch Standard, 3.2 (Origin); Fetch Metadata, 2.3 (Sec-Fetch-Site); CSP Level 3; RFC 9110 7.2 (Host); RFC 6797 7.1
(Strict-Transport-Security).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from signflow.errors import RefusedError
from signflow.steps.edit_draft import LARGEST_TEXT_BYTES
from signflow.steps.intake import LARGEST_DRAFT_BYTES
from signflow.steps.verify import LARGEST_UPLOAD_BYTES
from signflow.web.api.problems import is_api, problem_of
from signflow.web.pages import Pages

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # not `no-referrer`: browsers then say `Origin: null` on our own forms. The address stays on this site all the same.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_ONLY_TLS = {"Strict-Transport-Security": f"max-age={2 * 365 * 24 * 3600}"}  # other names of the domain are not ours
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_PUBLIC_PLACES = frozenset({"/health", "/notices", "/verify"})
_PUBLIC_PATHS = ("/sign/", "/read/", "/sign-in/", "/notices/", "/crl/", "/ca/", "/static/", "/api/")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LARGEST_FORM_BYTES = 64_000
_LARGEST_OBJECTION_BYTES = 500_000  # a reason and a wording for each of many items
_WITH_OBJECTIONS = ("/objection", "/code", "/sign-in")  # what is written goes along to the next proof of identity
_LARGEST_BYTES: Mapping[str, int] = {
    "/drafts": LARGEST_DRAFT_BYTES + _LARGEST_FORM_BYTES,
    "/verify": LARGEST_UPLOAD_BYTES + _LARGEST_FORM_BYTES,
    "/api/v1/documents": LARGEST_DRAFT_BYTES,
    "/api/v1/verifications": LARGEST_UPLOAD_BYTES,
}
_MOST_DISCARDED_BYTES = 5 * LARGEST_DRAFT_BYTES


class Guard:
    """Middleware that enforces the list above."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        public_url: str,
        pages: Pages,
        headers: Mapping[str, str] = SECURITY_HEADERS,
        local: bool = True,
    ) -> None:
        """The guard.

        Args:
            app: What it stands before.
            public_url: How people reach the web.
            pages: For its refusals.
            headers: That every answer carries, unless a page has set one itself.
            local: Whether what is not public is for this machine alone.
        """
        self._app = app
        self._local = local
        self._headers = {**headers, **transport_headers(public_url)}
        self._pages = pages
        self._public = urlsplit(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        request = Request(scope)
        refusal = self._refusal(request)
        if refusal is None:
            await self._app(scope, _limited(receive, _limit(scope["path"])), send_guarded)
        else:
            status, kind = refusal
            t = self._pages.texts_for(request)
            page = problem_of(t, status) if is_api(request) else self._pages.failure(request, kind, status)
            await page(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> tuple[int, str] | None:
        hosts = request.headers.getlist("host")
        host = _host_name(hosts[0]) if len(hosts) == 1 else ""
        if not host or host not in {*_LOOPBACK_NAMES, self._public.hostname}:
            return 421, "host"
        if self._local and not is_public(request.scope["path"]) and not is_at_this_machine(request):
            return 404, "missing"
        if request.method not in _READING and not is_api(request) and not self._is_our_own(request.headers):
            return 403, "foreign"
        return None

    def _is_our_own(self, headers: Headers) -> bool:
        """Whether one of our own pages sent it. Where the browser says so itself, scripts cannot say otherwise."""
        site = headers.get("sec-fetch-site")
        if site is not None and site != "same-origin":
            return False
        origin = headers.get("origin")
        if origin is None:
            return False
        sent_from = urlsplit(origin)
        own = {headers["host"].lower(), self._public.netloc.lower()}
        return sent_from.scheme in {"http", "https"} and sent_from.netloc.lower() in own


def transport_headers(public_url: str) -> Mapping[str, str]:
    """What a browser is told of the way here: where people reach the web over TLS, that it never takes another."""
    return _ONLY_TLS if urlsplit(public_url).scheme == "https" else {}


def is_public(path: str) -> bool:
    """Whether strangers may ask for that path: signatories with a link, whoever checks a document, validators, monitors."""
    return path in _PUBLIC_PLACES or path.startswith(_PUBLIC_PATHS)


def is_at_this_machine(request: Request) -> bool:
    """Whether a browser on this machine asks, spoken to directly."""
    hosts = request.headers.getlist("host")
    host = _host_name(hosts[0]) if len(hosts) == 1 else ""
    relayed = any(
        name == "forwarded" or name.startswith("x-forwarded") or name == "x-real-ip" for name in request.headers
    )
    return host in _LOOPBACK_NAMES and not relayed and request.client is not None and _is_loopback(request.client.host)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    """The name without port; empty if it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _limit(path: str) -> int:
    if path.startswith("/documents/") and path.endswith("/text"):
        return LARGEST_TEXT_BYTES + _LARGEST_FORM_BYTES
    if path.startswith("/api/v1/documents/") and path.endswith("/versions"):
        return LARGEST_DRAFT_BYTES
    if path.startswith("/sign/") and path.endswith(_WITH_OBJECTIONS):
        return _LARGEST_OBJECTION_BYTES
    return _LARGEST_BYTES.get(path, _LARGEST_FORM_BYTES)


def _limited(receive: Receive, limit_bytes: int) -> Receive:
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received <= limit_bytes:
            return message
        # a browser that is cut off while it sends shows nobody the answer: let it finish, and keep nothing
        while message.get("more_body", False) and received <= _MOST_DISCARDED_BYTES:
            message = await receive()
            received += len(message.get("body", b""))
        raise RefusedError("request-too-large", limit_mb=max(1, limit_bytes // 1_000_000))

    return receive_limited
