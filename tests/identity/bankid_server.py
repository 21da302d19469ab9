"""BankID on loopback: its API for relying parties as its documentation tells it, over TLS that asks for our certificate.

The person with the app is the test: it scans a QR code or opens a link, reads what is asked, and identifies itself or not.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import ipaddress
import json
import ssl
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)
TAKEN_UP_WITHIN_S = 5
PATH = "/rp/v6.0"
Answer = tuple[int, Any]
"""Status and body: what JSON can say, or bytes as they are."""


@dataclass
class Order:
    """What was asked, and how far it has come."""

    asked: dict[str, Any]
    reference: str = field(default_factory=lambda: str(uuid.uuid4()))
    auto_start_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    qr_start_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    qr_start_secret: str = field(default_factory=lambda: str(uuid.uuid4()))
    begun_at: float = field(default_factory=time.time)
    status: str = "pending"
    hint: str = "outstandingTransaction"
    completion: dict[str, Any] | None = None

    @property
    def purpose(self) -> str:
        """What the person reads."""
        return base64.b64decode(self.asked.get("userVisibleData", "")).decode()

    def approve(self, personal_number: str, name: str) -> None:
        """The person identifies themselves."""
        given, _, surname = name.rpartition(" ")
        self.status, self.hint = "complete", ""
        self.completion = {
            "user": {"personalNumber": personal_number, "name": name, "givenName": given, "surname": surname},
            "device": {"ipAddress": "192.0.2.7", "uhi": "OZvYM9VvyiAmG7NA5jU5zqGcVpo="},
            "bankIdIssueDate": "2024-02-01",
            "signature": base64.b64encode(self.signature(personal_number, name)).decode(),
            "ocspResponse": base64.b64encode(b"\x30\x03\x0a\x01\x00").decode(),
        }

    def fail(self, hint: str) -> None:
        """It ends without anybody."""
        self.status, self.hint = "failed", hint

    def signature(self, personal_number: str, name: str) -> bytes:
        """Formed as BankID forms it, about what was asked; no key stands behind it."""
        shown, unseen = self.asked.get("userVisibleData", ""), self.asked.get("userNonVisibleData", "")
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="no"?><Signature xmlns="http://www.w3.org/2000/09/xmldsig#">'
            "<SignedInfo/><SignatureValue>AA==</SignatureValue>"
            f"<KeyInfo><KeyName>{escape(name)} {personal_number}</KeyName></KeyInfo><Object>"
            '<bankIdSignedData xmlns="http://www.bankid.com/signature/v1.0.0/types" Id="bidSignedData">'
            f'<usrVisibleData charset="UTF-8" visible="wysiwys">{shown}</usrVisibleData>'
            f"<usrNonVisibleData>{unseen}</usrNonVisibleData>"
            "<clientInfo><funcId>Identification</funcId></clientInfo></bankIdSignedData></Object></Signature>"
        ).encode()


class BankIdServer:
    """The service. It can be stopped, and started again on the same port.

    Attributes:
        certificate: A PEM file with a certificate that it lets in, and its key.
        roots: A PEM file with the root of its own.
        orders: The orders it has taken, in their order.
        asked: Method and body of what came.
        instead: Answers for it while it is set: from the method and what it would have answered.
    """

    def __init__(self, folder: Path, *, name: str = "127.0.0.1", valid_until: dt.timedelta = 30 * DAY) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.roots = folder / "client.pem", folder / "root.pem"
        self.orders: list[Order] = []
        self.asked: list[tuple[str, Any]] = []
        self.instead: Callable[[str, Answer], Answer] | None = None
        root = Authority("Test SSL Root CA", self.roots)
        issuer = Authority("Testbank Customer CA", folder / "issuer.pem")
        issuer.certify("Signflow", self.certificate)
        root.certify("BankID", folder / "server.pem", address=name, valid_until=valid_until)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(folder / "server.pem")
        self._tls.load_verify_locations(folder / "issuer.pem")
        self._tls.verify_mode = ssl.CERT_REQUIRED
        self._one_at_a_time = threading.Lock()
        self.port = 0
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}{PATH}"

    def settings(self) -> dict[str, Any]:
        """What signflow is to be told of it."""
        files = {"bankid_certificate_file": str(self.certificate), "bankid_roots": str(self.roots)}
        return {"sign_in": "bankid", "bankid_url": self.url, **files}

    def scan(self, qr: str) -> Order:
        """The person's app reads a QR code; a LookupError if it is none, or not the one of now."""
        start, token, seconds, code = qr.split(".")
        for order in self.orders:
            wanted = hmac.digest(order.qr_start_secret.encode(), seconds.encode(), "sha256").hex()
            late = abs(time.time() - order.begun_at - int(seconds)) > TAKEN_UP_WITHIN_S
            if (start, token, code) == ("bankid", order.qr_start_token, wanted) and not late:
                order.hint = "userSign"
                return order
        raise LookupError(qr)

    def open_link(self, url: str) -> Order:
        """The link opens the app on the device where it stands; where its browser goes afterwards is in what was asked."""
        parts = urlsplit(url)
        token = parse_qs(parts.query)["autostarttoken"]
        for order in self.orders:
            if (parts.scheme, parts.netloc, token) == ("https", "app.bankid.com", [order.auto_start_token]):
                order.hint = "userSign"
                return order
        raise LookupError(url)

    def answer(self, method: str, body: bytes, media_type: str) -> Answer:
        """What the documentation says that it answers."""
        if media_type != "application/json":
            return _error(415, "unsupportedMediaType")
        try:
            members = json.loads(body)
        except ValueError:
            return _error(400, "invalidParameters")
        self.asked.append((method, members))
        match method:
            case "auth":
                return self._auth(members)
            case "collect":
                with self._one_at_a_time:
                    return self._collect(members)
            case _:
                return _error(404, "notFound")

    def _auth(self, members: dict[str, Any]) -> Answer:
        lengths = {"userVisibleData": 1500, "userNonVisibleData": 1500, "returnUrl": 512}
        try:
            ipaddress.ip_address(members["endUserIp"])
            fit = all(0 < len(members[name]) <= longest for name, longest in lengths.items() if name in members)
            base64.b64decode(members.get("userVisibleData", ""), validate=True).decode()
        except (KeyError, ValueError):
            return _error(400, "invalidParameters")
        if not fit or members.keys() - {"endUserIp", *lengths}:
            return _error(400, "invalidParameters")
        order = Order(members)
        self.orders.append(order)
        return 200, {
            "orderRef": order.reference,
            "autoStartToken": order.auto_start_token,
            "qrStartToken": order.qr_start_token,
            "qrStartSecret": order.qr_start_secret,
        }

    def _collect(self, members: dict[str, Any]) -> Answer:
        order = next((one for one in self.orders if one.reference == members.get("orderRef")), None)
        if order is None or order.status == "collected":
            return _error(400, "invalidParameters")
        answer: dict[str, Any] = {"orderRef": order.reference, "status": order.status}
        if order.status == "complete":
            answer["completionData"] = order.completion
        else:
            answer["hintCode"] = order.hint
        if order.status != "pending":
            order.status = "collected"
        return 200, answer

    def start(self) -> None:
        bank = self

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                method = self.path.removeprefix(f"{PATH}/")
                status, said = bank.answer(method, body, self.headers["Content-Type"])
                if bank.instead:
                    status, said = bank.instead(method, (status, said))
                data = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{bank.url}/collect")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
                pass

        self._server = _Quiet(("127.0.0.1", self.port), Requests)
        self.port = self._server.server_address[1]
        self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Authority:
    """Issues certificates.

    Attributes:
        file: Its own, as PEM.
    """

    def __init__(self, name: str, file: Path) -> None:
        self.file = file
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        own = self._builder(self._name, self._key, 30 * DAY).add_extension(constraints, critical=True)
        file.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def certify(self, name: str, file: Path, *, address: str = "", valid_until: dt.timedelta = 30 * DAY) -> None:
        """A certificate and its key into a file that its owner alone reads."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_named(name), key, valid_until)
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        own = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        file.touch(0o600)
        file.write_bytes(own + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, valid_until: dt.timedelta
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 60 * DAY)
            .not_valid_after(now + valid_until)
        )


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what some tests are about."""


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _error(status: int, code: str) -> Answer:
    return status, {"errorCode": code, "details": f"{code} in the call"}
