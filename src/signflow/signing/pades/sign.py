"""Signatures in PDF: one incremental update each, into a field that was laid out when the page was.

A signature is PAdES B-LT in a single revision: the certificates and revocation lists that speak for it and for its
timestamp are written together with it, so it covers them, and the whole file. The seal is followed by a document
timestamp that covers everything (B-LTA).

Source: ETSI EN 319 142-1, 5 and 6; ISO 32000-2, 12.8.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from asn1crypto import algos, cms
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import InvisSigSettings, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfTimeStamper,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signflow.errors import RefusedError, StaleError
from signflow.signing.authentication import Authentication
from signflow.signing.gate import CompleteRound
from signflow.signing.kept import KeptAttributes, KeptSignerInfo
from signflow.signing.keys.signer import OneShotSigner, SealSigner, Signer
from signflow.signing.reading import PARSER_ERRORS, open_pdf
from signflow.signing.timestamps.tsa import Tsa
from signflow.signing.trust import build_context

_DIGEST = "sha256"
_TIMESTAMP_LABEL = "Arkivtidsstämpel"
_ONE_REVISION = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE, next_ts_settings=None
)
_TIMESTAMP_DSS = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)


class SigningAuthority(Protocol):
    """Where the keys of people and of the organisation come from."""

    def issue_one_shot(self, person: str, role: str, authentication: Authentication, now: dt.datetime) -> OneShotSigner:
        """A key for one signature."""
        ...

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

    The key and its certificate are made here and are gone when this returns. Call it from a thread without a running
    event loop; calls in parallel do not disturb each other.

    Raises:
        RefusedError: The PDF or the stamp cannot be read, there is no such field, or the name cannot stand in a
            certificate.
        StaleError: The field is signed already.
        UnavailableError: There is no timestamp to be had now. Nothing was produced; try again.
    """
    signer = authority.issue_one_shot(request.person, request.role, request.authentication, now)
    return asyncio.run(_sign(pdf, request, signer, tsa, now))


def apply_seal(
    complete: CompleteRound, request: SealRequest, authority: SigningAuthority, tsa: Tsa, *, now: dt.datetime
) -> bytes:
    """The completed document with the organisation's seal and a document timestamp over the lot.

    Raises:
        RefusedError: The stamp cannot be read, or there is no such field.
        StaleError: The field is signed already.
        UnavailableError: There is no timestamp to be had now. Nothing was produced; try again.
    """
    return asyncio.run(_seal(complete.pdf, request, authority.seal_signer(now), tsa, now))


def renew_timestamp(pdf: bytes, tsa: Tsa, *, now: dt.datetime) -> bytes:
    """The PDF with one more document timestamp, before the last one's certificate or algorithms grow weak.

    Raises:
        RefusedError: The PDF cannot be read.
        UnavailableError: There is no timestamp to be had now.
    """
    open_pdf(pdf)
    return asyncio.run(_timestamp(pdf, tsa, now))


async def _seal(pdf: bytes, request: SealRequest, signer: Signer, tsa: Tsa, now: dt.datetime) -> bytes:
    sealed = await _sign(pdf, request, signer, tsa, now)
    return await _timestamp(sealed, tsa, now)


async def _sign(
    pdf: bytes, request: SignatureRequest | SealRequest, signer: Signer, tsa: Tsa, now: dt.datetime
) -> bytes:
    writer = _writer(pdf)
    _require_empty_field(writer, request.field)
    stamp_style = _stamp_style(request.stamp_pdf)
    stamper, context = await _prepare(tsa, signer, now)
    metadata = signers.PdfSignatureMetadata(
        field_name=request.field,
        md_algorithm=_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason=request.reason,
        embed_validation_info=True,
        validation_context=context,
        dss_settings=_ONE_REVISION,
    )
    pdf_signer = signers.PdfSigner(
        metadata, signer=_PyhankoSigner(signer), timestamper=stamper, stamp_style=stamp_style
    )
    session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = now  # pyHanko reads the clock; the claimed time is the step's
    validation = await session.perform_presign_validation(writer)
    reserved_bytes = await session.estimate_signature_container_size(validation)
    document = session.prepare_tbs_document(validation, reserved_bytes)
    prepared, output = document.digest_tbs_document()
    await document.perform_signature(
        document_digest=prepared.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=now)
    )
    return _bytes(output)


