"""Errors as pages: what the sentence under `errors.<code>` says, with the status that fits."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from signflow.errors import (
    IntegrityError,
    NotFoundError,
    RefusedError,
    SignflowError,
    StaleError,
    UnavailableError,
)
from signflow.web.api.problems import API_STATUSES, Problem, fault_answer, is_api, problem, problem_of
from signflow.web.guard import SECURITY_HEADERS, transport_headers
from signflow.web.pages import Pages
from signflow.web.words import error_sentence

_STATUSES: Mapping[type[SignflowError], tuple[int, str]] = {
    NotFoundError: (404, "missing"),
    StaleError: (409, "stale"),
    RefusedError: (400, "refused"),
    UnavailableError: (503, "unavailable"),
    IntegrityError: (500, "unexpected"),
}
_TOO_LARGE = frozenset({"request-too-large", "draft-too-large"})
_PLACES = 12
_HTTP_KINDS: Mapping[int, str] = {404: "missing", 405: "missing"}


class Failures:
    """Answers when a page could not be made."""

    def __init__(self, pages: Pages, public_url: str) -> None:
        self._pages = pages
        self._headers = {**SECURITY_HEADERS, **transport_headers(public_url), "Cache-Control": "no-store"}
        self._log = structlog.stdlib.get_logger(__name__)

    async def known(self, request: Request, error: Exception) -> Response:
        """An error of our own tree. Its parameters hold no secrets; the address may, and is not logged."""
        if not isinstance(error, SignflowError):
            raise error
        status, kind = next(found for type_, found in _STATUSES.items() if isinstance(error, type_))
        if is_api(request):
            status = API_STATUSES.get(type(error), status)
        if error.code in _TOO_LARGE:
            status = 413
        if status >= 500:
            self._log.error("page-failed", code=error.code, params=error.params)
        # what is wrong inside the house is for those who run it, not for whoever asks
        told = status < 500 or (kind == "unavailable" and hasattr(request.state, "person"))
        t = self._pages.texts_for(request)
        sentence = error_sentence(t, error.code, error.params) if told else ""
        if is_api(request):
            return problem(t, status, error.code, sentence, error.params) if told else problem_of(t, status)
        return self._pages.failure(request, kind, status, sentence)

    async def http(self, request: Request, error: Exception) -> Response:
        """No such page, or not in that way."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        if is_api(request):
            headers = error.headers if isinstance(error, HTTPException) else None
            return problem_of(self._pages.texts_for(request), status, headers)
        return self._pages.failure(request, _HTTP_KINDS.get(status, "refused"), status)

    async def told(self, request: Request, error: Exception) -> Response:
        """What a program is told that asked in a way that cannot be answered."""
        if not isinstance(error, Problem):
            raise error
        return fault_answer(self._pages.texts_for(request), error)

    async def unexpected(self, request: Request, error: Exception) -> Response:
        """A defect of ours. This answer is made outside the guard, so it brings the guard's headers itself."""
        # not the traceback with its values: a token is among the values of every signing page
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        self._log.error("page-broken", error=type(error).__name__, places=places[-_PLACES:])
        t = self._pages.texts_for(request)
        page = problem_of(t, 500) if is_api(request) else self._pages.failure(request, "unexpected", 500)
        page.headers.update(self._headers)
        return page
