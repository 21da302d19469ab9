"""The one place where a document's state changes.

`decide` takes what is known, a fact and the time, and says what is true afterwards. The rules, each enforced below:

1. A text with errors never goes to review, nor one that names nobody or somebody twice to sign it; a new text or an
   objection ends the round, and what was signed is void.
2. Only a seat whose turn it is can ask for a code, sign or object; only the current round's seats count.
3. A code has few tries and a short life, and few can be asked for in an hour.
4. A signatory approves a revision of this round, once. A signature counts only on the current revision, once.
5. `adjusted` is reached by the last required validated signature, `archived` only by the archive's own report.
6. A fact that is already recorded changes nothing: a step may report it twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from signflow.minutes.model import Role
from signflow.minutes.recognition.people import same_name
from signflow.rounds.events import (
    CodeAsked,
    CodeTyped,
    DraftRegistered,
    Event,
    Filed,
    InvitationRenewed,
    ReviewAsked,
    ReviewOpened,
    SignatureApplied,
    Stamped,
    Withdrawn,
)
from signflow.rounds.model import (
    Appointment,
    Approval,
    Challenge,
    Document,
    Draft,
    Objection,
    Policy,
    Round,
    RoundEnd,
    Seat,
    Signature,
    Standing,
    State,
)
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal
from signflow.rounds.work import apply_signature, archive_minutes, open_review, send_letters

_TURNS: Mapping[Role, int] = {Role.SECRETARY: 0, Role.CHAIR: 1, Role.ADJUSTER: 2}
_HOUR = dt.timedelta(hours=1)


def decide(  # noqa: C901, PLR0911 -- one case an event is the simplest shape this can have
    document: Document | None, event: Event, now: dt.datetime, policy: Policy
) -> Outcome:
    """What follows from the event.

    Args:
        document: What is known; None only for the first `DraftRegistered`.
        event: The fact.
        now: The time of the decision, aware.
        policy: The organisation's rules.
    """
    if isinstance(event, DraftRegistered):
        return _draft_registered(document, event, now, policy)
    if document is None:
        return Refusal("no-such-document")
    match event:
        case ReviewAsked():
            return _review_asked(document, event)
        case ReviewOpened():
            return _review_opened(document, event, now, policy)
        case InvitationRenewed():
            return _invitation_renewed(document, event, now, policy)
        case CodeAsked():
            return _code_asked(document, event, now, policy)
        case CodeTyped():
            return _code_typed(document, event, now)
        case SignatureApplied():
            return _signature_applied(document, event, now, policy)
        case Withdrawn():
            return _withdrawn(document, event, now)
        case Filed():
            return _filed(document, event)


def _draft_registered(document: Document | None, event: DraftRegistered, now: dt.datetime, policy: Policy) -> Outcome:
    if document and document.id != event.document_id:
        return Refusal("no-such-document")
    if document and document.state not in {State.DRAFT, State.REVIEW}:
        return Refusal("text-is-final", {"state": document.state})
    same_text = document is not None and document.draft.source.digest == event.source.digest
    if document and same_text and document.state is State.REVIEW:
        return Refusal(ALREADY_RECORDED)
    number = 1 if document is None else document.draft.number + (0 if same_text else 1)
    draft = Draft(number, event.source, event.filename, event.clean, event.appointments)
    entries = [Entry("draft-checked" if same_text else "draft-registered", event.by, _about(draft))]
    ended = document.round if document else None
    if document and document.state is State.REVIEW and document.round:
        ended, voided = _end(document.round, RoundEnd.NEW_TEXT, event.by, now)
        entries.append(voided)
    updated = Document(
        id=event.document_id,
        change=document.change + 1 if document else 1,
        state=State.DRAFT,
        language=event.language,
        title=event.title,
        body=event.body,
        minutes_class=event.minutes_class,
        meeting_on=event.meeting_on,
        draft=draft,
        round=ended,
    )
    opens = _can_be_signed(draft) and policy.open_review_when_clean and not objected_to(updated)
    return Decision(updated, tuple(entries), (open_review(updated),) if opens else ())


def _review_asked(document: Document, event: ReviewAsked) -> Outcome:
    if document.state is not State.DRAFT:
        return Refusal("not-a-draft", {"state": document.state})
    if not _can_be_signed(document.draft):
        return Refusal("draft-has-errors")
    updated = replace(document, change=document.change + 1)
    return Decision(updated, (Entry("review-asked", event.by, _about(document.draft)),), (open_review(updated),))


def _review_opened(document: Document, event: ReviewOpened, now: dt.datetime, policy: Policy) -> Outcome:
    if event.round < document.next_round:
        return Refusal(ALREADY_RECORDED)
    if document.state is not State.DRAFT or (event.round, event.draft_number) != (
        document.next_round,
        document.draft.number,
    ):
        return Refusal("text-has-changed")
    if not _can_be_signed(document.draft):
        return Refusal("draft-has-errors")
    if len(set(event.link_digests)) != len(document.draft.appointments):  # made for other appointments than these
        return Refusal("text-has-changed")
    seats = tuple(
        Seat(
            field=name,
            turn=_TURNS[appointment.role],
            person=appointment.person,
            role=appointment.role,
            address=appointment.address,
            standing=Standing.WAITING,
            link_digest=link_digest,
        )
        for (name, appointment), link_digest in zip(
            field_names(document.draft.appointments).items(), event.link_digests, strict=True
        )
    )
    opened = Round(event.round, event.draft_number, now, event.copy, event.copy, seats)
    opened, invited = _invite_next(opened, now, policy)
    updated = replace(document, change=document.change + 1, state=State.REVIEW, round=opened)
    data = {"round": opened.number, "draft": event.draft_number, "digest": event.copy.digest}
    return Decision(updated, (Entry("review-opened", "signflow", data), *invited))


def _invitation_renewed(document: Document, event: InvitationRenewed, now: dt.datetime, policy: Policy) -> Outcome:
    seat = document.open_round.seat(event.field) if document.open_round else None
    if seat is None or seat.standing is not Standing.INVITED:
        return Refusal("not-their-turn")
    renewed = replace(seat, invitation=seat.invitation + 1, link_expires_at=now + policy.link_lifetime)
    updated = _with_seat(document, renewed)
    data: dict[str, str | int] = {"field": seat.field, "person": seat.person, "invitation": renewed.invitation}
    work = send_letters(updated, f"invitation:{seat.field}:{renewed.invitation}")
    return Decision(updated, (Entry("invited", event.by, data),), (work,))


def _code_asked(document: Document, event: CodeAsked, now: dt.datetime, policy: Policy) -> Outcome:
    seat = _turn(document, event.round, event.field, now)
    if isinstance(seat, Refusal):
        return seat
    fresh_hour = seat.codes_since is None or now - seat.codes_since >= _HOUR
    asked = 0 if fresh_hour else seat.codes_asked
    if asked >= policy.codes_per_hour:
        return Refusal("too-many-codes")
    asking = replace(
        seat,
        challenge=Challenge(event.challenge_id, now + policy.code_lifetime, policy.code_tries),
        codes_since=now if fresh_hour else seat.codes_since,
        codes_asked=asked + 1,
    )
    updated = _with_seat(document, asking)
    entry = Entry("code-asked", seat.person, {"round": event.round, "field": seat.field})
    return Decision(updated, (entry,), (send_letters(updated, f"code:{event.challenge_id}"),))


def _code_typed(document: Document, event: CodeTyped, now: dt.datetime) -> Outcome:
    seat = _turn(document, event.round, event.field, now)
    if isinstance(seat, Refusal):
        return seat
    challenge = _challenge(_round(document), seat, event, now)
    if isinstance(challenge, Refusal):
        return challenge
    objection = None if event.objection is None else _reason(event.objection)
    if objection == "":
        return Refusal("reason-missing")
    data: dict[str, str | int] = {"round": event.round, "field": seat.field}
    if not event.matches:
        left = challenge.tries_left - 1
        tried = replace(seat, challenge=replace(challenge, tries_left=left))
        return Decision(
            _with_seat(document, tried), (Entry("code-rejected", seat.person, {**data, "tries_left": left}),)
        )
    if objection is not None:
        return _objected(document, seat, objection, now)
    approval = Approval(now, "mail-code", event.shown_digest, challenge.id)
    approved = replace(seat, standing=Standing.APPROVED, challenge=None, approval=approval)
    updated = _with_seat(document, approved)
    entry = Entry("signing-approved", seat.person, {**data, "method": approval.method, "shown": event.shown_digest})
    return Decision(updated, (entry,), (apply_signature(updated, seat.field),))


def _challenge(current: Round, seat: Seat, event: CodeTyped, now: dt.datetime) -> Challenge | Refusal:
    """The challenge that was answered, if it can be answered now and about what was shown."""
    challenge = seat.challenge
    if challenge is None or challenge.id != event.challenge_id or challenge.tries_left < 1:
        return Refusal("code-used-up")
    if now >= challenge.expires_at:
        return Refusal("code-expired")
    if event.shown_digest not in current.revisions:
        return Refusal("text-has-changed")
    return challenge


def _signature_applied(document: Document, event: SignatureApplied, now: dt.datetime, policy: Policy) -> Outcome:
    current = document.round
    seat = current.seat(event.field) if current and current.number == event.round else None
    if current is None or seat is None or current.ended:
        return Refusal("round-ended")
    if seat.signature:
        return Refusal(ALREADY_RECORDED)
    if seat.standing is not Standing.APPROVED or document.state is not State.REVIEW:
        return Refusal("not-approved")
    if event.before_digest != current.current.digest or event.revision.digest in current.revisions:
        return Refusal("text-has-changed")
    signature = Signature(event.revision, event.report, event.signed_at)
    signed = replace(seat, standing=Standing.SIGNED, signature=signature)
    updated = _with_seat(document, signed)
    moved = replace(_round(updated), current=event.revision)
    data: dict[str, str | int] = {"round": event.round, "field": seat.field, "digest": event.revision.digest}
    data |= {"role": seat.role, "signed_at": event.signed_at.isoformat(), **_stamped(event.stamped)}
    entries = [Entry("signature-applied", seat.person, data)]
    if all(other.standing is Standing.SIGNED for other in moved.seats):
        adjusted = replace(updated, state=State.ADJUSTED, adjusted_at=now, round=moved)
        entries.append(Entry("adjusted", "signflow", {"round": event.round, "digest": event.revision.digest}))
        return Decision(adjusted, tuple(entries), (archive_minutes(adjusted),))
    moved, invited = _invite_next(moved, now, policy)
    return Decision(replace(updated, round=moved), (*entries, *invited))


def _objected(document: Document, seat: Seat, reason: str, now: dt.datetime) -> Decision:
    ended, voided = _end(_round(document), RoundEnd.OBJECTION, seat.person, now)
    ended = replace(ended, objection=Objection(seat.person, reason))
    updated = replace(document, change=document.change + 1, state=State.DRAFT, round=ended)
    entry = Entry("objected", seat.person, {"round": ended.number, "field": seat.field, "reason": reason})
    return Decision(updated, (entry, voided), (send_letters(updated, "objection"),))


def _withdrawn(document: Document, event: Withdrawn, now: dt.datetime) -> Outcome:
    if document.state not in {State.DRAFT, State.REVIEW}:
        return Refusal("text-is-final", {"state": document.state})
    reason = _reason(event.reason)
    if not reason:
        return Refusal("reason-missing")
    entries = [Entry("withdrawn", event.by, {"reason": reason})]
    ended = document.round
    if document.open_round:
        ended, voided = _end(document.open_round, RoundEnd.WITHDRAWN, event.by, now)
        entries.append(voided)
    updated = replace(document, change=document.change + 1, state=State.WITHDRAWN, round=ended)
    return Decision(updated, tuple(entries))


def _filed(document: Document, event: Filed) -> Outcome:
    if document.state is State.ARCHIVED:
        return Refusal(ALREADY_RECORDED)
    if document.state is not State.ADJUSTED:
        return Refusal("not-adjusted")
    kept = event.archived
    updated = replace(document, change=document.change + 1, state=State.ARCHIVED, archived=kept)
    data: dict[str, str | int] = {"package": kept.package, "digest": kept.pdf.digest}
    data |= {"inventory": kept.inventory_digest, **_stamped(event.stamped)}
    return Decision(updated, (Entry("archived", "signflow", data),))


def field_names(appointments: tuple[Appointment, ...]) -> dict[str, Appointment]:
    """The signature field of each appointment, in order: `secretary`, `chair`, `adjuster-1`, `adjuster-2` and on."""
    names: dict[str, Appointment] = {}
    for appointment in appointments:
        count = sum(1 for earlier in names.values() if earlier.role is appointment.role) + 1
        name = (
            f"{appointment.role}-{count}" if appointment.role is Role.ADJUSTER or count > 1 else str(appointment.role)
        )
        names[name] = appointment
    return names


def objected_to(document: Document) -> Objection | None:
    """The objection that stands against the present text; a new text answers it."""
    last = document.round
    if document.state is State.DRAFT and last and last.draft_number == document.draft.number:
        return last.objection
    return None


def _can_be_signed(draft: Draft) -> bool:
    """Whether it has no errors, and somebody is to sign it, nobody twice."""
    people = {same_name(appointment.person) for appointment in draft.appointments}
    return draft.clean and 0 < len(people) == len(draft.appointments)


def _reason(text: str) -> str:
    """What somebody gave as a reason, without the invisible characters that not every database can keep."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t").strip()


