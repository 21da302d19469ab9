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


class UnsentWords:
    """The words, and the cookies that lead to them."""

    def __init__(self, kept: Kept, *, secure: bool) -> None:
        """The words.

        Args:
            kept: Where they are.
            secure: Whether people reach the web over TLS.
        """
        self._kept = kept
        self._secure = secure

    def keep(self, request: Request, response: Response, written: Written) -> None:
        """Keep them, in the place of what that browser wrote before; nothing where nothing is written."""
        if written.is_empty:
            return
        self._kept.drop(self._key(request))
        key = self._kept.keep(json.dumps(dataclasses.asdict(written), ensure_ascii=False).encode())
        response.set_cookie(
            self._name(request),
            key,
            max_age=int(LIFETIME.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",  # on the way back from a provider it must come along
        )

    def of(self, request: Request) -> Written:
        """What that browser wrote for that link; `NOTHING` if nothing, or nothing any more."""
        held = self._kept.read(self._key(request))
        if held is None:
            return NOTHING
        told: dict[str, Any] = json.loads(held)
        rows = tuple(Row(**row) for row in told["rows"])
        return Written(told["reason"], rows, told["dissent"])

    def forget(self, request: Request, response: Response) -> None:
        """They are sent."""
        if self._key(request):
            self._kept.drop(self._key(request))
            response.delete_cookie(self._name(request), path="/", secure=self._secure, httponly=True, samesite="lax")

    def _key(self, request: Request) -> str:
        return request.cookies.get(self._name(request), "")

    def _name(self, request: Request) -> str:
        token: str = request.path_params["token"]
        return f"{'__Host-' if self._secure else ''}unsent-{link_digest(token)[:_NAMED_BY]}"
