"""What a signed PDF proves.

The procedure (ETSI EN 319 102-1, 5.6, for PDF signatures), the steps numbered below:

1. Read the file's revisions, its signatures, and everything in it that bears on validity: certificates and revocation
   data.
2. For each signature and document timestamp: the bytes that it covers, and what was appended since. Only what filling in
   fields and adding validation data leaves behind is permitted, and no more than the signature itself permits.
3. Document timestamps, newest first: the newest must hold at the instant of validation, each older one at the time
   that the next newer one proves. One that holds proves that all before it existed then.
4. For each signature, its own timestamps must hold at the earliest time proven by 3 (else at the instant of validation).
5. The signatory's certificate must hold at the time its timestamp states (else at the time of 4): that it is over by now
   says nothing. Algorithms must hold at the time at which they are proven to have been used.

Revocation is judged by the data in the file and the trust's lists, the freshest first. Nothing is fetched, no clock is
read: the same bytes, instant and trust give the same report.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from signflow.errors import RefusedError
from signflow.signing import reading
from signflow.signing.reading import PARSER_ERRORS
from signflow.signing.report import (
    NO_SIGNATURE,
    UNSUPPORTED_FORMAT,
    DocumentTimestampReport,
    Indication,
    Level,
    RevisionReport,
    SignatureReport,
    ValidationReport,
)
from signflow.signing.trust import Trust
from signflow.signing.validation.cms import (
    Checked,
    Times,
    Token,
    check_signed,
    check_token,
    embedded_tokens,
    imprint_of_signature,
    is_detached,
    names_certificate,
    unreadable_token,
)
from signflow.signing.validation.describe import describe_signature, describe_unread
from signflow.signing.validation.differences import Difference, find_difference
from signflow.signing.validation.fields import Digests, read_fields
from signflow.signing.validation.found import Found, find_signatures
from signflow.signing.validation.material import Material, Purpose, read_material
from signflow.signing.validation.objects import MalformedError
from signflow.signing.validation.references import Holders
from signflow.signing.validation.revisions import Document, read_document
from signflow.signing.validation.verdicts import PASSED, Verdict, named, of_error, worst

_BASELINE = "ETSI.CAdES.detached"
_TIMESTAMP = "ETSI.RFC3161"
_FORMATS = frozenset({_BASELINE, "adbe.pkcs7.detached"})


@dataclass(frozen=True, slots=True)
class _Proof:
    """Everything up to a revision existed at a time."""

    revision: int
    at: dt.datetime


def validate_pdf(pdf: bytes, trust: Trust, *, at: dt.datetime) -> ValidationReport:
    """What the file proves at that instant to one who holds that trust.

    Call it from a thread without a running event loop.

    Raises:
        RefusedError: The bytes cannot be read as a PDF, are too many or encrypted.
        SettingsError: The trust cannot be read.
    """
    if len(pdf) > reading.LIMIT_BYTES:
        raise RefusedError("pdf-unreadable", reason="too-large")
    try:
        document = read_document(pdf)  # 1
        if any("/Encrypt" in revision.trailer for revision in document.revisions):
            raise RefusedError("pdf-unreadable", reason="encrypted")
        fields = read_fields(document)
        holders = Holders(document)
        differences = [find_difference(document, index, holders) for index in range(1, len(document.revisions))]
        found = find_signatures(document, fields, differences)  # 2
        material = read_material(document, trust, [one.signed for one in found if one.signed is not None])
    except (MalformedError, RecursionError) as error:
        raise RefusedError("pdf-unreadable", reason=str(error) or type(error).__name__) from error
    return asyncio.run(_Validation(document, material, at).report(found, differences))


@dataclass(slots=True)
class _Validation:
    """Steps 3 to 5."""

    document: Document
    material: Material
    at: dt.datetime
    proofs: list[_Proof] = field(default_factory=list)

    async def report(self, found: Sequence[Found], differences: Sequence[Difference]) -> ValidationReport:
        marks = [one.field.byte_range[1] for one in found if one.field.byte_range is not None]
        digests = Digests(self.document.data, marks)
        stamps = [await self._stamp(one, digests) for one in reversed(found) if one.field.is_timestamp][::-1]
        signatures = [await self._signature(one, digests) for one in found if not one.field.is_timestamp]
        verdicts: list[Verdict] = [(one.indication, one.sub_indication) for one in signatures]
        verdicts += [(one.timestamp.indication, one.timestamp.sub_indication) for one in stamps]
        if not signatures:
            verdicts.append((Indication.INDETERMINATE, NO_SIGNATURE))
        indication, sub_indication = worst(verdicts)
        return ValidationReport(
            digest=digests.whole("sha256").hex(),
            at=self.at,
            indication=indication,
            sub_indication=sub_indication,
            signatures=tuple(signatures),
            document_timestamps=tuple(stamps),
            revisions=tuple(_describe_revisions(self.document, differences)),
            algorithms=self.material.trust.algorithms.name,
        )

    def _known_at(self, revision: int) -> dt.datetime | None:
        """The earliest time at which a document timestamp proves that the revision existed."""
        return min((proof.at for proof in self.proofs if proof.revision > revision), default=None)

    async def _stamp(self, one: Found, digests: Digests) -> DocumentTimestampReport:
        """3."""
        known_at = self._known_at(one.field.revision)
        try:
            if one.signed is None or one.field.sub_filter != _TIMESTAMP:
                raise MalformedError("not a document timestamp")
            token = await check_token(one.signed, one.digest_with(digests), self.material, known_at or self.at)
        except PARSER_ERRORS as error:
            token = unreadable_token(error, self.at)
        report = token.report
        if report.indication is not Indication.TOTAL_FAILED and one.content != PASSED:
            report = replace(report, indication=one.content[0], sub_indication=one.content[1])
        token = Token(report, token.path)
        if token.holds:
            self.proofs.append(_Proof(one.field.revision, report.at))
        return DocumentTimestampReport(
            field=one.field.name,
            timestamp=report,
            covers_whole_revision=one.covered,
            changes_since=one.changes,
            revision=one.field.revision + 1,
            proven_at=Times((token,), known_at).proven_at,
        )

    async def _signature(self, one: Found, digests: Digests) -> SignatureReport:
        """4 and 5."""
        if one.field.sub_filter not in _FORMATS:
            return describe_unread(one, (Indication.INDETERMINATE, UNSUPPORTED_FORMAT))
        known_at = self._known_at(one.field.revision)
        try:
            if one.signed is None or not is_detached(one.signed):
                raise MalformedError("not a detached signature")
            tokens = [
                await self._token(token, one.signed, known_at or self.at) for token in embedded_tokens(one.signed)
            ]
            times = Times(tuple(tokens), known_at)
            checked = await check_signed(
                one.signed,
                one.digest_with(digests),
                self.material,
                purpose=Purpose.SIGNATURE,
                moment=times.best.report.at if times.best else known_at or self.at,
            )
            return describe_signature(
                one,
                checked,
                _verdict(one, checked, times),
                self._level(one, checked, times),
                times,
                self.material.trust,
            )
        except PARSER_ERRORS as error:
            return describe_unread(one, of_error(error))

    async def _token(self, token: Any, signed: Any, control_at: dt.datetime) -> Token:
        try:
            return await check_token(token, imprint_of_signature(signed), self.material, control_at)
        except PARSER_ERRORS as error:
            return unreadable_token(error, self.at)

    def _level(self, one: Found, checked: Checked, times: Times) -> Level:
        """Source: ETSI EN 319 142-1, 6.3."""
        if one.field.sub_filter != _BASELINE or not names_certificate(checked.signed):
            return Level.NOT_BASELINE
        if times.best is None or not times.best.holds:
            return Level.BASIC
        if not self.material.speaks_for(checked.path) or not self.material.speaks_for(times.best.path):
            return Level.TIMESTAMPED
        return Level.ARCHIVAL if times.known_at is not None else Level.LONG_TERM


def _verdict(one: Found, checked: Checked, times: Times) -> Verdict:
    if checked.verdict[0] is Indication.TOTAL_FAILED:
        return checked.verdict
    if one.content != PASSED:
        return one.content
    if one.field.sub_filter == _BASELINE and not names_certificate(checked.signed):
        return named("SIG_CONSTRAINTS_FAILURE")
    if times.best is not None and not times.best.holds:
        return Indication.INDETERMINATE, times.best.report.sub_indication
    return checked.verdict


def _describe_revisions(document: Document, differences: Sequence[Difference]) -> list[RevisionReport]:
    reports = [RevisionReport(1, document.revisions[0].end, (), only_signing=True)]
    for revision, difference in zip(document.revisions[1:], differences, strict=True):
        changes = tuple(sorted(difference.changes))
        reports.append(RevisionReport(revision.index + 1, revision.end, changes, difference.only_signing))
    return reports
