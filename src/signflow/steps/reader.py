"""The process that reads drafts for `read_apart`: `python -m signflow.steps.reader SOCKET`, where SOCKET is a number it inherits.

It loads the reader once and forks itself for each draft: what a draft does to its process ends with it. It ends when the one
who asks does.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from signflow.minutes import Reading, read_draft, remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Minutes
from signflow.minutes.reading import draft_lines
from signflow.rendering.images import unusable_images

if TYPE_CHECKING:
    from signflow.steps.read_apart import Request


def serve(connection: Connection) -> None:
    """Answer requests until nobody asks any more; a request that came to nothing is answered with None."""
    while True:
        try:
            request: Request = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            _answer(connection, request)
        _, status = os.waitpid(child, 0)
        if status:
            connection.send_bytes(pickle.dumps(None))


def _answer(connection: Connection, request: Request) -> None:
    """In the fork: answer and end, whatever happens; ended without success means that there was no answer."""
    try:
        resource.setrlimit(resource.RLIMIT_AS, (request.memory_bytes, request.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (request.cpu_s, request.cpu_s))
        answer = pickle.dumps(_TASKS[request.task](request.data, request.filename))
        connection.send_bytes(answer)
        os._exit(0)
    finally:
        os._exit(1)


def _read(data: bytes, filename: str) -> Reading:
    reading = read_draft(data, filename)
    unusable = _unusable(reading.minutes) if reading.minutes else ()
    return replace(reading, findings=(*reading.findings, *unusable)) if unusable else reading


def _unusable(minutes: Minutes) -> tuple[Finding, ...]:
    return tuple(
        remark(reason, line) if reason == "image-too-large" else remark("image-unreadable", line, format="broken")
        for line, reason in unusable_images(minutes)
    )


_TASKS: Mapping[str, Callable[[bytes, str], object]] = {"read": _read, "lines": draft_lines}

if __name__ == "__main__":
    importlib.import_module("signflow.minutes.word.document")  # before the fork, or each Word draft would load it
    serve(Connection(int(sys.argv[1])))
