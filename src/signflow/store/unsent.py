"""What somebody has written and could not send yet, kept for as long as it takes to show once more who they are.

It is nobody's word before it is sent: no part of a document's history, in no backup, and gone after a while whatever happens.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from signflow.durable import write_whole

LIFETIME = dt.timedelta(hours=1)
MOST_KEPT = 500
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


class Unsent:
    """A folder of such words, each in a file named by the SHA-256 of the key that its writer's browser alone holds."""

    def __init__(self, folder: Path, clock: Callable[[], dt.datetime], most: int = MOST_KEPT) -> None:
        """The words of that folder.

        Args:
            folder: Need not exist.
            clock: Says when they are too old.
            most: How many are kept; beyond that the oldest give way.
        """
        self._folder = folder
        self._clock = clock
        self._most = most

    def keep(self, words: bytes) -> str:
        """The key under which they can be read again for `LIFETIME`. Where the disk is full or away they are not kept."""
        key, now = secrets.token_urlsafe(32), self._clock().timestamp()
        try:
            self._make_room(now)
            write_whole(self._path(key), words)
            os.utime(self._path(key), (now, now))
        except OSError:
            return key  # whoever wrote them has them before their eyes still
        return key

    def read(self, key: str) -> bytes | None:
        """The words of that key; None if there are none, or none any more."""
        if not _KEY.fullmatch(key):
            return None
        try:
            kept_s = self._clock().timestamp() - self._path(key).stat().st_mtime
            return self._path(key).read_bytes() if kept_s < LIFETIME.total_seconds() else None
        except OSError:
            return None

    def drop(self, key: str) -> None:
        """Forget them."""
        if _KEY.fullmatch(key):
            self._path(key).unlink(missing_ok=True)

    def _make_room(self, now: float) -> None:
        found = sorted((path.stat().st_mtime, path) for path in self._folder.glob("*"))
        surplus = len(found) - self._most + 1
        for number, (kept_at, path) in enumerate(found):
            if number < surplus or now - kept_at >= LIFETIME.total_seconds():
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / sha256(key.encode()).hexdigest()
