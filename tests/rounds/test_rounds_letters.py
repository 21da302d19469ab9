"""Which letters a state calls for, and that a letter is one letter."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from round_walk import ADJUSTER, CHAIR, SECOND_ADJUSTER, SECRETARY, Walk, registered

from signflow.blobs import digest_of
from signflow.rounds.events import (
    DraftRegistered,
    InvitationRenewed,
    Reminded,
    ReviewAsked,
    Substituted,
    Withdrawn,
)
from signflow.rounds.letters import Letter, LetterKind, letters_due
from signflow.rounds.work import WorkKind


def _due(walk: Walk) -> list[tuple[str, str]]:
    return [(letter.key, letter.address) for letter in letters_due(walk.present, walk.now)]


def test_a_draft_calls_for_no_letters() -> None:
    walk = Walk()
    walk.must(registered())
    assert _due(walk) == []


def test_only_those_whose_turn_it_is_are_invited() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER, SECOND_ADJUSTER)
    assert _due(walk) == [("doc:1:invitation:secretary:1", SECRETARY.address)]
    walk.approve("secretary")
    assert _due(walk) == []
    walk.must(walk.applied("secretary"))
    assert _due(walk) == [
        ("doc:1:invitation:adjuster-1:1", ADJUSTER.address),
        ("doc:1:invitation:adjuster-2:1", SECOND_ADJUSTER.address),
    ]


def test_a_renewed_invitation_is_another_letter() -> None:
    walk = Walk().in_review()
    walk.must(InvitationRenewed("secretary", "anna"))
    assert _due(walk) == [("doc:1:invitation:secretary:2", SECRETARY.address)]


def test_a_code_letter_is_due_while_the_code_serves() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    code = letters_due(walk.present, walk.now)[1]
    assert (code.kind, code.key, code.challenge_id) == (
        LetterKind.CODE,
        "doc:1:code:secretary:challenge0001",
        "challenge0001",
    )
    assert len(letters_due(walk.present, walk.now + walk.policy.code_lifetime)) == 1
    for _ in range(5):
        walk.must(walk.typed("secretary", matches=False))
    assert len(letters_due(walk.present, walk.now)) == 1


def test_a_reminder_is_a_letter_that_follows_on_the_invitation() -> None:
    walk = Walk().in_review()
    walk.must(Reminded(1, "secretary", 1, "signflow"))
    invitation, reminder = letters_due(walk.present, walk.now)
    assert (reminder.kind, reminder.key) == (LetterKind.REMINDER, "doc:1:reminder:secretary:1")
    assert (invitation.thread, reminder.thread) == ("", invitation.key)
    walk.must(Reminded(1, "secretary", 2, "web"))
    walk.must(InvitationRenewed("secretary", "anna"))
    again, second = letters_due(walk.present, walk.now)
    assert (again.thread, second.thread) == (invitation.key, invitation.key)
    assert second.key == "doc:1:reminder:secretary:2"
    walk.sign("secretary")
    assert {letter.field for letter in letters_due(walk.present, walk.now)} == {"adjuster-1"}


def _standing_in(person: str, number: int) -> Substituted:
    token = digest_of(f"token of {person}".encode())
    return Substituted(number, "adjuster-1", person, f"{person}@hemlig.example", token, "body", "Sjuk.", "web")


def test_who_had_a_link_and_has_it_no_more_is_told_and_nobody_else() -> None:
    walk = Walk().in_review()
    walk.must(_standing_in("Bo", 1))  # Helene was never invited
    walk.sign("secretary")
    assert _due(walk) == [("doc:1:invitation:adjuster-1~2:1", "Bo@hemlig.example")]
    walk.must(_standing_in("Eva", 1))
    walk.must(_standing_in("Ida", 1))
    letters = letters_due(walk.present, walk.now)
    assert [(one.key, one.address, one.thread, one.holder) for one in letters] == [
        ("doc:1:invitation:adjuster-1~4:1", "Ida@hemlig.example", "", 4),
        ("doc:1:substituted:adjuster-1~2", "Bo@hemlig.example", "doc:1:invitation:adjuster-1~2:1", 2),
        ("doc:1:substituted:adjuster-1~3", "Eva@hemlig.example", "doc:1:invitation:adjuster-1~3:1", 3),
    ]
    walk.must(registered("text 2"))
    told = [(one.kind, one.address) for one in letters_due(walk.present, walk.now)]
    assert (LetterKind.SUBSTITUTED, "Bo@hemlig.example") in told  # it may not have gone while the round was open
    assert (LetterKind.VOIDED, "Bo@hemlig.example") not in told
    assert (LetterKind.VOIDED, "Ida@hemlig.example") in told


def test_an_objection_tells_the_secretary_once_and_for_the_text_objected_to() -> None:
    walk = Walk().in_review()
    walk.sign("secretary")
    walk.must(walk.asked("adjuster-1"))
    walk.must(walk.typed("adjuster-1", objection="Nej."))
    assert _due(walk) == [("doc:1:objection:secretary", SECRETARY.address)]
    walk.must(ReviewAsked("anna"))
    walk.must(walk.opened())
    assert _due(walk) == [("doc:2:invitation:secretary:1", SECRETARY.address)]


def test_an_objection_tells_all_who_had_a_link_but_whose_it_is() -> None:
    walk = Walk().in_review(SECRETARY, CHAIR, ADJUSTER, SECOND_ADJUSTER)
    walk.sign("secretary")
    walk.must(walk.asked("chair"))
    walk.must(walk.typed("chair", objection="Nej."))
    assert _kinds(walk) == {(LetterKind.OBJECTION, SECRETARY.address)}  # the adjusters had not been invited
    walk = Walk().in_review(SECRETARY, CHAIR, ADJUSTER, SECOND_ADJUSTER)
    walk.sign("secretary")
    walk.sign("chair")
    walk.must(walk.asked("adjuster-2"))
    walk.must(walk.typed("adjuster-2", objection="Nej."))
    assert _kinds(walk) == {
        (LetterKind.OBJECTION, SECRETARY.address),
        (LetterKind.VOIDED, CHAIR.address),
        (LetterKind.VOIDED, ADJUSTER.address),
    }


def _kinds(walk: Walk) -> set[tuple[LetterKind, str]]:
    return {(letter.kind, letter.address) for letter in letters_due(walk.present, walk.now)}


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("inbox", {SECRETARY.address, ADJUSTER.address}),
        (SECRETARY.person, {ADJUSTER.address}),
        ("anna  söderström", {ADJUSTER.address}),
        (ADJUSTER.person, {SECRETARY.address}),
    ],
)
@pytest.mark.parametrize("event", [registered("text 2", clean=False), Withdrawn("x", "Inställt.")])
def test_whose_round_ends_is_told_unless_they_ended_it(
    event: DraftRegistered | Withdrawn, by: str, told: set[str]
) -> None:
    walk = Walk().in_review()
    walk.sign("secretary")
    decided = walk.must(replace(event, by=by))
    assert _kinds(walk) == {(LetterKind.VOIDED, address) for address in told}
    assert {letter.thread for letter in letters_due(walk.present, walk.now)} <= {
        "doc:1:invitation:secretary:1",
        "doc:1:invitation:adjuster-1:1",
    }
    assert [work.kind for work in decided.work] == [WorkKind.SEND_LETTERS]


def test_who_has_a_link_learns_that_it_is_void_before_a_new_round_begins() -> None:
    walk = Walk().in_review()
    decided = walk.must(registered("text 2"))
    assert [work.kind for work in decided.work] == [WorkKind.SEND_LETTERS, WorkKind.OPEN_REVIEW]
    untouched = Walk()
    untouched.must(registered(clean=False))
    assert [work.kind for work in untouched.must(registered("text 2")).work] == [WorkKind.OPEN_REVIEW]


def test_when_all_have_signed_the_secretary_is_told_and_later_all_get_the_signed_copy() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    walk.sign("secretary")
    walk.sign("adjuster-1")
    assert _due(walk) == [("doc:1:adjusted:secretary", SECRETARY.address)]
    decided = walk.must(walk.filed())
    assert [work.kind for work in decided.work] == [WorkKind.SEND_LETTERS]
    assert _due(walk) == [
        ("doc:1:adjusted:secretary", SECRETARY.address),
        ("doc:1:receipt:secretary", SECRETARY.address),
        ("doc:1:receipt:adjuster-1", ADJUSTER.address),
    ]


def test_only_what_nothing_goes_on_without_holds_anything_up() -> None:
    holding = {kind for kind in LetterKind if Letter("k", "", kind, "P", "p@x.example", "chair", 1).holds_up}
    assert holding == {LetterKind.INVITATION, LetterKind.CODE, LetterKind.OBJECTION}


def test_an_expired_link_is_not_sent_again_by_itself() -> None:
    walk = Walk().in_review()
    before = _due(walk)
    walk.now += dt.timedelta(days=400)
    assert _due(walk) == before  # the same letter, which has gone already
