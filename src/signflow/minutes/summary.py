"""The minutes as plain data, for interfaces and catalogues."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from signflow.minutes.model import Minutes, Person, Role


def summarise(minutes: Minutes) -> dict[str, Any]:
    """What the minutes say in short, as values that JSON has.

    Returns:
        `class`, `title`, `body`, `language`, `date` (`2020-01-16`), `start` and `end` (`15:15`), `place`, `secretary`,
        `adjusters`, `chair`, `participants` and `absent` (each `name`, `organisation`, `role`), and `items` (each
        `number`, `title`, `decisions`). A single value that the draft does not give is null.
    """
    return {
        "class": minutes.minutes_class.value,
        "title": minutes.title or None,
        "body": minutes.body or None,
        "language": minutes.language,
        "date": minutes.date.isoformat() if minutes.date else None,
        "start": _clock(minutes.start),
        "end": _clock(minutes.end),
        "place": minutes.place or None,
        "secretary": next(iter(minutes.named(Role.SECRETARY)), None),
        "adjusters": list(minutes.named(Role.ADJUSTER)),
        "chair": minutes.chair or None,
        "participants": _people(minutes.participants),
        "absent": _people(minutes.absent),
        "items": [
            {"number": item.number, "title": item.title, "decisions": [decision.text for decision in item.decisions]}
            for item in minutes.items
        ],
    }


def _clock(time: dt.time | None) -> str | None:
    return time.strftime("%H:%M") if time else None


def _people(people: Iterable[Person]) -> list[dict[str, str]]:
    return [{"name": person.name, "organisation": person.organisation, "role": person.role} for person in people]
