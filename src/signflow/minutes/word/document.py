"""A Word document → blocks, as Markdown gives them, and what is to be said of what Word alone has.

The number of a finding or a block is that of the paragraph: 1-based, in the order of the document, those in tables and
text boxes included, empty ones too. Words stand as a person sees them: with automatic numbers, without what is hidden
or deleted. Never raises; bounded by the limits of `decoding` and `package`.

Source: ISO/IEC 29500-1, 17.2 (body), 17.4 (tables).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from signflow.minutes.blocks import (
    BOLD_LINE,
    FigureBlock,
    Heading,
    NoteBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    joined,
    merged,
    rows_of,
)
from signflow.minutes.catalogue import remark
from signflow.minutes.decoding import MAX_LINE_CHARACTERS, MAX_LINES, too_large
from signflow.minutes.findings import Finding
from signflow.minutes.model import Span
from signflow.minutes.word.changes import Revision, revisions_in, takes_out
from signflow.minutes.word.lists import Flow
from signflow.minutes.word.numbering import Number
from signflow.minutes.word.package import UnreadableError, open_package
from signflow.minutes.word.paragraph import read_paragraph
from signflow.minutes.word.parts import Parts, read_parts
from signflow.minutes.word.styles import Style, heading_level, numbered_by
from signflow.minutes.word.tables import Cell, is_bold, table_blocks
from signflow.minutes.word.text import Around, NoteReference, Place, TextState, shows_placeholder
from signflow.minutes.word.xml import Element, preferred, toggle, value, w, whole_number

MAX_PARAGRAPHS = MAX_LINES // 2  # in a text file, an empty line stands between two
_MOST_COLUMNS = 63  # that Word draws


@dataclass(frozen=True, slots=True)
class WordDraft:
    """What came out of a Word document.

    Attributes:
        blocks: In order; None where the document cannot be read, which the findings explain.
        findings: In no particular order.
        lines: Each paragraph as a person sees it, a note's text after the block that refers to it.
    """

    blocks: tuple[SourceBlock, ...] | None
    findings: tuple[Finding, ...]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedParagraph:
    """A paragraph as `read_word` counts it.

    Attributes:
        element: `w:p`.
        number: The number that Word gives it; None where it has none.
        contents: Whether it belongs to a table of contents, which is no text of the minutes.
    """

    element: Element
    number: Number | None
    contents: bool


def read_placed(data: bytes) -> tuple[Parts, tuple[PlacedParagraph, ...]]:
    """The document's parts, and its paragraphs: the first is number 1 of the findings and blocks that `read_word` gives.

    Raises:
        UnreadableError: The document cannot be read.
    """
    reader = _Reader(data, [])
    reader.read()
    return reader.parts, tuple(reader.placed)


def read_word(data: bytes) -> WordDraft:
    """The blocks of a document in `.docx` or `.dotx`; a file of another kind is refused with a finding."""
    findings: list[Finding] = []
    try:
        reader = _Reader(data, findings)
        blocks = tuple(reader.read())
    except UnreadableError as error:
        return WordDraft(None, (error.finding,))
    lines = _with_notes(reader.lines, blocks)
    if not any(map(str.strip, lines)):
        findings.append(remark("draft-empty"))
        return WordDraft(None, tuple(findings))
    too_long = sorted({*_long_paragraphs(reader.lines), *_long_cells(blocks)})
    if too_long:
        limit = str(MAX_LINE_CHARACTERS)
        findings += [remark("paragraph-too-long", line, lines[line - 1][:40], limit=limit) for line in too_long]
        return WordDraft(None, tuple(findings), lines)
    return WordDraft(blocks, tuple(findings), lines)


class _Reader:
    def __init__(self, data: bytes, findings: list[Finding]) -> None:
        self.lines: list[str] = []
        self.placed: list[PlacedParagraph] = []
        self.parts = read_parts(open_package(data))
        self._findings = findings
        self._state = TextState(self.parts, findings.append)
        self._note_paragraphs = 0
        self._places_left = MAX_PARAGRAPHS
        self._contents: list[tuple[int, str]] = []

    def read(self) -> list[SourceBlock]:
        """The blocks of the body."""
        blocks = self._blocks(self.parts.body, Around())
        self._state.report_unfinished()
        said = [(line, text) for line, text in self._contents if text.strip()]
        if said:
            self._findings.append(remark("contents-left-out", *said[0]))
        self._findings += self.parts.findings
        return blocks

    def _blocks(self, container: Element, around: Around) -> list[SourceBlock]:
        """The blocks of a body, cell or text box; what encloses some of them is seen through."""
        flow = Flow()
        stack = [(preferred(container), around)]
        while stack:
            children, around = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
            elif child.tag == w("p"):
                self._paragraph(child, around, flow)
            elif child.tag == w("tbl"):
                for block in self._table(child, around):
                    flow.add(block)
            elif child.tag == w("altChunk"):
                self._findings.append(remark("object-left-out", max(1, len(self.lines)), kind="document"))
            elif child.tag == w("sdt"):
                stack.append(
                    (preferred(child), replace(around, placeholder=around.placeholder or shows_placeholder(child)))
                )
            elif child.tag != w("sectPr"):
                stack.append((preferred(child), around))
        flow.close()
        return flow.blocks

    def _paragraph(self, paragraph: Element, around: Around, flow: Flow) -> None:
        line = self._begin_line(paragraph)
        properties = paragraph.find(w("pPr"))
        style = self.parts.styles.named(value(properties, "pStyle") or self.parts.styles.usual_paragraph)
        read = read_paragraph(paragraph, style, Place(line, self.parts.related), around, self._state)
        mark = None if properties is None else properties.find(w("rPr"))
        if style.contents:
            self.placed[line - 1] = PlacedParagraph(paragraph, None, contents=True)
            self._contents.append((line, read.text))
            return
        is_gone = not read.text and (around.taken_out or takes_out(mark) or bool(toggle(mark, "vanish")))
        number = None if is_gone else self.parts.numbering.count(numbered_by(properties), style)
        self.placed[line - 1] = PlacedParagraph(paragraph, number, contents=False)
        self.lines[line - 1] = " ".join(filter(None, (number.text if number else "", read.text)))
        for figure in read.first_figures:
            flow.add(FigureBlock(figure))
        level = heading_level(properties)
        _place_rows(flow, read.rows, number, style if level is None else replace(style, heading=level or None))
        for figure in read.figures:
            flow.add(FigureBlock(figure))
        for note in read.notes:
            flow.add(NoteBlock(note.label, self._note_rows(note, line)))
        for box in read.boxes:
            self._text_box(box, around, flow)

    def _begin_line(self, paragraph: Element) -> int:
        self.lines.append("")
        self.placed.append(PlacedParagraph(paragraph, None, contents=False))
        if len(self.lines) > MAX_PARAGRAPHS:
            raise UnreadableError(too_large(len(self.lines), MAX_PARAGRAPHS))
        return len(self.lines)

    def _note_rows(self, note: NoteReference, line: int) -> tuple[Row, ...]:
        place = Place(line, self.parts.notes[note.kind].related)
        rows: list[Row] = []
        for paragraph in note.element.iter(w("p")):
            self._note_paragraphs += 1
            if self._note_paragraphs > MAX_PARAGRAPHS:
                raise UnreadableError(too_large(self._note_paragraphs, MAX_PARAGRAPHS))
            style = self.parts.styles.named(value(paragraph.find(w("pPr")), "pStyle"))
            rows += [row for row in read_paragraph(paragraph, style, place, Around(), self._state).rows if row.spans]
        first = rows[0].spans if rows else ()
        return (Row(merged((Span(note.label + " "), *first)), line), *rows[1:])

    def _text_box(self, box: Element, around: Around, flow: Flow) -> None:
        line = len(self.lines) + 1
        blocks = self._blocks(box, around)
        if blocks:
            words = joined(row for block in blocks for row in rows_of(block)).text
            self._findings.append(remark("text-box", line, words))
        for block in blocks:
            flow.add(block)

    def _table(self, table: Element, around: Around) -> Iterator[SourceBlock]:
        line = len(self.lines) + 1
        properties = table.find(w("tblPr"))
        self._report_revisions(properties, line)
        rows: list[list[Cell]] = []
        marked_header = False
        for row in _through(table, "tr"):
            row_properties = row.find(w("trPr"))
            if not rows:
                marked_header = bool(toggle(row_properties, "tblHeader"))
            rows.append(self._table_row(row, row_properties, around))
        styled = self.parts.styles.named(value(properties, "tblStyle")).header_row and _first_row_differs(properties)
        header = marked_header or (len(rows) > 1 and (styled or is_bold(rows[0])))
        yield from table_blocks(rows, line, header=header)

    def _table_row(self, row: Element, properties: Element | None, around: Around) -> list[Cell]:
        line = len(self.lines) + 1
        self._report_revisions(properties, line)
        if takes_out(properties):
            revision = next(iter(revisions_in(properties)), Revision("deleted", ""))
            around = replace(around, taken_out=True, revision=revision)
        cells = self._places(_columns(properties, "gridBefore", 0), line)
        for cell in _through(row, "tc"):
            cell_properties = cell.find(w("tcPr"))
            first = len(self.lines) + 1
            self._report_revisions(cell_properties, first)
            inside = replace(around, taken_out=True) if takes_out(cell_properties) else around
            cells.append(Cell(tuple(self._blocks(cell, inside)), first))
            cells += self._places(_columns(cell_properties, "gridSpan", 1) - 1, first)
        return cells

    def _places(self, count: int, line: int) -> list[Cell]:
        """Empty places beside a cell; in the whole document as many as it may have paragraphs."""
        count = min(count, self._places_left)
        self._places_left -= count
        return [Cell((), line)] * count

    def _report_revisions(self, properties: Element | None, line: int) -> None:
        for one in dict.fromkeys(revisions_in(properties)):
            self._findings.append(remark("tracked-change", line, kind=one.kind, author=one.author))


def _place_rows(flow: Flow, rows: Sequence[Row], number: Number | None, style: Style) -> None:
    """The paragraph as what it is: heading, entry of a list, or text."""
    groups = [tuple(group) for has_words, group in itertools.groupby(rows, lambda row: bool(row.spans)) if has_words]
    first = rows[0]
    if number and not number.bullet and _stands_in_front(groups, number, style):
        opening = groups[0] if groups else (Row((), first.line),)
        spans = opening[0].spans
        look = spans[0] if spans else Span("", strong=True)
        prefix = look.saying(number.text + (" " if spans else ""))
        groups = [(replace(opening[0], spans=merged((prefix, *spans))), *opening[1:]), *groups[1:]]
        number = None
    if style.heading and groups:
        words = joined(row for group in groups for row in group)
        flow.add(Heading(min(style.heading, 6), Row(words.spans, first.line)))
        return
    blocks = [block for group in groups for block in _with_bold_line(group)]
    if number and (blocks or number.text):
        flow.add_entry(blocks or [TextBlock((Row((), first.line),))], number, first.line)
    else:
        for block in blocks:
            flow.add(block)


def _stands_in_front(groups: Sequence[Sequence[Row]], number: Number, style: Style) -> bool:
    """Whether the number belongs to a heading, and is no list's: by style, by its sign, or by words all in bold."""
    return bool(style.heading) or "§" in number.text or (number.level == 0 and bool(groups) and _is_bold(groups[0][0]))


