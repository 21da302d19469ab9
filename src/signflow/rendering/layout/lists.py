"""Lists of the draft, and lists inside them, each entry a label beside its text.

Source: ISO 32000-1, 14.8.4.3.3; ISO 14289-1, 7.6. An inner list is part of the entry's body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signflow.minutes.model import Bullets, ListEntry, Span
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.layout.rows import Cell, set_row
from signflow.rendering.layout.strips import Element, Strip
from signflow.rendering.type.faces import Faces, Run, runs_of
from signflow.rendering.type.lines import text_width

_NUMBER = re.compile(r"\s*(\S{1,6}[.)])(?=\s)")  # "1.", "b)" or "1.2.3." before an entry of an ordered list
_BULLETS = ("•", "–")
_LEAST_EDGE_PT = 13.0
_GAP_PT = 6.0
_BETWEEN_PT = 2.0
_DEEPEST_INDENT = 0.5  # of the measure; what is deeper stands no further in


@dataclass(frozen=True, slots=True)
class ListSetter:
    """Sets the lists of one document.

    Attributes:
        style: How they look.
        faces: The faces of that style.
        language: By whose rules words are parted.
    """

    style: HouseStyle
    faces: Faces
    language: str

    def set(self, bullets: Bullets, parent: Element, x: float = 0.0, depth: int = 0) -> list[Strip]:
        """The list and those inside it as strips, from its left edge."""
        if not bullets.entries:
            return []
        whole = parent.add("L", ListNumbering="/Decimal" if bullets.ordered else "/Disc")
        split = [self._split(entry, depth, ordered=bullets.ordered) for entry in bullets.entries]
        size = self.style.body.size_pt
        edge = max(_LEAST_EDGE_PT, max(text_width(label, size) for label, _ in split) + _GAP_PT)
        body_x = x + edge + 2.0
        strips: list[Strip] = []
        for entry, (label, body) in zip(bullets.entries, split, strict=True):
            item = whole.add("LI")
            cells = [Cell(item.add("Lbl"), label, x + 2.0, edge, self.style.ink)] if text_width(label, size) else []
            held = item.add("LBody")
            cells.append(Cell(held, body, body_x, self.style.measure_pt - body_x, self.style.ink))
            row = set_row(cells, self.style.body, language=self.language)
            inner_x = min(body_x, self.style.measure_pt * _DEEPEST_INDENT)
            for inner in entry.nested:
                below = self.set(inner, held, inner_x, depth + 1)
                if row and below:
                    row[-1].keep = True
                    below[0].space = _BETWEEN_PT
                row += below
            if strips and row:
                row[0].space = _BETWEEN_PT
            strips += row
        return strips

    def _split(self, entry: ListEntry, depth: int, *, ordered: bool) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
        label, spans = numbered(entry.text.spans) if ordered else (_BULLETS[min(depth, 1)], entry.text.spans)
        return runs_of((Span(label),), self.faces), runs_of(spans, self.faces)


def numbered(spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """The number that begins an entry, and the entry without it."""
    found = _NUMBER.match(spans[0].text) if spans else None
    if found is None:
        return "", spans
    first = spans[0]
    rest = first.saying(first.text[found.end() :])
    return found[1], (rest, *spans[1:])
