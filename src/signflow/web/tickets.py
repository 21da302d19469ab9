"""What a browser keeps of a sign-in that it began: a cookie for each, which no script and no other site can read or set.

Source: RFC 6265bis, 4.1.3.2 (`__Host-`: over TLS, for all of this host, and from nowhere but it) and 5.2 (SameSite).
"""

from __future__ import annotations

import datetime as dt

from starlette.requests import Request
from starlette.responses import Response

from signflow.steps.sign_in import Ticket

_NAMED_BY = 8  # digits of the challenge: enough to tell a person's own sign-ins apart


class Tickets:
    """The cookies of one house.

    `Lax`, since the way back from a provider comes from another site: with such a visit the cookie must come along.
    """

    def __init__(self, *, secure: bool, lifetime: dt.timedelta) -> None:
        """The cookies.

        Args:
            secure: Whether people reach the web over TLS.
            lifetime: How long a sign-in holds, and what follows from it once more.
        """
        self._secure = secure
        self._max_age_s = 2 * int(lifetime.total_seconds())

    def give(self, response: Response, ticket: Ticket) -> None:
        """Let the browser keep it."""
        response.set_cookie(
            self._name(ticket.challenge_id),
            ticket.secret,
            max_age=self._max_age_s,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def held(self, request: Request, challenge_id: str) -> str:
        """What the browser says that it keeps of that sign-in; empty if nothing. Untrusted."""
        return request.cookies.get(self._name(challenge_id), "")

    def take_back(self, response: Response, challenge_id: str) -> None:
        """Let the browser forget it: it is used up."""
        response.delete_cookie(self._name(challenge_id), path="/", secure=self._secure, httponly=True, samesite="lax")

    def _name(self, challenge_id: str) -> str:
        return f"{'__Host-' if self._secure else ''}sign-in-{challenge_id[:_NAMED_BY]}"
