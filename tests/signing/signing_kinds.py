"""A signature by a key of each kind, under a small authority of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from signing_house import NOW

from signflow.signing.algorithms import SignatureAlgorithm
from signflow.signing.authentication import Authentication
from signflow.signing.keys.key import PrivateKey, SigningKey, SoftwareKey
from signflow.signing.keys.signer import OneShotSigner, SealSigner
from signflow.signing.trust import Trust

KINDS = ("P-256", "P-384", "RSA-3072", "RSA-4096", "RSA-1.5-3072", "Ed25519")
_DAY = dt.timedelta(days=1)


class OlderKey:
    """An RSA key that signs PKCS #1 v1.5, as a signing service does that offers nothing else."""

    algorithm = SignatureAlgorithm.RSA_SHA256

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.private = key
        self.public_key = key.public_key()

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def make_key(kind: str) -> SigningKey:
    match kind:
        case "P-256":
            return SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
        case "P-384":
            return SoftwareKey(ec.generate_private_key(ec.SECP384R1()))
        case "Ed25519":
            return SoftwareKey(ed25519.Ed25519PrivateKey.generate())
        case "RSA-1.5-3072":
            return OlderKey(rsa.generate_private_key(65537, 3072))
        case _:
            return SoftwareKey(rsa.generate_private_key(65537, int(kind.removeprefix("RSA-"))))


@dataclass(frozen=True)
class KindAuthority:
    """Issues one certificate, for the key it is given, to whomever asks."""

    root: x509.Certificate
    certificate: x509.Certificate
    crl: x509.CertificateRevocationList
    key: SigningKey

    @classmethod
    def make(cls, kind: str, now: dt.datetime = NOW) -> KindAuthority:
        key, root_key = make_key(kind), ec.generate_private_key(ec.SECP256R1())
        name = _name(f"Rot {kind}")
        root = _certificate(name, name, root_key.public_key(), root_key, now, authority=True)
        certificate = _certificate(_name("Anna Söderström"), name, key.public_key, root_key, now, authority=False)
        crl = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(name)
            .last_update(now - _DAY / 2)
            .next_update(now + _DAY)
            .add_extension(x509.CRLNumber(1), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        return cls(root, certificate, crl, key)

    def issue_one_shot(self, person: str, role: str, authentication: Authentication, now: dt.datetime) -> OneShotSigner:  # noqa: ARG002 - as every authority
        return OneShotSigner(*self._parts())

    def seal_signer(self, now: dt.datetime) -> SealSigner:  # noqa: ARG002 - as every authority
        return SealSigner(*self._parts())

    def trust(self, tsa_root_pem: bytes) -> Trust:
        return Trust((self.root.public_bytes(Encoding.PEM),), (tsa_root_pem,))

    def _parts(
        self,
    ) -> tuple[
        asn1_x509.Certificate, tuple[asn1_x509.Certificate, ...], tuple[asn1_crl.CertificateList, ...], SigningKey
    ]:
        certificate, root = (
            asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (self.certificate, self.root)
        )
        crl = asn1_crl.CertificateList.load(self.crl.public_bytes(Encoding.DER))
        return certificate, (root,), (crl,), self.key


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, public: object, signing: PrivateKey, now: dt.datetime, *, authority: bool
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    where = x509.DistributionPoint([x509.UniformResourceIdentifier("http://127.0.0.1/crl")], None, None, None)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)  # type: ignore[arg-type] - one of the kinds
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 365 * _DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.CRLDistributionPoints([where]), critical=False)
        .sign(signing, hashes.SHA256())  # type: ignore[arg-type] - as above
    )
