"""When a meeting was held and when minutes are adjusted, in the ways people write it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_drafts import codes, findings, line_of, protocol

from signflow.minutes import read_draft
from signflow.minutes.recognition.dates import WEEKDAYS_EN, WEEKDAYS_SV
from signflow.texts import Texts

SV, EN = (Texts(Path(__file__).parents[2] / "templates", language) for language in ("sv", "en"))
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
AN_ITEM = "Yrkanden: Inga\n\n{}\n\nBeslut: Att bygga."
TIME = "Tid: tisdagen den 17 september 2024 kl 13.00–15.00"


def written(day: dt.date, weekday: int, form: int) -> str:
    """The day in one of the ways people write it, with that day of the week."""
    sv, en = WEEKDAYS_SV[weekday], WEEKDAYS_EN[weekday].capitalize()
    return [
        f"{sv}en den {SV.date(day)}",
        f"{sv} {SV.date(day)}",
        f"{sv.capitalize()} {day.isoformat()}",
        f"{sv} den {day.day}/{day.month} {day.year}",
        f"{en}, {EN.date(day)}",
        f"{en} {day:%B} {day.day}, {day.year}",
        f"{en} the {day.day}th of {day:%B} {day.year}",
    ][form]


@settings(deadline=None, max_examples=60)
@given(DAYS, st.integers(0, 6), st.integers(0, 6))
def test_a_day_of_the_week_is_remarked_on_just_when_it_is_wrong(day: dt.date, weekday: int, form: int) -> None:
    draft = protocol(AN_ITEM.format("")).replace(TIME, f"Tid: {written(day, weekday, form)} kl 13.00–15.00")
    reading = read_draft(draft.encode(), "a.md")
    assert reading.minutes
    assert reading.minutes.date == day
    assert [one.line for one in findings(draft) if one.code == "weekday-mismatch"] == [3] * (weekday != day.weekday())


@settings(deadline=None, max_examples=60)
@given(DAYS, st.integers(0, 6), st.integers(0, 6))
def test_so_it_is_in_the_text(day: dt.date, weekday: int, form: int) -> None:
    text = f"Nästa sammanträde: {written(day, weekday, form)}."
    draft = protocol(AN_ITEM.format(text))
    expected = [("weekday-mismatch", line_of(draft, text))] * (weekday != day.weekday())
    assert [(one.code, one.line) for one in findings(draft)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Måndagar och torsdagar är det stängt från den 1 maj 2024.",
        "Torsdagens utflykt flyttas till den 2 maj 2024.",
        "Besöket är på fredag. Den 1 maj 2024 är det stängt.",
        "Söndag 4 kl. 2024",
    ],
)
def test_days_that_do_not_stand_with_the_date(text: str) -> None:
    assert codes(protocol(AN_ITEM.format(text))) == []


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ("15.00–13.00", "end-before-start"),
        ("13.00–13.00", "end-before-start"),
        ("kl. 13:00 till 12:59", "end-before-start"),
        ("18.00–00.30", None),
        ("9–11", None),
        ("13.00", None),
        ("24.30–25.00", "time-impossible"),
    ],
)
def test_times(times: str, code: str | None) -> None:
    draft = protocol(AN_ITEM.format("")).replace("13.00–15.00", times)
    assert codes(draft) == ([code] if code else [])


@pytest.mark.parametrize("date", ["31 april 2024", "29 februari 2023", "2024-13-01", "30/2 2024", "0 maj 2024"])
def test_days_that_the_calendar_does_not_have(date: str) -> None:
    draft = protocol(AN_ITEM.format("")).replace("tisdagen den 17 september 2024", date)
    assert [(one.code, one.line) for one in findings(draft)] == [("date-impossible", 3)]


@pytest.mark.parametrize(
    ("adjusted", "is_said"),
    [
        ("Justering: 20 september 2024", True),
        ("Justeringens plats och tid: Växthuset den 20 september", True),
        ("Protokollet justeras omedelbart.", True),
        ("Date of adjustment: 20 September 2024", True),
        ("Utses att justera: Olof Krans", False),
        ("", False),
    ],
)
def test_when_minutes_are_adjusted_is_worth_knowing(adjusted: str, *, is_said: bool) -> None:
    draft = protocol(AN_ITEM.format("")).replace("Justering: 20 september 2024", adjusted)
    noted = {one.code for one in read_draft(draft.encode(), "a.md").findings}
    assert ("adjustment-date-missing" in noted) != is_said
    assert "notice-missing" in noted
