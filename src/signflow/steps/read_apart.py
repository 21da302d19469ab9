"""Reading a draft in a process of its own, with a limit on its time and memory: a draft is whatever somebody dropped.

The reader keeps its own limits on size and depth; this is the wall behind them. One server process has the reader loaded
and forks itself for each draft, which costs 15 ms once it runs.
"""

from __future__ import annotations

import multiprocessing
import pickle
import resource
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import TypeVar

from signflow.minutes import Reading, read_draft, remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Minutes
from signflow.minutes.reading import draft_lines
from signflow.rendering.images import unusable_images

_LOADED_ONCE = ["__main__", __name__, "signflow.minutes.word.document"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one draft may take."""

    seconds: float = 10.0
    memory_bytes: int = 512_000_000


def read_apart(data: bytes, filename: str, limits: Limits = Limits()) -> Reading:
    """What `read_draft` says, and which images cannot be set; never raises on bad input.

    A draft that takes more than it may, or that ends the process which reads it, comes back unread with the finding
    `draft-too-slow`.
    """
    return _apart(_read, data, filename, limits) or Reading(None, (remark("draft-too-slow"),))


def lines_apart(data: bytes, filename: str, limits: Limits = Limits()) -> tuple[str, ...]:
    """What `draft_lines` says; empty where that takes more than it may."""
    return _apart(draft_lines, data, filename, limits) or ()


def _apart(do: Callable[[bytes, str], _T], data: bytes, filename: str, limits: Limits) -> _T | None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED_ONCE)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, do, data, filename, limits.memory_bytes), daemon=True)
    process.start()
    sender.close()
    try:
        return pickle.loads(receiver.recv_bytes()) if receiver.poll(limits.seconds) else None  # noqa: S301 - our own process
    except EOFError:
        return None
    finally:
        receiver.close()
        process.kill()
        process.join()
        process.close()


def _answer(
    sender: Connection, do: Callable[[bytes, str], object], data: bytes, filename: str, memory_bytes: int
) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    try:
        sender.send_bytes(pickle.dumps(do(data, filename)))
    except (MemoryError, RecursionError):
        sender.close()  # no answer is the answer


def _read(data: bytes, filename: str) -> Reading:
    reading = read_draft(data, filename)
    unusable = _unusable(reading.minutes) if reading.minutes else ()
    return replace(reading, findings=(*reading.findings, *unusable)) if unusable else reading


def _unusable(minutes: Minutes) -> tuple[Finding, ...]:
    return tuple(
        remark(reason, line) if reason == "image-too-large" else remark("image-unreadable", line, format="broken")
        for line, reason in unusable_images(minutes)
    )
