"""Where the items begin, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from signflow.minutes.blocks import (
    BOLD_LINE,
    Entry,
    FigureBlock,
    Heading,
    ListBlock,
    NoteBlock,
    Row,
    SourceBlock,
    TableBlock,
    TextBlock,
    entry_rows,
    joined,
    note,
    split_at,
    trimmed,
)
from signflow.minutes.front import grid
from signflow.minutes.labels import (
    always_item,
    announces_decision,
    continues_decision,
    decision_label_length,
    front_kind,
    is_deciding_sentence,
    is_decision_label,
    is_section,
    sign_label,
)
from signflow.minutes.model import Block, Bullets, Decision, Item, ListEntry, Paragraph, Subheading
from signflow.minutes.vocabulary import FrontKind

_SECTION_SIGN = re.compile(
    r"((?:[A-ZÅÄÖ][A-Za-zåäöÅÄÖ]{0,4}\s+)?§\s*([0-9]{1,6})(?:\s?[-–]\s?[0-9]{1,6})?(?:/[0-9]{2,4})?[.:]?|([0-9]{1,6})\s?§)(?:\s+|$)"
)
_NUMBER = re.compile(
    r"((?:(?:Punkt|Ärende|Paragraf|Item|Point)\s+)?([0-9]{1,6})[.):](?![0-9])|(?:Punkt|Ärende|Paragraf|Item|Point)\s+([0-9]{1,6}))(?:\s+|$|(?=[^\W\d]))"
)
_BARE_NUMBER = re.compile(r"(([0-9]{1,3}))\s+(?=[^\W\d_a-zåäö])")
_PLAIN_HEADING_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class Label:
    """An item's number as written, as a number, and the length of what precedes the title."""

    text: str
    number: int
    length: int


def item_label(text: str) -> Label | None:
    """The number at the beginning of a heading: `1.`, `1)`, `1`, `§ 94`, `KS § 94`, `94 §`, `Punkt 3:`; None if there is none."""
    match = _SECTION_SIGN.match(text) or _NUMBER.match(text)
    if match:
        return Label(match[1].rstrip(), int(match[2] or match[3]), match.end())
    match = _BARE_NUMBER.match(text)
    return Label(match[1], int(match[2]), match.end()) if match else None


def with_plain_headings(blocks: Sequence[SourceBlock]) -> list[SourceBlock]:
    """The blocks with the headings of a draft without heading marks made headings.

    A line that begins with a section sign is one. Where no heading and no such line is numbered, the entries of numbered
    lists are, but for lists that stand directly under a label (an attendance list).
    """
    result: list[SourceBlock] = []
    for block in blocks:
        row = block.rows[0] if isinstance(block, TextBlock) else None
        if isinstance(block, TextBlock) and row and _is_plain_heading(row):
            result.append(Heading(BOLD_LINE, row))
            result += [TextBlock(block.rows[1:])] if block.rows[1:] else []
        else:
            result.append(block)
    headings = [block for block in result if isinstance(block, Heading) and block.level < BOLD_LINE]
    if any(isinstance(block, Heading) and item_label(block.row.text) for block in result) or len(headings) > 1:
        return result
    return list(_lists_opened(result))


def _is_plain_heading(row: Row) -> bool:
    text = row.text
    match = _SECTION_SIGN.match(text)
    title = text[match.end() :] if match else ""
    return (
        bool(match)
        and len(text) <= _PLAIN_HEADING_CHARACTERS
        and not text.endswith((".", ","))
        and not title[:1].islower()
    )


def _lists_opened(blocks: Iterable[SourceBlock]) -> Iterable[SourceBlock]:
    after_label = False
    for block in blocks:
        if isinstance(block, ListBlock) and block.ordered and not after_label and all(map(_heads_item, block.entries)):
            for entry in block.entries:
                rows = entry_rows(entry)
                opening = entry.blocks[0]
                yield Heading(BOLD_LINE, rows[0])
                if isinstance(opening, TextBlock) and opening.rows[1:]:
                    yield TextBlock(opening.rows[1:])
                yield from entry.blocks[1:]
            continue
        if isinstance(block, Heading | TextBlock):
            row = block.row if isinstance(block, Heading) else block.rows[-1]
            after_label = front_kind(row.text) is not None or is_decision_label(row.text)
        yield block


def _heads_item(entry: Entry) -> bool:
    opening = entry.blocks[0]
    if not isinstance(opening, TextBlock | Heading):
        return False
    text = opening.rows[0].text if isinstance(opening, TextBlock) else opening.row.text
    return len(text) <= _PLAIN_HEADING_CHARACTERS and not text.endswith((".", ";", ",")) and not text[:1].islower()


