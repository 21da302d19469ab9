"""Until when the law wants something done. Days, classes and paragraphs are data: `deadlines.toml`.

Source: kommunallagen (2017:725) 5 kap. 69 §, 8 kap. 12 § and 13 kap. 5 §; lagen (1930:173) om beräkning av lagstadgad tid, 2 §.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from signflow.rounds.holidays import next_weekday


class Act(StrEnum):
    """What is to be done."""

    ADJUSTMENT = "adjustment"  # counted from the meeting
    NOTICE = "notice"  # that the minutes are adjusted, on the notice board; counted from the adjustment
    APPEAL = "appeal"  # against a decision in the minutes; counted from the day on which the notice was put up


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which something is done in time, and the paragraph that says so."""

    on: dt.date
    law: str


@dataclass(frozen=True, slots=True)
class _Term:
    act: Act
    minutes_class: str
    since: dt.date
    days: dt.timedelta
    law: str


def deadline(act: Act, minutes_class: str, begin: dt.date | None) -> Deadline | None:
    """Until when the act is to be done; None where the law says nothing of it, or the beginning is not known.

    Args:
        act: What is to be done.
        minutes_class: Of which class of minutes (`MinutesClass`).
        begin: The day that the time is counted from; it does not count itself.
    """
    known = [term for term in _terms() if (term.act, term.minutes_class) == (act, minutes_class)]
    holding = [term for term in known if begin is not None and term.since <= begin]
    if begin is None or not holding:
        return None
    term = max(holding, key=lambda term: term.since)
    return Deadline(next_weekday(begin + term.days), term.law)


def overdue(act: Act, today: dt.date) -> Mapping[str, tuple[dt.date, dt.date]]:
    """For each class of minutes: the first and the last day of those whose deadlines have passed, counted from them.

    With these a database finds what is late without knowing the law. Deadlines come in the order of the days that they
    are counted from, so there is no gap between the two.
    """
    found: dict[str, tuple[dt.date, dt.date]] = {}
    for minutes_class in {term.minutes_class for term in _terms() if term.act is act}:
        terms = [term for term in _terms() if (term.act, term.minutes_class) == (act, minutes_class)]
        first = min(term.since for term in terms)
        last = today - min(term.days for term in terms)
        while last >= first and not _passed(act, minutes_class, last, today):
            last -= dt.timedelta(days=1)
        if last >= first:
            found[minutes_class] = (first, last)
    return found


def _passed(act: Act, minutes_class: str, begin: dt.date, today: dt.date) -> bool:
    due = deadline(act, minutes_class, begin)
    return due is not None and due.on < today


@cache
def _terms() -> tuple[_Term, ...]:
    table = tomllib.loads(resources.files("signflow.rounds").joinpath("deadlines.toml").read_text("utf-8"))
    return tuple(
        _Term(Act(row["act"]), row["class"], row["since"], dt.timedelta(days=row["days"]), row["law"])
        for row in table["deadline"]
    )
