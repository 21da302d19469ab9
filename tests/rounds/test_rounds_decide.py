"""Each rule of `decide`, one by one: first what is refused, then what follows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from round_walk import ADJUSTER, CHAIR, PEOPLE, SECOND_ADJUSTER, SECRETARY, STAMPED, START, Walk, blob, registered

from signflow.minutes.model import Role
from signflow.rounds.decide import decide
from signflow.rounds.drafts import objected_to
from signflow.rounds.events import (
    CodeAsked,
    CodeTyped,
    Event,
    Filed,
    InvitationRenewed,
    ReviewAsked,
    ReviewOpened,
    SignatureApplied,
    Withdrawn,
)
from signflow.rounds.model import Appointment, Archived, Objection, Policy, RoundEnd, Standing, State
from signflow.rounds.outcome import Decision, Outcome, Refusal
from signflow.rounds.seats import field_names
from signflow.rounds.work import WorkKind
from signflow.texts import LANGUAGES, Texts

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def _code(outcome: Outcome) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


@pytest.mark.parametrize(
    "event",
    [
        ReviewAsked("anna"),
        ReviewOpened(1, 1, blob("copy"), ()),
        InvitationRenewed("secretary", "anna"),
        CodeAsked(1, "secretary", "c"),
        CodeTyped(1, "secretary", "c", True, "0" * 64),
        SignatureApplied(1, "secretary", "0" * 64, blob("a"), blob("b"), START, STAMPED),
        Withdrawn("anna", "fel"),
        Filed(Archived(START, blob("sealed"), "v1", "0" * 128), STAMPED),
    ],
    ids=lambda event: type(event).__name__,
)
def test_nothing_happens_to_a_document_that_is_not_there(event: Event) -> None:
    assert decide(None, event, START, Policy()) == Refusal("no-such-document")


def test_a_draft_of_another_document_is_refused() -> None:
    walk = Walk().in_review()
    assert _code(walk.do(registered("text 2", document_id="another"))) == "no-such-document"


def test_a_draft_with_errors_goes_nowhere() -> None:
    walk = Walk()
    assert walk.must(registered(clean=False)).work == ()
    assert _code(walk.do(ReviewAsked("anna"))) == "draft-has-errors"
    assert _code(walk.do(walk.opened())) == "draft-has-errors"


@pytest.mark.parametrize(
    "appointments",
    [
        (),
        (SECRETARY, replace(SECRETARY, role=Role.ADJUSTER)),
        (SECRETARY, ADJUSTER, replace(ADJUSTER, person=" helene  OLOFSSON", address="h@example.org")),
    ],
    ids=["nobody", "one in two roles", "one name written in two ways"],
)
def test_a_draft_that_names_nobody_or_somebody_twice_goes_nowhere(appointments: tuple[Appointment, ...]) -> None:
    walk = Walk()
    assert walk.must(registered(appointments=appointments)).work == ()
    assert _code(walk.do(ReviewAsked("anna"))) == "draft-has-errors"
    assert _code(walk.do(walk.opened())) == "draft-has-errors"


def test_a_round_opens_only_on_the_present_draft_under_the_next_number() -> None:
    walk = Walk()
    walk.must(registered())
    opened = walk.opened()
    assert _code(walk.do(replace(opened, round=2))) == "text-has-changed"
    assert _code(walk.do(replace(opened, draft_number=2))) == "text-has-changed"
    walk.must(registered("text 2"))
    assert _code(walk.do(opened)) == "text-has-changed"


@pytest.mark.parametrize("links", [(), ("a" * 64,), ("a" * 64, "a" * 64), ("a" * 64, "b" * 64, "c" * 64)])
def test_a_round_opens_only_with_one_link_a_seat(links: tuple[str, ...]) -> None:
    walk = Walk()
    walk.must(registered())
    assert _code(walk.do(replace(walk.opened(), link_digests=links))) == "text-has-changed"


def test_only_the_seat_whose_turn_it_is_can_act() -> None:
    walk = Walk().in_review(*PEOPLE)
    for name in ("chair", "adjuster-1", "adjuster-2"):
        assert _code(walk.do(walk.asked(name))) == "not-their-turn"
        assert _code(walk.do(walk.typed(name))) == "not-their-turn"
        assert _code(walk.do(walk.applied(name))) == "not-approved"
        assert _code(walk.do(InvitationRenewed(name, "anna"))) == "not-their-turn"
    assert _code(walk.do(walk.applied("secretary"))) == "not-approved"
    assert _code(walk.do(InvitationRenewed("nobody", "anna"))) == "not-their-turn"
    assert _code(walk.do(CodeAsked(1, "nobody", "c"))) == "round-ended"
    assert _code(walk.do(CodeAsked(2, "secretary", "c"))) == "round-ended"


def test_a_link_expires_and_can_be_renewed() -> None:
    walk = Walk().in_review()
    walk.now += walk.policy.link_lifetime - dt.timedelta(microseconds=1)
    walk.must(walk.asked("secretary"))
    walk.now += dt.timedelta(microseconds=1)
    assert _code(walk.do(walk.typed("secretary"))) == "link-expired"
    assert _code(walk.do(walk.asked("secretary"))) == "link-expired"
    renewed = walk.must(InvitationRenewed("secretary", "anna"))
    assert [work.kind for work in renewed.work] == [WorkKind.SEND_LETTERS]
    walk.approve("secretary")


def test_a_code_expires() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    walk.now += walk.policy.code_lifetime
    assert _code(walk.do(walk.typed("secretary"))) == "code-expired"


def test_a_code_has_five_tries() -> None:
    walk = Walk().in_review()
    assert _code(walk.do(walk.typed("secretary"))) == "code-used-up"
    walk.must(walk.asked("secretary"))
    for left in (4, 3, 2, 1, 0):
        assert walk.must(walk.typed("secretary", matches=False)).entries[0].data["tries_left"] == left
    assert _code(walk.do(walk.typed("secretary"))) == "code-used-up"
    walk.approve("secretary")


def test_a_new_code_puts_an_end_to_the_one_before() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    first = walk.typed("secretary")
    walk.must(walk.asked("secretary"))
    assert _code(walk.do(first)) == "code-used-up"
    walk.must(walk.typed("secretary"))


def test_five_codes_an_hour() -> None:
    walk = Walk().in_review()
    for _ in range(5):
        walk.must(walk.asked("secretary"))
        walk.now += MINUTE
    assert _code(walk.do(walk.asked("secretary"))) == "too-many-codes"
    walk.now = START + HOUR - dt.timedelta(microseconds=1)
    assert _code(walk.do(walk.asked("secretary"))) == "too-many-codes"
    walk.now = START + HOUR
    walk.must(walk.asked("secretary"))


def test_a_clock_that_goes_back_gives_no_more_codes() -> None:
    walk = Walk().in_review()
    for _ in range(5):
        walk.must(walk.asked("secretary"))
    walk.now -= 2 * HOUR
    assert _code(walk.do(walk.asked("secretary"))) == "too-many-codes"


def test_an_approval_is_of_a_revision_of_this_round() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER, SECOND_ADJUSTER)
    walk.must(walk.asked("secretary"))
    assert _code(walk.do(walk.typed("secretary", shown="0" * 64))) == "text-has-changed"
    assert walk.seat("secretary").challenge is not None
    copy = walk.round.copy.digest
    approved = walk.must(walk.typed("secretary"))
    assert [work.key for work in approved.work] == ["doc:apply_signature:1:secretary"]
    walk.must(walk.applied("secretary"))
    for name in ("adjuster-1", "adjuster-2"):  # both read the text at once; the other's signature changes no word
        walk.must(walk.asked(name))
        walk.must(walk.typed(name, shown=copy))
    walk.must(walk.applied("adjuster-2"))
    walk.must(walk.applied("adjuster-1"))
    assert walk.present.state is State.ADJUSTED


def test_a_signature_counts_once_and_only_on_the_current_revision() -> None:
    walk = Walk().in_review(SECRETARY, ADJUSTER, SECOND_ADJUSTER)
    walk.approve("secretary")
    applied = walk.applied("secretary")
    assert _code(walk.do(replace(applied, before_digest="0" * 64))) == "text-has-changed"
    assert _code(walk.do(replace(applied, revision=walk.round.copy))) == "text-has-changed"
    walk.must(applied)
    assert _code(walk.do(applied)) == "already-recorded"
    walk.approve("adjuster-1")
    walk.approve("adjuster-2")
    late = walk.applied("adjuster-2")
    walk.must(walk.applied("adjuster-1"))
    assert _code(walk.do(late)) == "text-has-changed"
    walk.must(walk.applied("adjuster-2"))


def test_nobody_approves_twice() -> None:
    walk = Walk().in_review()
    walk.approve("secretary")
    assert walk.seat("secretary").challenge is None
    for event in (walk.asked("secretary"), walk.typed("secretary")):
        assert _code(walk.do(event)) == "already-approved"
    walk.must(walk.applied("secretary"))
    for event in (walk.asked("secretary"), walk.typed("secretary")):
        assert _code(walk.do(event)) == "already-approved"


@pytest.mark.parametrize("reason", ["", "  \n\t ", "\x00\u200b"])
def test_objecting_and_withdrawing_need_a_reason(reason: str) -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    assert _code(walk.do(walk.typed("secretary", objection=reason))) == "reason-missing"
    assert _code(walk.do(Withdrawn("anna", reason))) == "reason-missing"
    assert walk.seat("secretary").challenge is not None


def test_a_reason_is_kept_without_what_no_eye_sees() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    walk.must(walk.typed("secretary", objection=" § 2 stämmer\x00 inte.\r\nÄndra\u202e till 12.\ud800 "))
    assert objected_to(walk.present) == Objection("Anna Söderström", "§ 2 stämmer inte.\nÄndra till 12.")


def test_an_objection_needs_the_right_code_too() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    walk.must(walk.typed("secretary", matches=False, objection="Nej."))
    assert walk.present.state is State.REVIEW
    assert objected_to(walk.present) is None


def test_an_objection_ends_the_round_and_voids_what_was_signed() -> None:
    walk = Walk().in_review()
    walk.sign("secretary")
    walk.must(walk.asked("adjuster-1"))
    decision = walk.must(walk.typed("adjuster-1", objection="Punkt 2 stämmer inte."))
    assert walk.present.state is State.DRAFT
    assert walk.round.ended is RoundEnd.OBJECTION
    assert walk.seat("secretary").signature is not None
    assert [(entry.kind, entry.data.get("void_signatures")) for entry in decision.entries] == [
        ("objected", None),
        ("round-ended", 1),
    ]
    assert objected_to(walk.present) == Objection("Helene Olofsson", "Punkt 2 stämmer inte.")
    for event in (walk.asked("adjuster-1"), walk.typed("adjuster-1"), walk.applied("adjuster-1")):
        assert _code(walk.do(event)) == "round-ended"


def test_an_objection_stands_until_a_new_text_or_the_secretary_asks() -> None:
    walk = Walk().in_review()
    walk.must(walk.asked("secretary"))
    walk.must(walk.typed("secretary", objection="Nej."))
    assert walk.must(registered()).work == ()
    assert [work.key for work in walk.must(ReviewAsked("anna")).work] == ["doc:open_review:2:1"]
    assert [work.key for work in walk.must(registered("text 2")).work] == ["doc:open_review:2:2"]
    assert objected_to(walk.present) is None


def test_a_new_text_ends_the_round_while_a_signature_is_being_made() -> None:
    walk = Walk().in_review()
    walk.approve("secretary")
    late = walk.applied("secretary")
    decision = walk.must(registered("text 2"))
    assert [entry.kind for entry in decision.entries] == ["draft-registered", "round-ended"]
    assert _code(walk.do(late)) == "round-ended"
    walk.must(walk.opened())
    assert walk.round.number == 2
    assert _code(walk.do(late)) == "round-ended"
    assert walk.seat("secretary").standing is Standing.INVITED


def test_withdrawing_ends_the_round_and_the_document() -> None:
    walk = Walk().in_review()
    opened = Walk().in_review()
    walk.must(Withdrawn("anna", "Mötet ställdes in."))
    assert walk.present.state is State.WITHDRAWN
    assert walk.round.ended is RoundEnd.WITHDRAWN
    assert _code(walk.do(registered("text 2"))) == "text-is-final"
    assert _code(walk.do(Withdrawn("anna", "Igen."))) == "text-is-final"
    assert _code(walk.do(ReviewAsked("anna"))) == "not-a-draft"
    assert _code(walk.do(walk.filed())) == "not-adjusted"
    assert _code(walk.do(InvitationRenewed("secretary", "anna"))) == "not-their-turn"
    assert _code(walk.do(opened.asked("secretary"))) == "round-ended"


def test_a_fact_that_is_recorded_changes_nothing() -> None:
    walk = Walk()
    walk.must(registered())
    opened = walk.opened()
    walk.must(opened)
    assert _code(walk.do(registered())) == "already-recorded"
    assert _code(walk.do(opened)) == "already-recorded"
    walk.sign("secretary")
    walk.approve("adjuster-1")
    applied = walk.applied("adjuster-1")
    walk.must(applied)
    assert _code(walk.do(applied)) == "already-recorded"
    walk.must(walk.filed())
    assert _code(walk.do(walk.filed())) == "already-recorded"
    assert _code(walk.do(opened)) == "already-recorded"


def test_a_draft_checked_again_is_the_same_version() -> None:
    walk = Walk(Policy(open_review_when_clean=False))
    walk.must(registered(clean=False, appointments=(SECRETARY, replace(ADJUSTER, address=""))))
    again = walk.must(registered())
    assert [entry.kind for entry in again.entries] == ["draft-checked"]
    assert walk.present.draft.number == 1
    assert walk.present.draft.appointments == (SECRETARY, ADJUSTER)
    assert again.work == ()
    assert walk.must(ReviewAsked("anna")).work != ()


def test_going_back_to_an_earlier_text_is_a_new_version() -> None:
    walk = Walk()
    for text, number in (("a", 1), ("b", 2), ("a", 3)):
        walk.must(registered(text))
        assert walk.present.draft.number == number


def test_a_whole_life_and_its_log() -> None:
    walk = Walk().in_review(SECRETARY, CHAIR, ADJUSTER, SECOND_ADJUSTER)
    assert [seat.standing for seat in walk.round.seats] == ["invited", "waiting", "waiting", "waiting"]
    walk.sign("secretary")
    assert [seat.standing for seat in walk.round.seats] == ["signed", "invited", "waiting", "waiting"]
    walk.sign("chair")
    assert [seat.standing for seat in walk.round.seats] == ["signed", "signed", "invited", "invited"]
    walk.sign("adjuster-2")
    walk.now += HOUR
    last = walk.sign("adjuster-1")
    assert walk.present.state is State.ADJUSTED
    assert walk.present.adjusted_at == walk.now
    assert [work.key for work in last.work] == ["doc:archive_minutes"]
    for event in (registered("text 2"), Withdrawn("anna", "Ångrar mig.")):
        assert _code(walk.do(event)) == "text-is-final"
    walk.must(walk.filed())
    assert walk.present.state is State.ARCHIVED
    assert walk.present.archived == walk.filed().archived
    assert walk.present.change == 15
    one = ["code-asked", "signing-approved", "signature-applied"]
    assert [entry.kind for entry in walk.entries] == [
        "draft-registered",
        "review-opened",
        "invited",
        *one,
        "invited",
        *one,
        "invited",
        "invited",
        *one,
        *one,
        "adjusted",
        "archived",
    ]


def test_fields_are_named_by_role_and_never_twice() -> None:
    names = field_names((SECRETARY, CHAIR, replace(CHAIR, person="Ola Lund"), ADJUSTER, SECOND_ADJUSTER))
    assert list(names) == ["secretary", "chair", "chair-2", "adjuster-1", "adjuster-2"]


def test_every_refusal_has_its_sentence_in_both_languages(request: pytest.FixtureRequest) -> None:
    rounds = request.config.rootpath / "src" / "signflow" / "rounds"
    source = "".join(file.read_text("utf-8") for file in rounds.glob("*.py"))
    codes = {part.split('"')[0] for part in source.split('Refusal("')[1:]} | {"already-recorded"}
    assert len(codes) > 10
    for language in LANGUAGES:
        texts = Texts(request.config.rootpath / "templates", language)
        for code in codes:
            assert texts(
                f"refusals.{code}",
                state="draft",
                person="Bo",
                on="i dag",
                adjusted="i går",
                limit=9,
                item="§ 1",
                items="§ 12",
            )


def test_deciding_changes_nothing_that_was_given() -> None:
    walk = Walk().in_review()
    before = walk.present
    asked = walk.asked("secretary")
    first = decide(before, asked, walk.now, walk.policy)
    assert isinstance(first, Decision)
    assert decide(before, asked, walk.now, walk.policy) == first
    assert before.round is not None
    assert before.round.seats[0].challenge is None
