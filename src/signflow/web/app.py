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
from signflow.steps.ports import Ports
from signflow.web.archived import ArchivePages
from signflow.web.authority import AuthorityFiles
from signflow.web.desk import Desk
from signflow.web.document import DocumentPages
from signflow.web.downloads import Reading
from signflow.web.failures import Failures
from signflow.web.guard import Guard
from signflow.web.pages import Pages
from signflow.web.signing import SigningPages
from signflow.web.start import StartPages
from signflow.web.verify import VerifyPages


def build_app(ports: Ports) -> Starlette:
    """The web application. It keeps nothing of its own but drawn pages; any number of processes may serve it."""
    secure = ports.public_url.startswith("https://")
    pages = Pages(ports.templates, ports.texts, ports.language, ports.organisation, secure=secure)
    failures = Failures(pages)
    routes: list[BaseRoute] = [
        *StartPages(ports).routes(),
        *Desk(ports, pages).routes(),
        *DocumentPages(ports, pages).routes(),
        *SigningPages(ports, pages, Reading(ports.blobs)).routes(),
        *ArchivePages(ports, pages).routes(),
        *AuthorityFiles(ports).routes(),
        *VerifyPages(ports, pages).routes(),
        *_public_routes(ports),
        Mount("/static", StaticFiles(directory=ports.templates / "web" / "static")),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, public_url=ports.public_url, pages=pages)],
        exception_handlers={
            SignflowError: failures.known,
            HTTPException: failures.http,
            Exception: failures.unexpected,
        },
    )


def _public_routes(ports: Ports) -> list[Route]:
    def health(_request: Request) -> Response:
        ports.store.next_work_at()  # a database that does not answer is an UnavailableError, 503
        return PlainTextResponse("ok\n")

    return [
        Route("/health", health, methods=["GET"]),
    ]
