"""What every reader delivers: a draft as headings, paragraphs, lists and tables, still without meaning.

A paragraph keeps the author's lines as rows, since in minutes a line often is a unit of its own (`Tid …`, a name and an
organisation). Rows keep tabs and runs of spaces: they separate columns. Spans are merged, none is empty.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from signflow.minutes.model import Bullets, Figure, Grid, ListEntry, Note, Paragraph, Span

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the draft; `ends_hard` where the author asked for a line break after it."""

    spans: tuple[Span, ...]
    line: int
    ends_hard: bool = False

    @property
    def text(self) -> str:
        """The words, with the author's tabs and spaces."""
        return self.spans[0].text if len(self.spans) == 1 else "".join([span.text for span in self.spans])


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1–6, or `BOLD_LINE` for a line that is bold as a whole."""

    level: int
    row: Row

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.row.line


BOLD_LINE = 7


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, at least one row."""

    rows: tuple[Row, ...]

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.rows[0].line


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list: the author's number (`1.`, empty for bullets) and what it holds, at least one block."""

    marker: str
    blocks: tuple[SourceBlock, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list."""

    entries: tuple[Entry, ...]
    ordered: bool
    line: int


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; `rows[0]` is its header row, whose cells may all be empty."""

    rows: tuple[tuple[Row, ...], ...]
    line: int


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """An image; it has no rows, for its alternative is not among the draft's words."""

    figure: Figure

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.figure.line


@dataclass(frozen=True, slots=True)
class NoteBlock:
    """What a note says; its first row begins with its label and a space."""

    label: str
    rows: tuple[Row, ...]

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.rows[0].line


SourceBlock = Heading | TextBlock | ListBlock | TableBlock | FigureBlock | NoteBlock


def is_bold(row: Row) -> bool:
    """Whether the line is bold as a whole, which is how many authors write a heading."""
    return bool(row.spans) and all(span.strong or not span.text.strip() for span in row.spans)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans with neighbours of one style joined and empty ones left out; each reference to a note stays apart."""
    result: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if result and not span.note and result[-1].looks_like(span):
            result[-1] = span.saying(result[-1].text + span.text)
        else:
            result.append(span)
    return tuple(result)


def trimmed(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans with each run of white space made one space, and none at either end."""
    result: list[Span] = []
    at_space = True
    for span in spans:
        text = _SPACE.sub(" ", span.text)
        text = text[1:] if at_space and text.startswith(" ") else text
        if text:
            at_space = text.endswith(" ")
            result.append(span.saying(text))
    if result and at_space:
        last = result.pop()
        result.append(last.saying(last.text[:-1]))
    return merged(result)


def split_at(spans: Iterable[Span], offset: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans before and after that many characters."""
    before: list[Span] = []
    after: list[Span] = []
    for span in spans:
        head, tail = span.text[: max(offset, 0)], span.text[max(offset, 0) :]
        before.append(span.saying(head))
        after.append(span.saying(tail))
        offset -= len(span.text)
    return merged(before), merged(after)


def joined(rows: Iterable[Row]) -> Paragraph:
    """The rows as one paragraph of running text."""
    spans: list[Span] = []
    line = 0
    for row in rows:
        line = line or row.line
        if spans and row.spans:
            # between two lines of one style, so is the space
            spans.append(row.spans[0].saying(" ") if spans[-1].looks_like(row.spans[0]) else Span(" "))
        spans += row.spans
    return Paragraph(trimmed(spans), line)


def note(block: NoteBlock) -> Note:
    """The note of the minutes, its label apart from its words."""
    words = joined(block.rows)
    _, after = split_at(words.spans, len(block.label))
    return Note(block.label, Paragraph(trimmed(after), words.line), block.line)


def rows_of(block: SourceBlock) -> tuple[Row, ...]:
    """All rows of the block in reading order, each list entry's number before its words."""
    return tuple(each_row(block))


def each_row(block: SourceBlock) -> Iterator[Row]:
    """What `rows_of` has, for who needs the first few."""
    match block:
        case Heading():
            yield block.row
        case TextBlock() | NoteBlock():
            yield from block.rows
        case FigureBlock():
            return
        case TableBlock():
            yield from itertools.chain.from_iterable(block.rows)
        case ListBlock():
            yield from itertools.chain.from_iterable(map(_each_entry_row, block.entries))


def entry_rows(entry: Entry) -> tuple[Row, ...]:
    """The rows of a list entry; the first begins with the author's number."""
    return tuple(_each_entry_row(entry))


def _each_entry_row(entry: Entry) -> Iterator[Row]:
    rows = itertools.chain.from_iterable(map(each_row, entry.blocks))
    if entry.marker:
        first = next(rows)
        yield Row(merged((Span(entry.marker + " "), *first.spans)), first.line, first.ends_hard)
    yield from rows


def bullets(block: ListBlock) -> Bullets | None:
    """The list as the model has it, with the lists inside its entries; None where it has no words.

    What an entry says after a list inside it is an entry of its own, so that every word keeps its place.
    """
    entries: list[ListEntry] = []
    for entry in block.entries:
        text: list[Row] = []
        nested: list[Bullets] = []
        for row_or_list in _parts(entry):
            if isinstance(row_or_list, ListBlock):
                inner = bullets(row_or_list)
                nested += [inner] if inner else []
            else:
                if nested:
                    entries += _entries(text, nested)
                    text, nested = [], []
                text.append(row_or_list)
        entries += _entries(text, nested)
    return Bullets(tuple(entries), block.ordered, block.line) if entries else None


def _parts(entry: Entry) -> Iterator[Row | ListBlock]:
    """The entry's rows, the first beginning with the author's number, and the lists between them."""
    opening, *others = entry.blocks
    if isinstance(opening, ListBlock):
        yield from (Row((Span(entry.marker),), opening.line),) if entry.marker else ()
        yield opening
    else:
        yield from entry_rows(Entry(entry.marker, (opening,)))
    for block in others:
        if isinstance(block, ListBlock):
            yield block
        else:
            yield from rows_of(block)


def _entries(rows: Sequence[Row], nested: Sequence[Bullets]) -> tuple[ListEntry, ...]:
    text = joined(rows)
    if text.spans:
        return (ListEntry(text, tuple(nested)),)
    return tuple(entry for inner in nested for entry in inner.entries)


def grid(block: TableBlock) -> Grid:
    """The table as the model has it; the header row is left out where all its cells are empty."""
    rows = tuple(tuple(Paragraph(joined((cell,)).spans, cell.line) for cell in cells) for cells in block.rows)
    header = any(cell.spans for cell in rows[0]) if rows else False
    return Grid(rows if header else rows[1:], header, block.line)
