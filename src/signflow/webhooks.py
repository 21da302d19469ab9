"""A webhook's receiver: one delivery is signed, posted, and its answer read as the specification says.

Source: Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from signflow.errors import SettingsError
from signflow.line import Line, LineError, Reply

_PREFIX = "whsec_"
_SHORTEST_BYTES, _LONGEST_BYTES = 24, 64
_LONGEST_WAIT = dt.timedelta(days=1)
_GONE = 410
_RETRIABLE = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a delivery came to.

    Attributes:
        reason: Why it failed, in a few technical words; empty if it was taken.
        gone: The receiver wants nothing more.
        is_down: Nothing else would be taken now either.
        wait: How long the receiver asks to be left alone.
    """

    reason: str = ""
    gone: bool = False
    is_down: bool = False
    wait: dt.timedelta = dt.timedelta(0)


class Receiver:
    """One webhook's address and secrets."""

    def __init__(self, name: str, url: str, line: Line, secrets: Callable[[], Sequence[str]]) -> None:
        """The receiver.

        Args:
            name: As the settings call it.
            url: Where to post.
            line: How requests travel.
            secrets: The present secret and, while it is changed, the one from before; asked at each delivery.
        """
        self._name, self._url, self._line, self._secrets = name, url, line, secrets

    def post(self, message_id: str, payload: str, now: dt.datetime) -> Answer:
        """Sign and post one delivery.

        Raises:
            SettingsError: A secret cannot be read, or is none.
        """
        body = payload.encode()
        stamp = str(int(now.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
            "webhook-signature": self._signatures(message_id, stamp, body),
        }
        try:
            return _answer(self._line.tell(self._url, body, headers=headers), now)
        except LineError as error:
            return Answer(str(error), is_down=True)

    def _signatures(self, message_id: str, stamp: str, body: bytes) -> str:
        """The header's value.

        Source: Standard Webhooks, "Signature scheme" and "Webhook headers".
        """
        content = b".".join((message_id.encode(), stamp.encode(), body))
        digests = (hmac.digest(self._key(secret), content, hashlib.sha256) for secret in self._secrets())
        return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)

    def _key(self, secret: str) -> bytes:
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not secret.startswith(_PREFIX) or not _SHORTEST_BYTES <= len(key) <= _LONGEST_BYTES:
            raise SettingsError("webhook-secret-invalid", hook=self._name) from None
        return key


def _answer(reply: Reply, now: dt.datetime) -> Answer:
    """Source: Standard Webhooks, "Delivery success and failure"."""
    if reply.is_success:
        return Answer()
    down = reply.status in _RETRIABLE
    wait = _wait(reply.retry_after, now) if down else dt.timedelta(0)
    return Answer(f"HTTP {reply.status}", gone=reply.status == _GONE, is_down=down, wait=wait)


def _wait(header: str, now: dt.datetime) -> dt.timedelta:
    """What Retry-After asks for, a day at the most; nothing if it cannot be read (RFC 9110, 10.2.3)."""
    try:
        if header.isascii() and header.isdigit():
            wait = dt.timedelta(seconds=min(int(header[:9]), _LONGEST_WAIT.total_seconds()))
        else:
            wait = parsedate_to_datetime(header).astimezone(dt.UTC) - now
    except (ValueError, OverflowError):
        return dt.timedelta(0)
    return min(max(wait, dt.timedelta(0)), _LONGEST_WAIT)
