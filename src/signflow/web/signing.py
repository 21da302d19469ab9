"""The signing page behind a personal link: read, show who one is, sign or object, and the receipt.

A page that is fetched changes nothing and is nowhere noted as read, since programs fetch links too. What lies before the
signatory is always the revision whose fingerprint stands on the page, beside that of the signing copy which the letters name; its
digest goes with the form, and the form with another digest signs nothing. Who has signed in is known in the browser that
did so, and in no other that has the link.
Programs press buttons too: no form of the page does anything as it is served, each wants something that a person puts in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.blobs import PDF, fingerprint
from signflow.errors import NotFoundError, RefusedError
from signflow.rounds.model import Challenge, Method, Standing, State
from signflow.rounds.outcome import Decision, Outcome, Refusal
from signflow.rounds.work import WorkKind
from signflow.steps import acts, sign_in
from signflow.steps.acts import SIGNS, LinkView, Place, Will
from signflow.steps.draw_pages import read_page, read_shown
from signflow.steps.ports import Ports
from signflow.steps.verify_words import level_sentence
from signflow.texts import Texts
from signflow.web.doors import OpenRoute
from signflow.web.downloads import download
from signflow.web.forms import SEE_OTHER, UNPROCESSABLE, Form, taking_form
from signflow.web.objecting import MOST_FIELDS, NOTHING, Written, written
from signflow.web.pages import Pages
from signflow.web.tickets import Tickets
from signflow.web.unsent import UnsentWords
from signflow.web.what_changed import WhatChanged
from signflow.web.words import delay_sentence, error_sentence, refusal_sentence

_LOOK_AGAIN_S = 2


class Stage(StrEnum):
    """What the page is for at this moment."""

    ASK = "ask"  # they may ask for a code
    CODE = "code"  # a code is out; they may sign or object
    SIGN_IN = "sign_in"  # they may sign in
    SIGNED_IN = "signed_in"  # they have, in this browser; they may sign or object
    SIGNING = "signing"  # they have approved; the signature is being made
    SIGNED = "signed"  # it is made
    OBJECTED = "objected"  # they have objected
    WAITING = "waiting"  # others sign first
    EXPIRED = "expired"  # the link is too old
    REPLACED = "replaced"  # somebody else signs in their place
    ENDED = "ended"  # the round is over


_ANSWERABLE = frozenset({Stage.ASK, Stage.CODE, Stage.SIGN_IN, Stage.SIGNED_IN})
_READABLE = _ANSWERABLE | {Stage.SIGNING, Stage.SIGNED}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of what the signatory just tried; all empty if they only look.

    Attributes:
        problem: Why nothing came of it.
        part: Which form they sent: `objecting`, `dissenting`, `away`, or none of these.
        written: What stood in it.
    """

    problem: str = ""
    part: str = ""
    written: Written = field(default=NOTHING)


