"""From the model to elements and strips: what is said, in which structure, and how it looks.

Heading levels follow the rank: the title is H1, items and attendance lists H2, headings inside an item H3. No level is
skipped, whatever levels the draft used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from signflow.minutes.model import (
    Attendance,
    Block,
    Bullets,
    Decision,
    Fact,
    FrontPart,
    Grid,
    Minutes,
    Paragraph,
    Span,
    Subheading,
)
from signflow.rendering.closing import set_closing
from signflow.rendering.faces import Faces, runs_of
from signflow.rendering.fields import SignatureField
from signflow.rendering.lines import text_width
from signflow.rendering.rows import Cell, Padding, rule_beside, set_row
from signflow.rendering.strips import Bar, Bookmark, Element, Strip
from signflow.rendering.style import Colour, HouseStyle, Type
from signflow.rendering.tables import AttendanceHead, attendance_head, set_attendance, set_grid
from signflow.texts import Texts

_NUMBER = re.compile(r"\s*(\S{1,4}[.)])(?=\s)")  # "1." or "b)" before an entry of an ordered list
_INDENT = 13.0
_GAP = 6.0
_FACT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Composition:
    """A document before it has pages."""

    root: Element
    strips: tuple[Strip, ...]


def compose(
    minutes: Minutes, fields: Sequence[SignatureField], style: HouseStyle, faces: Faces, texts: Texts
) -> Composition:
    """The minutes with their signature fields; every word of the model in the model's order."""
    return _Composer(minutes, style, faces, texts).composed(fields)


