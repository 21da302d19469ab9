"""The house: every page at its address, behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from signflow.errors import NotFoundError, SignflowError
from signflow.steps.ports import Ports
from signflow.web.archived import ArchivePages
from signflow.web.desk import Desk
from signflow.web.document import DocumentPages
from signflow.web.downloads import Reading
from signflow.web.failures import Failures
from signflow.web.guard import Guard
from signflow.web.pages import Pages
from signflow.web.signing import SigningPages
from signflow.web.start import StartPages

_CRL_TYPE = "application/pkix-crl"  # RFC 2585 4.2


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
    def crl(request: Request) -> Response:
        lists = ports.authority.crls(ports.clock())
        name: str = request.path_params["name"]
        if name not in lists:
            raise NotFoundError("no-such-crl", name=name)
        return Response(lists[name], media_type=_CRL_TYPE, headers={"Cache-Control": "public, max-age=3600"})

    def health(_request: Request) -> Response:
        ports.store.next_work_at()  # a database that does not answer is an UnavailableError, 503
        return PlainTextResponse("ok\n")

    return [
        Route("/crl/{name:str}.crl", crl, methods=["GET"]),
        Route("/health", health, methods=["GET"]),
    ]
