"""A draft in the browser while it is written: its pages and its findings, drawn anew each time it is saved.

Apart from the house: no store, no people, no act. It answers GET alone, and the guard stands before it as before the house.
The page is whole without JavaScript; with it, it follows the draft.

Source: HTML Living Standard, 9.2 (server-sent events).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from signflow.blobs import digest_of
from signflow.errors import NotFoundError, SignflowError
from signflow.minutes.reading import PlaceUnit
from signflow.rendering.page_images import PAGE_WIDTH_PX, page_count, page_image
from signflow.web.failures import Failures
from signflow.web.findings import finding_views, line_views
from signflow.web.guard import SECURITY_HEADERS, Guard
from signflow.web.pages import Pages

_HEARTBEAT_S = 15  # a browser that has gone is noticed when something is sent to it
_KEEP = {"Cache-Control": "private, max-age=3600, immutable"}
_HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"] + "; script-src 'self'; connect-src 'self'",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of one look at the draft.

    Attributes:
        at: When.
        pdf: The document; None where there is none to draw, because of errors or because it could not be read.
        problem: Why the draft could not be looked at, as a sentence; mostly empty.
        records: What was found in it.
        unit: What the findings' lines count.
        lines: Its text.
    """

    at: dt.datetime
    pdf: bytes | None = None
    problem: str = ""
    records: Sequence[Mapping[str, Any]] = ()
    unit: PlaceUnit = PlaceUnit.LINE
    lines: Sequence[str] = ()


@dataclass(slots=True)
class Preview:
    """The latest look at one draft, and the last pages that came of any. Lives in one event loop.

    Attributes:
        name: The draft's file name.
        number: How many looks there have been.
        pdf: The last document that could be drawn; empty before the first.
        drawn_at: When that was.
    """

    name: str
    latest: Drawn
    number: int = 0
    pdf: bytes = b""
    drawn_at: dt.datetime | None = None
    over: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, drawn: Drawn) -> None:
        """Let everybody who watches see this."""
        self.latest = drawn
        if drawn.pdf:
            self.pdf, self.drawn_at = drawn.pdf, drawn.at
        self._tell()

    def close(self) -> None:
        """Let go of everybody who watches."""
        self.over = True
        self._tell()

    async def numbers(self) -> AsyncIterator[int | None]:
        """The number of the latest look, now and whenever there is another; None now and then, as a sign of life."""
        seen = -1
        while not self.over:
            if seen != self.number:
                seen = self.number
                yield seen
                continue
            try:
                async with asyncio.timeout(_HEARTBEAT_S):
                    await self._changed.wait()
            except TimeoutError:
                yield None

    def _tell(self) -> None:
        self.number += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def build_preview(preview: Preview, pages: Pages, templates: Path, public_url: str) -> Starlette:
    """The web application that shows it."""
    failures = Failures(pages, public_url)
    shown = _PreviewPages(preview, pages)
    return Starlette(
        routes=[
            Route("/", shown.page, methods=["GET"]),
            Route("/events", shown.events, methods=["GET"]),
            Route("/pages/{digest:str}/{page:int}.png", shown.image, methods=["GET"]),
            Mount("/static", StaticFiles(directory=templates / "web" / "static")),
        ],
        middleware=[Middleware(Guard, public_url=public_url, pages=pages, headers=_HEADERS)],
        exception_handlers={
            SignflowError: failures.known,
            HTTPException: failures.http,
            Exception: failures.unexpected,
        },
    )


class _PreviewPages:
    def __init__(self, preview: Preview, pages: Pages) -> None:
        self._preview = preview
        self._pages = pages

    async def page(self, request: Request) -> Response:
        """The draft as it was last seen."""
        preview, latest = self._preview, self._preview.latest
        findings = finding_views(self._pages.texts_for(request), latest.records, latest.unit)
        return self._pages.render(
            request,
            "preview.html.j2",
            staff=False,
            name=preview.name,
            number=preview.number,
            latest=latest,
            drawn_at=preview.drawn_at,
            digest=digest_of(preview.pdf),
            pages=page_count(preview.pdf) if preview.pdf else 0,
            findings=findings,
            lines=line_views(latest.lines, findings),
        )

    async def events(self, _request: Request) -> Response:
        """The number of each look, as it is taken."""

        async def told() -> AsyncIterator[str]:
            async for number in self._preview.numbers():
                yield ":\n\n" if number is None else f"data: {number}\n\n"

        return StreamingResponse(told(), media_type="text/event-stream")

    def image(self, request: Request) -> Response:
        """A page of the last document that could be drawn."""
        pdf = self._preview.pdf
        if request.path_params["digest"] != digest_of(pdf):
            raise NotFoundError("page-unknown", page=request.path_params["page"], pages=0)
        return Response(
            page_image(pdf, request.path_params["page"], PAGE_WIDTH_PX), media_type="image/png", headers=_KEEP
        )
