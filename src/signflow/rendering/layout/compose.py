"""From the model to elements and strips: what is said, in which structure, and how it looks.

Heading levels follow the rank: the title is H1, items and attendance lists H2, headings inside an item H3. No level is
skipped, whatever levels the draft used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from signflow.minutes.model import Item, Minutes, MinutesClass, Span
from signflow.rendering.house.style import HouseStyle, Numbers
from signflow.rendering.layout.blocks import BlockSetter
from signflow.rendering.layout.closing import set_closing
from signflow.rendering.layout.fields import SignatureField
from signflow.rendering.layout.front import FrontSetter, front_columns
from signflow.rendering.layout.notice import set_notice
from signflow.rendering.layout.panels import on_ground
from signflow.rendering.layout.rows import Cell, Padding, set_row
from signflow.rendering.layout.strips import Bookmark, Element, Strip
from signflow.rendering.pdf.running import letterhead_depth_pt
from signflow.rendering.type.faces import Faces, Run, runs_of
from signflow.rendering.type.lines import break_lines, text_width, widest_word
from signflow.texts import Texts

_TITLE_BELOW_PT = 8.0
_MOST_BALANCED = 4  # lines of a title
_PREFACE_INSET_PT = 10.0
_PREFACE_BELOW_PT = 20.0
_NUMBER_GAP_PT = 8.0
_NUMBER_SHARE = 0.25  # of the measure, the most that a number takes before its title
_PAPER_EDGE_PT = 28.0  # what nothing in the margin comes nearer to
_CLOSING_SHARE = 0.75  # of a page, up to which the closing block is kept whole


@dataclass(frozen=True, slots=True)
class Composition:
    """A document before it has pages."""

    root: Element
    strips: tuple[Strip, ...]


def compose(  # noqa: PLR0913 -- what a page is made of
    minutes: Minutes,
    fields: Sequence[SignatureField],
    style: HouseStyle,
    faces: Faces,
    texts: Texts,
    *,
    preface: Sequence[str] = (),
) -> Composition:
    """The minutes with their signature fields; every word of the model in the model's order.

    Args:
        minutes: What is said.
        fields: Who signs; without any, the closing block says who signed and has no boxes.
        style: How it looks.
        faces: The style's.
        texts: The bookmarks' words.
        preface: Paragraphs that are read before the title, about the copy and not of the minutes.
    """
    return _Composer(minutes, style, faces, texts).composed(fields, preface)


class _Composer:
    def __init__(self, minutes: Minutes, style: HouseStyle, faces: Faces, texts: Texts) -> None:
        self._minutes = minutes
        self._style = style
        self._faces = faces
        self._texts = texts
        self._root = Element("Document")
        self._blocks = BlockSetter(self._root, style, faces, minutes.language)
        self._columns = front_columns(minutes, style, faces)
        self._front = FrontSetter(self._root, self._blocks, style, faces, self._columns)
        labels = [runs_of((Span(item.label),), faces, strong=True) for item in minutes.items]
        self._number_pt = max((text_width(runs, style.heading.size_pt) for runs in labels), default=0.0)
        begins_pages = minutes.minutes_class is MinutesClass.PROTOCOL and style.arrangement.item_on_new_page
        self._begins_pages = begins_pages

    def composed(self, fields: Sequence[SignatureField], preface: Sequence[str]) -> Composition:
        minutes = self._minutes
        self._blocks.append([Strip(letterhead_depth_pt(self._style))], above=0.0)
        self._preface(preface)
        # Nothing above the title is a heading: the first heading of a document is its H1 (ISO 14289-1, 7.4.2).
        self._front.parts(minutes.before_title, level=0)
        self._title(minutes.title)
        self._front.parts(minutes.after_title, level=2)
        if minutes.signs_first:
            self._end(fields)
            self._front.parts(minutes.after_signatures, level=2)
        for item in minutes.items:
            self._item(item)
        if not minutes.signs_first:
            self._end(fields)
        for note in minutes.notes:
            self._blocks.block(note, level=2)
        return Composition(self._root, tuple(self._blocks.strips))

    def _preface(self, preface: Sequence[str]) -> None:
        style = self._style
        inset, width = _PREFACE_INSET_PT, style.measure_pt - 2 * _PREFACE_INSET_PT
        strips: list[Strip] = []
        for index, text in enumerate(preface):
            cell = Cell(self._root.add("P"), runs_of((Span(text),), self._faces), inset, width, style.ink)
            padding = Padding(inset if index == 0 else 4.0, inset if index == len(preface) - 1 else 0.0)
            strips += set_row([cell], style.table, padding, together=True)
        on_ground(strips, 0.0, style.measure_pt, style.tint)
        for strip in strips[:-1]:
            strip.keep = True
        self._blocks.append(strips, above=0.0)
        if strips:
            self._blocks.append([Strip(_PREFACE_BELOW_PT)], above=0.0)

    def _title(self, title: str) -> None:
        """The title, its lines of one length as far as its words allow."""
        style = self._style
        if not title.strip():
            return
        runs = runs_of((Span(title),), self._faces, strong=True)
        width = _balanced(runs, style.title.size_pt, style.measure_pt)
        lines = break_lines(runs, style.title.size_pt, width)
        strips = set_row([Cell(self._root.add("H1"), runs, 0.0, width, style.ink)], style.title, together=True)
        if style.arrangement.title_centred:
            for strip, line in zip(strips, lines, strict=True):
                strip.texts = [replace(text, x=(style.measure_pt - line.width_pt) / 2) for text in strip.texts]
        strips[0].bookmark = Bookmark(title, 0)
        strips[-1].keep = True
        strips[-1].height += _TITLE_BELOW_PT
        self._blocks.append(strips, above=style.spacing.block_pt)

    def _item(self, item: Item) -> None:
        strips = self._heading(item)
        if strips:
            strips[-1].keep = True
            strips[0].begins_page = self._begins_pages
            strips[0].bookmark = Bookmark(f"{item.label} {item.title}".strip(), 1)
        self._blocks.append(strips, above=self._style.spacing.item_pt)
        for block in item.blocks:
            self._blocks.block(block, level=3)

    def _heading(self, item: Item) -> list[Strip]:
        """The number and the title: in the margin and the text, or beside each other, or where that has no room in line."""
        style = self._style
        if not f"{item.label}{item.title}".strip():
            return []
        element = self._root.add("H2")
        label, title = (runs_of((Span(text),), self._faces, strong=True) for text in (f"{item.label} ", item.title))
        beside = self._number_pt + _NUMBER_GAP_PT
        if style.arrangement.numbers is Numbers.MARGIN and beside <= style.left_pt - _PAPER_EDGE_PT:
            x, edge = -beside, 0.0
        elif beside <= style.measure_pt * _NUMBER_SHARE:
            x, edge = 0.0, text_width(label, style.heading.size_pt) + _NUMBER_GAP_PT / 2
        else:
            label, x, edge = (), 0.0, 0.0
            title = runs_of((Span(f"{item.label} {item.title}".strip()),), self._faces, strong=True)
        if not item.label.strip():
            label, x, edge = (), 0.0, 0.0
        cells = [Cell(element, title, edge, style.measure_pt - edge, style.accent)]
        if label:
            cells.insert(0, Cell(element, label, x, beside, style.accent))
        strips = set_row(cells, style.heading, together=True)
        if label:
            number = strips[0].texts[0]
            strips[0].texts[0] = replace(number, runs=label)  # with the space that keeps number and title apart
        return strips

    def _end(self, fields: Sequence[SignatureField]) -> None:
        """The closing block and the notice."""
        self._closing(fields)
        if self._minutes.notice:
            notice = set_notice(self._minutes.notice, self._root, self._style, self._faces)
            self._blocks.append(notice, above=self._style.spacing.item_pt)

    def _closing(self, fields: Sequence[SignatureField]) -> None:
        """The closing block, never alone on a page where the text before it can lend it its last lines."""
        closing = set_closing(self._minutes.sign_off, fields, self._root, self._style, self._faces)
        if not closing:
            return
        closing[0].bookmark = Bookmark(self._texts("pdf.bookmarks.signatures"), 1 if self._minutes.title else 0)
        if len(self._blocks.strips) > 1:
            self._blocks.strips[-1].keep = True
        if sum(strip.space + strip.height for strip in closing) <= self._style.depth_pt * _CLOSING_SHARE:
            for strip in closing[:-1]:
                strip.keep = True
        self._blocks.append(closing, above=self._style.spacing.item_pt)


def _balanced(runs: Sequence[Run], size_pt: float, measure_pt: float) -> float:
    """The narrowest width, nearly, that takes no more lines than the measure."""
    count = len(break_lines(runs, size_pt, measure_pt))
    if not 1 < count <= _MOST_BALANCED:
        return measure_pt
    narrow, wide = measure_pt / 2, measure_pt
    while wide - narrow > 1.0:
        middle = (narrow + wide) / 2
        if len(break_lines(runs, size_pt, middle)) > count or widest_word(runs, size_pt) > middle:
            narrow = middle
        else:
            wide = middle
    return wide
