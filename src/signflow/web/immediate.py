"""Items that are adjusted at once: chosen on a page, and told of on both documents' pages."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.minutes.immediate import MOST_ITEMS, written_items
from signflow.rounds.access import Act
from signflow.rounds.immediate import cut_hindrance
from signflow.rounds.model import Document
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.rounds.parts import Part
from signflow.steps.immediate import choosable, cut_out
from signflow.steps.ports import Ports
from signflow.texts import Texts
from signflow.web.board import title_of
from signflow.web.doors import StaffRoute, actor, document_of
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.words import refusal_sentence

_FIELD = "item-"
_LONGEST_NUMBER = 6


class ImmediatePages:
    """`/documents/…/immediate`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where it is found."""
        place = "/documents/{document:str}/immediate"
        return [
            StaffRoute(Act.CHANGE, place, self.page, methods=["GET"], name="immediate"),
            StaffRoute(Act.CHANGE, place, taking_form(self.choose, MOST_ITEMS + 1), methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """The items, to be chosen from; to the document's page where none can be."""
        document = document_of(request)
        if cut_hindrance(document):
            return RedirectResponse(f"/documents/{document.id}", SEE_OTHER)
        return self._show(request, document)

    def choose(self, request: Request, form: Form) -> Response:
        """Have the chosen items adjusted at once."""
        document = document_of(request)
        told = [name.removeprefix(_FIELD) for name in form.fields if name.startswith(_FIELD)]
        numbers = [int(one) for one in told if one.isascii() and one.isdecimal() and len(one) <= _LONGEST_NUMBER]
        outcome = cut_out(self._ports, document, numbers, actor(request))
        return self._answer(request, document, outcome, frozenset(numbers))

    def _answer(self, request: Request, document: Document, outcome: Outcome, chosen: frozenset[int]) -> Response:
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            sentence = refusal_sentence(self._pages.texts_for(request), outcome)
            return self._show(request, self._ports.store.load(document.id), sentence, chosen)
        return RedirectResponse(f"/documents/{document.id}", SEE_OTHER)

    def _show(
        self, request: Request, document: Document, problem: str = "", chosen: frozenset[int] = frozenset()
    ) -> Response:
        t = self._pages.texts_for(request)
        if cut_hindrance(document):
            return self._pages.failure(request, "refused", UNPROCESSABLE, problem)
        return self._pages.render(
            request,
            "immediate.html.j2",
            UNPROCESSABLE if problem else 200,
            here=f"/documents/{document.id}/immediate",
            document=document,
            title=title_of(t, document),
            items=choosable(self._ports, document),
            chosen=chosen,
            problem=problem,
            limit=MOST_ITEMS,
        )


@dataclass(frozen=True, slots=True)
class PartView:
    """What became of items that are adjusted at once.

    Attributes:
        id: The document that they are adjusted in; empty while it is not registered yet.
        sentence: Which items, and how far it came.
        digest: Of the archived file; empty before.
    """

    id: str
    sentence: str
    digest: str


def part_views(t: Texts, document: Document) -> tuple[PartView, ...]:
    """The document's parts, the first first."""
    return tuple(PartView(part.id if part.state else "", _told(t, part), part.digest) for part in document.parts)


def _told(t: Texts, part: Part) -> str:
    items = written_items(part.items)
    if not part.state:
        return t("immediate.state.arriving", items=items)
    date = t.date(t.day(part.adjusted_at)) if part.adjusted_at else ""
    return t(f"immediate.state.{part.state}", items=items, date=date)


def part_of_words(t: Texts, document: Document) -> str:
    """Of which items of the minutes the document is; empty for every other."""
    return t("immediate.part_of", items=written_items(document.part_of.items)) if document.part_of else ""
