"""Tables: attendance lists, and the tables of the draft.

Every row has all its cells, every header cell its scope (ISO 14289-1, 7.5). A header row is repeated on the pages that a
table goes on to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signflow.minutes.model import Attendance, Grid, Minutes, Paragraph, Person, Span
from signflow.rendering.faces import Faces, Run, runs_of
from signflow.rendering.lines import text_width, widest_word
from signflow.rendering.rows import Cell, Padding, rule_below, set_row
from signflow.rendering.strips import Element, Strip
from signflow.rendering.style import Colour, HouseStyle, Type
from signflow.texts import Texts

_GUTTER = 14.0
_PADDING = Padding(above=2.5, below=3.0)
_NAME_SHARE = 0.45  # the widest that the column of names may be
_CROWDED = 6  # columns from which on a table is set in the smallest type

_Columns = tuple[tuple[float, float], ...]  # left edge and width of each


@dataclass(frozen=True, slots=True)
class AttendanceHead:
    """The header row that all attendance lists of a document share, so that they stand in line.

    Attributes:
        name: Above the names, where the author has no heading there.
        organisation: Above the affiliations, likewise.
        language: Of these two words, where it is not the document's.
        names_pt: The width of the column of names.
    """

    name: str
    organisation: str
    language: str | None
    names_pt: float


def attendance_head(minutes: Minutes, style: HouseStyle, faces: Faces, texts: Texts) -> AttendanceHead:
    """The header row, with a column of names as wide as the longest of them asks for, within reason."""
    names = [_led(person) for part in minutes.front if isinstance(part, Attendance) for person in part.people]
    natural = max((faces.regular.width(name, style.table.size_pt) for name in names), default=0.0)
    return AttendanceHead(
        name=texts("pdf.attendance.name"),
        organisation=texts("pdf.attendance.organisation"),
        language=None if texts.language == minutes.language else texts.language,
        names_pt=min(max(natural + _GUTTER, style.measure_pt * 0.3), style.measure_pt * _NAME_SHARE),
    )


def set_attendance(
    attendance: Attendance, parent: Element, style: HouseStyle, faces: Faces, head: AttendanceHead
) -> list[Strip]:
    """An attendance list as a table of names and affiliations, each as written, under the author's headings if any."""
    if not attendance.people and not attendance.columns:
        return []
    left, right = head.names_pt - _GUTTER, style.measure_pt - head.names_pt
    table = parent.add("Table")

    def row(first: Element, second: Element, words: tuple[str, str], colour: Colour) -> list[Cell]:
        name, organisation = (runs_of((Span(text),), faces) for text in words)
        return [Cell(first, name, 0.0, left, colour), Cell(second, organisation, head.names_pt, right, colour)]

    elements = table.add("TR")
    first, second = elements.add("TH", Scope="/Column"), elements.add("TH", Scope="/Column")
    if attendance.columns:
        above = (attendance.columns[0], " · ".join(attendance.columns[1:]))
    else:
        above = (head.name, head.organisation)
        first.language = second.language = head.language
    cells = row(first, second, above, style.quiet)
    rows = [set_row(cells, style.small, _PADDING, together=True, least=1)]
    for person in attendance.people:
        elements = table.add("TR")
        words = (_led(person), person.affiliation)
        cells = row(elements.add("TH", Scope="/Row"), elements.add("TD"), words, style.ink)
        rows.append(set_row(cells, style.table, _PADDING, together=True, least=1))
    return _joined(rows, style, header=True)


def _led(person: Person) -> str:
    return f"{person.lead} {person.name}" if person.lead else person.name


def set_grid(grid: Grid, parent: Element, style: HouseStyle, faces: Faces) -> list[Strip]:
    """A table of the draft. Rows that are shorter than others are filled up with empty cells."""
    count = max((len(row) for row in grid.rows), default=0)
    if not count:
        return []
    filled = [[*row, *[Paragraph((), grid.line)] * (count - len(row))] for row in grid.rows]
    runs = [
        [runs_of(cell.spans, faces, strong=grid.header and index == 0) for cell in row]
        for index, row in enumerate(filled)
    ]
    kind = style.small if count >= _CROWDED else style.table
    columns = _columns(runs, kind, style.measure_pt)
    table = parent.add("Table")
    rows: list[list[Strip]] = []
    for index, cells in enumerate(runs):
        row = table.add("TR")
        heads = grid.header and index == 0
        elements = [row.add("TH", Scope="/Column") if heads else row.add("TD") for _ in cells]
        rows.append(
            set_row(
                [
                    Cell(element, text, x, width, style.ink)
                    for element, text, (x, width) in zip(elements, cells, columns, strict=True)
                ],
                kind,
                _PADDING,
                together=True,
                least=1,
            )
        )
    return _joined(rows, style, header=grid.header)


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


def _columns(rows: Sequence[Sequence[tuple[Run, ...]]], kind: Type, measure: float) -> _Columns:
    """Columns as wide as their texts ask for; where there is no room for that, at least as wide as their words."""
    count = len(rows[0])
    gutter = min(_GUTTER, measure / count / 4)
    room = measure - gutter * (count - 1)
    natural = [max(text_width(row[i], kind.size_pt) for row in rows) + 1 for i in range(count)]
    least = [max(widest_word(row[i], kind.size_pt) for row in rows) + 1 for i in range(count)]
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
