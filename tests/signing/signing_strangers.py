"""Signatures as other programs make them: another authority, other algorithms, other formats, pyHanko's own writer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signflow.signing.trust import Trust

DER = serialization.Encoding.DER
LIFE = dt.timedelta(days=7)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        plain = serialization.NoEncryption()
        return asn1_keys.PrivateKeyInfo.load(self.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, plain))


def make_key(kind: str = "p256") -> Any:
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p192": ec.SECP192R1(), "p224": ec.SECP224R1()}[kind])


def certify(
    name: str,
    key: Any,
    issuer: Holder | None,
    at: dt.datetime,
    *,
    use: str = "sign",
    digest: Any = None,
    days: int = 3650,
) -> Holder:
    """A certificate for `use`: `ca`, `sign`, `tsa` or `ocsp`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(days=1))
        .not_valid_after(at + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=use == "ca", path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    flags = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    flags |= {"ca": {"key_cert_sign": True, "crl_sign": True}, "sign": {"content_commitment": True}}.get(
        use, {"digital_signature": True}
    )
    builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
    if use in ("tsa", "ocsp"):
        purpose = ExtendedKeyUsageOID.TIME_STAMPING if use == "tsa" else ExtendedKeyUsageOID.OCSP_SIGNING
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    if use == "sign":
        where = x509.UniformResourceIdentifier("http://ocsp.example")
        told = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)
        builder = builder.add_extension(x509.AuthorityInformationAccess([told]), critical=False)
    if use == "ocsp":
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Holder(builder.sign(signer, digest or hashes.SHA256()), key)


def revocation_list(issuer: Holder, at: dt.datetime, revoked: tuple[Holder, ...] = ()) -> bytes:
    entries = [
        x509.RevokedCertificateBuilder()
        .serial_number(one.certificate.serial_number)
        .revocation_date(at - dt.timedelta(hours=1))
        .build()
        for one in revoked
    ]
    builder = x509.CertificateRevocationListBuilder(
        issuer.certificate.subject, at - dt.timedelta(hours=2), at + LIFE, revoked_certificates=entries
    ).add_extension(x509.CRLNumber(1), critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return builder.add_extension(identifier, critical=False).sign(issuer.key, hashes.SHA256()).public_bytes(DER)


def answer(about: Holder, issuer: Holder, responder: Holder, at: dt.datetime) -> asn1_ocsp.OCSPResponse:
    """A responder says that the certificate is good."""
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about.certificate,
            issuer=issuer.certificate,
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=at - dt.timedelta(minutes=1),
            next_update=at + LIFE,
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        .certificates([responder.certificate])
        .sign(responder.key, hashes.SHA256())
    )
    return asn1_ocsp.OCSPResponse.load(response.public_bytes(DER))


@dataclass(frozen=True)
class Stranger:
    """An authority elsewhere, with one signatory and a time-stamping authority."""

    at: dt.datetime
    root: Holder
    signatory: Holder
    tsa_root: Holder
    tsa: Holder

    @classmethod
    def open(
        cls, at: dt.datetime, *, root: str = "p256", signatory: str = "p256", tsa: str = "rsa2048", digest: Any = None
    ) -> Stranger:
        authority = certify("Främmande rot", make_key(root), None, at, use="ca")
        clock = certify("Främmande tidsrot", make_key(), None, at, use="ca")
        return cls(
            at,
            authority,
            certify("Nils Främling", make_key(signatory), authority, at, digest=digest, days=365),
            clock,
            certify("Främmande tidsstämpling", make_key(tsa), clock, at, use="tsa", days=1000),
        )

    def trust(self, **more: Any) -> Trust:
        lists = (revocation_list(self.root, self.at), revocation_list(self.tsa_root, self.at))
        return Trust((self.root.der,), (self.tsa_root.der,), **{"crls": lists, **more})

    def signer(self, **more: Any) -> signers.SimpleSigner:
        return signers.SimpleSigner(
            signing_cert=self.signatory.asn1,
            signing_key=self.signatory.asn1_key,
            cert_registry=SimpleCertificateStore.from_certs([self.root.asn1]),
            **more,
        )

    def stamper(self, at: dt.datetime | None = None) -> DummyTimeStamper:
        return DummyTimeStamper(
            tsa_cert=self.tsa.asn1,
            tsa_key=self.tsa.asn1_key,
            certs_to_embed=SimpleCertificateStore.from_certs([self.tsa_root.asn1]),
            fixed_dt=at or self.at,
        )

    def sign(self, pdf: bytes, field: str = "Främmande", *, stamped: bool = True, **metadata: Any) -> bytes:
        """A signature by pyHanko, in a new field if there is none of that name."""
        how: dict[str, Any] = {"subfilter": fields.SigSeedSubFilter.PADES, "md_algorithm": "sha256", **metadata}
        out = signers.PdfSigner(
            signers.PdfSignatureMetadata(field_name=field, **how),
            signer=self.signer(),
            timestamper=self.stamper() if stamped else None,
        ).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
        return out.getvalue()

    def stamp(self, pdf: bytes, at: dt.datetime | None = None) -> bytes:
        """A document timestamp by pyHanko."""
        out = signers.PdfTimeStamper(self.stamper(at)).timestamp_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), "sha256")
        return out.getvalue()
