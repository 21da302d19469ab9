"""Whether a validation token holds, and whether it speaks of this file.

The procedure (RFC 9321, section 5, with appendix B), the steps numbered below:

1. The token is read: a JWT that says what RFC 9321 lets it say, once each, and nothing else.
2. Its signature is made by the key of the certificate that it names, with the digest that its references are made with.
3. That certificate may state such things: it holds the policy of evidence and leads up to a trusted root, not revoked,
   valid when the token is known to have existed; or it is itself what is trusted. Every algorithm on the way holds then.
4. The token is not from the future and has not expired.
5. Each signature of the file is found in it by the digest of its value, and everything that the token says of it, its
   signed attributes, the bytes that it covers, its certificate, its timestamps, is so in this file.
6. What the token says was found is what holds, unless the file was changed after the signature: no token speaks of
   that, so it is judged anew.

The token is known to have existed at the instant of validation, or when a document timestamp that carries it was made.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509

from signflow.signing import oids
from signflow.signing.evidence.jws import ALGORITHMS, Jws, is_signed, read_jws, signature_bits
from signflow.signing.evidence.svt import (
    DOCUMENT_TIMESTAMP,
    SIGNATURE_TIMESTAMP,
    SignatureClaims,
    SvtClaims,
    TimeValidation,
    digest_with,
)
from signflow.signing.evidence.svt_pdf import PdfParts, SignatureParts, ValidatedPdf
from signflow.signing.outside.chain import build_chain
from signflow.signing.reading import PARSER_ERRORS
from signflow.signing.report import CHANGED_AFTERWARDS, PARTLY_COVERED, Changes, Indication, SignatureReport
from signflow.signing.trust import Trust
from signflow.signing.validation.cms import TOLERATED_SKEW
from signflow.signing.validation.material import Material, Purpose
from signflow.signing.validation.verdicts import PASSED, Verdict, named, worst

_RESULTS = {
    "PASSED": Indication.TOTAL_PASSED,
    "FAILED": Indication.TOTAL_FAILED,
    "INDETERMINATE": Indication.INDETERMINATE,
}
_WORST_FIRST = (Indication.TOTAL_FAILED, Indication.INDETERMINATE, Indication.TOTAL_PASSED)
_KNOWN_TIMES = frozenset({SIGNATURE_TIMESTAMP, DOCUMENT_TIMESTAMP})
_LONGEST_CHAIN = 10


class Reason(StrEnum):
    """Sub-indications that EN 319 102-1 has no name for."""

    MALFORMED = "token-malformed"
    SIGNATURE = "token-signature"
    NOT_ENTITLED = "token-not-entitled"
    EXPIRED = "token-expired"
    OTHER_FILE = "token-other-file"
    SILENT = "token-silent"


@dataclass(frozen=True, slots=True)
class StatedSignature:
    """What a token says of one signature of the file.

    Attributes:
        field: Name of its field.
        indication: What was found then, if the token holds and speaks of this signature as it stands here.
        sub_indication: Why it is not TOTAL-PASSED; None when it is.
        signatory: Common name in the certificate.
        proven_at: The earliest time at which the token says it existed; None if it names none.
    """

    field: str
    indication: Indication
    sub_indication: str | None
    signatory: str
    proven_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SvtReport:
    """What a token proves of a file.

    Attributes:
        digest: SHA-256 of the file.
        at: The instant of validation.
        indication: The worst of all below.
        sub_indication: Of that worst one.
        token: Of the token itself, whatever the file.
        token_reason: Why not TOTAL-PASSED; None when it is.
        issuer: Who states it, as the token names them; empty when it cannot be read.
        authority: Common name of the certificate that signed it.
        issued_at: When it says it was issued.
        known_at: When it is known to have existed.
        identifier: Its own.
        signatures: Of the file, in their order.
    """

    digest: str
    at: dt.datetime
    indication: Indication
    sub_indication: str | None
    token: Indication
    token_reason: str | None
    issuer: str
    authority: str
    issued_at: dt.datetime | None
    known_at: dt.datetime
    identifier: str
    signatures: tuple[StatedSignature, ...]


@dataclass(frozen=True, slots=True)
class _Light:
    """By which a token is judged."""

    trust: Trust
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class _Token:
    """A token with what is known of it."""

    verdict: Verdict
    claims: SvtClaims | None = None
    certificate: asn1_x509.Certificate | None = None


def validate_svt(token: str, file: ValidatedPdf) -> SvtReport:
    """What the token proves of the file, at the instant and under the trust at which that was validated.

    Nothing is fetched, no clock is read. Call it from a thread without a running event loop.

    Args:
        token: The JWT, whether it stands beside the file or in it.
        file: The file, validated: what was changed in it is known from there, what its signatures are worth is not.
    """
    report, parts = file.report, file.parts
    carriers = [one for one in parts.carried if one.text == token]
    fields = {one.field for one in carriers}
    stamps = (one.timestamp for one in report.document_timestamps if one.field in fields)
    proofs = (stamp.at for stamp in stamps if stamp.indication is Indication.TOTAL_PASSED)
    known_at = min(proofs, default=report.at)
    light = _Light(file.trust, known_at)
    held = _judge(token, parts, [one for carrier in carriers for one in carrier.certificates], light, report.at)
    signatures = tuple(_state(held, one, found, parts) for one, found in _pairs(parts, report.signatures))
    verdicts = [held.verdict, *((one.indication, one.sub_indication) for one in signatures)]
    indication, sub_indication = worst(verdicts)
    claims = held.claims
    return SvtReport(
        digest=report.digest,
        at=report.at,
        indication=indication,
        sub_indication=sub_indication,
        token=held.verdict[0],
        token_reason=held.verdict[1],
        issuer=claims.iss if claims else "",
        authority=_name(held.certificate) if held.certificate else "",
        issued_at=_instant(claims.iat) if claims else None,
        known_at=known_at,
        identifier=claims.jti if claims else "",
        signatures=signatures,
    )


def _pairs(
    parts: PdfParts, reports: Sequence[SignatureReport]
) -> Iterator[tuple[SignatureParts | None, SignatureReport]]:
    by_field = {one.field: one for one in parts.signatures}
    return ((by_field.get(report.field), report) for report in reports)


def _judge(
    text: str, parts: PdfParts, carried: Iterable[asn1_x509.Certificate], light: _Light, at: dt.datetime
) -> _Token:
    try:
        token = read_jws(text)  # 1
        claims = SvtClaims.model_validate(token.payload)
        digest = claims.digest
        chain = _chain(token, carried)
    except PARSER_ERRORS:
        return _Token((Indication.TOTAL_FAILED, Reason.MALFORMED))
    algorithm = ALGORITHMS.get(token.algorithm)
    if algorithm is None or algorithm.digest != digest or not is_signed(token, _public_key(chain[0])):  # 2
        return _Token((Indication.TOTAL_FAILED, Reason.SIGNATURE))
    try:
        verdict = _entitled(chain, parts, light, _instant(claims.iat), (algorithm.family, digest))  # 3
        issued_at = _instant(claims.iat)
        expired = claims.exp is not None and at >= _instant(claims.exp)
    except PARSER_ERRORS:
        return _Token((Indication.TOTAL_FAILED, Reason.MALFORMED))
    if verdict == PASSED and issued_at > light.at + TOLERATED_SKEW:  # 4
        verdict = named("TIMESTAMP_ORDER_FAILURE")
    if verdict == PASSED and expired:
        verdict = Indication.INDETERMINATE, Reason.EXPIRED
    return _Token(verdict, claims, chain[0])


def _chain(token: Jws, carried: Iterable[asn1_x509.Certificate]) -> list[asn1_x509.Certificate]:
    """The issuer's certificate first: from the token, or that of its timestamp's which the token names.

    Source: appendix B.3.1.
    """
    if token.header.get("typ") != "JWT":
        raise ValueError("typ")
    match token.header:
        case {"x5c": [_, *_] as encoded} if len(encoded) <= _LONGEST_CHAIN:
            chain = [asn1_x509.Certificate.load(base64.b64decode(one, validate=True), strict=True) for one in encoded]
            _ = [one.native for one in chain]  # asn1crypto parses lazily: find damage here
            return chain
        case {"kid": str(key)} if token.algorithm in ALGORITHMS:
            wanted = base64.b64decode(key, validate=True)
            digest = ALGORITHMS[token.algorithm].digest
            found = list(carried)
            first = [one for one in found if hmac.compare_digest(digest_with(digest, one.dump()), wanted)]
            return [first[0], *(one for one in found if one is not first[0])]
        case _:
            raise ValueError("no key")


def _public_key(certificate: asn1_x509.Certificate) -> bytes:
    return pem.armor("PUBLIC KEY", certificate.public_key.dump())


def _entitled(
    chain: Sequence[asn1_x509.Certificate],
    parts: PdfParts,
    light: _Light,
    issued_at: dt.datetime,
    signed_with: tuple[str, str],
) -> Verdict:
    certificate, trust = chain[0], light.trust
    family, digest = signed_with
    bits = signature_bits(family, certificate)
    if certificate.sha256 in {root.sha256 for root in trust.parsed_roots}:
        if not certificate.not_valid_before <= light.at <= certificate.not_valid_after:
            return named("OUT_OF_BOUNDS_NO_POE")
    else:
        if oids.EVIDENCE_POLICY not in _policies(certificate):
            return Indication.INDETERMINATE, Reason.NOT_ENTITLED
        material = Material(trust)
        for piece in (*chain, *parts.crls):
            material.add(piece)
        slack = max(light.at - issued_at, dt.timedelta(0))
        path = asyncio.run(material.find_path(certificate, Purpose.SIGNATURE, light.at, slack))
        if path.verdict != PASSED:
            return path.verdict
    if all(trust.algorithms.holds(name, size, light.at) for name, size in ((family, bits), (digest, 0))):
        return PASSED
    return named("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")


def _state(held: _Token, one: SignatureParts | None, found: SignatureReport, parts: PdfParts) -> StatedSignature:
    verdict, proven_at = held.verdict, None
    if verdict == PASSED and held.claims is not None:
        verdict, proven_at = _stated(held.claims, one, parts)
        if verdict == PASSED and not found.covers_whole_revision:  # 6
            verdict = Indication.TOTAL_FAILED, PARTLY_COVERED
        elif verdict == PASSED and found.changes_since is Changes.FORBIDDEN:
            verdict = Indication.TOTAL_FAILED, CHANGED_AFTERWARDS
    return StatedSignature(found.field, *verdict, signatory=_name(one.certificate) if one else "", proven_at=proven_at)


def _stated(claims: SvtClaims, one: SignatureParts | None, parts: PdfParts) -> tuple[Verdict, dt.datetime | None]:
    """Step 5: what the token says of that signature, and since when it says that it exists."""
    if one is None:
        return (Indication.INDETERMINATE, Reason.SILENT), None
    digest = claims.digest
    value = digest_with(digest, one.value)
    spoken_of = [about for about in claims.sig_val_claims.sig if hmac.compare_digest(about.sig_ref.sig_hash, value)]
    if not spoken_of:
        return (Indication.INDETERMINATE, Reason.SILENT), None
    about = spoken_of[0]
    if len(spoken_of) > 1 or not _matches(about, one, parts, digest):
        return (Indication.TOTAL_FAILED, Reason.OTHER_FILE), None
    verdict = worst((_RESULTS[one.res], None if one.res == "PASSED" else one.msg or "") for one in about.sig_val)
    proofs = (_instant(time.time) for time in about.time_val or () if time.type in _KNOWN_TIMES)
    return verdict, min(proofs, default=None)


def _matches(about: SignatureClaims, one: SignatureParts, parts: PdfParts, digest: str) -> bool:
    [data] = about.sig_data_ref
    return (
        hmac.compare_digest(about.sig_ref.sb_hash, digest_with(digest, one.signed_bytes))
        and data.ref == one.byte_range
        and hmac.compare_digest(data.hash, one.covered_digest(digest))
        and _certificates_match(about, one, digest)
        and all(_time_matches(time, one, parts, digest) for time in about.time_val or ())
    )


def _certificates_match(about: SignatureClaims, one: SignatureParts, digest: str) -> bool:
    """The signatory's is the first, and each has issued the one before it; by digest, all are in the signature."""
    reference = about.signer_cert_ref
    carried = {digest_with(digest, certificate.dump()): certificate for certificate in one.certificates}
    try:
        if reference.type == "chain":
            chain = tuple(asn1_x509.Certificate.load(der, strict=True) for der in reference.ref)
        else:
            chain = tuple(carried[known] for known in reference.ref)
        return chain[0].dump() == one.certificate.dump() and build_chain(chain[0], chain[1:], chain[-1:]) == chain
    except PARSER_ERRORS:
        return False


def _time_matches(time: TimeValidation, one: SignatureParts, parts: PdfParts, digest: str) -> bool:
    """A timestamp of the file states that time; what other kinds of proof there may be stands outside of it."""
    if time.type == SIGNATURE_TIMESTAMP:
        stamps = one.timestamps
    elif time.type == DOCUMENT_TIMESTAMP:
        stamps = tuple(stamp for stamp in parts.document_timestamps if stamp.end_bytes > one.end_bytes)
    else:
        return True
    return any(
        int(stamp.at.timestamp()) == time.time
        and (time.hash is None or hmac.compare_digest(time.hash, digest_with(digest, stamp.token)))
        for stamp in stamps
    )


def _policies(certificate: asn1_x509.Certificate) -> frozenset[str]:
    value: Any = certificate.certificate_policies_value
    return frozenset(policy["policy_identifier"].dotted for policy in value) if value is not None else frozenset()


def _name(certificate: asn1_x509.Certificate) -> str:
    return str(certificate.subject.native.get("common_name", ""))


def _instant(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
