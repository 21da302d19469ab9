"""What a signatory has written when their code or sign-in runs out: it comes back into the form when they have another.

The words go with the form that asks for the next proof, and are kept from then on; the browser that sent them holds the key to
them in a cookie, which no script and no other site can read. They are shown to that browser alone, and forgotten when it sends
what they were for.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from signflow.rounds.links import link_digest
from signflow.store.unsent import LIFETIME
from signflow.store.unsent import Unsent as Kept
from signflow.web.objecting import NOTHING, Row, Written

_NAMED_BY = 8  # digits of the link: enough to tell the links of one person apart


class UnsentCookies:
    """The keys to what is kept, each in a cookie of the browser that sent the words."""

    def __init__(self, kept: Kept, *, secure: bool) -> None:
        """The cookies.

        Args:
            kept: Where the words are.
            secure: Whether people reach the web over TLS.
        """
        self._kept = kept
        self._secure = secure

    def keep(self, request: Request, response: Response, name: str, words: bytes) -> bool:
        """Keep the words of that name, in the place of what that browser wrote before; whether they are kept."""
        self._kept.drop(self._key(request, name))
        key = self._kept.keep(words)
        response.set_cookie(
            self._name(name),
            key,
            max_age=int(LIFETIME.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",  # on the way back from a provider it must come along
        )
        return self._kept.read(key) is not None

    def read(self, request: Request, name: str) -> bytes | None:
        """The words of that name that the browser wrote; None if there are none, or none any more."""
        return self._kept.read(self._key(request, name))

    def forget(self, request: Request, response: Response, name: str) -> None:
        """They are sent."""
        if self._key(request, name):
            self._kept.drop(self._key(request, name))
            response.delete_cookie(self._name(name), path="/", secure=self._secure, httponly=True, samesite="lax")

    def _key(self, request: Request, name: str) -> str:
        return request.cookies.get(self._name(name), "")

    def _name(self, name: str) -> str:
        return f"{'__Host-' if self._secure else ''}unsent-{name}"


class UnsentWords:
    """The words of signatories, one set for each link."""

    def __init__(self, cookies: UnsentCookies) -> None:
        self._cookies = cookies

    def keep(self, request: Request, response: Response, written: Written) -> None:
        """Keep them; nothing where nothing is written."""
        if not written.is_empty:
            words = json.dumps(dataclasses.asdict(written), ensure_ascii=False).encode()
            self._cookies.keep(request, response, _name(request), words)

    def of(self, request: Request) -> Written:
        """What that browser wrote for that link; `NOTHING` if nothing, or nothing any more."""
        held = self._cookies.read(request, _name(request))
        if held is None:
            return NOTHING
        told: dict[str, Any] = json.loads(held)
        rows = tuple(Row(**row) for row in told["rows"])
        return Written(told["reason"], rows, told["dissent"])

    def forget(self, request: Request, response: Response) -> None:
        """They are sent."""
        self._cookies.forget(request, response, _name(request))


def _name(request: Request) -> str:
    token: str = request.path_params["token"]
    return link_digest(token)[:_NAMED_BY]
