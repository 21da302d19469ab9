"""Authorities of time in an order: the first that answers, and what happens to one that does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from time_authority import Serving, TimeAuthority, now

from signflow.errors import UnavailableError
from signflow.signing.timestamps.several import SeveralTsas

IMPRINT = b"\x01" * 32


class House:
    """Two authorities and a clock that can be moved."""

    def __init__(self, first: TimeAuthority, second: TimeAuthority) -> None:
        self.first, self.second = first, second
        self.passed = dt.timedelta(0)
        first.clock = second.clock = self.clock
        self.tsas = SeveralTsas([first.client(), second.client()], self.clock)

    def clock(self) -> dt.datetime:
        return now() + self.passed

    def source(self) -> str:
        """Who gives a token now."""
        return self.tsas.ready(self.clock()).stamp(IMPRINT).source

    def both_down(self, *, down: bool) -> None:
        self.first.down = self.second.down = {"/"} if down else set()


@pytest.fixture
def house() -> Iterator[House]:
    with Serving() as first, Serving() as second:
        yield House(first.authority, second.authority)


def test_the_first_is_asked_first(house: House) -> None:
    assert [house.source() for _ in range(3)] == [house.first.url] * 3
    assert house.second.asked == []


def test_one_that_is_away_is_passed_over_for_a_while_and_then_wanted_again(house: House) -> None:
    house.first.down = {"/"}
    assert house.source() == house.second.url
    house.first.down = set()
    assert house.source() == house.second.url
    assert house.first.asked == ["POST /"]  # it rests
    house.passed = dt.timedelta(seconds=31)
    assert house.source() == house.first.url


def test_the_rest_grows_and_ends_with_the_first_success(house: House) -> None:
    house.first.down = {"/"}
    house.source()
    house.passed = dt.timedelta(seconds=31)
    house.source()
    asked = len(house.first.asked)
    house.passed += dt.timedelta(seconds=31)
    house.source()
    assert len(house.first.asked) == asked  # a minute now
    house.first.down = set()
    house.passed += dt.timedelta(seconds=31)
    assert house.source() == house.first.url
    house.first.down = {"/"}
    with pytest.raises(UnavailableError):
        house.source()
    house.first.down = set()
    house.passed += dt.timedelta(seconds=31)  # half a minute again
    assert house.source() == house.first.url


def test_one_that_goes_away_between_ready_and_stamp_lets_the_next_attempt_go_elsewhere(house: House) -> None:
    ready = house.tsas.ready(house.clock())
    house.first.down = {"/"}
    with pytest.raises(UnavailableError, match="tsa-unavailable"):
        ready.stamp(IMPRINT)
    assert house.source() == house.second.url


def test_when_all_are_away_it_is_said_of_each_and_the_first_that_is_back_is_used_at_once(house: House) -> None:
    house.both_down(down=True)
    for _ in range(3):
        with pytest.raises(UnavailableError) as caught:
            house.source()
        assert caught.value.code == "tsa-none"
        assert house.first.url in str(caught.value.params["answers"])
        assert house.second.url in str(caught.value.params["answers"])
    house.second.down = set()
    assert house.source() == house.second.url


def test_one_whose_revocation_list_cannot_be_had_is_passed_over(house: House) -> None:
    house.first.down = {"/tsa.crl"}
    assert house.source() == house.second.url


def test_one_that_changes_its_key_is_not_passed_over(house: House) -> None:
    ready = house.tsas.ready(house.clock())
    house.first.unit = house.first.new_unit()
    with pytest.raises(UnavailableError, match="tsa-changed"):
        ready.stamp(IMPRINT)
    assert house.source() == house.first.url


def test_all_roots_are_known_from_the_start(house: House) -> None:
    assert {root.sha256 for root in house.tsas.roots} == {
        root.sha256 for one in (house.first, house.second) for root in one.roots
    }
