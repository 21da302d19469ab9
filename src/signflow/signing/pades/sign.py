"""Signatures in PDF: one incremental update each, into a field that was laid out when the page was.

A signature is PAdES B-LT in a single revision: the certificates and revocation lists that speak for it and for its
timestamp are written together with it, so it covers them, and the whole file. The seal is followed by a document
timestamp that covers everything (B-LTA).

The procedure, the steps numbered below:

1. A time-stamping authority is ready: its certificates, its revocation lists and the length of its tokens are known.
2. The revision is laid out: field, appearance, validation data, and a signature dictionary with a hole of the length that
   the signature will have.
3. Everything but the hole is digested. What was there before is digested once, however many revisions follow.
4. The signature is made over the digest, and the token over the signature; or the token over the digest.
5. A token by a certificate that 2 knows nothing of (`ReadyTsa.ask` refuses it), or one that does not fit, means that the
   authority has changed since 1: all is laid out anew, once.

Source: ETSI EN 319 142-1, 5 and 6; ISO 32000-2, 12.8.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from typing import Any, BinaryIO, Protocol

from pyhanko.pdf_utils.generic import NameObject, PdfObject, TextStringObject, pdf_date

from signflow.crashpoints import CommitPoint, passing
from signflow.errors import UnavailableError
from signflow.signing.authentication import Authentication
from signflow.signing.gate import CompleteRound
from signflow.signing.keys.signer import OneShotSigner, SealSigner, Signer
from signflow.signing.pades.cms import CadesSignature
from signflow.signing.pades.dictionary import NoRoomError, OpenRevision, RunningDigest, SignatureDictionary
from signflow.signing.pades.dss import ValidationData, add_validation_data
from signflow.signing.pades.fields import add_timestamp_field, fill, find_empty_field, size_of
from signflow.signing.pades.stamp import Stamp
from signflow.signing.pades.update import GrowingPdf
from signflow.signing.timestamps.tsa import ReadyTsa, Tsa

_TIMESTAMP_LABEL = "Arkivtidsstämpel"
_TIMESTAMP_DIGEST = "sha256"
_TOKEN_SPARE_BYTES = 128  # a longer imprint, a serial number or fraction of a second that is longer this time
_TRIES = 2
_CHUNK_BYTES = 1 << 18


class SigningAuthority(Protocol):
    """Where the keys of people come from."""

    def issue_one_shot(self, person: str, role: str, authentication: Authentication, now: dt.datetime) -> OneShotSigner:
        """A key for one signature."""
        ...


class SealingAuthority(Protocol):
    """Where the organisation's key is."""

    def seal_signer(self, now: dt.datetime) -> SealSigner:
        """The organisation's seal."""
        ...


@dataclass(frozen=True, slots=True)
class SignatureRequest:
    """What one signatory has approved.

    Attributes:
        field: Name of the empty signature field that waits for this signatory.
        person: As it stands in the certificate afterwards.
        role: `Sekreterare`, `Justerare`…
        reason: Why, in words; None for nothing.
        authentication: How the person was authenticated for this very signature.
        stamp_pdf: What is seen in the field: a PDF of one page that embeds its fonts.
    """

    field: str
    person: str
    role: str
    reason: str | None
    authentication: Authentication
    stamp_pdf: bytes


@dataclass(frozen=True, slots=True)
class SealRequest:
    """Where and how the organisation's seal is seen.

    Attributes:
        field: Name of the empty signature field that waits for the seal.
        reason: Why, in words; None for nothing.
        stamp_pdf: As for a signature.
    """

    field: str
    reason: str | None
    stamp_pdf: bytes


def apply_signature(
    pdf: bytes, request: SignatureRequest, authority: SigningAuthority, tsa: Tsa, *, now: dt.datetime
) -> bytes:
    """The PDF with the signature appended; the bytes given are its beginning.

    The key and its certificate are made here and are gone when this returns. Calls in parallel do not disturb each
    other.

    Raises:
        RefusedError: The PDF or the stamp cannot be read, there is no such field, the document forbids the signature, or
            the name cannot stand in a certificate.
        StaleError: The field is signed already.
        UnavailableError: There is no timestamp to be had now. Nothing was produced; try again.
    """
    return pdf + sign_update(BytesIO(pdf), request, authority, tsa, now=now)


