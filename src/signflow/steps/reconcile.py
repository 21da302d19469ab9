"""Hold what is recorded against what ought to follow from it, and ask again for what is missing.

Nothing here is needed in ordinary life: the outbox is durable and the service looks through it at every start. It is for
the day after a restore, or when somebody wants to know that nothing is stuck.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signflow.errors import SignflowError
from signflow.rounds.drafts import objected_to
from signflow.rounds.immediate import goes_by_itself
from signflow.rounds.letters import letters_due
from signflow.rounds.model import Document, Standing, State
from signflow.rounds.work import Work, apply_signature, archive_minutes, open_review, send_letters
from signflow.steps.ports import Ports

_ON_THEIR_WAY = (State.DRAFT, State.REVIEW, State.ADJUSTED)
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was found.

    Attributes:
        documents: How many documents were looked at.
        audit_entries: How many entries the audit chain has; it was recomputed.
        asked_again: Keys of work that was missing and is asked for again.
        hurried: How many rows waited and are tried at once.
        faults: What does not agree, as (document, code).
    """

    documents: int
    audit_entries: int
    asked_again: tuple[str, ...]
    hurried: int
    faults: tuple[tuple[str, str], ...]


def reconcile(ports: Ports) -> Reconciliation:
    """Look at every document, ask again for missing work, and try at once what waits.

    Raises:
        IntegrityError: The audit chain is broken.
    """
    entries = ports.store.verify_audit()
    asked = ask_for_missing_work(ports)
    listed = ports.store.documents(limit=_ALL)
    archived = (ports.store.load(line.id) for line in listed if line.state is State.ARCHIVED)
    faults = tuple((document.id, code) for document in archived if (code := _archive_fault(ports, document)))
    hurried = ports.store.hurry_work()
    ports.wake()
    return Reconciliation(len(listed), entries, asked, hurried, faults)


def ask_for_missing_work(ports: Ports) -> tuple[str, ...]:
    """Ask for the work that documents still on their way call for and nobody has asked for; its keys."""
    asked = list[str]()
    for line in ports.store.documents(_ON_THEIR_WAY, limit=_ALL):
        document = ports.store.load(line.id)
        open_keys = {row.work.key for row in ports.store.open_work(document.id)}
        for work in _missing(ports, document):
            if work.key not in open_keys:
                ports.store.ask_for(work)
                asked.append(work.key)
    return tuple(asked)


def _missing(ports: Ports, document: Document) -> Iterator[Work]:
    """The work that the document's state calls for."""
    by_itself = ports.policy.open_review_when_clean and goes_by_itself(document)
    opens = by_itself and document.draft.clean and not objected_to(document)
    if document.state is State.DRAFT and opens:
        yield open_review(document)
    if document.open_round:
        approved = (seat for seat in document.open_round.seats if seat.standing is Standing.APPROVED)
        yield from (apply_signature(document, seat.field) for seat in approved)
    if document.state is State.ADJUSTED:
        yield archive_minutes(document)
    unsent = [
        letter for letter in letters_due(document, ports.clock()) if not ports.effects.result(f"mail:{letter.key}")
    ]
    if unsent:
        yield send_letters(document, "reconcile")


def _archive_fault(ports: Ports, document: Document) -> str:
    """Why what is recorded as archived is not in the archive as recorded; empty if it is."""
    if document.archived is None:
        return ""
    try:
        copy = ports.archive.copy(document.id)
    except SignflowError as error:
        return error.code
    return "" if copy.pdf_digest_sha256 == document.archived.pdf.digest else "archive-differs"
