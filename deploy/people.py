"""People at the doors of a running signflow: they read their mails, follow links, read pages, type codes and press buttons.

Used by the demo and by the tests of the whole service; nothing here reaches past the doors.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import httpx

T = TypeVar("T")
_LINK = re.compile(r"https?://\S+/sign/[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
_SHOWN = re.compile(r'name="shown"\s+value="([0-9a-f]{64})"')
_FINGERPRINT = re.compile(r"[0-9a-f]{4}(?: [0-9a-f]{4}){3}")
_LOOK_S = 0.05


class NotYetError(Exception):
    """What was waited for did not come in time."""


def wait_for(what: str, look: Callable[[], T | None], within_s: float = 60) -> T:
    """What `look` finds, as soon as it finds something.

    Raises:
        NotYetError: It found nothing in time.
    """
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        found = look()
        if found is not None:
            return found
        time.sleep(_LOOK_S)
    raise NotYetError(what)


@dataclass(frozen=True, slots=True)
class Page:
    """What a person sees of a page."""

    status: int
    text: str

    @property
    def shown(self) -> str:
        """The digest that goes with the form."""
        found = _SHOWN.search(self.text)
        return found[1] if found else ""

    @property
    def fingerprint(self) -> str:
        """The fingerprint that is printed on the page."""
        found = _FINGERPRINT.search(html.unescape(re.sub(r"<[^>]+>", " ", self.text)))
        return found[0] if found else ""


class Person:
    """One person with a mailbox and a browser."""

    def __init__(self, name: str, address: str, mails: Path, web: str) -> None:
        self.name = name
        self.address = address
        self._mails = mails
        self._client = httpx.Client(headers={"Origin": web}, follow_redirects=True, timeout=30, trust_env=False)

    def close(self) -> None:
        """Close the browser."""
        self._client.close()

    def letters(self) -> list[EmailMessage]:
        """The mails that have come to this address, oldest first."""
        found = list[EmailMessage]()
        for file in sorted(self._mails.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if self.address in str(mail["To"]):
                found.append(mail)
        return found

    def link(self, within_s: float = 60) -> str:
        """The link in the latest invitation, once there is one."""
        return wait_for(f"an invitation for {self.name}", lambda: self._latest(_LINK), within_s)

    def code(self, not_this: str = "", within_s: float = 60) -> str:
        """The code in the latest mail that has one, once it is another than the one given."""

        def look() -> str | None:
            found = self._latest(_CODE)
            return found if found != not_this else None

        return wait_for(f"a code for {self.name}", look, within_s)

    def read(self, link: str) -> Page:
        """The page behind the link."""
        reply = self._client.get(link)
        return Page(reply.status_code, reply.text)

    def press(self, address: str, **fields: str) -> Page:
        """Send a form and see where it leads."""
        reply = self._client.post(address, data=fields)
        return Page(reply.status_code, reply.text)

    def sign(self) -> Page:
        """Follow the link, read, ask for a code, type it, and sign what was shown."""
        link = self.link()
        before = self._latest(_CODE) or ""
        self.press(f"{link}/code", read="yes")
        code = self.code(not_this=before)
        page = self.read(link)
        return self.press(link, code=code, shown=page.shown)

    def _latest(self, pattern: re.Pattern[str]) -> str | None:
        for mail in reversed(self.letters()):
            body = mail.get_body(("plain",))
            found = pattern.search(body.get_content()) if body else None
            if found:
                return found[found.lastindex or 0]
        return None
