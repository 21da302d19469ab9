"""Errors as programs read them: a code and its parameters, and the sentence of the catalogue. Source: RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from signflow.errors import RefusedError, SignflowError
from signflow.rounds.outcome import Refusal
from signflow.texts import Texts
from signflow.web.forms import CONFLICT
from signflow.web.words import refusal_sentence

PLACE = "/api/v1"
PROBLEM = "application/problem+json"
API_STATUSES: Mapping[type[SignflowError], int] = {RefusedError: 422}
"""Where programs are told another status than browsers: what was given is understood, and cannot be used."""


REFUSED: Mapping[str, int] = {
    "draft-of-another-body": 403,
    "draft-of-another-body-unknown": 403,
    "draft-of-no-body": 422,
    "no-such-document": 404,
    "date-not-ahead": 422,
    "no-address": 422,
    "no-mandate": 422,
    "nobody-chosen": 422,
    "reason-missing": 422,
    "reason-too-long": 422,
    "signs-already": 422,
}
"""The statuses of refusals that another request mends; all others are of the state that the document is in (409)."""


class Fault(StrEnum):
    """What can be wrong with a request before anything is asked of the house; `api.problem.<code>` has its words."""

    TOKEN_MISSING = "token-missing"  # noqa: S105 -- a code
    TOKEN_INVALID = "token-invalid"  # noqa: S105 -- a code
    SCOPE_MISSING = "scope-missing"
    ADDRESS_UNKNOWN = "address-unknown"
    METHOD_UNKNOWN = "method-unknown"
    HOST_UNKNOWN = "host-unknown"
    MEDIA_TYPE = "media-type"
    PARAMETERS = "parameters"
    BODY = "body"
    CURSOR = "cursor"
    TOO_MANY = "too-many"
    UNAVAILABLE = "unavailable"
    UNEXPECTED = "unexpected"


STATUSES: Mapping[Fault, int] = {
    Fault.TOKEN_MISSING: 401,
    Fault.TOKEN_INVALID: 401,
    Fault.SCOPE_MISSING: 403,
    Fault.ADDRESS_UNKNOWN: 404,
    Fault.METHOD_UNKNOWN: 405,
    Fault.MEDIA_TYPE: 415,
    Fault.HOST_UNKNOWN: 421,
    Fault.PARAMETERS: 422,
    Fault.BODY: 422,
    Fault.CURSOR: 422,
    Fault.TOO_MANY: 429,
    Fault.UNEXPECTED: 500,
    Fault.UNAVAILABLE: 503,
}
_PLAIN: Mapping[int, Fault] = {
    status: fault
    for fault, status in STATUSES.items()
    if fault in {Fault.ADDRESS_UNKNOWN, Fault.METHOD_UNKNOWN, Fault.HOST_UNKNOWN, Fault.UNEXPECTED, Fault.UNAVAILABLE}
}
RETRY_AFTER_S = 10
_RETRIED = {503: {"Retry-After": str(RETRY_AFTER_S)}}


class Problem(Exception):  # noqa: N818 -- what the standard calls it
    """A request that cannot be answered as it stands.

    Attributes:
        fault: What is wrong.
        params: What the sentence is filled in with; nothing that was sent is repeated.
        headers: That the answer carries.
    """

    def __init__(self, fault: Fault, headers: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(fault)
        self.fault = fault
        self.headers = headers or {}
        self.params = params


def is_api(request: Request) -> bool:
    """Whether a program asks, which is told of errors in its own way."""
    return str(request.scope["path"]).startswith("/api/")


def problem(  # noqa: PLR0913, PLR0917 -- what a problem says
    t: Texts,
    status: int,
    code: str,
    sentence: str,
    params: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer. `code` is stable and says what is wrong; `title` is the status's own, `detail` for people."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "code": code,
        "params": dict(params or {}),
    }
    content = json.dumps(told, ensure_ascii=False, default=str).encode()
    language = {"Content-Language": t.language, "Vary": "Accept-Language"}
    return Response(content, status, {**language, **_RETRIED.get(status, {}), **(headers or {})}, PROBLEM)


def problem_of(t: Texts, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A problem of which nothing is known, or told, but its status."""
    fault = _PLAIN.get(status, Fault.UNEXPECTED if status >= 500 else Fault.BODY)
    return problem(t, status, fault, t(f"api.problem.{fault}", where=""), {}, headers)


def fault_answer(t: Texts, error: Problem) -> Response:
    """What a `Problem` says."""
    words = {name: ", ".join(value) if isinstance(value, list) else value for name, value in error.params.items()}
    sentence = t(f"api.problem.{error.fault}", **words)
    return problem(t, STATUSES[error.fault], error.fault, sentence, error.params, error.headers)


def refused(t: Texts, refusal: Refusal) -> Response:
    """What is not allowed, and whose fault it is: of what was given, of who gave it, or of the document as it is now."""
    status = REFUSED.get(refusal.code, CONFLICT)
    return problem(t, status, refusal.code, refusal_sentence(t, refusal), refusal.params)
