"""What is drawn or read of blobs, kept beside them so that it is done once: page images and text, by the digest of the blob.

Nothing here is ever missed: what was removed, or is not whole, is drawn anew. So it is in no backup.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from signflow.durable import write_expendable

MOST_BYTES = 2_000_000_000
_DIGEST_BYTES = hashlib.sha256().digest_size


class Drawings:
    """A folder of drawings: `<form>/<first two digits>/<digest>.<name>`, each a SHA-256 over its name and bytes, then the bytes.

    It takes 2 GB at most; beyond that the oldest give way.
    """

    def __init__(self, folder: Path, form: str, most_bytes: int = MOST_BYTES) -> None:
        """The drawings of that folder.

        Args:
            folder: Need not exist.
            form: What draws them. Those that another drew are not shown.
            most_bytes: How many bytes are kept.
        """
        self._folder = folder
        self._form = form
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._in_hand = dict[Path, Future[bytes]]()
        self._room_bytes = 0  # that may be filled before the folder is looked through

    def get(self, digest: str, name: str, draw: Callable[[], bytes]) -> bytes:
        """That drawing, drawn now if it is not kept. Who asks for it while it is drawn gets that one.

        Where the disk is full or away it is drawn and not kept.

        Args:
            digest: Of what is drawn.
            name: Which drawing of it.
            draw: Draws it; whatever it raises is raised here, to all who wait for it.
        """
        kept = self.read(digest, name)
        if kept is not None:
            return kept
        path = self._path(digest, name)
        with self._lock:
            others = self._in_hand.get(path)
            mine = self._in_hand.setdefault(path, Future())
        if others:
            return others.result()
        try:
            drawn = self.read(digest, name)  # whoever had it in hand may have put it down since
            if drawn is None:
                drawn = draw()
                self._keep(path, _seal(digest, name, drawn) + drawn)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(drawn)
            return drawn
        finally:
            with self._lock:
                del self._in_hand[path]

    def read(self, digest: str, name: str) -> bytes | None:
        """That drawing; None if it is not kept whole."""
        try:
            held = self._path(digest, name).read_bytes()
        except OSError:
            return None
        drawn = held[_DIGEST_BYTES:]
        return drawn if _seal(digest, name, drawn) == held[:_DIGEST_BYTES] else None

    def drop(self, digest: str) -> None:
        """Remove all drawings of what nobody is shown any more."""
        try:
            for path in self._path(digest, "").parent.glob(f"{digest}.*"):
                path.unlink(missing_ok=True)
        except OSError:
            return  # they give way when there is no room

    def _keep(self, path: Path, data: bytes) -> None:
        try:
            with self._lock:
                if self._room_bytes < len(data):
                    self._room_bytes = self._make_room(len(data))
                self._room_bytes -= len(data)
            write_expendable(path, data)
        except OSError:
            return  # it has been drawn, which is what was asked for

    def _make_room(self, wanted_bytes: int) -> int:
        """Remove the oldest if there is no such room, a tenth of all at a time; how much room there is then."""
        found = [(path, path.stat()) for path in self._folder.rglob("*") if path.is_file()]
        held_bytes = sum(about.st_size for _, about in found)
        if held_bytes + wanted_bytes > self._most_bytes:
            for path, about in sorted(found, key=lambda one: one[1].st_mtime_ns):
                path.unlink(missing_ok=True)
                held_bytes -= about.st_size
                if held_bytes + wanted_bytes <= self._most_bytes * 9 // 10:
                    break
        return self._most_bytes - held_bytes

    def _path(self, digest: str, name: str) -> Path:
        return self._folder / self._form / digest[:2] / f"{digest}.{name}"


def _seal(digest: str, name: str, drawn: bytes) -> bytes:
    """What tells a drawing that is whole, and in its place, from any other bytes."""
    seal = hashlib.sha256(f"{digest}.{name}\n".encode())
    seal.update(drawn)
    return seal.digest()
