"""Lives drawn at random: facts right and wrong, early, late and twice. What must never be, never is.

`_Watch` keeps its own account of what was decided and holds every step against the invariants; it asks `decide` nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from round_walk import ADJUSTER, PEOPLE, Walk, registered

from signflow.rounds.decide import decide
from signflow.rounds.events import (
    Answered,
    CodeAsked,
    CodeTyped,
    DraftRegistered,
    Event,
    Filed,
    InvitationRenewed,
    ReviewAsked,
    ReviewOpened,
    SignatureApplied,
    SignedIn,
    SignInBegun,
    SignInRejected,
    Withdrawn,
)
from signflow.rounds.letters import Letter, letters_due
from signflow.rounds.model import Appointment, Document, Identified, Method, Policy, Round, Seat, Standing, State
from signflow.rounds.outcome import Decision, Outcome, Refusal
from signflow.rounds.work import Work

HOUR = dt.timedelta(hours=1)
NAMES = ("secretary", "chair", "adjuster-1", "adjuster-2")
NEXT = {
    State.DRAFT: {State.DRAFT, State.REVIEW, State.WITHDRAWN},
    State.REVIEW: {State.REVIEW, State.DRAFT, State.ADJUSTED, State.WITHDRAWN},
    State.ADJUSTED: {State.ARCHIVED},
    State.ARCHIVED: set[State](),
    State.WITHDRAWN: set[State](),
}


Acted = CodeAsked | CodeTyped | SignInBegun | SignedIn | SignInRejected | Answered | SignatureApplied


@dataclass
class _Watch:
    """What has been decided so far."""

    signed: dict[int, list[SignatureApplied]] = field(default_factory=lambda: defaultdict(list))
    wrong_codes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    signed_in: dict[str, Identified] = field(default_factory=dict[str, Identified])
    over: set[str] = field(default_factory=set[str])
    asked_at: dict[tuple[int, str], list[dt.datetime]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[int, Round] = field(default_factory=dict[int, Round])
    works: dict[str, Work] = field(default_factory=dict[str, Work])
    letters: dict[str, Letter] = field(default_factory=dict[str, Letter])
    secrets: set[str] = field(default_factory=set[str])

    def saw(self, before: Document | None, event: Event, decision: Decision, walk: Walk) -> None:
        after = decision.document
        assert after.change == (before.change + 1 if before else 1)
        assert before is None or (after.state in NEXT[before.state] and after.id == before.id)
        if isinstance(event, Acted):
            self._acted(before, event, walk)
        if isinstance(event, CodeAsked | SignInBegun):
            assert (event.__class__ is CodeAsked) == (walk.policy.method is Method.MAIL_CODE)
            self.asked_at[event.round, event.field].append(walk.now)
            self.secrets.add(event.challenge_id)
        if isinstance(event, CodeTyped):
            self._typed(before, event, after, walk)
        if isinstance(event, SignedIn | SignInRejected | Answered):
            self._proved(before, event, after, walk)
        if isinstance(event, SignatureApplied):
            assert before is not None
            assert before.round is not None
            assert event.before_digest == before.round.current.digest
            assert event.field not in {earlier.field for earlier in self.signed[event.round]}
            self.signed[event.round].append(event)
        self._rounds(after)
        self._consequences(decision, walk)
        if after.state in {State.ADJUSTED, State.ARCHIVED}:
            self._signed_whole(after)
        else:
            assert after.adjusted_at is None
        assert (after.archived is not None) == (after.state is State.ARCHIVED)

    def _acted(self, before: Document | None, event: Acted, walk: Walk) -> None:
        """Only a seat of the open round whose turn has come."""
        assert before is not None
        assert before.open_round is not None
        assert before.open_round.ended is None
        assert before.open_round.number == event.round
        seat = before.open_round.seat(event.field)
        assert seat is not None
        assert all(other.standing is Standing.SIGNED for other in before.open_round.seats if other.turn < seat.turn)
        if isinstance(event, SignatureApplied):
            assert seat.standing is Standing.APPROVED
        else:
            assert seat.standing is Standing.INVITED
            assert seat.link_expires_at is not None
            assert walk.now < seat.link_expires_at

    def _typed(self, before: Document | None, event: CodeTyped, after: Document, walk: Walk) -> None:
        assert before is not None
        assert before.round is not None
        assert after.round is not None
        seat, later = self._challenged(before, event, after, walk)
        assert self.wrong_codes[event.challenge_id] < walk.policy.code_tries
        if not event.matches:
            self.wrong_codes[event.challenge_id] += 1
            assert after.state is before.state
            assert later.standing is seat.standing
        else:
            self._willed(before, event, after, walk)
            assert later.approval is None or later.approval.identified is None

    def _proved(
        self, before: Document | None, event: SignedIn | SignInRejected | Answered, after: Document, walk: Walk
    ) -> None:
        """A sign-in is completed once or rejected once; only who is identified answers, as who they were identified as."""
        assert before is not None
        seat, later = self._challenged(before, event, after, walk)
        assert event.challenge_id not in self.over
        if isinstance(event, Answered):
            self._willed(before, event, after, walk)
            self.over.add(event.challenge_id)
            assert later.approval is None or later.approval.identified == self.signed_in[event.challenge_id]
            return
        assert event.challenge_id not in self.signed_in
        assert after.state is before.state
        assert (later.standing, later.approval) == (seat.standing, None)
        if isinstance(event, SignedIn):
            self.signed_in[event.challenge_id] = event.identified
        else:
            self.over.add(event.challenge_id)
            assert later.challenge is None

    def _challenged(
        self, before: Document, event: CodeTyped | SignedIn | SignInRejected | Answered, after: Document, walk: Walk
    ) -> tuple[Seat, Seat]:
        """The seat before and after, whose present challenge it is and not yet over."""
        assert before.round is not None
        assert after.round is not None
        seat, later = before.round.seat(event.field), after.round.seat(event.field)
        assert seat is not None
        assert later is not None
        assert seat.challenge is not None
        assert seat.challenge.id == event.challenge_id
        assert walk.now < seat.challenge.expires_at
        assert isinstance(event, CodeTyped) == (seat.challenge.method is Method.MAIL_CODE)
        return seat, later

    def _willed(self, before: Document, event: CodeTyped | Answered, after: Document, walk: Walk) -> None:
        """Whoever proved who they are approves a revision of this round, or ends it."""
        assert before.round is not None
        assert after.round is not None
        if event.objection is not None:
            assert after.state is State.DRAFT
            return
        later = after.round.seat(event.field)
        assert event.shown_digest in {
            before.round.copy.digest,
            *(signed.revision.digest for signed in self.signed[event.round]),
        }
        assert later is not None
        assert later.standing is Standing.APPROVED
        assert later.approval is not None
        assert (later.approval.shown_digest, later.approval.at) == (event.shown_digest, walk.now)

    def _rounds(self, after: Document) -> None:
        """What has ended stays as it ended; the chain of revisions is what was recorded, from the copy on."""
        current = after.round
        if current is None:
            assert not self.ended
            return
        assert current.number >= max(self.ended, default=0)
        assert self.ended.get(current.number, current) == current
        if current.ended:
            self.ended[current.number] = current
        assert (after.open_round is not None) == (after.state is State.REVIEW)
        assert after.open_round is None or current.ended is None
        chain = [current.copy.digest]
        for signed in self.signed[current.number]:
            assert signed.before_digest == chain[-1]
            chain.append(signed.revision.digest)
        assert current.current.digest == chain[-1]
        assert len(set(chain)) == len(chain)
        assert current.revisions == set(chain)
        assert len({seat.person for seat in current.seats}) == len(current.seats) > 0
        assert {seat.field for seat in current.seats if seat.signature} == {
            signed.field for signed in self.signed[current.number]
        }
        for seat in current.seats:
            assert (seat.signature is not None) == (seat.standing is Standing.SIGNED)
            assert seat.challenge is None or seat.standing is Standing.INVITED
            assert (seat.approval is not None) == (seat.standing in {Standing.APPROVED, Standing.SIGNED})

    def _signed_whole(self, after: Document) -> None:
        assert after.round is not None
        assert after.round.ended is None
        assert after.round.draft_number == after.draft.number
        assert after.draft.clean
        assert [seat.person for seat in after.round.seats] == [one.person for one in after.draft.appointments]
        assert all(seat.standing is Standing.SIGNED for seat in after.round.seats)
        assert len(self.signed[after.round.number]) == len(after.round.seats)
        assert after.adjusted_at is not None

    def _consequences(self, decision: Decision, walk: Walk) -> None:
        for work in decision.work:
            assert self.works.setdefault(work.key, work) == work
            assert work.subject == decision.document.id
            assert len(work.key) <= 200
        letters = letters_due(decision.document, walk.now)
        assert len({letter.key for letter in letters}) == len(letters)
        for letter in letters:
            assert self.letters.setdefault(letter.key, letter) == letter
        if decision.document.round:
            self.secrets |= {seat.link_digest for seat in decision.document.round.seats}
        told = " ".join(str([entry.kind, entry.actor, dict(entry.data)]) for entry in decision.entries)
        asked = " ".join(str(dict(work.args)) for work in decision.work)
        assert "@" not in told + asked
        assert not [secret for secret in self.secrets if secret in told + asked]

    def check_codes(self, policy: Policy) -> None:
        """In each hour that begins with a code, no more than the policy's number."""
        for times in self.asked_at.values():
            begin, count = times[0], 0
            for at in times:
                begin, count = (at, 1) if at - begin >= HOUR else (begin, count + 1)
                assert count <= policy.codes_per_hour


