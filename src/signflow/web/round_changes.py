"""What the secretary changes while people sign: remind, send the link again, let another sign, say that somebody is away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from signflow.errors import NotFoundError, RefusedError
from signflow.rounds.access import Act
from signflow.rounds.model import Document, Round, Seat, Standing
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.steps import acts
from signflow.steps.acts import Place, link_expired
from signflow.steps.ports import Ports
from signflow.steps.substitution import Candidate, Substitute, candidates, substitute
from signflow.texts import Texts
from signflow.web.doors import StaffRoute, actor, document_of
from signflow.web.forms import SEE_OTHER, Form, taking_form
from signflow.web.pages import Pages
from signflow.web.words import error_sentence, refusal_sentence, seat_notes

_LONGEST_NUMBER = 6
_LONGEST_ABSENCE_DAYS = 366
_OPEN = frozenset({Standing.WAITING, Standing.INVITED})


@dataclass(frozen=True, slots=True)
class SeatView:
    """A signatory as the document's page shows them.

    Attributes:
        standing: How far they have come, in words; in a round that ended, what is left of that.
        notes: What else is known: for whom they stand in, until when they are away, how often they were reminded.
        changeable: Whether anything can be changed for them.
        invited: Whether it is their turn, so that there is a link to send again.
        remindable: Whether that link still holds, so that a reminder of it leads somewhere.
    """

    seat: Seat
    standing: str
    notes: tuple[str, ...]
    changeable: bool
    invited: bool
    remindable: bool

    @property
    def reminder(self) -> int:
        """Which reminder of theirs the next one is."""
        return self.seat.reminders + 1


@dataclass(frozen=True, slots=True)
class Attempt:
    """A change that was refused, with what was typed; all empty where nothing was tried."""

    problem: str = ""
    field: str = ""
    person: str = ""
    reason: str = ""
    until: str = ""


class RoundChanges:
    """`/documents/…/invitations`, `…/reminders`, `…/substitutes` and `…/absences`: a form for each, and no page."""

    def __init__(self, ports: Ports, pages: Pages, show: Callable[[Request, Document, Attempt], Response]) -> None:
        """The forms.

        Args:
            ports: What the acts work with.
            pages: For the words.
            show: The document's page, with what was refused.
        """
        self._ports = ports
        self._pages = pages
        self._show = show

    def routes(self) -> list[Route]:
        """Where they are sent."""
        forms = {
            "invitations": self.renew,
            "reminders": self.remind,
            "substitutes": self.substitute,
            "absences": self.absence,
        }
        return [
            StaffRoute(
                Act.CHANGE, f"/documents/{{document:str}}/{kind}/{{field:str}}", taking_form(act), methods=["POST"]
            )
            for kind, act in forms.items()
        ]

    def renew(self, request: Request, _form: Form) -> Response:
        """Send a signatory the link once more, for as long as a new one."""
        document, field = document_of(request), _field(request)
        return self._answer(request, document, acts.renew_invitation(self._ports, document.id, field, actor(request)))

    def remind(self, request: Request, form: Form) -> Response:
        """Remind a signatory now."""
        document = document_of(request)
        place, number = _place(request, form), _number(form, "number")
        outcome = acts.remind_now(self._ports, document.id, place, number, actor(request))
        return self._answer(request, document, outcome)

    def substitute(self, request: Request, form: Form) -> Response:
        """Let another sign instead."""
        document, by = document_of(request), actor(request)
        person, reason = form.text("person"), form.text("reason")
        wanted = Substitute(_number(form, "holder"), person, reason)
        typed = Attempt(field=_field(request), person=person, reason=reason)
        try:
            outcome = substitute(self._ports, document.id, _place(request, form), wanted, by)
        except NotFoundError:
            raise
        except RefusedError as error:
            problem = error_sentence(self._pages.texts_for(request), error.code, error.params)
            return self._refused(request, document, problem, typed)
        return self._answer(request, document, outcome, typed)

    def absence(self, request: Request, form: Form) -> Response:
        """Say that a signatory is away until a day, or not any more."""
        document = document_of(request)
        until, written = None, form.text("until")
        if form.text("act") != "over":
            until = _day(written)
            if until is None:
                typed = Attempt(field=_field(request), until=written)
                return self._answer(request, document, Refusal("date-not-ahead"), typed)
        outcome = acts.tell_absence(self._ports, document.id, _place(request, form), until, actor(request))
        return self._answer(request, document, outcome, Attempt(field=_field(request), until=written))

    def _answer(self, request: Request, document: Document, outcome: Outcome, typed: Attempt | None = None) -> Response:
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            t = self._pages.texts_for(request)
            return self._refused(request, document, _refusal(t, outcome), typed or Attempt())
        return RedirectResponse(f"/documents/{document.id}#round-heading", SEE_OTHER)

    def _refused(self, request: Request, document: Document, problem: str, typed: Attempt) -> Response:
        kept = Attempt(problem, typed.field, typed.person, typed.reason, typed.until)
        return self._show(request, self._ports.store.load(document.id), kept)


def seat_views(t: Texts, document: Document, now: dt.datetime) -> tuple[SeatView, ...]:
    """Those who sign in the document's latest round."""
    current = document.round
    if current is None:
        return ()
    is_open, today = document.open_round is not None, t.day(now)
    return tuple(
        SeatView(
            seat,
            _standing(t, seat, current),
            seat_notes(t, seat, today),
            changeable=is_open and seat.standing in _OPEN,
            invited=is_open and seat.standing is Standing.INVITED,
            remindable=is_open and seat.standing is Standing.INVITED and not link_expired(seat, now),
        )
        for seat in current.seats
    )


def choices(ports: Ports, document: Document) -> tuple[Candidate, ...]:
    """Who may be let sign instead; read from the minutes only where somebody could be."""
    seats = document.open_round.seats if document.open_round else ()
    return candidates(ports, document) if any(seat.standing in _OPEN for seat in seats) else ()


def days_ahead(today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day on which somebody who is away may be back."""
    return today + dt.timedelta(days=1), today + dt.timedelta(days=_LONGEST_ABSENCE_DAYS)


def _standing(t: Texts, seat: Seat, current: Round) -> str:
    """How far a signatory came; in a round that ended, what is left of that."""
    if not current.ended:
        return t(f"states.standing.{seat.standing}")
    if current.objection and current.objection.person == seat.person:
        return t("states.standing_ended.objected")
    return t("states.standing_ended.signed" if seat.signature else "states.standing_ended.unsigned")


def _refusal(t: Texts, refusal: Refusal) -> str:
    """Why nothing was changed, as said to the secretary and not to a signatory."""
    key = f"round.refused.{refusal.code}"
    return t(key) if key in t else refusal_sentence(t, refusal)


def _field(request: Request) -> str:
    field: str = request.path_params["field"]
    return field


def _place(request: Request, form: Form) -> Place:
    return Place(_number(form, "round"), _field(request))


def _number(form: Form, name: str) -> int:
    """A number that the page put into its form; 0, which counts nothing, where it is none."""
    written = form.text(name)
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= _LONGEST_NUMBER else 0


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written.strip())
    except ValueError:
        return None
