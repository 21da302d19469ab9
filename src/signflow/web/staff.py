"""Where staff sign in and out.

What is answered to somebody who is not signed in yet is the same whether or not an address is anybody's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from signflow.errors import RefusedError, SignflowError, UnavailableError
from signflow.rounds.access import Act, Grant, may
from signflow.rounds.admission import StaffSignIn
from signflow.steps import staff
from signflow.steps.ports import Ports
from signflow.steps.staff import CALLBACK, SIGN_IN, SignedIn
from signflow.texts import Texts
from signflow.web.allowance import Allowance
from signflow.web.doors import WHO_AM_I, Doorkeeper, OpenRoute, destination
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.staff_cookies import StaffCookies
from signflow.web.webhooks import webhook_troubles
from signflow.web.words import error_sentence

_CODE, _PROVIDER, _OUT, _SIGNED_OUT = f"{SIGN_IN}/code", f"{SIGN_IN}/provider", "/staff/sign-out", "/staff/signed-out"
_ASKS, _PERIOD = 60, dt.timedelta(minutes=10)
_BAD_REQUEST, _TOO_MANY, _UNAVAILABLE = 400, 429, 503
_MOST_VALUES, _LONGEST_VALUE, _LONGEST_BROWSER = 20, 4096, 200
_PLACES: Mapping[str, tuple[Act, str]] = {
    "desk": (Act.SEE_DESK, "/"),
    "archive": (Act.SEARCH, "/archive"),
}

_log = structlog.get_logger()


class StaffPages:
    """`/staff/…`, where staff sign in at all."""

    def __init__(self, ports: Ports, pages: Pages, cookies: StaffCookies, keeper: Doorkeeper) -> None:
        self._ports = ports
        self._pages = pages
        self._cookies = cookies
        self._keeper = keeper
        self._asks = Allowance(_ASKS, _PERIOD, ports.clock)

    def routes(self) -> list[BaseRoute]:
        """Where they are found."""
        return [
            OpenRoute(SIGN_IN, self.page, methods=["GET"]),
            OpenRoute(SIGN_IN, taking_form(self.ask), methods=["POST"]),
            OpenRoute(_CODE, self.code, methods=["GET"]),
            OpenRoute(_CODE, taking_form(self.type_code), methods=["POST"]),
            OpenRoute(_PROVIDER, self.go, methods=["GET"]),
            OpenRoute(CALLBACK, self.come_back, methods=["GET"]),
            OpenRoute(_OUT, taking_form(self.sign_out), methods=["POST"]),
            OpenRoute(_SIGNED_OUT, self.signed_out, methods=["GET"]),
            OpenRoute(WHO_AM_I, self.who, methods=["GET"]),
        ]

    def page(self, request: Request) -> Response:
        """The way in."""
        wanted = destination(request.query_params.get("next", ""))
        if self._keeper.person(request):
            return RedirectResponse(wanted or "/", SEE_OTHER)
        return self._way_in(request, wanted)

    def ask(self, request: Request, form: Form) -> Response:
        """Have a code sent, or go to the identity provider."""
        wanted, address = destination(form.text("next")), form.text("address")
        held = (self._cookies.device(request), form.text("browser"))
        device = next((one for one in held if staff.knows(self._ports, address, one)), "")
        # a browser that the person has used before is held up by nothing that others at the same address do
        if not device and not self._asks.take(_client(request)):
            sentence = self._pages.texts_for(request)("staff.page.often")
            return self._way_in(request, wanted, _TOO_MANY, sentence, address)
        if self._ports.staff.sign_in is StaffSignIn.OIDC:
            return self._asked(staff.ask_provider(self._ports, wanted).held, _PROVIDER)
        try:
            asked = staff.ask_code(self._ports, address, device, wanted)
        except RefusedError as error:
            return self._way_in(request, wanted, UNPROCESSABLE, self._sentence(request, error), address)
        return self._asked(asked.held, _CODE)

    def code(self, request: Request) -> Response:
        """Where the code is typed."""
        return self._code_page(request)

    def type_code(self, request: Request, form: Form) -> Response:
        """In, if the code is right."""
        try:
            came = staff.type_code(self._ports, self._cookies.asked(request), form.text("code"))
        except RefusedError as error:
            if error.code == "staff-code-wrong":
                return self._code_page(request, self._sentence(request, error))
            return self._way_in(request, self._wanted(request), UNPROCESSABLE, self._sentence(request, error))
        return self._let_in(request, came)

    def go(self, request: Request) -> Response:
        """On to the identity provider: from a page, since a form's answer may not lead to another site."""
        try:
            url = staff.provider_url(self._ports, self._cookies.asked(request))
        except RefusedError:
            return RedirectResponse(SIGN_IN, SEE_OTHER)
        except UnavailableError as error:
            return self._away(request, error)
        page = self._pages.render(
            request, "staff_going.html.j2", staff=False, url=url, provider=self._provider, here=_PROVIDER
        )
        page.headers["Refresh"] = f"0; url={url}"
        return page

    def come_back(self, request: Request) -> Response:
        """From the identity provider, with its answer."""
        answer = _answer(request)
        try:
            came = staff.complete(self._ports, self._cookies.asked(request), answer)
        except UnavailableError as error:
            return self._away(request, error)
        except RefusedError as error:
            return self._way_in(request, self._wanted(request), _BAD_REQUEST, self._sentence(request, error))
        return self._let_in(request, came)

    def sign_out(self, request: Request, _form: Form) -> Response:
        """End the session."""
        staff.sign_out(self._ports, self._cookies.session(request))
        response = RedirectResponse(_SIGNED_OUT, SEE_OTHER)
        self._cookies.forget_session(response)
        return response

    def signed_out(self, request: Request) -> Response:
        """What it says then."""
        return self._pages.render(request, "staff_out.html.j2", staff=False, sign_in=SIGN_IN)

    def who(self, request: Request) -> Response:
        """Who is signed in, as what, and where they may go."""
        person = self._keeper.person(request)
        if person is None:
            return RedirectResponse(SIGN_IN, SEE_OTHER)
        request.state.person = person
        t = self._pages.texts_for(request)
        return self._pages.render(
            request,
            "staff_who.html.j2",
            person=person,
            troubles=webhook_troubles(self._ports, request),
            offices=sorted(_office_words(t, grant) for grant in person.grants),
            places=[(name, url) for name, (act, url) in _PLACES.items() if may(person, act)],
        )

    def _wanted(self, request: Request) -> str:
        return staff.destination_of(self._ports, self._cookies.asked(request))

    @property
    def _provider(self) -> str:
        provider = self._ports.staff_identity
        return provider.name if provider else ""

    def _asked(self, held: str, then: str) -> Response:
        response = RedirectResponse(then, SEE_OTHER)
        self._cookies.keep_asked(response, held)
        return response

    def _let_in(self, request: Request, came: SignedIn) -> Response:
        """A new token in any case: one that somebody else put in the browser before opens nothing."""
        before = self._cookies.session(request)
        if before:
            staff.sign_out(self._ports, before)
        response = RedirectResponse(came.destination or "/", SEE_OTHER)
        self._cookies.keep_session(response, came.token, came.device)
        return response

    def _way_in(
        self, request: Request, wanted: str, status: int = 200, problem: str = "", address: str = ""
    ) -> Response:
        return self._pages.render(
            request,
            "staff_sign_in.html.j2",
            status,
            here=SIGN_IN,
            staff=False,
            wanted=wanted,
            problem=problem,
            address=address,
            browser=request.query_params.get("browser", "")[:_LONGEST_BROWSER],
            provider=self._provider,
        )

    def _code_page(self, request: Request, problem: str = "") -> Response:
        try:
            challenge = staff.open_challenge(self._ports, self._cookies.asked(request))
        except RefusedError:
            return RedirectResponse(SIGN_IN, SEE_OTHER)
        return self._pages.render(
            request,
            "staff_code.html.j2",
            UNPROCESSABLE if problem else 200,
            here=_CODE,
            staff=False,
            problem=problem,
            until=challenge.expires_at,
            sign_in=SIGN_IN,
        )

    def _away(self, request: Request, error: UnavailableError) -> Response:
        _log.warning("identity provider away", code=error.code, params=error.params)
        sentence = self._pages.texts_for(request)("staff.provider.away", provider=self._provider)
        return self._way_in(request, self._wanted(request), _UNAVAILABLE, sentence)

    def _sentence(self, request: Request, error: SignflowError) -> str:
        return error_sentence(self._pages.texts_for(request), error.code, error.params)


def _office_words(t: Texts, grant: Grant) -> str:
    office = t(f"staff.office.{grant.office}")
    return t("staff.office.of", office=office, body=grant.body) if grant.body else office


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _answer(request: Request) -> Mapping[str, str]:
    """What the browser brought back, each once and of a length that makes sense; else nothing."""
    pairs = request.query_params.multi_items()
    names = {name for name, _ in pairs}
    if len(pairs) > _MOST_VALUES or len(names) < len(pairs) or any(len(value) > _LONGEST_VALUE for _, value in pairs):
        return {}
    return dict(pairs)
