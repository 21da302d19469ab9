"""The secretary's page for readers: whom to ask, what they remarked item by item, and the answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import MARKDOWN
from signflow.rounds.access import Act
from signflow.rounds.comments import open_comments
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.rounds.readers import LONGEST_COMMENT, Comment, CommentStanding
from signflow.steps import reading
from signflow.steps.edit_draft import is_editable
from signflow.steps.ports import Ports
from signflow.steps.read_once import read_places
from signflow.steps.reading import LONGEST_NAME, Invitee
from signflow.web.board import title_of
from signflow.web.doors import StaffRoute, actor, came_back, document_of
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.unsent_forms import CameBack
from signflow.web.words import refusal_sentence

_PLACE = "/documents/{document}/readers"
_MOST_FIELDS = 220
_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that was refused: why, and what stood in it; all empty where nothing was tried."""

    problem: str = ""
    comment: int = 0
    answer: str = ""
    form: Form | None = None

    def typed(self, name: str) -> str:
        """What stood in that field."""
        return self.form.text(name) if self.form else ""


class ReaderPages:
    """`/documents/…/readers` and `/documents/…/comments/…`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/documents/{document:str}"
        invite, settle = taking_form(self.invite, _MOST_FIELDS), taking_form(self.settle)
        one = f"{place}/comments/{{number:int}}"
        return [
            StaffRoute(Act.SEE, f"{place}/readers", self.page, methods=["GET"], form_at=_PLACE),
            StaffRoute(Act.CHANGE, f"{place}/readers", invite, methods=["POST"], form_at=_PLACE),
            StaffRoute(
                Act.CHANGE, f"{place}/readers/{{number:int}}/dismissal", taking_form(self.dismiss), methods=["POST"]
            ),
            StaffRoute(Act.CHANGE, one, settle, methods=["POST"], form_at=_PLACE),
        ]

    def page(self, request: Request) -> Response:
        """Who reads, and what they remarked."""
        before = came_back(request)
        return self._show(request, document_of(request), _tried_before(before) if before else Tried())

    def invite(self, request: Request, form: Form) -> Response:
        """Ask those who are ticked, and those who are written in."""
        document = document_of(request)
        tried = Tried(form=form)
        until, written = None, form.text("until").strip()
        if written:
            try:
                until = dt.date.fromisoformat(written)
            except ValueError:
                return self._answer(request, document, Refusal("date-not-ahead"), tried)
        listed = reading.participants(self._ports, document)
        wanted = [one for number, one in enumerate(listed) if form.text(f"person-{number}") == one.person]
        for number in range(_OTHERS):
            name, address = form.text(f"name-{number}"), form.text(f"address-{number}")
            if name.strip() or address.strip():
                wanted.append(Invitee(name, address))
        outcome = reading.invite(self._ports, document.id, wanted, until, actor(request))
        return self._answer(request, document, outcome, tried)

    def dismiss(self, request: Request, _form: Form) -> Response:
        """Take an invitation back."""
        document = document_of(request)
        outcome = reading.dismiss(self._ports, document.id, request.path_params["number"], actor(request))
        return self._answer(request, document, outcome, Tried())

    def settle(self, request: Request, form: Form) -> Response:
        """Answer a comment."""
        document, number = document_of(request), int(request.path_params["number"])
        changed = form.text("as") == CommentStanding.CHANGED
        standing = CommentStanding.CHANGED if changed else CommentStanding.RESOLVED
        answer = form.text("answer")
        outcome = reading.settle(self._ports, document.id, number, (standing, answer), actor(request))
        return self._answer(request, document, outcome, Tried(comment=number, answer=answer))

    def _answer(self, request: Request, document: Document, outcome: Outcome, tried: Tried) -> Response:
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            problem = refusal_sentence(self._pages.texts_for(request), outcome)
            again = Tried(problem, tried.comment, tried.answer, tried.form)
            return self._show(request, self._ports.store.load(document.id), again)
        return RedirectResponse(f"/documents/{document.id}/readers", SEE_OTHER)

    def _show(self, request: Request, document: Document, tried: Tried) -> Response:
        t, now = self._pages.texts_for(request), self._ports.clock()
        can_invite = document.state in {State.DRAFT, State.REVIEW} and document.draft.clean
        can_edit = document.draft.source.media_type == MARKDOWN and is_editable(document)
        asked = {one.address.casefold() for one in document.readers if one.holds(now)}
        return self._pages.render(
            request,
            "readers.html.j2",
            UNPROCESSABLE if tried.problem else 200,
            here=f"/documents/{document.id}/readers",
            document=document,
            title=title_of(t, document),
            by_item=_by_item(document),
            waiting=len(open_comments(document)),
            people=reading.participants(self._ports, document) if can_invite else (),
            asked=asked,
            unreached=reading.unreached(self._ports, document),
            can_invite=can_invite,
            can_edit=can_edit,
            places=read_places(self._ports, document.draft) if can_edit and document.comments else {},
            now=now,
            today=self._ports.policy.day(now),
            others=range(_OTHERS),
            tried=tried,
            longest=LONGEST_COMMENT,
            longest_name=LONGEST_NAME,
        )


def _tried_before(before: CameBack) -> Tried:
    """An invitation, or the answer to a comment, whose number is the last of the path."""
    number = before.path.rpartition("/")[2]
    if number.isdecimal():
        return Tried(comment=int(number), answer=before.form.text("answer"))
    return Tried(form=before.form)


def _by_item(document: Document) -> dict[str, list[Comment]]:
    """What is not taken back, by item; items with something open first."""
    kept = [one for one in document.comments if one.standing is not CommentStanding.TAKEN_BACK]
    waiting = {one.item for one in open_comments(document)}
    found: dict[str, list[Comment]] = {}
    for one in sorted(kept, key=lambda one: one.item not in waiting):
        found.setdefault(one.item, []).append(one)
    return found
