"""Seal what the signatories have adjusted, and file it: `archived` is what the archive says after reading back."""

from __future__ import annotations

from signflow.blobs import JSON, PDF, BlobRef, fingerprint
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import IntegrityError
from signflow.rendering.pdf.stamp import render_stamp
from signflow.rounds.events import Filed
from signflow.rounds.model import Archived, Document, State
from signflow.signing.gate import check_round
from signflow.signing.pades.sign import SealRequest, apply_seal
from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf
from signflow.steps.conformance import require_conformance
from signflow.steps.package import build_package
from signflow.steps.ports import Ports, record
from signflow.steps.stamped import read_stamped, stamped_result
from signflow.steps.typeset import SEAL_FIELD
from signflow.store.effects import Result


def seal_minutes(ports: Ports, document_id: str) -> None:
    """Put the organisation's seal and a document timestamp on the adjusted document, once.

    1. every required signature is validated anew, on revisions of the bytes that were shown; only that check makes what
    sealing takes; 2. seal and timestamp; 3. the whole is validated, and that report is kept; 4. the effect is marked.

    Raises:
        UnavailableError: The time-stamping authority, the seal's key or the disk does not answer now.
        IntegrityError: A signature does not hold.
    """
    document = ports.store.load(document_id)
    current = document.round
    if document.state is not State.ADJUSTED or current is None or ports.effects.claim(_seal_key(document)):
        return
    now = ports.clock()
    texts = ports.texts[document.language]
    required = [(seat.field, seat.person) for seat in current.seats]
    complete = check_round(ports.blobs.get(current.current), current.copy.digest, required, ports.trust(), now)  # 1.
    stamp = render_stamp(
        [
            ports.organisation,
            texts("steps.stamp.seal"),
            texts.stamp(now),
            texts("steps.stamp.fingerprint", fingerprint=fingerprint(current.current.digest)),
        ],
        ports.style,
    )
    request = SealRequest(SEAL_FIELD, texts("steps.reasons.seal"), stamp)
    sealed = apply_seal(complete, request, ports.seals, ports.tsa, now=now)  # 2.
    report = validate_pdf(sealed, ports.trust(), at=ports.clock())  # 3.
    if report.indication is not Indication.TOTAL_PASSED:
        raise IntegrityError("seal-not-valid", document=document.id, indication=str(report.indication))
    judged = require_conformance(ports, _seal_key(document), sealed)
    pdf = ports.blobs.put(sealed, PDF)
    kept = ports.blobs.put(report.to_json().encode(), JSON)
    passing(CommitPoint.SEAL_MADE)
    result: Result = {
        "pdf": pdf.digest,
        "pdf_size": pdf.size_bytes,
        "report": kept.digest,
        "report_size": kept.size_bytes,
        "sealed_at": now.isoformat(),
        **stamped_result(report.document_timestamps[-1].timestamp),
        **judged,
    }
    ports.effects.done(_seal_key(document), result)  # 4.
    passing(CommitPoint.SEAL_CLAIMED)


def file_minutes(ports: Ports, document_id: str) -> None:
    """Store the sealed document and all that belongs to it, and record what the archive read back.

    The package is made from what is on record up to the sealing, so making it again gives the same package, and the
    archive stores it once.

    Raises:
        UnavailableError: The disk is full or away.
        IntegrityError: What was read back is not what was stored.
    """
    document = ports.store.load(document_id)
    current = document.round
    if document.state is not State.ADJUSTED or current is None:
        return
    sealed = ports.effects.claim(_seal_key(document))
    if sealed is None:
        raise IntegrityError("seal-missing", document=document.id)
    pdf = BlobRef(str(sealed["pdf"]), int(sealed["pdf_size"]), PDF)
    copy = ports.archive.ingest(build_package(ports, document, current, sealed), now=ports.clock())
    if copy.pdf_digest_sha256 != pdf.digest:
        raise IntegrityError("archive-read-back-differs", document=document.id)
    archived = Archived(ports.clock(), pdf, f"v{copy.version}", copy.inventory_digest)
    record(ports, document.id, Filed(archived, read_stamped(sealed)))
    passing(CommitPoint.ARCHIVED_RECORDED)


def _seal_key(document: Document) -> str:
    return f"{document.id}:seal"
