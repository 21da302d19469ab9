"""Signing in for a signature: to the provider, or waiting for it, and back again.

Only the browser that began a sign-in can go on with it: a link that is fetched by a program, a state that somebody else sends,
an answer that is brought to another browser lead to a page that says so, and nothing happens. Every way out of here is made
from our own documents; nothing in a request names where to go. What a provider gave the browser is taken out of the address
at once.

A form's answer may not lead to another site (CSP `form-action`), so the browser goes there from a page of its own.
"""

from __future__ import annotations

import base64
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.errors import NotFoundError, UnavailableError
from signflow.identity.provider import Begun, Pending
from signflow.rendering.qr import render_qr
from signflow.rounds.outcome import Decision, Outcome
from signflow.steps import acts, sign_in
from signflow.steps.ports import Ports
from signflow.steps.sign_in import RETURN_PATH, Ticket, Visitor
from signflow.web.doors import OpenRoute
from signflow.web.forms import SEE_OTHER
from signflow.web.guard import SECURITY_HEADERS
from signflow.web.pages import Pages
from signflow.web.tickets import Tickets

_OVER_PATH = "/sign-in/over"
_LOOK_AGAIN_S = 2  # what BankID asks for: every other second, and no oftener
_MOST_VALUES = 20
_LONGEST_VALUE = 4096
_AWAY = "away"
_DRAWN_HERE = {
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "img-src 'self'", "img-src 'self' data:"
    )
}

_log = structlog.get_logger()


class SignInPages:
    """`/sign/…/sign-in` and `/sign-in/…`."""

    def __init__(self, ports: Ports, pages: Pages, tickets: Tickets) -> None:
        self._ports = ports
        self._pages = pages
        self._tickets = tickets

    def routes(self) -> list[Route]:
        """Where they are found."""
        return [
            OpenRoute("/sign/{token:str}/sign-in", self.go_on, methods=["GET"]),
            OpenRoute(RETURN_PATH, self.come_back, methods=["GET"]),
            OpenRoute(_OVER_PATH, self.over, methods=["GET"]),
        ]

    def go_on(self, request: Request) -> Response:
        """To the provider, or wait for it."""
        token: str = request.path_params["token"]
        view = acts.view_link(self._ports, token)
        challenge = view.seat.challenge if view.seat else None
        held = self._tickets.held(request, challenge.id) if challenge else ""
        if challenge is None or not held or _only_looks_ahead(request):
            return _to_page(token)
        if _AWAY in request.query_params:
            return self._away(request, token)
        try:
            found = sign_in.go_on(self._ports, token, held, self._visitor(request))
        except UnavailableError as error:
            return self._away(request, token, error)
        match found:
            case Begun():
                page = self._render(request, token, "sign_in_going.html.j2", url=found.url)
                page.headers["Refresh"] = f"0; url={found.url}"
                return page
            case Pending():
                return self._waiting(request, token, found)
            case _:
                return self._ended(token, found, challenge.id)

    def come_back(self, request: Request) -> Response:
        """From the provider, with an answer that is not kept in the address."""
        answer = _answer(request)
        challenge_id = self._ports.links.sign_in_of(answer.get("state", ""))
        if challenge_id is None or _only_looks_ahead(request):
            return RedirectResponse(_OVER_PATH, SEE_OTHER)
        held = self._tickets.held(request, challenge_id)
        try:
            token = sign_in.token_of(self._ports, Ticket(challenge_id, held))
        except NotFoundError:
            return RedirectResponse(_OVER_PATH, SEE_OTHER)
        try:
            found = sign_in.complete(self._ports, token, held, answer, self._visitor(request))
        except UnavailableError as error:
            _log.warning("identity provider away", code=error.code, params=error.params)
            return RedirectResponse(f"/sign/{token}/sign-in?{_AWAY}=1", SEE_OTHER)
        if isinstance(found, Pending):
            return RedirectResponse(f"/sign/{token}/sign-in", SEE_OTHER)
        return self._ended(token, found, challenge_id)

    def over(self, request: Request) -> Response:
        """For whoever comes back with what leads nowhere, or to another browser."""
        return self._pages.render(request, "sign_in_over.html.j2", 400, staff=False)

    def _waiting(self, request: Request, token: str, pending: Pending) -> Response:
        qr = f"data:image/svg+xml;base64,{base64.b64encode(render_qr(pending.qr)).decode()}" if pending.qr else ""
        page = self._render(request, token, "sign_in_waiting.html.j2", refresh_s=_LOOK_AGAIN_S, pending=pending, qr=qr)
        page.headers.update(_DRAWN_HERE)
        return page

    def _away(self, request: Request, token: str, error: UnavailableError | None = None) -> Response:
        """The provider does not answer; the sign-in stays as it is, and the person may try again."""
        if error:
            _log.warning("identity provider away", code=error.code, params=error.params)
        return self._render(request, token, "sign_in_away.html.j2", 503)

    def _ended(self, token: str, outcome: Outcome, challenge_id: str) -> Response:
        """Back to what is to be signed, and there to what came of it."""
        response = RedirectResponse(f"/sign/{token}#answer", SEE_OTHER)
        if isinstance(outcome, Decision) and outcome.entries[-1].kind == "sign-in-rejected":
            self._tickets.take_back(response, challenge_id)
        return response

    def _render(self, request: Request, token: str, template: str, status: int = 200, **values: Any) -> Response:
        provider = self._ports.identity.name if self._ports.identity else ""
        page = f"/sign/{token}"
        return self._pages.render(
            request, template, status, here=f"{page}/sign-in", staff=False, provider=provider, page=page, **values
        )

    def _visitor(self, request: Request) -> Visitor:
        language = self._pages.texts_for(request).language
        return Visitor(language, request.client.host if request.client else "")


def _to_page(token: str) -> Response:
    return RedirectResponse(f"/sign/{token}", SEE_OTHER)


def _only_looks_ahead(request: Request) -> bool:
    """Whether a program asks before a person does. Source: Fetch Standard, 3.9 (Sec-Purpose); RFC 9110, 9.3.2 (HEAD)."""
    return request.method != "GET" or "prefetch" in request.headers.get("sec-purpose", "")


def _answer(request: Request) -> dict[str, str]:
    """What a provider gave the browser; nothing if it is not what a provider gives. Source: RFC 6749, 3.1 (each once)."""
    values = request.query_params.multi_items()
    answer = dict(values)
    bounded = len(values) <= _MOST_VALUES and all(len(value) <= _LONGEST_VALUE for value in answer.values())
    return answer if bounded and len(answer) == len(values) else {}
