"""The page on which anybody may check a document: a PDF with signatures, or the number on a printout.

What is uploaded is taken apart behind a wall and kept nowhere; the reports are handed out inside the page. Nothing is told of
documents that are not archived, and of those no more than what stands on every copy, and where the original is.
"""

from __future__ import annotations

import base64
import datetime as dt
import threading
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.blobs import fingerprint
from signflow.errors import RefusedError, UnavailableError
from signflow.rounds.access import Act, may
from signflow.signing.report import Indication
from signflow.steps.ports import Ports
from signflow.steps.recognise import Recognised, recognise_digest, recognise_texts, recognise_typed
from signflow.steps.verify import LARGEST_UPLOAD_BYTES, Verified, verify_apart, warm_up
from signflow.steps.verify_words import (
    file_facts,
    tell_document_timestamp,
    tell_revision,
    tell_signature,
    tell_statement,
    verdict_sentence,
    verdict_word,
)
from signflow.texts import Texts
from signflow.web.allowance import Allowance
from signflow.web.doors import OpenRoute, known
from signflow.web.guard import is_at_this_machine
from signflow.web.pages import Pages
from signflow.web.words import error_sentence, written_date

_PLACE = "/verify"
_MOST_HELD = 4  # uploads in memory at once
_CHECKS, _LOOKS, _PERIOD = 20, 60, dt.timedelta(minutes=10)
_TOO_MANY, _BUSY, _UNPROCESSABLE = 429, 503, 422


class VerifyPages:
    """`/verify`, public."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._places = threading.BoundedSemaphore(_MOST_HELD)
        self._checks = Allowance(_CHECKS, _PERIOD, ports.clock)
        self._looks = Allowance(_LOOKS, _PERIOD, ports.clock)

    def routes(self) -> list[Route]:
        """Where they are found."""
        return [
            OpenRoute(_PLACE, self.page, methods=["GET"], name="verify"),
            OpenRoute(_PLACE, self.check, methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """The two forms; with a number or fingerprint in the address, what it belongs to."""
        typed = request.query_params.get("q", "").strip()
        if not typed:
            warm_up()  # whoever looks for a file to check need not wait for it to load as well
            return self._forms(request)
        if not _may(request, self._looks):
            return self._problem(request, "often", _TOO_MANY)
        return self._forms(request, typed=typed, looked=True, copy=recognise_typed(self._ports, typed))

    async def check(self, request: Request) -> Response:
        """The result for the file that was sent."""
        if not _may(request, self._checks):
            return self._problem(request, "often", _TOO_MANY)
        async with request.form(max_files=1, max_fields=2) as sent:
            file = sent.get("file")
            if not isinstance(file, UploadFile) or not file.size:
                return self._forms(request, _UNPROCESSABLE, problem="upload-missing")
            return await run_in_threadpool(self._answer, request, file)

    def _answer(self, request: Request, file: UploadFile) -> Response:
        if not self._places.acquire(blocking=False):
            return self._problem(request, "busy", _BUSY)
        try:
            at = self._ports.clock().replace(microsecond=0)
            verified = verify_apart(file.file.read(), self._ports.trust_for_strangers(), at=at)
        except UnavailableError:
            return self._problem(request, "busy", _BUSY)
        except RefusedError as error:
            sentence = error_sentence(self._pages.texts_for(request), error.code, error.params)
            return self._forms(request, _UNPROCESSABLE, sentence=sentence)
        finally:
            self._places.release()
        return self._result(request, file.filename or "", verified)

    def _result(self, request: Request, filename: str, verified: Verified) -> Response:
        t, report = self._pages.texts_for(request), verified.report
        copy = recognise_digest(self._ports, report.digest)
        if copy is None and verified.texts:
            broken = report.indication is Indication.TOTAL_FAILED
            copy = recognise_texts(self._ports, verified.texts, broken=broken)
        return self._pages.render(
            request,
            "verified.html.j2",
            here=_PLACE,
            staff=False,
            filename=filename[:200],
            report=report,
            word=verdict_word(report, t),
            sentence=verdict_sentence(report, t),
            signatures=[tell_signature(one, report.at, t) for one in report.signatures],
            timestamps=[tell_document_timestamp(one, report.at, t) for one in report.document_timestamps],
            statements=[tell_statement(one, t) for one in verified.statements],
            revisions=[tell_revision(one, t) for one in report.revisions],
            facts=file_facts(report, t),
            fingerprint=fingerprint(report.digest),
            xml=_link("application/xml", verified.xml),
            json=_link("application/json", report.to_json().encode()),
            about=_about(request, t, copy) if copy else None,
        )

    def _forms(  # noqa: PLR0913 -- what the page may say
        self,
        request: Request,
        status: int = 200,
        *,
        problem: str = "",
        sentence: str = "",
        typed: str = "",
        looked: bool = False,
        copy: Recognised | None = None,
    ) -> Response:
        t = self._pages.texts_for(request)
        return self._pages.render(
            request,
            "verify.html.j2",
            status,
            here=_PLACE,
            staff=False,
            problem=sentence or (error_sentence(t, problem, {}) if problem else ""),
            typed=typed,
            looked=looked,
            limit=LARGEST_UPLOAD_BYTES // 1_000_000,
            about=_about(request, t, copy) if copy else None,
        )

    def _problem(self, request: Request, kind: str, status: int) -> Response:
        response = self._forms(request, status, sentence=self._pages.texts_for(request)(f"verify.problem.{kind}"))
        response.headers["Retry-After"] = "60"
        return response


@dataclass(frozen=True, slots=True)
class _About:
    """The document that something is a copy of, as it is shown.

    Attributes:
        copy: The document.
        meeting: When it met, in words; empty where that is not known.
        fingerprint: Of the original.
        reachable: Whether the one who asks may open it in the archive.
    """

    copy: Recognised
    meeting: str
    fingerprint: str
    reachable: bool


def _about(request: Request, t: Texts, copy: Recognised) -> _About:
    meeting = written_date(t, copy.meeting) if copy.meeting else ""
    visitor = known(request)
    reachable = visitor is not None and may(visitor, Act.SEE_ARCHIVED)
    return _About(copy, meeting, fingerprint(copy.digest), reachable)


def _may(request: Request, allowance: Allowance) -> bool:
    return is_at_this_machine(request) or allowance.take(request.client.host if request.client else "")


def _link(media_type: str, data: bytes) -> str:
    """The bytes in an address of their own, so that nothing need be kept to download them. Source: RFC 2397."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
