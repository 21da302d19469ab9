"""The validation report as XML, for other programs.

One report for each signature, in the order in which they were made; what they rest on, certificates, revocation lists and
timestamps, follows once each as validation objects that they refer to by the object's SHA-256. Certificates that the file
does not hold are there by their digest. The same file, instant and trust give the same bytes.

Source: ETSI TS 119 102-2, clauses 4.2 (signature validation report) and 4.4 (validation objects), by the bindings to its
schema that come with pyHanko (namespace of v1.2.1). Sub-indications that EN 319 102-1 has no name for, and the level of a
signature as its quality, are URNs of ours.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator

from pyhanko.generated.etsi import ts_11910202 as vr
from pyhanko.generated.etsi.xades import DigestAlgAndValueType
from pyhanko.generated.w3c.xmldsig_core import DigestMethod, DigestValue, SignatureValue
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig
from xsdata.models.datatype import XmlDateTime

from signflow.signing.evidence.svt_pdf import SignatureParts, ValidatedPdf
from signflow.signing.report import (
    DocumentTimestampReport,
    Indication,
    PathReport,
    SignatureReport,
    TimestampReport,
)

_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_NAMESPACES: dict[str | None, str] = {
    "vr": "http://uri.etsi.org/19102/v1.2.1#",
    "XAdES": "http://uri.etsi.org/01903/v1.3.2#",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
_MAIN = "urn:etsi:019102:mainindication:"
_SUB = "urn:etsi:019102:subindication:"
_OWN_SUB = "urn:signflow:subindication:"
_LEVEL = "urn:signflow:level:"
_PROVEN = "urn:etsi:019102:poetype:validation"
_LTA = "urn:etsi:019102:validationprocess:LTA"
_CERTIFICATE = "urn:etsi:019102:validationObject:certificate"
_CRL = "urn:etsi:019102:validationObject:CRL"
_TIMESTAMP = "urn:etsi:019102:validationObject:timestamp"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def build_xml(validated: ValidatedPdf) -> bytes:
    """The report on a validated file, UTF-8."""
    report = validated.report
    writing = _Writing(validated)
    signatures = tuple(writing.signature(one) for one in report.signatures)
    if not signatures:
        unsigned = _status(report.indication, report.sub_indication)
        signatures = (
            vr.SignatureValidationReportType(
                validation_time_info=_times(report.at, None), signature_validation_status=unsigned
            ),
        )
    objects = tuple(writing.objects())
    root = vr.ValidationReport(
        signature_validation_report=signatures,
        signature_validation_objects=vr.ValidationObjectListType(objects) if objects else None,
    )
    serializer = XmlSerializer(config=SerializerConfig(indent="  "))
    return serializer.render(root, ns_map=_NAMESPACES).encode()


class _Writing:
    def __init__(self, validated: ValidatedPdf) -> None:
        self._report = validated.report
        self._parts = {one.field: one for one in validated.parts.signatures}
        self._stamps = validated.parts.document_timestamps
        self._crls = [one.dump() for one in validated.parts.crls]
        trust = validated.trust
        known = [*validated.parts.certificates, *trust.parsed_roots, *trust.parsed_tsa_roots, *trust.parsed_listed]
        known += [certificate for one in validated.parts.signatures for certificate in one.certificates]
        self._known = {certificate.sha256.hex(): certificate.dump() for certificate in known}

    def signature(self, found: SignatureReport) -> vr.SignatureValidationReportType:
        parts = self._parts.get(found.field)
        return vr.SignatureValidationReportType(
            signature_identifier=_identifier(parts) if parts else None,
            validation_time_info=_times(self._report.at, found.proven_at),
            signers_document=vr.SignersDocumentType(_digest(*parts.covered)) if parts else None,
            signature_attributes=_attributes(found),
            signer_information=vr.SignerInformationType(
                _reference("C", found.certificate_digest), _xml(found.signatory)
            )
            if found.certificate_digest
            else None,
            signature_quality=vr.SignatureQualityType((f"{_LEVEL}{found.level}",)),
            signature_validation_process=vr.SignatureValidationProcessType(_LTA),
            signature_validation_status=self._status_of(found, parts),
        )

    def _status_of(self, found: SignatureReport, parts: SignatureParts | None) -> vr.ValidationStatusType:
        tokens = [hashlib.sha256(one.token).hexdigest() for one in parts.timestamps] if parts else []
        crls = [hashlib.sha256(crl).hexdigest() for crl in self._crls]
        related = (*(_reference("T", one) for one in tokens), *(_reference("L", one) for one in crls))
        data = vr.ValidationReportDataType(
            certificate_chain=_chain(found.path) if found.path else None, related_validation_object=related
        )
        return _status(found.indication, found.sub_indication, (data,) if found.path or related else ())

    def objects(self) -> Iterator[vr.ValidationObjectType]:
        """What the reports refer to, each once."""
        yield from map(self._certificate, dict.fromkeys(self._digests()))
        for crl in dict.fromkeys(self._crls):
            yield vr.ValidationObjectType(_CRL, _whole(crl), id=_id("L", hashlib.sha256(crl).hexdigest()))
        seen = set[str]()
        for token, judged, proven_at in self._timestamps():
            identifier = _id("T", hashlib.sha256(token).hexdigest())
            if identifier not in seen:
                seen.add(identifier)
                yield _timestamp(identifier, token, judged, self._report.at, proven_at)

    def _certificate(self, digest: str) -> vr.ValidationObjectType:
        held = self._known.get(digest)
        shown = _whole(held) if held else vr.ValidationObjectRepresentationType(digest_alg_and_value=_by_digest(digest))
        return vr.ValidationObjectType(_CERTIFICATE, shown, id=_id("C", digest))

    def _digests(self) -> Iterator[str]:
        paths = [one.path for one in self._report.signatures]
        paths += [stamp.path for one in self._report.signatures for stamp in one.timestamps]
        paths += [one.timestamp.path for one in self._report.document_timestamps]
        for path in paths:
            yield from (certificate.digest for certificate in (path.certificates if path else ()))

    def _timestamps(self) -> Iterator[tuple[bytes, TimestampReport, dt.datetime | None]]:
        for found in self._report.signatures:
            parts = self._parts.get(found.field)
            for stamp, judged in zip(parts.timestamps if parts else (), found.timestamps, strict=False):
                yield stamp.token, judged, found.proven_at
        judged_by_field: dict[str, DocumentTimestampReport] = {
            one.field: one for one in self._report.document_timestamps
        }
        for stamp in self._stamps:
            if judged := judged_by_field.get(stamp.field):
                yield stamp.token, judged.timestamp, judged.proven_at


def _timestamp(
    identifier: str, token: bytes, judged: TimestampReport, at: dt.datetime, proven_at: dt.datetime | None
) -> vr.ValidationObjectType:
    data = (vr.ValidationReportDataType(certificate_chain=_chain(judged.path)),) if judged.path else ()
    return vr.ValidationObjectType(
        object_type=_TIMESTAMP,
        validation_object_representation=_whole(token),
        poe=_proof(proven_at or at),
        poeprovisioning=vr.POEProvisioningType(poetime=_date_time(judged.at)),
        validation_report=vr.SignatureValidationReportType(
            validation_time_info=_times(at, proven_at),
            signature_validation_status=_status(judged.indication, judged.sub_indication, data),
        ),
        id=identifier,
    )


def _identifier(parts: SignatureParts) -> vr.SignatureIdentifierType:
    """By the digest of what is signed, the signed attributes. Source: TS 119 102-2, 4.2.3."""
    return vr.SignatureIdentifierType(
        digest_alg_and_value=_digest(parts.signed_bytes),
        signature_value=SignatureValue(parts.value),
        hash_only=False,
        doc_hash_only=False,
        id=_id("S", hashlib.sha256(parts.value).hexdigest()),
    )


def _attributes(found: SignatureReport) -> vr.SignatureAttributesType:
    stamps = (one for one in found.timestamps if one.indication is Indication.TOTAL_PASSED)
    return vr.SignatureAttributesType(
        signing_time=(vr.SASigningTimeType(signed=True, time=_date_time(found.claimed_at)),)
        if found.claimed_at
        else (),
        signer_role=(_role(found.role),) if found.role else (),
        signature_time_stamp=tuple(
            vr.SATimestampType(signed=False, time_stamp_value=_date_time(one.at)) for one in stamps
        ),
        reason=(vr.SAReasonType(signed=True, reason_element=_xml(found.reason)),) if found.reason else (),
        sub_filter=(vr.SASubFilterType(signed=True, sub_filter_element=_xml(found.format)),),
        byte_range=(found.byte_range,) if found.byte_range else (),
    )


def _role(role: str) -> vr.SASignerRoleType:
    """As the certificate states it."""
    kind = vr.SAOneSignerRoleTypeEndorsementType.CERTIFIED
    return vr.SASignerRoleType(signed=True, role_details=(vr.SAOneSignerRoleType(_xml(role), kind),))


def _status(
    indication: Indication, sub_indication: str | None, data: tuple[vr.ValidationReportDataType, ...] = ()
) -> vr.ValidationStatusType:
    """Source: TS 119 102-2, 4.2.2."""
    sub = () if sub_indication is None else (f"{_SUB if sub_indication.isupper() else _OWN_SUB}{sub_indication}",)
    return vr.ValidationStatusType(f"{_MAIN}{indication.lower()}", sub, data)


def _times(at: dt.datetime, proven_at: dt.datetime | None) -> vr.ValidationTimeInfoType:
    return vr.ValidationTimeInfoType(_date_time(at), _proof(proven_at or at))


def _proof(at: dt.datetime) -> vr.POEType:
    return vr.POEType(_date_time(at), _PROVEN)


def _chain(path: PathReport) -> vr.CertificateChainType:
    """The certificate, those between, the anchor if there is one."""
    first, *rest = (one.digest for one in path.certificates)
    anchor = rest.pop() if path.anchor and rest else None
    return vr.CertificateChainType(
        signing_certificate=_reference("C", first),
        intermediate_certificate=tuple(_reference("C", one) for one in rest),
        trust_anchor=_reference("C", anchor) if anchor else None,
    )


def _whole(data: bytes) -> vr.ValidationObjectRepresentationType:
    return vr.ValidationObjectRepresentationType(base64=data)


def _digest(*pieces: bytes | memoryview) -> DigestAlgAndValueType:
    return _by_digest(_sha256(pieces))


def _sha256(pieces: Iterable[bytes | memoryview]) -> str:
    running = hashlib.sha256()
    for piece in pieces:
        running.update(piece)
    return running.hexdigest()


def _by_digest(digest: str) -> DigestAlgAndValueType:
    return DigestAlgAndValueType(DigestMethod(algorithm=_SHA256), DigestValue(bytes.fromhex(digest)))


def _reference(kind: str, digest: str) -> vr.VOReferenceType:
    return vr.VOReferenceType(voreference=(_id(kind, digest),))


def _id(kind: str, digest: str) -> str:
    return f"{kind}-{digest}"


def _date_time(at: dt.datetime) -> XmlDateTime:
    return XmlDateTime.from_datetime(at.astimezone(dt.UTC).replace(microsecond=0))


def _xml(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
