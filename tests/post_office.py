"""A real mail server, and the letters that have come to it, read as people read them: one by one, each once."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, Self

from aiosmtpd.controller import Controller
from people import wait_for


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it came.

    Attributes:
        to: The address it was delivered to.
        subject: Decoded.
        html: The part that most people read.
        text: The part for those who want no HTML.
        files: What is attached, by name.
        message_id: Names the letter: another copy of the same has the same.
        reply_to: Where answers go.
    """

    to: str
    subject: str
    html: str
    text: str
    files: dict[str, bytes]
    message_id: str
    reply_to: str

    @property
    def code(self) -> str:
        """The code that it carries.

        Raises:
            StopIteration: It carries none.
        """
        reader = _Codes()
        reader.feed(self.html)
        return next(words.strip() for words in reader.found)


class PostOffice:
    """A mail server with boxes for everybody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unread: list[Letter] = []
        self.answers: dict[str, str] = {}
        """What is said to those who come with a letter to that address, where it is not taken in."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take letters to that address, or say why not."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        """Take a letter in."""
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        files = {str(part.get_filename()): _bytes(part) for part in mail.iter_attachments()}
        with self._lock:
            for address in envelope.rcpt_tos:
                letter = Letter(
                    address,
                    str(mail["Subject"]),
                    _part(mail, "html"),
                    _part(mail, "plain"),
                    files,
                    str(mail["Message-ID"]),
                    str(mail["Reply-To"]),
                )
                self._unread.append(letter)
        return "250 OK"

    def read(self, address: str, subject: str, within_s: float = 90) -> Letter:
        """The oldest unread letter to that address whose subject begins so, once it has come; then it is read.

        Raises:
            NotYetError: None came in time.
        """

        def look() -> Letter | None:
            with self._lock:
                for letter in self._unread:
                    if letter.to == address and letter.subject.startswith(subject):
                        self._unread.remove(letter)
                        return letter
            return None

        return wait_for(f"a letter to {address}: {subject}", look, within_s)

    def letters(self) -> tuple[Letter, ...]:
        """All that nobody has read, oldest first."""
        with self._lock:
            return tuple(self._unread)

    def unread(self) -> list[tuple[str, str]]:
        """Address and subject of what nobody has read."""
        with self._lock:
            return [(letter.to, letter.subject) for letter in self._unread]


class _Codes(HTMLParser):
    """The words of each paragraph that shows a code."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = False
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "p" and ("class", "code") in attrs

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "p"


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None, f"no {kind} part"
    return str(part.get_content())


def _bytes(part: Any) -> bytes:
    content = part.get_content()
    return content if isinstance(content, bytes) else str(content).encode()
