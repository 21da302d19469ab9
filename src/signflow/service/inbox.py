"""The inbox folder: what is dropped there is taken in, once it is whole, and moved aside.

A file that somebody still has open for writing is left alone (a read lease tells, where the system has leases);
elsewhere it must have lain unchanged for a while. What is taken goes to `received/`, what is refused to `refused/` with
a text beside it that says why. Nothing is deleted.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import signal
import sys
import time
from pathlib import Path

import structlog
from watchfiles import awatch

from signflow.errors import RefusedError, SignflowError
from signflow.steps.intake import LARGEST_DRAFT_BYTES, take_draft
from signflow.steps.ports import Ports

_log = structlog.get_logger()
_QUIET_S = 2.0
_LOOK_AGAIN_S = 0.2
_LOOK_ANYWAY_MS = 5000
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".swp", "~")
_RECEIVED = "received"
_REFUSED = "refused"


class Inbox:
    """One watched folder."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        self._folder = folder
        self._ports = ports

    async def watch(self) -> None:
        """Take in what is there and what comes, until cancelled."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._take_all()
        changes = awatch(
            self._folder, recursive=False, step=10, debounce=40, rust_timeout=_LOOK_ANYWAY_MS, yield_on_timeout=True
        )
        async for _ in changes:
            await self._take_all()

    async def _take_all(self) -> None:
        # the system tells nobody when a file is closed, so while somebody still writes we look again
        while await asyncio.to_thread(self.take_ready):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_AGAIN_S)

    def take_ready(self) -> bool:
        """Take in every file that is whole; whether some are not yet."""
        unfinished = False
        for path in sorted(self._folder.iterdir()):
            if path.name.startswith((".", "~$")) or path.name.endswith(_UNFINISHED):
                continue
            if path.is_symlink() or not path.is_file():
                continue
            if _is_whole(path):
                self._take(path)
            else:
                unfinished = True
        return unfinished

    def _take(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST_DRAFT_BYTES + 1)
            take_draft(self._ports, data, path.name, "inbox")
        except RefusedError as error:
            self._refuse(path, error)
        except (OSError, SignflowError) as error:  # it stays where it is, and is looked at again
            _log.warning("cannot take in a file of the inbox", error=str(error))
        else:
            _move(path, self._folder / _RECEIVED)

    def _refuse(self, path: Path, error: RefusedError) -> None:
        texts = self._ports.texts[self._ports.language]
        moved = _move(path, self._folder / _REFUSED)
        moved.with_name(moved.name + ".txt").write_text(texts(f"errors.{error.code}", **error.params) + "\n", "utf-8")


def _is_whole(path: Path) -> bool:
    """Whether nobody is writing the file any more."""
    if sys.platform == "linux":
        try:
            return _nobody_writes(path)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.EACCES, errno.ENOLCK, errno.EOPNOTSUPP}:
                return False
    try:
        return time.time() - path.stat().st_mtime >= _QUIET_S
    except OSError:
        return False


def _nobody_writes(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)  # whoever breaks the lease must not stop us
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        if error.errno == errno.EAGAIN:
            return False
        raise
    finally:
        os.close(descriptor)
    return True


def _move(path: Path, folder: Path) -> Path:
    """Move a file into a folder under a name that is not taken; where it is now."""
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    count = 1
    while target.exists():
        count += 1
        target = folder / f"{path.stem} ({count}){path.suffix}"
    return path.rename(target)
