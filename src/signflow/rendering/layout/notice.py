"""The proof of notice (anslagsbevis) that ends statutory minutes: a frame of its own, kept together."""

from __future__ import annotations

from signflow.minutes.model import Fact, Notice, Span
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.layout.front import fact_rows, natural_pt
from signflow.rendering.layout.panels import framed, stacked
from signflow.rendering.layout.pen_lines import without_pen_lines
from signflow.rendering.layout.rows import Cell, Padding, set_row
from signflow.rendering.layout.strips import Bar, Bookmark, Element, Strip
from signflow.rendering.type.faces import Faces, runs_of

_INSET_PT = 12.0
_ROW_PT = 3.0
_PEN_PT = 10.0  # room above a line to write on
_RULE_PT = 0.5
_LABEL_SHARE = 0.5  # of the frame, the most that the labels take


def set_notice(notice: Notice, parent: Element, style: HouseStyle, faces: Faces) -> list[Strip]:
    """The notice under its heading; what is to be filled in by hand is a rule."""
    width = style.measure_pt - 2 * _INSET_PT
    labels = [part.label for part in notice.parts if isinstance(part, Fact)]
    label_pt = min(natural_pt(labels, faces.regular, style.body.size_pt), width * _LABEL_SHARE)
    strips: list[Strip] = []
    if notice.label.strip():
        runs = runs_of((Span(notice.label),), faces, strong=True)
        strips = set_row([Cell(parent.add("H2"), runs, _INSET_PT, width, style.accent)], style.label)
        strips[0].bookmark = Bookmark(notice.label, 1)
    facts: list[Fact] = []
    for part in (*notice.parts, None):
        if isinstance(part, Fact):
            facts.append(without_pen_lines(part))
            continue
        if facts:
            strips += _facts(facts, parent, style, faces, label_pt)
            facts = []
        if part is not None:
            cell = Cell(parent.add("P"), runs_of(part.spans, faces), _INSET_PT, width, style.ink)
            strips += set_row([cell], style.body, Padding(above=_ROW_PT))
    if not strips:
        return []
    whole = stacked([Strip(_INSET_PT * 0.75), *strips, Strip(_INSET_PT)], style.depth_pt)
    framed(whole, style.measure_pt, style.quiet)
    for strip in whole[:-1]:
        strip.keep = True
    return whole


def _facts(facts: list[Fact], parent: Element, style: HouseStyle, faces: Faces, label_pt: float) -> list[Strip]:
    strips: list[Strip] = []
    edge = _INSET_PT + label_pt
    for fact, row in zip(
        facts, fact_rows(facts, parent, style, faces, label_pt, strong=False, x=_INSET_PT), strict=True
    ):
        if not row:
            continue
        row[0].space = _ROW_PT
        if not fact.value.spans:
            row[0].space += _PEN_PT
            row[0].bars.append(
                Bar(edge, row[0].height - _RULE_PT, style.measure_pt - edge - _INSET_PT, _RULE_PT, style.quiet)
            )
        strips += row
    return strips
