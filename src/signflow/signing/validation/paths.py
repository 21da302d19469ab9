"""Certificates and their paths in words, for reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements
from pyhanko_certvalidator.path import ValidationPath

from signflow.signing.report import CertificateReport, ListedReport, Origin, PathReport
from signflow.signing.trust import Trust
from signflow.signing.trusted_lists.model import ListedService, Service, ServiceKind


def describe_path(
    certificate: asn1_x509.Certificate,
    path: ValidationPath | None,
    trust: Trust,
    *,
    kind: ServiceKind,
    used_at: dt.datetime,
) -> PathReport:
    """The path of a certificate that was used at that time, or the certificate alone.

    A service in a trusted list may be told of by the very certificate that was used: the path then has one certificate.
    """
    chain = list(path.iter_certs(include_root=True))[::-1] if path is not None else [certificate]
    told = tuple(map(_describe, chain))
    if path is None:
        return PathReport(told, None)
    listed = trust.listed_as(chain[-1], kind, used_at)
    if listed is not None:
        return PathReport(told, Origin.TRUSTED_LIST, _describe_listed(listed, certificate, used_at))
    return PathReport(told, trust.origin(chain[-1]) if len(chain) > 1 else None)


def _describe_listed(listed: ListedService, certificate: asn1_x509.Certificate, used_at: dt.datetime) -> ListedReport:
    service, edition = listed.service, listed.edition
    return ListedReport(
        territory=edition.territory,
        provider=service.provider,
        service=service.name,
        kind=service.kind,
        qualified=service.kind is ServiceKind.TIMESTAMPS or _is_qualified(certificate, service, used_at),
        sequence=edition.sequence,
        next_update_at=edition.next_update_at,
    )


def _is_qualified(certificate: asn1_x509.Certificate, service: Service, used_at: dt.datetime) -> bool:
    """Whether it says that it is, and its issuer was granted both when it was issued and when it was used.

    Source: ETSI EN 319 412-5, 4.2.1 (QcCompliance); ETSI TS 119 615, 4.4.
    """
    statements = get_qc_statements(certificate)
    periods = [service.period_at(moment) for moment in (certificate.not_valid_before, used_at)]
    granted = all(period is not None and not period.disputed for period in periods)
    return granted and any(one["statement_id"].native == "qc_compliance" for one in statements)


def policies_of(certificate: asn1_x509.Certificate) -> tuple[str, ...]:
    """Its policies, dotted, sorted."""
    value: Any = certificate.certificate_policies_value
    return tuple(sorted({policy["policy_identifier"].dotted for policy in value or ()}))


def _describe(certificate: asn1_x509.Certificate) -> CertificateReport:
    body: Any = certificate["tbs_certificate"]
    algorithm: Any = certificate["signature_algorithm"]
    validity = body["validity"]
    subject, issuer = _names(certificate)
    return CertificateReport(
        subject=subject,
        issuer=issuer,
        serial=f"{certificate.serial_number:x}",
        not_before=validity["not_before"].native,
        not_after=validity["not_after"].native,
        digest=certificate.sha256.hex(),
        policies=policies_of(certificate),
        key=_key(certificate),
        signature_algorithm=str(algorithm["algorithm"].native),
    )


def _names(certificate: asn1_x509.Certificate) -> tuple[str, str]:
    try:
        parsed = x509.load_der_x509_certificate(certificate.dump())
        return parsed.subject.rfc4514_string(), parsed.issuer.rfc4514_string()
    except ValueError:  # names that are against the rules are told as far as they can be read
        return certificate.subject.human_friendly, certificate.issuer.human_friendly


def _key(certificate: asn1_x509.Certificate) -> str:
    key = certificate.public_key
    match key.algorithm:
        case "ec":
            kind, name = key.curve
            return f"ecdsa-{name}" if kind == "named" else "ecdsa"
        case "rsa" | "rsassa_pss" | "dsa":
            return f"{key.algorithm}-{key.bit_size}"
        case other:
            return str(other)
