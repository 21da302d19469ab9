"""From the model to elements and strips: what is said, in which structure, and how it looks.

Heading levels follow the rank: the title is H1, items and attendance lists H2, headings inside an item H3. No level is
skipped, whatever levels the draft used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signflow.minutes.model import (
    Attendance,
    Fact,
    FrontPart,
    Minutes,
    Span,
)
from signflow.rendering.blocks import GAP_PT, INDENT_PT, BlockSetter
from signflow.rendering.closing import set_closing
from signflow.rendering.faces import Faces, runs_of
from signflow.rendering.fields import SignatureField
from signflow.rendering.lines import text_width
from signflow.rendering.rows import Cell, set_row
from signflow.rendering.strips import Bookmark, Element, Strip
from signflow.rendering.style import HouseStyle
from signflow.rendering.tables import AttendanceHead, attendance_head, set_attendance
from signflow.texts import Texts

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
        self._blocks = BlockSetter(self._root, style, faces)

    def composed(self, fields: Sequence[SignatureField]) -> Composition:
        minutes, style = self._minutes, self._style
        head = attendance_head(minutes, style, self._faces, self._texts)
        # Nothing above the title is a heading: the first heading of a document is its H1 (ISO 14289-1, 7.4.2).
        self._front(minutes.before_title, head, level=0)
        self._blocks.heading(1, minutes.title, style.title, above=30.0, colour=style.ink)
        if self._blocks.strips:
            self._blocks.strips[-1].height += GAP_PT
        self._front(minutes.after_title, head, level=2)
        for item in minutes.items:
            heading = f"{item.label} {item.title}".strip()
            self._blocks.heading(2, heading, style.heading, above=20.0, colour=style.accent)
            for block in item.blocks:
                self._blocks.block(block, level=3)
        closing = set_closing(minutes.sign_off, fields, self._root, style, self._faces)
        if closing:
            closing[0].space += 8.0
            closing[0].bookmark = Bookmark(self._texts("pdf.bookmarks.signatures"), 1 if self._blocks.strips else 0)
        return Composition(self._root, (*self._blocks.strips, *closing))

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
                self._blocks.heading(level, part.label, style.label, above=16.0, colour=style.accent)
                self._blocks.strips += set_attendance(part, self._root, style, self._faces, head)
            else:
                self._blocks.block(part, level=level)
        self._facts(facts)

    def _facts(self, facts: Sequence[Fact]) -> None:
        """Labelled lines: a list of labels and bodies, aligned."""
        if not facts:
            return
        style, faces = self._style, self._faces
        labels = [runs_of((Span(fact.label),), faces) for fact in facts]
        natural = max(text_width(runs, style.body.size_pt) for runs in labels) + 2 * INDENT_PT
        edge = min(natural, style.measure_pt * _FACT_SHARE)
        whole = self._root.add("L", ListNumbering="/None")
        for index, (fact, label) in enumerate(zip(facts, labels, strict=True)):
            entry = whole.add("LI")
            cells = [
                Cell(entry.add("Lbl"), label, 0.0, edge - GAP_PT, style.quiet),
                Cell(entry.add("LBody"), runs_of(fact.value.spans, faces), edge, style.measure_pt - edge, style.ink),
            ]
            self._blocks.append(set_row(cells, style.body), above=GAP_PT if index == 0 else 2.0)