class _Composer:
    def __init__(self, minutes: Minutes, style: HouseStyle, faces: Faces, texts: Texts) -> None:
        self._minutes = minutes
        self._style = style
        self._faces = faces
        self._texts = texts
        self._root = Element("Document")
        self._strips: list[Strip] = []

    def composed(self, fields: Sequence[SignatureField]) -> Composition:
        minutes, style = self._minutes, self._style
        head = attendance_head(minutes, style, self._faces, self._texts)
        # Nothing above the title is a heading: the first heading of a document is its H1 (ISO 14289-1, 7.4.2).
        self._front(minutes.before_title, head, level=0)
        self._heading(1, minutes.title, style.title, above=30.0, colour=style.ink)
        if self._strips:
            self._strips[-1].height += _GAP
        self._front(minutes.after_title, head, level=2)
        for item in minutes.items:
            heading = f"{item.label} {item.title}".strip()
            self._heading(2, heading, style.heading, above=20.0, colour=style.accent)
            for block in item.blocks:
                self._block(block, level=3)
        closing = set_closing(minutes.sign_off, fields, self._root, style, self._faces)
        if closing:
            closing[0].space += 8.0
            closing[0].bookmark = Bookmark(self._texts("pdf.bookmarks.signatures"), 1 if self._strips else 0)
        return Composition(self._root, (*self._strips, *closing))

    def _front(self, parts: Sequence[FrontPart], head: AttendanceHead, *, level: int) -> None:
        facts: list[Fact] = []
        for part in parts:
            if isinstance(part, Fact):
                facts.append(part)
                continue
            self._facts(facts)
            facts = []
            if isinstance(part, Attendance):
                style = self._style
                self._heading(level, part.label, style.label, above=16.0, colour=style.accent)
                self._strips += set_attendance(part, self._root, style, self._faces, head)
            else:
                self._block(part, level=level)
        self._facts(facts)

    def _facts(self, facts: Sequence[Fact]) -> None:
        """Labelled lines: a list of labels and bodies, aligned."""
        if not facts:
            return
        style, faces = self._style, self._faces
        labels = [runs_of((Span(fact.label),), faces) for fact in facts]
        natural = max(text_width(runs, style.body.size_pt) for runs in labels) + 2 * _INDENT
        edge = min(natural, style.measure_pt * _FACT_SHARE)
        whole = self._root.add("L", ListNumbering="/None")
        for index, (fact, label) in enumerate(zip(facts, labels, strict=True)):
            entry = whole.add("LI")
            cells = [
                Cell(entry.add("Lbl"), label, 0.0, edge - _GAP, style.quiet),
                Cell(entry.add("LBody"), runs_of(fact.value.spans, faces), edge, style.measure_pt - edge, style.ink),
            ]
            self._append(set_row(cells, style.body), above=_GAP if index == 0 else 2.0)

    def _block(self, block: Block, *, level: int) -> None:
        style = self._style
        match block:
            case Paragraph():
                runs = runs_of(block.spans, self._faces)
                cell = Cell(self._root.add("P"), runs, 0.0, style.measure_pt, style.ink)
                self._append(set_row([cell], style.body), above=_GAP)
            case Bullets():
                self._bullets(block)
            case Grid():
                self._append(set_grid(block, self._root, style, self._faces), above=10.0)
            case Subheading():
                self._heading(level, block.text, style.label, above=12.0, colour=style.accent)
            case Decision():
                self._decision(block, level)

    def _bullets(self, bullets: Bullets) -> None:
        if not bullets.entries:
            return
        style = self._style
        whole = self._root.add("L", ListNumbering="/Decimal" if bullets.ordered else "/Disc")
        split = [_numbered(entry.spans) if bullets.ordered else ("•", entry.spans) for entry in bullets.entries]
        labels = [runs_of((Span(label),), self._faces) for label, _ in split]
        edge = max(_INDENT, max(text_width(runs, style.body.size_pt) for runs in labels) + _GAP)
        for index, (label, (_, spans)) in enumerate(zip(labels, split, strict=True)):
            entry = whole.add("LI")
            body = runs_of(spans, self._faces)
            cells = [Cell(entry.add("Lbl"), label, 2.0, edge, style.ink)] if label[0].text else []
            cells.append(Cell(entry.add("LBody"), body, edge + 2.0, style.measure_pt - edge - 2.0, style.ink))
            self._append(set_row(cells, style.body), above=_GAP if index == 0 else 2.0)

    def _decision(self, decision: Decision, level: int) -> None:
        """Set apart by a rule at its left."""
        style, faces = self._style, self._faces
        x, width = _INDENT, style.measure_pt - _INDENT
        strips: list[Strip] = []
        if decision.label:
            heading = self._root.add(f"H{level}")
            label = runs_of((Span(decision.label),), faces, strong=True)
            strips += set_row(
                [Cell(heading, label, x, width, style.accent)], style.label, Padding(above=1.0), together=True
            )
        whole = self._root.add("L", ListNumbering="/None") if decision.texts else self._root
        for index, text in enumerate(decision.texts):
            cell = Cell(whole.add("LI").add("LBody"), runs_of(text.spans, faces), x, width, style.ink)
            above = 0.0 if index == 0 else 3.0
            entry = set_row([cell], style.body, Padding(above, 1.0 if index == len(decision.texts) - 1 else 0.0))
            if index == 0 and strips and entry:
                strips[-1].keep = True
            strips += entry
        rule_beside(strips, style.accent)
        self._append(strips, above=11.0)
        if strips and not strips[-1].keep:
            strips[-1].height += 3.0  # below the rule, so that the text after it does not touch

    def _heading(self, level: int, text: str, kind: Type, *, above: float, colour: Colour) -> None:
        if not text.strip():
            return
        runs = runs_of((Span(text),), self._faces, strong=True)
        cell = Cell(self._root.add(f"H{level}" if level else "P"), runs, 0.0, self._style.measure_pt, colour)
        strips = set_row([cell], kind, together=True)
        if level:
            strips[0].bookmark = Bookmark(text, level - 1)
        if level == 1:
            strips[0].bars.append(Bar(0, -12.0, 34.0, 2.5, self._style.accent))
        strips[-1].keep = True
        self._append(strips, above=above)

    def _append(self, strips: list[Strip], *, above: float) -> None:
        if strips:
            strips[0].space = above
            self._strips += strips


def _numbered(spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """The number that begins an entry, and the entry without it."""
    found = _NUMBER.match(spans[0].text) if spans else None
    if found is None:
        return "", spans
    first = spans[0]
    rest = Span(first.text[found.end() :], strong=first.strong, emphasis=first.emphasis)
    return found[1], (rest, *spans[1:])
