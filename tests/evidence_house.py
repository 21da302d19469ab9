"""Time-stamping authorities with a life of their own, and an archive that asks them over decades."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from archive.archive_samples import sample_package
from life import Life
from signflow.errors import UnavailableError
from signflow.signing.algorithms import AlgorithmPolicy, policy
from signflow.signing.evidence.planner import RenewalRules
from signflow.signing.keys.key import SoftwareKey
from signflow.signing.keys.signer import Signer
from signflow.signing.timestamps.token import TokenBuilder
from signflow.signing.timestamps.tsa import ReadyTsa
from signflow.signing.trust import Trust
from signflow.steps.renew_evidence import EvidenceRun, renew_evidence

BEGIN = dt.datetime(2027, 3, 1, 3, tzinfo=dt.UTC)
MARGIN = dt.timedelta(days=180)
_NUMBERS = count(1)  # no two roots of one name: programs that look for a root by its name find it


def years(number: float) -> dt.timedelta:
    return dt.timedelta(days=round(365.25 * number))


@dataclass
class OutsideTsa:
    """An authority whose certificate holds so long and no longer; it counts what it is asked."""

    begins_at: dt.datetime
    life: dt.timedelta = field(default_factory=lambda: years(10))
    name: str = field(default_factory=lambda: f"Stämpeltjänsten {next(_NUMBERS)}")
    curve: ec.EllipticCurve = field(default_factory=ec.SECP256R1)
    digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    now: dt.datetime = BEGIN
    calls: int = 0
    down: bool = False
    revoked_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        self._root_key, key = ec.generate_private_key(self.curve), ec.generate_private_key(self.curve)
        root_name, name = _name(f"{self.name} rot"), _name(self.name)
        builder = x509.CertificateBuilder().not_valid_before(self.begins_at).not_valid_after(self.begins_at + self.life)
        root = (
            builder.subject_name(root_name)
            .issuer_name(root_name)
            .public_key(self._root_key.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .sign(self._root_key, self.digest)
        )
        self._certificate = (
            builder.subject_name(name)
            .issuer_name(root_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .sign(self._root_key, self.digest)
        )
        self.root_pem = root.public_bytes(Encoding.PEM)
        self._root = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
        own = asn1_x509.Certificate.load(self._certificate.public_bytes(Encoding.DER))
        self._tokens = TokenBuilder(Signer(own, (self._root,), (), SoftwareKey(key)))
        self.roots = (self._root,)

    def crl(self, now: dt.datetime) -> asn1_crl.CertificateList:
        builder = x509.CertificateRevocationListBuilder().issuer_name(_name(f"{self.name} rot"))
        builder = builder.last_update(now).next_update(now + dt.timedelta(days=7))
        if self.revoked_at:
            entry = x509.RevokedCertificateBuilder().serial_number(self._certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(self.revoked_at).build())
        made = builder.sign(self._root_key, self.digest)
        return asn1_crl.CertificateList.load(made.public_bytes(Encoding.DER))

    def crls(self, now: dt.datetime) -> tuple[asn1_crl.CertificateList, ...]:
        return (self.crl(now),)

    def ready(self, now: dt.datetime) -> ReadyTsa:
        if self.down:
            raise UnavailableError("tsa-unavailable", url=self.name, reason="down")
        self.now = now
        certificate = asn1_x509.Certificate.load(self._certificate.public_bytes(Encoding.DER))
        return ReadyTsa(self.name, False, (certificate,), self.roots, self.crls(now), 4000, self._answer)

    def _answer(self, request: bytes) -> bytes:
        self.calls += 1
        parsed = tsp.TimeStampReq.load(request)
        imprint, nonce = parsed["message_imprint"].dump(), parsed["nonce"].dump()
        return self._tokens.respond(imprint, nonce, self.now, with_certificates=True)


class EvidenceHouse:
    """A house with an archive, whose clock and authority are moved."""

    def __init__(self, data: Path, tsa: OutsideTsa | None = None) -> None:
        self.life = Life(data)
        self.tsa = tsa or OutsideTsa(BEGIN)
        self.authorities: list[OutsideTsa] = []
        self.use(self.tsa)
        self.at(BEGIN)
        self.rules(MARGIN)

    def close(self) -> None:
        self.life.close()

    def use(self, tsa: OutsideTsa) -> None:
        """Ask another authority from now on; those before are still believed."""
        self.tsa = tsa
        self.authorities.append(tsa)
        roots = tuple(one.root_pem for one in self.authorities)
        self.life.with_ports(tsa=tsa, outside=Trust(roots=(), tsa_roots=roots))

    def at(self, now: dt.datetime) -> None:
        self.now = now
        self.life.with_ports(clock=lambda: now)

    def rules(self, margin: dt.timedelta, *ended: tuple[str, dt.datetime]) -> None:
        """Renew so long before; these algorithms end then."""
        self.life.with_ports(renewal=RenewalRules(ending(*ended), margin))

    def archive(self, *seeds: int) -> None:
        for seed in seeds:
            self.life.ports.archive.ingest(sample_package(seed), now=self.now)

    def run(self) -> EvidenceRun:
        return renew_evidence(self.life.ports)


def ending(*ended: tuple[str, dt.datetime]) -> AlgorithmPolicy:
    """The table of today, but for algorithms that end then."""
    known = policy()
    dates = dict(ended)
    terms = [replace(term, until=dates.get(term.family, term.until)) for term in known.terms]
    return AlgorithmPolicy(known.name, tuple(terms))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
