"""Tables: regular, and with a header for every cell.

Source: ISO 14289-1, 7.2, 7.5; ISO 32000-1, 14.8.4.3.4, 14.8.5.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signflow.rendering.preflight.document import Document
from signflow.rendering.preflight.file import PdfFile, TooMuchError, text_of
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Dictionary, Value
from signflow.rendering.preflight.tree import Element, Tree

_MOST_CELLS = 1_000_000
_GROUPS = frozenset({"THead", "TBody", "TFoot"})


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell and the places that it takes."""

    element: Element
    row: int
    column: int
    rows: int
    columns: int


def check_tables(document: Document, tree: Tree) -> Iterator[Finding]:
    """7.2, 7.5: every table of the document."""
    for element in tree.elements:
        if element.type == "Table":
            yield from _Table(document.file, tree, element).findings()


class _Table:
    def __init__(self, file: PdfFile, tree: Tree, element: Element) -> None:
        self._file = file
        self._tree = tree
        self._element = element
        self._cells: list[_Cell] = []
        self._grid: dict[tuple[int, int], _Cell] = {}
        self._is_regular = True
        self._lay_out()

    def findings(self) -> Iterator[Finding]:
        if not self._is_regular:
            yield found("table-spans", self._element.dictionary)
        else:
            yield from self._without_header()

    def _lay_out(self) -> None:
        """Put the cells where they stand, row by row."""
        rows = list(self._rows())
        for number, row in enumerate(rows):
            column = 0
            for element in row.kids:
                attributes = self._attributes(element.dictionary)
                rows_taken, columns_taken = (
                    max(1, int(self._file.number(attributes, key) or 1)) for key in ("RowSpan", "ColSpan")
                )
                while (number, column) in self._grid:
                    column += 1
                self._place(_Cell(element, number, column, rows_taken, columns_taken))
                column += columns_taken
        width = max((column for _, column in self._grid), default=-1) + 1
        height = max((row for row, _ in self._grid), default=-1) + 1
        # every row has all of its cells, and none reaches below the last row
        self._is_regular = self._is_regular and height <= len(rows) and len(self._grid) == width * len(rows)

    def _rows(self) -> Iterator[Element]:
        for kid in self._element.kids:
            if kid.type == "TR":
                yield kid
            elif kid.type in _GROUPS:
                yield from (row for row in kid.kids if row.type == "TR")

    def _place(self, cell: _Cell) -> None:
        if cell.rows * cell.columns + len(self._grid) > _MOST_CELLS:
            raise TooMuchError
        self._cells.append(cell)
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                if (row, column) in self._grid:
                    self._is_regular = False
                self._grid[row, column] = cell

    def _attributes(self, element: Dictionary) -> Dictionary:
        """What the element says as part of a table, by itself or by its classes."""
        classes = self._file.dictionary(self._tree.root, "ClassMap")
        said = Dictionary()
        for one in self._several(self._file.entry(element, "C")):
            for attributes in self._file.dictionaries(self._several(self._file.entry(classes, str(one)))):
                said.update(attributes)
        for attributes in self._file.dictionaries(self._several(self._file.entry(element, "A"))):
            if self._file.name(attributes, "O") == "Table":
                said.update(attributes)
        return said

    def _several(self, value: Value) -> list[Value]:
        return value if isinstance(value, list) else [value]

    def _without_header(self) -> Iterator[Finding]:
        """7.5: cells that neither name their headers nor have one in their row or column that says which it heads."""
        identifiers = {
            self._file.text(cell.element.dictionary, "ID") for cell in self._cells if cell.element.type == "TH"
        }
        rows: set[int] = set()
        columns: set[int] = set()
        for cell in self._cells:
            scope = (
                self._file.name(self._attributes(cell.element.dictionary), "Scope") if cell.element.type == "TH" else ""
            )
            if scope in {"Row", "Both"}:
                rows.update(range(cell.row, cell.row + cell.rows))
            if scope in {"Column", "Both"}:
                columns.update(range(cell.column, cell.column + cell.columns))
        if all(cell.element.type != "TH" for cell in self._cells):
            return  # headers are asked for where there are header cells; whether a table needs some, a person judges
        for cell in self._cells:
            if cell.element.type != "TD":
                continue
            headers = self._file.array(self._attributes(cell.element.dictionary), "Headers")
            named = [text_of(one) for one in map(self._file.resolve, headers) if isinstance(one, bytes)]
            is_headed = rows.intersection(range(cell.row, cell.row + cell.rows)) or columns.intersection(
                range(cell.column, cell.column + cell.columns)
            )
            if not is_headed and not (named and identifiers.issuperset(named)):
                yield found("table-headers", cell.element.dictionary)