def _is_bold(row: Row) -> bool:
    return all(span.strong or not span.text.strip() for span in row.spans)


def _with_bold_line(rows: Sequence[Row]) -> Iterator[SourceBlock]:
    """A first line that is bold as a whole is how many authors write a heading."""
    if _is_bold(rows[0]):
        yield Heading(BOLD_LINE, rows[0])
        rows = rows[1:]
    if rows:
        yield TextBlock(tuple(rows))


def _long_paragraphs(lines: Sequence[str]) -> Iterator[int]:
    return (number for number, line in enumerate(lines, 1) if len(line) > MAX_LINE_CHARACTERS)


def _long_cells(blocks: Sequence[SourceBlock]) -> Iterator[int]:
    """The first paragraphs of cells that hold too much."""
    for block in blocks:
        rows = rows_of(block) if isinstance(block, TableBlock | NoteBlock) else ()
        yield from (row.line for row in rows if len(row.text) > MAX_LINE_CHARACTERS)


def _with_notes(lines: Sequence[str], blocks: Sequence[SourceBlock]) -> tuple[str, ...]:
    """The lines, with the words of each note where its block stands: after the last paragraph before it."""
    if not any(isinstance(block, NoteBlock) for block in blocks):
        return tuple(lines)
    result, last = list(lines), 1
    for block in blocks:
        if isinstance(block, NoteBlock):
            result[last - 1] += " " + " ".join(row.text for row in block.rows)
        else:
            last = max((last, *(row.line for row in rows_of(block))))
    return tuple(result)


def _through(parent: Element, name: str) -> Iterator[Element]:
    """The children of that name, and those in what encloses some of them."""
    wanted, stack = w(name), [preferred(parent)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == wanted:
            yield child
        elif child.tag in (w("sdt"), w("sdtContent"), w("customXml"), w("ins"), w("del"), w("smartTag")):
            stack.append(preferred(child))


def _columns(properties: Element | None, name: str, usual: int) -> int:
    count = whole_number(value(properties, name)) or usual
    return min(max(count, usual), _MOST_COLUMNS)


def _first_row_differs(properties: Element | None) -> bool:
    """Whether the table asks for the look that its style has for a first row. Source: ISO/IEC 29500-1, 17.4.55."""
    look = None if properties is None else properties.find(w("tblLook"))
    if look is None:
        return False
    said = look.get(w("firstRow"))
    mask = look.get(w("val"), "")
    if said is not None:
        return said.lower() in ("1", "true", "on")
    return len(mask) == 4 and all(digit in "0123456789ABCDEFabcdef" for digit in mask) and bool(int(mask, 16) & 0x20)
