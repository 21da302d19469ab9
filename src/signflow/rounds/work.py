"""The work that decisions cause. A row of the outbox names a flow and what it is to work on; never bytes or secrets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from signflow.blobs import BlobRef
from signflow.rounds.model import Document


class WorkKind(StrEnum):
    """One for each flow."""

    REGISTER_DRAFT = "register_draft"
    OPEN_REVIEW = "open_review"
    SEND_LETTERS = "send_letters"
    APPLY_SIGNATURE = "apply_signature"
    ARCHIVE_MINUTES = "archive_minutes"
    ANCHOR_AUDIT = "anchor_audit"
    RENEW_EVIDENCE = "renew_evidence"
    UPDATE_LISTS = "update_lists"
    REMIND = "remind"
    TIDY = "tidy"
    SEND_STAFF_CODE = "send_staff_code"
    SEND_WEBHOOKS = "send_webhooks"


_DAILY = {
    WorkKind.ANCHOR_AUDIT: "audit",
    WorkKind.RENEW_EVIDENCE: "evidence",
    WorkKind.UPDATE_LISTS: "lists",
    WorkKind.TIDY: "tidying",
    WorkKind.REMIND: "reminders",
}
"""What is done once a day, each with what it is done to."""

LETTER_HOURS = range(8, 17)
"""The hours of the organisation's day at which the work of the day writes to people."""

DAILY_SUBJECTS = tuple(_DAILY.values())
"""The subjects of work that is done for no document of its own."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be done, once.

    Attributes:
        key: Unique for ever; asking for the same work twice is asking once.
        kind: Which flow does it.
        subject: The document, or the draft that is not one yet. Work on one subject is done in order, one at a time.
        args: What the flow needs beside the subject.
    """

    key: str
    kind: WorkKind
    subject: str
    args: Mapping[str, str | int]


def open_review(document: Document) -> Work:
    """Render the signing copy of the present draft and invite the first to sign."""
    number = document.next_round
    key = f"{document.id}:{WorkKind.OPEN_REVIEW}:{number}:{document.draft.number}"
    return Work(key, WorkKind.OPEN_REVIEW, document.id, {"round": number, "draft": document.draft.number})


def register_part(document_id: str, source: BlobRef, filename: str, by: str) -> Work:
    """Register a draft that was cut out of another as the document of that name."""
    args = {"digest": source.digest, "size": source.size_bytes, "media_type": source.media_type}
    known = {"filename": filename, "by": by, "document": document_id}
    key = f"{document_id}:{WorkKind.REGISTER_DRAFT}:{source.digest}"
    return Work(key, WorkKind.REGISTER_DRAFT, document_id, {**args, **known})


def send_letters(document: Document, occasion: str) -> Work:
    """Send what is due; `occasion` tells this time from others in the same round."""
    number = document.round.number if document.round else 0
    key = f"{document.id}:{WorkKind.SEND_LETTERS}:{number}:{occasion}"
    return Work(key, WorkKind.SEND_LETTERS, document.id, {"round": number})


def apply_signature(document: Document, field: str) -> Work:
    """Make and validate the signature that was approved."""
    number = document.round.number if document.round else 0
    key = f"{document.id}:{WorkKind.APPLY_SIGNATURE}:{number}:{field}"
    return Work(key, WorkKind.APPLY_SIGNATURE, document.id, {"round": number, "field": field})


def archive_minutes(document: Document) -> Work:
    """Seal the adjusted document and file it."""
    return Work(f"{document.id}:{WorkKind.ARCHIVE_MINUTES}", WorkKind.ARCHIVE_MINUTES, document.id, {})


def daily_work(day: dt.date, *, lists: bool = False, letters: bool = True) -> tuple[Work, ...]:
    """What is done on that day whatever happens to documents.

    Args:
        day: The day.
        lists: Whether trusted lists are wanted, which then are renewed too.
        letters: Whether it is an hour at which people may be written to.
    """
    asked = {WorkKind.UPDATE_LISTS: lists, WorkKind.REMIND: letters}
    wanted = {kind: subject for kind, subject in _DAILY.items() if asked.get(kind, True)}
    return tuple(Work(f"{subject}:{kind}:{day}", kind, subject, {"day": str(day)}) for kind, subject in wanted.items())


def send_staff_code(challenge_id: str) -> Work:
    """Send a code to somebody who wants to sign in."""
    return Work(f"staff:{challenge_id}", WorkKind.SEND_STAFF_CODE, f"staff:{challenge_id}", {"challenge": challenge_id})


def send_webhooks(hook: str) -> Work:
    """Tell a webhook what is due; a subject of its own, so that it holds up no document and no other webhook."""
    return Work(f"webhook:{hook}", WorkKind.SEND_WEBHOOKS, f"webhook:{hook}", {"hook": hook})
