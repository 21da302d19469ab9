"""The blocks of the minutes as elements and strips: paragraphs, lists, tables, figures, notes, decisions, headings."""

from __future__ import annotations

import re
from typing import assert_never

from signflow.minutes.model import Block, Bullets, Decision, Figure, Grid, Note, Paragraph, Span, Subheading
from signflow.rendering.faces import Faces, runs_of
from signflow.rendering.lines import text_width
from signflow.rendering.rows import Cell, Padding, rule_beside, set_row
from signflow.rendering.strips import Bar, Bookmark, Element, Strip
from signflow.rendering.style import Colour, HouseStyle, Type
from signflow.rendering.tables import set_grid

_NUMBER = re.compile(r"\s*(\S{1,4}[.)])(?=\s)")  # "1." or "b)" before an entry of an ordered list
INDENT_PT = 13.0
GAP_PT = 6.0


class BlockSetter:
    """Sets blocks one after the other; what it has set stands in `strips`, in order."""

    def __init__(self, root: Element, style: HouseStyle, faces: Faces) -> None:
        self._root = root
        self._style = style
        self._faces = faces
        self.strips: list[Strip] = []

    def block(self, block: Block, *, level: int) -> None:
        """Set a block; headings in it are of that level."""
        style = self._style
        match block:
            case Paragraph():
                runs = runs_of(block.spans, self._faces)
                cell = Cell(self._root.add("P"), runs, 0.0, style.measure_pt, style.ink)
                self.append(set_row([cell], style.body), above=GAP_PT)
            case Bullets():
                self._bullets(block)
            case Grid():
                self.append(set_grid(block, self._root, style, self._faces), above=10.0)
            case Subheading():
                self.heading(level, block.text, style.label, above=12.0, colour=style.accent)
            case Decision():
                self._decision(block, level)
            case Note():
                spans = (Span(f"{block.label} "), *block.text.spans)
                cell = Cell(self._root.add("P"), runs_of(spans, self._faces), 0.0, style.measure_pt, style.ink)
                self.append(set_row([cell], style.small), above=GAP_PT)
            case Figure():
                pass
            case _:
                assert_never(block)

    def _bullets(self, bullets: Bullets) -> None:
        if not bullets.entries:
            return
        style = self._style
        whole = self._root.add("L", ListNumbering="/Decimal" if bullets.ordered else "/Disc")
        split = [
            _numbered(entry.text.spans) if bullets.ordered else ("•", entry.text.spans) for entry in bullets.entries
        ]
        labels = [runs_of((Span(label),), self._faces) for label, _ in split]
        edge = max(INDENT_PT, max(text_width(runs, style.body.size_pt) for runs in labels) + GAP_PT)
        for index, (label, (_, spans)) in enumerate(zip(labels, split, strict=True)):
            entry = whole.add("LI")
            body = runs_of(spans, self._faces)
            cells = [Cell(entry.add("Lbl"), label, 2.0, edge, style.ink)] if label[0].text else []
            cells.append(Cell(entry.add("LBody"), body, edge + 2.0, style.measure_pt - edge - 2.0, style.ink))
            self.append(set_row(cells, style.body), above=GAP_PT if index == 0 else 2.0)

    def _decision(self, decision: Decision, level: int) -> None:
        """Set apart by a rule at its left."""
        style, faces = self._style, self._faces
        x, width = INDENT_PT, style.measure_pt - INDENT_PT
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
        self.append(strips, above=11.0)
        if strips and not strips[-1].keep:
            strips[-1].height += 3.0  # below the rule, so that the text after it does not touch

    def heading(self, level: int, text: str, kind: Type, *, above: float, colour: Colour) -> None:
        """Set a heading of that level; 0 is a paragraph that looks like one."""
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
        self.append(strips, above=above)

    def append(self, strips: list[Strip], *, above: float) -> None:
        """Strips made elsewhere, with room above them."""
        if strips:
            strips[0].space = above
            self.strips += strips


def _numbered(spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """The number that begins an entry, and the entry without it."""
    found = _NUMBER.match(spans[0].text) if spans else None
    if found is None:
        return "", spans
    first = spans[0]
    rest = first.saying(first.text[found.end() :])
    return found[1], (rest, *spans[1:])
