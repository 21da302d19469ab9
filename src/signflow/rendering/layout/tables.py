"""The tables of the draft.

Every row has all its cells, every header cell its scope (ISO 14289-1, 7.5). A header row is repeated on the pages that a
table goes on to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from signflow.minutes.model import Grid, Paragraph
from signflow.rendering.house.style import HouseStyle, Type
from signflow.rendering.layout.rows import Cell, Padding, rule_below, set_row
from signflow.rendering.layout.strips import Element, Strip
from signflow.rendering.type.faces import Faces, Run, runs_of
from signflow.rendering.type.lines import text_width, widest_word

_GUTTER = 14.0
_PADDING = Padding(above=2.5, below=3.0)
_CROWDED = 6  # columns from which on a table is set in the smallest type

# "1 250 000 kr", "−3,5 %", "12:30": digits with what groups them, and a unit of at most four letters.
_NUMBER = re.compile(r"[+\-\u2212\u2013]?\s?\d[\d\s.,:]*(?:%|[^\W\d_]{1,4})?")

_Columns = tuple[tuple[float, float], ...]  # left edge and width of each


def set_grid(grid: Grid, parent: Element, style: HouseStyle, faces: Faces, language: str) -> list[Strip]:
    """A table of the draft; words are parted by the rules of that language.

    Rows that are shorter than others are filled up with empty cells. A column of numbers is set against its right edge.
    """
    count = max((len(row) for row in grid.rows), default=0)
    if not count:
        return []
    filled = [[*row, *[Paragraph((), grid.line)] * (count - len(row))] for row in grid.rows]
    numeric = [_is_numeric([row[i].text for row in filled[1 if grid.header else 0 :]]) for i in range(count)]
    runs = [
        [runs_of(cell.spans, faces, strong=grid.header and index == 0) for cell in row]
        for index, row in enumerate(filled)
    ]
    kind = style.small if count >= _CROWDED else style.table
    columns = _columns(runs, kind, style.measure_pt, language)
    table = parent.add("Table")
    rows: list[list[Strip]] = []
    for index, texts in enumerate(runs):
        row = table.add("TR")
        heads = grid.header and index == 0
        cells = [
            Cell(row.add("TH", Scope="/Column") if heads else row.add("TD"), text, x, width, style.ink, to_right)
            for text, (x, width), to_right in zip(texts, columns, numeric, strict=True)
        ]
        rows.append(set_row(cells, kind, _PADDING, together=True, least=1, language=language))
    return _joined(rows, style, header=grid.header)


def _is_numeric(texts: Sequence[str]) -> bool:
    """Whether all that there is are numbers."""
    filled = [text.strip() for text in texts if text.strip()]
    return bool(filled) and all(_NUMBER.fullmatch(text) for text in filled)


def _joined(rows: Sequence[list[Strip]], style: HouseStyle, *, header: bool) -> list[Strip]:
    """The rows with their rules; no single row is left alone at either end of a page."""
    for index, row in enumerate(rows):
        rule_below(row, style.measure_pt, style.rule, 0.75 if header and index == 0 else 0.4)
        if header and index:
            row_header = tuple(rows[0])
            for strip in row:
                strip.repeat = row_header
    for row in (rows[0], rows[-2] if len(rows) > 2 else rows[0]):
        row[-1].keep = len(rows) > 1
    return [strip for row in rows for strip in row]


def _columns(rows: Sequence[Sequence[tuple[Run, ...]]], kind: Type, measure: float, language: str) -> _Columns:
    """Columns as wide as their texts ask for; where there is no room for that, at least as wide as their words or, parted, their parts."""
    count = len(rows[0])
    gutter = min(_GUTTER, measure / count / 4)
    room = measure - gutter * (count - 1)
    natural = [max(text_width(row[i], kind.size_pt) for row in rows) + 1 for i in range(count)]
    least = [max(widest_word(row[i], kind.size_pt) for row in rows) + 1 for i in range(count)]
    if sum(least) > room:
        least = [max(widest_word(row[i], kind.size_pt, language) for row in rows) + 1 for i in range(count)]
    if sum(natural) <= room:
        spare = (room - sum(natural)) / count
        widths = [width + spare for width in natural]
    elif sum(least) <= room:
        wishes = [n - m for n, m in zip(natural, least, strict=True)]
        share = (room - sum(least)) / (sum(wishes) or 1.0)
        widths = [m + wish * share for m, wish in zip(least, wishes, strict=True)]
    else:
        widths = [room * m / sum(least) for m in least]
    edges: list[tuple[float, float]] = []
    x = 0.0
    for width in widths:
        edges.append((x, width))
        x += width + gutter
    return tuple(edges)
