"""The process that reads drafts for `read_apart`: `python -m signflow.steps.reader SOCKET`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection

from signflow.minutes import Reading, read_draft, remark
from signflow.minutes.cutting import cut_items
from signflow.minutes.findings import Finding
from signflow.minutes.model import Minutes
from signflow.minutes.reading import draft_lines
from signflow.rendering.images import unusable_images
from signflow.steps.apart import serve


def _read(data: bytes, filename: str) -> Reading:
    reading = read_draft(data, filename)
    unusable = _unusable(reading.minutes) if reading.minutes else ()
    return replace(reading, findings=(*reading.findings, *unusable)) if unusable else reading


def _unusable(minutes: Minutes) -> tuple[Finding, ...]:
    return tuple(
        remark(reason, line) if reason == "image-too-large" else remark("image-unreadable", line, format="broken")
        for line, reason in unusable_images(minutes)
    )


_TASKS: Mapping[str, Callable[..., object]] = {"read": _read, "lines": draft_lines, "cut": cut_items}

if __name__ == "__main__":
    importlib.import_module("signflow.minutes.word.document")  # before the fork, or each Word draft would load it
    serve(Connection(int(sys.argv[1])), _TASKS)
