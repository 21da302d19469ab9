"""Handing mails over: to an SMTP server, or into a folder where no server is set."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from signflow.durable import write_whole
from signflow.errors import UnavailableError

Security = Literal["starttls", "tls", "none"]
_PERMANENT = range(500, 600)
_NAME_DIGITS = 32


class FolderDelivery:
    """Writes each mail as one `.eml` file, named by its date and Message-ID; the same mail is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: EmailMessage) -> None:
        """Write the mail so that it is there whole, and stays, before this returns.

        Raises:
            UnavailableError: The folder cannot be written (`mail-unavailable`).
        """
        digest = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:_NAME_DIGITS]
        stamp = parsedate_to_datetime(str(message["Date"])).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not any(self._folder.glob(f"*-{digest}.eml")):
                write_whole(self._folder / f"{stamp}-{digest}.eml", _bytes_of(message))
        except OSError as error:
            raise UnavailableError("mail-unavailable", reason=error.strerror or str(error)) from error


class SmtpDelivery:
    """Hands each mail to an SMTP server (RFC 5321), over TLS that is verified unless security is `none`."""

    def __init__(  # noqa: PLR0913 -- the settings of one connection, each named
        self, *, host: str, port: int, security: Security, user: str, password: SecretStr | None, timeout_s: float
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._user = user
        self._password = password
        self._timeout_s = timeout_s

    def deliver(self, message: EmailMessage) -> None:
        """Return once the server has taken responsibility for the mail.

        Raises:
            UnavailableError: The server is down, not to be trusted, or says to come again (`mail-unavailable`), or it
                will have nothing to do with the recipient or the mail (`mail-refused`).
        """
        recipient = message["To"].addresses[0].addr_spec
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _failure(code, text, recipient) from error
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPSenderRefused) as error:
            raise UnavailableError("mail-unavailable", reason=_answer(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code, error.smtp_error, recipient) from error
        except smtplib.SMTPException as error:
            raise UnavailableError("mail-unavailable", reason=str(error)) from error
        except OSError as error:
            raise UnavailableError("mail-unavailable", reason=error.strerror or str(error)) from error

    @contextmanager
    def _connection(self) -> Generator[smtplib.SMTP]:
        if self._security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout_s, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            if self._security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password.get_secret_value() if self._password else "")
            yield server
        finally:
            # the mail is the server's once DATA is answered: what becomes of the goodbye must not send it again
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _failure(code: int, text: bytes | str, recipient: str) -> UnavailableError:
    if code in _PERMANENT:
        return UnavailableError("mail-refused", address=recipient, reason=_answer(code, text))
    return UnavailableError("mail-unavailable", reason=_answer(code, text))


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:200]


def _bytes_of(message: EmailMessage) -> bytes:
    international = not all(address.addr_spec.isascii() for address in message["To"].addresses)
    return message.as_bytes(policy=SMTPUTF8 if international else SMTP)
