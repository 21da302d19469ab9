"""The house: every page at its address, behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from signflow.errors import SignflowError
from signflow.rounds.admission import StaffSignIn
from signflow.steps.ports import Ports
from signflow.web.api.api import Api
from signflow.web.api.problems import Problem
from signflow.web.archived import ArchivePages
from signflow.web.authority import AuthorityFiles
from signflow.web.changes import ChangesPages
from signflow.web.commenting import CommentPages
from signflow.web.desk import Desk
from signflow.web.document import DocumentPages
from signflow.web.doors import Doorkeeper, OpenRoute, guarded
from signflow.web.editing import EditPages
from signflow.web.extracts import ExtractPages
from signflow.web.failures import Failures
from signflow.web.guard import Guard
from signflow.web.immediate import ImmediatePages
from signflow.web.notices import NoticePages
from signflow.web.pages import Pages
from signflow.web.readers import ReaderPages
from signflow.web.sign_in import SignInPages
from signflow.web.signing import SigningPages
from signflow.web.staff import StaffPages
from signflow.web.staff_cookies import StaffCookies
from signflow.web.start import StartPages
from signflow.web.tickets import Tickets
from signflow.web.unsent import UnsentCookies, UnsentWords
from signflow.web.unsent_forms import UnsentForms
from signflow.web.verify import VerifyPages
from signflow.web.webhooks import WebhookPages


def build_app(ports: Ports) -> Starlette:
    """The web application. It keeps nothing of its own but what it can make anew; any number of processes may serve it."""
    secure = ports.public_url.startswith("https://")
    pages = Pages(ports.templates, ports.texts, ports.language, ports.organisation, secure=secure)
    tickets = Tickets(secure=secure, lifetime=ports.policy.code_lifetime)
    unsent = UnsentCookies(ports.unsent, secure=secure)
    failures = Failures(pages, ports.public_url)
    local = ports.staff.sign_in is StaffSignIn.LOCAL
    cookies = StaffCookies(secure=secure, lifetime=ports.staff.code_lifetime)
    keeper = Doorkeeper(ports, pages, cookies, UnsentForms(unsent))
    routes: list[BaseRoute] = [
        *StartPages(ports).routes(),
        *Desk(ports, pages).routes(),
        *DocumentPages(ports, pages).routes(),
        *EditPages(ports, pages).routes(),
        *ImmediatePages(ports, pages).routes(),
        *NoticePages(ports, pages).routes(),
        *ExtractPages(ports, pages).routes(),
        *WebhookPages(ports, pages).routes(),
        *ChangesPages(ports, pages).routes(),
        *ReaderPages(ports, pages).routes(),
        *SigningPages(ports, pages, tickets, UnsentWords(unsent)).routes(),
        *CommentPages(ports, pages).routes(),
        *SignInPages(ports, pages, tickets).routes(),
        *ArchivePages(ports, pages).routes(),
        *AuthorityFiles(ports).routes(),
        *VerifyPages(ports, pages).routes(),
        *Api(ports, pages).routes(),
        *([] if local else StaffPages(ports, pages, cookies, keeper).routes()),
        *_public_routes(ports),
        Mount("/static", StaticFiles(directory=ports.templates / "web" / "static")),
    ]
    app = Starlette(
        routes=guarded(routes),
        middleware=[Middleware(Guard, public_url=ports.public_url, pages=pages, local=local)],
        exception_handlers={
            SignflowError: failures.known,
            HTTPException: failures.http,
            Problem: failures.told,
            Exception: failures.unexpected,
        },
    )
    app.state.doorkeeper = keeper
    return app


def _public_routes(ports: Ports) -> list[Route]:
    def health(_request: Request) -> Response:
        ports.store.next_work_at()  # a database that does not answer is an UnavailableError, 503
        return PlainTextResponse("ok\n")

    return [
        OpenRoute("/health", health, methods=["GET"]),
    ]
