"""Who is reminded, and when: after so many days, on weekdays, never who cannot do anything about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_walk import ADJUSTER, SECOND_ADJUSTER, SECRETARY, Walk

from signflow.rounds.events import AbsenceTold, InvitationRenewed, Reminded, Withdrawn
from signflow.rounds.holidays import is_weekday
from signflow.rounds.model import Policy
from signflow.rounds.outcome import Decision
from signflow.rounds.reminders import reminders_due

ZONE = ZoneInfo("Europe/Stockholm")
DAY = dt.timedelta(days=1)


def day_of(moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZONE).date()


def due(walk: Walk) -> list[str]:
    return [event.field for event in reminders_due(walk.present, walk.now, walk.policy, day_of)]


def waiting(after_days: int = 3) -> Walk:
    """The secretary was invited on Monday 2 March 2026 at nine o'clock."""
    return Walk(policy=Policy(remind_after=after_days * DAY)).in_review()


def remind(walk: Walk) -> None:
    for event in reminders_due(walk.present, walk.now, walk.policy, day_of):
        walk.must(event)


def reminded_on(walk: Walk, days: int, hour: int = 3) -> list[dt.date]:
    """The days, among so many after the present one, on which the secretary is reminded at that hour."""
    found, first = list[dt.date](), day_of(walk.now)
    for number in range(1, days + 1):
        day = first + number * DAY
        walk.now = dt.datetime.combine(day, dt.time(hour), ZONE).astimezone(dt.UTC)
        if due(walk):
            remind(walk)
            found.append(day)
        assert due(walk) == []
    return found


@pytest.mark.parametrize(
    ("after_days", "on"),
    [
        (3, ["2026-03-05", "2026-03-09", "2026-03-12"]),  # the 8th is a Sunday
        (5, ["2026-03-09", "2026-03-16"]),
        (1, ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09"]),
        (0, []),
    ],
)
def test_who_does_not_answer_is_reminded_after_so_many_days_and_again(after_days: int, on: list[str]) -> None:
    found = reminded_on(waiting(after_days), 14)
    assert [str(day) for day in found][: len(on)] == on
    assert bool(on) == bool(found)


def test_days_are_counted_as_people_count_them() -> None:
    late = Walk(policy=Policy(remind_after=3 * DAY), now=dt.datetime(2026, 3, 2, 22, 59, tzinfo=dt.UTC)).in_review()
    early = Walk(policy=Policy(remind_after=3 * DAY), now=dt.datetime(2026, 3, 2, 23, 1, tzinfo=dt.UTC)).in_review()
    for walk in (late, early):
        walk.now = dt.datetime(2026, 3, 5, 2, tzinfo=dt.UTC)
    assert (due(late), due(early)) == (["secretary"], [])


def test_nobody_is_reminded_at_easter() -> None:
    walk = Walk(policy=Policy(remind_after=DAY), now=dt.datetime(2026, 4, 2, 8, tzinfo=dt.UTC)).in_review()
    assert [str(day) for day in reminded_on(walk, 7)] == ["2026-04-07", "2026-04-08", "2026-04-09"]


def test_who_is_away_is_reminded_when_they_are_back() -> None:
    walk = waiting()
    walk.must(AbsenceTold(1, "secretary", dt.date(2026, 3, 11), "web"))
    assert [str(day) for day in reminded_on(walk, 10)] == ["2026-03-11"]


def test_an_expired_link_is_no_cause_for_a_reminder_and_a_new_one_counts_from_its_day() -> None:
    walk = waiting()
    walk.now += walk.policy.link_lifetime
    assert due(walk) == []
    walk.must(InvitationRenewed("secretary", "web"))
    assert due(walk) == []
    assert [str(day) for day in reminded_on(walk, 7)] == ["2026-04-07"]


def test_a_reminder_by_hand_counts_too() -> None:
    walk = waiting()
    walk.now += 2 * DAY
    walk.must(Reminded(1, "secretary", 1, "web"))
    assert [str(day) for day in reminded_on(walk, 7)] == ["2026-03-09"]
    assert walk.seat("secretary").reminders == 2


def test_only_those_whose_turn_it_is_are_reminded() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER, SECOND_ADJUSTER)
    walk.sign("secretary")
    walk.approve("adjuster-1")
    walk.now += 3 * DAY
    assert due(walk) == ["adjuster-2"]
    walk.must(Withdrawn("web", "Inställt."))
    assert due(walk) == []


def test_a_round_of_before_counts_from_its_opening() -> None:
    walk = waiting()
    seats = tuple(replace(seat, invited_at=None, asked_at=None) for seat in walk.round.seats)
    walk.document = replace(walk.present, round=replace(walk.round, seats=seats))
    walk.now += 3 * DAY
    assert due(walk) == ["secretary"]


@given(
    after=st.integers(1, 20),
    steps=st.lists(st.timedeltas(dt.timedelta(hours=1), dt.timedelta(days=9)), max_size=30),
)
def test_what_is_reminded_is_on_a_weekday_and_never_sooner_than_wanted(after: int, steps: list[dt.timedelta]) -> None:
    walk = waiting(after)
    last = day_of(walk.now)
    for step in steps:
        walk.now += step
        today = day_of(walk.now)
        for event in reminders_due(walk.present, walk.now, walk.policy, day_of):
            assert isinstance(walk.do(event), Decision)
            assert not isinstance(walk.do(event), Decision)  # it was reminded a moment ago
            assert is_weekday(today)
            assert today - last >= after * DAY
            last = today
        assert due(walk) == []
