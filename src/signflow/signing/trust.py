"""What a validation believes in beforehand, and nothing besides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, FreshnessReqType

from signflow.errors import SettingsError


@dataclass(frozen=True)
class Trust:
    """Roots and revocation lists that the validator brings along.

    Attributes:
        roots: DER or PEM certificates that signatories and seals lead up to.
        tsa_roots: Likewise for timestamps.
        crls: DER revocation lists; fresher ones than those embedded in a file tell what was revoked since.
        local_tsa_roots: Those of `tsa_roots` that belong to an installation of signflow: their timestamps are called
            local in every report.
    """

    roots: tuple[bytes, ...]
    tsa_roots: tuple[bytes, ...]
    crls: tuple[bytes, ...] = ()
    local_tsa_roots: tuple[bytes, ...] = ()

    @cached_property
    def parsed_roots(self) -> tuple[asn1_x509.Certificate, ...]:
        """The roots, read once."""
        return tuple(map(read_certificate, self.roots))

    @cached_property
    def parsed_tsa_roots(self) -> tuple[asn1_x509.Certificate, ...]:
        """The TSA roots, read once."""
        return tuple(map(read_certificate, self.tsa_roots))

    @cached_property
    def parsed_crls(self) -> tuple[asn1_crl.CertificateList, ...]:
        """The revocation lists, read once."""
        return tuple(map(read_crl, self.crls))

    @cached_property
    def local_fingerprints(self) -> frozenset[bytes]:
        """SHA-256 of each local TSA root."""
        return frozenset(read_certificate(root).sha256 for root in self.local_tsa_roots)


def read_certificate(data: bytes) -> asn1_x509.Certificate:
    """A certificate from DER or PEM.

    Raises:
        SettingsError: It is neither.
    """
    try:
        if pem.detect(data):
            armoured: Any = pem.unarmor(data)
            data = armoured[2]
        certificate = asn1_x509.Certificate.load(data, strict=True)
        _ = certificate.native  # asn1crypto parses lazily: find damage here
    except (ValueError, TypeError) as error:
        raise SettingsError("trust-unreadable", reason=str(error)) from error
    return certificate


def read_crl(data: bytes) -> asn1_crl.CertificateList:
    """A revocation list from DER.

    Raises:
        SettingsError: It is none.
    """
    try:
        crl = asn1_crl.CertificateList.load(data, strict=True)
        _ = crl.native
    except (ValueError, TypeError) as error:
        raise SettingsError("trust-unreadable", reason=str(error)) from error
    return crl


def build_context(
    roots: Iterable[asn1_x509.Certificate],
    certificates: Iterable[asn1_x509.Certificate],
    crls: Iterable[asn1_crl.CertificateList],
    *,
    moment: dt.datetime,
    slack: dt.timedelta = dt.timedelta(0),
) -> ValidationContext:
    """A pyHanko context that looks at certificates as of `moment`, offline, with revocation lists required.

    A revocation list counts when it was current at `moment` less `slack`, or is younger; how long a list stays current
    is told by the lists themselves. The slack is how long ago the
    thing being validated is said to have been made, so that the list embedded then still speaks for it, while any
    fresher list at hand that says "revoked" prevails.

    Source: ETSI EN 319 102-1, 5.2.5.4, freshness as a difference between issue and validation.
    """
    crls = list(crls)
    life = max((_life(crl) for crl in crls), default=dt.timedelta(0))
    policy = CertRevTrustPolicy(
        REQUIRE_REVINFO,
        freshness=life + slack,
        freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION,
    )
    return ValidationContext(
        trust_roots=list(roots),
        other_certs=list(certificates),
        crls=crls,
        moment=moment,
        revinfo_policy=policy,
        allow_fetching=False,
    )


def _life(crl: asn1_crl.CertificateList) -> dt.timedelta:
    body: Any = crl["tbs_cert_list"]
    next_at = body["next_update"].native
    return next_at - body["this_update"].native if next_at is not None else dt.timedelta(0)
