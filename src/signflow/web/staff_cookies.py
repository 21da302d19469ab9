"""What a browser keeps of somebody who signs in as staff; no script and no other site can read or set it.

Source: RFC 6265bis, 4.1.3.2 (`__Host-`: over TLS, for all of this host, and from nowhere but it) and 5.2 (SameSite).
"""

from __future__ import annotations

import datetime as dt

from starlette.requests import Request
from starlette.responses import Response

_SESSION, _ASKED, _DEVICE = "session", "staff-sign-in", "device"
_DEVICE_KEPT = dt.timedelta(days=365)


class StaffCookies:
    """The cookies of one house; what a request says of them is untrusted.

    `Lax`, since the way back from an identity provider, and a link in a letter, come from another site. What changes anything
    is a form, and the guard takes none from elsewhere.
    """

    def __init__(self, *, secure: bool, lifetime: dt.timedelta) -> None:
        """The cookies.

        Args:
            secure: Whether people reach the web over TLS.
            lifetime: How long a sign-in may take.
        """
        self._secure = secure
        self._lifetime = lifetime

    def session(self, request: Request) -> str:
        """The token of a session; empty if there is none."""
        return self._read(request, _SESSION)

    def asked(self, request: Request) -> str:
        """The challenge that the browser asked for; empty if it did not."""
        return self._read(request, _ASKED)

    def device(self, request: Request) -> str:
        """By what the browser is known from an earlier sign-in; empty if it is not."""
        return self._read(request, _DEVICE)

    def keep_asked(self, response: Response, held: str) -> None:
        """Let the browser keep a challenge."""
        self._set(response, _ASKED, held, self._lifetime)

    def keep_session(self, response: Response, token: str, device: str) -> None:
        """Let the browser keep a session until it is closed, and be known afterwards; the challenge is used up."""
        self._set(response, _SESSION, token, None)
        self._set(response, _DEVICE, device, _DEVICE_KEPT)
        self._forget(response, _ASKED)

    def forget_session(self, response: Response) -> None:
        """Let the browser forget its session."""
        self._forget(response, _SESSION)

    def _name(self, name: str) -> str:
        return f"{'__Host-' if self._secure else ''}{name}"

    def _read(self, request: Request, name: str) -> str:
        return request.cookies.get(self._name(name), "")

    def _set(self, response: Response, name: str, value: str, kept: dt.timedelta | None) -> None:
        max_age = int(kept.total_seconds()) if kept else None
        response.set_cookie(
            self._name(name), value, max_age=max_age, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def _forget(self, response: Response, name: str) -> None:
        response.delete_cookie(self._name(name), path="/", secure=self._secure, httponly=True, samesite="lax")
