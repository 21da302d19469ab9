"""The running head and foot of each page: artifacts, which no screen reader says."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from signflow.minutes.model import Span
from signflow.rendering.faces import Faces, runs_of
from signflow.rendering.marks import draw_bar, draw_runs
from signflow.rendering.style import PAGE_HEIGHT_PT, HouseStyle

_HEAD = "/Artifact <</Type /Pagination /Subtype /Header>> BDC"
_FOOT = "/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
_END = "EMC"


@dataclass(frozen=True, slots=True)
class Running:
    """What stands in the margins of a page: left and right in its head, left and right in its foot."""

    head: tuple[str, str]
    foot: tuple[str, str]


def draw_running(canvas: Canvas, running: Running, style: HouseStyle, faces: Faces) -> None:
    """Draw both on the page that the canvas is at."""
    head = PAGE_HEIGHT_PT - style.top_pt * 0.5
    foot = style.bottom_pt * 0.5
    for tag, y, pair, rule in (
        (_HEAD, head, running.head, -7.0),
        (_FOOT, foot, running.foot, style.small.size_pt + 6),
    ):
        canvas.addLiteral(tag)
        draw_bar(canvas, (style.left_pt, y + rule), (style.measure_pt, 0.4), style.rule)
        _between(canvas, y, pair, style, faces)
        canvas.addLiteral(_END)


def _between(canvas: Canvas, y: float, pair: tuple[str, str], style: HouseStyle, faces: Faces) -> None:
    """Left and right on one line; what has no room is cut, the left one first."""
    left, right = pair
    face, size = faces.regular, style.small.size_pt
    right = _cut(right, faces, size, style.measure_pt * 0.6)
    room = style.measure_pt - face.width(right, size) - 12.0
    left = _cut(left, faces, size, room)
    end = style.left_pt + style.measure_pt - face.width(right, size)
    for x, words in ((style.left_pt, left), (end, right)):
        draw_runs(canvas, (x, y), runs_of((Span(words),), faces), size, style.quiet)


def _cut(words: str, faces: Faces, size_pt: float, room_pt: float) -> str:
    if faces.regular.width(words, size_pt) <= room_pt:
        return words
    while words and faces.regular.width(words + "…", size_pt) > room_pt:
        words = words[:-1]
    return words.rstrip() + "…"
