"""A fresh draft from the desk: the secretary says what kind, and keeps the file that comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.errors import RefusedError
from signflow.minutes.model import MinutesClass
from signflow.rounds.access import Act
from signflow.starts.fresh import Meeting
from signflow.steps.new_draft import expected, new_draft
from signflow.steps.ports import Ports
from signflow.texts import LANGUAGES, Language
from signflow.web.doors import StaffRoute
from signflow.web.downloads import download
from signflow.web.forms import Form, taking_form

_LANGUAGES: Mapping[str, Language] = {language: language for language in LANGUAGES}
_IS_WORD = {"word": True, "markdown": False}
_LONGEST_BODY = 200
_HIGHEST_ITEM = 99_999


class StartPages:
    """`/drafts/new`. Nothing is kept of what it makes."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def routes(self) -> list[Route]:
        """Where it is found."""
        return [StaffRoute(Act.HAND_IN, "/drafts/new", taking_form(self.begin), methods=["POST"])]

    def begin(self, _request: Request, form: Form) -> Response:
        """The draft, as a file to keep."""
        ports = self._ports
        body = form.text("body").strip()[:_LONGEST_BODY]
        try:
            minutes_class = MinutesClass(form.text("class"))
            language = _LANGUAGES[form.text("language")]
            as_word = _IS_WORD[form.text("format")]
            date = dt.date.fromisoformat(form.text("date")) if form.text("date") else None
            first_item = int(form.text("first_item") or 1)
        except (KeyError, ValueError) as error:
            raise RefusedError("start-form-unreadable") from error
        if not 1 <= first_item <= _HIGHEST_ITEM:
            raise RefusedError("start-form-unreadable")
        meeting = Meeting(minutes_class, body, date, first_item, expected(ports.people.all(), body))
        draft = new_draft(meeting, ports.templates, ports.texts[language], as_word=as_word, at=ports.clock())
        return download(draft.data, draft.media_type, draft.filename)
