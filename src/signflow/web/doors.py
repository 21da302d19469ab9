"""The doors: what each address asks of whoever comes, said where the address is given, and asked before anything is done.

Every route is either open to anybody, or names the act that somebody of the staff, or a program with a token (`web/api`), must be
allowed; `guarded` refuses a house with any other. Where the address names a document, the act must be allowed with that one, and its page gets it from here.
A document that may not be seen is answered as one that is not there, in the same words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Message, Receive, Scope, Send

from signflow.errors import NotFoundError
from signflow.rounds.access import AT_THE_MACHINE, OF_THE_ARCHIVE, Act, Person, may, may_in_archive
from signflow.rounds.admission import StaffSignIn
from signflow.rounds.model import Document
from signflow.steps.ports import Ports
from signflow.steps.staff import SIGN_IN, person_of, was_signed_in
from signflow.store.store import Store
from signflow.web.forms import SEE_OTHER, Form, read_form
from signflow.web.guard import is_at_this_machine
from signflow.web.pages import Pages
from signflow.web.staff_cookies import StaffCookies
from signflow.web.unsent_forms import CameBack, UnsentForms

WHO_AM_I = "/staff"
_DOOR = "web"
_READING = frozenset({"GET", "HEAD"})
_FORBIDDEN = 403
_LONGEST_DESTINATION = 500
_MOST_FIELDS = 2000  # no form of ours has more
_WITHOUT = "fresh"  # in the address of a page that is to be shown without what came back

Endpoint = Callable[[Request], Response | Awaitable[Response]]


class GuardedRoute(Route):
    """An address that says who may come; each kind below asks in its own way."""


class OpenRoute(GuardedRoute):
    """An address for anybody: what is there, it finds out by itself from a link, or it holds nothing that is not public."""


class StaffRoute(GuardedRoute):
    """An address for those of the staff who may do an act."""

    def __init__(  # noqa: PLR0913 -- the first three are Starlette's and the act, all others are named
        self,
        act: Act,
        path: str,
        endpoint: Endpoint,
        *,
        methods: Iterable[str],
        name: str | None = None,
        form_at: str = "",
    ) -> None:
        """The route.

        Args:
            act: What is done there; with the document, where the path has a parameter `document`.
            path: As Starlette has it.
            endpoint: Makes the answer; `visitor` and `document_of` tell it for whom and of what.
            methods: Of HTTP.
            name: Names the route.
            form_at: The page that shows a form again (`came_back`) which came here when the visitor's sign-in had run out, with
                the path's parameters in braces; empty where nothing is written that could be lost.
        """
        super().__init__(path, endpoint, methods=list(methods), name=name)
        self.act = act
        self._form_at = form_at

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask at the door, then let the page answer."""
        if scope["method"] in (self.methods or ()):
            keeper: Doorkeeper = scope["app"].state.doorkeeper
            request = Request(scope, receive)
            page = self._form_at.format(**request.path_params)
            refusal = await run_in_threadpool(keeper.refusal, request, self.act)
            if refusal:
                kept = await keeper.keep_form(request, page) if page else None
                await (kept or refusal)(scope, receive, send)
                return
            if page:
                await run_in_threadpool(keeper.bring_back, request, page)
                send = keeper.forgetting(request, page, send)
        await super().handle(scope, receive, send)


