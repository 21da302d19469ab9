"""A list server on loopback: trusted lists over HTTPS, under a certificate that only its own root vouches for."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from signing_lists import Lists, State, Told, signer

DAY = dt.timedelta(days=1)


class ListServer:
    """Serves what is published. It can be stopped, and started again on the same port.

    Attributes:
        root: A PEM file with the root of its certificate.
        signers: A PEM file with whom the first list of lists is signed by.
        files: What lies under which path.
        asked: The paths that were asked for.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.root, self.signers = folder / "root.pem", folder / "signers.pem"
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(_certified(self.root, folder / "server.pem"))
        self.signers.write_bytes(signer("Kommissionen").certificate.public_bytes(Encoding.PEM))
        self.port = 0
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, Any]:
        """What signflow is to be told of it."""
        return {"trusted_lists_url": f"{self.url}/eu-lotl.xml", "trusted_lists_signers": str(self.signers)}

    def publish(self, *services: Told, number: int, **changes: Any) -> None:
        """One more issue of the list of lists, and of the list of SE with these services and whatever else is said of it."""
        issued_at = dt.datetime.now(dt.UTC).replace(microsecond=0) - DAY
        dates = {"issued_at": issued_at, "next_update_at": issued_at + 90 * DAY}
        self.files["/eu-lotl.xml"] = Lists(sequence=300 + number, under=self.url, **dates).xml()
        self.files["/SE.xml"] = State(services, **{"sequence": number, **dates, **changes}).xml()

    def start(self) -> None:
        files, asked = self.files, self.asked

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                data = files.get(self.path)
                self.send_response(404 if data is None else 200)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
                pass

        self._server = _Quiet(("127.0.0.1", self.port), Answer)
        self.port = self._server.server_address[1]
        self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not take our certificate is what some tests are about."""


def _certified(root_file: Path, server_file: Path) -> Path:
    now = dt.datetime.now(dt.UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in ("Rot", "Listor"))

    def certificate(subject: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + 30 * DAY)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        return builder.sign(root_key, hashes.SHA256())

    root_file.write_bytes(certificate(root_name, root_key.public_key(), ca=True).public_bytes(Encoding.PEM))
    own = certificate(name, key.public_key(), ca=False).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server_file.write_bytes(private + own)
    return server_file
