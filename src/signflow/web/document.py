"""One document: what was found in it, who has signed, what has happened, and what the secretary can do about it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import MARKDOWN, PDF
from signflow.errors import NotFoundError
from signflow.minutes.decoding import MAX_DRAFT_BYTES
from signflow.rounds.access import Act, may
from signflow.rounds.comments import open_comments
from signflow.rounds.drafts import objected_to
from signflow.rounds.extracts import undelivered
from signflow.rounds.immediate import cut_hindrance, sign_hindrance
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import Outcome, Refusal
from signflow.rounds.work import WorkKind
from signflow.steps import acts
from signflow.steps.check_draft import place_unit
from signflow.steps.edit_draft import is_editable
from signflow.steps.ports import Ports
from signflow.steps.read_once import read_lines
from signflow.steps.reading import unreached
from signflow.store.listing import count_errors
from signflow.store.outbox import OpenWork
from signflow.web.board import title_of, waits_for, waits_since
from signflow.web.dates import due_view, since_words
from signflow.web.doors import StaffRoute, actor, document_of, visitor
from signflow.web.downloads import download
from signflow.web.findings import finding_views, line_views
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.immediate import part_of_words, part_views
from signflow.web.notice_words import notice_sentence
from signflow.web.pages import Pages
from signflow.web.round_changes import Attempt, RoundChanges, choices, days_ahead, seat_views
from signflow.web.timeline import timeline
from signflow.web.words import refusal_sentence, waiting_sentence

_LOOK_AGAIN_S = 2
_SOON_DONE = frozenset(
    {WorkKind.REGISTER_DRAFT, WorkKind.OPEN_REVIEW, WorkKind.APPLY_SIGNATURE, WorkKind.ARCHIVE_MINUTES}
)


class DocumentPages:
    """`/documents/…`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/documents/{document:str}"
        return [
            StaffRoute(Act.SEE, place, self.page, methods=["GET"], name="document"),
            StaffRoute(Act.SEE, f"{place}/copy.pdf", self.copy, methods=["GET"]),
            StaffRoute(Act.SEE, f"{place}/revision.pdf", self.revision, methods=["GET"]),
            StaffRoute(Act.SEE, f"{place}/source", self.source, methods=["GET"]),
            StaffRoute(Act.CHANGE, f"{place}/review", taking_form(self.ask_review), methods=["POST"]),
            StaffRoute(Act.CHANGE, f"{place}/withdrawal", taking_form(self.withdraw), methods=["POST"]),
            *RoundChanges(self._ports, self._pages, self._show).routes(),
        ]

    def page(self, request: Request) -> Response:
        """The document as it is now."""
        return self._show(request, document_of(request), Attempt())

    def copy(self, request: Request) -> Response:
        """The signing copy of the latest round."""
        document = document_of(request)
        if document.round is None:
            raise NotFoundError("no-such-document", document=document.id)
        return download(self._ports.blobs.get(document.round.copy), PDF, f"{document.id}.pdf")

    def revision(self, request: Request) -> Response:
        """The latest revision, with the signatures there are."""
        document = document_of(request)
        if document.round is None:
            raise NotFoundError("no-such-document", document=document.id)
        return download(self._ports.blobs.get(document.round.current), PDF, f"{document.id}-signed.pdf")

    def source(self, request: Request) -> Response:
        """The draft as it was dropped."""
        document = document_of(request)
        source = document.draft.source
        return download(self._ports.blobs.get(source), source.media_type, document.draft.filename)

    def ask_review(self, request: Request, _form: Form) -> Response:
        """Send the draft to its signatories."""
        document = document_of(request)
        return self._answer(request, document, acts.ask_review(self._ports, document.id, actor(request)))

    def withdraw(self, request: Request, form: Form) -> Response:
        """Take the document back."""
        document = document_of(request)
        return self._answer(
            request, document, acts.withdraw(self._ports, document.id, actor(request), form.text("reason"))
        )

    def _answer(self, request: Request, document: Document, outcome: Outcome) -> Response:
        if isinstance(outcome, Refusal):
            sentence = refusal_sentence(self._pages.texts_for(request), outcome)
            return self._show(request, self._ports.store.load(document.id), Attempt(sentence))
        return RedirectResponse(f"/documents/{document.id}", SEE_OTHER)

    def _show(self, request: Request, document: Document, attempt: Attempt) -> Response:
        t = self._pages.texts_for(request)
        store = self._ports.store
        versions = store.versions(document.id)
        works = store.open_work(document.id)
        draft = document.draft
        records = versions[-1].findings
        findings = finding_views(t, records, place_unit(draft.source))
        now = self._ports.clock()
        since, today = waits_since(document, versions[-1].registered_at), t.day(now)
        waits, _ = waits_for(t, document, count_errors(records), works, today)
        may_change = may(visitor(request), Act.CHANGE, document)
        moving = request.method != "POST" and _is_soon_other(works)
        return self._pages.render(
            request,
            "document.html.j2",
            UNPROCESSABLE if attempt.problem else 200,
            here=f"/documents/{document.id}",
            refresh_s=_LOOK_AGAIN_S if moving else 0,
            moving=moving,
            document=document,
            title=title_of(t, document),
            limit_mb=MAX_DRAFT_BYTES // 1_000_000,
            waits=waits,
            since=since_words(t, t.day(since), today) if since else "",
            due=due_view(t, document, today),
            notice=notice_sentence(t, document, today),
            undelivered=undelivered(document),
            unreached=unreached(self._ports, document),
            notes=[sentence for work in works if (sentence := waiting_sentence(t, work))],
            attempt=attempt,
            findings=findings,
            errors=sum(finding.severity == "error" for finding in findings),
            lines=line_views(read_lines(self._ports, draft), findings),
            objection=objected_to(document),
            seats=seat_views(t, document, now),
            choices=choices(self._ports, document) if may_change else (),
            days=days_ahead(today),
            longest_reason=acts.LONGEST_REASON,
            history=timeline(t, store.history(document.id)),
            versions=versions,
            waiting=len(open_comments(document)),
            part_rows=part_views(t, document),
            part_of=part_of_words(t, document),
            can_cut=not cut_hindrance(document),
            can_ask=_can_ask(document, works),
            can_replace=is_editable(document),
            can_edit=draft.source.media_type == MARKDOWN,
        )


def _is_soon_other(works: Sequence[OpenWork]) -> bool:
    """Whether the page is worth looking at again in a moment: work on the document is under way, and none of it waits."""
    return any(work.work.kind in _SOON_DONE for work in works) and not any(work.waiting_code for work in works)


def _can_ask(document: Document, works: Sequence[OpenWork]) -> bool:
    busy = any(work.work.kind in {WorkKind.OPEN_REVIEW, WorkKind.REGISTER_DRAFT} for work in works)
    ready = document.draft.clean and not sign_hindrance(document)
    return document.state is State.DRAFT and ready and not busy
