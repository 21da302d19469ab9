"""The certificates, revocation lists and requests of the organisation's authority: what stands in each, and why.

Whoever signs them may be anywhere: the part to be signed is put together here, and the key signs it. Lifetimes nest:
nothing outlives its issuer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from asn1crypto import core, csr
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from signflow.signing.algorithms import SignatureAlgorithm
from signflow.signing.keys.key import PrivateKey, SigningKey, digest_for, padding_for

ROOT_LIFE = dt.timedelta(days=365 * 30)
ISSUING_LIFE = dt.timedelta(days=365 * 20)
TSA_LIFE = dt.timedelta(days=365 * 20)
SEAL_LIFE = dt.timedelta(days=365 * 15)
ONE_SHOT_LIFE = dt.timedelta(minutes=30)

CLOCK_SKEW = dt.timedelta(minutes=2)
"""How far an outside TSA's clock may be behind ours and its time still lie within a one-shot certificate's life."""

CRL_LIFE = dt.timedelta(days=7)
"""How long a revocation list is current: validators may be offline for so long."""

CEREMONY_CRL_LIFE = dt.timedelta(days=400)
"""Likewise for an authority whose key is not on the machine: until the next yearly ceremony, with a month to spare."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """A certificate with its private key, wherever that is."""

    certificate: x509.Certificate
    key: SigningKey


@dataclass(frozen=True, slots=True)
class Profile:
    """What distinguishes one kind of certificate from another.

    Attributes:
        life: Validity.
        authority: May issue certificates and revocation lists.
        path_length: How many authorities may follow an authority; None for any number.
        timestamping: May issue timestamps and nothing else.
        policy: Certificate policy, dotted; None for authorities, which are not limited to one.
        crl_url: Where the issuer publishes its revocation list; None for roots, which nobody revokes.
        issuer_url: Where the issuer's own certificate is; None for roots.
        extensions: Further non-critical ones.
    """

    life: dt.timedelta
    authority: bool = False
    path_length: int | None = None
    timestamping: bool = False
    policy: str | None = None
    crl_url: str | None = None
    issuer_url: str | None = None
    extensions: tuple[x509.ExtensionType, ...] = ()


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that holds no longer."""

    serial_number: int
    at: dt.datetime
    reason: x509.ReasonFlags


