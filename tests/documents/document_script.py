"""What a document of the set says, before it is written as Markdown or Word: the words are known here, apart from any reader.

Expected is what a person sees in the draft, with two of the product's promises: a label is shown without its colon, and a
link's address stands in brackets after its words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from signflow.minutes.model import MinutesClass
from signflow.texts import Language


@dataclass(frozen=True)
class Piece:
    """Text in one style; `note` is a reference to the note of that label."""

    text: str
    strong: bool = False
    emphasis: bool = False
    link: str = ""
    language: str = ""
    masked: bool = False
    note: bool = False

    @property
    def shown(self) -> str:
        """As it stands on the page."""
        return f"{self.text} ({self.link})" if self.link and self.link != self.text else self.text


Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Heading:
    """A heading: rank 1 the title, 2 what stands below it and the items, 3 a part of an item.

    `label` is an item's number as a reader sees it, such as `§ 94`.
    """

    rank: int
    text: str
    label: str = ""


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    pieces: Pieces


@dataclass(frozen=True)
class Fact:
    """A labelled line."""

    label: str
    pieces: Pieces


@dataclass(frozen=True)
class People:
    """An attendance list: a row of columns for each person, written with tabs, as a list, or as a table with headings."""

    label: str
    how: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Entry:
    """An entry of a list, and the list inside it."""

    pieces: Pieces
    nested: Listing | None = None


@dataclass(frozen=True)
class Listing:
    """A list; the entries of an ordered one are numbered from 1."""

    entries: tuple[Entry, ...]
    ordered: bool


@dataclass(frozen=True)
class Table:
    """A table; the first row is its header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """An image, which only Word can hold; without alternative it is decoration."""

    data: bytes
    alternative: str
    width_pt: float


@dataclass(frozen=True)
class Footnote:
    """A note, after the paragraph that refers to it."""

    label: str
    pieces: Pieces


@dataclass(frozen=True)
class Closing:
    """The closing block: lines, each a paragraph of its own."""

    lines: tuple[str, ...]


Block = Heading | Text | Fact | People | Listing | Table | Picture | Footnote | Closing


@dataclass(frozen=True)
class Script:
    """One document."""

    seed: int
    minutes_class: MinutesClass
    language: Language
    blocks: tuple[Block, ...]


def shown(pieces: Sequence[Piece]) -> str:
    """The words of the pieces as they stand on the page."""
    return "".join(piece.shown for piece in pieces)


def words_of(script: Script) -> list[str]:
    """Every word in reading order."""
    return " ".join(text for block in script.blocks for text in _texts(block)).split()


def runs_rightward(word: str) -> bool:
    """Whether it is Hebrew or Arabic."""
    return any(unicodedata.bidirectional(char) in {"R", "AL"} for char in word)


def rightward_phrases_of(script: Script) -> list[str]:
    """What is written from right to left, each stretch of words together."""
    texts = (text.split() for block in script.blocks for text in _texts(block))
    return [" ".join(words) for text in texts for rightward, words in groupby(text, key=runs_rightward) if rightward]


def alternatives_of(script: Script) -> list[str]:
    """What the images say, in order."""
    return [block.alternative for block in script.blocks if isinstance(block, Picture) and block.alternative]


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{block.label} {block.text}"
        case Text():
            yield shown(block.pieces)
        case Fact() | Footnote():
            yield block.label
            yield shown(block.pieces)
        case People():
            yield block.label
            yield from block.columns if block.how == "table" else ()
            # beside the name everything is one column on the page, parted by commas
            yield from (f"{row[0]} {', '.join(filter(None, row[1:]))}" for row in block.rows)
        case Listing():
            yield from _entries(block)
        case Table():
            yield from (cell for row in block.rows for cell in row)
        case Closing():
            yield from block.lines
        case Picture():
            return


def _entries(listing: Listing) -> Iterator[str]:
    for number, entry in enumerate(listing.entries, 1):
        yield f"{number}. {shown(entry.pieces)}" if listing.ordered else shown(entry.pieces)
        if entry.nested:
            yield from _entries(entry.nested)
