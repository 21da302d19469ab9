"""The proof of notice (anslagsbevis): where it begins among the rows after the items, and what it says.

Source: Kommunallagen (2017:725) 8:12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from signflow.minutes.blocks import Row, joined, split_at, trimmed
from signflow.minutes.model import Fact, Notice, Paragraph, Role, Span
from signflow.minutes.recognition.labels import (
    COLUMNS,
    SIGNING_LINE,
    is_notice_heading,
    notice_label_length,
    sign_label,
)

_ROWS_TO_LOOK_AT = 8


def notice_begins(texts: Sequence[str]) -> int | None:
    """Which of the rows heads the proof of notice; None if none does, or if adjusters sign after it."""
    for at, text in enumerate(texts):
        if is_notice_heading(text, texts[at + 1 : at + 1 + _ROWS_TO_LOOK_AT]):
            later = (sign_label(cell) for row in texts[at + 1 :] for cell in COLUMNS.split(row.strip()))
            return None if any(found and found[0] is Role.ADJUSTER for found in later) else at
    return None


def read_notice(lines: Sequence[Sequence[Row]]) -> Notice | None:
    """The proof of notice whose heading is the first cell, every word in its order; None if there are no lines."""
    if not lines:
        return None
    heading, *beside = lines[0]
    reader = _Parts()
    for cells in (beside, *lines[1:]):
        reader.line([cell for row in cells for cell in _cells(row)])
    reader.close()
    return Notice(joined((heading,)).text, tuple(reader.parts), heading.line)


def _cells(row: Row) -> Iterable[Row]:
    start = 0
    for found in COLUMNS.finditer(row.text):
        yield Row(trimmed(split_at(split_at(row.spans, found.start())[0], start)[1]), row.line)
        start = found.end()
    yield Row(trimmed(split_at(row.spans, start)[1]), row.line)


class _Parts:
    """Walks the cells; at most one label waits for its value."""

    def __init__(self) -> None:
        self.parts: list[Fact | Paragraph] = []
        self._label: Row | None = None

    def line(self, cells: Sequence[Row]) -> None:
        """One line of the draft: labels with their values, or text."""
        cells = [cell for cell in cells if cell.spans]
        lengths = [notice_label_length(cell.text) for cell in cells]
        if len(cells) > 1 and all(length == len(cell.text) for cell, length in zip(cells, lengths, strict=True)):
            # labels side by side, their values on the line below: in this order no value stands at its label
            self.close()
            self._text([span for cell in cells for span in (*cell.spans, Span(" "))], cells[0].line)
            return
        for cell, length in zip(cells, lengths, strict=True):
            before, after = split_at(cell.spans, length)
            if length:
                self.close()
                self._label = Row(before, cell.line)
            if trimmed(after):
                self._value(Row(after, cell.line))

    def close(self) -> None:
        """A label that no value follows stands alone."""
        if self._label:
            self.parts.append(_fact(self._label, Paragraph((), self._label.line)))
        self._label = None

    def _value(self, row: Row) -> None:
        if self._label:
            self.parts.append(_fact(self._label, joined((row,))))
            self._label = None
        else:
            self._text(row.spans, row.line)

    def _text(self, spans: Iterable[Span], line: int) -> None:
        self.parts.append(Paragraph(trimmed(spans), line))


def _fact(label: Row, value: Paragraph) -> Fact:
    return Fact(joined((label,)).text.removesuffix(":").rstrip(SIGNING_LINE), value, label.line)