def build_name(  # noqa: PLR0913 -- each is one attribute
    common_name: str,
    organisation: str,
    country: str,
    *,
    organisation_number: str = "",
    title: str = "",
    serial: str = "",
) -> x509.Name:
    """A distinguished name; the order is that of Swedish signature services: country, organisation, person.

    Args:
        common_name: A person's or thing's name.
        organisation: Its full name.
        country: Two letters.
        organisation_number: As the national register has it; empty for none.
        title: A person's role; empty for none.
        serial: What tells two people of the same name apart; empty for none.

    Source: ETSI EN 319 412-1, 5.1.4 (organisationIdentifier), EN 319 412-2, 4.2.4, EN 319 412-3, 4.2.1.
    """
    identifier = f"NTR{country}-{organisation_number.replace('-', '')}" if organisation_number else ""
    parts = (
        (NameOID.COUNTRY_NAME, country),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATION_IDENTIFIER, identifier),
        (NameOID.TITLE, title),
        (NameOID.SERIAL_NUMBER, serial),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def build_certificate(
    subject: x509.Name, profile: Profile, issuer: Issuer | None, key: SigningKey, now: dt.datetime
) -> x509.Certificate:
    """A certificate for the key, self-signed when there is no issuer.

    Raises:
        UnavailableError: The issuer's key is elsewhere and cannot be reached now.

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
        .public_key(key.public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts_at)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca=profile.authority, path_length=profile.path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key), critical=False)
        .add_extension(_key_usage(profile), critical=True)
    )
    if profile.timestamping:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    for extension in (*_pointers(profile), *profile.extensions):
        builder = builder.add_extension(extension, critical=False)
    unsigned = builder.sign(**_stand_in(signing_key.algorithm)).public_bytes(Encoding.DER)
    parsed: Any = asn1_x509.Certificate.load(unsigned)
    parsed["signature_value"] = core.OctetBitString(signing_key.sign(parsed["tbs_certificate"].dump()))
    return x509.load_der_x509_certificate(parsed.dump())


def build_crl(
    issuer: Issuer,
    number: int,
    now: dt.datetime,
    *,
    revoked: Iterable[Revoked] = (),
    life: dt.timedelta = CRL_LIFE,
) -> bytes:
    """The issuer's revocation list, DER. One-shot certificates never stand in it: they are not revoked, they are over.

    It dates from the instant at which a certificate made now starts, because validators refuse a list that is older
    than the certificate it speaks of.

    Raises:
        UnavailableError: The issuer's key is elsewhere and cannot be reached now.

    Source: RFC 5280, section 5.
    """
    issued_at = max(now.replace(microsecond=0) - CLOCK_SKEW, issuer.certificate.not_valid_before_utc)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(issued_at)
        .next_update(issued_at + life)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key), critical=False)
    )
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(one.at)
        if one.reason is not x509.ReasonFlags.unspecified:  # RFC 5280, 5.3.1: is left out then
            entry = entry.add_extension(x509.CRLReason(one.reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    unsigned = builder.sign(**_stand_in(issuer.key.algorithm)).public_bytes(Encoding.DER)
    parsed: Any = asn1_crl.CertificateList.load(unsigned)
    parsed["signature"] = core.OctetBitString(issuer.key.sign(parsed["tbs_cert_list"].dump()))
    return parsed.dump()


def build_request(subject: x509.Name, key: SigningKey) -> bytes:
    """A request for a certificate from an authority outside, PEM. Source: RFC 2986."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    unsigned = builder.sign(**_stand_in(key.algorithm)).public_bytes(Encoding.DER)
    parsed: Any = csr.CertificationRequest.load(unsigned)
    information = parsed["certification_request_info"]
    information["subject_pk_info"] = asn1_x509.PublicKeyInfo.load(_subject_info(key))
    parsed["signature"] = core.OctetBitString(key.sign(information.dump()))
    return x509.load_der_x509_csr(parsed.dump()).public_bytes(Encoding.PEM)


def _pointers(profile: Profile) -> Iterable[x509.ExtensionType]:
    """Under which policy it was issued, and where to find what speaks for it."""
    if profile.policy:
        yield x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(profile.policy), None)])
    if profile.crl_url:
        where = x509.UniformResourceIdentifier(profile.crl_url)
        yield x509.CRLDistributionPoints([x509.DistributionPoint([where], None, None, None)])
    if profile.issuer_url:
        issuer = x509.UniformResourceIdentifier(profile.issuer_url)
        yield x509.AuthorityInformationAccess(
            [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, issuer)]
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


class _StandIn(TypedDict):
    private_key: PrivateKey
    algorithm: SHA256 | SHA384 | SHA512 | None
    rsa_padding: PSS | PKCS1v15 | None


@cache
def _stand_in(algorithm: SignatureAlgorithm) -> _StandIn:
    """A key that signs first, so that the library writes everything but the signature; ours then takes its place."""
    digest = digest_for(algorithm)
    match algorithm:
        case SignatureAlgorithm.ECDSA_SHA256:
            return _StandIn(private_key=ec.generate_private_key(ec.SECP256R1()), algorithm=digest, rsa_padding=None)
        case SignatureAlgorithm.ECDSA_SHA384:
            return _StandIn(private_key=ec.generate_private_key(ec.SECP384R1()), algorithm=digest, rsa_padding=None)
        case SignatureAlgorithm.RSA_SHA256 | SignatureAlgorithm.RSA_PSS_SHA256:
            key = rsa.generate_private_key(65537, 2048)
            return _StandIn(private_key=key, algorithm=digest, rsa_padding=padding_for(algorithm))
        case SignatureAlgorithm.ED25519:
            return _StandIn(private_key=ed25519.Ed25519PrivateKey.generate(), algorithm=None, rsa_padding=None)


def _subject_info(key: SigningKey) -> bytes:
    return key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
