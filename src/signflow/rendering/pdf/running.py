"""What stands in the margins of a page: the letterhead of the first, the running head of the others, the running foot.

All of it is an artifact, which no screen reader says: the words are the organisation's and the copy's, not the minutes'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from signflow.minutes.model import Minutes, Span
from signflow.rendering.house.logotype import logotype_picture
from signflow.rendering.house.style import PAGE_HEIGHT_PT, PAGE_WIDTH_PT, Colour, HouseStyle, Side
from signflow.rendering.pdf.marks import Sheet, draw_bar, draw_picture, draw_runs
from signflow.rendering.type.faces import Faces, drawable, runs_of
from signflow.texts import Texts

_HEAD = "/Artifact <</Type /Pagination /Subtype /Header>> BDC"
_FOOT = "/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
_END = "EMC"

_EDGE_PT = 34.0  # from the edge of the paper to the letterhead
_BELOW_LETTERHEAD_PT = 30.0
_BESIDE_LOGOTYPE_PT = 9.0
_BETWEEN_PT = 12.0  # the least room between what stands left and right on a line
_RULE_PT = 0.4
_RIGHT_SHARE = 0.6  # of a line, the most that its right part takes
_MIDDLE = 0.35  # of a size of type: half of the capitals' height
_LONGEST = 300  # characters that can be meant for one line


@dataclass(frozen=True, slots=True)
class Running:
    """What stands in the margins of one page.

    Attributes:
        is_first: Whether the page has the letterhead instead of a running head.
        organisation: Whose minutes they are.
        about: The body that met, the day, the classification: those there are.
        document: Which document and version.
        page: Which page of how many.
    """

    is_first: bool
    organisation: str
    about: tuple[str, ...]
    document: str
    page: str


def running_of(minutes: Minutes, style: HouseStyle, texts: Texts, *, document: str, pages: int) -> list[Running]:
    """The margins of that many pages."""
    body = "" if minutes.body == style.organisation else minutes.body[:1].upper() + minutes.body[1:]
    day = texts.date(minutes.date) if minutes.date else ""
    about = tuple(filter(None, (body, day, style.classification)))
    return [
        Running(page == 1, style.organisation, about, document, texts("pdf.footer.page", page=page, pages=pages))
        for page in range(1, pages + 1)
    ]


def letterhead_depth_pt(style: HouseStyle) -> float:
    """How far the letterhead reaches down into the text of the first page."""
    return max(_EDGE_PT + _letterhead_pt(style) + _BELOW_LETTERHEAD_PT - style.top_pt, 0.0)


def draw_running(canvas: Sheet, running: Running, style: HouseStyle, faces: Faces) -> None:
    """Draw both on the page that the canvas is at."""
    margin = _Margin(canvas, style, faces)
    canvas.addLiteral(_HEAD)
    if running.is_first:
        margin.letterhead(running.organisation, running.about)
    else:
        margin.head(running.organisation, " · ".join(running.about))
    canvas.addLiteral(_END)
    canvas.addLiteral(_FOOT)
    margin.foot(running.document, running.page, style.address if running.is_first else "")
    canvas.addLiteral(_END)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words on one line."""

    text: str
    size_pt: float
    colour: Colour
    strong: bool = False

    def width_pt(self, faces: Faces) -> float:
        return faces.of(strong=self.strong).width(self.text, self.size_pt)

    def within(self, room_pt: float, faces: Faces) -> _Words:
        """As much of them as there is room for."""
        if len(self.text) <= _LONGEST and self.width_pt(faces) <= room_pt:
            return self
        shown = replace(self, text=self.text[:_LONGEST] + "…")
        while len(shown.text) > 1 and shown.width_pt(faces) > room_pt:
            shown = replace(shown, text=shown.text[:-2].rstrip() + "…")
        return shown


class _Margin:
    def __init__(self, canvas: Sheet, style: HouseStyle, faces: Faces) -> None:
        self._canvas = canvas
        self._style = style
        self._faces = faces
        self._left = style.left_pt
        self._right = PAGE_WIDTH_PT - style.right_pt

    def head(self, left: str, right: str) -> None:
        y = PAGE_HEIGHT_PT - self._style.top_pt * 0.55
        self._rule(y - 7.0)
        self._between(y, left, right)

    def foot(self, left: str, right: str, below: str) -> None:
        small = self._style.small
        y = self._style.bottom_pt * 0.55
        self._rule(y + small.size_pt + 6.0)
        self._between(y, left, right)
        self._between(y - small.leading_pt - 2.0, below, "")

    def letterhead(self, organisation: str, about: Sequence[str]) -> None:
        """The logotype and the name on the house's side, what the minutes are about on the other."""
        style, logotype = self._style, self._style.logotype
        to_right = logotype is not None and logotype.side is Side.RIGHT
        height = _letterhead_pt(style)
        top = PAGE_HEIGHT_PT - _EDGE_PT
        indent = 0.0
        if logotype:
            x = self._right - logotype.width_pt if to_right else self._left
            corner = (x, top - (height + logotype.height_pt) / 2)
            draw_picture(self._canvas, logotype_picture(logotype), corner, (logotype.width_pt, logotype.height_pt))
            indent = logotype.width_pt + _BESIDE_LOGOTYPE_PT
        room = style.measure_pt / 2 - _BETWEEN_PT
        if not (logotype and logotype.holds_name):
            name = _Words(drawable(organisation), style.heading.size_pt, style.ink, strong=True)
            y = top - height / 2 - name.size_pt * _MIDDLE
            self._line(y, name.within(room - indent, self._faces), indent, to_right=to_right)
        y = top - height / 2 + style.small.leading_pt * (len(about) - 1) / 2 - style.small.size_pt * _MIDDLE
        for index, text in enumerate(about):
            words = replace(self._small(text), strong=not index)
            self._line(y, words.within(room, self._faces), to_right=not to_right)
            y -= style.small.leading_pt

    def _small(self, text: str) -> _Words:
        return _Words(drawable(text), self._style.small.size_pt, self._style.quiet)

    def _rule(self, y: float) -> None:
        draw_bar(self._canvas, (self._left, y), (self._style.measure_pt, _RULE_PT), self._style.rule)

    def _between(self, y: float, left: str, right: str) -> None:
        """Left and right on one line; what has no room is cut, the left one first."""
        measure, faces = self._style.measure_pt, self._faces
        end = self._small(right).within(measure * _RIGHT_SHARE, faces)
        start = self._small(left).within(measure - end.width_pt(faces) - _BETWEEN_PT, faces)
        self._line(y, start, to_right=False)
        self._line(y, end, to_right=True)

    def _line(self, y: float, words: _Words, indent: float = 0.0, *, to_right: bool) -> None:
        if words.text:
            x = self._right - indent - words.width_pt(self._faces) if to_right else self._left + indent
            runs = runs_of((Span(words.text),), self._faces, strong=words.strong)
            draw_runs(self._canvas, (x, y), runs, words.size_pt, words.colour)


def _letterhead_pt(style: HouseStyle) -> float:
    lines = max(style.heading.leading_pt, 3 * style.small.leading_pt)
    return max(style.logotype.height_pt, lines) if style.logotype else lines
