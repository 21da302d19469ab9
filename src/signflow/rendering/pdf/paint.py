"""Painting pages as marked content: what is read, in the order in which it is read, and artifacts around it.

Each piece of an element on a page is one marked-content sequence (ISO 32000-1, 14.7.4.2). Rules, grounds, captions, running
head and foot, and the repeated header of a table are artifacts (14.8.2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from signflow.rendering.house.style import PAGE_HEIGHT_PT, HouseStyle
from signflow.rendering.layout.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT
from signflow.rendering.layout.pages import Placed
from signflow.rendering.layout.strips import LONGEST_STRING, Bar, Bookmark, Element, Place, Shown, Text
from signflow.rendering.pdf.inline import Inline
from signflow.rendering.pdf.marks import Sheet, draw_bar, draw_picture, draw_runs, new_canvas, run_places
from signflow.rendering.pdf.running import Running, draw_running
from signflow.rendering.type.faces import Faces, Run

_ARTIFACT = "/Artifact BMC"
_END = "EMC"
_UNDERLINE_DROP_PT, _UNDERLINE_PT = 1.8, 0.5


@dataclass(frozen=True, slots=True)
class Painted:
    """The pages drawn, and what each marked-content identifier on them belongs to.

    Attributes:
        canvas: Holds the pages; nothing more is drawn on it.
        owners: For each page, the elements by marked-content identifier.
    """

    canvas: Sheet
    owners: tuple[tuple[Element, ...], ...]


def paint_pages(
    pages: Sequence[Sequence[Placed]], root: Element, running: Sequence[Running], style: HouseStyle, faces: Faces
) -> Painted:
    """The pages drawn; elements learn their content and forms their place."""
    canvas = new_canvas(faces)
    elements = list(_preorder(root))
    order = {id(element): index for index, element in enumerate(elements)}
    inline = Inline(elements)
    owners = tuple(
        _Page(canvas, number, style, faces, inline).painted(strips, running[number], order)
        for number, strips in enumerate(pages)
    )
    return Painted(canvas, owners)


class _Page:
    def __init__(self, canvas: Sheet, number: int, style: HouseStyle, faces: Faces, inline: Inline) -> None:
        self._canvas = canvas
        self._number = number
        self._style = style
        self._faces = faces
        self._inline = inline
        self._owners: list[Element] = []
        self._links: list[Place] = []

    def painted(self, strips: Sequence[Placed], running: Running, order: dict[int, int]) -> tuple[Element, ...]:
        draw_running(self._canvas, running, self._style, self._faces)
        self._bars(strips)
        self._repeated([placed for placed in strips if placed.repeated])
        self._read([placed for placed in strips if not placed.repeated], order)
        self._underline()
        self._boxes(strips)
        for strip in strips:
            if strip.strip.bookmark and not strip.repeated:
                self._bookmark(strip.strip.bookmark, strip.top)
        self._canvas.showPage()
        return tuple(self._owners)

    def _y(self, down: float) -> float:
        return PAGE_HEIGHT_PT - self._style.top_pt - down

    def _read(self, strips: Sequence[Placed], order: dict[int, int]) -> None:
        """What is read: an element's lines together, the elements in reading order, whatever stands beside them."""
        lines = [(order[id(text.element)], placed.top, text) for placed in strips for text in placed.strip.texts]
        images = [(placed.top, shown) for placed in strips for shown in placed.strip.images]
        if images:
            self._decorations(images)
            lines += [(order[id(shown.element)], top, shown) for top, shown in images if shown.element]
        lines.sort(key=lambda line: line[:2])
        for _, group in groupby(lines, key=lambda line: line[0]):
            pieces = [(piece, top) for _, top, piece in group]
            first = pieces[0][0]
            if isinstance(first, Shown):
                self._image(first, pieces[0][1])
            else:
                self._text_of(first.element, [(text, top) for text, top in pieces if isinstance(text, Text)])

    def _text_of(self, element: Element, lines: Sequence[tuple[Text, float]]) -> None:
        """An element's lines on this page: one piece, unless stretches in them are elements of their own."""
        top = lines[0][1] + lines[0][0].baseline - lines[0][0].size_pt
        if element.label and not element.place:
            element.place = Place(self._number, self._style.left_pt, self._y(top), self._style.left_pt, self._y(top))
        if not any(run.mark or run.level for text, _ in lines for run in text.runs):
            self._begin(element)
            for text, at in lines:
                self._text(text, at)
            self._canvas.addLiteral(_END)
            return
        owner: Element | None = None
        for text, at in lines:
            y = self._y(at + text.baseline)
            for offset, run in run_places(text.runs, text.size_pt):
                wanted = self._inline.owner(element, run)
                if wanted is not owner:
                    if owner:
                        self._canvas.addLiteral(_END)
                    owner = wanted
                    self._begin(owner)
                x = self._style.left_pt + text.x + offset
                colour = self._style.accent if run.mark and run.mark.link else text.colour
                draw_runs(self._canvas, (x, y), (run,), text.size_pt, colour)
                self._link(element, run, (x, y), text.size_pt)
        self._canvas.addLiteral(_END)

    def _begin(self, owner: Element) -> None:
        self._canvas.addLiteral(f"/{owner.tag} <</MCID {len(self._owners)}>> BDC")
        owner.content.append((self._number, len(self._owners)))
        self._owners.append(owner)

    def _link(self, element: Element, run: Run, start: tuple[float, float], size_pt: float) -> None:
        """Remember where a link's words stand; on one line they are one place."""
        link = self._inline.link(element, run)
        if link is None:
            return
        (left, y), width = start, run.width(size_pt)
        bottom, top = y - size_pt * 0.25, y + size_pt * 0.85
        last = link.areas[-1] if link.areas else None
        if last and (last.page, last.bottom) == (self._number, bottom):
            left, right = min(left, last.left), max(left + width, last.right)
            link.areas[-1] = Place(self._number, left, bottom, right, top)
        else:
            link.areas.append(Place(self._number, left, bottom, left + width, top))
        if isinstance(link.target, str):
            self._links.append(Place(self._number, start[0], y, start[0] + width, y))

    def _underline(self) -> None:
        if self._links:
            self._canvas.addLiteral(_ARTIFACT)
            for place in self._links:
                corner = (place.left, place.bottom - _UNDERLINE_DROP_PT)
                draw_bar(self._canvas, corner, (place.right - place.left, _UNDERLINE_PT), self._style.accent)
            self._canvas.addLiteral(_END)

    def _image(self, shown: Shown, top: float) -> None:
        if shown.element is None:
            raise ValueError("image")
        self._begin(shown.element)
        left, upper = self._style.left_pt + shown.x, self._y(top + shown.y)
        draw_picture(self._canvas, shown.picture, (left, upper - shown.height), (shown.width, shown.height))
        shown.element.place = Place(self._number, left, upper - shown.height, left + shown.width, upper)
        self._canvas.addLiteral(_END)

    def _decorations(self, images: Iterable[tuple[float, Shown]]) -> None:
        for top, shown in images:
            if shown.element is None:
                self._canvas.addLiteral(_ARTIFACT)
                corner = (self._style.left_pt + shown.x, self._y(top + shown.y + shown.height))
                draw_picture(self._canvas, shown.picture, corner, (shown.width, shown.height))
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
        self._canvas.addOutlineEntry(bookmark.title[:LONGEST_STRING], key, bookmark.level)


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
