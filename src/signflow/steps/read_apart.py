"""Reading a draft in a process of its own, with a limit on its time and memory: a draft is whatever somebody dropped.

The reader keeps its own limits on size and depth; this is the wall behind them. One process has the reader loaded, and forks
itself for each draft (`reader`); it is started when first asked for, and anew after a draft that had to be cut off.
"""

from __future__ import annotations

import atexit
import math
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal

from signflow.minutes import Reading, remark


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one draft may take."""

    seconds: float = 10.0
    memory_bytes: int = 512_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """What the reading process is asked for."""

    task: Literal["read", "lines"]
    data: bytes
    filename: str
    memory_bytes: int
    cpu_s: int


def read_apart(data: bytes, filename: str, limits: Limits = Limits()) -> Reading:
    """What `read_draft` says, and which images cannot be set; never raises on bad input.

    A draft that takes more than it may, or that ends the process which reads it, comes back unread with the finding
    `draft-too-slow`.
    """
    answer = _READER.ask(_request("read", data, filename, limits), limits.seconds)
    return answer if isinstance(answer, Reading) else Reading(None, (remark("draft-too-slow"),))


def lines_apart(data: bytes, filename: str, limits: Limits = Limits()) -> tuple[str, ...]:
    """What `draft_lines` says; empty where that takes more than it may."""
    answer = _READER.ask(_request("lines", data, filename, limits), limits.seconds)
    return answer if isinstance(answer, tuple) else ()


def _request(task: Literal["read", "lines"], data: bytes, filename: str, limits: Limits) -> Request:
    return Request(task, data, filename, limits.memory_bytes, math.ceil(limits.seconds) + 1)


class _Reader:
    """The process that reads, and the way to it. One draft at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    def ask(self, request: Request, most_s: float) -> object:
        """The answer, None where there was none in time."""
        with self._lock:
            if self._running is None:
                self._running = _started()
            _, connection = self._running
            try:
                connection.send_bytes(pickle.dumps(request))
                if connection.poll(most_s):
                    return pickle.loads(connection.recv_bytes())  # noqa: S301 - from a process of our own
            except (EOFError, OSError):
                pass  # it has ended: no answer
            self._end()
            return None

    def end(self) -> None:
        """End the process; it starts again when it is asked for."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._running:
            process, connection = self._running
            self._running = None
            connection.close()
            os.killpg(process.pid, signal.SIGKILL)  # and the fork that may be at work
            process.wait()


def _started() -> tuple[subprocess.Popen[bytes], Connection]:
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", "signflow.steps.reader", str(theirs.fileno())]
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0
        )
    return process, Connection(ours.detach())


_READER = _Reader()
atexit.register(_READER.end)
