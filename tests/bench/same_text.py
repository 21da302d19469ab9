"""One text for all renderers: the sample, made longer, and said a little differently each time.

Every paragraph and every row holds a number that no other turn has, so that no renderer can answer from memory.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymupdf_fonts

from real_minutes import SAMPLE
from signflow.minutes import read_draft
from signflow.minutes.model import Attendance, Decision, Fact, FrontPart, Minutes

FACES = {"figo": ("normal", 400), "figbo": ("normal", 700), "figit": ("italic", 400), "figbi": ("italic", 700)}
TOP_PT, BOTTOM_PT, LEFT_PT, RIGHT_PT = 88, 74, 91, 79  # the house's margins
_HEADING = re.compile(r"^(#+ )\d+\.", re.MULTILINE)
_CLOSING = "Vid anteckningarna"
_LONG_LINE = 50


def draft(copies: int, turn: int) -> bytes:
    """The sample with its items that many times, numbered through, as a draft in Markdown."""
    text = SAMPLE.read_text("utf-8")
    begin, end = text.index("### 1."), text.index(_CLOSING)
    numbers = itertools.count(1)
    items = _HEADING.sub(lambda match: f"{match[1]}{next(numbers)}.", text[begin:end] * copies)
    lines = (text[:begin] + items + text[end:]).split("\n")
    return "\n".join(
        f"{line} ({turn}/{number})" if "\t" in line or (len(line) > _LONG_LINE and line[0] != "#") else line
        for number, line in enumerate(lines)
    ).encode()


def minutes_of(written: bytes) -> Minutes:
    """The draft as minutes."""
    minutes = read_draft(written, "draft.md").minutes
    if minutes is None:
        raise ValueError(written[:80])
    return minutes


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a document: `h1`, `h2`, `h3`, `p`, `decision`, or the `rows` of a table, the first its header."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()


def parts_of(minutes: Minutes) -> Iterator[Part]:
    """The minutes as a flat row of parts; of the model's kinds those that the sample has."""
    yield Part("h1", minutes.title)
    for part in minutes.front:
        yield from _front(part)
    for item in minutes.items:
        yield Part("h2", f"{item.label} {item.title}")
        for block in item.blocks:
            if isinstance(block, Decision):
                yield Part("h3", block.label or "")
                yield from (Part("decision", text.text) for text in block.texts)
            else:
                yield Part("p", getattr(block, "text", ""))
    yield from (Part("p", entry.text) for entry in minutes.sign_off)


def _front(part: FrontPart) -> Iterator[Part]:
    if isinstance(part, Attendance):
        rows = tuple((person.name, person.affiliation) for person in part.people)
        yield Part("h2", part.label)
        yield Part("rows", rows=(("Namn", "Organisation"), *rows))
    elif isinstance(part, Fact):
        yield Part("p", f"{part.label} {part.value.text}")
    else:
        yield Part("p", getattr(part, "text", ""))


def write_fonts(folder: Path) -> None:
    """The house's four faces as files."""
    for name in FACES:
        (folder / f"{name}.ttf").write_bytes(pymupdf_fonts.myfont(name))
