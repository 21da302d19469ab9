"""The page on which readers, and signatories who decide, read a text item by item and comment on it.

A page that is fetched changes nothing. Programs press buttons too: a comment wants words, and one is taken back by ticking a box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.errors import NotFoundError
from signflow.rendering.html.by_item import MinutesHtml, render_by_item
from signflow.rounds.model import Document
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.rounds.readers import LONGEST_COMMENT, Comment, CommentStanding
from signflow.steps import reading
from signflow.steps.draw_pages import read_page, read_shown
from signflow.steps.ports import Ports
from signflow.steps.read_apart import read_apart
from signflow.steps.reading import ReadingView
from signflow.texts import Language, Texts
from signflow.web.board import title_of
from signflow.web.doors import OpenRoute
from signflow.web.downloads import Kept
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.words import refusal_sentence

_MOST_LETTERS = 8_000_000
_LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the text that can be commented on, with what was said of it.

    Attributes:
        place: Names it in the page.
        name: Number and title of the item; empty for the whole.
        gone: Whether the present text has no such item any more.
    """

    place: str
    name: str
    html: str
    comments: tuple[Comment, ...]
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in a form that was refused, and why; all empty where nothing was tried."""

    problem: str = ""
    item: str = ""
    comment: int = 0
    text: str = ""


class CommentPages:
    """`/read/…` and `/sign/…/comments`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._texts: Kept[tuple[str, Language], MinutesHtml] = Kept(_MOST_LETTERS, _letters)

    def routes(self) -> list[Route]:
        """Where they are found."""
        routes: list[Route] = [OpenRoute("/read/{token:str}/pages/{page:int}.png", self.image, methods=["GET"])]
        for place, view in {
            "/read/{token:str}": reading.view_reader,
            "/sign/{token:str}/comments": reading.view_signatory,
        }.items():
            one = f"{place}/{{comment:int}}"
            routes += [
                OpenRoute(place, self._shows(view), methods=["GET"]),
                OpenRoute(place, taking_form(self._comments(view)), methods=["POST"]),
                OpenRoute(one, taking_form(self._corrects(view)), methods=["POST"]),
                OpenRoute(one, self.back, methods=["GET"]),
            ]
        return routes

    def back(self, request: Request) -> Response:
        """Where a form was sent there is nothing to look at: back to the page."""
        return RedirectResponse(_here(request), SEE_OTHER)

    def image(self, request: Request) -> Response:
        """A page of the signing copy."""
        view = reading.view_reader(self._ports, request.path_params["token"])
        if not view.may_read or view.copy is None:
            raise NotFoundError("no-such-link")
        return Response(read_page(self._ports, view.copy, request.path_params["page"]), media_type="image/png")

    def _shows(self, viewing: Callable[[Ports, str], ReadingView]) -> Callable[[Request], Response]:
        def page(request: Request) -> Response:
            return self._show(request, viewing(self._ports, request.path_params["token"]), Typed())

        return page

    def _comments(self, viewing: Callable[[Ports, str], ReadingView]) -> Callable[[Request, Form], Response]:
        def comment(request: Request, form: Form) -> Response:
            view = viewing(self._ports, request.path_params["token"])
            item, text = form.text("item"), form.text("text")
            if item and item not in {one.name for one in self._html(view.document, request).items}:
                outcome: Outcome = Refusal("comment-on-old-text")
            else:
                outcome = reading.comment(self._ports, view, item, _number(form.text("version")), text)
            return self._answer(request, viewing, outcome, Typed(item=item, text=text))

        return comment

    def _corrects(self, viewing: Callable[[Ports, str], ReadingView]) -> Callable[[Request, Form], Response]:
        def correct(request: Request, form: Form) -> Response:
            view = viewing(self._ports, request.path_params["token"])
            number: int = request.path_params["comment"]
            text = None if form.text("take-back") else form.text("text")
            outcome = reading.correct(self._ports, view, number, text)
            return self._answer(request, viewing, outcome, Typed(comment=number, text=text or ""))

        return correct

    def _answer(
        self, request: Request, viewing: Callable[[Ports, str], ReadingView], outcome: Outcome, typed: Typed
    ) -> Response:
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            problem = refusal_sentence(self._pages.texts_for(request), outcome)
            tried = Typed(problem, typed.item, typed.comment, typed.text)
            return self._show(request, viewing(self._ports, request.path_params["token"]), tried)
        return RedirectResponse(_here(request), SEE_OTHER)

    def _show(self, request: Request, view: ReadingView, typed: Typed) -> Response:
        t = self._pages.texts_for(request)
        document = view.document
        text = self._html(document, request) if view.may_read else MinutesHtml("", (), "")
        is_reader = request.url.path.startswith("/read/")
        copy = view.copy if is_reader and view.may_read else None
        return self._pages.render(
            request,
            "commenting.html.j2" if view.may_read else "commenting_closed.html.j2",
            UNPROCESSABLE if typed.problem else 200,
            here=_here(request),
            staff=False,
            view=view,
            document=document,
            title=title_of(t, document),
            text=text,
            passages=passages(text, document.comments) if view.may_read else (),
            typed=typed,
            is_reader=is_reader,
            pages=read_shown(self._ports, copy).pages if copy else 0,
            longest=LONGEST_COMMENT,
        )

    def _html(self, document: Document, request: Request) -> MinutesHtml:
        t: Texts = self._pages.texts_for(request)

        def read() -> MinutesHtml:
            draft = document.draft
            minutes = read_apart(self._ports.blobs.get(draft.source), draft.filename).minutes
            return render_by_item(minutes, t) if minutes else MinutesHtml("", (), "")

        return self._texts.get((document.draft.source.digest, t.language), read)


def passages(text: MinutesHtml, comments: tuple[Comment, ...]) -> tuple[Passage, ...]:
    """The items in order, each with what was said of it and not taken back; then items that are gone, then the whole."""
    kept = [one for one in comments if one.standing is not CommentStanding.TAKEN_BACK]
    said: dict[str, list[Comment]] = {}
    for one in kept:
        said.setdefault(one.item, []).append(one)
    found: list[Passage] = []
    for number, item in enumerate(text.items, 1):
        found.append(Passage(f"item-{number}", item.name, item.html, tuple(said.pop(item.name, ()))))
    whole = Passage("whole", "", "", tuple(said.pop("", ())))
    gone = [Passage(f"gone-{n}", name, "", tuple(those), gone=True) for n, (name, those) in enumerate(said.items(), 1)]
    return (*found, *gone, whole)


def _here(request: Request) -> str:
    token: str = request.path_params["token"]
    return f"/read/{token}" if request.url.path.startswith("/read/") else f"/sign/{token}/comments"


def _number(written: str) -> int:
    """A number that the page put into its form; 0, which counts nothing, where it is none."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= _LONGEST_NUMBER else 0


def _letters(text: MinutesHtml) -> int:
    return len(text.before) + len(text.after) + sum(len(one.html) for one in text.items)
