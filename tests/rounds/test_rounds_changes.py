"""What the secretary may change while people sign, and the order in which a body's people do."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_walk import ADJUSTER, CHAIR, SECOND_ADJUSTER, SECRETARY, Walk, registered

from signflow.blobs import digest_of
from signflow.minutes.model import Role
from signflow.rounds.bodies import Bodies, BodyRules, Order
from signflow.rounds.events import AbsenceTold, InvitationRenewed, Reminded, ReviewAsked, Substituted
from signflow.rounds.letters import LetterKind, letters_due
from signflow.rounds.model import ItemObjection, Policy, Standing, State
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal

DAY = dt.timedelta(days=1)
BODY = "Ledningsgruppen"


def code_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def under(rules: BodyRules) -> Policy:
    return Policy(bodies=Bodies({BODY.upper(): rules}))


def standing_in(
    field: str = "adjuster-1",
    person: str = "Bo Ek",
    address: str = "bo@hemlig.example",
    mandate: str = "minutes",
    reason: str = "Sjuk.",
) -> Substituted:
    return Substituted(1, field, person, address, digest_of(f"token {field} {person}".encode()), mandate, reason, "web")


def sign(walk: Walk, name: str) -> None:
    walk.must(walk.asked(name))
    walk.must(walk.typed(name))
    walk.must(walk.applied(name))


def invited(walk: Walk) -> set[str]:
    return {seat.field for seat in walk.round.seats if seat.standing is Standing.INVITED}


def test_the_order_is_the_bodys() -> None:
    people = (SECRETARY, CHAIR, ADJUSTER, SECOND_ADJUSTER)
    together = Walk(policy=under(BodyRules(Order.TOGETHER))).in_review(*people)
    sign(together, "secretary")
    assert invited(together) == {"chair", "adjuster-1", "adjuster-2"}
    by_role = Walk(policy=under(BodyRules(Order.BY_ROLE))).in_review(*people)
    sign(by_role, "secretary")
    assert invited(by_role) == {"chair"}
    sign(by_role, "chair")
    assert invited(by_role) == {"adjuster-1", "adjuster-2"}
    one_by_one = Walk(policy=under(BodyRules(Order.ONE_BY_ONE))).in_review(*people)
    for name, then in (("secretary", "chair"), ("chair", "adjuster-1"), ("adjuster-1", "adjuster-2")):
        sign(one_by_one, name)
        assert invited(one_by_one) == {then}


@given(st.lists(st.sampled_from(Role), max_size=12).map(tuple), st.sampled_from(Order))
def test_the_secretary_is_first_in_any_order_and_nobody_comes_before_the_chair(
    roles: tuple[Role, ...], order: Order
) -> None:
    turns = BodyRules(order).turns(roles)
    assert len(turns) == len(roles)
    by_role = {role: [turn for turn, one in zip(turns, roles, strict=True) if one is role] for role in Role}
    assert set(by_role[Role.SECRETARY]) <= {0}
    assert all(turn > 0 for turn in (*by_role[Role.CHAIR], *by_role[Role.ADJUSTER]))
    assert max(by_role[Role.CHAIR], default=0) <= min(by_role[Role.ADJUSTER], default=99)
    if order is Order.ONE_BY_ONE:
        assert len(set(by_role[Role.ADJUSTER])) == len(by_role[Role.ADJUSTER])


def test_a_body_without_rules_asks_for_nothing_more() -> None:
    walk = Walk(policy=Policy(bodies=Bodies({"Kommunstyrelsen": BodyRules(chair=True, adjusters=3)})))
    assert walk.must(registered()).work


def test_who_must_sign_is_asked_for_before_anybody_is_invited() -> None:
    rules = BodyRules(chair=True, adjusters=2)
    assert rules.lacks((Role.SECRETARY, Role.ADJUSTER)) == (
        ("chair-must-sign", {}),
        ("adjusters-must-sign", {"wanted": 2, "named": 1}),
    )
    walk = Walk(policy=under(rules))
    assert walk.must(registered()).work == ()
    assert code_of(walk.do(ReviewAsked("web"))) == "draft-has-errors"
    assert code_of(walk.do(walk.opened())) == "draft-has-errors"
    complete = (SECRETARY, CHAIR, ADJUSTER, SECOND_ADJUSTER)
    assert walk.must(registered("text 2", appointments=complete)).work


def test_who_stands_in_signs_and_the_one_before_cannot() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    sign(walk, "secretary")
    before = walk.seat("adjuster-1")
    walk.must(walk.asked("adjuster-1"))
    typed = walk.typed("adjuster-1")
    walk.now += DAY
    decided = walk.must(standing_in())
    after = walk.seat("adjuster-1")
    assert (after.person, after.holder, after.standing, after.challenge) == ("Bo Ek", 2, Standing.INVITED, None)
    assert after.link_digest != before.link_digest
    assert after.replaced[0].link_digest == before.link_digest
    assert after.holding != before.holding
    assert after.link_expires_at == walk.now + Policy().link_lifetime
    assert decided.entries[0].data["mandate"] == "minutes"
    assert code_of(walk.do(typed)) == "code-used-up"
    letters = letters_due(walk.present, walk.now)
    assert [(one.kind, one.address) for one in letters] == [
        (LetterKind.INVITATION, "bo@hemlig.example"),
        (LetterKind.SUBSTITUTED, before.address),
    ]
    assert code_of(walk.do(standing_in())) == ALREADY_RECORDED
    sign(walk, "adjuster-1")
    assert walk.present.state is State.ADJUSTED


def test_who_waits_can_be_stood_in_for_and_is_invited_when_it_is_their_turn() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    walk.must(standing_in())
    assert walk.seat("adjuster-1").standing is Standing.WAITING
    sign(walk, "secretary")
    seat = walk.seat("adjuster-1")
    assert (seat.person, seat.standing, seat.invitation) == ("Bo Ek", Standing.INVITED, 1)


def test_one_can_be_stood_in_for_again_and_come_back() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    walk.must(standing_in())
    walk.must(standing_in(person="Lis Ö", address="lis@hemlig.example"))
    back = replace(standing_in(person=ADJUSTER.person), link_digest=digest_of(b"third"))
    walk.must(back)
    seat = walk.seat("adjuster-1")
    assert (seat.person, seat.holder) == (ADJUSTER.person, 4)
    assert [one.person for one in seat.replaced] == [ADJUSTER.person, "Bo Ek", "Lis Ö"]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (standing_in(mandate=""), "no-mandate"),
        (standing_in(address=""), "no-address"),
        (standing_in(reason=" \u200b"), "reason-missing"),
        (standing_in(person=SECRETARY.person.upper()), "signs-already"),
        (standing_in(person=ADJUSTER.person), "signs-already"),
        (standing_in(field="chair"), "round-ended"),
        (replace(standing_in(), round=2), "round-ended"),
    ],
)
def test_nobody_stands_in_without_right(event: Substituted, code: str) -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    assert code_of(walk.do(event)) == code
    assert walk.seat("adjuster-1").holder == 1


def test_who_has_said_yes_is_not_replaced() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    walk.must(walk.asked("secretary"))
    walk.must(walk.typed("secretary"))
    assert code_of(walk.do(standing_in("secretary"))) == "already-approved"
    walk.must(walk.applied("secretary"))
    assert code_of(walk.do(standing_in("secretary"))) == "already-approved"


def test_only_those_whose_turn_it_is_are_reminded_and_each_reminder_is_one() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    assert code_of(walk.do(Reminded(1, "adjuster-1", 1, "signflow"))) == "not-their-turn"
    decided = walk.must(Reminded(1, "secretary", 1, "signflow"))
    assert len(decided.work) == 1
    assert code_of(walk.do(Reminded(1, "secretary", 1, "signflow"))) == ALREADY_RECORDED
    walk.must(Reminded(1, "secretary", 2, "web"))
    assert code_of(walk.do(Reminded(2, "secretary", 3, "web"))) == "not-their-turn"


def test_a_link_is_renewed_for_who_holds_the_seat() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    sign(walk, "secretary")
    walk.must(standing_in())
    works = {work.key for work in walk.works}
    walk.must(InvitationRenewed("adjuster-1", "web"))
    assert {work.key for work in walk.works} > works


def test_an_absence_is_ahead_within_a_year_and_can_be_taken_back() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    today = walk.now.date()
    for until in (today, today - DAY, today + 367 * DAY):
        assert code_of(walk.do(AbsenceTold(1, "adjuster-1", until, "web"))) == "date-not-ahead"
    told = AbsenceTold(1, "adjuster-1", today + DAY, "web")
    walk.must(told)
    assert walk.seat("adjuster-1").away_until == today + DAY
    assert code_of(walk.do(told)) == ALREADY_RECORDED
    assert walk.must(AbsenceTold(1, "adjuster-1", None, "web")).entries[0].kind == "absence-over"
    sign(walk, "secretary")
    assert code_of(walk.do(AbsenceTold(1, "secretary", today + DAY, "web"))) == "already-approved"


def test_an_objection_item_by_item_says_which_and_why() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    walk.must(walk.asked("secretary"))
    typed = replace(walk.typed("secretary"), objection="")
    assert code_of(walk.do(typed)) == "reason-missing"
    assert code_of(walk.do(replace(typed, items=(ItemObjection("§ 4", " "),)))) == "reason-missing"
    decided = walk.must(replace(typed, items=(ItemObjection("§ 4", "Fel belopp.\x00", "40 000 kr"),)))
    objection = walk.round.objection
    assert objection is not None
    assert objection.items == (ItemObjection("§ 4", "Fel belopp.", "40 000 kr"),)
    assert decided.entries[0].data["items"] == "§ 4"


def test_dissent_goes_on_record_and_the_signature_is_made_all_the_same() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER)
    walk.must(walk.asked("secretary"))
    decided = walk.must(replace(walk.typed("secretary"), dissent="Jag reserverar mig mot § 4."))
    approval = walk.seat("secretary").approval
    assert approval is not None
    assert approval.dissent == decided.entries[0].data["dissent"] == "Jag reserverar mig mot § 4."
    assert decided.work
