"""What a validation believes in beforehand, and nothing besides."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, FreshnessReqType

from signflow.errors import SettingsError
from signflow.signing.algorithms import AlgorithmPolicy, policy
from signflow.signing.report import Origin
from signflow.signing.trusted_lists.model import ListedService, ServiceKind
from signflow.signing.usage import DatedUsage


@dataclass(frozen=True)
class Trust:
    """Roots and revocation lists that the validator brings along.

    Attributes:
        roots: DER or PEM certificates that signatories and seals lead up to.
        tsa_roots: Likewise for timestamps.
        crls: DER revocation lists; fresher ones than those embedded in a file tell what was revoked since.
        local_tsa_roots: Those of `tsa_roots` that belong to an installation of signflow: their timestamps are called
            local in every report.
        own_roots: Those of `roots` that belong to this installation.
        listed: Services in the EU's trusted lists. Each is believed for what was made while it was granted.
        algorithms: Which algorithms hold until when.
    """

    roots: tuple[bytes, ...]
    tsa_roots: tuple[bytes, ...]
    crls: tuple[bytes, ...] = ()
    local_tsa_roots: tuple[bytes, ...] = ()
    own_roots: tuple[bytes, ...] = ()
    listed: tuple[ListedService, ...] = ()
    algorithms: AlgorithmPolicy = field(default_factory=policy)

    def joined(self, other: Trust) -> Trust:
        """Whom either believes."""
        return Trust(
            roots=(*self.roots, *other.roots),
            tsa_roots=(*self.tsa_roots, *other.tsa_roots),
            crls=(*self.crls, *other.crls),
            local_tsa_roots=(*self.local_tsa_roots, *other.local_tsa_roots),
            own_roots=(*self.own_roots, *other.own_roots),
            listed=(*self.listed, *other.listed),
            algorithms=self.algorithms,
        )

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

    def anchors(self, kind: ServiceKind, used_at: dt.datetime) -> list[asn1_x509.Certificate]:
        """What a path may end at, for something that was made with its certificate at that time."""
        roots = self.parsed_tsa_roots if kind is ServiceKind.TIMESTAMPS else self.parsed_roots
        granted = {
            fingerprint
            for fingerprint, ones in self._listed_by_fingerprint.items()
            if any(one.service.kind is kind and one.service.period_at(used_at) for one in ones)
        }
        return [*roots, *(self._listed_certificates[fingerprint] for fingerprint in sorted(granted))]

    def listed_as(self, anchor: asn1_x509.Certificate, kind: ServiceKind, used_at: dt.datetime) -> ListedService | None:
        """The listed service that vouches for what was made at that time under that anchor; None when none does."""
        ones = self._listed_by_fingerprint.get(anchor.sha256, ())
        return next((one for one in ones if one.service.kind is kind and one.service.period_at(used_at)), None)

    def origin(self, anchor: asn1_x509.Certificate) -> Origin:
        """Where a root comes from, if no trusted list vouches for it."""
        return Origin.OWN if anchor.sha256 in self._own_fingerprints else Origin.FILE

    @cached_property
    def _listed_certificates(self) -> dict[bytes, asn1_x509.Certificate]:
        ders = {certificate for one in self.listed for certificate in one.service.certificates}
        return {hashlib.sha256(der).digest(): asn1_x509.Certificate.load(der) for der in ders}

    @cached_property
    def _listed_by_fingerprint(self) -> dict[bytes, list[ListedService]]:
        found: dict[bytes, list[ListedService]] = {}
        for one in self.listed:
            for certificate in one.service.certificates:
                found.setdefault(hashlib.sha256(certificate).digest(), []).append(one)
        return found

    @property
    def parsed_listed(self) -> tuple[asn1_x509.Certificate, ...]:
        """The certificates of all listed services, whenever they were granted."""
        return tuple(self._listed_certificates.values())

    @cached_property
    def _own_fingerprints(self) -> frozenset[bytes]:
        own = frozenset(read_certificate(root).sha256 for root in self.own_roots)
        return own | self.local_fingerprints


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


def build_context(  # noqa: PLR0913 -- what is believed in front, all else is named
    roots: Iterable[asn1_x509.Certificate],
    certificates: Iterable[asn1_x509.Certificate],
    crls: Iterable[asn1_crl.CertificateList],
    *,
    moment: dt.datetime,
    slack: dt.timedelta = dt.timedelta(0),
    ocsps: Iterable[asn1_ocsp.OCSPResponse] = (),
    algorithms: AlgorithmPolicy | None = None,
) -> ValidationContext:
    """A pyHanko context that looks at certificates as of `moment`, offline, with revocation lists required.

    A revocation list or answer counts when it was current at `moment` less `slack`, or is younger; how long one stays
    current is told by itself. The slack is how long ago the thing being validated is said to have been made, so that
    what was embedded then still speaks for it, while anything fresher at hand that says "revoked" prevails. Algorithms
    are judged as of `moment` too, by the table that comes with signflow if none is given.

    Source: ETSI EN 319 102-1, 5.2.5.4, freshness as a difference between issue and validation.
    """
    crls, ocsps = list(crls), list(ocsps)
    life = max((*map(_life, crls), *map(_life_of_answer, ocsps)), default=dt.timedelta(0))
    freshness = CertRevTrustPolicy(
        REQUIRE_REVINFO,
        freshness=life + slack,
        freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION,
    )
    return ValidationContext(
        trust_roots=list(roots),
        other_certs=list(certificates),
        crls=crls,
        ocsps=ocsps,
        moment=moment,
        revinfo_policy=freshness,
        algorithm_usage_policy=DatedUsage(algorithms or policy()),
        allow_fetching=False,
    )


def _life(crl: asn1_crl.CertificateList) -> dt.timedelta:
    return _span(crl["tbs_cert_list"])


def _life_of_answer(answer: asn1_ocsp.OCSPResponse) -> dt.timedelta:
    about: Any = answer.response_data["responses"]
    return max(map(_span, about), default=dt.timedelta(0))


def _span(word: Any) -> dt.timedelta:
    next_at = word["next_update"].native
    return next_at - word["this_update"].native if next_at is not None else dt.timedelta(0)
