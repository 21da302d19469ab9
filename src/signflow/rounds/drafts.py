"""What follows from a text: registered, sent for signing, opened for it, or taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.minutes.recognition.people import same_name
from signflow.rounds.comments import followed
from signflow.rounds.events import (
    DraftRegistered,
    ReviewAsked,
    ReviewOpened,
    Withdrawn,
)
from signflow.rounds.immediate import goes_by_itself, registered, sign_hindrance
from signflow.rounds.model import (
    Document,
    Draft,
    Objection,
    Policy,
    Round,
    RoundEnd,
    Seat,
    Standing,
    State,
)
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal
from signflow.rounds.readers import Reader
from signflow.rounds.seats import end_round, field_names, invite_next, reason_of
from signflow.rounds.work import open_review, send_letters


def draft_registered(document: Document | None, event: DraftRegistered, now: dt.datetime, policy: Policy) -> Outcome:
    """The document has this text; a round about another is over. A clean one may go on by itself."""
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
    if document is None and event.part_of:
        entries.append(registered(event.part_of, event.by))
    ended, in_review = document.round if document else None, document.open_round if document else None
    if in_review:
        ended, voided = end_round(in_review, RoundEnd.NEW_TEXT, event.by, now)
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
        readers=_readers(document, number, now) if document else (),
        comments=followed(document.comments, event.items, number) if document else (),
        parts=document.parts if document else (),
        part_of=document.part_of if document else event.part_of,
    )
    by_itself = policy.open_review_when_clean and goes_by_itself(updated)
    opens = _can_be_signed(updated, policy) and by_itself and not objected_to(updated)
    # who has a link learns that it leads nowhere before a new one comes
    works = [send_letters(updated, "round-ended")] if in_review else []
    if opens:
        works.append(open_review(updated))
    return Decision(updated, tuple(entries), tuple(works))


def _readers(document: Document, number: int, now: dt.datetime) -> tuple[Reader, ...]:
    """Those who are told that the round is over learn of the new text with that."""
    if document.state is not State.REVIEW:
        return document.readers
    return tuple(replace(one, told_draft=number, told_at=None) if one.holds(now) else one for one in document.readers)


def review_asked(document: Document, event: ReviewAsked, policy: Policy) -> Outcome:
    """The signing copy is to be made."""
    if document.state is not State.DRAFT:
        return Refusal("not-a-draft", {"state": document.state})
    if not _can_be_signed(document, policy):
        return Refusal("draft-has-errors")
    hindrance = sign_hindrance(document)
    if hindrance:
        return hindrance
    updated = replace(document, change=document.change + 1)
    return Decision(updated, (Entry("review-asked", event.by, _about(document.draft)),), (open_review(updated),))


def review_opened(document: Document, event: ReviewOpened, now: dt.datetime, policy: Policy) -> Outcome:
    """There is a round with a seat for each appointment, and the first are invited."""
    if event.round < document.next_round:
        return Refusal(ALREADY_RECORDED)
    if document.state is not State.DRAFT or (event.round, event.draft_number) != (
        document.next_round,
        document.draft.number,
    ):
        return Refusal("text-has-changed")
    if not _can_be_signed(document, policy):
        return Refusal("draft-has-errors")
    hindrance = sign_hindrance(document)
    if hindrance:
        return hindrance
    if len(set(event.link_digests)) != len(document.draft.appointments):  # made for other appointments than these
        return Refusal("text-has-changed")
    rules = policy.bodies.rules_for(document.body)
    turns = rules.turns(tuple(one.role for one in document.draft.appointments))
    seats = tuple(
        Seat(
            field=name,
            turn=turn,
            person=appointment.person,
            role=appointment.role,
            address=appointment.address,
            standing=Standing.WAITING,
            link_digest=link_digest,
        )
        for (name, appointment), turn, link_digest in zip(
            field_names(document.draft.appointments).items(), turns, event.link_digests, strict=True
        )
    )
    opened = Round(event.round, event.draft_number, now, event.copy, event.copy, seats)
    opened, invited = invite_next(opened, now, policy)
    updated = replace(document, change=document.change + 1, state=State.REVIEW, round=opened)
    data = {"round": opened.number, "draft": event.draft_number, "digest": event.copy.digest}
    return Decision(updated, (Entry("review-opened", "signflow", data), *invited))


def withdrawn(document: Document, event: Withdrawn, now: dt.datetime) -> Outcome:
    """The document is taken back, and its round with it."""
    if document.state not in {State.DRAFT, State.REVIEW}:
        return Refusal("text-is-final", {"state": document.state})
    reason = reason_of(event.reason)
    if not reason:
        return Refusal("reason-missing")
    entries = [Entry("withdrawn", event.by, {"reason": reason})]
    ended = document.round
    if document.open_round:
        ended, voided = end_round(document.open_round, RoundEnd.WITHDRAWN, event.by, now)
        entries.append(voided)
    updated = replace(document, change=document.change + 1, state=State.WITHDRAWN, round=ended)
    works = (send_letters(updated, "round-ended"),) if document.open_round else ()
    return Decision(updated, tuple(entries), works)


def objected_to(document: Document) -> Objection | None:
    """The objection that stands against the present text; a new text answers it."""
    last = document.round
    if document.state is State.DRAFT and last and last.draft_number == document.draft.number:
        return last.objection
    return None


def _can_be_signed(document: Document, policy: Policy) -> bool:
    """Whether the text has no errors, and those are to sign it who must, nobody twice."""
    draft = document.draft
    people = {same_name(appointment.person) for appointment in draft.appointments}
    lacking = policy.bodies.rules_for(document.body).lacks(tuple(one.role for one in draft.appointments))
    return draft.clean and not lacking and 0 < len(people) == len(draft.appointments)


def _about(draft: Draft) -> dict[str, str | int]:
    return {"draft": draft.number, "digest": draft.source.digest, "filename": draft.filename, "clean": int(draft.clean)}