def apply_seal(
    complete: CompleteRound, request: SealRequest, authority: SealingAuthority, tsa: Tsa, *, now: dt.datetime
) -> bytes:
    """The completed document with the organisation's seal and a document timestamp over the lot.

    Raises:
        RefusedError: The stamp cannot be read, there is no such field, or the document forbids it.
        StaleError: The field is signed already.
        UnavailableError: There is no timestamp to be had now. Nothing was produced; try again.
    """
    return complete.pdf + seal_update(BytesIO(complete.pdf), request, authority, tsa, now=now)


def renew_timestamp(pdf: bytes, tsa: Tsa, *, now: dt.datetime) -> bytes:
    """The PDF with one more document timestamp, before the last one's certificate or algorithms grow weak.

    Raises:
        RefusedError: The PDF cannot be read.
        UnavailableError: There is no timestamp to be had now.
    """
    return pdf + timestamp_update(BytesIO(pdf), tsa, now=now)


def sign_update(
    source: BinaryIO, request: SignatureRequest, authority: SigningAuthority, tsa: Tsa, *, now: dt.datetime
) -> bytes:
    """What `apply_signature` appends. The source is read, searched and left as it is; it is never held in memory."""
    signer = authority.issue_one_shot(request.person, request.role, request.authentication, now)
    passing(CommitPoint.KEY_MADE)
    signature = _SignatureRevision(request, signer, now)
    return _append(source, [signature], signature.digest_name, tsa, now)


def seal_update(
    source: BinaryIO, request: SealRequest, authority: SealingAuthority, tsa: Tsa, *, now: dt.datetime
) -> bytes:
    """What `apply_seal` appends. It is for the caller to know that the round is complete."""
    seal = _SealRevision(request, authority.seal_signer(now), now)
    # the timestamp takes the seal's digest, so that what was there before is digested once
    timestamp = _TimestampRevision(seal.digest_name, seal.validation_data)
    return _append(source, [seal, timestamp], seal.digest_name, tsa, now)


def timestamp_update(source: BinaryIO, tsa: Tsa, *, now: dt.datetime) -> bytes:
    """What `renew_timestamp` appends."""
    return _append(source, [_TimestampRevision(_TIMESTAMP_DIGEST)], _TIMESTAMP_DIGEST, tsa, now)


class _Revision(Protocol):
    """One revision that ends in a signature or a timestamp."""

    def lay_out(self, pdf: GrowingPdf, data: ValidationData, token_bytes: int) -> OpenRevision:
        """Step 2, with the authority's validation data, and room for a token of that length."""
        ...

    def contents(self, digest: bytes, ready: ReadyTsa) -> bytes:
        """Step 4."""
        ...


def _append(source: BinaryIO, revisions: Sequence[_Revision], digest_name: str, tsa: Tsa, now: dt.datetime) -> bytes:
    digest_of_source = cache(partial(_digest_of, source, digest_name))
    tries, spare_bytes = _TRIES, _TOKEN_SPARE_BYTES
    while True:
        tries -= 1
        ready = tsa.ready(now)  # 1
        data = _validation_data(ready)
        pdf = GrowingPdf(source)
        appended: list[bytes] = []
        try:
            for revision in revisions:
                opened = revision.lay_out(pdf, data, ready.token_bytes + spare_bytes)  # 2
                running = digest_of_source().copy()  # 3
                running.update(b"".join(appended))
                contents = revision.contents(opened.digest(running), ready)  # 4
                passing(CommitPoint.TIMESTAMP_GIVEN)
                appended.append(opened.close(contents))
        except NoRoomError as error:  # 5
            if not tries:
                raise UnavailableError("tsa-changed", url=ready.source) from error
            spare_bytes += error.missing_bytes + _TOKEN_SPARE_BYTES
        except UnavailableError as error:
            if not tries or error.code != "tsa-changed":
                raise
        else:
            return b"".join(appended)


