"""The work of a day is asked for once, at its hour, whenever the service starts and whatever the clock does."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import wait_for

from life import Life
from running_service import PrefectForTests, Service
from signflow.errors import UnavailableError
from signflow.rounds.work import WorkKind
from signflow.service.daily import DailyClock
from signflow.store.outbox import OpenWork
from signflow.store.store import Store

ZONE = "Europe/Stockholm"
HOUR = 3
_EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_NOON = _EPOCH + dt.timedelta(hours=12)
DRAFT = """# Minnesanteckningar

*Tid* Måndagen den 3 mars 2025 kl 9.00

## 1. Läget

Gruppen gick igenom läget.
"""


class _Days(Store):
    """A store that remembers only what it was asked for; all of it is done at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def open_work(self, subject: str | None = None) -> tuple[OpenWork, ...]:  # noqa: ARG002 -- as the store's
        """None is left."""
        return ()

    def ask_once(self, work: object) -> bool:
        """As the store's."""
        key = getattr(work, "key", "")
        new = key not in self.asked
        self.asked += [key] * new
        return new

    def days(self) -> list[str]:
        """Those on which the log was anchored."""
        return [key.rpartition(":")[2] for key in self.asked if WorkKind.ANCHOR_AUDIT in key]


def clock_at(store: Store, now: dt.datetime, woken: list[bool] | None = None) -> DailyClock:
    return DailyClock(store, lambda: now, ZONE, HOUR, lambda: (woken if woken is not None else []).append(True))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23T02:59:59+01:00", "2026-11-22"),
        ("2026-11-23T03:00:00+01:00", "2026-11-23"),
        ("2026-11-23T23:59:59+01:00", "2026-11-23"),
        ("2026-11-24T00:30:00+01:00", "2026-11-23"),
        ("2026-03-29T01:59:59+01:00", "2026-03-28"),  # the hour from two to three does not exist on this day
        ("2026-03-29T03:00:00+02:00", "2026-03-29"),
        ("2026-10-25T02:30:00+01:00", "2026-10-24"),  # and is there twice on this one
        ("2026-10-25T03:00:00+01:00", "2026-10-25"),
    ],
)
def test_a_day_begins_at_its_hour_where_the_organisation_is(now: str, day: str) -> None:
    store = _Days()
    clock_at(store, dt.datetime.fromisoformat(now)).ask()
    assert store.days() == [day]


@given(start=st.integers(0, 400 * 24 * 3600), jumps=st.lists(st.integers(-3 * 24 * 3600, 3 * 24 * 3600), max_size=20))
def test_no_day_is_asked_for_twice_and_the_wait_ends_at_the_next(start: int, jumps: list[int]) -> None:
    """Starts, stops, and a clock that is set forward and back."""
    store, now = _Days(), _EPOCH + dt.timedelta(seconds=start)
    for jump in jumps:
        now += dt.timedelta(seconds=jump)
        wait = clock_at(store, now).ask()
        assert dt.timedelta(0) < wait <= dt.timedelta(minutes=15)
        known = store.days()
        clock_at(store, now + wait - dt.timedelta(seconds=1.5)).ask()
        assert store.days() == known, "nothing is missed while it waits"
    assert len(set(store.days())) == len(store.days())


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ("2026-11-23T03:00:00+01:00", []),
        ("2026-11-23T07:59:59+01:00", []),
        ("2026-11-23T08:00:00+01:00", ["2026-11-23"]),
        ("2026-11-23T16:59:59+01:00", ["2026-11-23"]),
        ("2026-11-23T17:00:00+01:00", []),
        ("2026-07-01T06:00:00+00:00", ["2026-07-01"]),  # eight o'clock in summer
    ],
)
def test_people_are_written_to_in_the_daytime_of_the_organisation(now: str, asked: list[str]) -> None:
    store = _Days()
    clock_at(store, dt.datetime.fromisoformat(now)).ask()
    assert [key.rpartition(":")[2] for key in store.asked if WorkKind.REMIND in key] == asked
    assert len(store.days()) == 1


@pytest.mark.parametrize("wanted", [True, False])
def test_lists_are_renewed_where_some_are_wanted(life: Life, *, wanted: bool) -> None:
    clock = DailyClock(life.ports.store, lambda: _NOON, ZONE, HOUR, life.ports.wake, lists=wanted)
    clock.ask()
    asked = [row.work for row in life.ports.store.open_work() if row.work.kind is WorkKind.UPDATE_LISTS]
    assert [work.key for work in asked] == ["lists:update_lists:2026-01-01"] * wanted
    life.work()
    clock.ask()
    assert life.work() == 0


def test_no_more_is_asked_for_while_that_of_an_earlier_day_waits(life: Life) -> None:
    store, day = life.ports.store, dt.timedelta(days=1)
    keys = lambda: {row.work.key for row in store.open_work()}  # noqa: E731
    clock_at(store, _NOON).ask()
    first = keys()
    anchoring = next(key for key in first if WorkKind.ANCHOR_AUDIT in key)
    store.postpone_work(anchoring, dt.timedelta(days=3), "tsa-none", {})
    life.work()
    clock_at(store, _NOON + day).ask()
    assert anchoring in keys()
    assert {key.rpartition(":")[0] for key in keys()} == {key.rpartition(":")[0] for key in first}
    store.hurry_work()
    life.work()
    woken: list[bool] = []
    clock_at(store, _NOON + day, woken).ask()
    assert keys() == {anchoring.replace("2026-01-01", "2026-01-02")}
    assert woken == [True]


def test_a_database_that_is_away_is_asked_again_soon() -> None:
    class Away(_Days):
        def ask_once(self, work: object) -> bool:
            raise UnavailableError("database-unavailable", reason=str(work))

    woken: list[bool] = []
    assert clock_at(Away(), _EPOCH, woken).ask() == dt.timedelta(minutes=1)
    assert woken == []


def test_it_asks_at_the_start_and_wakes_the_dispatcher(life: Life) -> None:
    async def a_moment() -> None:
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()
        clock = DailyClock(
            life.ports.store, lambda: _NOON, ZONE, HOUR, lambda: loop.call_soon_threadsafe(woken.set) and None
        )
        task = asyncio.create_task(clock.run())
        await woken.wait()
        task.cancel()

    asyncio.run(a_moment())
    kinds = {row.work.kind for row in life.ports.store.open_work() if row.work.key.endswith(":2026-01-01")}
    assert WorkKind.ANCHOR_AUDIT in kinds
    assert life.work() == len(kinds)


@pytest.mark.service
def test_the_service_anchors_its_log_once_a_day(tmp_path: Path, prefect: PrefectForTests) -> None:
    """Two zones that never have the same date stand for two days."""
    with Service(tmp_path / "data", {"Karin Öst": "karin@example.org"}, prefect_api_url=prefect.api_url) as service:
        (service.data / "inbox").mkdir(exist_ok=True)
        service.drop(DRAFT.encode())
        service.start(timezone="Pacific/Pago_Pago")
        wait_for("the draft to be taken in", lambda: '"id"' in service.run("status", "--json") or None)
        service.stop()
        for _ in range(2):
            service.start(timezone="Pacific/Kiritimati")
            wait_for("the anchor", lambda: list((service.data / "audit" / "anchors").glob("*.tst")) or None)
            report = json.loads(service.run("audit", "verify", "--json"))
            assert (report["indication"], report["anchors"]) == ("TOTAL-PASSED", 1)
            service.stop()
