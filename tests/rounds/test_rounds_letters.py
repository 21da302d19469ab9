"""Which letters a state calls for, and that a letter is one letter."""

from __future__ import annotations

import datetime as dt

from round_walk import ADJUSTER, SECOND_ADJUSTER, SECRETARY, Walk, registered

from signflow.rounds.events import InvitationRenewed, ReviewAsked, Withdrawn
from signflow.rounds.letters import LetterKind, letters_due


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


def test_an_objection_tells_the_secretary_once_and_for_the_text_objected_to() -> None:
    walk = Walk().in_review()
    walk.sign("secretary")
    walk.must(walk.asked("adjuster-1"))
    walk.must(walk.typed("adjuster-1", objection="Nej."))
    assert _due(walk) == [("doc:1:objection:secretary", SECRETARY.address)]
    walk.must(ReviewAsked("anna"))
    walk.must(walk.opened())
    assert _due(walk) == [("doc:2:invitation:secretary:1", SECRETARY.address)]


def test_an_ended_life_calls_for_no_letters() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    walk.must(Withdrawn("anna", "Inställt."))
    assert _due(walk) == []
    done = Walk().in_review()
    done.sign("secretary")
    done.sign("adjuster-1")
    assert _due(done) == []
    done.must(done.filed())
    assert _due(done) == []


def test_an_expired_link_is_not_sent_again_by_itself() -> None:
    walk = Walk().in_review()
    before = _due(walk)
    walk.now += dt.timedelta(days=400)
    assert _due(walk) == before  # the same letter, which has gone already
