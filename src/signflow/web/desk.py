"""The secretary's desk: the board, and drafts coming in."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.errors import NotFoundError
from signflow.minutes.decoding import MAX_DRAFT_BYTES
from signflow.rounds.access import Act, may, reach
from signflow.rounds.model import State
from signflow.rounds.work import WorkKind
from signflow.steps.foreign_drafts import foreign_draft
from signflow.steps.intake import final_text, take_draft
from signflow.steps.ports import Ports
from signflow.store.outbox import OpenWork
from signflow.web.board import read_board
from signflow.web.choice import read_choice
from signflow.web.doors import StaffRoute, actor, open_document, visitor
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form, uploaded
from signflow.web.notice_words import open_notices
from signflow.web.pages import Pages
from signflow.web.webhooks import webhook_troubles
from signflow.web.words import refusal_sentence, waiting_sentence


class Desk:
    """`/` and `/drafts`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where it is found."""
        return [
            StaffRoute(Act.SEE_DESK, "/", self.board, methods=["GET"], name="desk"),
            StaffRoute(Act.HAND_IN, "/drafts", taking_form(self.take), methods=["POST"], name="drafts"),
            StaffRoute(Act.HAND_IN, "/drafts/{digest:str}", self.arriving, methods=["GET"], name="draft"),
        ]

    def board(self, request: Request) -> Response:
        """What waits for whom: all that is on its way, or what was searched for."""
        t = self._pages.texts_for(request)
        choice = read_choice(request.query_params)
        store, now, viewer = self._ports.store, self._ports.clock(), visitor(request)
        return self._pages.render(
            request,
            "desk.html.j2",
            board=read_board(
                store,
                t,
                now,
                viewer=viewer,
                wanted=choice.wanted(viewer) if choice.narrows else None,
                page=choice.page,
            ),
            choice=choice,
            troubles=webhook_troubles(self._ports, request),
            states=tuple(State),
            limit_mb=MAX_DRAFT_BYTES // 1_000_000,
            notices=open_notices(self._ports, t, viewer, t.day(now), every=choice.notices),
            more_notices=replace(choice, notices=True).address,
            known=bool(viewer.address),
            bodies=sorted(store.bodies(reach(viewer, Act.SEE))),
        )

    def take(self, request: Request, form: Form) -> Response:
        """Take a draft in, for a document of which it is a new text or for none."""
        upload = uploaded(form, "file")
        document_id = form.text("document")
        if document_id:
            document = open_document(self._ports.store, request, Act.HAND_IN, document_id)
            refusal = final_text(document)
            if refusal:
                sentence = refusal_sentence(self._pages.texts_for(request), refusal)
                return self._pages.failure(request, "refused", UNPROCESSABLE, sentence)
        person = visitor(request)
        foreign = foreign_draft(self._ports, upload.data, upload.filename, person)
        if foreign:
            sentence = refusal_sentence(self._pages.texts_for(request), foreign)
            return self._pages.failure(request, "refused", UNPROCESSABLE, sentence)
        within = reach(person, Act.HAND_IN)
        source = take_draft(self._ports, upload.data, upload.filename, actor(request), document_id, within)
        return RedirectResponse(f"/drafts/{source.digest}", SEE_OTHER)

    def arriving(self, request: Request) -> Response:
        """The document that a draft has become, or a page that waits for it."""
        digest: str = request.path_params["digest"]
        document = self._ports.store.find_by_source(digest)
        work = None if document else self._registration(digest)
        if document is None and work is None:  # it may have become a document between the two looks
            document = self._ports.store.find_by_source(digest)
        if document and may(visitor(request), Act.SEE, document):
            return RedirectResponse(f"/documents/{document.id}", SEE_OTHER)
        if work is None:
            raise NotFoundError("no-such-draft")
        t = self._pages.texts_for(request)
        return self._pages.render(
            request,
            "arriving.html.j2",
            refresh_s=1,
            filename=work.work.args.get("filename", ""),
            note=waiting_sentence(t, work),
        )

    def _registration(self, digest: str) -> OpenWork | None:
        registrations = (work for work in self._ports.store.open_work() if work.work.kind is WorkKind.REGISTER_DRAFT)
        return next((work for work in registrations if work.work.args.get("digest") == digest), None)
