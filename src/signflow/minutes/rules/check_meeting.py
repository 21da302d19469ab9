"""What is wrong with the title and with when and where the meeting was held."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Item, Minutes, MinutesClass
from signflow.minutes.recognition.dates import WEEKDAYS_EN, WEEKDAYS_SV, MeetingTime, read_meeting_time
from signflow.minutes.recognition.recognise import class_of, time_facts
from signflow.minutes.words import Passage, item_passages, passages

_LATE_START = dt.time(17)
_EARLY_END = dt.time(6)
_WEEKDAY = re.compile(
    rf"\b(?:{'|'.join(WEEKDAYS_SV)})(?:en)?\b|\b(?:{'|'.join(WEEKDAYS_EN)})\b",
    re.IGNORECASE,
)
_DATE_CHARACTERS = 40
_BETWEEN = re.compile(r"[\s,]*(?:den|the)?[\s,]*", re.IGNORECASE)
_ADJUSTMENT = re.compile(r"juster|adjust", re.IGNORECASE)
_AT_ONCE = re.compile(r"omedelbar|immediate", re.IGNORECASE)


def check_title(minutes: Minutes) -> Iterator[Finding]:
    """A title that is missing, or does not say which body met or which rules apply."""
    if not minutes.title:
        yield remark("title-missing")
    elif not minutes.body:
        yield remark("body-missing", minutes.title_line, minutes.title)
    if class_of(minutes.title, minutes.front, minutes.sign_off) is None:
        yield remark("class-unclear", minutes.title_line if minutes.title else None, minutes.title)


def check_time(minutes: Minutes) -> Iterator[Finding]:
    """A date, a time or a place that is missing or cannot be."""
    facts = [(text, line, read_meeting_time(text)) for text, line in time_facts(minutes.front)]
    if minutes.date is None:
        yield _why_no_date(minutes, facts)
    for text, line, time in facts:
        if time.impossible_time:
            yield remark("time-impossible", line, text, written=time.impossible_time)
        if minutes.date and time.weekday is not None and time.weekday != minutes.date.weekday():
            yield _weekday_mismatch(line, text, time.weekday_text, minutes.date)
        if time.start and time.end and time.end <= time.start and not _over_midnight(time):
            yield remark("end-before-start", line, text, start=f"{time.start:%H:%M}", end=f"{time.end:%H:%M}")
    if minutes.start is None and not any(time.impossible_time for _, _, time in facts):
        yield remark("time-missing", facts[0][1] if facts else None, facts[0][0] if facts else "")
    if not minutes.place:
        yield remark("place-missing")


def check_dates_in_text(minutes: Minutes) -> Iterator[Finding]:
    """A day of the week beside a date, anywhere else, that is not that date's."""
    told = {line for _, line in time_facts(minutes.front)}
    for passage in passages(minutes):
        if passage.line in told:
            continue
        for match in _WEEKDAY.finditer(passage.text):
            date = _date_after(passage, match.end())
            if date and read_meeting_time(match[0]).weekday != date.weekday():
                yield _weekday_mismatch(passage.line, passage.text, match[0], date)
                break


def check_adjustment_date(minutes: Minutes) -> Iterator[Finding]:
    """Statutory minutes that do not say when they are adjusted."""
    if minutes.minutes_class is MinutesClass.PROTOCOL and not _says_when_adjusted(minutes):
        yield remark("adjustment-date-missing")


def _date_after(passage: Passage, offset: int) -> dt.date | None:
    between = _BETWEEN.match(passage.text, offset)
    begin = between.end() if between else offset
    time = read_meeting_time(passage.text[begin : begin + _DATE_CHARACTERS])
    return time.date if time.begins == 0 else None


def _weekday_mismatch(line: int, text: str, written: str, date: dt.date) -> Finding:
    day = date.weekday()
    return remark(
        "weekday-mismatch",
        line,
        text,
        written=written,
        date=date.isoformat(),
        day_sv=WEEKDAYS_SV[day],
        day_en=WEEKDAYS_EN[day].capitalize(),
    )


def _over_midnight(time: MeetingTime) -> bool:
    return bool(time.start and time.end and time.start >= _LATE_START and time.end <= _EARLY_END)


def _why_no_date(minutes: Minutes, facts: list[tuple[str, int, MeetingTime]]) -> Finding:
    title = (minutes.title, minutes.title_line, read_meeting_time(minutes.title))
    for text, line, time in (*facts, title):
        if time.impossible_date:
            return remark("date-impossible", line, text, written=time.impossible_date)
    for text, line, time in (*facts, title):
        if time.date_without_year:
            return remark("date-year-missing", line, text, written=time.date_without_year)
    return remark("date-missing", facts[0][1] if facts else None, facts[0][0] if facts else "")


def _says_when_adjusted(minutes: Minutes) -> bool:
    """Whether a day, or `omedelbart`, stands with a word for adjustment, or in the closing block."""
    if any(_has_day(entry.text) for entry in minutes.sign_off):
        return True
    spoken_of = False
    for passage in passages(minutes):
        names_it = bool(_ADJUSTMENT.search(passage.text))
        if (names_it or spoken_of) and (_has_day(passage.text) or _AT_ONCE.search(passage.text)):
            return True
        spoken_of = names_it  # a label, and its text in the passage after it
    return any(_adjusts(item) for item in minutes.items)


def _adjusts(item: Item) -> bool:
    named = _ADJUSTMENT.search(item.title)
    return bool(named) and any(_has_day(passage.text) for passage in item_passages(item))


def _has_day(text: str) -> bool:
    time = read_meeting_time(text)
    return bool(time.date or time.date_without_year)
