"""An authority of time with its own keys, lists and responder, on the other side of a real connection."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from signflow.line import Line
from signflow.signing.algorithms import SignatureAlgorithm
from signflow.signing.keys.key import SoftwareKey
from signflow.signing.keys.signer import Signer
from signflow.signing.outside.revocation import RevocationSources
from signflow.signing.timestamps.http import HttpTsa, TsaAddress
from signflow.signing.timestamps.token import TokenBuilder

Clock = Callable[[], dt.datetime]
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
TIME_STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class AnyKey(SoftwareKey):
    """A key of any size: what signflow does not sign with, others may."""

    def __init__(self, key: Key) -> None:
        self.algorithm = (
            SignatureAlgorithm.RSA_SHA256 if isinstance(key, rsa.RSAPrivateKey) else SignatureAlgorithm.ECDSA_SHA256
        )
        self.private = key


@dataclass
class Unit:
    """A key that signs tokens, with its certificate."""

    key: Key
    certificate: x509.Certificate

    def answer(self, request: bytes, at: dt.datetime, chain: Sequence[x509.Certificate]) -> bytes:
        parsed = tsp.TimeStampReq.load(request)
        signer = Signer(_asn1(self.certificate), tuple(map(_asn1, chain)), (), AnyKey(self.key))
        return TokenBuilder(signer).respond(
            parsed["message_imprint"].dump(), parsed["nonce"].dump(), at, with_certificates=True
        )


@dataclass
class TimeAuthority:
    """A root and the keys under it; what it does wrong is set by the test."""

    url: str = "http://127.0.0.1:1"
    clock: Clock = now
    root_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP384R1()))
    revoked: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    change: Callable[[bytes], bytes] = bytes
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    drip_s: float = 0.0
    crl_life: dt.timedelta = dt.timedelta(days=1)

    def __post_init__(self) -> None:
        name = _name("Tidsroten")
        self.root = _certificate(name, name, self.root_key.public_key(), self.root_key, self.clock(), authority=True)
        self.unit = self.new_unit()

    def new_unit(
        self,
        *,
        usages: Sequence[x509.ObjectIdentifier] = TIME_STAMPING,
        critical: bool = True,
        lists: Sequence[str] = ("/tsa.crl",),
        responder: bool = False,
        key: Key | None = None,
    ) -> Unit:
        key = key or ec.generate_private_key(ec.SECP256R1())
        extensions: list[tuple[x509.ExtensionType, bool]] = []
        if usages:
            extensions.append((x509.ExtendedKeyUsage(usages), critical))
        if lists:
            full = [x509.UniformResourceIdentifier(self.url + path) for path in lists]
            extensions.append(
                (x509.CRLDistributionPoints([x509.DistributionPoint([one], None, None, None) for one in full]), False)
            )
        if responder:
            where = x509.UniformResourceIdentifier(f"{self.url}/ocsp")
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)
            extensions.append((x509.AuthorityInformationAccess([access]), False))
        certificate = _certificate(
            _name("Tidsenheten"),
            self.root.subject,
            key.public_key(),
            self.root_key,
            self.clock(),
            extensions=extensions,
        )
        return Unit(key, certificate)

    def answer(self, request: bytes) -> bytes:
        return self.change(self.unit.answer(request, self.clock(), [self.root]))

    def crl(self) -> bytes:
        at = self.clock() - dt.timedelta(minutes=1)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.root.subject)
        builder = builder.last_update(at).next_update(at + self.crl_life)
        for number in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(at).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.root_key, hashes.SHA384()).public_bytes(Encoding.DER)

    def ocsp(self, request: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(request)
        revoked = asked.serial_number in self.revoked
        at = self.clock() - dt.timedelta(minutes=1)
        response = ocsp.OCSPResponseBuilder().add_response(
            cert=self.unit.certificate,
            issuer=self.root,
            algorithm=hashes.SHA1(),  # noqa: S303 -- names the certificate, as in the request
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=at + self.crl_life,
            revocation_time=at if revoked else None,
            revocation_reason=None,
        )
        signed = response.responder_id(ocsp.OCSPResponderEncoding.NAME, self.root).sign(self.root_key, hashes.SHA384())
        return signed.public_bytes(Encoding.DER)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    @property
    def roots(self) -> tuple[asn1_x509.Certificate, ...]:
        return (_asn1(self.root),)

    def client(self, within_s: float = 5, clock: Clock | None = None, **address: str) -> HttpTsa:
        line = Line(within_s)
        where = TsaAddress(**{"url": self.url, **address})
        return HttpTsa(where, self.roots, line, RevocationSources(line), clock or self.clock)


class Serving(ThreadingHTTPServer):
    """The authority behind HTTP: RFC 3161, 3.4; its lists at `/….crl`, its responder at `/ocsp`."""

    daemon_threads = True

    def __init__(self, port: int = 0, authority: TimeAuthority | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.authority = authority or TimeAuthority(f"http://127.0.0.1:{self.server_port}")
        self.gone = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gone.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Serving

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        authority = self.server.authority
        authority.accounts += self.headers.get_all("Authorization", [])
        if self.path == "/ocsp":
            self._answer("application/ocsp-response", lambda: authority.ocsp(body))
        else:
            self._answer("application/timestamp-reply", lambda: authority.answer(body))

    def do_GET(self) -> None:
        self._answer("application/pkix-crl", self.server.authority.crl)

    def _answer(self, media_type: str, make: Callable[[], bytes]) -> None:
        authority = self.server.authority
        authority.asked.append(f"{self.command} {self.path}")
        if self.path in authority.down:
            self.send_error(503)
            return
        body = make()
        self.send_response(authority.status)
        given = {"Content-Type": media_type, "Content-Length": str(len(body)), **authority.headers}
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        step = 1 if authority.drip_s else max(len(body), 1)
        for at in range(0, len(body), step):
            if self.server.gone.wait(authority.drip_s):
                break
            self.wfile.write(body[at : at + step])
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        """Say nothing."""


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tidgivaren"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(  # noqa: PLR0917 -- what stands in it
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    signing_key: ec.EllipticCurvePrivateKey,
    at: dt.datetime,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    *,
    authority: bool = False,
) -> x509.Certificate:
    usage = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(hours=1))
        .not_valid_after(at + dt.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signing_key, hashes.SHA384())


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