_SOME_PEOPLE = st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=4).map(
    lambda some: tuple(sorted(some, key=PEOPLE.index))
)
_WHO = st.integers(0, 15)
_ROUND_OFF = st.sampled_from([0, 0, 0, 0, 0, 0, -1, 1])
_SELDOM = st.integers(0, 15).map(lambda drawn: drawn == 11)


class Lives(RuleBasedStateMachine):
    """One document, and a world that does not behave."""

    @initialize(by_itself=st.booleans(), people=_SOME_PEOPLE, method=st.sampled_from([Method.MAIL_CODE, Method.OIDC]))
    def begin(self, by_itself: bool, people: tuple[Appointment, ...], method: Method) -> None:  # noqa: FBT001 -- drawn
        self.walk = Walk(Policy(open_review_when_clean=by_itself, method=method))
        self.watch = _Watch()
        self.past: list[Event] = []
        for early in (ReviewAsked("anna"), InvitationRenewed("secretary", "anna"), self.walk.filed()):
            assert self.submit(early) == Refusal("no-such-document")
        self.submit(registered(appointments=people))

    def submit(self, event: Event) -> Outcome:
        walk, before = self.walk, self.walk.document
        foreseen = decide(before, event, walk.now, walk.policy)
        outcome = walk.do(event)
        assert outcome == foreseen
        self.past.append(event)
        if isinstance(outcome, Decision):
            self.watch.saw(before, event, outcome, walk)
            self.watch.check_codes(walk.policy)
            again = decide(walk.document, event, walk.now, walk.policy)
            if isinstance(event, ReviewOpened | SignatureApplied | Filed):
                assert again == Refusal("already-recorded")
            if isinstance(event, SignedIn):
                assert again == Refusal("already-recorded")
            if isinstance(event, Answered | SignInRejected) or (isinstance(event, CodeTyped) and event.matches):
                assert isinstance(again, Refusal)
        return outcome

    @rule(minutes=st.sampled_from([1, 1, 5, 11, 61, 60 * 24, 60 * 24 * 31, -3]))
    def time_passes(self, minutes: int) -> None:
        self.walk.now += dt.timedelta(minutes=minutes)

    @rule(
        text=st.sampled_from(["a", "b", "text 1"]),
        clean=st.sampled_from([True, True, False]),
        people=st.lists(st.sampled_from([*PEOPLE, replace(ADJUSTER, address="")]), max_size=4),
        document=st.sampled_from(["doc"] * 9 + ["another"]),
        sure=_SELDOM,
    )
    def a_draft_comes(
        self,
        text: str,
        clean: bool,  # noqa: FBT001 -- drawn
        people: list[Appointment],
        document: str,
        sure: bool,  # noqa: FBT001 -- drawn
    ) -> None:
        if sure or self.walk.present.state is not State.REVIEW:
            self.submit(registered(text, clean=clean, appointments=tuple(people), document_id=document))

    @precondition(lambda self: self.walk.present.state is State.DRAFT)
    @rule(people=_SOME_PEOPLE, text=st.sampled_from(["a", "c"]))
    def the_next_round_opens(self, people: tuple[Appointment, ...], text: str) -> None:
        """A good draft comes and its copy is rendered, so that lives get far."""
        self.submit(registered(text, appointments=people))
        assert isinstance(self.submit(self.walk.opened()), Decision)

    @rule()
    def review_is_asked_for(self) -> None:
        self.submit(ReviewAsked("anna"))

    @rule(
        round_off=st.sampled_from([0, 0, 0, 0, 1, -1]),
        draft_off=st.sampled_from([0, 0, 0, 0, 1, -1]),
        less=st.booleans(),
    )
    def a_copy_is_rendered(self, round_off: int, draft_off: int, less: bool) -> None:  # noqa: FBT001 -- drawn
        event = self.walk.opened()
        links = event.link_digests[:-1] if less and round_off else event.link_digests
        self.submit(
            replace(
                event, round=event.round + round_off, draft_number=event.draft_number + draft_off, link_digests=links
            )
        )

    @rule(name=st.sampled_from([*NAMES, "nobody"]))
    def an_invitation_is_renewed(self, name: str) -> None:
        self.submit(InvitationRenewed(name, "anna"))

    def name(self, who: int) -> str:
        """Mostly somebody whose turn it is, or was when the round ended; now and then anybody."""
        acting = [seat for seat in self.walk.round.seats if seat.standing in {Standing.INVITED, Standing.APPROVED}]
        return acting[who % len(acting)].field if acting and who >= len(NAMES) else NAMES[who % len(NAMES)]

    @precondition(lambda self: self.walk.present.round is not None)
    @rule(who=_WHO, off=_ROUND_OFF, times=st.integers(1, 7), minutes=st.sampled_from([0, 1, 9, 13]))
    def codes_are_asked_for(self, who: int, off: int, times: int, minutes: int) -> None:
        name = self.name(who)
        for _ in range(times):
            event = self.walk.asked(name)
            self.submit(replace(event, round=event.round + off))
            self.walk.now += dt.timedelta(minutes=minutes)

    @precondition(lambda self: self.walk.present.round is not None)
    @rule(who=_WHO, times=st.integers(1, 6), right_at_last=st.booleans())
    def somebody_guesses(self, who: int, times: int, right_at_last: bool) -> None:  # noqa: FBT001 -- drawn
        name = self.name(who)
        self.submit(self.walk.asked(name))
        seat = self.walk.round.seat(name)
        if seat:
            challenge = seat.challenge.id if seat.challenge else "challenge0000"
            for tried in range(times):
                right = right_at_last and tried == times - 1
                current = self.walk.round
                self.submit(CodeTyped(current.number, name, challenge, right, current.current.digest))

    @precondition(lambda self: self.walk.present.round is not None)
    @rule(
        who=_WHO,
        off=_ROUND_OFF,
        matches=st.booleans(),
        shown=st.sampled_from(["current", "current", "copy", "foreign"]),
        objection=st.sampled_from([None, None, None, "", "Punkt 2 stämmer inte."]),
        challenge=st.sampled_from(["present", "present", "present", "first"]),
    )
    def a_code_is_typed(  # noqa: PLR0917 -- drawn
        self,
        who: int,
        off: int,
        matches: bool,  # noqa: FBT001 -- drawn
        shown: str,
        objection: str | None,
        challenge: str,
    ) -> None:
        current = self.walk.round
        digest = {"current": current.current.digest, "copy": current.copy.digest, "foreign": "f" * 64}[shown]
        name = self.name(who)
        seat = current.seat(name)
        present = seat.challenge.id if seat and seat.challenge else ""
        answered = present if present and challenge == "present" else "challenge0001"
        self.submit(CodeTyped(current.number + off, name, answered, matches, digest, objection))

    @precondition(lambda self: self.walk.present.round is not None)
    @rule(who=_WHO, off=_ROUND_OFF, times=st.integers(1, 6), minutes=st.sampled_from([0, 1, 9]))
    def sign_ins_are_begun(self, who: int, off: int, times: int, minutes: int) -> None:
        name = self.name(who)
        for _ in range(times):
            event = self.walk.begun(name)
            self.submit(replace(event, round=event.round + off))
            self.walk.now += dt.timedelta(minutes=minutes)

    @precondition(lambda self: self.walk.present.round is not None)
    @rule(
        who=_WHO,
        at=_WHO,
        off=_ROUND_OFF,
        rejected=st.sampled_from([False, False, True]),
        challenge=st.sampled_from(["present", "present", "present", "first", "theirs"]),
    )
    def a_provider_answers(self, who: int, at: int, off: int, rejected: bool, challenge: str) -> None:  # noqa: FBT001 -- drawn
        """For the seat that began it, or for another."""
        name = self.name(who)
        if self.walk.round.seat(name) is None:
            return
        fact = self.walk.signed_in(name)
        theirs = self.name(at) if challenge == "theirs" else name
        known = "challenge0001" if challenge == "first" else fact.challenge_id
        event = replace(fact, round=fact.round + off, field=theirs, challenge_id=known)
        reason = "sign-in-other-person"
        self.submit(SignInRejected(event.round, event.field, known, reason) if rejected else event)

    @precondition(lambda self: self.walk.present.round is not None)
    @rule(
        who=_WHO,
        off=_ROUND_OFF,
        shown=st.sampled_from(["current", "current", "copy", "foreign"]),
        objection=st.sampled_from([None, None, None, "", "Punkt 2 stämmer inte."]),
        challenge=st.sampled_from(["present", "present", "present", "first", "anybody's"]),
    )
    def somebody_answers(self, who: int, off: int, shown: str, objection: str | None, challenge: str) -> None:
        current, name = self.walk.round, self.name(who)
        digest = {"current": current.current.digest, "copy": current.copy.digest, "foreign": "f" * 64}[shown]
        anybodys = [seat.challenge.id for seat in current.seats if seat.challenge] or ["challenge0001"]
        seat = current.seat(name)
        present = seat.challenge.id if seat and seat.challenge else "challenge0001"
        known = {"present": present, "first": "challenge0001", "anybody's": anybodys[who % len(anybodys)]}[challenge]
        self.submit(Answered(current.number + off, name, known, digest, objection))

    @precondition(lambda self: self.walk.present.round is not None)
    @rule(
        who=_WHO,
        off=_ROUND_OFF,
        before=st.sampled_from(["current", "current", "copy"]),
        revision=st.sampled_from(["new", "new", "new", "copy"]),
    )
    def a_signature_is_made(self, who: int, off: int, before: str, revision: str) -> None:
        event = self.walk.applied(self.name(who))
        current = self.walk.round
        digest = current.copy.digest if before == "copy" else event.before_digest
        made = current.copy if revision == "copy" else event.revision
        self.submit(replace(event, round=event.round + off, before_digest=digest, revision=made))

    @precondition(lambda self: self.walk.present.open_round is not None)
    @rule(choices=st.lists(st.integers(0, 3), min_size=1, max_size=6))
    def somebody_goes_on(self, choices: list[int]) -> None:
        """The next right steps of signatories, so that lives get far."""
        for chosen in choices:
            seats = [seat for seat in self.walk.round.seats if seat.standing in {Standing.INVITED, Standing.APPROVED}]
            if not seats:
                return
            seat = seats[chosen % len(seats)]
            challenge = seat.challenge
            if seat.standing is Standing.APPROVED:
                assert isinstance(self.submit(self.walk.applied(seat.field)), Decision)
            elif seat.link_expires_at and seat.link_expires_at <= self.walk.now:
                assert isinstance(self.submit(InvitationRenewed(seat.field, "anna")), Decision)
            elif challenge is None or challenge.expires_at <= self.walk.now or not challenge.tries_left:
                by_code = self.walk.policy.method is Method.MAIL_CODE
                self.submit(self.walk.asked(seat.field) if by_code else self.walk.begun(seat.field))
            elif challenge.method is Method.MAIL_CODE:
                assert isinstance(self.submit(self.walk.typed(seat.field)), Decision)
            elif challenge.identified is None:
                assert isinstance(self.submit(self.walk.signed_in(seat.field)), Decision)
            else:
                assert isinstance(self.submit(self.walk.answered(seat.field)), Decision)

    @rule(sure=_SELDOM)
    def it_is_withdrawn(self, sure: bool) -> None:  # noqa: FBT001 -- drawn
        self.submit(Withdrawn("anna", "Inställt." if sure else " "))

    @rule()
    def the_archive_reports(self) -> None:
        self.submit(self.walk.filed())

    @precondition(lambda self: bool(self.past))
    @rule(which=st.integers(0, 200))
    def something_old_is_told_again(self, which: int) -> None:
        event = self.past[which % len(self.past)]
        if not isinstance(event, DraftRegistered | Withdrawn):
            self.submit(event)


Lives.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_lives = Lives.TestCase
