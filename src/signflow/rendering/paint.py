"""Painting pages as marked content: what is read, in the order in which it is read, and artifacts around it.

Each piece of an element on a page is one marked-content sequence (ISO 32000-1, 14.7.4.2). Rules, grounds, captions, running
head and foot, and the repeated header of a table are artifacts (14.8.2.2).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from signflow.rendering.faces import Faces
from signflow.rendering.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT
from signflow.rendering.marks import draw_bar, draw_runs
from signflow.rendering.pages import Placed
from signflow.rendering.running import Running, draw_running
from signflow.rendering.strips import Bar, Bookmark, Element, Place, Text
from signflow.rendering.style import PAGE_HEIGHT_PT, PAGE_WIDTH_PT, HouseStyle

_ARTIFACT = "/Artifact BMC"
_END = "EMC"


@dataclass(frozen=True, slots=True)
class Painted:
    """The pages drawn, and what each marked-content identifier on them belongs to.

    Attributes:
        canvas: Holds the pages; nothing more is drawn on it.
        owners: For each page, the elements by marked-content identifier.
    """

    canvas: Canvas
    owners: tuple[tuple[Element, ...], ...]


def new_canvas(faces: Faces, width_pt: float = PAGE_WIDTH_PT, height_pt: float = PAGE_HEIGHT_PT) -> Canvas:
    """A canvas that names no font which is not embedded, and takes nothing from the clock."""
    first: Any = faces.regular.name  # ReportLab's documentation says a name, its signature a number
    size = (width_pt, height_pt)
    return Canvas(io.BytesIO(), pagesize=size, pageCompression=1, invariant=1, pdfVersion=(1, 7), initialFontName=first)


def paint_pages(
    pages: Sequence[Sequence[Placed]], root: Element, running: Sequence[Running], style: HouseStyle, faces: Faces
) -> Painted:
    """The pages drawn; elements learn their content and forms their place."""
    canvas = new_canvas(faces)
    order = {id(element): index for index, element in enumerate(_preorder(root))}
    owners = tuple(
        _Page(canvas, number, style, faces).painted(placed, running[number], order)
        for number, placed in enumerate(pages)
    )
    return Painted(canvas, owners)


class _Page:
    def __init__(self, canvas: Canvas, number: int, style: HouseStyle, faces: Faces) -> None:
        self._canvas = canvas
        self._number = number
        self._style = style
        self._faces = faces
        self._owners: list[Element] = []

    def painted(self, strips: Sequence[Placed], running: Running, order: dict[int, int]) -> tuple[Element, ...]:
        draw_running(self._canvas, running, self._style, self._faces)
        self._bars(strips)
        self._repeated([placed for placed in strips if placed.repeated])
        self._read([placed for placed in strips if not placed.repeated], order)
        self._boxes(strips)
        for placed in strips:
            if placed.strip.bookmark and not placed.repeated:
                self._bookmark(placed.strip.bookmark, placed.top)
        self._canvas.showPage()
        return tuple(self._owners)

    def _y(self, down: float) -> float:
        return PAGE_HEIGHT_PT - self._style.top_pt - down

    def _read(self, strips: Iterable[Placed], order: dict[int, int]) -> None:
        """What is read: an element's lines together, the elements in reading order, whatever stands beside them."""
        lines = [(order[id(text.element)], placed.top, text) for placed in strips for text in placed.strip.texts]
        lines.sort(key=lambda line: line[:2])
        for _, group in groupby(lines, key=lambda line: line[0]):
            pieces = list(group)
            element = pieces[0][2].element
            self._canvas.addLiteral(f"/{element.tag} <</MCID {len(self._owners)}>> BDC")
            element.content.append((self._number, len(self._owners)))
            self._owners.append(element)
            for _, top, text in pieces:
                self._text(text, top)
            self._canvas.addLiteral(_END)

    def _repeated(self, strips: Sequence[Placed]) -> None:
        if strips:
            self._canvas.addLiteral(_ARTIFACT)
            for placed in strips:
                for text in placed.strip.texts:
                    self._text(text, placed.top)
            self._canvas.addLiteral(_END)

    def _boxes(self, strips: Iterable[Placed]) -> None:
        for placed in strips:
            for box in placed.strip.boxes:
                left = self._style.left_pt + box.x
                top = self._y(placed.top + box.y)
                box.element.place = Place(self._number, left, top - STAMP_HEIGHT_PT, left + STAMP_WIDTH_PT, top)
                self._canvas.addLiteral(_ARTIFACT)
                self._text(box.caption, placed.top)
                self._canvas.addLiteral(_END)

    def _bars(self, strips: Iterable[Placed]) -> None:
        bars = list(_merged((placed.top, bar) for placed in strips for bar in placed.strip.bars))
        if not bars:
            return
        self._canvas.addLiteral(_ARTIFACT)
        for bar in bars:
            corner = (self._style.left_pt + bar.x, self._y(bar.y + bar.height))
            draw_bar(self._canvas, corner, (bar.width, bar.height), bar.colour)
        self._canvas.addLiteral(_END)

    def _text(self, text: Text, top: float) -> None:
        y = self._y(top + text.baseline)
        draw_runs(self._canvas, (self._style.left_pt + text.x, y), text.runs, text.size_pt, text.colour)

    def _bookmark(self, bookmark: Bookmark, top: float) -> None:
        if bookmark.level > 1:
            return
        key = f"strip{self._number}-{top:.1f}"
        self._canvas.bookmarkHorizontalAbsolute(key, min(self._y(top) + 8, PAGE_HEIGHT_PT), left=0)
        self._canvas.addOutlineEntry(bookmark.title, key, bookmark.level)


def _preorder(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from _preorder(child)


def _merged(bars: Iterable[tuple[float, Bar]]) -> Iterator[Bar]:
    """Bars in the page's coordinates, those that go on below each other as one: seams would show on a screen."""
    current: Bar | None = None
    for top, bar in bars:
        moved = Bar(bar.x, top + bar.y, bar.width, bar.height, bar.colour)
        if current and _goes_on(current, moved):
            current = Bar(current.x, current.y, current.width, moved.y + moved.height - current.y, current.colour)
            continue
        if current:
            yield current
        current = moved
    if current:
        yield current


def _goes_on(above: Bar, below: Bar) -> bool:
    same = (above.x, above.width, above.colour) == (below.x, below.width, below.colour)
    return same and abs(above.y + above.height - below.y) < 0.01
