"""Certificates and revocation data that a file and a trust bring to a validation, and the paths that they make.

Each is read once and each path is looked for once per validation.

Source: ETSI EN 319 102-1, 5.2.6 (X.509 certificate validation); ETSI EN 319 142-1, 5.4.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any

from asn1crypto import cms, core, ocsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.validation.generic_cms import validate_cert_usage
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from signflow.signing.reading import PARSER_ERRORS
from signflow.signing.trust import Trust, build_context
from signflow.signing.trusted_lists.model import ServiceKind
from signflow.signing.usage import implied_digest
from signflow.signing.validation.objects import MalformedError, Ref, Stream, Value
from signflow.signing.validation.revisions import Document
from signflow.signing.validation.verdicts import PASSED, Verdict, named

_REVOKED = frozenset({"REVOKED", "REVOKED_NO_POE", "REVOKED_CA_NO_POE"})

LIMIT_PIECES = 2000
LIMIT_BYTES = 64_000_000
"""Of all certificates and all revocation data in a file."""


class Purpose(StrEnum):
    """What a certificate was used for."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"

    @property
    def usage(self) -> KeyUsageConstraints:
        """Source: ISO 32000-2, 12.8.3.2; RFC 3161, section 2.3."""
        status = TimestampSignatureStatus if self is Purpose.TIMESTAMP else PdfSignatureStatus
        return status.default_usage_constraints()


@dataclass(frozen=True, slots=True)
class Path:
    """What became of looking for a path.

    Attributes:
        verdict: Passed, or why not.
        found: The path that holds, or the best of those that do not.
    """

    verdict: Verdict
    found: ValidationPath | None


@dataclass(slots=True)
class Material:
    """Everything that bears on validity (step 1)."""

    trust: Trust
    certificates: dict[bytes, asn1_x509.Certificate] = field(default_factory=dict)
    crls: dict[bytes, asn1_crl.CertificateList] = field(default_factory=dict)
    ocsps: dict[bytes, ocsp.OCSPResponse] = field(default_factory=dict)
    _contexts: dict[tuple[Purpose, dt.datetime, dt.timedelta, bool], ValidationContext] = field(default_factory=dict)
    _paths: dict[tuple[bytes, Purpose, dt.datetime, dt.timedelta], Path] = field(default_factory=dict)

    def add(self, piece: Any) -> None:
        """A certificate, revocation list or answer of a responder; each counts once."""
        data = core.Asn1Value.dump(piece)
        match piece:
            case asn1_x509.Certificate():
                self.certificates.setdefault(data, piece)
            case asn1_crl.CertificateList():
                self.crls.setdefault(data, piece)
            case ocsp.OCSPResponse():
                self.ocsps.setdefault(data, piece)
            case _:  # attribute certificates and lists in other formats say nothing here
                pass

    def known(self, certificate: asn1_x509.Certificate) -> asn1_x509.Certificate:
        """The same certificate as it was first read, so that it is taken apart once."""
        return self.certificates.get(core.Asn1Value.dump(certificate), certificate)

    async def find_path(
        self, certificate: asn1_x509.Certificate, purpose: Purpose, moment: dt.datetime, slack: dt.timedelta
    ) -> Path:
        """A path from the certificate to an anchor for that purpose, valid and not revoked at that moment.

        `slack` is how much older revocation data may be, as in `trust.build_context`: the certificate was used that long
        before the moment, and services in trusted lists count if they were granted then.
        """
        key = (certificate.sha256, purpose, moment, slack)
        if key not in self._paths:
            self._paths[key] = await self._look(certificate, purpose, moment, slack)
        return self._paths[key]

    async def _look(
        self, certificate: asn1_x509.Certificate, purpose: Purpose, moment: dt.datetime, slack: dt.timedelta
    ) -> Path:
        # pyHanko looks at no list where an answer says "good": what either says of a revocation prevails
        paths = [
            await self._look_by(certificate, purpose, self._context(purpose, moment, slack, answers=answers))
            for answers in ((False, True) if self.ocsps else (False,))
        ]
        revoked = [path for path in paths if path.verdict[1] in _REVOKED]
        return next(iter(revoked), min(paths, key=lambda path: path.verdict != PASSED))

    async def _look_by(self, certificate: asn1_x509.Certificate, purpose: Purpose, context: ValidationContext) -> Path:
        try:
            paths = context.path_builder.async_build_paths_lazy(certificate)
            result: Any = await validate_cert_usage(certificate, context, purpose.usage, paths)
        except PARSER_ERRORS:
            return Path(named("CERTIFICATE_CHAIN_GENERAL_FAILURE"), None)
        if result.error_subindic is not None:
            return Path(named(str(result.error_subindic.standard_name)), result.error_path)
        return Path(PASSED, result.success_result)

    def _context(
        self, purpose: Purpose, moment: dt.datetime, slack: dt.timedelta, *, answers: bool
    ) -> ValidationContext:
        key = (purpose, moment, slack, answers)
        if key not in self._contexts:
            kind = ServiceKind.TIMESTAMPS if purpose is Purpose.TIMESTAMP else ServiceKind.CERTIFICATES
            ocsps = self.ocsps.values() if answers else ()
            self._contexts[key] = build_context(
                self.trust.anchors(kind, moment - slack),
                self.certificates.values(),
                self._lists(moment),
                moment=moment,
                slack=slack,
                ocsps=[one for one in ocsps if self._counts(one.basic_ocsp_response, moment)],
                algorithms=self.trust.algorithms,
            )
        return self._contexts[key]

    def _lists(self, moment: dt.datetime) -> list[asn1_crl.CertificateList]:
        """All revocation lists that can matter: of those of one issuer that name nobody, the freshest say the most."""
        wanted: dict[object, asn1_crl.CertificateList] = {}
        for one in sorted((*self.crls.values(), *self.trust.parsed_crls), key=_issued_at):
            if self._counts(one, moment):
                key: object = id(one)
                if _names_nobody(one):
                    key = (core.Asn1Value.dump(one.issuer), one.authority_key_identifier, _issued_at(one) <= moment)
                wanted[key] = one
        return list(wanted.values())

    def _counts(self, statement: Any, moment: dt.datetime) -> bool:
        """Whether the digest under a revocation list or answer can be relied on; one that cannot says nothing."""
        digest = implied_digest(statement["signature_algorithm"])
        return digest is None or self.trust.algorithms.holds(digest, 0, moment)

    def speaks_for(self, path: ValidationPath | None) -> bool:
        """Whether the file itself holds revocation data for every certificate of the path but the root."""
        if path is None:
            return False
        issuers = {crl.issuer.hashable for crl in self.crls.values()}
        answered = {
            (one["cert_id"]["issuer_key_hash"].native, one["cert_id"]["serial_number"].native)
            for response in self.ocsps.values()
            for one in response.response_data["responses"]
        }
        chain = list(path.iter_certs(include_root=True))
        return all(
            certificate.issuer.hashable in issuers
            or any(
                (getattr(issuer.public_key, digest), certificate.serial_number) in answered
                for digest in ("sha1", "sha256")
            )
            for issuer, certificate in pairwise(chain)
        )

    def add_carried(self, signed_data: Any) -> None:
        """What a CMS object carries: certificates, and revocation data in its own place or in Adobe's attribute.

        Source: RFC 5652, section 5.1; ISO 32000-2, 12.8.3.3.2.
        """
        for choice in (*(signed_data["certificates"] or ()), *(signed_data["crls"] or ())):
            self.add(choice.chosen)
        for signer in signed_data["signer_infos"]:
            for attribute in signer["signed_attrs"] or ():
                if attribute["type"].native == "adobe_revocation_info_archival":
                    for archive in attribute["values"]:
                        for piece in (*(archive["crl"] or ()), *(archive["ocsp"] or ())):
                            self.add(piece)


