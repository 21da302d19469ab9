"""What a signed PDF proves.

The procedure (ETSI EN 319 102-1, 5.6, for the PAdES profile in `pades`), the steps numbered below:

1. Read the file and everything in it that bears on validity: certificates and revocation lists.
2. Document timestamps, newest first: the newest must hold at the instant of validation, each older one at the time
   that the next newer one proves. One that holds proves that all before it existed then.
3. For each signature, its own timestamp must hold at the earliest time proven by 2 (else at the instant of validation).
4. The signatory's certificate must hold at the time its timestamp states: that it is over by now says nothing.
5. The signed bytes, what they cover, and what was appended since: only what filling in fields and adding validation
   data leaves behind is permitted.

Revocation is judged by the lists in the file and those of the trust, the freshest first. Nothing is fetched, no clock
is read: the same bytes, instant and trust give the same report.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from asn1crypto import crl as asn1_crl
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESStatus, AdESSubIndic
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.status import (
    PdfSignatureStatus,
    SignatureCoverageLevel,
    SignatureStatus,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from signflow.blobs import digest_of
from signflow.errors import RefusedError
from signflow.signing import oids
from signflow.signing.authentication import Authentication, read_context_extension
from signflow.signing.reading import PARSER_ERRORS, open_pdf
from signflow.signing.report import (
    CHANGED_AFTERWARDS,
    NO_SIGNATURE,
    PARTLY_COVERED,
    TIMESTAMP_BROKEN,
    UNSUPPORTED_FORMAT,
    Changes,
    DocumentTimestampReport,
    Indication,
    Kind,
    Level,
    SignatureReport,
    TimestampReport,
    ValidationReport,
)
from signflow.signing.trust import Trust, build_context

_Verdict: TypeAlias = tuple[Indication, str | None]

_PASSED: _Verdict = (Indication.TOTAL_PASSED, None)
_WORST_FIRST = (Indication.TOTAL_FAILED, Indication.INDETERMINATE, Indication.TOTAL_PASSED)
_TOLERATED_SKEW = dt.timedelta(minutes=5)
"""How far a timestamp may lie in the future: its authority's clock is not ours."""


@dataclass(frozen=True, slots=True)
class _Material:
    """What a file and a trust bring to its validation (step 1)."""

    trust: Trust
    certificates: tuple[asn1_x509.Certificate, ...]
    embedded_crls: tuple[asn1_crl.CertificateList, ...]

    @property
    def crls(self) -> tuple[asn1_crl.CertificateList, ...]:
        return self.embedded_crls + self.trust.parsed_crls

    def speaks_for(self, path: ValidationPath | None) -> bool:
        """Whether the file itself holds a revocation list for every certificate of the path but the root."""
        issuers = {crl.issuer.hashable for crl in self.embedded_crls}
        return path is not None and all(
            certificate.issuer.hashable in issuers for certificate in path.iter_certs(include_root=False)
        )


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
    reader = open_pdf(pdf)
    try:
        material = _read_material(reader, trust)
        filled = [(name, field) for name, _, field in enumerate_sig_fields(reader, filled_status=True)]
    except PARSER_ERRORS as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error
    return asyncio.run(_validate(pdf, reader, filled, material, at))


async def _validate(
    pdf: bytes, reader: PdfFileReader, filled: Sequence[tuple[str, object]], material: _Material, at: dt.datetime
) -> ValidationReport:
    embedded: list[EmbeddedPdfSignature] = []
    signatures: list[SignatureReport] = []
    for name, field in filled:
        try:
            embedded.append(EmbeddedPdfSignature(reader, field, name))  # pyright: ignore[reportArgumentType] - pyHanko's generator has no types
        except PARSER_ERRORS:
            signatures.append(_unreadable(name))
    embedded.sort(key=lambda signature: signature.signed_revision)
    stamps = [one for one in embedded if one.sig_object_type == "/DocTimeStamp"]
    timestamps, proofs = await _validate_timestamps(stamps, material, at)
    for one in embedded:
        if one.sig_object_type != "/DocTimeStamp":
            known_at = min((proof.at for proof in proofs if proof.revision > one.signed_revision), default=None)
            signatures.append(await _validate_signature(one, material, at, known_at))
    verdicts: list[_Verdict] = [(one.indication, one.sub_indication) for one in signatures]
    verdicts += [(stamp.timestamp.indication, stamp.timestamp.sub_indication) for stamp in timestamps]
    if not signatures:
        verdicts.append((Indication.INDETERMINATE, NO_SIGNATURE))
    indication, sub_indication = min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict[0]))
    return ValidationReport(digest_of(pdf), at, indication, sub_indication, tuple(signatures), tuple(timestamps))


