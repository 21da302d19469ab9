"""The blocks of the minutes as elements and strips: paragraphs, lists, tables, figures, notes, decisions, headings."""

from __future__ import annotations

from typing import assert_never

from signflow.minutes.model import Block, Bullets, Decision, Figure, Grid, Note, Paragraph, Span, Subheading
from signflow.rendering.house.style import Colour, Emphasis, HouseStyle, Type
from signflow.rendering.layout.asides import set_figure, set_note
from signflow.rendering.layout.lists import ListSetter, numbered
from signflow.rendering.layout.panels import on_ground, pad
from signflow.rendering.layout.rows import Cell, Padding, rule_beside, set_row
from signflow.rendering.layout.strips import Bookmark, Element, Strip
from signflow.rendering.layout.tables import set_grid
from signflow.rendering.type.faces import Faces, runs_of
from signflow.rendering.type.lines import text_width

_INDENT_PT = 13.0
_GAP_PT = 6.0


class BlockSetter:
    """Sets blocks one after the other; what it has set stands in `strips`, in order."""

    def __init__(self, root: Element, style: HouseStyle, faces: Faces, language: str) -> None:
        self._root = root
        self._style = style
        self._faces = faces
        self._language = language
        self._lists = ListSetter(style, faces, language)
        self._latest_note: Strip | None = None
        self.strips: list[Strip] = []

    def block(self, block: Block, *, level: int) -> None:
        """Set a block; headings in it are of that level."""
        style = self._style
        match block:
            case Paragraph():
                runs = runs_of(block.spans, self._faces)
                cell = Cell(self._root.add("P"), runs, 0.0, style.measure_pt, style.ink)
                self.append(set_row([cell], style.body, language=self._language), above=style.spacing.paragraph_pt)
            case Bullets():
                self.append(self._lists.set(block, self._root), above=style.spacing.paragraph_pt)
            case Grid():
                self.append(
                    set_grid(block, self._root, style, self._faces, self._language), above=style.spacing.block_pt
                )
            case Subheading():
                self.heading(level, block.text, style.label, above=style.spacing.part_pt, colour=style.accent)
            case Decision():
                self._decision(block, level)
            case Note():
                self._note(block)
            case Figure():
                self.append(set_figure(block, self._root, style), above=style.spacing.block_pt)
            case _:
                assert_never(block)

    def _note(self, note: Note) -> None:
        is_first = not (self._latest_note and self.strips and self.strips[-1] is self._latest_note)
        strips = set_note(note, self._root, self._style, self._faces, self._language, is_first=is_first)
        self.append(strips, above=self._style.spacing.block_pt if is_first else 0.0)
        self._latest_note = self.strips[-1] if strips else None

    def _decision(self, decision: Decision, level: int) -> None:
        """Set apart by a rule at its left or by a ground."""
        style, faces = self._style, self._faces
        on_a_ground = style.arrangement.decision is Emphasis.GROUND
        x, inside = _INDENT_PT, _GAP_PT if on_a_ground else 1.0
        width = style.measure_pt - 2 * x if on_a_ground else style.measure_pt - x
        strips: list[Strip] = []
        if decision.label:
            heading = self._root.add(f"H{level}")
            label = runs_of((Span(decision.label),), faces, strong=True)
            strips += set_row([Cell(heading, label, x, width, style.accent)], style.label, together=True)
        entries = self._decided(decision, x, width)
        if strips and entries:
            strips[-1].keep = True
        strips += entries
        if not strips:
            return
        pad(strips, inside, inside)
        if on_a_ground:
            on_ground(strips, 0.0, style.measure_pt, style.decision)
        else:
            rule_beside(strips, style.accent)
        self.append(strips, above=style.spacing.block_pt)
        if not strips[-1].keep:
            strips[-1].height += 3.0  # below the rule, so that the text after it does not touch

    def _decided(self, decision: Decision, x: float, width: float) -> list[Strip]:
        """The decisions of a block; their numbers, where the author wrote such, stand beside them."""
        style, faces = self._style, self._faces
        split = [numbered(text.spans) for text in decision.texts]
        labels = [runs_of((Span(number),), faces) for number, _ in split if number]
        edge = max((text_width(label, style.body.size_pt) for label in labels), default=0.0) + _GAP_PT
        whole = self._root.add("L", ListNumbering="/Decimal" if labels else "/None") if split else self._root
        strips: list[Strip] = []
        for index, (number, spans) in enumerate(split):
            entry = whole.add("LI")
            left = x + edge if number else x
            cells = [Cell(entry.add("Lbl"), runs_of((Span(number),), faces), x, edge, style.ink)] if number else []
            cells.append(Cell(entry.add("LBody"), runs_of(spans, faces), left, width - left + x, style.ink))
            strips += set_row(cells, style.body, Padding(3.0 if index else 0.0), language=self._language)
        return strips

    def heading(self, level: int, text: str, kind: Type, *, above: float, colour: Colour) -> None:
        """Set a heading of that level; 0 is a paragraph that looks like one."""
        if not text.strip():
            return
        runs = runs_of((Span(text),), self._faces, strong=True)
        cell = Cell(self._root.add(f"H{level}" if level else "P"), runs, 0.0, self._style.measure_pt, colour)
        strips = set_row([cell], kind, together=True)
        if level:
            strips[0].bookmark = Bookmark(text, level - 1)
        strips[-1].keep = True
        self.append(strips, above=above)

    def append(self, strips: list[Strip], *, above: float) -> None:
        """Strips made elsewhere, with room above them."""
        if strips:
            strips[0].space = above
            self.strips += strips
