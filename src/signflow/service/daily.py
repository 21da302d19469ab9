"""The daily clock: each day's work is asked for once, whoever asks and however often the service starts."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog

from signflow.errors import SignflowError
from signflow.rounds.work import LETTER_HOURS, daily_work
from signflow.store.store import Store

_log = structlog.get_logger()
# no timer follows a clock that is set, or a computer that sleeps: look again at least so often
_LONGEST_WAIT = dt.timedelta(minutes=15)
_TRY_AGAIN = dt.timedelta(minutes=1)
_SHORTEST_WAIT = dt.timedelta(seconds=1)


class DailyClock:
    """Asks for the work of the day when its hour comes, and at the start for that of the day at hand.

    A day begins at its hour and ends at the next day's. The work's key holds the date, so that it is done once. Days on
    which nothing ran are not made up for one by one: the work of a day covers all before it. Nor is more of it asked for
    while that of an earlier day waits. What writes to people is asked for between eight and seventeen o'clock alone.
    """

    def __init__(  # noqa: PLR0913 -- each is said once, where the service starts
        self,
        store: Store,
        clock: Callable[[], dt.datetime],
        zone: str,
        hour: int,
        wake: Callable[[], None],
        *,
        lists: bool = False,
    ) -> None:
        """The clock.

        Args:
            store: Is asked for the work.
            clock: Tells the time.
            zone: In which a day is a day.
            hour: At which it begins.
            wake: Called when there is work.
            lists: Whether trusted lists are wanted.
        """
        self._store = store
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._hour = hour
        self._wake = wake
        self._lists = lists

    async def run(self) -> None:
        """Ask day after day until cancelled."""
        while True:
            wait = await asyncio.to_thread(self.ask)
            await asyncio.sleep(wait.total_seconds())

    def ask(self) -> dt.timedelta:
        """Ask for what the day at hand calls for and nobody has asked for; how long to wait before asking again."""
        now = self._clock()
        local = now.astimezone(self._zone)
        day = (local - dt.timedelta(hours=self._hour)).date()
        try:
            wanted = daily_work(day, lists=self._lists, letters=local.hour in LETTER_HOURS)
            due = [work for work in wanted if not self._store.open_work(work.subject)]
            asked = [self._store.ask_once(work) for work in due]
        except SignflowError as error:
            _log.warning("cannot ask for the work of the day", error=str(error))
            return _TRY_AGAIN
        if any(asked):
            self._wake()
        next_at = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(self._hour), self._zone)
        return min(max(next_at.astimezone(dt.UTC) - now, _SHORTEST_WAIT), _LONGEST_WAIT)
