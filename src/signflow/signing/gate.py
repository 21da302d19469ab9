"""What lets a round go on: proof that exactly the signature asked for was added, and nothing else.

`CompleteRound` is made here alone, and only the seal takes it: a document cannot be sealed unless every required
signature has just been validated on the bytes that are sealed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from signflow.errors import IntegrityError
from signflow.signing.report import Changes, Indication, Kind, Level, SignatureReport, ValidationReport
from signflow.signing.trust import Trust
from signflow.signing.validation.validate import validate_pdf

_PASS = object()
_ENDS = re.compile(rb"%%EOF\r?\n?")


@dataclass(frozen=True, slots=True)
class AddedSignature:
    """A signature that has passed the gate.

    Attributes:
        signature: What the validation says of it.
        report: What it says of the whole file.
    """

    signature: SignatureReport
    report: ValidationReport

    @property
    def signed_at(self) -> dt.datetime:
        """The time its timestamp states."""
        if self.signature.signed_at is None:
            raise IntegrityError("signature-not-lasting", field=self.signature.field, level=self.signature.level.value)
        return self.signature.signed_at


@dataclass(frozen=True, slots=True)
class CompleteRound:
    """A document that every required person has signed. Only `check_round` makes one.

    Attributes:
        pdf: The bytes that were validated.
        signatures: The required ones, in the order required.
        report: What the validation says of the whole file.
    """

    pdf: bytes
    signatures: tuple[SignatureReport, ...]
    report: ValidationReport
    made_by: object

    def __post_init__(self) -> None:
        if self.made_by is not _PASS:
            raise TypeError("a complete round comes from check_round alone")


def check_signature_added(  # noqa: PLR0913, PLR0917 - two files, what was asked for, and by which light
    before: bytes, after: bytes, field: str, person: str, trust: Trust, at: dt.datetime
) -> AddedSignature:
    """The one signature that turned `before` into `after`.

    1. `after` begins with `before`, and what follows signs and does nothing else (`validation.differences`).
    2. The field holds a signature, and `before` had none there; no other was added.
    3. It names the person, covers all of its revision and is TOTAL-PASSED at B-LT or higher.
    4. Everything that was signed before still is TOTAL-PASSED.

    Raises:
        IntegrityError: One of these does not hold; the code says which.
        RefusedError: One of the files cannot be read.
    """
    # 1
    if len(after) <= len(before) or not after.startswith(before):
        raise IntegrityError("signature-not-incremental", field=field)
    report = validate_pdf(after, trust, at=at)
    kept = _require_only_signing(report, len(before), field)
    # 2
    earlier = {one.field for one in report.signatures if one.revision <= kept}
    added = {one.field for one in report.signatures} - earlier
    if field in earlier or added != {field}:
        raise IntegrityError("signature-not-added", field=field, added=", ".join(sorted(added)))
    # 3
    signature = _require(report, field, person)
    # 4
    _require_all(report)
    return AddedSignature(signature, report)


def check_round(
    pdf: bytes, original_digest: str, required: Sequence[tuple[str, str]], trust: Trust, at: dt.datetime
) -> CompleteRound:
    """The round as complete: all required (field, person) have signed, on the bytes that were shown.

    1. The file begins with the rendered document that people read, told by its digest; all that follows signs and
       does nothing else.
    2. Each required signature is there, names its person and is TOTAL-PASSED at B-LT or higher.
    3. There is no other signature, and none that is not TOTAL-PASSED.

    Raises:
        IntegrityError: One of these does not hold; the code says which.
        RefusedError: The file cannot be read.
    """
    # 1
    original_bytes = _original_of(pdf, original_digest)
    if original_bytes is None:
        raise IntegrityError("round-other-document")
    report = validate_pdf(pdf, trust, at=at)
    _require_only_signing(report, original_bytes, "")
    # 2
    if not required:
        raise IntegrityError("round-nobody-required")
    signatures = tuple(_require(report, field, person) for field, person in required)
    # 3
    strangers = {one.field for one in report.signatures} - {field for field, _ in required}
    if strangers or any(one.kind is not Kind.PERSON for one in signatures):
        raise IntegrityError("round-other-signature", fields=", ".join(sorted(strangers)))
    _require_all(report)
    return CompleteRound(pdf, signatures, report, _PASS)


def _require(report: ValidationReport, field: str, person: str) -> SignatureReport:
    signature = report.signature(field)
    if signature is None:
        raise IntegrityError("signature-not-added", field=field, added="")
    if signature.signatory != person:
        raise IntegrityError("signature-other-person", field=field, person=person, signatory=signature.signatory)
    if signature.indication is not Indication.TOTAL_PASSED:
        raise IntegrityError("signature-not-valid", field=field, reason=signature.sub_indication)
    if not signature.covers_whole_revision or signature.changes_since is Changes.FORBIDDEN:
        raise IntegrityError("signature-not-whole", field=field)
    if not signature.level.reaches(Level.LONG_TERM) or signature.signed_at is None:
        raise IntegrityError("signature-not-lasting", field=field, level=signature.level.value)
    return signature


def _require_all(report: ValidationReport) -> None:
    for one in report.signatures:
        if one.indication is not Indication.TOTAL_PASSED:
            raise IntegrityError("signature-not-valid", field=one.field, reason=one.sub_indication)
    if report.indication is not Indication.TOTAL_PASSED:
        raise IntegrityError("signature-not-valid", field="", reason=report.sub_indication)


def _require_only_signing(report: ValidationReport, before_bytes: int, field: str) -> int:
    """How many revisions the file had when it was that long; those after them only sign.

    A signature's own revision is covered by it, so no later comparison would find what else that revision changed.
    """
    kept = sum(one.end_bytes <= before_bytes for one in report.revisions)
    if not kept or not all(one.only_signing for one in report.revisions[kept:]):
        raise IntegrityError("signature-other-changes", field=field)
    return kept


def _original_of(pdf: bytes, original_digest: str) -> int | None:
    """The length of the beginning of the file that has that digest, among all that end as a PDF does."""
    running = hashlib.sha256()
    hashed = 0
    for end in _ENDS.finditer(pdf):
        for stop in range(end.start() + len(b"%%EOF"), end.end() + 1):
            running.update(pdf[hashed:stop])
            hashed = stop
            if running.hexdigest() == original_digest:
                return stop
    return None
