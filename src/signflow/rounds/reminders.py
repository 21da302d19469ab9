"""Who is to be reminded: those who could sign and have not been asked for some days, on days on which people work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from signflow.rounds.events import Reminded
from signflow.rounds.holidays import is_weekday
from signflow.rounds.model import Document, Policy, Round, Seat, Standing

BY_ITSELF = "signflow"
"""Who reminds where nobody does."""


def reminders_due(
    document: Document, now: dt.datetime, policy: Policy, day_of: Callable[[dt.datetime], dt.date]
) -> tuple[Reminded, ...]:
    """Whom to remind now. Those who were reminded are not due again before as many days have passed once more.

    On a Saturday, Sunday or holiday nobody is; whose days are over by then is on the next weekday. Nor is anybody who is
    away, or whose link has expired: a letter would lead them nowhere.

    Args:
        document: The document.
        now: The time, aware.
        policy: After how many days; none means never.
        day_of: The day in the organisation's time zone on which an instant falls.
    """
    current, today = document.open_round, day_of(now)
    if current is None or not policy.remind_after or not is_weekday(today):
        return ()
    return tuple(
        Reminded(current.number, seat.field, seat.reminders + 1, BY_ITSELF)
        for seat in current.seats
        if _can_sign(seat, now, today) and today - day_of(_asked_at(current, seat)) >= policy.remind_after
    )


def _can_sign(seat: Seat, now: dt.datetime, today: dt.date) -> bool:
    away = seat.away_until is not None and today < seat.away_until
    holds = seat.link_expires_at is not None and now < seat.link_expires_at
    return seat.standing is Standing.INVITED and holds and not away


def _asked_at(current: Round, seat: Seat) -> dt.datetime:
    return seat.asked_at or current.opened_at
