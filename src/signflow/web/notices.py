"""The notice board that anybody reads, and what the secretary does with the notice of one document.

On the board are the body, days, numbers of items, where the minutes are and who answers for them; no titles of items, which
may name people, and no minutes.
"""

from __future__ import annotations

import datetime as dt

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import digest_of
from signflow.rounds.access import Act
from signflow.rounds.model import Document
from signflow.rounds.notices import LONGEST_PLACE, first_day_down
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.steps.notices import (
    NoticeSheet,
    items_of,
    notice_sheet,
    post_notice,
    sheet_as_text,
    take_down_notice,
)
from signflow.steps.ports import Ports
from signflow.web.board import title_of
from signflow.web.doors import OpenRoute, StaffRoute, actor, document_of
from signflow.web.downloads import Kept, download
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.notice_words import notice_sentence, proof_of
from signflow.web.pages import Pages
from signflow.web.words import refusal_sentence

_MOST_KEPT_LETTERS = 1_000_000


class NoticePages:
    """`/notices` and `/documents/…/notice`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._items: Kept[str, str] = Kept(_MOST_KEPT_LETTERS, lambda items: 64 + len(items))

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/documents/{document:str}/notice"
        return [
            OpenRoute("/notices", self.board, methods=["GET"], name="notices"),
            OpenRoute("/notices/{notice:str}", self.public, methods=["GET"]),
            StaffRoute(Act.SEE, place, self.page, methods=["GET"], name="notice"),
            StaffRoute(Act.SEE, f"{place}.html", self.file, methods=["GET"]),
            StaffRoute(Act.CHANGE, place, taking_form(self.post), methods=["POST"]),
            StaffRoute(Act.CHANGE, f"{place}/taken-down", taking_form(self.take_down), methods=["POST"]),
        ]

    def board(self, request: Request) -> Response:
        """What is up now on signflow's own board; nothing where that is no notice board and nothing is left on it."""
        up = self._ports.store.notices_on_our_board()
        if not up and not self._ports.policy.notices.board:
            raise HTTPException(404)
        t = self._pages.texts_for(request)
        rows = [(document, notice_sentence(t, document, self._today())) for document in up]
        return self._pages.render(request, "notices.html.j2", staff=False, rows=rows)

    def public(self, request: Request) -> Response:
        """One notice, for as long as it is up."""
        named: str = request.path_params["notice"]
        document = next((one for one in self._ports.store.notices_on_our_board() if one.id == named), None)
        sheet = self._sheet(document) if document else None
        if sheet is None:
            raise HTTPException(404)
        return self._pages.render(request, "notice_up.html.j2", staff=False, sheet=sheet)

    def page(self, request: Request) -> Response:
        """The notice, where it is, and the proof of it; to the document's page where there is none to be."""
        return self._show(request, document_of(request))

    def file(self, request: Request) -> Response:
        """The notice as a page of its own, to be put on another web site."""
        document = document_of(request)
        sheet = self._sheet(document)
        if sheet is None:
            return RedirectResponse(f"/documents/{document.id}", SEE_OTHER)
        html = self._pages.fragment("notice_file.html.j2", sheet.language, sheet=sheet)
        return download(html.encode(), "text/html", f"{document.id}-notice.html")

    def post(self, request: Request, form: Form) -> Response:
        """Say that it is up: on our board from today, or elsewhere since a day."""
        document = document_of(request)
        own = form.text("board") == "own"
        day = self._today() if own else _day(form.text("on"))
        place = "" if own else form.text("place")
        if day is None or not (own or place.strip()):
            return self._answer(request, document, Refusal("notice-place-missing", {"limit": LONGEST_PLACE}))
        return self._answer(request, document, post_notice(self._ports, document.id, day, place, actor(request)))

    def take_down(self, request: Request, form: Form) -> Response:
        """Say that it was taken down."""
        document = document_of(request)
        day = _day(form.text("on")) or self._today()
        return self._answer(request, document, take_down_notice(self._ports, document.id, day, actor(request)))

    def _answer(self, request: Request, document: Document, outcome: Outcome) -> Response:
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            sentence = refusal_sentence(self._pages.texts_for(request), outcome)
            return self._show(request, self._ports.store.load(document.id), sentence)
        return RedirectResponse(f"/documents/{document.id}/notice", SEE_OTHER)

    def _show(self, request: Request, document: Document, problem: str = "") -> Response:
        sheet = self._sheet(document)
        t, today, notice = self._pages.texts_for(request), self._today(), document.notice
        told = notice_sentence(t, document, today)
        if sheet is None or told is None:
            if problem:
                return self._pages.failure(request, "refused", UNPROCESSABLE, problem)
            return RedirectResponse(f"/documents/{document.id}", SEE_OTHER)
        return self._pages.render(
            request,
            "notice.html.j2",
            UNPROCESSABLE if problem else 200,
            here=f"/documents/{document.id}/notice",
            document=document,
            title=title_of(t, document),
            told=told,
            sheet=sheet,
            text=sheet_as_text(sheet),
            proof=proof_of(t, document),
            problem=problem,
            own_board=self._ports.policy.notices.board,
            adjusted_on=t.day(document.adjusted_at) if document.adjusted_at else today,
            today=today,
            longest_place=LONGEST_PLACE,
            first_down=first_day_down(document) if notice and notice.is_up else None,
        )

    def _sheet(self, document: Document) -> NoticeSheet | None:
        if document.adjusted_at is None:
            return None
        draft, notice = document.draft, document.notice
        # how a text is read depends on its name too, and which items are left out on the document
        key = digest_of(f"{draft.source.digest} {draft.filename} {document.id}".encode())
        items = self._items.get(key, lambda: items_of(self._ports, document))
        posted_on = notice.posted_on if notice and notice.posted_on else self._today()
        return notice_sheet(self._ports, document, items, posted_on)

    def _today(self) -> dt.date:
        return self._ports.policy.notices.day(self._ports.clock())


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written.strip())
    except ValueError:
        return None
