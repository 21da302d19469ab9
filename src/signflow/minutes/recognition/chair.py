"""Who was elected to lead the meeting, where an item says so and no list does, as at the annual meeting of an association."""

from __future__ import annotations

import re
from collections.abc import Iterable

from signflow.minutes.model import Item, Paragraph, Role, Signatory
from signflow.minutes.recognition.people import is_name

_ITEMS = 8  # a meeting elects its chair before it deals with anything
_TEXT_CHARACTERS = 300
_OFFICE = (
    r"(?:mötes|stämmo|årsmötes)ordförande(?:n)?|ordförande\s+(?:för|vid|på)\s+(?:dagens\s+)?(?:mötet?|årsmötet|stämman)"
    r"|chair\w*\s+of\s+the\s+meeting"
)
_ELECTED = r"(?:valdes|väljs|utsågs|utses|was\s+elected|is\s+elected)"
_BEFORE_NAME = re.compile(rf"(?:{_OFFICE})\s*(?::|{_ELECTED})\s*", re.IGNORECASE)
_AFTER_NAME = re.compile(rf"\s+{_ELECTED}\s+(?:till\s+|as\s+|som\s+)?(?:{_OFFICE})", re.IGNORECASE)
_NAME_ENDS = re.compile(r"[.,;(]|\s(?:och|samt|som|att|till|and|as)\s")


def elected_chair(items: Iterable[Item]) -> Signatory | None:
    """The person whom a sentence of one of the first items elects to lead the meeting; None if none does."""
    for item in tuple(items)[:_ITEMS]:
        for block in item.blocks:
            name = _elected(block.text[:_TEXT_CHARACTERS]) if isinstance(block, Paragraph) else ""
            if name:
                return Signatory(name, Role.CHAIR, block.line)
    return None


def _elected(text: str) -> str:
    before, after = _BEFORE_NAME.search(text), _AFTER_NAME.search(text)
    found = ""
    if before:
        found = _NAME_ENDS.split(text[before.end() :], maxsplit=1)[0].strip()
    elif after:
        found = text[: after.start()].rpartition(". ")[2].strip()
    return found if is_name(found) and " " in found else ""
