"""A draft corrected in the browser: checked as often as one likes, saved as a new version, never over somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import DOCX
from signflow.rounds.access import Act
from signflow.rounds.model import Document, State
from signflow.steps.check_draft import CheckedDraft, place_unit
from signflow.steps.edit_draft import (
    LARGEST_TEXT_BYTES,
    Unsaved,
    check_text,
    open_text,
    preview_html,
    save_text,
    text_lines,
)
from signflow.steps.ports import Ports
from signflow.store.listing import count_errors
from signflow.store.store import FindingRecord
from signflow.texts import Texts
from signflow.web.board import title_of
from signflow.web.doors import StaffRoute, actor, came_back, document_of
from signflow.web.findings import finding_views, line_views
from signflow.web.forms import CONFLICT, SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.guard import SECURITY_HEADERS
from signflow.web.pages import Pages

_PLACE = "/documents/{document}/text"
_LONGEST_NUMBER = 6
_CONFLICTS = (Unsaved.CONFLICT, Unsaved.PENDING)
_HEADERS = {"Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"] + "; script-src 'self'"}
"""The one page of the staff's with a script, which moves to a line of the text and without which nothing is missing."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A text that is being corrected, and what came of it so far. The text is given back whatever happens.

    Attributes:
        opened: The number of the version that it is written on top of.
        records: What was found in it when it was looked at.
        checked: What a check just now came to.
        unsaved: Why it could not be saved.
        line: Where it is opened; 0 for the beginning.
    """

    text: str
    opened: int
    records: Sequence[FindingRecord] = ()
    checked: CheckedDraft | None = None
    unsaved: Unsaved | None = None
    line: int = 0


class EditPages:
    """`/documents/…/text`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where it is found."""
        place = "/documents/{document:str}/text"
        return [
            StaffRoute(Act.HAND_IN, place, self.page, methods=["GET"], name="edit", form_at=_PLACE),
            StaffRoute(Act.HAND_IN, place, taking_form(self.answer), methods=["POST"], form_at=_PLACE),
        ]

    def page(self, request: Request) -> Response:
        """The present text, to be corrected, at a line if the address names one; or what was written and could not be sent."""
        document = document_of(request)
        before = came_back(request)
        if before:
            return self._show(
                request, document, _Attempt(before.form.text("text"), _number(before.form.text("opened")))
            )
        text = open_text(self._ports, document)
        records = self._ports.store.versions(document.id)[-1].findings
        if text is None:
            return self._show(request, document, None)
        wanted = _number(request.query_params.get("line", ""))
        line = wanted if wanted <= len(text_lines(text)) else 0
        return self._show(request, document, _Attempt(text, document.draft.number, records, line=line))

    def answer(self, request: Request, form: Form) -> Response:
        """Check the text that was sent, or save it."""
        document = document_of(request)
        text, opened = form.text("text"), _number(form.text("opened"))
        if form.text("act") != "save":
            checked = check_text(self._ports, document, text)
            return self._show(request, document, _Attempt(text, opened, checked.records(), checked))
        saved = save_text(self._ports, document, opened, text, actor(request))
        if isinstance(saved, Unsaved):
            return self._show(request, document, _Attempt(text, opened, unsaved=saved))
        return RedirectResponse(f"/drafts/{saved.digest}", SEE_OTHER)

    def _show(self, request: Request, document: Document, attempt: _Attempt | None) -> Response:
        t = self._pages.texts_for(request)
        draft = document.draft
        checked, unsaved = (attempt.checked, attempt.unsaved) if attempt else (None, None)
        findings = finding_views(t, attempt.records, place_unit(draft.source)) if attempt else ()
        page = self._pages.render(
            request,
            "edit.html.j2",
            CONFLICT if unsaved in _CONFLICTS else UNPROCESSABLE if unsaved else 200,
            here=f"/documents/{document.id}/text",
            document=document,
            title=title_of(t, document),
            attempt=attempt,
            told=_told(t, checked) if checked else "",
            problem=t(f"desk.edit.{unsaved}", number=draft.number) if unsaved else "",
            newer=open_text(self._ports, document) if unsaved is Unsaved.CONFLICT else None,
            findings=findings,
            errors=sum(finding.severity == "error" for finding in findings),
            lines=line_views(text_lines(attempt.text), findings) if attempt else (),
            preview=preview_html(self._ports, document, checked) if checked else "",
            word=draft.source.media_type == DOCX,
            ends_round=document.state is State.REVIEW,
            longest=LARGEST_TEXT_BYTES // 3,
        )
        page.headers.update(_HEADERS)
        return page


def _number(written: str) -> int:
    """A number that a page of ours wrote; 0, which counts nothing, where it is none."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= _LONGEST_NUMBER else 0


def _told(t: Texts, checked: CheckedDraft) -> str:
    errors = count_errors(checked.records())
    if not errors:
        return t("desk.edit.checked_clean")
    return t("desk.edit.checked_error" if errors == 1 else "desk.edit.checked_errors", count=errors)
