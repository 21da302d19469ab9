"""Tables of a Word document → a table block, or, where the table only lays out the page, the blocks of its cells.

A table lays out the page if it has one column, if headings stand in it, or if labels stand beside or above several lines,
as on the first page of much statutory minutes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signflow.minutes.blocks import (
    BOLD_LINE,
    FigureBlock,
    Heading,
    NoteBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    merged,
    rows_of,
)
from signflow.minutes.model import Span
from signflow.minutes.recognition.labels import front_kind, sign_label


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, or an empty place under or beside one that spans several."""

    blocks: tuple[SourceBlock, ...]
    line: int

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its rows that have words."""
        return tuple(row for block in self.blocks for row in rows_of(block) if row.spans)


def table_blocks(rows: Sequence[Sequence[Cell]], line: int, *, header: bool) -> Iterator[SourceBlock]:
    """The table, and after it the images and notes of its cells; or the blocks of its cells.

    Args:
        rows: Its rows; they may differ in length.
        line: Where it begins.
        header: Whether the author made the first row a header.
    """
    rows = [cells for cells in rows if cells]
    if not any(cell.blocks for cells in rows for cell in cells):
        return
    if _lays_out(rows):
        for cells in rows:
            yield from _opened(cells)
        return
    written = [tuple(Row(_joined(cell.rows), cell.line) for cell in cells) for cells in rows]
    if not header:
        written.insert(0, tuple(Row((), line) for _ in written[0]))
    yield TableBlock(tuple(written), line)
    for cell in itertools.chain.from_iterable(rows):
        yield from (block for block in cell.blocks if isinstance(block, FigureBlock | NoteBlock))


def is_bold(cells: Sequence[Cell]) -> bool:
    """Whether a row is set in bold as a whole, every cell with words."""
    spans = [span for cell in cells for row in cell.rows for span in row.spans]
    return all(cell.rows for cell in cells) and all(span.strong or not span.text.strip() for span in spans)


def _lays_out(rows: Sequence[Sequence[Cell]]) -> bool:
    if max(sum(bool(cell.blocks) for cell in cells) for cells in rows) <= 1:
        return True
    headings = (block for cells in rows for cell in cells for block in cell.blocks if isinstance(block, Heading))
    return any(block.level < BOLD_LINE for block in headings) or any(map(_is_form, rows))


def _is_form(cells: Sequence[Cell]) -> bool:
    """Whether a label stands beside or above several lines."""
    filled = [cell.rows for cell in cells if cell.rows]
    if len(filled) < 2:
        return False
    is_labelled = len(filled[0]) == 1 and (front_kind(filled[0][0].text) or sign_label(filled[0][0].text))
    if is_labelled and any(len(rows) > 1 for rows in filled[1:]):
        return True
    return any(len(rows) > 1 and sign_label(rows[0].text) for rows in filled)


def _opened(cells: Sequence[Cell]) -> Iterator[SourceBlock]:
    """The blocks of a row's cells: in one line where each cell is one, else one cell after the other."""
    filled = [cell for cell in cells if cell.blocks]
    simple = all(len(cell.blocks) == 1 and isinstance(cell.blocks[0], TextBlock | Heading) for cell in filled)
    if len(filled) > 1 and simple and all(len(cell.rows) == 1 for cell in filled):
        yield TextBlock((Row(_joined((row for cell in filled for row in cell.rows), "\t"), filled[0].line),))
        return
    is_form = _is_form(cells)
    for cell in filled:
        yield from _gathered(cell.blocks) if is_form else cell.blocks


def _gathered(blocks: Sequence[SourceBlock]) -> Iterator[SourceBlock]:
    """The blocks, with paragraphs one after the other made one, a line each: in a form, they belong to one label."""
    for is_text, group in itertools.groupby(blocks, lambda block: isinstance(block, TextBlock)):
        several = tuple(group)
        if is_text:
            rows = (row for block in several for row in rows_of(block))
            yield TextBlock(tuple(Row(row.spans, row.line, ends_hard=True) for row in rows))
        else:
            yield from several


def _joined(rows: Iterator[Row] | Sequence[Row], between: str = " ") -> tuple[Span, ...]:
    spans: list[Span] = []
    for row in rows:
        spans += [Span(between), *row.spans] if spans else row.spans
    return merged(spans)