async def _validate_timestamps(
    stamps: Sequence[EmbeddedPdfSignature], material: _Material, at: dt.datetime
) -> tuple[list[DocumentTimestampReport], list[_Proof]]:
    """Step 2."""
    reports: list[DocumentTimestampReport] = []
    proofs: list[_Proof] = []
    control_at = at
    for stamp in reversed(stamps):
        try:
            info = _token_info(stamp.signed_data)
            states: dt.datetime = info["gen_time"].native
            status = await async_validate_pdf_timestamp(stamp, _timestamp_context(material, control_at, states))
        except PARSER_ERRORS as error:
            reports.append(_unreadable_timestamp(stamp.field_name, _verdict_of(error), at))
            continue
        token = _timestamp_report(status, info, material.trust, control_at)
        verdict = _content_verdict(status.coverage, _changes(status.diff_result, docmdp_ok=None))
        if token.indication is Indication.TOTAL_PASSED and verdict != _PASSED:
            token = _with_verdict(token, verdict)
        if token.indication is Indication.TOTAL_PASSED:
            control_at = min(control_at, states)
            proofs.append(_Proof(stamp.signed_revision, states))
        reports.append(
            DocumentTimestampReport(
                field=str(stamp.field_name),
                timestamp=token,
                covers_whole_revision=_covers(status.coverage),
                changes_since=_changes(status.diff_result, docmdp_ok=None),
            )
        )
    return reports[::-1], proofs


async def _validate_signature(
    signature: EmbeddedPdfSignature, material: _Material, at: dt.datetime, known_at: dt.datetime | None
) -> SignatureReport:
    """Steps 3, 4 and 5; `known_at` is the earliest time at which a document timestamp proves that it existed."""
    control_at = known_at or at
    try:
        tokens = list(extract_tst_data_iter(signature.signer_info, signed=False))
        if len(tokens) > 1:
            return _unreadable(signature.field_name, (Indication.INDETERMINATE, UNSUPPORTED_FORMAT))
        info = _token_info(tokens[0]) if tokens else None
        states: dt.datetime | None = info["gen_time"].native if info else None
        status = await async_validate_pdf_signature(
            signature,
            signer_validation_context=build_context(
                material.trust.parsed_roots, material.certificates, material.crls, moment=states or control_at
            ),
            ts_validation_context=_timestamp_context(material, control_at, states or control_at),
        )
        token = (
            _timestamp_report(status.timestamp_validity, info, material.trust, control_at)
            if info is not None and status.timestamp_validity is not None
            else None
        )
        return _signature_report(signature, status, token, material, archived=known_at is not None)
    except PARSER_ERRORS as error:
        return _unreadable(signature.field_name, _verdict_of(error))


def _signature_report(
    signature: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    token: TimestampReport | None,
    material: _Material,
    *,
    archived: bool,
) -> SignatureReport:
    certificate = status.signing_cert
    subject = certificate.subject.native
    stamped = token is not None and token.indication is Indication.TOTAL_PASSED
    changes = _changes(status.diff_result, docmdp_ok=status.docmdp_ok)
    verdict = _trust_verdict(status)
    if verdict[0] is not Indication.TOTAL_FAILED:
        content = _content_verdict(status.coverage, changes)
        if content != _PASSED:
            verdict = content
        elif token is not None and not stamped:
            verdict = (Indication.INDETERMINATE, token.sub_indication)
    level = Level.BASIC
    if stamped:
        stamp_path = status.timestamp_validity.validation_path if status.timestamp_validity else None
        lasting = material.speaks_for(status.validation_path) and material.speaks_for(stamp_path)
        level = (Level.ARCHIVAL if archived else Level.LONG_TERM) if lasting else Level.TIMESTAMPED
    return SignatureReport(
        field=str(signature.field_name),
        indication=verdict[0],
        sub_indication=verdict[1],
        kind=Kind.SEAL if oids.SEAL_POLICY in _policies(certificate) else Kind.PERSON,
        signatory=str(subject.get("common_name", "")),
        role=str(subject.get("title", "")),
        organisation=str(subject.get("organization_name", "")),
        signed_at=token.at if token is not None and stamped else None,
        claimed_at=signature.self_reported_timestamp,
        reason=str(signature.sig_object.get("/Reason", "")),
        level=level,
        covers_whole_revision=_covers(status.coverage),
        changes_since=changes,
        timestamp=token,
        authentication=_authentication(certificate),
        certificate_digest=certificate.sha256.hex(),
    )


