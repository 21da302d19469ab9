"""What is said in an item, statement by statement, each with the part of the item under which it stands.

A part is named by a heading, by a line of its own or by a label before a colon (`Reservationer`, `Jäv: Anna Ek (S)`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from signflow.minutes.model import Block, Bullets, Decision, Figure, Grid, Item, Note, Paragraph, Subheading
from signflow.minutes.recognition.labels import is_section, normalised

DECISION = "decision"
_LABEL = re.compile(r"([^:]{1,60}):(?:\s+|$)")
_CHOICE = re.compile(
    r"(?:ja|nej|avstår|avstod|nedlagda|blanka)(?:-?röst(?:er|ar|ade))?|ayes|noes|for|against|abstain(?:ed|ing)|abstentions"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A paragraph or an entry of a list.

    Attributes:
        part: The name of the part, as labels are compared; `DECISION` for the operative text; empty for none.
        text: The words, without the part's name.
        line: Where it stands.
        quote: The words with the part's name, where that stands before them.
    """

    part: str
    text: str
    line: int
    quote: str

    @property
    def is_decision(self) -> bool:
        """Whether it is operative text."""
        return self.part == DECISION


def statements(item: Item) -> Iterator[Statement]:
    """The item's statements in order; tables are none, for their cells are not sentences."""
    part = ""
    for block in item.blocks:
        match block:
            case Subheading():
                part = normalised(block.text)
            case Decision():
                yield from (Statement(DECISION, text.text, text.line, text.text) for text in block.texts)
                part = "" if block.label else part
            case _:
                for paragraph in _paragraphs(block):
                    said = _said(part, paragraph)
                    part = said.part if not said.text else part
                    if said.text:
                        yield said


def grids(item: Item) -> Iterator[Grid]:
    """The item's tables."""
    return (block for block in item.blocks if isinstance(block, Grid))


def _paragraphs(block: Block) -> Iterator[Paragraph]:
    match block:
        case Paragraph():
            yield block
        case Bullets():
            for entry in block.entries:
                yield entry.text
                for inner in entry.nested:
                    yield from _paragraphs(inner)
        case Note():
            yield block.text
        case Subheading() | Decision() | Grid() | Figure():
            pass


def _said(part: str, paragraph: Paragraph) -> Statement:
    text = paragraph.text
    if is_section(text) or (len(text) <= 40 and _CHOICE.fullmatch(normalised(text))):
        return Statement(normalised(text), "", paragraph.line, text)
    label = _LABEL.match(text)
    if label and is_section(label[1]):
        return Statement(normalised(label[1]), text[label.end() :].strip(), paragraph.line, text)
    return Statement(part, text, paragraph.line, text)
