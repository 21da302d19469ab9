"""What follows when a signature is made, and when the document is filed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.rounds.events import (
    Filed,
    SignatureApplied,
    Stamped,
)
from signflow.rounds.model import (
    Document,
    Policy,
    Signature,
    Standing,
    State,
)
from signflow.rounds.notices import at_adjustment
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal
from signflow.rounds.seats import invite_next, round_of, with_seat
from signflow.rounds.work import archive_minutes, send_letters


def signature_applied(document: Document, event: SignatureApplied, now: dt.datetime, policy: Policy) -> Outcome:
    """The round moves to the signed revision; the next are invited, or the document is adjusted."""
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
    updated = with_seat(document, signed)
    moved = replace(round_of(updated), current=event.revision)
    data: dict[str, str | int] = {"round": event.round, "field": seat.field, "digest": event.revision.digest}
    data |= {"role": seat.role, "signed_at": event.signed_at.isoformat(), **_stamped(event.stamped)}
    entries = [Entry("signature-applied", seat.person, data)]
    if all(other.standing is Standing.SIGNED for other in moved.seats):
        adjusted = replace(updated, state=State.ADJUSTED, adjusted_at=now, round=moved)
        entries.append(Entry("adjusted", "signflow", {"round": event.round, "digest": event.revision.digest}))
        announced, posted = at_adjustment(adjusted, now, policy.notices)
        return Decision(announced, (*entries, *posted), (archive_minutes(announced),))
    moved, invited = invite_next(moved, now, policy)
    return Decision(replace(updated, round=moved), (*entries, *invited))


def filed(document: Document, event: Filed) -> Outcome:
    """An adjusted document is archived."""
    if document.state is State.ARCHIVED:
        return Refusal(ALREADY_RECORDED)
    if document.state is not State.ADJUSTED:
        return Refusal("not-adjusted")
    kept = event.archived
    updated = replace(document, change=document.change + 1, state=State.ARCHIVED, archived=kept)
    data: dict[str, str | int] = {"package": kept.package, "digest": kept.pdf.digest}
    data |= {"inventory": kept.inventory_digest, **_stamped(event.stamped)}
    return Decision(updated, (Entry("archived", "signflow", data),), (send_letters(updated, "receipt"),))


def _stamped(stamped: Stamped) -> dict[str, str | int]:
    return {"stamped_by": stamped.by, "stamped_locally": int(stamped.local)}