def _timestamp_report(
    status: TimestampSignatureStatus, info: Any, trust: Trust, control_at: dt.datetime
) -> TimestampReport:
    verdict = _trust_verdict(status)
    if verdict[0] is Indication.TOTAL_FAILED:
        verdict = (Indication.TOTAL_FAILED, TIMESTAMP_BROKEN)
    elif verdict == _PASSED and status.timestamp > control_at + _TOLERATED_SKEW:
        verdict = (Indication.INDETERMINATE, "TIMESTAMP_ORDER_FAILURE")
    root = next(iter(status.validation_path.iter_certs(include_root=True)), None) if status.validation_path else None
    policy = info["policy"].native
    return TimestampReport(
        indication=verdict[0],
        sub_indication=verdict[1],
        at=status.timestamp,
        authority=str(status.signing_cert.subject.native.get("common_name", "")),
        local=policy == oids.LOCAL_TIMESTAMP_POLICY or (root is not None and root.sha256 in trust.local_fingerprints),
        policy=policy,
    )


def _with_verdict(token: TimestampReport, verdict: _Verdict) -> TimestampReport:
    return replace(token, indication=verdict[0], sub_indication=verdict[1])


def _trust_verdict(status: SignatureStatus) -> _Verdict:
    """Source: ETSI EN 319 102-1, 5.3.4."""
    if not status.intact:
        return Indication.TOTAL_FAILED, "HASH_FAILURE"
    if not status.valid:
        return Indication.TOTAL_FAILED, "SIG_CRYPTO_FAILURE"
    if status.trust_problem_indic is not None:
        return _named(status.trust_problem_indic)
    if status.validation_path is None:
        return Indication.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND"
    return _PASSED


def _content_verdict(coverage: SignatureCoverageLevel | None, changes: Changes) -> _Verdict:
    if not _covers(coverage):
        return Indication.TOTAL_FAILED, PARTLY_COVERED
    if changes is Changes.FORBIDDEN:
        return Indication.TOTAL_FAILED, CHANGED_AFTERWARDS
    return _PASSED


def _verdict_of(error: BaseException) -> _Verdict:
    reason: AdESSubIndic | None = getattr(error, "ades_subindication", None)
    if reason is not None:
        return _named(reason)
    return Indication.TOTAL_FAILED, "FORMAT_FAILURE"


def _named(reason: AdESSubIndic) -> _Verdict:
    failed = reason.status is AdESStatus.FAILED
    return (Indication.TOTAL_FAILED if failed else Indication.INDETERMINATE), str(reason.standard_name)


def _covers(coverage: SignatureCoverageLevel | None) -> bool:
    return coverage is not None and coverage >= SignatureCoverageLevel.ENTIRE_REVISION


def _changes(result: object, *, docmdp_ok: bool | None) -> Changes:
    if not isinstance(result, DiffResult) or docmdp_ok is False:
        return Changes.FORBIDDEN
    if result.modification_level is ModificationLevel.NONE:
        return Changes.NONE
    permitted = (ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)
    return Changes.PERMITTED if result.modification_level in permitted else Changes.FORBIDDEN


def _timestamp_context(material: _Material, control_at: dt.datetime, states: dt.datetime) -> ValidationContext:
    slack = max(control_at - states, dt.timedelta(0))
    return build_context(
        material.trust.parsed_tsa_roots, material.certificates, material.crls, moment=control_at, slack=slack
    )


def _read_material(reader: PdfFileReader, trust: Trust) -> _Material:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return _Material(trust, (), ())
    crls = tuple(
        asn1_crl.CertificateList.load(reference.get_object().read_data(DecodePurpose.CRL), strict=True)
        for reference in store.crls
    )
    return _Material(trust, tuple(store.load_certs()), crls)


def _token_info(token: Any) -> Any:
    info = token["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise TypeError(type(info))
    return info


def _policies(certificate: asn1_x509.Certificate) -> frozenset[str]:
    value: Any = certificate.certificate_policies_value
    return frozenset(policy["policy_identifier"].dotted for policy in value) if value is not None else frozenset()


def _authentication(certificate: asn1_x509.Certificate) -> Authentication | None:
    body: Any = certificate["tbs_certificate"]
    for extension in body["extensions"]:
        if extension["extn_id"].dotted == oids.AUTHENTICATION_CONTEXT:
            return read_context_extension(bytes(extension["extn_value"]))
    return None


def _unreadable(field: str, verdict: _Verdict = (Indication.TOTAL_FAILED, "FORMAT_FAILURE")) -> SignatureReport:
    return SignatureReport(
        field=field,
        indication=verdict[0],
        sub_indication=verdict[1],
        kind=Kind.PERSON,
        signatory="",
        role="",
        organisation="",
        signed_at=None,
        claimed_at=None,
        reason="",
        level=Level.BASIC,
        covers_whole_revision=False,
        changes_since=Changes.FORBIDDEN,
        timestamp=None,
        authentication=None,
        certificate_digest="",
    )


def _unreadable_timestamp(field: str, verdict: _Verdict, at: dt.datetime) -> DocumentTimestampReport:
    token = TimestampReport(verdict[0], verdict[1], at=at, authority="", local=False, policy="")
    return DocumentTimestampReport(field, token, covers_whole_revision=False, changes_since=Changes.FORBIDDEN)