class SigningPages:
    """`/sign/…`."""

    def __init__(self, ports: Ports, pages: Pages, tickets: Tickets, unsent: UnsentWords) -> None:
        self._ports = ports
        self._pages = pages
        self._tickets = tickets
        self._unsent = unsent
        self._changed = WhatChanged(ports)

    def routes(self) -> list[Route]:
        """Where they are found."""
        place = "/sign/{token:str}"
        return [
            OpenRoute(place, self.page, methods=["GET"], name="sign"),
            OpenRoute(f"{place}/pages/{{page:int}}.png", self.image, methods=["GET"]),
            OpenRoute(f"{place}/minutes.pdf", self.pdf, methods=["GET"]),
            OpenRoute(place, taking_form(self.sign), methods=["POST"]),
            OpenRoute(f"{place}/code", taking_form(self.ask_code, MOST_FIELDS), methods=["POST"]),
            OpenRoute(f"{place}/sign-in", taking_form(self.begin_sign_in, MOST_FIELDS), methods=["POST"]),
            OpenRoute(f"{place}/objection", taking_form(self.object_to, MOST_FIELDS), methods=["POST"]),
            OpenRoute(f"{place}/absence", taking_form(self.tell_absence), methods=["POST"]),
            OpenRoute(f"{place}/code", self.back, methods=["GET"]),
            OpenRoute(f"{place}/objection", self.back, methods=["GET"]),
            OpenRoute(f"{place}/absence", self.back, methods=["GET"]),
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
        return Response(read_page(self._ports, view.shown, request.path_params["page"]), media_type="image/png")

    def pdf(self, request: Request) -> Response:
        """The very bytes that are shown."""
        view = self._readable(request)
        return download(self._ports.blobs.get(view.shown), PDF, f"{view.document.id}.pdf")

    def ask_code(self, request: Request, form: Form) -> Response:
        """Have a code sent, to whoever says that they have read it."""
        attempt = self._carried(request, form)
        unread = self._unread(request, form, attempt)
        if unread:
            return unread
        response = self._answer(request, acts.ask_code(self._ports, request.path_params["token"]), attempt)
        self._unsent.keep(request, response, attempt.written)
        return response

    def begin_sign_in(self, request: Request, form: Form) -> Response:
        """Let the person sign in, in this browser: at the address that it is sent to next."""
        token: str = request.path_params["token"]
        attempt = self._carried(request, form)
        unread = self._unread(request, form, attempt)
        if unread:
            return unread
        begun = sign_in.begin(self._ports, token)
        if isinstance(begun, Refusal):
            return self._answer(request, begun, attempt)
        response = RedirectResponse(f"/sign/{token}/sign-in", SEE_OTHER)
        self._tickets.give(response, begun)
        self._unsent.keep(request, response, attempt.written)
        return response

    def sign(self, request: Request, form: Form) -> Response:
        """Sign what was shown, and have a dissent on record if there is one."""
        said = written(form, ())
        will = replace(SIGNS, dissent=said.dissent)
        return self._say(request, form, will, Attempt(part="dissenting" if said.dissent else "", written=said))

    def object_to(self, request: Request, form: Form) -> Response:
        """Decline, with a reason, or reasons for single items; or only have more rows to write them in."""
        attempt = Attempt(part="objecting", written=written(form, self._items(request)))
        if "more" in form.fields:
            return self._show(request, attempt)
        if attempt.written.is_halfway:
            t = self._pages.texts_for(request)
            return self._show(request, replace(attempt, problem=t("web.sign.item_halfway")))
        return self._say(request, form, attempt.written.objection(), attempt)

    def tell_absence(self, request: Request, form: Form) -> Response:
        """Say until when one is away, or that one is back."""
        attempt = Attempt(part="away", written=written(form, ()))
        try:
            until = None if form.text("back") else dt.date.fromisoformat(attempt.written.until.strip())
        except ValueError:
            t = self._pages.texts_for(request)
            return self._show(request, replace(attempt, problem=t("refusals.date-not-ahead")))
        view = acts.view_link(self._ports, request.path_params["token"])
        if view.seat is None:
            return self._answer(request, Refusal(view.problem), attempt)
        place = Place(view.round.number, view.seat.field)
        outcome = acts.tell_absence(self._ports, view.document.id, place, until, view.seat.person)
        return self._answer(request, outcome, attempt)

    def _say(self, request: Request, form: Form, will: Will, attempt: Attempt) -> Response:
        """Have them say it, as who has signed in or with the code that they typed."""
        token: str = request.path_params["token"]
        challenge = self._challenge(request)
        try:
            if self._by_sign_in(challenge):
                outcome = acts.answer(self._ports, token, self._held(request, challenge), form.text("shown"), will)
            else:
                outcome = acts.answer_by_code(self._ports, token, form.text("code"), form.text("shown"), will)
        except NotFoundError:
            raise
        except RefusedError as error:
            problem = error_sentence(self._pages.texts_for(request), error.code, error.params)
            return self._show(request, replace(attempt, problem=problem))
        return self._used_up(request, challenge, self._answer(request, outcome, attempt))

    def _items(self, request: Request) -> Collection[str]:
        """What the items are called that can be objected to."""
        view, stage = self._view(request)
        return read_shown(self._ports, view.shown).items if stage in _READABLE else ()

    def _carried(self, request: Request, form: Form) -> Attempt:
        """What the signatory had written when their code or sign-in ran out: it goes along when they ask for another."""
        carried = "rows" in form.fields
        return Attempt(written=written(form, self._items(request))) if carried else Attempt()

    def _unread(self, request: Request, form: Form, attempt: Attempt) -> Response | None:
        """What whoever presses a button without having ticked the box beside it is told; None if they have."""
        if form.text("read"):
            return None
        acts.view_link(self._ports, request.path_params["token"])  # a stranger learns nothing of boxes
        return self._show(request, replace(attempt, problem=self._pages.texts_for(request)("web.sign.unread")))

    def _answer(self, request: Request, outcome: Outcome, attempt: Attempt | None = None) -> Response:
        t = self._pages.texts_for(request)
        problem = refusal_sentence(t, outcome) if isinstance(outcome, Refusal) else _rejected(t, outcome)
        if problem:
            return self._show(request, replace(attempt or Attempt(), problem=problem))
        return self._to_page(request)

    def _used_up(self, request: Request, challenge: Challenge | None, response: Response) -> Response:
        """The answer to a form; where it did what was asked for, the browser may forget what that was done with."""
        if response.status_code != SEE_OTHER:
            return response
        if challenge and self._held(request, challenge):
            self._tickets.take_back(response, challenge.id)
        self._unsent.forget(request, response)
        return response

    def _challenge(self, request: Request) -> Challenge | None:
        seat = acts.view_link(self._ports, request.path_params["token"]).seat
        return seat.challenge if seat else None

    def _by_sign_in(self, challenge: Challenge | None) -> bool:
        """Whether the signatory answers as who has signed in, and not with a code."""
        return (challenge.method if challenge else self._ports.policy.method) is not Method.MAIL_CODE

    def _held(self, request: Request, challenge: Challenge | None) -> str:
        """What the browser holds for that sign-in. Untrusted."""
        return self._tickets.held(request, challenge.id) if challenge else ""

    def _to_page(self, request: Request) -> Response:
        return RedirectResponse(f"/sign/{request.path_params['token']}", SEE_OTHER)

    def _view(self, request: Request) -> tuple[LinkView, Stage]:
        view = acts.view_link(self._ports, request.path_params["token"])
        challenge = view.seat.challenge if view.seat else None
        is_theirs = challenge is not None and self._ports.links.is_browser(challenge.id, self._held(request, challenge))
        return view, _stage(view, self._ports.clock(), self._ports.policy.method, is_theirs=is_theirs)

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
        archiving = stage is Stage.SIGNED and view.document.state is State.ADJUSTED
        moving = stage is Stage.SIGNING or archiving
        if stage in _ANSWERABLE and attempt.written.is_empty and attempt.part != "away":
            words = self._unsent.of(request)
            attempt = replace(attempt, part="objecting" if words.objects else attempt.part, written=words)
        if stage is Stage.SIGN_IN and not attempt.problem:
            attempt = replace(attempt, problem=self._not_signed_in(t, request, view))
        identified = seat.challenge.identified if seat and seat.challenge and stage is Stage.SIGNED_IN else None
        return self._pages.render(
            request,
            "sign.html.j2" if readable else "sign_closed.html.j2",
            UNPROCESSABLE if attempt.problem and request.method == "POST" else 200,
            here=f"/sign/{token}",
            staff=False,
            refresh_s=_LOOK_AGAIN_S if moving and request.method != "POST" else 0,
            moving=moving,
            stage=stage.value,
            attempt=attempt,
            document=view.document,
            seat=seat,
            others=[other for other in view.round.seats if other is not seat] if readable else [],
            past=view.past,
            substitute=view.substitute,
            changed=self._changed.since_last_round(view.document, t) if readable else None,
            ahead=_ahead(view) if stage is Stage.SIGNING else 0,
            tomorrow=(t.day(self._ports.clock()) + dt.timedelta(days=1)).isoformat(),
            provider=self._ports.identity.name if self._ports.identity else "",
            identified=identified,
            level=level_sentence(identified.level, t) if identified else "",
            delay=self._delay(t, view) if stage is Stage.SIGNING else "",
            shown=read_shown(self._ports, view.shown) if readable else None,
            copy_digest=view.round.copy.digest,
            shown_digest=view.shown.digest,
            fingerprint=fingerprint,
            longest_reason=acts.LONGEST_REASON,
        )

    def _not_signed_in(self, t: Texts, request: Request, view: LinkView) -> str:
        """What came of the latest sign-in, if it is not what the person wanted."""
        challenge = view.seat.challenge if view.seat else None
        if challenge and self._held(request, challenge) and self._ports.clock() >= challenge.expires_at:
            return t("refusals.sign-in-expired")
        code = sign_in.latest_rejection(self._ports, view)
        return error_sentence(t, code, {}) if code else ""

    def _delay(self, t: Texts, view: LinkView) -> str:
        works = self._ports.store.open_work(view.document.id)
        waiting = (work for work in works if work.work.kind is WorkKind.APPLY_SIGNATURE and work.waiting_code)
        return next((delay_sentence(t, work) for work in waiting), "")


def _stage(view: LinkView, now: dt.datetime, method: Method, *, is_theirs: bool) -> Stage:
    """What the page is for; `is_theirs` says whether this browser began the sign-in of that seat."""
    seat = view.seat
    if view.problem == "replaced":
        return Stage.REPLACED
    if seat is None or view.problem == "round-ended":
        return Stage.OBJECTED if seat and view.past and view.past.objected else Stage.ENDED
    match view.problem:
        case "already-approved":
            return Stage.SIGNED if seat.standing is Standing.SIGNED else Stage.SIGNING
        case "not-their-turn":
            return Stage.WAITING
        case "link-expired":
            return Stage.EXPIRED
        case _:
            return _proving(seat.challenge, now, method, is_theirs=is_theirs)


def _ahead(view: LinkView) -> int:
    """How many signatures are made before theirs: those approved earlier, one after the other."""
    waiting = [seat for seat in view.round.seats if seat.standing is Standing.APPROVED and seat.approval]
    mine = view.seat.approval if view.seat else None
    return sum(1 for seat in waiting if mine and seat.approval and seat.approval.at < mine.at)


def _proving(challenge: Challenge | None, now: dt.datetime, method: Method, *, is_theirs: bool) -> Stage:
    """How far somebody whose turn it is has come in proving who they are."""
    if challenge and challenge.tries_left > 0 and now < challenge.expires_at:
        if challenge.method is Method.MAIL_CODE:
            return Stage.CODE
        if challenge.identified and is_theirs:
            return Stage.SIGNED_IN
    return Stage.ASK if method is Method.MAIL_CODE else Stage.SIGN_IN


def _rejected(t: Texts, decision: Decision) -> str:
    """What to say of a code that was wrong; empty if it was right or none was typed."""
    last = decision.entries[-1]
    if last.kind != "code-rejected":
        return ""
    left = int(last.data["tries_left"])
    if left == 0:
        return t("web.sign.no_tries_left")
    return t("web.sign.one_try_left" if left == 1 else "web.sign.tries_left", count=left)
