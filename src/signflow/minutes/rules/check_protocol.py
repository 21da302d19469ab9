"""What statutory minutes must record and do not.

Source: Kommunallagen 5:66–67: who served, and for each matter the motions that were not withdrawn, the votes, the
decisions and the dissents; 5:47 and 6:28–30: who was disqualified; 8:12: the notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Item, Minutes, MinutesClass
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
_UNANIMOUS = re.compile(
    r"\benhällig|\bunanimous|\b(?:alla|samtliga)\s+ledamöter\s+(?:är|var)\s+ense|\bnemine\s+contradicente",
    re.IGNORECASE,
)
_FOR_ALL = re.compile(
    r"\b(?:sammanträdet|mötet|meeting|samtliga\s+(?:ärenden|paragrafer)|alla\s+(?:ärenden|paragrafer)|(?:något|inget)\s+(?:av\s+)?ärende\w*|"
    r"all\s+(?:items|matters)|any\s+(?:item|matter))\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"\banslag(?:s|et|\b)|\bnotice\b", re.IGNORECASE)


def check_records(minutes: Minutes) -> Iterator[Finding]:
    """Items with a decision that are silent about what the law wants recorded; one finding an item."""
    if minutes.minutes_class is not MinutesClass.PROTOCOL:
        return
    for_all = frozenset(field for field in Field if _is_said_for_all(minutes, field))
    for item in minutes.items:
        if not item.decisions:
            continue
        silent = [field for field in Field if field not in for_all and not _is_said(item, field)]
        if silent:
            quote = f"{item.label} {item.title}"
            yield remark(
                "protocol-item-silent", item.line, quote, title=item.title or item.label, fields=",".join(silent)
            )


def check_notice(minutes: Minutes) -> Iterator[Finding]:
    """No proof of notice: none is needed yet, and signflow makes one."""
    if minutes.minutes_class is not MinutesClass.PROTOCOL or minutes.notice:
        return
    if not any(_NOTICE.search(passage.text) for passage in _before_items(minutes)):
        yield remark("notice-missing")


def _before_items(minutes: Minutes) -> Iterator[Passage]:
    first = minutes.items[0].line if minutes.items else None
    return (passage for passage in passages(minutes) if first is None or passage.line < first)


def _is_said(item: Item, field: Field) -> bool:
    texts = _texts_under(item)
    # a decision on which all agree has neither other motions nor dissents
    agreed = field is not Field.DISQUALIFICATION and any(_UNANIMOUS.search(text) for text in texts)
    return agreed or any(_SPOKEN_OF[field].search(text) for text in texts)


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