class _SignatureRevision:
    """A signature or the seal, B-LT."""

    def __init__(self, request: SignatureRequest | SealRequest, signer: Signer, now: dt.datetime) -> None:
        self._request = request
        self._now = now
        self._stamp = Stamp(request.stamp_pdf)
        self._cades = CadesSignature(signer)
        certificates = tuple(one.dump() for one in (signer.certificate, *signer.chain))
        self.validation_data = ValidationData(certificates, tuple(one.dump() for one in signer.crls))
        self.digest_name = self._cades.digest

    def lay_out(self, pdf: GrowingPdf, data: ValidationData, token_bytes: int) -> OpenRevision:
        field = find_empty_field(pdf, self._request.field)
        entries: dict[str, PdfObject] = {"/M": pdf_date(self._now)}
        if self._request.reason is not None:
            entries["/Reason"] = TextStringObject(self._request.reason)
        signature = _dictionary("/Sig", "/ETSI.CAdES.detached", entries, self._cades.size_bytes(token_bytes))
        width, height = size_of(field)
        appearance = self._stamp.add_to(pdf, width, height) if width and height else None
        fill(pdf, field, pdf.add(signature), appearance)
        self._add_validation_data(pdf, data)
        return OpenRevision(pdf, signature)

    def _add_validation_data(self, pdf: GrowingPdf, data: ValidationData) -> None:
        add_validation_data(pdf, data, self.validation_data)

    def contents(self, digest: bytes, ready: ReadyTsa) -> bytes:
        attributes, signature = self._cades.sign(digest)
        imprint = hashlib.new(self.digest_name, signature).digest()
        return self._cades.build(attributes, signature, ready.stamp(imprint, self.digest_name).token)


class _SealRevision(_SignatureRevision):
    """The seal. What validates it comes with the timestamp over it: there validators look for what that timestamp keeps."""

    def _add_validation_data(self, pdf: GrowingPdf, data: ValidationData) -> None:
        pass


class _TimestampRevision:
    """A document timestamp, with what validates what comes before it."""

    def __init__(self, digest_name: str, *validates: ValidationData) -> None:
        self._digest_name = digest_name
        self._validates = validates

    def lay_out(self, pdf: GrowingPdf, data: ValidationData, token_bytes: int) -> OpenRevision:
        signature = _dictionary("/DocTimeStamp", "/ETSI.RFC3161", {}, token_bytes)
        fill(pdf, add_timestamp_field(pdf, _TIMESTAMP_LABEL), pdf.add(signature), None)
        add_validation_data(pdf, data, *self._validates)
        return OpenRevision(pdf, signature)

    def contents(self, digest: bytes, ready: ReadyTsa) -> bytes:
        return ready.stamp(digest, self._digest_name).token


def _dictionary(kind: str, sub_filter: str, entries: dict[str, PdfObject], reserved_bytes: int) -> SignatureDictionary:
    fixed = {"/Type": kind, "/Filter": "/Adobe.PPKLite", "/SubFilter": sub_filter}
    return SignatureDictionary({**{key: NameObject(name) for key, name in fixed.items()}, **entries}, reserved_bytes)


def _validation_data(ready: ReadyTsa) -> ValidationData:
    """What bears on the authority's tokens."""
    # as bytes before anything is looked at: asn1crypto encodes anew what it has taken apart
    certificates = {one.dump(): one for one in ready.certificates}
    roots = {one.dump(): one for one in ready.roots}
    issuers = {_name(one, "issuer") for one in certificates.values()}
    needed = [der for der, root in roots.items() if _name(root, "subject") in issuers]
    return ValidationData(
        certificates=(*certificates, *needed),
        crls=tuple(one.dump() for one in ready.crls),
        ocsps=tuple(one.dump() for one in ready.ocsps),
    )


def _name(certificate: Any, which: str) -> bytes:
    return certificate["tbs_certificate"][which].dump()


def _digest_of(source: BinaryIO, name: str) -> RunningDigest:
    running = hashlib.new(name)
    source.seek(0)
    while part := source.read(_CHUNK_BYTES):
        running.update(part)
    return running
