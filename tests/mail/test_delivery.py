from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr
from test_message import write

from signflow.errors import UnavailableError
from signflow.mail.delivery import FolderDelivery, Security, SmtpDelivery
from signflow.mail.message import Attachment


class Delivery(Protocol):
    def deliver(self, message: EmailMessage) -> None: ...


class Server:
    """A mail server that keeps what it is given, and answers as it is told."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.mails.append(envelope.content)
        return answer

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        return self.answers.get("QUIT", "221 Bye")


@contextmanager
def running(server: Server, **options: Any) -> Generator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def smtp(port: int, security: Security = "none", user: str = "", password: SecretStr | None = None) -> SmtpDelivery:
    return SmtpDelivery(host="127.0.0.1", port=port, security=security, user=user, password=password, timeout_s=5)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture(params=["folder", "smtp"])
def delivery(
    request: pytest.FixtureRequest, tmp_path: Path, server: Server
) -> Iterator[tuple[Delivery, Callable[[], list[bytes]]]]:
    if request.param == "folder":
        folder = tmp_path / "mails"
        yield FolderDelivery(folder), lambda: [file.read_bytes() for file in sorted(folder.glob("*.eml"))]
    else:
        with running(server) as port:
            yield smtp(port), lambda: server.mails


def test_what_arrives_is_what_was_written(delivery: tuple[Delivery, Callable[[], list[bytes]]]) -> None:
    port, arrived = delivery
    message = write(person="Łukasz Þór Nguyễn", reason="")
    port.deliver(message)
    (data,) = arrived()
    parsed = message_from_bytes(data, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    assert str(parsed["To"]) == "Łukasz Þór Nguyễn <anna@sodertorn.example>"
    assert parsed["Message-ID"] == message["Message-ID"]
    body = parsed.get_body(("plain",))
    assert body is not None
    assert "https://sign.example/sign/abc" in body.get_content()


def test_an_attachment_arrives_as_it_was(delivery: tuple[Delivery, Callable[[], list[bytes]]]) -> None:
    port, arrived = delivery
    pdf = bytes(range(256)) * 40_000 + b"\r\n.\r\nQUIT\n"  # the largest that goes with a letter, and what ends one
    port.deliver(
        write("receipt", address="åsa@sodertorn.example", attachment=Attachment("Å 1.pdf", pdf, "application/pdf"))
    )
    (data,) = arrived()
    parsed = message_from_bytes(data, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    (part,) = parsed.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("Å 1.pdf", pdf)


def test_an_address_beyond_ascii_arrives(delivery: tuple[Delivery, Callable[[], list[bytes]]]) -> None:
    port, arrived = delivery
    port.deliver(write(address="åsa@sodertorn.example"))
    (data,) = arrived()
    assert "åsa@sodertorn.example".encode() in data


def test_the_same_mail_is_the_same_file(tmp_path: Path) -> None:
    folder = FolderDelivery(tmp_path / "mails")
    message = write()
    folder.deliver(message)
    again = write()
    again.replace_header("Date", "Fri, 17 Jan 2020 09:00:00 +0000")
    folder.deliver(again)
    (file,) = (tmp_path / "mails").iterdir()
    assert file.name.startswith("20200117T083000Z-")
    assert file.suffix == ".eml"


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("in the way")
    with pytest.raises(UnavailableError, match="mail-unavailable"):
        FolderDelivery(tmp_path / "mails").deliver(write())


def test_a_server_that_is_down_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(UnavailableError, match="mail-unavailable"):
        smtp(port).deliver(write())


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("RCPT", "451 Greylisted, come again", "mail-unavailable"),
        ("RCPT", "550 No such user", "mail-refused"),
        ("DATA", "452 Disk full", "mail-unavailable"),
        ("DATA", "554 Looks like spam", "mail-refused"),
    ],
)
def test_what_the_server_says_no_to_is_visible(server: Server, step: str, answer: str, code: str) -> None:
    server.answers[step] = answer
    with running(server) as port, pytest.raises(UnavailableError) as caught:
        smtp(port).deliver(write())
    assert caught.value.code == code
    assert answer[:3] in str(caught.value.params["reason"])
    assert server.mails == []


def test_an_unfriendly_goodbye_does_not_unsend_the_mail(server: Server) -> None:
    server.answers["QUIT"] = "421 Went away"
    with running(server) as port:
        smtp(port).deliver(write())
    assert len(server.mails) == 1


def test_a_server_without_starttls_is_never_spoken_to_in_the_clear(server: Server) -> None:
    with running(server) as port, pytest.raises(UnavailableError, match="mail-unavailable"):
        smtp(port, "starttls").deliver(write())
    assert server.mails == []


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(made.public_bytes(Encoding.PEM))
    private = tmp_path / "server.key"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return pem, context


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    server: Server, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    _, context = certificate
    with running(server, tls_context=context) as port, pytest.raises(UnavailableError, match="mail-unavailable"):
        smtp(port, "starttls").deliver(write())
    assert server.mails == []


def test_a_mail_goes_over_verified_tls_with_an_account(
    server: Server, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.login == b"signflow" and data.password == b"hemligt")

    options = {"tls_context": context, "authenticator": authenticate, "auth_required": True, "require_starttls": True}
    with running(server, **options) as port:
        smtp(port, "starttls", "signflow", SecretStr("hemligt")).deliver(write())
        with pytest.raises(UnavailableError, match="mail-unavailable") as caught:
            smtp(port, "starttls", "signflow", SecretStr("fel")).deliver(write())
    assert len(server.mails) == 1
    assert "fel" not in str(caught.value)
