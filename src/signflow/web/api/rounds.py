"""What programs change while people sign: the acts of the secretary's page, decided where those are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from pydantic import Field
from starlette.responses import Response

from signflow.rounds.access import Act
from signflow.rounds.model import State
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.steps import acts
from signflow.steps.acts import LONGEST_REASON, Place
from signflow.steps.ports import Ports
from signflow.steps.substitution import Substitute, substitute
from signflow.web.api.models import Day, Text
from signflow.web.api.operation import Call, Given, Operation, Told
from signflow.web.api.problems import refused
from signflow.web.doors import actor, document_of
from signflow.web.pages import Pages

_MOST = 1_000_000
_SEAT = "/documents/{document}/seats/{field}"


class Withdrawal(Given):
    """Why a document is taken back."""

    reason: str = Field(
        max_length=LONGEST_REASON,
        pattern=r"^[^\x00]*[0-9A-Za-z][^\x00]*$",
        description="Stays in the history; with a letter or a digit at least.",
    )


class InRound(Given):
    """Something about a seat in a round, so that what is out of date changes no other."""

    round: int = Field(ge=1, le=_MOST, description="`round.number` of the document.")


class Reminder(InRound):
    """A reminder."""

    number: int = Field(
        ge=1, le=_MOST, description="Which reminder of theirs it is: `reminders` of the seat and one. It is sent once."
    )


class Substitution(InRound):
    """Who is to sign instead."""

    holder: int = Field(ge=1, le=_MOST, description="`holder` of the seat, whom they come after.")
    person: Text = Field(
        min_length=1, max_length=200, description="Somebody whom the minutes list, or the body's list."
    )
    reason: Text = Field(min_length=1, max_length=LONGEST_REASON, description="Stays in the history.")


class Absence(InRound):
    """That somebody is away, or not any more."""

    until: Day | None = Field(description="The first day on which they are back; null if they are not away.")


class DoneTold(Told):
    """A change that was made, or was made before."""

    document: str
    state: State


class Rounds:
    """`/documents/…/review` and so on."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def operations(self) -> list[Operation]:
        """What can be asked."""
        one = "/documents/{document}"
        return [
            _change(
                "askForReview",
                f"{one}/review",
                "Send for signing",
                "A clean draft goes to its signatories.",
                self.ask_review,
            ),
            _change(
                "withdraw",
                f"{one}/withdrawal",
                "Take back a document",
                "For good; those who had a link are told.",
                self.withdraw,
                Withdrawal,
            ),
            _change(
                "resendInvitation",
                f"{_SEAT}/invitation",
                "Send a link again",
                "For as long as a new one. Each request sends one.",
                self.renew,
            ),
            _change(
                "remind",
                f"{_SEAT}/reminder",
                "Remind a signatory",
                "Once for each number of reminder.",
                self.remind,
                Reminder,
            ),
            _change(
                "substitute",
                f"{_SEAT}/substitute",
                "Let another sign",
                "The link before is void from then on.",
                self.substitute,
                Substitution,
            ),
            _change(
                "tellAbsence",
                f"{_SEAT}/absence",
                "Say that a signatory is away",
                "Who is away gets no reminders; the link works all the same.",
                self.absence,
                Absence,
            ),
        ]

    def ask_review(self, call: Call) -> Response | Told:
        """Send the draft to its signatories."""
        return self._done(call, acts.ask_review(self._ports, document_of(call.request).id, actor(call.request)))

    def withdraw(self, call: Call) -> Response | Told:
        """Take the document back."""
        document_id, reason = document_of(call.request).id, call.given(Withdrawal).reason
        return self._done(call, acts.withdraw(self._ports, document_id, actor(call.request), reason))

    def renew(self, call: Call) -> Response | Told:
        """Send a signatory the link once more."""
        document_id = document_of(call.request).id
        return self._done(call, acts.renew_invitation(self._ports, document_id, _field(call), actor(call.request)))

    def remind(self, call: Call) -> Response | Told:
        """Remind a signatory now."""
        given, document_id = call.given(Reminder), document_of(call.request).id
        place = Place(given.round, _field(call))
        return self._done(call, acts.remind_now(self._ports, document_id, place, given.number, actor(call.request)))

    def substitute(self, call: Call) -> Response | Told:
        """Let another sign instead."""
        given, document_id = call.given(Substitution), document_of(call.request).id
        wanted = Substitute(given.holder, given.person, given.reason)
        place = Place(given.round, _field(call))
        return self._done(call, substitute(self._ports, document_id, place, wanted, actor(call.request)))

    def absence(self, call: Call) -> Response | Told:
        """Say that a signatory is away until a day, or not any more."""
        given, document_id = call.given(Absence), document_of(call.request).id
        until: dt.date | None = given.until
        place = Place(given.round, _field(call))
        return self._done(call, acts.tell_absence(self._ports, document_id, place, until, actor(call.request)))

    def _done(self, call: Call, outcome: Outcome) -> Response | Told:
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            return refused(self._pages.texts_for(call.request), outcome)
        before = document_of(call.request)
        document = self._ports.store.load(before.id) if isinstance(outcome, Refusal) else outcome.document
        return DoneTold(document=document.id, state=document.state)


def _change(  # noqa: PLR0913, PLR0917 -- what differs between them
    name: str,
    path: str,
    summary: str,
    about: str,
    answer: Callable[[Call], Response | Told],
    body: type[Given] | None = None,
) -> Operation:
    return Operation(name, "POST", path, Act.CHANGE, summary, about, answer, DoneTold, body=body, problems=(409,))


def _field(call: Call) -> str:
    return str(call.request.path_params["field"])
