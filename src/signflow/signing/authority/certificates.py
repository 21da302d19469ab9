"""The certificates and revocation lists of the local authority: what stands in each, and why.

All keys are elliptic: P-384 for roots, P-256 for the rest. Lifetimes nest: nothing outlives its issuer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_LIFE = dt.timedelta(days=365 * 30)
ISSUING_LIFE = dt.timedelta(days=365 * 20)
TSA_LIFE = dt.timedelta(days=365 * 20)
SEAL_LIFE = dt.timedelta(days=365 * 15)
ONE_SHOT_LIFE = dt.timedelta(minutes=30)

CLOCK_SKEW = dt.timedelta(minutes=2)
"""How far an outside TSA's clock may be behind ours and its time still lie within a one-shot certificate's life."""

CRL_LIFE = dt.timedelta(days=7)
"""How long a revocation list is current: validators may be offline for so long."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Profile:
    """What distinguishes one kind of certificate from another.

    Attributes:
        life: Validity.
        authority: May issue certificates and revocation lists.
        timestamping: May issue timestamps and nothing else.
        policy: Certificate policy, dotted; None for authorities, which are not limited to one.
        crl_url: Where the issuer publishes its revocation list; None for roots, which nobody revokes.
        extensions: Further non-critical ones.
    """

    life: dt.timedelta
    authority: bool = False
    timestamping: bool = False
    policy: str | None = None
    crl_url: str | None = None
    extensions: tuple[x509.ExtensionType, ...] = ()


def build_name(common_name: str, organisation: str, country: str, title: str | None = None) -> x509.Name:
    """A distinguished name; the order is that of Swedish signature services: country, organisation, person."""
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, country),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
    ]
    if title:
        parts.append(x509.NameAttribute(NameOID.TITLE, title))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def build_certificate(
    subject: x509.Name, profile: Profile, issuer: Holder | None, key: ec.EllipticCurvePrivateKey, now: dt.datetime
) -> x509.Certificate:
    """A certificate for the key, self-signed when there is no issuer.

    Source: RFC 5280, section 4.2; RFC 3161, section 2.3; ETSI EN 319 412-2 and 412-3 for people and organisations.
    """
    starts_at = now.replace(microsecond=0) - CLOCK_SKEW
    ends_at = now.replace(microsecond=0) + profile.life
    if issuer is not None:
        ends_at = min(ends_at, issuer.certificate.not_valid_after_utc)
        starts_at = max(starts_at, issuer.certificate.not_valid_before_utc)
    signing_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts_at)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca=profile.authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
        .add_extension(_key_usage(profile), critical=True)
    )
    if profile.timestamping:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    if profile.policy:
        policy = x509.PolicyInformation(x509.ObjectIdentifier(profile.policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    if profile.crl_url:
        where = x509.DistributionPoint([x509.UniformResourceIdentifier(profile.crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([where]), critical=False)
    for extension in profile.extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signing_key, _digest_for(signing_key))


def build_crl(issuer: Holder, number: int, now: dt.datetime) -> x509.CertificateRevocationList:
    """The issuer's revocation list, empty: one-shot certificates are never revoked, they are over.

    It dates from the instant at which a certificate made now starts, because validators refuse a list that is older
    than the certificate it speaks of.
    """
    issued_at = max(now.replace(microsecond=0) - CLOCK_SKEW, issuer.certificate.not_valid_before_utc)
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(issued_at)
        .next_update(issued_at + CRL_LIFE)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .sign(issuer.key, _digest_for(issuer.key))
    )


def _key_usage(profile: Profile) -> x509.KeyUsage:
    """Each key does one thing: issue, timestamp or commit to content."""
    return x509.KeyUsage(
        digital_signature=profile.timestamping and not profile.authority,
        content_commitment=not profile.timestamping and not profile.authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=profile.authority,
        crl_sign=profile.authority,
        encipher_only=False,
        decipher_only=False,
    )


def _digest_for(key: ec.EllipticCurvePrivateKey) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA384() if isinstance(key.curve, ec.SECP384R1) else hashes.SHA256()
