"""Markdown or plain text → blocks, losing no word.

What CommonMark would hide stays visible here: HTML, entities, code and link definitions are ordinary text (and a rule
remarks on it); a link keeps its address in brackets after its words; so does an image, of which only the words remain.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Any

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from signflow.minutes.blocks import (
    BOLD_LINE,
    Entry,
    Heading,
    ListBlock,
    NoteBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    is_bold,
    merged,
    split_at,
)
from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.markdown.rows import Markup, RowReader, stripped
from signflow.minutes.markdown.syntax import MAX_PARAGRAPH_CHARACTERS, PLAIN, parser
from signflow.minutes.model import Span
from signflow.minutes.recognition.units import begins_unit

_MARKUP = re.compile(r"[\\*_\[<!=]|://")
_LETTER = re.compile(r"([a-z])[.)]\s")
_IN_CELL = ", "  # what stands where a cell begins a line: in the minutes a cell is one
_CONTAINERS = {"bullet_list_open": "bullet_list_close", "ordered_list_open": "ordered_list_close"}


@dataclass(frozen=True, slots=True)
class MarkdownBlocks:
    """What was read.

    Attributes:
        blocks: In order; None where they cannot be read.
        findings: What was remarked while reading them.
        words: The draft's lines without what has letters in it and is markup (`{lang=fi}`, a picture pasted as text).
    """

    blocks: tuple[SourceBlock, ...] | None
    findings: tuple[Finding, ...]
    words: tuple[str, ...]


def read_markdown(lines: Sequence[str]) -> MarkdownBlocks:
    """The blocks of a draft given as lines; line numbers are 1-based. Bounded by the limits of `decoding`."""
    reader = _Reader(lines)
    if reader.findings:
        return MarkdownBlocks(None, tuple(reader.findings), tuple(lines))
    blocks = tuple(reader.read())
    return MarkdownBlocks(blocks, tuple(reader.findings), _without(lines, reader.markup))


def _without(lines: Sequence[str], markup: Sequence[Markup]) -> tuple[str, ...]:
    words = list(lines)
    # from the right, so that what follows in a line still counts the same
    for mark in reversed(markup):
        pieces = words[mark.line - 1].split(mark.text)
        at = 1 if mark.after is None else max(len(pieces) - 1 - mark.after, 1)
        words[mark.line - 1] = mark.text.join(pieces[:at]) + " " + mark.text.join(pieces[at:])
    return tuple(words)


class _Reader:
    """Walks the parser's flat list of tokens once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._parser = parser()
        self._environment: dict[str, Any] = {}
        self._tokens = self._parser.parse("\n".join(lines), self._environment)
        self._at = 0
        self.findings: list[Finding] = []
        self.markup: list[Markup] = []
        if "too_long" in self._environment:
            token: Token = self._environment["too_long"]
            limit = str(MAX_PARAGRAPH_CHARACTERS)
            self.findings.append(remark("paragraph-too-long", _line(token), token.content[:40], limit=limit))

    def read(self) -> Iterator[SourceBlock]:
        """Blocks until the container that is being read closes, or to the end."""
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type in ("list_item_close", *_CONTAINERS.values()):
                return
            if token.type == "heading_open":
                yield self._heading(token)
            elif token.type == "paragraph_open":
                yield from _with_bold_line(self._rows(self._inline()))
            elif token.type in _CONTAINERS:
                yield from self._list(token)
            elif token.type == "table_open":
                yield self._table(token)
            elif token.type == "note_open":
                yield self._note(str(token.meta["label"]))

    def _inline(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _heading(self, token: Token) -> SourceBlock:
        rows = self._rows(self._inline())
        spans = [span for row in rows for span in (Span(" "), *row.spans)]
        return Heading(int(token.tag[1]), Row(merged(spans[1:]), rows[0].line if rows else _line(token)))

    def _list(self, opening: Token) -> Iterator[SourceBlock]:
        entries: list[Entry] = []
        lines: list[int] = []
        while self._tokens[self._at].type == "list_item_open":
            item = self._tokens[self._at]
            self._at += 1
            blocks = tuple(self.read())
            marker = item.info + item.markup if item.info else ""
            if blocks or marker:
                lines.append(_line(item))
                entries.append(Entry(marker, blocks or (TextBlock((Row((), _line(item)),)),)))
        self._at += 1
        ordered = opening.type == "ordered_list_open"
        begins = [at for at in range(1, len(entries)) if ordered and _begins_anew(entries[at - 1], entries[at])]
        for start, stop in itertools.pairwise([0, *begins, len(entries)]):
            if start < stop:
                yield ListBlock(tuple(entries[start:stop]), ordered, lines[start])

    def _table(self, opening: Token) -> SourceBlock:
        first, end = opening.map or [0, 0]
        while self._tokens[self._at].type != "table_close":
            self._at += 1
        self._at += 1
        numbers = [first, *range(first + 2, end)]
        # GitHub's tables drop cells beyond the header's; the source lines still have them
        return TableBlock(tuple(self._cells(number) for number in numbers), first + 1)

    def _cells(self, number: int) -> tuple[Row, ...]:
        cells = escapedSplit(self._lines[number].strip())
        if cells and not cells[0]:
            cells.pop(0)
        if cells and not cells[-1]:
            cells.pop()
        row: list[Row] = []
        for at, cell in enumerate(cells, 1):
            before = len(self.markup)
            row.append(self._cell(cell.strip(), number))
            for index, mark in enumerate(self.markup[before:], before):
                if mark.after is not None:
                    later = sum(other.count(mark.text) for other in cells[at:])
                    self.markup[index] = replace(mark, after=mark.after + later)
        return tuple(row)

    def _cell(self, source: str, number: int) -> Row:
        if _MARKUP.search(source):
            inline = self._parser.parseInline(source, self._environment)[0]
            if inline.type != PLAIN:
                rows = [row for row in self._rows_from(inline.children or [], number + 1) if row.spans]
                spans = [span for row in rows for span in (Span(_IN_CELL), *row.spans)]
                return Row(merged(spans[1:]), number + 1)
        return Row(stripped([Span(source)]), number + 1)

    def _note(self, label: str) -> SourceBlock:
        first, *others = self._rows(self._inline())
        named = Row(merged((Span(label + " "), *first.spans)), first.line, first.ends_hard)
        return NoteBlock(label, (named, *others))

    def _rows(self, inline: Token) -> list[Row]:
        if inline.type == PLAIN:
            first = _line(inline)
            return [
                Row(stripped([Span(text)]), first + at, text.endswith("  "))
                for at, text in enumerate(inline.content.split("\n"))
            ]
        return self._rows_from(inline.children or [], _line(inline))

    def _rows_from(self, children: Sequence[Token], line: int) -> list[Row]:
        reader = RowReader(line)
        rows = reader.read(children)
        self.findings += reader.findings
        self.markup += reader.markup
        return rows


def _line(token: Token) -> int:
    return (token.map or [0])[0] + 1


def _begins_anew(before: Entry, entry: Entry) -> bool:
    """Whether an entry's number is lower than the one before: the author began another list, CommonMark did not."""
    return int(entry.marker[:-1]) < int(before.marker[:-1])


def _with_bold_line(rows: Sequence[Row]) -> Iterator[SourceBlock]:
    """A first line that is bold as a whole is how many authors write a heading."""
    if is_bold(rows[0]):
        yield Heading(BOLD_LINE, rows[0])
        rows = rows[1:]
    yield from _with_lettered_list(rows) if rows else ()


def _with_lettered_list(rows: Sequence[Row]) -> Iterator[SourceBlock]:
    """Lines that begin with `a)`, `b)` … are a list, which CommonMark knows of numbers only."""
    begins: list[int] = []
    for at, row in enumerate(rows):
        letter = _LETTER.match(row.text)
        if letter and letter[1] == ascii_lowercase[len(begins) : len(begins) + 1]:
            begins.append(at)
    if len(begins) < 2:
        yield TextBlock(tuple(rows))
        return
    last = range(begins[-1] + 1, len(rows))
    end = next((at for at in last if begins_unit(rows[at].text, rows[at - 1].text)), len(rows))
    yield from (TextBlock(tuple(rows[: begins[0]])),) if begins[0] else ()
    entries = (_lettered_entry(rows[begin:stop]) for begin, stop in itertools.pairwise([*begins, end]))
    yield ListBlock(tuple(entries), ordered=True, line=rows[begins[0]].line)
    yield from (TextBlock(tuple(rows[end:])),) if end < len(rows) else ()


def _lettered_entry(rows: Sequence[Row]) -> Entry:
    first, *others = rows
    marker = first.text[:2]
    words = Row(stripped(split_at(first.spans, len(marker))[1]), first.line, first.ends_hard)
    return Entry(marker, (TextBlock((words, *others)),))
