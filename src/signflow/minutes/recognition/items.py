"""The blocks of one item → its number, title, decisions and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from signflow.minutes.blocks import (
    Entry,
    FigureBlock,
    Heading,
    ListBlock,
    NoteBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    bullets,
    grid,
    is_bold,
    joined,
    merged,
    note,
    rows_of,
    split_at,
    trimmed,
)
from signflow.minutes.model import Block, Bullets, Decision, Item, Paragraph, Span, Subheading
from signflow.minutes.recognition.headings import item_label, may_head_item
from signflow.minutes.recognition.labels import (
    announces_decision,
    continues_decision,
    decision_label_length,
    declares_adjusted,
    is_deciding_sentence,
    is_decision_label,
    is_section,
    lists_lines,
    may_be_wrapped,
    names_task,
)

_CASE_NUMBER = re.compile(
    r"(?:(?:dnr|diarienummer|diarienr|case no\.?|ref\.?)\b.*|[A-ZÅÄÖ]{1,5}[ /-]?[0-9]{2,4}[/:-][0-9]+.*)?",
    re.IGNORECASE,
)
_TITLE_CHARACTERS = 120
_NUMBER_CELL = re.compile(r"\(?[0-9a-z]{1,2}[.)]?")
_INNER_SIGN = "– "
_ANNOUNCING = (":", " att", "beslutar", "beslutade", "resolved")


def read_item(blocks: Sequence[SourceBlock]) -> Item:
    """The item whose heading is the first of the blocks; every word of the blocks is in it, in order."""
    heading = blocks[0]
    if not isinstance(heading, Heading):
        raise TypeError(heading)
    text = joined((heading.row,)).text
    label = item_label(text)
    title = text[label.length :] if label else text
    rest = blocks[1:]
    if label and rest and _CASE_NUMBER.fullmatch(title) and _is_title(rest[0]):
        first, *others = rows_of(rest[0])
        title = f"{title} {joined((first,)).text}".strip()
        rest = (*((TextBlock(tuple(others)),) if others else ()), *rest[1:])
    body = _Body()
    for block in rest:
        body.add(block)
    body.close()
    level = min(heading.level, 6)
    return Item(
        label.number if label else None, label.text if label else "", title, level, tuple(body.blocks), heading.line
    )


def _is_title(block: SourceBlock) -> bool:
    """Whether the block under a bare number is the item's title."""
    if isinstance(block, Heading):
        return may_head_item(block)
    if not isinstance(block, TextBlock):
        return False
    row, *others = block.rows
    if others and not is_bold(row):
        return False
    text = row.text
    return (
        0 < len(text) <= _TITLE_CHARACTERS
        and text[0].isupper()
        and not text.endswith((".", ":", ";", ",", "?", "!"))
        and not (is_section(text) or is_decision_label(text) or is_deciding_sentence(text) or continues_decision(text))
    )


