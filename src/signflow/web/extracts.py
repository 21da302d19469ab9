"""The secretary's page for extracts: which items go to whom, how they will look, and what became of those that were sent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import PDF
from signflow.errors import NotFoundError, RefusedError
from signflow.rounds.access import Act
from signflow.rounds.extracts import LONGEST_REASON, MOST_ITEMS, MOST_RECIPIENTS, not_yet
from signflow.rounds.model import Document
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.steps.extracts import Choice, OfferedItem, Order, offered_items, preview, send_extracts
from signflow.steps.ports import Ports
from signflow.steps.recipients import LONGEST_TYPED, read_recipients
from signflow.web.board import title_of
from signflow.web.doors import StaffRoute, actor, document_of, visitor
from signflow.web.downloads import Kept, download
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.words import error_sentence, refusal_sentence, waiting_sentence

_MOST_FIELDS = 2000
_MOST_KEPT_ITEMS = 5000
_MOST_SHOWN_PEOPLE = 100
_LONGEST_NONCE = 64


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that was refused: why, and what stood in it; all empty where nothing was tried."""

    problem: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    def typed(self, name: str) -> str:
        """What stood in that field."""
        return self.fields.get(name, "")


class ExtractPages:
    """`/documents/…/extracts`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._offered: Kept[str, tuple[OfferedItem, ...]] = Kept(_MOST_KEPT_ITEMS, len)

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/documents/{document:str}/extracts"
        send = taking_form(self.send, _MOST_FIELDS)
        return [
            StaffRoute(Act.SEND_EXTRACTS, place, self.page, methods=["GET"], name="extracts"),
            StaffRoute(Act.SEND_EXTRACTS, f"{place}/{{item:int}}.pdf", self.look, methods=["GET"]),
            StaffRoute(Act.SEND_EXTRACTS, place, send, methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """What can be sent, and what was."""
        return self._show(request, document_of(request), Tried())

    def look(self, request: Request) -> Response:
        """An extract as it would be sent: masked, unless the address asks for it otherwise."""
        document, number = document_of(request), int(request.path_params["item"])
        masked = "unmasked" not in request.query_params
        return download(preview(self._ports, document, number, masked=masked), PDF, f"{document.id}-{number}.pdf")

    def send(self, request: Request, form: Form) -> Response:
        """Send the items that are ticked to those who are ticked or written in."""
        document = document_of(request)
        ticked = [value for name, value in form.fields.items() if name.startswith("to-")]
        recipients = read_recipients(self._ports, form.text("recipients"), ticked)
        if isinstance(recipients, Refusal):
            return self._answer(request, document, not_yet(document) or recipients, form)
        order = Order(
            form.text("nonce")[:_LONGEST_NONCE],
            _choices(form),
            recipients,
            again=bool(form.text("again")),
            reply_to=visitor(request).address,
        )
        try:
            outcome = send_extracts(self._ports, document, order, actor(request))
        except RefusedError as error:
            sentence = error_sentence(self._pages.texts_for(request), error.code, error.params)
            return self._show(request, document, Tried(sentence, form.fields))
        return self._answer(request, document, outcome, form)

    def _answer(self, request: Request, document: Document, outcome: Outcome, form: Form) -> Response:
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            sentence = refusal_sentence(self._pages.texts_for(request), outcome)
            return self._show(request, self._ports.store.load(document.id), Tried(sentence, form.fields))
        return RedirectResponse(f"/documents/{document.id}/extracts#sent", SEE_OTHER)

    def _show(self, request: Request, document: Document, tried: Tried) -> Response:
        t = self._pages.texts_for(request)
        early = not_yet(document)
        people = self._ports.people.all()
        works = self._ports.store.open_work(document.id)
        return self._pages.render(
            request,
            "extracts.html.j2",
            UNPROCESSABLE if tried.problem else 200,
            here=f"/documents/{document.id}/extracts",
            document=document,
            title=title_of(t, document),
            early=refusal_sentence(t, early) if early else "",
            items=() if early else self._items(document),
            people=people[:_MOST_SHOWN_PEOPLE],
            more_people=len(people) > _MOST_SHOWN_PEOPLE,
            notes=[sentence for work in works if (sentence := waiting_sentence(t, work))],
            nonce=tried.typed("nonce") or secrets.token_urlsafe(16),
            tried=tried,
            most_items=MOST_ITEMS,
            most_recipients=MOST_RECIPIENTS,
            longest_reason=LONGEST_REASON,
            longest_typed=LONGEST_TYPED,
        )

    def _items(self, document: Document) -> tuple[OfferedItem, ...]:
        if document.archived is None:  # it is archived
            raise NotFoundError("no-such-document", document=document.id)
        return self._offered.get(document.archived.pdf.digest, lambda: offered_items(self._ports, document.id))


def _choices(form: Form) -> tuple[Choice, ...]:
    """The items that are ticked, by number."""
    numbers = sorted(
        {int(value) for name, value in form.fields.items() if name == f"item-{value}" and value.isdecimal()}
    )
    return tuple(
        Choice(number, bool(form.text(f"unmasked-{number}")), form.text(f"reason-{number}")) for number in numbers
    )
