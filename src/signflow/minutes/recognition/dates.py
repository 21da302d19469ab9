"""When a meeting was held, read from the words in which people write it, in Swedish and English.

`Torsdagen den 16 januari 2020 kl 15.15-16.00`, `2021-03-04, 13:00–15:30`, `Tuesday 4 March 2025, 9.00 to 10.30`,
`March 4th, 2025 at 2 pm`, `16/1 2020 klockan 9–11`. Numbers alone are read day first.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_MONTHS_SV = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
_MONTHS_EN = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS_SV = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
WEEKDAYS_EN = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_EXAMINED_CHARACTERS = 2_000


def _month_numbers() -> dict[str, int]:
    numbers: dict[str, int] = {}
    for names in (_MONTHS_SV, _MONTHS_EN):
        for number, name in enumerate(names, 1):
            numbers[name] = number
            numbers[name[:3]] = number
    return numbers | {"sept": 9, "okt": 10, "oct": 10}


_MONTH_NUMBERS = _month_numbers()
_MONTH = "(?P<month>" + "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True)) + r")\b\.?"
_ISO = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{4})(?P<sign>[-/.‐‑–])(?P<m>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})(?![0-9])"
)
_COMPACT = re.compile(r"(?<![0-9])(?P<year>20[0-9]{2})(?P<m>[01][0-9])(?P<day>[0-3][0-9])(?![0-9])")
_DAY_MONTH = re.compile(
    rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?:\s?:?(?:st|nd|rd|th|e|a))?\.?\s+(?:of\s+)?{_MONTH},?(?:\s+(?P<year>[0-9]{{4}})(?![0-9]))?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9.:]),?(?:\s+(?P<year>[0-9]{{4}})(?![0-9]))?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"(?<![0-9/.-])(?P<day>[0-9]{1,2})(?:/(?P<m>[0-9]{1,2})(?:[/\s-]+|,\s+)|[.-](?P<m2>[0-9]{1,2})[.-])(?P<year>[0-9]{4})(?![0-9])"
)
_WEEKDAY = re.compile(
    r"\b(?:(" + "|".join(WEEKDAYS_SV) + r")(?:en|s)?|(" + "|".join(WEEKDAYS_EN) + r")s?)\b", re.IGNORECASE
)
_CLOCK = r"(?P<h{0}>[0-9]{{1,2}})(?:[.:](?P<min{0}>[0-9]{{2}}))?(?![0-9])\s?(?P<half{0}>[ap]\.?m\b\.?)?"
_TIMES = re.compile(
    r"(?<![0-9.:/-])(?P<mark>\b(?:kl|klockan|at|from|between|mellan|från)\b\.?\s*)?"
    + _CLOCK.format("1")
    + r"(?:\s*(?:[-‐‑–—−]|\btill\b|\bto\b|\buntil\b|\band\b|\boch\b)\s*(?:kl\.?\s*)?"
    + _CLOCK.format("2")
    + ")?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MeetingTime:
    """What a text says about when; a field is None, or empty, where it says nothing that can be used.

    Attributes:
        date: The day.
        start: When it began, local time.
        end: When it ended.
        weekday: The day of the week as written, 0 for Monday.
        weekday_text: Its word as written.
        impossible_date: A date that the calendar does not have, as written.
        impossible_time: A time that the clock does not have, as written.
        date_without_year: A date as written that lacks its year.
        begins: Offset of the first of these in the text; -1 where there is none.
        ends: Offset after the last.
    """

    date: dt.date | None = None
    start: dt.time | None = None
    end: dt.time | None = None
    weekday: int | None = None
    weekday_text: str = ""
    impossible_date: str = ""
    impossible_time: str = ""
    date_without_year: str = ""
    begins: int = -1
    ends: int = -1


def read_meeting_time(text: str) -> MeetingTime:
    """The first date, the first time or range of times, and the first day of the week in the text. Never raises."""
    text = text[:_EXAMINED_CHARACTERS]
    found_date = _first_date(text)
    rest = _blanked(text, found_date)
    date, impossible_date, yearless = _calendar(found_date) if found_date else (None, "", "")
    found_times = next((match for match in _TIMES.finditer(rest) if _is_time(match)), None)
    start, end, impossible_time = _clock(found_times) if found_times else (None, None, "")
    weekday = _WEEKDAY.search(text)
    offsets = [match.span() for match in (found_date, found_times, weekday) if match]
    return MeetingTime(
        date,
        start,
        end,
        _weekday_number(weekday[0]) if weekday else None,
        weekday[0] if weekday else "",
        impossible_date,
        impossible_time,
        yearless,
        min((begin for begin, _ in offsets), default=-1),
        max((end for _, end in offsets), default=-1),
    )


def _first_date(text: str) -> re.Match[str] | None:
    matches = [pattern.search(text) for pattern in (_ISO, _DAY_MONTH, _MONTH_DAY, _NUMBERS, _COMPACT)]
    with_year = [match for match in matches if match and match["year"]]
    found = with_year or [match for match in matches if match]
    return min(found, key=lambda match: match.start(), default=None)


def _blanked(text: str, match: re.Match[str] | None) -> str:
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :] if match else text


def _calendar(match: re.Match[str]) -> tuple[dt.date | None, str, str]:
    groups = match.groupdict()
    written = match[0].strip(" ,")
    if not groups["year"]:
        return None, "", written
    name = groups.get("month")
    month = _MONTH_NUMBERS[name.lower()] if name else int(groups.get("m") or groups.get("m2") or 0)
    try:
        return dt.date(int(groups["year"]), month, int(groups["day"])), "", ""
    except ValueError:
        return None, written, ""


def _is_time(match: re.Match[str]) -> bool:
    return bool(match["mark"] or match["min1"] or match["min2"] or match["half1"] or match["half2"])


def _clock(match: re.Match[str]) -> tuple[dt.time | None, dt.time | None, str]:
    try:
        start = _time(match, "1", match["half1"] or match["half2"])
        end = _time(match, "2", match["half2"]) if match["h2"] else None
    except ValueError:
        return None, None, match[0].strip()
    if end and not match["half1"] and match["half2"] and start > end:
        start = _time(match, "1", None)  # `11.30-1 pm` begins in the morning
    return start, end, ""


def _time(match: re.Match[str], which: str, half: str | None) -> dt.time:
    hour, minute = int(match[f"h{which}"]), int(match[f"min{which}"] or 0)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    return dt.time(hour, minute)


def _weekday_number(word: str) -> int:
    word = word.lower()
    for names in (WEEKDAYS_SV, WEEKDAYS_EN):
        for number, name in enumerate(names):
            if word.startswith(name):
                return number
    raise ValueError(word)
