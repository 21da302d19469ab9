"""Work on what strangers hand in, in a process of its own, with a limit on its time and memory.

Who reads such a file keeps limits of its own on size and depth; this is the wall behind them. A server has the reader
loaded, and forks itself for each piece of work (`serve`): what that does to its process ends with it. The server is started
when first asked, anew after work that had to be cut off, and ends when the one who asks does.
"""

from __future__ import annotations

import atexit
import math
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may take."""

    seconds: float = 10.0
    memory_bytes: int = 512_000_000


@dataclass(frozen=True, slots=True)
class _Request:
    task: str
    given: tuple[object, ...]
    limits: Limits


class Apart:
    """A server process, and the way to it. One piece of work at a time.

    Args:
        server: The module whose tasks it serves; run as a program with the number of a socket that it inherits.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None
        atexit.register(self.end)

    def start(self) -> None:
        """Have the process started, if it does not run. It loads what it needs by itself: nobody waits for it here."""
        with self._lock:
            self._start()

    def ask(self, task: str, *given: object, limits: Limits) -> object:
        """What the task answers; None where it took more than it may, or ended its process."""
        with self._lock:
            _, connection = self._start()
            try:
                connection.send_bytes(pickle.dumps(_Request(task, given, limits)))
                if connection.poll(limits.seconds):
                    return pickle.loads(connection.recv_bytes())  # noqa: S301 - from a process of our own
            except (EOFError, OSError):
                pass  # it has ended: no answer
            self._end()
            return None

    def end(self) -> None:
        """End the process; it starts again when it is asked for."""
        with self._lock:
            self._end()

    def _start(self) -> tuple[subprocess.Popen[bytes], Connection]:
        if self._running is None:
            ours, theirs = socket.socketpair()
            with theirs:
                process = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-m", self._server, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    process_group=0,
                )
            self._running = process, Connection(ours.detach())
        return self._running

    def _end(self) -> None:
        if self._running:
            process, connection = self._running
            self._running = None
            connection.close()
            os.killpg(process.pid, signal.SIGKILL)  # and the fork that may be at work
            process.wait()


def serve(connection: Connection, tasks: Mapping[str, Callable[..., object]]) -> None:
    """In the server: answer until nobody asks any more; what came to nothing is answered with None."""
    while True:
        try:
            request: _Request = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            _answer(connection, request, tasks)
        del request  # what was handed in may be large
        _, status = os.waitpid(child, 0)
        if status:
            connection.send_bytes(pickle.dumps(None))


def _answer(connection: Connection, request: _Request, tasks: Mapping[str, Callable[..., object]]) -> None:
    """In the fork: answer and end, whatever happens; ended without success means that there was no answer."""
    try:
        memory, cpu_s = request.limits.memory_bytes, math.ceil(request.limits.seconds) + 1
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        connection.send_bytes(pickle.dumps(tasks[request.task](*request.given)))
        os._exit(0)
    finally:
        os._exit(1)