async def _timestamp(pdf: bytes, tsa: Tsa, now: dt.datetime) -> bytes:
    stamper, context = await _prepare(tsa, None, now)
    # a widget outside the page needs neither tag nor appearance, so PDF/UA and PDF/A hold however often it is renewed
    timestamper = PdfTimeStamper(
        stamper,
        invis_settings=InvisSigSettings(box_out_of_bounds=True),
        readable_field_name=_TIMESTAMP_LABEL,
    )
    output = await timestamper.async_timestamp_pdf(_writer(pdf), _DIGEST, context, dss_settings=_TIMESTAMP_DSS)
    return _bytes(output)


async def _prepare(tsa: Tsa, signer: Signer | None, now: dt.datetime) -> tuple[TimeStamper, ValidationContext]:
    """Learn the authority's chain, then gather the revocation lists that speak for it and for the signer."""
    stamper = tsa.stamper()
    await stamper.async_dummy_response(_DIGEST)
    roots, certificates, crls = list(tsa.roots), list(stamper.cert_registry), list(tsa.crls(now))
    if signer is not None:
        roots.append(signer.chain[-1])
        certificates += signer.chain
        crls += signer.crls
    return stamper, build_context(roots, certificates, crls, moment=now)


class _PyhankoSigner(signers.Signer):
    """A key of ours as pyHanko asks for signatures."""

    def __init__(self, signer: Signer) -> None:
        super().__init__(
            signing_cert=signer.certificate,
            cert_registry=SimpleCertificateStore.from_certs(signer.chain),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": signer.algorithm.value}),
        )
        self._ours = signer

    # what is built of parts asn1crypto encodes again at every level above it and at every copy: see `kept`

    async def signed_attrs(self, *args: Any, **kwargs: Any) -> cms.CMSAttributes:
        return KeptAttributes.load((await super().signed_attrs(*args, **kwargs)).dump())

    async def unsigned_attrs(self, *args: Any, **kwargs: Any) -> cms.CMSAttributes | None:
        attributes = await super().unsigned_attrs(*args, **kwargs)
        return KeptAttributes.load(attributes.dump()) if attributes is not None else None

    def signer_info(self, *args: Any, **kwargs: Any) -> cms.SignerInfo:
        return KeptSignerInfo.load(super().signer_info(*args, **kwargs).dump())

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - pyHanko's signature
        return self._ours.sign(data)


class _StampPage(PdfContent):
    """The only page of a stamp, imported as a form."""

    def __init__(self, reader: PdfFileReader) -> None:
        super().__init__()
        self._reader = reader

    def render(self) -> bytes:
        form = self._ensure_writer.import_page_as_xobject(self._reader)
        self.resources.xobject["/Stamp"] = form
        page: Any = form.get_object()
        x1, y1, x2, y2 = page["/BBox"]
        self.box = layout.BoxConstraints(width=abs(x2 - x1), height=abs(y2 - y1))
        return b"/Stamp Do"


def _stamp_style(stamp_pdf: bytes) -> StaticStampStyle:
    try:
        reader = PdfFileReader(BytesIO(stamp_pdf))
        pages = reader.root["/Pages"]["/Count"]
    except PARSER_ERRORS as error:
        raise RefusedError("stamp-unreadable") from error
    if pages != 1:
        raise RefusedError("stamp-unreadable")
    corner = layout.AxisAlignment.ALIGN_MIN
    rule = layout.SimpleBoxLayoutRule(x_align=corner, y_align=corner, margins=layout.Margins.uniform(0))
    return StaticStampStyle(background=_StampPage(reader), border_width=0, background_layout=rule)


class _Appender(IncrementalPdfFileWriter):
    """Appends what it is told to and nothing else.

    pyHanko would rewrite title, producer and the date of modification with every signature: a change to what is
    signed that nobody asked for, dated by the clock, and one that the gate could not tell from an attack. It would also
    raise the version to 2.0 for the sake of the curve, where PDF/A-2 builds on 1.7 (ISO 19005-2, 1).
    """

    def _update_meta(self) -> None:
        """Leave the metadata alone."""

    def ensure_output_version(self, version: object) -> None:
        """Leave the version alone."""

    def register_extension(self, ext: DeveloperExtension) -> None:
        """Declare no extension of a version that the file does not have."""


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    open_pdf(pdf)
    try:
        return _Appender(BytesIO(pdf))
    except PARSER_ERRORS as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error


def _require_empty_field(writer: IncrementalPdfFileWriter, field: str) -> None:
    try:
        values = {name: value for name, value, _ in enumerate_sig_fields(writer.prev)}
    except (PdfReadError, KeyError, TypeError, ValueError) as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error
    if field not in values:
        raise RefusedError("signature-field-missing", field=field)
    if values[field] is not None:
        raise StaleError("signature-field-signed", field=field)


def _bytes(output: object) -> bytes:
    if not isinstance(output, BytesIO):
        raise TypeError(type(output))
    return output.getvalue()
