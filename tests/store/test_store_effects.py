"""An effect has one result, however many runs claim it."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy.exc import NoResultFound
from store_samples import Clock, at_once

from signflow.store.database import Database
from signflow.store.effects import Effects, Result


@pytest.fixture
def effects(database: Database, clock: Clock) -> Effects:
    return Effects(database, clock)


def test_an_effect_that_nobody_claimed_cannot_be_done(effects: Effects) -> None:
    assert effects.result("a") is None
    with pytest.raises(NoResultFound):
        effects.done("a", {})
    assert effects.result("a") is None


def test_a_claim_without_an_end_is_claimed_again(effects: Effects) -> None:
    assert effects.claim("a") is None
    assert effects.result("a") is None
    assert effects.claim("a") is None


def test_the_first_result_stands(effects: Effects) -> None:
    effects.claim("a")
    first: Result = {"digest": "0" * 64, "size": 2**40, "ä": "å"}
    assert effects.done("a", first) == first
    assert effects.done("a", {"digest": "other"}) == first
    assert effects.claim("a") == effects.result("a") == first
    assert effects.claim("b") is None


def test_a_result_may_be_empty(effects: Effects) -> None:
    effects.claim("a")
    assert effects.done("a", {}) == {}
    assert effects.claim("a") == effects.result("a") == {}


def test_runs_that_race_get_one_result(effects: Effects) -> None:
    for key in ("a", "b", "c"):

        def run(number: int, key: str = key) -> Result:
            return effects.claim(key) or effects.done(key, {"number": number})

        results = at_once(*(partial(run, number) for number in range(6)))
        assert results == [effects.result(key)] * 6
