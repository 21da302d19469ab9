"""What pages show of a draft: read apart once, and kept among the drawings, since neither the draft nor how it is read changes.

Each is kept by the draft's digest and by its file's name, which the reader is told too. What cannot be read now is not
kept, and is read again when it is next asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signflow.blobs import digest_of
from signflow.minutes.difference.items import item_name
from signflow.rounds.model import Draft
from signflow.steps.ports import Ports
from signflow.steps.read_apart import lines_apart, read_apart

_NAME_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whom the minutes list as present, substitutes too, and as absent; in their order."""

    present: tuple[str, ...]
    absent: tuple[str, ...]


def read_lines(ports: Ports, draft: Draft) -> tuple[str, ...]:
    """The draft as a person sees it, by line or paragraph; empty where it cannot be read.

    Raises:
        IntegrityError: The bytes are not what they were.
        UnavailableError: The disk cannot be read.
    """

    def read() -> object:
        return lines_apart(ports.blobs.get(draft.source), draft.filename) or None

    return tuple(_once(ports, draft, "lines", read) or ())


def read_attendance(ports: Ports, draft: Draft, *, anew: bool = False) -> Attendance | None:
    """Who was at the meeting; None where the minutes cannot be read now.

    Args:
        ports: What the step works with.
        draft: Of which.
        anew: From the draft's bytes whatever is kept: for what is decided, and not only shown.

    Raises:
        IntegrityError: The bytes are not what they were.
        UnavailableError: The disk cannot be read.
    """

    def read() -> Mapping[str, Sequence[str]] | None:
        minutes = read_apart(ports.blobs.get(draft.source), draft.filename).minutes
        if minutes is None:
            return None
        listed = {"present": minutes.participants, "absent": minutes.absent}
        return {name: [one.name for one in people] for name, people in listed.items()}

    found = read() if anew else _once(ports, draft, "attendance", read)
    return Attendance(tuple(found["present"]), tuple(found["absent"])) if found else None


def read_places(ports: Ports, draft: Draft) -> Mapping[str, int]:
    """The line, or paragraph, at which each item begins, by number and title; empty where the minutes cannot be read now.

    Raises:
        IntegrityError: The bytes are not what they were.
        UnavailableError: The disk cannot be read.
    """

    def read() -> Mapping[str, int] | None:
        minutes = read_apart(ports.blobs.get(draft.source), draft.filename).minutes
        return {item_name(item): item.line for item in reversed(minutes.items)} if minutes else None

    return _once(ports, draft, "places", read) or {}


class _UnreadError(Exception):
    """There is nothing to keep."""


def _once(ports: Ports, draft: Draft, what: str, read: Callable[[], object]) -> Any:
    def draw() -> bytes:
        found = read()
        if found is None:
            raise _UnreadError
        return json.dumps(found, ensure_ascii=False).encode()

    name = f"{digest_of(draft.filename.encode())[:_NAME_DIGITS]}.{what}"
    try:
        return json.loads(ports.drawings.get(draft.source.digest, name, draw))
    except _UnreadError:
        return None
