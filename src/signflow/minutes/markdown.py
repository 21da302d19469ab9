"""Markdown or plain text → blocks, by CommonMark and GitHub's tables, losing no word.

What CommonMark would hide stays visible here: HTML, entities, code and link definitions are ordinary text (and a rule
remarks on it); a link keeps its address in brackets after its words; so does an image, of which only the words remain.

Source: CommonMark 0.31.2; GitHub Flavored Markdown 4.10 (tables).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from signflow.minutes.blocks import (
    BOLD_LINE,
    Entry,
    Heading,
    ListBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    merged,
)
from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Span

MAX_PARAGRAPH_CHARACTERS = 100_000
# in one paragraph and in the whole draft: the parser's time grows with their square, and no author writes so many
_MAX_BRACKETS = (300, 5_000)
_MAX_STYLE_MARKS = (1_000, 40_000)
_PLAIN = "plain"  # our mark on an inline token that is not parsed for markup
_MARKUP = re.compile(r"[\\*_\[<!]")
_AS_TEXT = ("html_block", "html_inline", "code", "fence", "reference", "backticks", "entity")
_CONTAINERS = {"bullet_list_open": "bullet_list_close", "ordered_list_open": "ordered_list_close"}


@dataclass(frozen=True, slots=True)
class MarkdownBlocks:
    """The blocks in order, None where they cannot be read; and what was remarked while reading them."""

    blocks: tuple[SourceBlock, ...] | None
    findings: tuple[Finding, ...]


def read_markdown(lines: Sequence[str]) -> MarkdownBlocks:
    """The blocks of a draft given as lines; line numbers are 1-based. Bounded by the limits of `decoding`."""
    reader = _Reader(lines)
    if reader.findings:
        return MarkdownBlocks(None, tuple(reader.findings))
    return MarkdownBlocks(tuple(reader.read()), tuple(reader.findings))


class _Parser(MarkdownIt):
    """Prints an address as the author wrote it, not as a browser would send it."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name
        return link


def _table_outside_lists(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    # cells are read again from the source lines, which inside lists and quotations begin with the container's own signs
    return state.level == 0 and table(state, start, end, silent)


def _bound(state: StateCore) -> None:
    """Keep what would take the parser too long from it: refuse endless paragraphs, leave markup beyond reason as text."""
    brackets, marks = 0, 0
    for opening, token in itertools.pairwise(state.tokens):
        if token.type != "inline":
            continue
        if opening.type in ("th_open", "td_open"):
            token.type = _PLAIN  # cells are read from the source lines
            continue
        content = token.content
        if len(content) > MAX_PARAGRAPH_CHARACTERS:
            state.env.setdefault("too_long", token)
            token.type = _PLAIN
            continue
        own = (content.count("["), content.count("*") + content.count("_"))
        brackets, marks = brackets + own[0], marks + own[1]
        in_paragraph = own[0] <= _MAX_BRACKETS[0] and own[1] <= _MAX_STYLE_MARKS[0]
        if not in_paragraph or brackets > _MAX_BRACKETS[1] or marks > _MAX_STYLE_MARKS[1]:
            token.type = _PLAIN


def _parser() -> MarkdownIt:
    parser = _Parser("commonmark").enable("table").disable(_AS_TEXT)
    parser.core.ruler.before("inline", "bound", _bound)
    parser.block.ruler.at("table", _table_outside_lists, {"alt": ["paragraph", "reference"]})
    return parser


class _Reader:
    """Walks the parser's flat list of tokens once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._parser = _parser()
        environment: dict[str, Token] = {}
        self._tokens = self._parser.parse("\n".join(lines), environment)
        self._at = 0
        self.findings: list[Finding] = []
        if "too_long" in environment:
            token = environment["too_long"]
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
        while self._tokens[self._at].type == "list_item_open":
            item = self._tokens[self._at]
            self._at += 1
            blocks = tuple(self.read())
            marker = item.info + item.markup if item.info else ""
            if blocks or marker:
                entries.append(Entry(marker, blocks or (TextBlock((Row((), _line(item)),)),)))
        self._at += 1
        if entries:
            yield ListBlock(tuple(entries), opening.type == "ordered_list_open", _line(opening))

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
        return tuple(self._cell(cell.strip(), number) for cell in cells)

    def _cell(self, source: str, number: int) -> Row:
        if not _MARKUP.search(source):
            return Row(_stripped([Span(source)]), number + 1)
        inline = self._parser.parseInline(source)[0]
        if inline.type == _PLAIN:
            return Row(_stripped([Span(source)]), number + 1)
        return (self._rows_from(inline.children or [], number + 1) or [Row((), number + 1)])[0]

    def _rows(self, inline: Token) -> list[Row]:
        if inline.type == _PLAIN:
            first = _line(inline)
            return [
                Row(_stripped([Span(text)]), first + at, text.endswith("  "))
                for at, text in enumerate(inline.content.split("\n"))
            ]
        return self._rows_from(inline.children or [], _line(inline))

    def _rows_from(self, children: Sequence[Token], line: int) -> list[Row]:
        rows: list[Row] = []
        spans: list[Span] = []
        strong, emphasis = 0, 0
        addresses: list[str] = []
        for child in children:
            strong += child.nesting if child.type.startswith("strong_") else 0
            emphasis += child.nesting if child.type.startswith("em_") else 0
            text = child.content if child.type == "text" else ""
            if child.type == "link_open":
                addresses.append("" if child.markup == "autolink" else _address(child, "href"))
            elif child.type == "link_close":
                text = addresses.pop()
            elif child.type == "image":
                text = child.content + _address(child, "src")
                self.findings.append(remark("image-left-out", line + len(rows), text))
            elif child.type in ("softbreak", "hardbreak"):
                rows.append(Row(_stripped(spans), line + len(rows), child.type == "hardbreak"))
                spans = []
                continue
            spans.append(Span(text.replace("\n", " "), strong > 0, emphasis > 0))
        rows.append(Row(_stripped(spans), line + len(rows)))
        return rows


def _line(token: Token) -> int:
    return (token.map or [0])[0] + 1


def _address(token: Token, attribute: str) -> str:
    address, title = str(token.attrGet(attribute) or ""), str(token.attrGet("title") or "")
    inside = f'{address} "{title}"' if title else address
    return f" ({inside})" if inside else ""


def _stripped(spans: Sequence[Span]) -> tuple[Span, ...]:
    result = list(merged(spans))
    while result and not result[0].text.strip():
        result.pop(0)
    while result and not result[-1].text.strip():
        result.pop()
    if result:
        result[0] = result[0].saying(result[0].text.lstrip())
        result[-1] = result[-1].saying(result[-1].text.rstrip())
    return tuple(result)


def _with_bold_line(rows: Sequence[Row]) -> Iterator[SourceBlock]:
    """A first line that is bold as a whole is how many authors write a heading."""
    first = rows[0]
    if first.spans and all(span.strong or not span.text.strip() for span in first.spans):
        yield Heading(BOLD_LINE, first)
        rows = rows[1:]
    if rows:
        yield TextBlock(tuple(rows))
