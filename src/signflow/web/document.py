"""One document: what was found in it, who has signed, what has happened, and what the secretary can do about it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import PDF
from signflow.errors import NotFoundError
from signflow.rounds.decide import objected_to
from signflow.rounds.model import Document, Round, Seat, Standing, State
from signflow.rounds.outcome import Outcome, Refusal
from signflow.rounds.work import WorkKind
from signflow.steps import acts
from signflow.steps.check_draft import place_unit
from signflow.steps.ports import Ports
from signflow.steps.read_apart import lines_apart
from signflow.store.outbox import OpenWork
from signflow.texts import Texts
from signflow.web.board import title_of, waits_for
from signflow.web.downloads import download
from signflow.web.findings import finding_views, line_views
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.words import history_sentence, refusal_sentence, waiting_sentence

_BY = "web"


class DocumentPages:
    """`/documents/…`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/documents/{document:str}"
        return [
            Route(place, self.page, methods=["GET"], name="document"),
            Route(f"{place}/copy.pdf", self.copy, methods=["GET"]),
            Route(f"{place}/revision.pdf", self.revision, methods=["GET"]),
            Route(f"{place}/source", self.source, methods=["GET"]),
            Route(f"{place}/review", taking_form(self.ask_review), methods=["POST"]),
            Route(f"{place}/invitations/{{field:str}}", taking_form(self.renew), methods=["POST"]),
            Route(f"{place}/withdrawal", taking_form(self.withdraw), methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """The document as it is now."""
        return self._show(request, self._load(request))

    def copy(self, request: Request) -> Response:
        """The signing copy of the latest round."""
        document = self._load(request)
        if document.round is None:
            raise NotFoundError("no-such-document", document=document.id)
        return download(self._ports.blobs.get(document.round.copy), PDF, f"{document.id}.pdf")

    def revision(self, request: Request) -> Response:
        """The latest revision, with the signatures there are."""
        document = self._load(request)
        if document.round is None:
            raise NotFoundError("no-such-document", document=document.id)
        return download(self._ports.blobs.get(document.round.current), PDF, f"{document.id}-signed.pdf")

    def source(self, request: Request) -> Response:
        """The draft as it was dropped."""
        document = self._load(request)
        source = document.draft.source
        return download(self._ports.blobs.get(source), source.media_type, document.draft.filename)

    def ask_review(self, request: Request, _form: Form) -> Response:
        """Send the draft to its signatories."""
        document = self._load(request)
        return self._answer(request, document, acts.ask_review(self._ports, document.id, _BY))

    def renew(self, request: Request, _form: Form) -> Response:
        """Send a signatory the link once more."""
        document = self._load(request)
        field: str = request.path_params["field"]
        return self._answer(request, document, acts.renew_invitation(self._ports, document.id, field, _BY))

    def withdraw(self, request: Request, form: Form) -> Response:
        """Take the document back."""
        document = self._load(request)
        return self._answer(request, document, acts.withdraw(self._ports, document.id, _BY, form.text("reason")))

    def _load(self, request: Request) -> Document:
        return self._ports.store.load(request.path_params["document"])

    def _answer(self, request: Request, document: Document, outcome: Outcome) -> Response:
        if isinstance(outcome, Refusal):
            sentence = refusal_sentence(self._pages.texts_for(request), outcome)
            return self._show(request, self._load(request), sentence)
        return RedirectResponse(f"/documents/{document.id}", SEE_OTHER)

    def _show(self, request: Request, document: Document, refusal: str = "") -> Response:
        t = self._pages.texts_for(request)
        store = self._ports.store
        versions = store.versions(document.id)
        works = store.open_work(document.id)
        draft = document.draft
        findings = finding_views(t, versions[-1].findings if versions else (), place_unit(draft.source))
        waits, _ = waits_for(t, document, versions, works)
        return self._pages.render(
            request,
            "document.html.j2",
            UNPROCESSABLE if refusal else 200,
            here=f"/documents/{document.id}",
            document=document,
            title=title_of(t, document),
            waits=waits,
            notes=[sentence for work in works if (sentence := waiting_sentence(t, work))],
            refusal=refusal,
            findings=findings,
            errors=sum(finding.severity == "error" for finding in findings),
            lines=line_views(lines_apart(self._ports.blobs.get(draft.source), draft.filename), findings),
            objection=objected_to(document),
            seats=[(seat, _standing(t, seat, document.round)) for seat in document.round.seats]
            if document.round
            else [],
            renewable=_renewable(document),
            history=[(entry.at, history_sentence(t, entry)) for entry in store.history(document.id)],
            can_ask=_can_ask(document, works),
            can_replace=document.state in {State.DRAFT, State.REVIEW},
        )


def _can_ask(document: Document, works: Sequence[OpenWork]) -> bool:
    busy = any(work.work.kind in {WorkKind.OPEN_REVIEW, WorkKind.REGISTER_DRAFT} for work in works)
    return document.state is State.DRAFT and document.draft.clean and not busy


def _standing(t: Texts, seat: Seat, current: Round) -> str:
    """How far a signatory came; in a round that ended, what is left of that."""
    if not current.ended:
        return t(f"states.standing.{seat.standing}")
    if current.objection and current.objection.person == seat.person:
        return t("states.standing_ended.objected")
    return t("states.standing_ended.signed" if seat.signature else "states.standing_ended.unsigned")


def _renewable(document: Document) -> frozenset[str]:
    seats = document.open_round.seats if document.open_round else ()
    return frozenset(seat.field for seat in seats if seat.standing is Standing.INVITED)
