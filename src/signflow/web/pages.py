"""Turning values into pages: the language of a request, the templates, the one layout around them all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from signflow.rounds.access import Act, Person, may
from signflow.rounds.model import Document
from signflow.texts import LANGUAGES, Language, Texts

_COOKIE = "lang"
_COOKIE_S = 365 * 24 * 3600
_LONGEST_ACCEPT = 500


class Pages:
    """The pages of one house, in the language of whoever asks."""

    def __init__(
        self, templates: Path, texts: Mapping[Language, Texts], language: Language, organisation: str, *, secure: bool
    ) -> None:
        self._texts = texts
        self._language: Language = language
        self._organisation = organisation
        self._secure = secure
        self._environment = Environment(
            loader=FileSystemLoader(templates / "web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def texts_for(self, request: Request) -> Texts:
        """The catalogue in the language that was asked for in the address, is remembered, or the browser prefers."""
        return self._texts[self._language_of(request)]

    def render(  # noqa: PLR0913 -- what every page may choose
        self,
        request: Request,
        template: str,
        status: int = 200,
        *,
        here: str = "",
        staff: bool = True,
        refresh_s: int = 0,
        **values: object,
    ) -> Response:
        """A page.

        Args:
            request: What asks for it.
            template: Its file in `templates/web`.
            status: The HTTP status.
            here: The address at which it can be looked at again; that of the request if empty.
            staff: Whether it shows the staff their pages, and who is signed in.
            refresh_s: After how many seconds the browser looks again, unless the reader has turned that off; 0 for never.
            values: What the template shows.
        """
        texts = self.texts_for(request)
        chosen = request.query_params.get(_COOKIE)
        waits = refresh_s > 0 and "still" not in request.query_params
        kept = [(name, value) for name, value in request.query_params.items() if name != _COOKIE]
        visitor: Person | None = getattr(request.state, "person", None)
        html = self._environment.get_template(template).render(
            t=texts,
            organisation=self._organisation,
            here=here or quote(request.url.path),
            kept=kept,
            staff=staff,
            visitor=visitor,
            may=partial(_may, visitor),
            languages=LANGUAGES,
            refreshes=waits,
            came_back=getattr(request.state, "came_back", None) is not None,
            **values,
        )
        response = HTMLResponse(html, status, {"Content-Language": texts.language, "Vary": "Accept-Language, Cookie"})
        if waits:
            response.headers["Refresh"] = str(refresh_s)
        if chosen in LANGUAGES:
            response.set_cookie(_COOKIE, chosen, max_age=_COOKIE_S, httponly=True, samesite="lax", secure=self._secure)
        return response

    def fragment(self, template: str, language: Language, **values: object) -> str:
        """A file that stands without us: HTML in that language, with nothing around it."""
        return self._environment.get_template(template).render(
            t=self._texts[language], organisation=self._organisation, **values
        )

    def failure(
        self, request: Request, kind: str, status: int, sentence: str = "", *, sign_in: str = "/staff/sign-in"
    ) -> Response:
        """A polite page that says what is wrong and what to do; `web.failure.<kind>_*` names its words.

        Args:
            request: What it answers.
            kind: Which.
            status: The HTTP status.
            sentence: What is wrong, where that is not always the same.
            sign_in: Where to sign in, for who is signed out.
        """
        return self.render(
            request, "failure.html.j2", status, here="/", staff=False, kind=kind, sentence=sentence, sign_in=sign_in
        )

    def _language_of(self, request: Request) -> Language:
        for wish in (request.query_params.get(_COOKIE), request.cookies.get(_COOKIE)):
            for language in LANGUAGES:
                if wish == language:
                    return language
        return preferred(request.headers.get("accept-language", ""), self._language)


def _may(visitor: Person | None, act: str, document: Document | None = None) -> bool:
    """What templates ask before they show the way to something."""
    return visitor is not None and may(visitor, Act(act), document)


def preferred(accepted: str, default: Language) -> Language:
    """The language that an Accept-Language header (RFC 9110 12.5.4) ranks highest among ours."""
    best: Language = default
    highest = 0.0
    for wish in accepted[:_LONGEST_ACCEPT].split(","):
        tag, _, weight = wish.partition(";")
        primary = tag.split("-", maxsplit=1)[0].strip().lower()
        quality = _quality(weight)
        for language in LANGUAGES:
            if primary == language and quality > highest:
                best, highest = language, quality
    return best


def _quality(weight: str) -> float:
    name, _, number = weight.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0
