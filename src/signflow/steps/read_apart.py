"""Reading a draft in a process of its own (`apart`): a draft is whatever somebody dropped."""

from __future__ import annotations

from signflow.minutes import Reading, remark
from signflow.minutes.cutting import Cut
from signflow.steps.apart import Apart, Limits

DRAFT_LIMITS = Limits()
_READER = Apart("signflow.steps.reader")


def read_apart(data: bytes, filename: str, limits: Limits = DRAFT_LIMITS) -> Reading:
    """What `read_draft` says, and which images cannot be set; never raises on bad input.

    A draft that takes more than it may, or that ends the process which reads it, comes back unread with the finding
    `draft-too-slow`.
    """
    answer = _READER.ask("read", data, filename, limits=limits)
    return answer if isinstance(answer, Reading) else Reading(None, (remark("draft-too-slow"),))


def lines_apart(data: bytes, filename: str, limits: Limits = DRAFT_LIMITS) -> tuple[str, ...]:
    """What `draft_lines` says; empty where that takes more than it may."""
    answer = _READER.ask("lines", data, filename, limits=limits)
    return answer if isinstance(answer, tuple) else ()


def cut_apart(data: bytes, filename: str, numbers: frozenset[int], limits: Limits = DRAFT_LIMITS) -> Cut:
    """What `cut_items` says; that the draft cannot be cut, where that takes more than it may."""
    answer = _READER.ask("cut", data, filename, numbers, limits=limits)
    return answer if isinstance(answer, Cut) else Cut(None, "immediate-not-cuttable")
