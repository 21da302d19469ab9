"""The blocks before the first item → labelled facts, attendance lists and what the author wrote besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from signflow.minutes.blocks import (
    BOLD_LINE,
    FigureBlock,
    Heading,
    ListBlock,
    NoteBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    bullets,
    entry_rows,
    grid,
    joined,
    note,
    trimmed,
)
from signflow.minutes.model import (
    Attendance,
    Fact,
    FrontPart,
    Paragraph,
    Person,
    Span,
    Subheading,
)
from signflow.minutes.recognition.labels import Labelled, front_kind, means_nobody, split_label
from signflow.minutes.recognition.people import is_heading_row, is_name, read_people, read_person
from signflow.minutes.recognition.vocabulary import LISTS, FrontKind

_ENTRIES_ON_A_LINE = 2


def read_front(blocks: Iterable[SourceBlock]) -> tuple[FrontPart, ...]:
    """The parts in order; every word of the blocks is in one of them."""
    front = _Front()
    for block in blocks:
        front.add(block)
    front.close()
    return tuple(front.parts)


@dataclass(slots=True)
class _OpenList:
    label: str
    absent: bool
    line: int
    people: list[Person] = field(default_factory=list[Person])
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class _Front:
    """What is open while the blocks are walked: at most one of a label, an attendance list, a fact, a paragraph."""

    parts: list[FrontPart] = field(default_factory=list[FrontPart])
    _label: tuple[str, int] | None = None
    _list: _OpenList | None = None
    _fact: tuple[str, int] | None = None
    _rows: list[Row] = field(default_factory=list[Row])

    def add(self, block: SourceBlock) -> None:
        if isinstance(block, FigureBlock | NoteBlock):
            self.close()
            self.parts.append(block.figure if isinstance(block, FigureBlock) else note(block))
            return
        self._end_block()
        match block:
            case Heading():
                self._heading(block)
            case TextBlock():
                for row in block.rows:
                    if row.spans:
                        self._row(row)
            case ListBlock():
                self._entries(block)
            case TableBlock():
                self._table(block)

    def close(self) -> None:
        """End whatever is open."""
        self._end_block()
        if self._list:
            open_list, self._list = self._list, None
            self.parts.append(
                Attendance(
                    open_list.label, tuple(open_list.people), open_list.absent, open_list.line, open_list.columns
                )
            )
        if self._label:
            (text, line), self._label = self._label, None
            self.parts.append(Paragraph((Span(text),), line))

    def _end_block(self) -> None:
        if self._rows and self._fact:
            label, line = self._fact
            self.parts.append(Fact(label, joined(self._rows), line))
        elif self._rows:
            self.parts.append(joined(self._rows))
        self._fact, self._rows = None, []

    def _heading(self, heading: Heading) -> None:
        row = heading.row
        labelled = split_label(row)
        if labelled and labelled.known:
            self._open(labelled, row)
        elif self._list and heading.level == BOLD_LINE and is_name(row.text):
            self._row(row)
        elif row.spans:
            self.close()
            self.parts.append(Subheading(joined((row,)).text, row.line))

    def _row(self, row: Row) -> None:
        labelled = split_label(row)
        if labelled and not labelled.known and self._list:
            labelled = None
        if labelled:
            self._open(labelled, row)
        elif self._label:
            self._fact, self._label = self._label, None
            self._rows.append(row)
        elif self._list:
            self._attend(row)
        else:
            self._rows.append(row)

    def _open(self, labelled: Labelled, row: Row) -> None:
        absent = labelled.kind is FrontKind.ABSENT or (
            labelled.kind is FrontKind.GROUP and self._list is not None and self._list.absent
        )
        self.close()
        if labelled.kind in LISTS:
            self._open_list(labelled, row, absent=absent)
        elif labelled.rest:
            self._fact = (labelled.label, row.line)
            self._rows = [Row(labelled.rest, row.line)]
        else:
            self._label = (labelled.label, row.line)

    def _open_list(self, labelled: Labelled, row: Row, *, absent: bool) -> None:
        text = Row(labelled.rest, row.line).text
        people = () if means_nobody(text) else read_people(text, row.line)
        if not labelled.rest or people:
            self._list = _OpenList(labelled.label, absent, row.line, list(people))
        else:
            self._fact = (labelled.label, row.line)
            self._rows = [Row(labelled.rest, row.line)]

    def _attend(self, row: Row, *, in_columns: bool = False, marker: str = "") -> None:
        # in a table or a list, a row is a person however it looks
        found = None if means_nobody(row.text) else read_person(row, in_columns=in_columns, marker=marker)
        people = read_people(row.text, row.line) if not in_columns and "\t" not in row.text else ()
        written = Row((Span(marker + " "), *row.spans), row.line, row.ends_hard) if marker else row
        if self._list and len(people) > 1:
            self._list.people.extend(people)
        elif self._list and found:
            self._list.people.append(found)
        elif self._list and not (self._list.people or self._list.columns):
            self._fact, self._list = (self._list.label, self._list.line), None
            self._rows.append(written)
        else:
            self.close()
            self._rows.append(written)

    def _entries(self, block: ListBlock) -> None:
        rows = [entry_rows(entry) for entry in block.entries]
        if self._list:
            for entry, entry_lines in zip(block.entries, rows, strict=True):
                line = joined(entry_lines if not entry.marker else entry_rows(type(entry)("", entry.blocks)))
                with_tabs = entry_lines[0] if len(entry_lines) == 1 and not entry.marker else Row(line.spans, line.line)
                self._list_entry(with_tabs, entry.marker)
        elif self._label and len(rows) > _ENTRIES_ON_A_LINE and (written := bullets(block)):
            (label, line), self._label = self._label, None
            self.parts += (Subheading(label, line), written)
        elif self._label:
            (label, line), self._label = self._label, None
            spans = [span for number, lines in enumerate(rows) for span in (*_comma(number), *joined(lines).spans)]
            self.parts.append(Fact(label, Paragraph(trimmed(spans), rows[0][0].line), line))
        elif all(split_label(lines[0]) for lines in rows):
            for row in (row for lines in rows for row in lines if row.spans):
                self._row(row)
        else:
            written = bullets(block)
            self.parts.extend((written,) if written else ())

    def _list_entry(self, row: Row, marker: str) -> None:
        if self._list:
            self._attend(row, in_columns=True, marker=marker)
        else:
            self._rows.append(Row((Span(marker + " "), *row.spans), row.line, row.ends_hard) if marker else row)

    def _table(self, block: TableBlock) -> None:
        rows = [cells for cells in block.rows if any(cell.spans for cell in cells)]
        if rows and len(rows[0]) > 1 and is_heading_row(rows[0]):
            self._open_list_of_table(rows[0][0])
        labelled = any(cells and front_kind(cells[0].text) for cells in rows)
        if self._list and not (self._list.people and labelled):
            if rows and is_heading_row(rows[0]) and not self._list.people:
                self._list.columns = tuple(joined((cell,)).text for cell in rows[0] if cell.spans)
                rows = rows[1:]
            for cells in rows:
                self._list_entry_of_table(cells)
            self.close()
        elif labelled:
            for cells in rows:
                self._labelled_cells(cells)
        elif rows:
            self.close()
            self.parts.append(grid(block))

    def _open_list_of_table(self, head: Row) -> None:
        """`Ersättare | Parti | Tjänstgör för` heads a list as well as columns; its label is then the first column's."""
        kind = front_kind(head.text)
        if kind in LISTS and (self._list is None or self._list.people):
            absent = self._list is not None and self._list.absent and kind is FrontKind.GROUP
            self.close()
            self._list = _OpenList("", absent, head.line)
        if self._list and kind is FrontKind.ABSENT:
            self._list.absent = True

    def _list_entry_of_table(self, cells: Sequence[Row]) -> None:
        row = Row(_with_tabs(cells), cells[0].line)
        if self._list:
            self._attend(row, in_columns=True)
        else:
            self._rows.append(row)

    def _labelled_cells(self, cells: Sequence[Row]) -> None:
        label = joined(cells[:1]).text.removesuffix(":")
        rest = trimmed(_with_tabs(cells[1:]))
        if not label or not rest:
            self._row(Row(_with_tabs(cells), cells[0].line))
        else:
            kind = front_kind(label) or FrontKind.OTHER
            self._open(Labelled(label, kind, known=True, rest=rest), cells[0])
        self._end_block()


def _with_tabs(cells: Sequence[Row]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for cell in cells:
        if cell.spans:
            spans += [Span("\t"), *cell.spans] if spans else cell.spans
    return tuple(spans)


def _comma(number: int) -> tuple[Span, ...]:
    return (Span(", "),) if number else ()