class Doorkeeper:
    """Who comes, and whether they may."""

    def __init__(self, ports: Ports, pages: Pages, cookies: StaffCookies, unsent: UnsentForms) -> None:
        self._ports = ports
        self._pages = pages
        self._cookies = cookies
        self._unsent = unsent

    def person(self, request: Request) -> Person | None:
        """Who of the staff asks; None if that is not known."""
        if self._ports.staff.sign_in is StaffSignIn.LOCAL:
            return AT_THE_MACHINE if is_at_this_machine(request) else None
        return person_of(self._ports, self._cookies.session(request))

    def refusal(self, request: Request, act: Act) -> Response | None:
        """The way to sign in, for who has not; None for who may do that here, who is then noted on the request.

        Raises:
            HTTPException: They may not: 404.
            NotFoundError: Not with the document of the address, or there is none.
        """
        person = self.person(request)
        if person is None:
            return self._sign_in_first(request)
        request.state.person = person
        if not may(person, act):
            if request.url.path == "/":
                return RedirectResponse(WHO_AM_I, SEE_OTHER)
            raise HTTPException(404)
        if "document" in request.path_params:
            document_id: str = request.path_params["document"]
            request.state.document = document_for(self._ports.store, person, act, document_id)
        return None

    async def keep_form(self, request: Request, page: str) -> Response | None:
        """The way to sign in for who has sent a form, which then is on that page; None where it is not kept.

        That it is not, but for a browser with which somebody was signed in, keeps strangers from filling the disk.
        """
        if request.method in _READING:
            return None
        writer = await run_in_threadpool(was_signed_in, self._ports, self._cookies.session(request))
        if not writer:
            return None
        form = await read_form(request, _MOST_FIELDS)
        return await run_in_threadpool(self._kept, request, page, writer, form)

    def bring_back(self, request: Request, page: str) -> None:
        """Note on the request what `came_back` gives its page."""
        if request.method in _READING and _WITHOUT not in request.query_params:
            request.state.came_back = self._unsent.of(request, page, visitor(request))

    def forgetting(self, request: Request, page: str, send: Send) -> Send:
        """Forget what was kept of the form once its page has answered to it: whatever the answer is, it shows what was sent."""

        async def send_and_forget(message: Message) -> None:
            if message["type"] == "http.response.start" and request.method not in _READING:
                forgetting = Response()
                await run_in_threadpool(self._unsent.forget, request, forgetting, page)
                headers = MutableHeaders(scope=message)
                for cookie in forgetting.headers.getlist("set-cookie"):
                    headers.append("set-cookie", cookie)
            await send(message)

        return send_and_forget

    def _kept(self, request: Request, page: str, writer: str, form: Form) -> Response | None:
        response = self._pages.failure(request, "signed_out_kept", _FORBIDDEN, sign_in=_sign_in_for(quote(page)))
        return response if self._unsent.keep(request, response, page, writer, form) else None

    def _sign_in_first(self, request: Request) -> Response:
        if self._ports.staff.sign_in is StaffSignIn.LOCAL:
            raise HTTPException(404)
        if request.method in _READING:
            return RedirectResponse(sign_in_address(request), SEE_OTHER)
        return self._pages.failure(request, "signed_out", _FORBIDDEN)


def guarded(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """The routes, each of which says who may come.

    Raises:
        TypeError: One does not.
    """
    kept = list(routes)
    for route in kept:
        static = isinstance(route, Mount) and route.path == "/static"
        if not static and not isinstance(route, GuardedRoute):
            raise TypeError(route)
    return kept


def known(request: Request) -> Person | None:
    """Who of the staff looks at the page of an `OpenRoute`; None if that is not known."""
    keeper: Doorkeeper = request.app.state.doorkeeper
    return keeper.person(request)


def visitor(request: Request) -> Person:
    """For whom the page of a `StaffRoute` is made."""
    person: Person = request.state.person
    return person


def actor(request: Request) -> str:
    """Who does what is done, as the history names them: the door, where people do not sign in."""
    return visitor(request).name or _DOOR


def document_of(request: Request) -> Document:
    """The document that the address of a `StaffRoute` names, as it was when the door was opened.

    Raises:
        NotFoundError: The archive alone remembers it.
    """
    document: Document | None = request.state.document
    if document is None:
        raise NotFoundError("no-such-document", document=request.path_params["document"])
    return document


def came_back(request: Request) -> CameBack | None:
    """What the page of a `StaffRoute` is to show in its form: what was sent when the visitor's sign-in had run out."""
    found: CameBack | None = getattr(request.state, "came_back", None)
    return found


def open_document(store: Store, request: Request, act: Act, document_id: str) -> Document:
    """A document that something else than the address names.

    Raises:
        NotFoundError: There is none of that name, or the visitor may not do that with it.
    """
    document = store.load(document_id)
    if not may(visitor(request), act, document):
        raise _missing(act, document_id)
    return document


def sign_in_address(request: Request) -> str:
    """Where to sign in, to come back to where they were going."""
    query = f"?{request.url.query}" if request.url.query else ""
    return _sign_in_for(f"{quote(request.url.path)}{query}")


def _sign_in_for(path: str) -> str:
    wanted = destination(path)
    return f"{SIGN_IN}?{urlencode({'next': wanted})}" if wanted not in {"", "/"} else SIGN_IN


def destination(wanted: str) -> str:
    """A path of ours to go on to; empty if what was wanted is none. Source: URL Standard, 4.4 (path and authority states)."""
    sound = wanted.startswith("/") and not wanted.startswith(("//", "/\\", f"{WHO_AM_I}/"))
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if sound and plain and len(wanted) <= _LONGEST_DESTINATION else ""


def document_for(store: Store, person: Person, act: Act, document_id: str) -> Document | None:
    """The document of that name, for somebody who may do that with it; None if the archive alone remembers it.

    Raises:
        NotFoundError: There is none, or they may not.
    """
    try:
        document = store.load(document_id)
    except NotFoundError:
        if may_in_archive(person, act):
            return None
        raise _missing(act, document_id) from None
    if not may(person, act, document):
        raise _missing(act, document_id)
    return document


def _missing(act: Act, document_id: str) -> NotFoundError:
    """What the store or the archive would say of a document that is not there."""
    return NotFoundError(
        "archive-document-unknown" if act in OF_THE_ARCHIVE else "no-such-document", document=document_id
    )
