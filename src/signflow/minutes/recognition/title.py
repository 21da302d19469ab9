"""The title of the minutes, and the body that met."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from signflow.minutes.blocks import (
    BOLD_LINE,
    FigureBlock,
    Heading,
    NoteBlock,
    SourceBlock,
    TableBlock,
    TextBlock,
    joined,
    rows_of,
)
from signflow.minutes.model import Fact, FrontPart, Grid, Paragraph, Subheading
from signflow.minutes.recognition.dates import read_meeting_time
from signflow.minutes.recognition.headings import item_label
from signflow.minutes.recognition.labels import front_kind, split_label
from signflow.minutes.recognition.vocabulary import FrontKind

_TITLE_SEARCH_BLOCKS = 12
_TITLE_SEARCH_ROWS = 4
_LINES_TO_BODY = 3
_BODY_CHARACTERS = 100
_LETTERHEAD_ROWS = 3
_TITLE_CHARACTERS = 300
_HEADING_CHARACTERS = 150
_PROTOCOL_WORDS = r"\w*protokoll(?:et)?|minutes"
_NOTES_WORDS = r"minnesanteckning(?:ar|arna)?|mötesanteckningar|anteckningar|(?:meeting )?notes"
CLASS_WORD = re.compile(rf"\b(?:(?P<protocol>{_PROTOCOL_WORDS})|(?P<notes>{_NOTES_WORDS}))\b", re.IGNORECASE)
_BEFORE_BODY = re.compile(
    r"^(?:\s|[:,–-]|\b(?:från|för|fört|vid|av|hos|med|i|of|from|the|for|mötet?|sammanträdet?|meeting"
    r"|(?:års|styrelse|medlems|förenings)möte|(?:(?:års|förenings)?stämma)|ordinarie|extra|konstituerande|och|and|kallelse|dagordning)\b)+",
    re.IGNORECASE,
)
_AFTER_BODY = re.compile(
    r"(?:[\s,;:§–-]+|\b(?:nr|no|nummer|number|den|on|kl)\b\.?|[0-9]+(?:[/:.–-][0-9]+)*\.?|\b(?:möte|sammanträde|meeting)t?\b)$",
    re.IGNORECASE,
)
_MEETING_OF = re.compile(
    r"(.+?)\s+(?:(?:extra|ordinarie|konstituerande|ordinary|extraordinary)\s+)?(?:mötet?|sammanträdet?|meeting)(?:\s.*)?",
    re.IGNORECASE,
)
_GENITIVE = re.compile(r"(?:(?<=[nte])|(?<=nämnd)|(?<=grupp)|(?<=råd)|(?<=lag)|(?<=förbund)|['’:])s$", re.IGNORECASE)
_BODY_WORD = re.compile(
    r"nämnd|styrelse|fullmäktige|utskott|råde?t?\b|grupp|kommitté|beredning|direktion|presidi|förbund"
    r"|committee|council|board|group|assembly",
    re.IGNORECASE,
)
_BESIDE_BODY = re.compile(r"\s+(?:sammanträdesdatum|mötesdatum|datum|sida|sid|dnr|date|page)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Title:
    """The title, and the blocks on both sides of it; without a title, all blocks stand after."""

    text: str
    line: int
    before: tuple[SourceBlock, ...]
    after: tuple[SourceBlock, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    block: int
    row: int
    level: int
    text: str
    names_class: bool


def find_title(blocks: Sequence[SourceBlock]) -> Title:
    """The title: the first line before facts and items that names the class; else the first heading; else the first line."""
    fitting = [found for found in _candidates(blocks) if len(found.text) <= _TITLE_CHARACTERS]
    named = [
        found
        for found in fitting
        if found.names_class and (found.level <= BOLD_LINE or len(found.text) <= _HEADING_CHARACTERS)
    ]
    headed = [found for found in fitting if found.level <= BOLD_LINE]
    plain = [found for found in fitting if " " in found.text and not found.text.endswith((".", "!", "?"))]
    chosen = next(iter(named or headed or plain), None)
    if chosen is None:
        return Title("", 1, (), tuple(blocks))
    block = blocks[chosen.block]
    rows = block.rows if isinstance(block, TextBlock) else rows_of(block)
    above, below = ((TextBlock(part),) if part else () for part in (rows[: chosen.row], rows[chosen.row + 1 :]))
    before, after = blocks[: chosen.block], blocks[chosen.block + 1 :]
    return Title(chosen.text, rows[chosen.row].line, (*before, *above), (*below, *after))


def _candidates(blocks: Sequence[SourceBlock]) -> Iterator[_Candidate]:
    for at, block in enumerate(blocks[:_TITLE_SEARCH_BLOCKS]):
        if isinstance(block, FigureBlock | NoteBlock) or (isinstance(block, TableBlock) and at == 0):
            continue  # a letterhead
        if not isinstance(block, Heading | TextBlock):
            return
        is_heading = isinstance(block, Heading)
        row = rows_of(block)[0]
        text = joined((row,)).text
        labelled = split_label(row)
        if is_heading and item_label(text) and not CLASS_WORD.search(text):
            return
        if labelled and (labelled.known or not is_heading):
            if labelled.kind is FrontKind.OTHER or labelled.kind is FrontKind.BODY:
                continue
            return
        if text:
            yield _Candidate(at, 0, block.level if is_heading else 9, text, CLASS_WORD.search(text) is not None)
        for row_at, (above, below) in enumerate(pairwise(rows_of(block)[:_TITLE_SEARCH_ROWS]), 1):
            words = joined((below,)).text
            apart = below.line > above.line  # what the author broke with `<br>` has nothing above it
            if apart and CLASS_WORD.match(words) and not split_label(below):
                # a letterhead without an empty line below it
                yield _Candidate(at, row_at, 9, words, names_class=True)


def body_of(title: Title, front: Sequence[FrontPart]) -> str:
    """The body: as a fact names it, from the title, or from what stands below or above the title; empty if unknown."""
    named = (part.value.text for part in front if isinstance(part, Fact) and front_kind(part.label) is FrontKind.BODY)
    beside = [part for part in front if isinstance(part, Subheading | Paragraph)]
    headed = (part.text for part in beside if isinstance(part, Subheading) and part.line > title.line)
    plain = (_BESIDE_BODY.sub("", part.text) for part in beside if _may_be_body(part, title.line))
    above = [part.text for part in beside if part.line < title.line]
    above += [text for text in letterhead_cells(front) if _BODY_WORD.search(text)]
    texts = (_body_in(text) for text in (title.text, *plain, *headed, *above) if len(text) <= _TITLE_CHARACTERS)
    return next(filter(None, (*named, *texts)), "")


def letterhead_cells(front: Iterable[FrontPart]) -> list[str]:
    """What the first table says that has neither labels nor persons."""
    table = next((part for part in front if isinstance(part, Grid)), None)
    return [cell.text for row in table.rows[:_LETTERHEAD_ROWS] for cell in row] if table else []


def _may_be_body(part: Subheading | Paragraph, title_line: int) -> bool:
    return (
        isinstance(part, Paragraph)
        and title_line < part.line <= title_line + _LINES_TO_BODY
        and len(part.text) <= _BODY_CHARACTERS
        and not part.text.endswith((".", "!", "?", ":"))
        and _BODY_WORD.search(part.text) is not None
    )


def _body_in(text: str) -> str:
    match = CLASS_WORD.search(text)
    if match:
        before = text[: match.start()].strip(" ,:–-")
        after = _BEFORE_BODY.sub("", _without_time(text[match.end() :]))
        text = before if before and not _trimmed_end(after) else after
        if (
            text == before
            and before.casefold().endswith("s")
            and match["protocol"]
            and match[0].casefold() != "minutes"
        ):
            text = before[:-1]
    text = _BEFORE_BODY.sub("", " ".join(_without_time(text).split()))
    meeting = _MEETING_OF.fullmatch(text)
    return _trimmed_end(_GENITIVE.sub("", meeting[1]) if meeting else text)


def _without_time(text: str) -> str:
    time = read_meeting_time(text)
    return text if time.begins < 0 else text[: time.begins] + " " + text[time.ends :]


def _trimmed_end(text: str) -> str:
    text = " ".join(text.split())
    while (shorter := _AFTER_BODY.sub("", text).strip()) != text:
        text = shorter
    return text
