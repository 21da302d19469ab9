"""Who signs in instead of typing a code: what a sign-in allows, for how long, and only once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from round_walk import CHAIR, SECRETARY, Walk

from signflow.rounds.events import Answered, SignedIn, SignInRejected
from signflow.rounds.model import Method, Policy, Standing, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Outcome, Refusal
from signflow.rounds.work import WorkKind

MINUTE = dt.timedelta(minutes=1)
BY_SIGN_IN = Policy(method=Method.OIDC)


def code_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


@pytest.fixture
def walk() -> Walk:
    return Walk(policy=BY_SIGN_IN).in_review(SECRETARY, CHAIR)


def test_whoever_signed_in_signs_and_the_approval_says_who_said_so(walk: Walk) -> None:
    walk.must(walk.begun("secretary"))
    fact = walk.signed_in("secretary")
    walk.must(fact)
    decided = walk.must(walk.answered("secretary"))
    seat = walk.seat("secretary")
    assert seat.standing is Standing.APPROVED
    assert seat.challenge is None
    assert seat.approval
    assert (seat.approval.method, seat.approval.identified) == (Method.OIDC, fact.identified)
    assert [work.kind for work in decided.work] == [WorkKind.APPLY_SIGNATURE]
    assert [entry.kind for entry in walk.entries][-3:] == ["sign-in-begun", "signed-in", "signing-approved"]


def test_no_mail_is_sent_for_a_sign_in(walk: Walk) -> None:
    assert walk.must(walk.begun("secretary")).work == ()


def test_a_code_does_not_do_where_a_sign_in_is_wanted_nor_the_other_way(walk: Walk) -> None:
    assert code_of(walk.do(walk.asked("secretary"))) == "sign-in-wanted"
    walk.must(walk.begun("secretary"))
    assert code_of(walk.do(walk.typed("secretary"))) == "sign-in-wanted"
    by_code = Walk().in_review()
    assert code_of(by_code.do(by_code.begun("secretary"))) == "code-wanted"
    by_code.must(by_code.asked("secretary"))
    assert code_of(by_code.do(by_code.signed_in("secretary"))) == "not-signed-in"
    assert code_of(by_code.do(by_code.answered("secretary"))) == "not-signed-in"


def test_nobody_answers_before_they_have_signed_in(walk: Walk) -> None:
    assert code_of(walk.do(walk.answered("secretary"))) == "not-signed-in"
    walk.must(walk.begun("secretary"))
    assert code_of(walk.do(walk.answered("secretary"))) == "not-signed-in"


def test_a_sign_in_counts_once_and_only_the_latest(walk: Walk) -> None:
    walk.must(walk.begun("secretary"))
    first = walk.signed_in("secretary")
    walk.must(first)
    assert code_of(walk.do(first)) == ALREADY_RECORDED
    answer = walk.answered("secretary")
    walk.must(walk.begun("secretary"))
    assert code_of(walk.do(first)) == "not-signed-in"
    assert code_of(walk.do(answer)) == "not-signed-in"


def test_a_sign_in_has_a_short_life_and_so_has_what_follows(walk: Walk) -> None:
    walk.must(walk.begun("secretary"))
    walk.now += 9 * MINUTE
    walk.must(walk.signed_in("secretary"))
    walk.now += 9 * MINUTE
    late = replace(walk, now=walk.now + MINUTE)
    assert code_of(late.do(late.answered("secretary"))) == "sign-in-expired"
    walk.must(walk.answered("secretary"))
    other = Walk(policy=BY_SIGN_IN).in_review()
    other.must(other.begun("secretary"))
    other.now += 10 * MINUTE
    assert code_of(other.do(other.signed_in("secretary"))) == "sign-in-expired"


def test_a_rejected_sign_in_is_over_and_changes_nothing_else(walk: Walk) -> None:
    walk.must(walk.begun("secretary"))
    begun = walk.signed_in("secretary")
    before = walk.present
    rejected = SignInRejected(begun.round, begun.field, begun.challenge_id, "sign-in-other-person")
    decided = walk.must(rejected)
    assert decided.entries[0].data["reason"] == "sign-in-other-person"
    assert code_of(walk.do(begun)) == "not-signed-in"
    assert walk.seat("secretary").standing is Standing.INVITED
    assert before.state is walk.present.state is State.REVIEW
    walk.must(walk.begun("secretary"))
    walk.must(walk.signed_in("secretary"))


def test_what_is_identified_already_is_not_rejected_by_a_late_answer(walk: Walk) -> None:
    walk.must(walk.begun("secretary"))
    fact = walk.signed_in("secretary")
    walk.must(fact)
    assert (
        code_of(walk.do(SignInRejected(fact.round, fact.field, fact.challenge_id, "sign-in-failed")))
        == ALREADY_RECORDED
    )


def test_one_persons_sign_in_is_of_no_use_at_another_seat(walk: Walk) -> None:
    walk.must(walk.begun("secretary"))
    fact = walk.signed_in("secretary")
    assert code_of(walk.do(SignedIn(fact.round, "chair", fact.challenge_id, fact.identified))) == "not-their-turn"
    walk.must(fact)
    walk.must(walk.answered("secretary"))
    walk.must(walk.applied("secretary"))
    walk.must(walk.begun("chair"))
    stolen = Answered(fact.round, "chair", fact.challenge_id, walk.round.current.digest)
    assert code_of(walk.do(stolen)) == "not-signed-in"


def test_an_answer_is_about_a_revision_of_this_round_and_an_objection_gives_a_reason(walk: Walk) -> None:
    walk.must(walk.begun("secretary"))
    walk.must(walk.signed_in("secretary"))
    assert code_of(walk.do(walk.answered("secretary", shown="0" * 64))) == "text-has-changed"
    assert code_of(walk.do(walk.answered("secretary", objection=" \u200b "))) == "reason-missing"
    decided = walk.must(walk.answered("secretary", objection="Fel datum."))
    assert isinstance(decided, Decision)
    assert walk.present.state is State.DRAFT


def test_few_sign_ins_an_hour(walk: Walk) -> None:
    for _ in range(BY_SIGN_IN.codes_per_hour):
        walk.must(walk.begun("secretary"))
    assert code_of(walk.do(walk.begun("secretary"))) == "too-many-codes"
    walk.now += dt.timedelta(hours=1)
    walk.must(walk.begun("secretary"))