def read_material(document: Document, trust: Trust, objects: Iterable[cms.SignedData]) -> Material:
    """What the document security store holds, and what CMS objects carry. Damaged pieces are left out.

    Raises:
        MalformedError: The store is not one, or holds too much.
    """
    material = Material(trust)
    budget = LIMIT_BYTES
    for count, (kind, data) in enumerate(_stored(document)):
        budget -= len(data)
        if count > LIMIT_PIECES or budget < 0:
            raise MalformedError("store")
        try:
            material.add(kind.load(data, strict=True))
        except PARSER_ERRORS:
            continue
    for one in objects:
        try:
            material.add_carried(one)
        except PARSER_ERRORS:
            continue
    return material


def _stored(document: Document) -> Iterator[tuple[Any, bytes]]:
    root = document.resolved(document.root, document.last)
    store = document.resolved(root.get("/DSS"), document.last) if isinstance(root, dict) else None
    if not isinstance(store, dict):
        return
    kinds = {"/Certs": asn1_x509.Certificate, "/CRLs": asn1_crl.CertificateList, "/OCSPs": ocsp.OCSPResponse}
    for key, kind in kinds.items():
        listed: Value = document.resolved(store.get(key), document.last)
        for ref in listed if isinstance(listed, list) else ():
            stream = document.resolved(ref, document.last) if isinstance(ref, Ref) else None
            if isinstance(stream, Stream):
                yield kind, stream.decoded(LIMIT_BYTES)


def _issued_at(crl: asn1_crl.CertificateList) -> dt.datetime:
    body: Any = crl["tbs_cert_list"]
    return body["this_update"].native


def _names_nobody(crl: asn1_crl.CertificateList) -> bool:
    """Whether it is complete and empty."""
    body: Any = crl["tbs_cert_list"]
    partial = crl.issuing_distribution_point_value is not None or crl.delta_crl_indicator_value is not None
    return not partial and not body["revoked_certificates"]
