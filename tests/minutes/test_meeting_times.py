"""Dates and times as people write them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.minutes.recognition.dates import WEEKDAYS_EN, WEEKDAYS_SV, read_meeting_time
from signflow.texts import LANGUAGES, Language, Texts

TEXTS = {language: Texts(Path(__file__).parents[2] / "templates", language) for language in LANGUAGES}


@pytest.mark.parametrize(
    ("text", "date", "start", "end"),
    [
        ("Torsdagen den 16 januari 2020 kl 15.15-16.00", "2020-01-16", "15:15", "16:00"),
        ("2021-03-04, 13:00–15:30", "2021-03-04", "13:00", "15:30"),
        ("Tuesday 4 March 2025, 9.00 to 10.30", "2025-03-04", "09:00", "10:30"),
        ("March 4th, 2025 at 2 pm", "2025-03-04", "14:00", None),
        ("Wed, May 7, 2025, 10:00–11:00", "2025-05-07", "10:00", "11:00"),
        ("16/1 2020 klockan 9–11", "2020-01-16", "09:00", "11:00"),
        ("16.1.2020 8.30 – 10", "2020-01-16", "08:30", "10:00"),
        ("den 5:e maj 2022, klockan 08.00 till 09.45", "2022-05-05", "08:00", "09:45"),
        ("20240301 kl 10", "2024-03-01", "10:00", None),
        ("4 March 2025, 11.30-1 pm", "2025-03-04", "11:30", "13:00"),
        ("Rådhuset, rum 204, tisdagen den 5 mars 2024 kl. 13.00–15.30", "2024-03-05", "13:00", "15:30"),
        ("fredag 1 sept. 2023, kl 24.00", "2023-09-01", "00:00", None),
        ("Between 9 and 10.15 on 2 Dec 2024", "2024-12-02", "09:00", "10:15"),
        ("Sal 12, våning 3", None, None, None),
        ("", None, None, None),
    ],
)
def test_what_is_written_is_read(text: str, date: str | None, start: str | None, end: str | None) -> None:
    time = read_meeting_time(text)
    assert time.date == (dt.date.fromisoformat(date) if date else None)
    assert (time.start, time.end) == tuple(dt.time.fromisoformat(one) if one else None for one in (start, end))


@pytest.mark.parametrize(
    ("text", "impossible"),
    [("31 februari 2021", "31 februari 2021"), ("2023-02-29 kl 9", "2023-02-29"), ("April 31, 2024", "April 31, 2024")],
)
def test_a_day_that_the_calendar_lacks_is_no_date(text: str, impossible: str) -> None:
    time = read_meeting_time(text)
    assert time.date is None
    assert time.impossible_date == impossible


def test_a_time_that_the_clock_lacks_is_no_time() -> None:
    assert read_meeting_time("2021-03-01 kl 25.00").impossible_time == "kl 25.00"


def test_a_date_without_year_says_so() -> None:
    assert read_meeting_time("tisdag 4 mars kl. 9").date_without_year == "4 mars"


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)),
    st.times(),
    st.times(),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["words", "figures"]),
)
def test_every_day_and_time_survives_being_written(
    day: dt.date, start: dt.time, end: dt.time, language: Language, form: str
) -> None:
    texts = TEXTS[language]
    written = texts.date(day) if form == "words" else day.isoformat()
    weekday = (WEEKDAYS_SV if language == "sv" else WEEKDAYS_EN)[day.weekday()]
    time = read_meeting_time(f"{weekday} {written} {texts.time(start)}–{texts.time(end)}")
    assert (time.date, time.start, time.end) == (
        day,
        start.replace(second=0, microsecond=0),
        end.replace(second=0, microsecond=0),
    )
    assert time.weekday == day.weekday()


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    read_meeting_time(text)
