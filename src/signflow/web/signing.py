"""The signing page behind a personal link: read, ask for a code, sign or object, and the receipt.

A page that is fetched changes nothing and is nowhere noted as read, since programs fetch links too. What lies before the
signatory is always the revision whose fingerprint stands on the page; its digest goes with the form, and the form with
another digest signs nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import PDF, fingerprint
from signflow.errors import NotFoundError, RefusedError
from signflow.rounds.model import Challenge, RoundEnd, Standing
from signflow.rounds.outcome import Decision, Outcome, Refusal
from signflow.rounds.work import WorkKind
from signflow.steps import acts
from signflow.steps.acts import LinkView
from signflow.steps.ports import Ports
from signflow.texts import Texts
from signflow.web.downloads import Reading, download
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.words import delay_sentence, error_sentence, refusal_sentence

_LOOK_AGAIN_S = 2


class Stage(StrEnum):
    """What the page is for at this moment."""

    ASK = "ask"  # they may ask for a code
    CODE = "code"  # a code is out; they may sign or object
    SIGNING = "signing"  # they have approved; the signature is being made
    SIGNED = "signed"  # it is made
    OBJECTED = "objected"  # they have objected
    WAITING = "waiting"  # others sign first
    EXPIRED = "expired"  # the link is too old
    ENDED = "ended"  # the round is over


_READABLE = frozenset({Stage.ASK, Stage.CODE, Stage.SIGNING, Stage.SIGNED})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of what the signatory just tried; all empty if they only look."""

    problem: str = ""
    reason: str = ""
    objecting: bool = False


class SigningPages:
    """`/sign/…`."""

    def __init__(self, ports: Ports, pages: Pages, reading: Reading) -> None:
        self._ports = ports
        self._pages = pages
        self._reading = reading

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/sign/{token:str}"
        return [
            Route(place, self.page, methods=["GET"], name="sign"),
            Route(f"{place}/pages/{{page:int}}.png", self.image, methods=["GET"]),
            Route(f"{place}/minutes.pdf", self.pdf, methods=["GET"]),
            Route(place, taking_form(self.sign), methods=["POST"]),
            Route(f"{place}/code", taking_form(self.ask_code), methods=["POST"]),
            Route(f"{place}/objection", taking_form(self.object_to), methods=["POST"]),
            Route(f"{place}/code", self.back, methods=["GET"]),
            Route(f"{place}/objection", self.back, methods=["GET"]),
        ]

    def page(self, request: Request) -> Response:
        """What lies before the holder of the link now."""
        return self._show(request, Attempt())

    def back(self, request: Request) -> Response:
        """Where a form was sent there is nothing to look at: back to the page."""
        return self._to_page(request)

    def image(self, request: Request) -> Response:
        """A page of what is shown."""
        view = self._readable(request)
        return Response(self._reading.image(view.shown, request.path_params["page"]), media_type="image/png")

    def pdf(self, request: Request) -> Response:
        """The very bytes that are shown."""
        view = self._readable(request)
        return download(self._ports.blobs.get(view.shown), PDF, f"{view.document.id}.pdf")

    def ask_code(self, request: Request, _form: Form) -> Response:
        """Have a code sent."""
        outcome = acts.ask_code(self._ports, request.path_params["token"])
        return self._answer(request, outcome, objecting=False)

    def sign(self, request: Request, form: Form) -> Response:
        """Sign what was shown."""
        token: str = request.path_params["token"]
        outcome = acts.sign(self._ports, token, form.text("code"), form.text("shown"))
        return self._answer(request, outcome, objecting=False)

    def object_to(self, request: Request, form: Form) -> Response:
        """Decline, with a reason."""
        token: str = request.path_params["token"]
        reason = form.text("reason")
        try:
            outcome = acts.object_to(self._ports, token, form.text("code"), form.text("shown"), reason)
        except RefusedError as error:
            if isinstance(error, NotFoundError):
                raise
            problem = error_sentence(self._pages.texts_for(request), error.code, error.params)
            return self._show(request, Attempt(problem, reason, objecting=True))
        return self._answer(request, outcome, reason, objecting=True)

    def _answer(self, request: Request, outcome: Outcome, reason: str = "", *, objecting: bool) -> Response:
        t = self._pages.texts_for(request)
        problem = refusal_sentence(t, outcome) if isinstance(outcome, Refusal) else _rejected(t, outcome)
        if problem:
            return self._show(request, Attempt(problem, reason, objecting))
        return self._to_page(request)

    def _to_page(self, request: Request) -> Response:
        return RedirectResponse(f"/sign/{request.path_params['token']}", SEE_OTHER)

    def _view(self, request: Request) -> tuple[LinkView, Stage]:
        view = acts.view_link(self._ports, request.path_params["token"])
        return view, _stage(view, self._ports.clock())

    def _readable(self, request: Request) -> LinkView:
        view, stage = self._view(request)
        if stage not in _READABLE:
            raise NotFoundError("no-such-link")
        return view

    def _show(self, request: Request, attempt: Attempt) -> Response:
        view, stage = self._view(request)
        token: str = request.path_params["token"]
        t = self._pages.texts_for(request)
        readable = stage in _READABLE
        seat = view.seat
        return self._pages.render(
            request,
            "sign.html.j2" if readable else "sign_closed.html.j2",
            UNPROCESSABLE if attempt.problem else 200,
            here=f"/sign/{token}",
            staff=False,
            refresh_s=_LOOK_AGAIN_S if stage is Stage.SIGNING and request.method != "POST" else 0,
            stage=stage.value,
            attempt=attempt,
            document=view.document,
            seat=seat,
            others=[other for other in view.round.seats if other is not seat] if readable else [],
            why=t(f"states.round_end.{view.round.ended}") if view.round.ended else "",
            delay=self._delay(t, view) if stage is Stage.SIGNING else "",
            shown=self._reading.shown(view.shown) if readable else None,
            shown_digest=view.shown.digest,
            fingerprint=fingerprint,
            longest_reason=acts.LONGEST_REASON,
        )

    def _delay(self, t: Texts, view: LinkView) -> str:
        works = self._ports.store.open_work(view.document.id)
        waiting = (work for work in works if work.work.kind is WorkKind.APPLY_SIGNATURE and work.waiting_code)
        return next((delay_sentence(t, work) for work in waiting), "")


def _stage(view: LinkView, now: dt.datetime) -> Stage:
    seat = view.seat
    if seat is None or view.problem == "round-ended":
        objection = view.round.objection if view.round.ended is RoundEnd.OBJECTION else None
        return Stage.OBJECTED if seat and objection and objection.person == seat.person else Stage.ENDED
    match view.problem:
        case "already-approved":
            return Stage.SIGNED if seat.standing is Standing.SIGNED else Stage.SIGNING
        case "not-their-turn":
            return Stage.WAITING
        case "link-expired":
            return Stage.EXPIRED
        case _:
            return Stage.CODE if _holds(seat.challenge, now) else Stage.ASK


def _holds(challenge: Challenge | None, now: dt.datetime) -> bool:
    return challenge is not None and challenge.tries_left > 0 and now < challenge.expires_at


def _rejected(t: Texts, decision: Decision) -> str:
    """What to say of a code that was wrong; empty if it was right or none was typed."""
    last = decision.entries[-1]
    if last.kind != "code-rejected":
        return ""
    left = int(last.data["tries_left"])
    if left == 0:
        return t("web.sign.no_tries_left")
    return t("web.sign.one_try_left" if left == 1 else "web.sign.tries_left", count=left)
