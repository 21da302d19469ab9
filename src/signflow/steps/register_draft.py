"""Register a draft: read it, check it, find out which document it belongs to, and record what was found."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from signflow.blobs import BlobRef
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import NotFoundError, StaleError
from signflow.minutes.model import Minutes
from signflow.rounds.decide import decide
from signflow.rounds.model import Document
from signflow.rounds.outcome import Refusal
from signflow.steps.check_draft import check_draft
from signflow.steps.check_parts import held_to_parts
from signflow.steps.ports import Ports, commit
from signflow.steps.reading import follow

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing that looks like something else
_NAME_LENGTH = 12
_CONTENTION = 20


def register_draft(  # noqa: PLR0913, PLR0917 -- what the work to register it says
    ports: Ports, source: BlobRef, filename: str, by: str, document_id: str, bodies: str = ""
) -> str:
    """The document that the draft is now a version of.

    The same bytes are the same version, of the document that has them. Other bytes under the file name of a document
    that is still in draft or review are its new version, unless they are plainly of another meeting. All else is new.

    Args:
        ports: What the step works with.
        source: The bytes.
        filename: Their name.
        by: Who dropped them.
        document_id: The document whose text they replace; empty to find that out.
        bodies: One a line: what is found out is a document of one of these alone; empty for any.

    Raises:
        IntegrityError: The bytes are not what they were.
        StaleError: The document kept changing.
    """
    checked = check_draft(ports.blobs.get(source), filename, ports.style, ports.people, ports.policy.bodies)
    for _ in range(_CONTENTION):
        document = _belongs_to(ports, source, filename, checked.minutes, document_id, bodies)
        items = follow(ports, document, source, checked.minutes) if document else ()
        part_of = None if document else ports.store.part_of(document_id)
        name = document.id if document else document_id if part_of else new_name()
        held = held_to_parts(ports, document, checked) if document else checked
        event = held.registered(name, source, filename, by, items, part_of)
        outcome = decide(document, event, ports.clock(), ports.policy)
        if isinstance(outcome, Refusal):
            return event.document_id
        try:
            commit(ports, outcome, held.records())
        except StaleError:
            continue
        passing(CommitPoint.DRAFT_REGISTERED)
        return event.document_id
    raise StaleError("document-changed", document=document_id)


def _belongs_to(  # noqa: PLR0913, PLR0917 -- all of them tell
    ports: Ports, source: BlobRef, filename: str, minutes: Minutes | None, document_id: str, bodies: str
) -> Document | None:
    if document_id:
        try:
            return ports.store.load(document_id)
        except NotFoundError:
            if ports.store.part_of(document_id):
                return None  # what was cut out of another comes with the name that it will have
            raise
    same_bytes = ports.store.find_by_source(source.digest)
    within = {body.casefold() for body in bodies.splitlines()}
    found = ports.store.open_under_name(filename)
    return same_bytes or _same_meeting((one for one in found if not within or one.body.casefold() in within), minutes)


def _same_meeting(candidates: Iterable[Document], minutes: Minutes | None) -> Document | None:
    """The first document that the draft can be a new text of: title or date agree, or one of the two is not readable."""
    for document in candidates:
        if minutes is None or not document.title:
            return document
        if minutes.title == document.title or minutes.date == document.meeting_on:
            return document
    return None


def new_name() -> str:
    """The name of a document that there is not yet."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_NAME_LENGTH))