@dataclass(slots=True)
class _Body:
    """Collects an item's blocks; at most one decision is open.

    The first paragraph after a decision's label is always its text; later ones while they begin with `att`.
    """

    blocks: list[Block] = field(default_factory=list[Block])
    _open: tuple[str | None, int] | None = None
    _texts: list[Paragraph] = field(default_factory=list[Paragraph])

    def add(self, block: SourceBlock) -> None:
        match block:
            case Heading():
                self._heading(block.row)
            case TextBlock():
                above = self.blocks[-1] if self.blocks and not self._open else None
                lists = isinstance(above, Subheading) and lists_lines(above.text)
                for rows in _segments(block.rows, each_line=lists):
                    self._segment(rows)
            case ListBlock():
                self._list(block)
            case TableBlock():
                self._table(block)
            case FigureBlock():
                self.close()
                self.blocks.append(block.figure)
            case NoteBlock():
                self.close()
                self.blocks.append(note(block))

    def close(self) -> None:
        """End the open decision."""
        if self._open:
            label, line = self._open
            self.blocks.append(Decision(label, tuple(self._texts), line))
        self._open, self._texts = None, []

    def _heading(self, row: Row) -> None:
        if decision_label_length(row):
            self._segment([row])
        elif row.spans:
            self.close()
            self.blocks.append(Subheading(joined((row,)).text, row.line))

    def _segment(self, rows: Sequence[Row]) -> None:
        length = decision_label_length(rows[0])
        if length:
            label, line = self._open or (None, 0)
            if label and not self._texts and announces_decision(rows[0].text[:length]):
                # `Kommunstyrelsens beslut` over `Kommunstyrelsen beslutar`: the first is a heading, the second the label
                self.blocks.append(Subheading(label, line))
                self._open = None
            self.close()
            before, after = split_at(rows[0].spans, length)
            self._open = ("".join(span.text for span in trimmed(before)), rows[0].line)
            rows = [Row(after, rows[0].line), *rows[1:]]
        paragraph = joined(row for row in rows if row.spans)
        if not paragraph.spans:
            return
        if self._open and (not self._texts or continues_decision(paragraph.text)):
            self._texts.append(paragraph)
        elif len(rows) == 1 and is_section(paragraph.text):
            self.close()
            self.blocks.append(Subheading(paragraph.text, paragraph.line))
        elif is_deciding_sentence(paragraph.text):
            self.close()
            self._open, self._texts = (None, paragraph.line), [paragraph]
        else:
            self.close()
            self.blocks.append(paragraph)

    def _table(self, block: TableBlock) -> None:
        """A table; one that only keeps a decision's number, or its label, apart from its words, is that decision."""
        rows = [written for cells in block.rows if (written := [cell for cell in cells if cell.spans])]
        if self._open and not self._texts and all(map(_is_numbered, rows)):
            self._texts.extend(map(joined, rows))
        elif any(_has_decision_label(cells) for cells in rows):
            for cells in rows:
                self.close()
                if _has_decision_label(cells):
                    self.blocks.append(Decision(cells[0].text, (joined(cells[1:]),), cells[0].line))
                else:
                    self.blocks.append(joined(cells))
        else:
            self.close()
            table = grid(block)
            self.blocks.extend((table,) if table.rows else ())

    def _list(self, block: ListBlock) -> None:
        written = bullets(block)
        if written is None:
            return
        before = self._texts[-1].text if self._texts else ""
        clauses = all(map(_is_clause, block.entries))
        # `att bevilja bidrag till` goes on in the list below it
        inside = continues_decision(before) and not clauses and not before.endswith((".", ",", ";"))
        if self._open and (not before or clauses or inside or before.endswith(_ANNOUNCING)):
            self._texts.extend(_clauses(written, _INNER_SIGN if inside and not block.ordered else ""))
        else:
            self.close()
            self.blocks.append(written)


def _is_numbered(cells: Sequence[Row]) -> bool:
    return len(cells) == 1 or (len(cells) == 2 and _NUMBER_CELL.fullmatch(cells[0].text) is not None)


def _has_decision_label(cells: Sequence[Row]) -> bool:
    return len(cells) == 2 and is_decision_label(cells[0].text)


def _is_clause(entry: Entry) -> bool:
    opening = next((row for block in entry.blocks for row in rows_of(block) if row.spans), None)
    return opening is None or continues_decision(joined((opening,)).text)


def _clauses(block: Bullets, sign: str = "") -> Iterator[Paragraph]:
    """What a list decides, each entry by itself; those of an inner list without numbers have a dash before them."""
    for entry in block.entries:
        yield Paragraph(merged((Span(sign), *entry.text.spans)), entry.text.line)
        for inner in entry.nested:
            yield from _clauses(inner, "" if inner.ordered else _INNER_SIGN)


def _segments(rows: Sequence[Row], *, each_line: bool = False) -> Iterable[Sequence[Row]]:
    """The rows cut where the author meant a new paragraph without leaving a line empty.

    Args:
        rows: A paragraph's.
        each_line: Whether each line is one, but for those that an editor broke.
    """
    start = 0
    only_clauses = all(continues_decision(row.text) for row in rows)
    for at in range(1, len(rows)):
        before = rows[at - 1]
        is_label = decision_label_length(rows[at]) > 0
        ends = before.ends_hard or only_clauses or not may_be_wrapped(before.text)
        new_clause = ends and continues_decision(rows[at].text)
        # a label on a line of its own stays with the line after it, which is its decision
        after_label = 0 < len(before.text) == decision_label_length(before)
        stands_alone = is_section(before.text) or is_section(rows[at].text) or declares_adjusted(rows[at].text)
        stands_alone = stands_alone or names_task(rows[at].text) or (each_line and not may_be_wrapped(before.text))
        if is_label or ((before.ends_hard or new_clause or stands_alone) and not after_label):
            yield rows[start:at]
            start = at
    yield rows[start:]
