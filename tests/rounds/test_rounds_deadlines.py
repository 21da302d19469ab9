"""Swedish weekdays and the deadlines of minutes, held against published calendars and another program's Easter."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from signflow.minutes.model import MinutesClass
from signflow.rounds.deadlines import Act, deadline, overdue
from signflow.rounds.holidays import easter_day, is_weekday, next_weekday

DAY = dt.timedelta(days=1)
# the almanacs of these years: Easter Day, midsummer's eve, All Saints' Day
ALMANACS = {
    2020: ("04-12", "06-19", "10-31"),
    2021: ("04-04", "06-25", "11-06"),
    2022: ("04-17", "06-24", "11-05"),
    2023: ("04-09", "06-23", "11-04"),
    2024: ("03-31", "06-21", "11-02"),
    2025: ("04-20", "06-20", "11-01"),
    2026: ("04-05", "06-19", "10-31"),
    2027: ("03-28", "06-25", "11-06"),
    2028: ("04-16", "06-23", "11-04"),
    2029: ("04-01", "06-22", "11-03"),
    2030: ("04-21", "06-21", "11-02"),
    2031: ("04-13", "06-20", "11-01"),
    2032: ("03-28", "06-25", "11-06"),
    2033: ("04-17", "06-24", "11-05"),
    2034: ("04-09", "06-23", "11-04"),
    2035: ("03-25", "06-22", "11-03"),
}
DAYS = st.dates(dt.date(2018, 1, 1), dt.date(2099, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("year", ALMANACS)
def test_the_year_has_the_days_off_that_its_almanac_has(year: int) -> None:
    easter_on, midsummer_eve, all_saints = (day(f"{year}-{text}") for text in ALMANACS[year])
    off = {day(f"{year}-{text}") for text in ("01-01", "01-06", "05-01", "06-06", "12-24", "12-25", "12-26", "12-31")}
    off |= {easter_on + days * DAY for days in (-2, 0, 1, 39, 49)}
    off |= {midsummer_eve, midsummer_eve + DAY, all_saints}
    first = day(f"{year}-01-01")
    whole = {first + days * DAY for days in range(366) if (first + days * DAY).year == year}
    off |= {one for one in whole if one.isoweekday() > 5}
    assert {one for one in whole if not is_weekday(one)} == off


def test_easter_is_where_another_program_has_it() -> None:
    assert [easter_day(year) for year in range(1900, 2400)] == [easter(year) for year in range(1900, 2400)]


@pytest.mark.parametrize(
    ("ends", "moves_to"),
    [
        ("2026-05-13", "2026-05-13"),  # an ordinary Wednesday
        ("2026-05-14", "2026-05-15"),  # Ascension Day; the Friday after it is a weekday
        ("2026-05-16", "2026-05-18"),  # Saturday
        ("2026-06-19", "2026-06-22"),  # midsummer's eve
        ("2026-04-02", "2026-04-02"),  # Maundy Thursday is a weekday
        ("2026-04-03", "2026-04-07"),  # Good Friday
        ("2025-12-24", "2025-12-29"),  # Christmas, then a Saturday and a Sunday
        ("2026-12-31", "2027-01-04"),  # New Year's eve, over the turn of the year
        ("2022-06-06", "2022-06-07"),  # the national day, a Monday
    ],
)
def test_an_end_moves_to_the_next_weekday(ends: str, moves_to: str) -> None:
    assert next_weekday(day(ends)) == day(moves_to)


@pytest.mark.parametrize(
    ("meeting", "due"),
    [("2026-05-06", "2026-05-20"), ("2026-06-05", "2026-06-22"), ("2025-12-10", "2025-12-29")],
)
def test_minutes_are_adjusted_within_fourteen_days_of_the_meeting(meeting: str, due: str) -> None:
    found = deadline(Act.ADJUSTMENT, MinutesClass.PROTOCOL, day(meeting))
    assert found is not None
    assert found.on == day(due)
    assert "5 kap. 69 §" in found.law


def test_the_notice_is_due_two_days_after_the_adjustment() -> None:
    found = deadline(Act.NOTICE, MinutesClass.PROTOCOL, day("2026-05-13"))  # two days later is a Friday
    assert found is not None
    assert found.on == day("2026-05-15")
    friday = deadline(Act.NOTICE, MinutesClass.PROTOCOL, day("2026-05-22"))  # two days later is a Sunday
    assert friday is not None
    assert friday.on == day("2026-05-25")


def test_notes_have_no_deadline_nor_has_a_meeting_without_a_day_or_before_the_law() -> None:
    assert deadline(Act.ADJUSTMENT, MinutesClass.NOTES, day("2026-05-06")) is None
    assert deadline(Act.ADJUSTMENT, MinutesClass.PROTOCOL, None) is None
    assert deadline(Act.ADJUSTMENT, MinutesClass.PROTOCOL, day("2017-12-31")) is None
    assert deadline(Act.ADJUSTMENT, MinutesClass.PROTOCOL, day("2018-01-01")) is not None


def test_deadlines_come_in_the_order_of_what_they_are_counted_from() -> None:
    for act in Act:
        begins = (day("2018-01-01") + days * DAY for days in range(366 * 60))
        ends = [found.on for begin in begins if (found := deadline(act, MinutesClass.PROTOCOL, begin))]
        assert all(earlier <= later for earlier, later in pairwise(ends))


@given(today=DAYS, begin=DAYS)
def test_what_is_overdue_is_what_has_a_deadline_that_has_passed(today: dt.date, begin: dt.date) -> None:
    for act in Act:
        found = deadline(act, MinutesClass.PROTOCOL, begin)
        spans = overdue(act, today)
        inside = MinutesClass.PROTOCOL in spans and (
            spans[MinutesClass.PROTOCOL][0] <= begin <= spans[MinutesClass.PROTOCOL][1]
        )
        assert inside == (found is not None and found.on < today)


@given(begin=st.dates(dt.date(2018, 2, 1), dt.date(2099, 11, 1)))
def test_a_minute_is_late_the_day_after_its_deadline_and_not_on_it(begin: dt.date) -> None:
    found = deadline(Act.ADJUSTMENT, MinutesClass.PROTOCOL, begin)
    assert found is not None
    assert overdue(Act.ADJUSTMENT, found.on)[MinutesClass.PROTOCOL][1] < begin
    assert overdue(Act.ADJUSTMENT, found.on + DAY)[MinutesClass.PROTOCOL][1] >= begin
