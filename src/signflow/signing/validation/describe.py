"""Signatures in words, for reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic
from pyhanko.sign.validation.generic_cms import extract_self_reported_ts

from signflow.signing import oids
from signflow.signing.authentication import Authentication, read_context_extension
from signflow.signing.reading import PARSER_ERRORS
from signflow.signing.report import Kind, Level, SignatureReport
from signflow.signing.trust import Trust
from signflow.signing.trusted_lists.model import ServiceKind
from signflow.signing.validation.cms import Checked, Times
from signflow.signing.validation.found import Found
from signflow.signing.validation.paths import describe_path, policies_of
from signflow.signing.validation.verdicts import Verdict

_QUALIFIED_STATEMENTS = "1.3.6.1.5.5.7.1.3"
_QUALIFIED_SEAL = core.ObjectIdentifier("0.4.0.1862.1.6.2").dump()
"""Type of a qualified certificate: electronic seal. Source: ETSI EN 319 412-5, 4.2.3."""

_PERSONAL_NAMES = frozenset({"given_name", "surname", "pseudonym", "title"})
"""What only the subject of a person has. Source: ETSI EN 319 412-2, 4.2.4; EN 319 412-3, 4.2.1."""


def describe_signature(  # noqa: PLR0913, PLR0917 - one for each part of what is said
    one: Found, checked: Checked, verdict: Verdict, level: Level, times: Times, trust: Trust
) -> SignatureReport:
    """All that is to be said of a signature."""
    certificate = checked.certificate
    subject = certificate.subject.native
    return replace(
        describe_unread(one, verdict),
        kind=_kind_of(certificate),
        signatory=str(subject.get("common_name", "")),
        role=str(subject.get("title", "")),
        organisation=str(subject.get("organization_name", "")),
        signed_at=times.stamped_at,
        claimed_at=_claimed_at(one),
        level=level,
        timestamp=times.best.report if times.best else None,
        timestamps=tuple(token.report for token in times.tokens),
        authentication=_authentication_of(certificate),
        certificate_digest=certificate.sha256.hex(),
        proven_at=times.proven_at,
        path=describe_path(certificate, checked.path, trust, kind=ServiceKind.CERTIFICATES, used_at=checked.used_at),
        digest_algorithm=str(checked.signer["digest_algorithm"]["algorithm"].native),
        signature_algorithm=str(checked.signer["signature_algorithm"]["algorithm"].native),
    )


def describe_unread(one: Found, verdict: Verdict) -> SignatureReport:
    """What can be said of a signature without its certificate."""
    return SignatureReport(
        field=one.field.name,
        indication=verdict[0],
        sub_indication=verdict[1],
        kind=Kind.PERSON,
        signatory="",
        role="",
        organisation="",
        signed_at=None,
        claimed_at=None,
        reason=one.field.text("/Reason"),
        level=Level.NOT_BASELINE,
        covers_whole_revision=one.covered,
        changes_since=one.changes,
        timestamp=None,
        authentication=None,
        certificate_digest="",
        format=one.field.sub_filter,
        revision=one.field.revision + 1,
        byte_range=one.field.byte_range or (),
        permissions=one.permissions,
    )


def _claimed_at(one: Found) -> dt.datetime | None:
    stated = extract_self_reported_ts(one.signed["signer_infos"][0])
    if stated is not None:
        return stated
    try:
        at = generic.parse_pdf_date(one.field.text("/M"), strict=False)
    except PARSER_ERRORS:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)


def _kind_of(certificate: asn1_x509.Certificate) -> Kind:
    return Kind.SEAL if oids.SEAL_POLICY in policies_of(certificate) or _is_seal(certificate) else Kind.PERSON


def _authentication_of(certificate: asn1_x509.Certificate) -> Authentication | None:
    value = _extension(certificate, oids.AUTHENTICATION_CONTEXT)
    return read_context_extension(value) if value is not None else None


def _is_seal(certificate: asn1_x509.Certificate) -> bool:
    statements = _extension(certificate, _QUALIFIED_STATEMENTS)
    if statements is not None and _QUALIFIED_SEAL in statements:
        return True
    named = certificate.subject.native.keys()
    return "organization_identifier" in named and not named & _PERSONAL_NAMES


def _extension(certificate: asn1_x509.Certificate, identifier: str) -> bytes | None:
    body: Any = certificate["tbs_certificate"]
    for extension in body["extensions"]:
        if extension["extn_id"].dotted == identifier:
            return bytes(extension["extn_value"])
    return None
