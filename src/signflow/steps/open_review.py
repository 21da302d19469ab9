"""Open a round: render the signing copy, fix its digest, make the links, and record that people sign now."""

from __future__ import annotations

from signflow.blobs import PDF, BlobRef
from signflow.crashpoints import CommitPoint, passing
from signflow.rounds.events import ReviewOpened
from signflow.rounds.immediate import references, sign_hindrance
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document
from signflow.rounds.seats import field_names
from signflow.steps.check_draft import check_draft
from signflow.steps.check_parts import held_to_parts
from signflow.steps.conformance import require_conformance
from signflow.steps.ports import Ports, record
from signflow.steps.typeset import typeset


def open_review(ports: Ports, document_id: str, number: int, draft_number: int) -> None:
    """Open that round on that draft, once. Does nothing if the round was opened or the text has changed since.

    If the draft is not clean any more (a signatory has lost their address, say), it gets that finding instead.

    Raises:
        IntegrityError: The draft's bytes are not what they were, or the copy is not PDF/A and PDF/UA.
        UnavailableError: The disk is full or away, or a judge that is set does not answer.
    """
    document = ports.store.load(document_id)
    if document.next_round > number or document.draft.number != draft_number or sign_hindrance(document):
        return
    copy = _render_copy(ports, document, number)
    if copy is None:
        return
    fields = field_names(document.draft.appointments)
    tokens = (ports.links.token(document.id, number, field, copy.digest) for field in fields)
    event = ReviewOpened(number, draft_number, copy, tuple(link_digest(token) for token in tokens))
    record(ports, document.id, event)
    passing(CommitPoint.REVIEW_OPENED)


def _render_copy(ports: Ports, document: Document, number: int) -> BlobRef | None:
    """The signing copy; None if the draft turns out not to be clean any more."""
    referred = "".join(f":{part.id}" for part in references(document))
    key = f"{document.id}:copy:{number}:{document.draft.number}{referred}"
    made = ports.effects.claim(key)
    if made is None:
        draft = document.draft
        checked = check_draft(
            ports.blobs.get(draft.source), draft.filename, ports.style, ports.people, ports.policy.bodies
        )
        checked = held_to_parts(ports, document, checked)
        if not checked.clean:
            event = checked.registered(document.id, draft.source, draft.filename, "signflow")
            record(ports, document.id, event, checked.records())
            return None
        pdf = typeset(
            checked,
            ports.organisation,
            ports.style,
            ports.texts,
            name=document.id,
            version=draft.number,
            at=ports.clock(),
        )
        judged = require_conformance(ports, key, pdf)
        copy = ports.blobs.put(pdf, PDF)
        passing(CommitPoint.COPY_RENDERED)
        made = ports.effects.done(key, {"digest": copy.digest, "size": copy.size_bytes, **judged})
    return BlobRef(str(made["digest"]), int(made["size"]), PDF)
