"""Sessions and challenges of staff, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select
from store_samples import START

from signflow.rounds.admission import StaffChallenge, StaffRules, StaffSession, StaffSignIn, answered, holds, is_open
from signflow.rounds.work import WorkKind, send_staff_code
from signflow.store.database import Database
from signflow.store.people import People, RegisteredPerson
from signflow.store.sessions import REMEMBERED, Sessions
from signflow.store.store import Store
from signflow.store.tables import outbox, sessions, staff_challenges

RULES = StaffRules(sign_in=StaffSignIn.MAIL_CODE)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
KARIN = RegisteredPerson("Karin Ek", "", "Karin@example.org", ("secretary", "arkivarie"))


class StillClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def kept(database: Database, clock: StillClock) -> Sessions:
    return Sessions(database, clock)


def challenge(name: str, at: dt.datetime = START, **changed: str) -> StaffChallenge:
    one = StaffChallenge(name, "karin@example.org", "", "/archive?q=å", at, at + 10 * MINUTE, 5)
    return replace(one, **changed)


def session(at: dt.datetime = START, roles: tuple[str, ...] | None = None) -> StaffSession:
    return StaffSession("Karin Ek", "Karin@example.org", StaffSignIn.MAIL_CODE, at, at, roles)


def test_a_challenge_is_kept_as_it_was_asked_for_with_its_work(kept: Sessions, database: Database) -> None:
    one = challenge("c1", device="d")
    assert kept.ask(one, send_staff_code(one.id), 5)
    assert kept.challenge("c1") == one
    assert kept.challenge("c2") is None
    (work,) = Store(database, lambda: START).open_work_of_kind(WorkKind.SEND_STAFF_CODE, 5)
    assert dict(work.work.args) == {"challenge": "c1"}
    kept.note_sent("c1")
    kept.note_begun("c1", {"url": "https://x", "n": 1})
    assert kept.challenge("c1") == replace(one, sent_at=START)
    assert kept.begun("c1") == {"url": "https://x", "n": 1}
    assert kept.begun("c2") is None


def test_codes_are_counted_by_the_hour_for_each_known_browser_and_all_others_together(kept: Sessions) -> None:
    for number in range(3):
        assert kept.ask(challenge(f"s{number}", START + number * MINUTE), None, 3)
    assert not kept.ask(challenge("s3", START + 59 * MINUTE), None, 3)
    assert kept.challenge("s3") is None
    for device in ("d1", "d2"):
        assert kept.ask(challenge(device, START + 4 * MINUTE, device=device), None, 1)
        assert not kept.ask(challenge(f"{device}b", START + 5 * MINUTE, device=device), None, 1)
    assert kept.ask(challenge("other", START + 5 * MINUTE, address="other@example.org"), None, 1)
    assert kept.ask(challenge("s4", START + 60 * MINUTE), None, 3)
    assert not kept.ask(challenge("s5", START + 60 * MINUTE), None, 3)
    assert kept.ask(challenge("uncounted", START + 60 * MINUTE), None, None)


def test_many_who_ask_at_once_get_no_more_than_one_would(kept: Sessions) -> None:
    answers: list[bool] = []

    def ask(number: int) -> None:
        answers.append(kept.ask(challenge(f"c{number}"), None, 4))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [False] * 6 + [True] * 4


def test_a_right_answer_is_taken_once_and_a_wrong_one_costs_a_try(kept: Sessions) -> None:
    one = challenge("c1")
    kept.ask(one, None, 5)
    left = [after.tries_left for _ in range(4) if (after := kept.answer("c1", right=False))]
    assert left == [4, 3, 2, 1]
    after = kept.answer("c1", right=True)
    assert after == replace(one, tries_left=0)
    assert kept.answer("c1", right=True) is None
    assert kept.answer("nobody", right=True) is None


def test_two_right_answers_at_once_are_one(kept: Sessions) -> None:
    kept.ask(challenge("c1"), None, 5)
    answers: list[bool] = []
    threads = [
        threading.Thread(target=lambda: answers.append(kept.answer("c1", right=True) is not None)) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [False] * 7 + [True]


def test_a_challenge_ends_when_its_time_is_over(kept: Sessions, clock: StillClock) -> None:
    one = challenge("c1")
    kept.ask(one, None, 5)
    assert is_open(one, START + 10 * MINUTE - dt.timedelta(microseconds=1))
    assert not is_open(one, START + 10 * MINUTE)
    clock.now = START + 10 * MINUTE
    assert kept.answer("c1", right=True) is None
    assert answered(one, right=False).tries_left == 4


def test_what_is_a_day_old_is_forgotten_and_the_work_of_others_is_not(kept: Sessions, database: Database) -> None:
    store = Store(database, lambda: START)
    for name in ("old", "open"):
        kept.ask(challenge(name), send_staff_code(name), 5)
    store.close_work("staff:old")
    store.ask_for(replace(send_staff_code("letters"), kind=WorkKind.SEND_LETTERS))
    store.close_work("staff:letters")
    kept.ask(challenge("new", START + 25 * HOUR), None, 5)
    with database.reading() as connection:
        assert connection.execute(select(staff_challenges.c.id)).scalars().all() == ["new"]
        keys = connection.execute(select(outbox.c.key).order_by(outbox.c.key)).scalars().all()
    assert keys == ["staff:letters", "staff:open"]


def test_a_session_is_found_with_what_the_register_says_now(kept: Sessions, database: Database) -> None:
    people = People(database)
    people.put([KARIN])
    kept.begin("t1", session(), RULES)
    found = kept.find("t1")
    assert found is not None
    assert (found.session, found.person) == (session(), KARIN)
    people.put([replace(KARIN, roles=())])
    found = kept.find("t1")
    assert found is not None
    assert found.person == replace(KARIN, roles=())
    assert kept.find("t2") is None
    kept.begin("t2", replace(session(roles=("archivist",)), address="nobody@example.org"), RULES)
    found = kept.find("t2")
    assert found is not None
    assert (found.session.roles, found.person) == (("archivist",), None)


def test_sessions_are_seen_ended_and_forgotten(kept: Sessions, database: Database, clock: StillClock) -> None:
    for name in ("t1", "t2", "t3"):
        kept.begin(name, session(), RULES)
    kept.see("t1", START + 3 * HOUR)
    found = kept.find("t1")
    assert found is not None
    assert found.session.seen_at == START + 3 * HOUR
    kept.end("t2")
    kept.end("t2")
    assert kept.find("t2") is None
    clock.now = START + 9 * HOUR  # t3 was not used since
    kept.begin("t4", session(clock.now), RULES)
    assert kept.find("t3") is not None  # whose it was is known a while longer
    clock.now += REMEMBERED
    kept.begin("t5", session(clock.now), RULES)
    with database.reading() as connection:
        names = connection.execute(select(sessions.c.token_digest).order_by(sessions.c.token_digest)).scalars().all()
    assert names == ["t1", "t4", "t5"]
    assert kept.end_all("karin@EXAMPLE.org") == 3
    assert kept.end_all("karin@example.org") == 0


def test_people_are_found_by_address_in_whatever_case(kept: Sessions, database: Database) -> None:
    People(database).put([KARIN])
    assert kept.person_at("KARIN@example.org") == KARIN
    assert kept.person_at("karin@example.or") is None
    assert kept.person_at("%") is None


@pytest.mark.parametrize(
    ("since_seen", "since_begun", "expected"),
    [
        (dt.timedelta(0), dt.timedelta(0), True),
        (8 * HOUR - MINUTE, 23 * HOUR, True),
        (8 * HOUR, 8 * HOUR, False),
        (MINUTE, 24 * HOUR, False),
        (MINUTE, 24 * HOUR - MINUTE, True),
    ],
)
def test_how_long_a_session_holds(since_seen: dt.timedelta, since_begun: dt.timedelta, expected: bool) -> None:  # noqa: FBT001 -- a column of a table
    now = START + 48 * HOUR
    one = replace(session(), begun_at=now - since_begun, seen_at=now - since_seen)
    assert holds(one, RULES, now) is expected
    assert not holds(one, replace(RULES, sign_in=StaffSignIn.OIDC), now)
