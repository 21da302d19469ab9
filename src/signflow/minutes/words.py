"""The words of minutes, in reading order: what a rendering must show, no more, no fewer, and in this order."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from signflow.minutes.blocks import Row
from signflow.minutes.model import (
    Attendance,
    Block,
    Bullets,
    Decision,
    Fact,
    Figure,
    FrontPart,
    Grid,
    Item,
    Minutes,
    Note,
    Paragraph,
    Subheading,
)

_NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text and the line where it stands."""

    text: str
    line: int


def passages(minutes: Minutes) -> Iterator[Passage]:
    """Every text of the minutes, in reading order."""
    for part in minutes.before_title:
        yield from _part(part)
    if minutes.title:
        yield Passage(minutes.title, minutes.title_line)
    for part in minutes.after_title:
        yield from _part(part)
    closing = [Passage(entry.text, entry.line) for entry in minutes.sign_off]
    if minutes.notice:
        closing.append(Passage(minutes.notice.label, minutes.notice.line))
        closing += (passage for part in minutes.notice.parts for passage in _part(part))
    if minutes.signs_first:
        yield from closing
    for part in minutes.after_signatures:
        yield from _part(part)
    for item in minutes.items:
        yield from item_passages(item)
    if not minutes.signs_first:
        yield from closing
    for written in minutes.notes:
        yield from _part(written)


def item_passages(item: Item) -> Iterator[Passage]:
    """Every text of one item, in reading order."""
    if item.label:
        yield Passage(item.label, item.line)
    if item.title:
        yield Passage(item.title, item.line)
    for block in item.blocks:
        yield from _part(block)


def parts_of(minutes: Minutes) -> Iterator[FrontPart | Block]:
    """What stands before the items and in them, the lines of the proof of notice and the last notes, in reading order."""
    notice = minutes.notice.parts if minutes.notice else ()
    yield from minutes.before_title
    yield from minutes.after_title
    if minutes.signs_first:
        yield from notice
    yield from minutes.after_signatures
    for item in minutes.items:
        yield from item.blocks
    if not minutes.signs_first:
        yield from notice
    yield from minutes.notes


def paragraphs(minutes: Minutes) -> Iterator[Paragraph]:
    """Every text that has spans, in the order of the model."""
    for part in parts_of(minutes):
        yield from paragraphs_in(part)


def paragraphs_in(part: FrontPart | Block) -> Iterator[Paragraph]:
    """The texts of one part that have spans."""
    match part:
        case Paragraph():
            yield part
        case Fact():
            yield part.value
        case Note():
            yield part.text
        case Decision():
            yield from part.texts
        case Grid():
            yield from itertools.chain.from_iterable(part.rows)
        case Bullets():
            for entry in part.entries:
                yield entry.text
                for inner in entry.nested:
                    yield from paragraphs_in(inner)
        case _:
            pass  # headings, attendance lists and figures are plain text or none


def words_of(minutes: Minutes) -> list[str]:
    """The words in reading order, as written, cut at white space."""
    return [word for passage in passages(minutes) for word in passage.text.split()]


def first_difference(lines: Sequence[str], minutes: Minutes) -> int | None:
    """The line (1-based) of the draft at which a letter or figure is not in the minutes, or not in its place; None if none.

    Compared are letters and figures alone, for signs may be markup; a character reference counts as its character.

    Args:
        lines: The draft's lines, without what has letters in it and is markup nevertheless.
        minutes: What was read from them.
    """
    kept = _letters("\n".join(passage.text for passage in passages(minutes)))
    written = [_letters(line) for line in lines]
    if "".join(written) == kept:
        return None
    at = 0
    for number, letters in enumerate(written, 1):
        if kept[at : at + len(letters)] != letters:
            return number
        at += len(letters)
    return len(lines)


def first_mark_lost(rows: Iterable[Row], minutes: Minutes) -> int | None:
    """The line of the first marked words that the minutes do not hold as marked: those in headings, labels and names.

    The web copy masks what is marked; words whose mark is lost would be spread.
    """
    kept = _letters("".join(span.text for found in paragraphs(minutes) for span in found.spans if span.masked))
    at = 0
    for row in rows:
        words = "".join(span.text for span in row.spans if span.masked)
        marked = _letters(words) if words else ""
        if not kept.startswith(marked, at):
            return row.line
        at += len(marked)
    return None


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", html.unescape(text) if "&" in text else text)


def _part(part: FrontPart | Block) -> Iterator[Passage]:
    match part:
        case Paragraph() | Subheading():
            yield Passage(part.text, part.line)
        case Fact():
            yield Passage(part.label, part.line)
            yield Passage(part.value.text, part.value.line)
        case Attendance():
            yield from _attendance(part)
        case Bullets():
            yield from _bullets(part)
        case Grid():
            yield from (Passage(cell.text, cell.line) for row in part.rows for cell in row if cell.spans)
        case Note():
            yield Passage(part.label, part.line)
            yield Passage(part.text.text, part.text.line)
        case Figure():
            pass  # its alternative is not written on the page
        case Decision():
            if part.label:
                yield Passage(part.label, part.line)
            yield from (Passage(text.text, text.line) for text in part.texts)


def _bullets(bullets: Bullets) -> Iterator[Passage]:
    for entry in bullets.entries:
        yield Passage(entry.text.text, entry.text.line)
        for inner in entry.nested:
            yield from _bullets(inner)


def _attendance(attendance: Attendance) -> Iterator[Passage]:
    for text in (attendance.label, *attendance.columns):
        yield Passage(text, attendance.line)
    for person in attendance.people:
        for text in (person.lead, person.name, person.affiliation):
            if text:
                yield Passage(text, person.line)