def _turn(document: Document, number: int, name: str, now: dt.datetime) -> Seat | Refusal:
    """The seat, if it is its turn to act in the open round."""
    current = document.round
    seat = current.seat(name) if current and current.number == number else None
    if seat is None or current is None or current.ended:
        return Refusal("round-ended")
    if seat.standing in {Standing.APPROVED, Standing.SIGNED}:
        return Refusal("already-approved")
    if seat.standing is Standing.WAITING:
        return Refusal("not-their-turn")
    if seat.link_expires_at is None or now >= seat.link_expires_at:
        return Refusal("link-expired")
    return seat


def _invite_next(current: Round, now: dt.datetime, policy: Policy) -> tuple[Round, tuple[Entry, ...]]:
    """Invite those whose turn has come: the lowest turn that is not wholly signed."""
    turn = min(seat.turn for seat in current.seats if seat.standing is not Standing.SIGNED)
    seats, entries = list[Seat](), list[Entry]()
    for seat in current.seats:
        due = seat.turn == turn and seat.standing is Standing.WAITING
        if due:
            entries.append(Entry("invited", "signflow", {"field": seat.field, "person": seat.person, "invitation": 1}))
        expires_at = now + policy.link_lifetime
        seats.append(
            replace(seat, standing=Standing.INVITED, invitation=1, link_expires_at=expires_at) if due else seat
        )
    return replace(current, seats=tuple(seats)), tuple(entries)


def _end(current: Round, why: RoundEnd, actor: str, now: dt.datetime) -> tuple[Round, Entry]:
    voided = sum(1 for seat in current.seats if seat.signature)
    entry = Entry("round-ended", actor, {"round": current.number, "why": why, "void_signatures": voided})
    return replace(current, ended=why, ended_at=now), entry


def _round(document: Document) -> Round:
    if document.round is None:  # callers have a seat, and a seat is in a round
        raise AssertionError(document.id)
    return document.round


def _with_seat(document: Document, seat: Seat) -> Document:
    current = _round(document)
    seats = tuple(seat if other.field == seat.field else other for other in current.seats)
    return replace(document, change=document.change + 1, round=replace(current, seats=seats))


def _stamped(stamped: Stamped) -> dict[str, str | int]:
    return {"stamped_by": stamped.by, "stamped_locally": int(stamped.local)}


def _about(draft: Draft) -> dict[str, str | int]:
    return {"draft": draft.number, "digest": draft.source.digest, "filename": draft.filename, "clean": int(draft.clean)}
