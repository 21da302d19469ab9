"""What a link that leads no further tells its holder: why, and what they do instead. Nothing of the document itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from signflow.minutes.recognition.people import same_name
from signflow.rounds.model import Document, Objection, Round, RoundEnd, Seat, Standing, State


class Onward(StrEnum):
    """What is left for the holder of such a link."""

    NEWER = "newer"  # they were sent a newer one
    TURN = "turn"  # they are sent one when it is their turn
    DONE = "done"  # they have answered by a newer one
    OTHERS = "others"  # others sign now
    LATER = "later"  # nobody signs now; who is to sign then is sent a link
    NEVER = "never"  # nobody will


@dataclass(frozen=True, slots=True)
class Past:
    """Of a link that leads no further.

    Attributes:
        why: Why its round came to nothing; None if it did not, and somebody else has the seat.
        objected: Whether the holder ended it by objecting.
        letter_at: When they were last sent the newer link; None unless `onward` is `NEWER`.
    """

    why: RoundEnd | None
    objected: bool
    onward: Onward
    letter_at: dt.datetime | None = None


def past_of(document: Document, why: RoundEnd | None, objection: Objection | None, holder: str) -> Past:
    """What such a link tells.

    Args:
        document: What is known now; it has a round.
        why: Why the link's own round ended, if it did.
        objection: The objection in that round, if there was one.
        holder: Whom the link was sent to.
    """
    objected = objection is not None and same_name(objection.person) == same_name(holder)
    onward, letter_at = _onward(document, document.round, holder)
    return Past(why, objected, onward, letter_at)


def _onward(document: Document, latest: Round | None, holder: str) -> tuple[Onward, dt.datetime | None]:
    if document.state is State.WITHDRAWN:
        return Onward.NEVER, None
    if latest is None or latest.ended:
        return Onward.LATER, None
    seat: Seat | None = next((one for one in latest.seats if same_name(one.person) == same_name(holder)), None)
    match seat.standing if seat else None:
        case None:
            return Onward.OTHERS, None
        case Standing.WAITING:
            return Onward.TURN, None
        case Standing.INVITED:
            return Onward.NEWER, seat.asked_at if seat else None
        case _:
            return Onward.DONE, None
