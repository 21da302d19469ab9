"""What stands beside the running text: images, and notes where the author wrote them.

Source: ISO 14289-1, 7.3 (an image has an alternative or is an artifact), 7.9 (notes).
"""

from __future__ import annotations

from signflow.minutes.model import Figure, Note, Span
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.images import sized
from signflow.rendering.layout.rows import Cell, set_row
from signflow.rendering.layout.strips import LONGEST_STRING, Bar, Element, Shown, Strip
from signflow.rendering.type.faces import Faces, runs_of
from signflow.rendering.type.lines import text_width

_HIGHEST = 0.7  # of the page's text, an image
_LABEL_GAP_PT = 4.0
_LABEL_SHARE = 0.25  # of the measure, the most that the column of labels takes
_RULE_PT = (56.0, 0.5)  # how long and how thick the rule above the first note is
_BELOW_RULE_PT = 5.0


def set_figure(figure: Figure, parent: Element, style: HouseStyle) -> list[Strip]:
    """The image on a strip of its own; what has no alternative is decoration.

    Raises:
        RefusedError: The image cannot be set (`image-unusable`, with its line).
    """
    image = sized(figure, (style.measure_pt, style.depth_pt * _HIGHEST))
    element = None
    if not figure.decorative and figure.alternative.strip():
        element = parent.add("Figure")
        element.description = figure.alternative.strip()[:LONGEST_STRING]
    strip = Strip(image.height_pt)
    strip.images.append(Shown(element, image.picture, 0.0, 0.0, image.width_pt, image.height_pt))
    return [strip]


def set_note(  # noqa: PLR0913 -- what, where and how
    note: Note, parent: Element, style: HouseStyle, faces: Faces, language: str, *, is_first: bool
) -> list[Strip]:
    """The note in small type, its label beside it; the first of several is under a short rule."""
    element = parent.add("Note")
    label, body = runs_of((Span(note.label),), faces), runs_of(note.text.spans, faces)
    edge = min(text_width(label, style.small.size_pt) + _LABEL_GAP_PT, style.measure_pt * _LABEL_SHARE)
    held = element.add("Lbl")
    held.label = note.label.strip()
    held.description = f"{note.label} {note.text.text}".strip()[:LONGEST_STRING]
    cells = [Cell(held, label, 0.0, edge, style.quiet)] if note.label.strip() else []
    cells.append(Cell(element.add("P"), body, edge, style.measure_pt - edge, style.ink))
    strips = set_row(cells, style.small, language=language)
    if strips and is_first:
        strips[0].height += _BELOW_RULE_PT
        strips[0].texts = [text.lowered(_BELOW_RULE_PT) for text in strips[0].texts]
        strips[0].bars.append(Bar(0.0, 0.0, *_RULE_PT, style.rule))
    return strips
