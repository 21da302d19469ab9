"""What a validation token says of a PDF is held against this: its signatures, piece by piece, as they stand in it.

Source: RFC 9321, appendix B.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from signflow.errors import RefusedError
from signflow.signing.evidence.jws import LIMIT_BYTES
from signflow.signing.evidence.svt import EXTENSION, digest_with
from signflow.signing.pades.sign import renew_timestamp
from signflow.signing.reading import PARSER_ERRORS, open_pdf
from signflow.signing.report import ValidationReport
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.timestamps.token import TokenExtension
from signflow.signing.trust import Trust
from signflow.signing.validation.validate import validate_pdf

_MOST_CARRIED = 50


@dataclass(frozen=True, slots=True)
class StampParts:
    """A timestamp in the file.

    Attributes:
        field: Name of the document timestamp's field; empty for one that belongs to a signature.
        token: DER.
        at: What time it states.
        serial: Its number, hexadecimal.
        end_bytes: How far into the file a document timestamp reaches; 0 for one that belongs to a signature.
    """

    field: str
    token: bytes
    at: dt.datetime
    serial: str
    end_bytes: int


@dataclass(frozen=True, slots=True)
class SignatureParts:
    """One signature, taken apart.

    Attributes:
        field: Name of its field.
        byte_range: Offsets and lengths, as the file has them, separated by spaces.
        covered: The bytes that these name.
        end_bytes: Where the last of them ends.
        value: The signature itself.
        signed_bytes: The signed attributes, DER, under the tag of a SET.
        certificate: Whose it is.
        certificates: All that it carries, its own included.
        timestamps: Over its value.
    """

    field: str
    byte_range: str
    covered: tuple[memoryview, ...]
    end_bytes: int
    value: bytes
    signed_bytes: bytes
    certificate: asn1_x509.Certificate
    certificates: tuple[asn1_x509.Certificate, ...]
    timestamps: tuple[StampParts, ...]

    def covered_digest(self, name: str) -> bytes:
        """The digest of that name over all that is covered."""
        return digest_with(name, *self.covered)


@dataclass(frozen=True, slots=True)
class CarriedToken:
    """A validation token in a document timestamp.

    Attributes:
        field: Name of the timestamp's field.
        text: The token.
        certificates: All that the timestamp carries; a token may name one of them by its digest.
    """

    field: str
    text: str
    certificates: tuple[asn1_x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class PdfParts:
    """What of a PDF bears on validation tokens.

    Attributes:
        signatures: Those that can be read, in the order of the fields.
        document_timestamps: Likewise.
        carried: The tokens that it carries; of very many the last.
        certificates: In its document security store.
        crls: Likewise.
    """

    signatures: tuple[SignatureParts, ...]
    document_timestamps: tuple[StampParts, ...]
    carried: tuple[CarriedToken, ...]
    certificates: tuple[asn1_x509.Certificate, ...]
    crls: tuple[asn1_crl.CertificateList, ...]


def read_parts(pdf: bytes) -> PdfParts:
    """The parts of a PDF.

    Raises:
        RefusedError: It cannot be read.
    """
    reader = open_pdf(pdf)
    try:
        filled = [(name, field) for name, _, field in enumerate_sig_fields(reader, filled_status=True)]
        certificates, crls = _read_store(reader)
    except PARSER_ERRORS as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error
    signatures, stamps, carried = list[SignatureParts](), list[StampParts](), list[CarriedToken]()
    for name, field in filled:
        try:
            one = EmbeddedPdfSignature(reader, field, name)  # pyright: ignore[reportArgumentType] -- the generator has no types
            if one.sig_object_type == "/DocTimeStamp":
                stamps.append(_stamp(one.signed_data, str(name), sum(_numbers(one)[-2:])))
                carried += _carried(str(name), one)
            else:
                signatures.append(_parts(pdf, str(name), one))
        except PARSER_ERRORS:
            continue  # the validation of the file says so; no token can speak of it
    return PdfParts(tuple(signatures), tuple(stamps), tuple(carried[-_MOST_CARRIED:]), certificates, crls)


@dataclass(frozen=True, slots=True)
class ValidatedPdf:
    """A PDF that was validated, and taken apart.

    Attributes:
        report: What the validation found.
        parts: What a token may speak of.
        trust: By whom it was validated.
    """

    report: ValidationReport
    parts: PdfParts
    trust: Trust


def validate_parts(pdf: bytes, trust: Trust, *, at: dt.datetime) -> ValidatedPdf:
    """Validate and take apart, once for however many tokens. Call it from a thread without a running event loop.

    Raises:
        RefusedError: It cannot be read.
        SettingsError: The trust cannot be read.
    """
    return ValidatedPdf(validate_pdf(pdf, trust, at=at), read_parts(pdf), trust)


def embed_svt(pdf: bytes, token: str, tsa: LocalTsa, *, now: dt.datetime) -> bytes:
    """The PDF with a document timestamp appended that carries the token, so that it also proves when that existed.

    Only the local authority can: none outside puts into its tokens what others hand it.

    Raises:
        RefusedError: The PDF cannot be read.
    """
    carrying = tsa.carrying(TokenExtension(EXTENSION, token.encode()))
    return renew_timestamp(pdf, carrying, now=now)


def _parts(pdf: bytes, field: str, one: EmbeddedPdfSignature) -> SignatureParts:
    numbers = _numbers(one)
    info: Any = one.signer_info
    attributes = info["signed_attrs"]
    if not len(attributes):
        raise ValueError("signed attributes")
    held = extract_certificate_info(one.signed_data)
    return SignatureParts(
        field=field,
        byte_range=" ".join(map(str, numbers)),
        covered=tuple(_ranges(memoryview(pdf), numbers)),
        end_bytes=sum(numbers[-2:]),
        value=info["signature"].native,
        signed_bytes=b"\x31" + attributes.dump()[1:],
        certificate=held.signer_cert,
        certificates=(held.signer_cert, *held.other_certs),
        timestamps=tuple(_stamp(token) for token in extract_tst_data_iter(info, signed=False)),
    )


def _ranges(pdf: memoryview, numbers: list[int]) -> Iterator[memoryview]:
    """The parts of the file that the numbers name, which must lie in it one after the other."""
    if len(numbers) < 2 or len(numbers) % 2:
        raise ValueError("ByteRange")
    reached = 0
    for start, length in zip(numbers[::2], numbers[1::2], strict=True):
        if start < reached or length < 0 or start + length > len(pdf):
            raise ValueError("ByteRange")
        reached = start + length
        yield pdf[start:reached]


def _numbers(one: EmbeddedPdfSignature) -> list[int]:
    numbers: Any = one.byte_range
    return [int(number) for number in numbers]


def _stamp(signed: Any, field: str = "", end_bytes: int = 0) -> StampParts:
    info: Any = signed["encap_content_info"]["content"].parsed
    outer = cms.ContentInfo({"content_type": "signed_data", "content": signed})
    serial = f"{info['serial_number'].native:x}"
    return StampParts(field, outer.dump(), info["gen_time"].native, serial, end_bytes)


def _carried(field: str, one: EmbeddedPdfSignature) -> Iterator[CarriedToken]:
    signed: Any = one.signed_data
    info = signed["encap_content_info"]["content"].parsed
    held = extract_certificate_info(one.signed_data)
    for extension in info["extensions"] or ():
        value = extension["extn_value"].native
        if extension["extn_id"].dotted == EXTENSION and len(value) <= LIMIT_BYTES:
            yield CarriedToken(field, value.decode(), (held.signer_cert, *held.other_certs))


def _read_store(
    reader: PdfFileReader,
) -> tuple[tuple[asn1_x509.Certificate, ...], tuple[asn1_crl.CertificateList, ...]]:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return (), ()
    lists: Iterable[Any] = (reference.get_object().read_data(DecodePurpose.CRL) for reference in store.crls)
    return tuple(store.load_certs()), tuple(asn1_crl.CertificateList.load(one, strict=True) for one in lists)
