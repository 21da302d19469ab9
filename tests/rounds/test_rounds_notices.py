"""The notice of the adjustment: up in time, never down too early, and proven; held against days counted by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_walk import Walk, registered

from signflow.minutes.model import MinutesClass
from signflow.rounds.events import NoticePosted, NoticeTakenDown
from signflow.rounds.holidays import is_weekday
from signflow.rounds.model import Notice, NoticeRules, Policy
from signflow.rounds.notices import LONGEST_PLACE, first_day_down, last_day_up, take_down_due
from signflow.rounds.outcome import ALREADY_RECORDED, Refusal

DAY = dt.timedelta(days=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
BOARD = NoticeRules(board=True, zone=STOCKHOLM)
ELSEWHERE = NoticeRules(zone=STOCKHOLM)
INSTANTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 12, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001 -- hypothesis adds it


def adjusted(rules: NoticeRules, now: dt.datetime, minutes_class: str = MinutesClass.PROTOCOL) -> Walk:
    """A document that all have signed at that time."""
    walk = Walk(Policy(notices=rules), now)
    walk.must(replace(registered(), minutes_class=minutes_class))
    walk.must(walk.opened())
    for seat in walk.round.seats:
        walk.sign(seat.field)
    return walk


def kinds(walk: Walk) -> list[str]:
    return [entry.kind for entry in walk.entries if entry.kind.startswith("notice")]


@pytest.mark.parametrize(
    ("posted", "last"),
    [
        ("2026-03-02", "2026-03-23"),  # Monday, and Monday three weeks later
        ("2026-03-14", "2026-04-07"),  # a Saturday; then Easter Eve, and Easter Monday is the 6th
        ("2026-05-29", "2026-06-22"),  # a Friday; then midsummer's eve
        ("2026-12-03", "2026-12-28"),  # Christmas Eve, then Christmas and a week-end
        ("2027-12-10", "2028-01-03"),  # New Year's Eve is a Friday
        ("2026-04-23", "2026-05-15"),  # Ascension Day
    ],
)
def test_the_notice_stays_for_three_weeks_and_longer_where_they_end_on_a_day_off(posted: str, last: str) -> None:
    assert last_day_up(MinutesClass.PROTOCOL, dt.date.fromisoformat(posted)) == dt.date.fromisoformat(last)


@given(now=INSTANTS)
def test_on_our_board_it_is_up_at_the_adjustment_and_never_down_within_the_time_for_appeal(now: dt.datetime) -> None:
    walk = adjusted(BOARD, now)
    today = now.astimezone(STOCKHOLM).date()
    assert walk.present.notice == Notice(today, posted_by="signflow")
    first = first_day_down(walk.present)
    assert first is not None
    assert 22 * DAY <= first - today <= 22 * DAY + 5 * DAY
    assert is_weekday(first - DAY)
    for days in range((first - today).days):
        day = today + days * DAY
        assert take_down_due(walk.present, day) is None
        walk.now = now + days * DAY
        refused = walk.do(NoticeTakenDown(day, "Siv Ek"))
        assert refused == Refusal("notice-stays", {"on": str(first)})
    due = take_down_due(walk.present, first)
    assert due == NoticeTakenDown(first, "signflow")
    assert due is not None
    walk.now = dt.datetime.combine(first, dt.time(3), STOCKHOLM)
    walk.must(due)
    assert walk.present.notice == Notice(today, "", "signflow", first, "signflow")
    assert walk.do(due) == Refusal(ALREADY_RECORDED)
    assert take_down_due(walk.present, first + DAY) is None
    assert kinds(walk) == ["notice-posted", "notice-taken-down"]


@given(now=INSTANTS, later=st.integers(0, 60), told=st.integers(-3, 63))
def test_elsewhere_it_is_up_when_the_secretary_says_so_and_not_before_the_adjustment(
    now: dt.datetime, later: int, told: int
) -> None:
    walk = adjusted(ELSEWHERE, now)
    assert walk.present.notice == Notice()
    assert kinds(walk) == []
    day = now.astimezone(STOCKHOLM).date()
    walk.now = now + later * DAY
    today = walk.now.astimezone(STOCKHOLM).date()
    assert walk.do(NoticeTakenDown(today, "Siv Ek")) == Refusal("notice-not-posted")
    assert walk.do(NoticePosted(today, " ", "Siv Ek")) == Refusal("notice-place-missing", {"limit": LONGEST_PLACE})
    on = day + told * DAY
    outcome = walk.do(NoticePosted(on, "Stadshuset", "Siv Ek"))
    if day <= on <= today:
        assert walk.present.notice == Notice(on, "Stadshuset", "Siv Ek")
        assert walk.do(NoticePosted(on, " Stadshuset ", "Siv Ek")) == Refusal(ALREADY_RECORDED)
        assert take_down_due(walk.present, today + 100 * DAY) is None  # that board is not ours
        first = first_day_down(walk.present)
        assert first is not None
        assert first > on + 21 * DAY
        down = walk.do(NoticeTakenDown(first, "Siv Ek"))
        assert isinstance(down, Refusal) == (first > today)
    else:
        assert isinstance(outcome, Refusal)
        assert outcome.code == "notice-not-then"


def test_what_was_told_wrong_is_corrected_until_it_is_down() -> None:
    walk = adjusted(ELSEWHERE, dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    walk.now += 30 * DAY
    walk.must(NoticePosted(dt.date(2026, 3, 3), "Stadshuset", "Siv Ek"))
    walk.must(NoticePosted(dt.date(2026, 3, 4), "Stadshuset", "Siv Ek"))
    assert first_day_down(walk.present) == dt.date(2026, 3, 26)
    walk.must(NoticeTakenDown(dt.date(2026, 3, 27), "Siv Ek"))
    assert walk.do(NoticePosted(dt.date(2026, 3, 5), "Stadshuset", "Siv Ek")) == Refusal("notice-posted")
    assert kinds(walk) == ["notice-posted-elsewhere", "notice-corrected", "notice-taken-down"]


def test_what_is_on_our_board_is_not_told_to_be_elsewhere() -> None:
    walk = adjusted(BOARD, dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    assert walk.do(NoticePosted(dt.date(2026, 3, 2), "Stadshuset", "Siv Ek")) == Refusal("notice-posted")


def test_the_evening_belongs_to_the_day_of_the_organisation() -> None:
    walk = adjusted(BOARD, dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC))
    assert walk.present.notice == Notice(dt.date(2026, 3, 3), posted_by="signflow")


@pytest.mark.parametrize("rules", [BOARD, ELSEWHERE])
def test_notes_are_announced_nowhere(rules: NoticeRules) -> None:
    walk = adjusted(rules, dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), MinutesClass.NOTES)
    assert walk.present.notice is None
    assert walk.do(NoticePosted(dt.date(2026, 3, 2), "Stadshuset", "Siv Ek")) == Refusal("no-notice-needed")


def test_nothing_is_announced_before_it_is_adjusted() -> None:
    walk = Walk(Policy(notices=BOARD)).in_review()
    refused = walk.do(NoticePosted(walk.now.date(), "Stadshuset", "Siv Ek"))
    assert refused == Refusal("not-adjusted-for-notice")
