"""What is drawn on a canvas: a line of text, a filled rectangle."""

from __future__ import annotations

from collections.abc import Iterable

from reportlab.pdfgen.canvas import Canvas

from signflow.rendering.faces import Run
from signflow.rendering.style import Colour


def draw_runs(canvas: Canvas, start: tuple[float, float], runs: Iterable[Run], size_pt: float, colour: Colour) -> None:
    """A line of text from its left end, on its baseline, in PDF's coordinates."""
    text = canvas.beginText(*start)
    text.setFillColorRGB(colour.red, colour.green, colour.blue)
    for run in runs:
        text.setFont(run.face.name, size_pt)
        text.textOut(run.text)
    canvas.drawText(text)


def draw_bar(canvas: Canvas, corner: tuple[float, float], size: tuple[float, float], colour: Colour) -> None:
    """A filled rectangle by its lower left corner, width and height, in PDF's coordinates."""
    canvas.setFillColorRGB(colour.red, colour.green, colour.blue)
    canvas.rect(*corner, *size, stroke=0, fill=1)
