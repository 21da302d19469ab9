"""What is drawn on a page: a line of text, a filled rectangle, an image."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from signflow.rendering.house.style import PAGE_HEIGHT_PT, PAGE_WIDTH_PT, Colour
from signflow.rendering.images import Picture
from signflow.rendering.pdf.embedding import EmbeddedFaces
from signflow.rendering.pdf.streams import Stream, document_of
from signflow.rendering.type.faces import NOTE_SIZE, Faces, Run
from signflow.rendering.type.shaping import seen_order

_NOTE_RISE = 0.34  # of the size of the text around a reference to a note


class Sheet(Canvas):
    """Pages that are being drawn, with fonts of their own making."""

    def __init__(self, faces: Faces, size: tuple[float, float]) -> None:
        first: Any = faces.regular.name  # ReportLab's documentation says a name, its signature a number
        file = io.BytesIO()
        super().__init__(file, pagesize=size, pageCompression=1, invariant=1, pdfVersion=(1, 7), initialFontName=first)
        self.faces = EmbeddedFaces()
        document_of(self).delayedFonts.append(self.faces)


def new_canvas(faces: Faces, width_pt: float = PAGE_WIDTH_PT, height_pt: float = PAGE_HEIGHT_PT) -> Sheet:
    """A canvas that names no font which is not embedded, and takes nothing from the clock."""
    return Sheet(faces, (width_pt, height_pt))


def run_places(runs: Sequence[Run], size_pt: float) -> Iterator[tuple[float, Run]]:
    """The runs of a line in the order in which they are read, each with its distance from the line's left end."""
    widths = [run.width(size_pt) for run in runs]
    left, edges = 0.0, [0.0] * len(runs)
    for index in seen_order([run.level for run in runs]):
        edges[index] = left
        left += widths[index]
    return zip(edges, runs, strict=True)


def draw_runs(canvas: Sheet, start: tuple[float, float], runs: Sequence[Run], size_pt: float, colour: Colour) -> None:
    """A line of text from its left end, on its baseline, in PDF's coordinates."""
    x, y = start
    if any(run.level or run.mark for run in runs):
        pieces = [
            f"1 0 0 1 {x + at:.2f} {y:.2f} Tm {_shown(canvas, run, size_pt)}" for at, run in run_places(runs, size_pt)
        ]
    else:
        pieces = [f"{x:.2f} {y:.2f} Td", *(_shown(canvas, run, size_pt) for run in runs)]
    canvas.addLiteral(f"BT {_fill(colour)} {' '.join(pieces)} ET")


def draw_bar(canvas: Canvas, corner: tuple[float, float], size: tuple[float, float], colour: Colour) -> None:
    """A filled rectangle by its lower left corner, width and height, in PDF's coordinates."""
    canvas.addLiteral(f"{_fill(colour)} {corner[0]:.2f} {corner[1]:.2f} {size[0]:.2f} {size[1]:.2f} re f")


def draw_picture(canvas: Sheet, picture: Picture, corner: tuple[float, float], size: tuple[float, float]) -> None:
    """An image by its lower left corner, width and height, in PDF's coordinates. The file holds each image once."""
    entries = {
        "Type": "/XObject",
        "Subtype": "/Image",
        "Width": picture.width_px,
        "Height": picture.height_px,
        "ColorSpace": "/DeviceGray" if picture.is_gray else "/DeviceRGB",
        "BitsPerComponent": 8,
        "Filter": "/DCTDecode" if picture.is_jpeg else "/FlateDecode",
    }
    document = document_of(canvas)
    if not canvas.hasForm(picture.name):
        data = picture.data if picture.is_jpeg else _deflated(picture)
        document.addForm(picture.name, Stream(entries, data, compress=False))
    canvas.saveState()
    canvas.transform(size[0], 0, 0, size[1], *corner)
    canvas.doForm(picture.name)
    canvas.restoreState()


@lru_cache(16)
def _deflated(picture: Picture) -> bytes:
    """Kept, for a logotype stands in every document."""
    return zlib.compress(picture.data)


def _shown(canvas: Sheet, run: Run, size_pt: float) -> str:
    face = canvas.faces[run.face]
    if run.mark and run.mark.note:
        size, rise = size_pt * NOTE_SIZE, size_pt * _NOTE_RISE
        return f"{face.name} {size:.2f} Tf {rise:.2f} Ts <{face.encoded(run)}> Tj 0 Ts"
    return f"{face.name} {size_pt:g} Tf <{face.encoded(run)}> Tj"


@lru_cache
def _fill(colour: Colour) -> str:
    return f"{colour.red:g} {colour.green:g} {colour.blue:g} rg"
