"""Issuing a validation token: a validation in the words of RFC 9321, bound to the file, signed by the evidence key."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Iterator

from signflow.errors import RefusedError
from signflow.signing.evidence.jws import ALGORITHMS, algorithm_name, build_jws, build_signing_input
from signflow.signing.evidence.svt import (
    DIGEST_URIS,
    DOCUMENT_TIMESTAMP,
    POLICY,
    PROFILE,
    SIGNATURE_TIMESTAMP,
    VERSION,
    CertReference,
    PolicyValidation,
    Result,
    SignatureClaims,
    SignedData,
    SigReference,
    SigValidation,
    SvtClaims,
    TimeValidation,
    digest_with,
)
from signflow.signing.evidence.svt_pdf import SignatureParts, StampParts, ValidatedPdf
from signflow.signing.keys.signer import EvidenceSigner
from signflow.signing.outside.chain import build_chain
from signflow.signing.report import (
    Indication,
    SignatureReport,
    TimestampReport,
)

_JTI_BYTES = 16
_RESULTS: dict[Indication, Result] = {
    Indication.TOTAL_PASSED: "PASSED",
    Indication.TOTAL_FAILED: "FAILED",
    Indication.INDETERMINATE: "INDETERMINATE",
}


def build_claims(validated: ValidatedPdf, issuer: str, digest: str, now: dt.datetime) -> SvtClaims:
    """What a token says of the file.

    Every signature that the report speaks of and that can be taken apart is in it, with its result, whatever that is.

    Args:
        validated: The file and what was found.
        issuer: Who states it, a URI.
        digest: What the references are made with.
        now: When it is stated.

    Raises:
        RefusedError: There is no signature to speak of.
    """
    claims = [
        _claims(one, found, validated, digest)
        for one in validated.parts.signatures
        if (found := validated.report.signature(one.field)) is not None
    ]
    if not claims:
        raise RefusedError("svt-no-signature")
    validation = SigValidation(ver=VERSION, profile=PROFILE, hash_algo=DIGEST_URIS[digest], sig=claims)
    return SvtClaims(jti=secrets.token_hex(_JTI_BYTES), iss=issuer, iat=int(now.timestamp()), sig_val_claims=validation)


def issue_svt(validated: ValidatedPdf, signer: EvidenceSigner, issuer: str, *, now: dt.datetime) -> str:
    """The token: a signed JWT that carries the signer's certificate and its issuers, but for the root.

    Raises:
        RefusedError: As `build_claims`.
        UnavailableError: The key is elsewhere and cannot be reached now.
    """
    algorithm = algorithm_name(signer.algorithm)
    claims = build_claims(validated, issuer, ALGORITHMS[algorithm].digest, now)
    chain = [signer.certificate, *(one for one in signer.chain if one.self_signed == "no")]
    x5c = [base64.b64encode(one.dump()).decode() for one in chain]
    signing_input = build_signing_input({"typ": "JWT", "alg": algorithm, "x5c": x5c}, claims.to_payload())
    return build_jws(signing_input, signer.sign(signing_input.encode()), algorithm)


def _claims(one: SignatureParts, found: SignatureReport, validated: ValidatedPdf, digest: str) -> SignatureClaims:
    reference = SigReference(sig_hash=digest_with(digest, one.value), sb_hash=digest_with(digest, one.signed_bytes))
    return SignatureClaims(
        sig_ref=reference,
        sig_data_ref=[SignedData(ref=one.byte_range, hash=one.covered_digest(digest))],
        signer_cert_ref=_certificates(one, validated, digest),
        sig_val=[PolicyValidation(pol=POLICY, res=_RESULTS[found.indication], msg=found.sub_indication)],
        time_val=[*_own_time(one, found, digest), *_document_times(one, validated, digest)] or None,
    )


def _certificates(one: SignatureParts, validated: ValidatedPdf, digest: str) -> CertReference:
    """The certificate and those it was judged by, but for the root; by digest if the signature carries them all."""
    try:
        chain = build_chain(
            one.certificate,
            (*one.certificates, *validated.parts.certificates),
            (*validated.trust.parsed_roots, *validated.trust.parsed_listed),
        )
    except ValueError:  # it leads nowhere, as its result says
        chain = (one.certificate,)
    certificates = [encoded.dump() for encoded in (chain[:-1] if len(chain) > 1 else chain)]
    carried = {encoded.dump() for encoded in one.certificates}
    if carried.issuperset(certificates):
        return CertReference(type="chain_hash", ref=[digest_with(digest, encoded) for encoded in certificates])
    return CertReference(type="chain", ref=certificates)


def _own_time(one: SignatureParts, found: SignatureReport, digest: str) -> Iterator[TimeValidation]:
    for stamp in one.timestamps:
        if found.timestamp and found.timestamp.at == stamp.at:
            yield from _time(stamp, found.timestamp, SIGNATURE_TIMESTAMP, digest)
            return


def _document_times(one: SignatureParts, validated: ValidatedPdf, digest: str) -> Iterator[TimeValidation]:
    """Those over the file as it was when the signature stood in it."""
    judged = {stamp.field: stamp.timestamp for stamp in validated.report.document_timestamps}
    for stamp in validated.parts.document_timestamps:
        if stamp.end_bytes > one.end_bytes and stamp.field in judged:
            yield from _time(stamp, judged[stamp.field], DOCUMENT_TIMESTAMP, digest)


def _time(stamp: StampParts, judged: TimestampReport, kind: str, digest: str) -> Iterator[TimeValidation]:
    """A proof of time that holds; one that does not is none."""
    if judged.indication is Indication.TOTAL_PASSED:
        yield TimeValidation(
            time=int(stamp.at.timestamp()),
            type=kind,
            iss=judged.authority.replace(":", " "),  # with a colon it would have to be a URI
            id=stamp.serial,
            hash=digest_with(digest, stamp.token),
            val=[PolicyValidation(pol=POLICY, res="PASSED")],
        )
