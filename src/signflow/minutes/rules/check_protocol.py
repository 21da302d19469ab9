"""What statutory minutes must record and do not.

Source: Kommunallagen 5:66–67: who served, and for each matter the motions that were not withdrawn, the votes, the
decisions and the dissents; 5:47 and 6:28–30: who was disqualified; 8:12: the notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Item, Minutes, MinutesClass
from signflow.minutes.recognition.ranges import written_ranges
from signflow.minutes.rules.formal import is_formal, says_unanimous
from signflow.minutes.words import Passage, item_passages, passages


class Field(StrEnum):
    """What each item with a decision speaks of, if only to say that there was none."""

    MOTIONS = "motions"
    DISQUALIFICATION = "disqualification"
    DISSENTS = "dissents"


_SPOKEN_OF: Mapping[Field, re.Pattern[str]] = {
    Field.MOTIONS: re.compile(
        r"\byrka(?:r|t|de)\b|yrkande\w*\b|\bbifall\w*|\bavslag\b|\bföresl(?:år|og|agit)\b|\bförslag(?:et|en)?\b|"
        r"\bmotions?\b|\bmove[sd]\b|\bpropos(?:es|ed|als?)\b",
        re.IGNORECASE,
    ),
    Field.DISQUALIFICATION: re.compile(
        r"\bjäv(?:et|ig\w*|s\w*)?\b|\bdisqualif\w+|\bconflicts?\s+of\s+interest|\bdeclar\w+\s+(?:of\s+)?(?:an\s+)?interests?\b|"
        r"\brecus\w+",
        re.IGNORECASE,
    ),
    Field.DISSENTS: re.compile(
        r"\breserver(?:ar|ade|at)\s+sig\b|\breservation(?:er|en|erna)?\b|\bdissent\w*|\breservations\b", re.IGNORECASE
    ),
}
_TITLES_SHOWN = 5
_FOR_ALL = re.compile(
    r"\b(?:sammanträdet|mötet|meeting|samtliga\s+(?:ärenden|paragrafer)|alla\s+(?:ärenden|paragrafer)|(?:något|inget)\s+(?:av\s+)?ärende\w*|"
    r"all\s+(?:items|matters)|any\s+(?:item|matter))\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"\banslag(?:s|et|\b)|\bnotice\b", re.IGNORECASE)


def check_records(minutes: Minutes) -> Iterator[Finding]:
    """Items with a decision that are silent about what the law wants recorded; those silent about the same, together."""
    if minutes.minutes_class is not MinutesClass.PROTOCOL:
        return
    for_all = frozenset(field for field in Field if _is_said_for_all(minutes, field))
    silent: dict[tuple[Field, ...], list[Item]] = {}
    for item in minutes.items:
        if item.decisions and not is_formal(item) and not any(map(says_unanimous, _texts_under(item))):
            fields = tuple(field for field in Field if field not in for_all and not _is_said(item, field))
            silent.setdefault(fields, []).append(item)
    for fields, items in silent.items():
        first, names = items[0], ",".join(fields)
        quote = f"{first.label} {first.title}"
        if fields and len(items) > 1:
            yield remark("protocol-items-silent", first.line, quote, items=_named(items), fields=names)
        elif fields:
            yield remark("protocol-item-silent", first.line, quote, title=first.title or first.label, fields=names)


def check_notice(minutes: Minutes) -> Iterator[Finding]:
    """No proof of notice: none is needed yet, and signflow makes one."""
    if minutes.minutes_class is not MinutesClass.PROTOCOL or minutes.notice:
        return
    if not any(_NOTICE.search(passage.text) for passage in _before_items(minutes)):
        yield remark("notice-missing")


def _before_items(minutes: Minutes) -> Iterator[Passage]:
    first = minutes.items[0].line if minutes.items else None
    return (passage for passage in passages(minutes) if first is None or passage.line < first)


def _named(items: Sequence[Item]) -> str:
    numbers = [item.number for item in items if item.number is not None]
    titles = [f'"{item.title or item.label}"' for item in items if item.number is None][:_TITLES_SHOWN]
    return ", ".join([*([written_ranges(numbers)] if numbers else []), *titles])


def _is_said(item: Item, field: Field) -> bool:
    return any(_SPOKEN_OF[field].search(text) for text in _texts_under(item))


def _is_said_for_all(minutes: Minutes, field: Field) -> bool:
    pattern = _SPOKEN_OF[field]
    if any(pattern.search(passage.text) for passage in _before_items(minutes)):
        return True
    return any(
        (pattern.search(item.title) and not item.decisions)
        or any(pattern.search(text) and _FOR_ALL.search(text) for text in _texts_under(item))
        for item in minutes.items
    )


def _texts_under(item: Item) -> list[str]:
    return [passage.text for passage in item_passages(item) if passage.line > item.line]
