"""Certificates and their paths in words, for reports."""

from __future__ import annotations

from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator.path import ValidationPath

from signflow.signing.report import CertificateReport, PathReport
from signflow.signing.trust import Trust


def describe_path(certificate: asn1_x509.Certificate, path: ValidationPath | None, trust: Trust) -> PathReport:
    """The path of a certificate, or the certificate alone."""
    chain = list(path.iter_certs(include_root=True))[::-1] if path is not None else [certificate]
    anchor = chain[-1] if path is not None and len(chain) > 1 else None
    return PathReport(tuple(map(_describe, chain)), trust.origin(anchor) if anchor is not None else None)


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