def item_starts(blocks: Sequence[SourceBlock]) -> list[int]:
    """Where in the blocks (those after the title) items begin.

    Numbered headings do, of whatever level, for real drafts mix them. A heading without number does if it stands as high
    as a numbered one and does not name a part of an item. Without any number, the highest headings are the items.
    """
    headings = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Heading) and _may_head_item(block)]
    numbered = [(at, block) for at, block in headings if item_label(block.row.text)]
    labels = [at for at, block in enumerate(blocks) if _is_front_label(block)]
    if numbered:
        levels = {block.level for _, block in numbered}
        first, front = numbered[0][0], min(labels, default=len(blocks))
        return [
            at
            for at, block in headings
            if item_label(block.row.text)
            or (always_item(block.row.text) and at > first)
            or (_stands_high(block, levels) and (at > first or at > front))
        ]
    first_label = min(labels, default=-1)
    candidates = [(at, block) for at, block in headings if at > first_label or always_item(block.row.text)]
    highest = min((block.level for _, block in candidates), default=0)
    return [at for at, block in candidates if block.level == highest or always_item(block.row.text)]


def _stands_high(block: Heading, levels: set[int]) -> bool:
    return block.level < BOLD_LINE and (block.level in levels or block.level < min(levels))


def _may_head_item(block: Heading) -> bool:
    text = block.row.text
    if item_label(text):
        return True
    return bool(block.row.spans) and not (
        front_kind(text) or is_section(text) or decision_label_length(block.row) or sign_label(text)
    )


def _is_front_label(block: SourceBlock) -> bool:
    if isinstance(block, TextBlock | Heading):
        rows = block.rows if isinstance(block, TextBlock) else (block.row,)
        return any(_front_label_of(row) for row in rows)
    return False


def _front_label_of(row: Row) -> bool:
    first = row.text.split(":", maxsplit=1)[0].split("\t", maxsplit=1)[0]
    styled = row.spans[0].text if row.spans and (row.spans[0].strong or row.spans[0].emphasis) else ""
    kinds = (front_kind(first), front_kind(styled))
    return any(kind and kind is not FrontKind.OTHER for kind in kinds)


def read_item(blocks: Sequence[SourceBlock]) -> Item:
    """The item whose heading is the first of the blocks; every word of the blocks is in it, in order."""
    heading = blocks[0]
    if not isinstance(heading, Heading):
        raise TypeError(heading)
    text = joined((heading.row,)).text
    label = item_label(text)
    title = text[label.length :] if label else text
    rest = blocks[1:]
    if not title and rest and isinstance(rest[0], Heading) and _may_head_item(rest[0]):
        title, rest = joined((rest[0].row,)).text, rest[1:]
    body = _Body()
    for block in rest:
        body.add(block)
    body.close()
    level = min(heading.level, 6)
    return Item(
        label.number if label else None, label.text if label else "", title, level, tuple(body.blocks), heading.line
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
                for rows in _segments(block.rows):
                    self._segment(rows)
            case ListBlock():
                self._list(block)
            case TableBlock():
                self.close()
                table = grid(block)
                self.blocks.extend((table,) if table.rows else ())
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
        elif is_deciding_sentence(paragraph.text):
            self.close()
            self._open, self._texts = (None, paragraph.line), [paragraph]
        else:
            self.close()
            self.blocks.append(paragraph)

    def _list(self, block: ListBlock) -> None:
        lines = [rows for rows in map(entry_rows, block.entries) if any(row.spans for row in rows)]
        entries = tuple(joined(rows) for rows in lines)
        bare = [entry.text.partition(" ")[2] if block.ordered else entry.text for entry in entries]
        announced = bool(self._texts) and self._texts[-1].text.endswith(
            (":", " att", "beslutar", "beslutade", "resolved")
        )
        if self._open and (not self._texts or announced or all(map(continues_decision, bare))):
            self._texts.extend(entries)
        elif entries:
            self.close()
            self.blocks.append(Bullets(tuple(map(ListEntry, entries)), block.ordered, block.line))


def _segments(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    """The rows cut where the author meant a new paragraph without leaving a line empty."""
    start = 0
    only_clauses = all(continues_decision(row.text) for row in rows)
    for at in range(1, len(rows)):
        before = rows[at - 1]
        is_label = decision_label_length(rows[at]) > 0
        ends = before.ends_hard or only_clauses or before.text.endswith((",", ".", ";", ":", " och", " samt"))
        new_clause = ends and continues_decision(rows[at].text)
        # a label on a line of its own stays with the line after it, which is its decision
        after_label = 0 < len(before.text) == decision_label_length(before)
        if is_label or ((before.ends_hard or new_clause) and not after_label):
            yield rows[start:at]
            start = at
    yield rows[start:]
