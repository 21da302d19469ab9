"""Which days are weekdays in Sweden, so that a time set by law can end on them.

Source: lagen (1989:253) om allmänna helgdagar; lagen (1930:173) om beräkning av lagstadgad tid, 2 §.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

_DAY = dt.timedelta(days=1)
_SATURDAY = 5
_FIXED = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26))
_AROUND_EASTER = (-2, 0, 1, 39, 49)  # Good Friday, Easter Day and Monday, Ascension Day, Whit Sunday
_EVES = ((12, 24), (12, 31))  # no public holidays, but 2 § counts them with those


def next_weekday(day: dt.date) -> dt.date:
    """The day itself if a time set by law can end on it, else the next day on which it can."""
    while not is_weekday(day):
        day += _DAY
    return day


def is_weekday(day: dt.date) -> bool:
    """Whether the day is no Saturday, Sunday, public holiday or midsummer's, Christmas or New Year's eve."""
    return day.weekday() < _SATURDAY and day not in _days_off(day.year)


def easter_day(year: int) -> dt.date:
    """Easter Day in the Gregorian calendar.

    Source: J. Meeus, Astronomical Algorithms, chapter 8, after Nature, 20 April 1876.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, of_leap = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon + 15) % 30
    leap_years, of_leap_year = divmod(of_century, 4)
    to_sunday = (32 + 2 * of_leap + 2 * leap_years - epact - of_leap_year) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


@cache
def _days_off(year: int) -> frozenset[dt.date]:
    """The public holidays of a year, whatever their day of the week, and the three eves; Sundays besides are not named."""
    easter = easter_day(year)
    midsummer = _first(_SATURDAY, dt.date(year, 6, 20))
    return frozenset(
        {
            *(dt.date(year, month, day) for month, day in (*_FIXED, *_EVES)),
            *(easter + days * _DAY for days in _AROUND_EASTER),
            midsummer - _DAY,
            midsummer,
            _first(_SATURDAY, dt.date(year, 10, 31)),  # All Saints' Day
        }
    )


def _first(weekday: int, day: dt.date) -> dt.date:
    """The first such day of the week on or after the day."""
    return day + (weekday - day.weekday()) % 7 * _DAY
