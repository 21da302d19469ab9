"""A receiver of webhooks on loopback, over TLS, with an authority of its own. What it answers the test says."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NAME = "mottagare.example"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # an example from the specification's libraries
OTHER_SECRET = "whsec_" + "b3RoZXIgc2VjcmV0LCBsb25nIGVub3VnaCBmb3IgaXQ="


@dataclass(frozen=True)
class Taken:
    """A request as it came."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """It takes what is posted, and answers with `status`, `headers` and `body`.

    Attributes:
        trickles: Send the head a byte at a time, until the other side has had enough.
        most_at_once: How many requests were answered at the same time.
    """

    folder: Path
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    trickles: bool = False
    taken: list[Taken] = field(default_factory=list[Taken])
    port: int = 0
    at_once: int = 0
    most_at_once: int = 0

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.roots = self.folder / "root.pem"
        _certify(self.roots, self.folder / "server.pem")
        self._ended, self._counting = threading.Event(), threading.Lock()
        receiver = self

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append(Taken({k.lower(): v for k, v in self.headers.items()}, body))
                with receiver._counting:
                    receiver.at_once += 1
                    receiver.most_at_once = max(receiver.at_once, receiver.most_at_once)
                try:
                    self._reply()
                finally:
                    with receiver._counting:
                        receiver.at_once -= 1

            def _reply(self) -> None:
                if receiver.trickles:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
                    while not receiver._ended.wait(0.05):
                        self.wfile.write(b"y")
                    return
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
                pass

        self._server = _Quiet(("127.0.0.1", self.port), Requests)
        self.port = self._server.server_address[1]
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.folder / "server.pem")
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def url(self, host: str = "127.0.0.1") -> str:
        return f"https://{host}:{self.port}/hook"

    def settings(self, name: str = "diariet", **changed: Any) -> dict[str, Any]:
        """The webhook as it is set."""
        secret = write_secret(self.folder / "secret", SECRET)
        return {"name": name, "url": self.url(), "secret_file": secret, "roots": str(self.roots), **changed}


def write_secret(file: Path, secret: str) -> str:
    file.touch(0o600)
    file.write_text(f"{secret}\n", "utf-8")
    return str(file)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what some tests are about."""


def _certify(roots: Path, server: Path) -> None:
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in ("Root", NAME))
    now = dt.datetime.now(dt.UTC)

    def begun(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(root_name).public_key(public)
        times = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=9))
        return times.serial_number(x509.random_serial_number())

    constraints = x509.BasicConstraints(ca=True, path_length=None)
    root = begun(root_name, root_key.public_key()).add_extension(constraints, critical=True)
    roots.write_bytes(root.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    own = begun(name, key.public_key()).add_extension(names, critical=False).sign(root_key, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server.write_bytes(own.public_bytes(Encoding.PEM) + private)
