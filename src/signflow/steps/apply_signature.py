"""Make the signature that a person approved, validate it, and record it. The document moves only after the gate."""

from __future__ import annotations

import datetime as dt

from signflow.blobs import JSON, PDF, BlobRef, fingerprint
from signflow.crashpoints import CommitPoint, passing
from signflow.rendering.pdf.stamp import render_stamp
from signflow.rounds.events import SignatureApplied
from signflow.rounds.model import Approval, Document, Round, Seat
from signflow.signing.authentication import Authentication
from signflow.signing.gate import check_signature_added
from signflow.signing.pades.sign import SignatureRequest
from signflow.signing.pades.sign import apply_signature as sign_pdf
from signflow.steps.conformance import require_conformance
from signflow.steps.ports import Ports, record
from signflow.steps.stamped import read_stamped, stamped_result
from signflow.store.audit import canonical_json
from signflow.store.effects import Result

_MAIL_CODE = "urn:signflow:authentication:mail-code"
# a code by mail is certified at no level of assurance, and the certificate says so; so is a provider that names none
_UNCERTIFIED = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"


def apply_signature(ports: Ports, document_id: str, number: int, field: str) -> None:
    """Sign for that seat, once. Does nothing if that is done, or if the round has ended since.

    1. the approval is on record before anything is signed; 2. the signature is made on the current revision, with a key
    that exists only now; 3. the gate validates the result, which must still be PDF/A and PDF/UA; 4. the revision is
    kept; 5. the effect is marked; 6. the document moves.

    Raises:
        UnavailableError: The time-stamping authority or the disk does not answer now; nothing was signed.
        IntegrityError: The gate did not let the signature through.
    """
    document = ports.store.load(document_id)
    current = document.open_round
    seat = current.seat(field) if current and current.number == number else None
    if current is None or seat is None or seat.approval is None or seat.signature:
        return  # 1.
    key = f"{document.id}:signature:{number}:{field}"
    made = ports.effects.claim(key)
    if made is None:
        made = ports.effects.done(key, _sign(ports, document, current, seat, seat.approval))  # 2.–5.
        passing(CommitPoint.SIGNATURE_CLAIMED)
    event = SignatureApplied(
        round=number,
        field=field,
        before_digest=str(made["before"]),
        revision=BlobRef(str(made["revision"]), int(made["revision_size"]), PDF),
        report=BlobRef(str(made["report"]), int(made["report_size"]), JSON),
        signed_at=dt.datetime.fromisoformat(str(made["signed_at"])),
        stamped=read_stamped(made),
    )
    record(ports, document.id, event)  # 6.
    passing(CommitPoint.SIGNATURE_RECORDED)


def _sign(ports: Ports, document: Document, current: Round, seat: Seat, approval: Approval) -> Result:
    now = ports.clock()
    texts = ports.texts[document.language]
    role = texts(f"steps.roles.{seat.role}")
    before = ports.blobs.get(current.current)
    evidence = ports.blobs.put(authentication_evidence(document, current, seat, approval), JSON)
    stamp = render_stamp(
        [
            seat.person,
            *([texts("steps.stamp.stands_in", person=seat.stands_in_for)] if seat.stands_in_for else []),
            texts("steps.stamp.signed", role=role),
            texts.stamp(now),
            texts("steps.stamp.fingerprint", fingerprint=fingerprint(current.current.digest)),
        ],
        ports.style,
    )
    request = SignatureRequest(
        field=seat.field,
        person=seat.person,
        role=role,
        reason=texts(f"steps.reasons.{seat.role}"),
        authentication=_authentication(approval, evidence),
        stamp_pdf=stamp,
    )
    after = sign_pdf(before, request, ports.authority, ports.tsa, now=now)  # 2.
    added = check_signature_added(before, after, seat.field, seat.person, ports.trust(), ports.clock())  # 3.
    judged = require_conformance(ports, f"{document.id}:signature:{current.number}:{seat.field}", after, before)
    passing(CommitPoint.SIGNATURE_PASSED)
    revision = ports.blobs.put(after, PDF)  # 4.
    passing(CommitPoint.REVISION_KEPT)
    report = ports.blobs.put(added.report.to_json().encode(), JSON)
    passing(CommitPoint.SIGNATURE_MADE)
    return {
        "before": current.current.digest,
        "revision": revision.digest,
        "revision_size": revision.size_bytes,
        "report": report.digest,
        "report_size": report.size_bytes,
        "signed_at": added.signed_at.isoformat(),
        **stamped_result(added.signature.timestamp),
        **judged,
    }


def _authentication(approval: Approval, evidence: BlobRef) -> Authentication:
    who = approval.identified
    if who is None:
        return Authentication(_MAIL_CODE, approval.at, _UNCERTIFIED, approval.reference, evidence.digest)
    return Authentication(who.provider, who.at, who.level or _UNCERTIFIED, who.reference, evidence.digest)


def authentication_evidence(document: Document, current: Round, seat: Seat, approval: Approval) -> bytes:
    """What is kept of how a signatory was authenticated: canonical JSON, the same bytes whenever it is made.

    Holds the address that the link went to, never a code, the link or an identity number. Where the person signed in, it
    holds the digest of what the identity provider asserted, which is kept beside it; where somebody stands in, the names of
    those who held the seat before.
    """
    who = approval.identified
    evidence: dict[str, str | int | list[str]] = {
        "document": document.id,
        "round": current.number,
        "field": seat.field,
        "person": seat.person,
        "role": str(seat.role),
        "method": approval.method,
        "address": seat.address,
        "authenticated_at": (who.at if who else approval.at).isoformat(),
        "challenge": approval.reference,
        "shown_digest": approval.shown_digest,
    }
    if seat.replaced:
        evidence |= {"holder": seat.holder, "replaced": [one.person for one in seat.replaced]}
    if approval.dissent:
        evidence["dissent"] = approval.dissent
    if who:
        evidence |= {"approved_at": approval.at.isoformat(), "provider": who.provider, "level": who.level}
        evidence |= {"name": who.name, "assertion_digest": who.reference, "evidence_digest": who.evidence.digest}
    return canonical_json(evidence).encode()
