"""The closing block: who signs, in the draft's order of words, with a box for each signature and for the seal.

A run of labels in the draft is a row, a run of names is a row with the boxes below it: "Vid anteckningarna, Justerat, Anna,
Helene" is set side by side, "Vid protokollet, Anna, Justeras, Helene" one below the other. At most two stand side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import Enum, auto
from itertools import groupby

from signflow.minutes.model import SignOffEntry, Span
from signflow.rendering.faces import Faces, Run, runs_of
from signflow.rendering.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT, SignatureField
from signflow.rendering.lines import break_lines
from signflow.rendering.rows import Cell, set_row
from signflow.rendering.strips import Bar, Box, Element, Strip, Text
from signflow.rendering.style import HouseStyle

_BESIDE = 2
_ABOVE_BLOCK = 22.0
_ABOVE_BOX = 4.0
_CAPTION_GAP = 2.0


def set_closing(
    entries: Sequence[SignOffEntry], fields: Sequence[SignatureField], parent: Element, style: HouseStyle, faces: Faces
) -> list[Strip]:
    """The closing block with all fields: those of the names in it, then those of others who sign, then the seal."""
    waiting = list(fields)
    strips: list[Strip] = []
    people = {_folded(field.person) for field in fields if field.role is not None}
    for kind, run in groupby(entries, key=lambda entry: _kind(entry, people)):
        for pair in _side_by_side(list(run), 1 if kind is _Kind.OTHER else _BESIDE):
            row = _row([entry.text for entry in pair], parent, style, faces, strong=kind is _Kind.NAME)
            if not row:
                continue
            if kind is not _Kind.OTHER and not (strips and strips[-1].keep):
                row[0].space = _ABOVE_BLOCK
            strips.extend(row)
            if kind is _Kind.NAME:
                found = [_take(waiting, entry.text) for entry in pair]
                strips.extend(_after(strips, _boxes(found, parent, style, faces)))
            else:
                strips[-1].keep = kind is _Kind.LABEL
    for field in waiting:
        if field.role is not None:
            row = _row([field.person], parent, style, faces, strong=True)
            strips.extend(row)
            row[0].space = _ABOVE_BLOCK
            strips.extend(_after(strips, _boxes([field], parent, style, faces)))
    for field in waiting:
        if field.role is None:
            boxes = _boxes([field], parent, style, faces)
            boxes[0].space = _ABOVE_BLOCK
            strips.extend(_after(strips, boxes))  # a page with nothing but a seal on it would seal nothing
    return strips


class _Kind(Enum):
    """What an entry is to the layout."""

    LABEL = auto()
    NAME = auto()
    OTHER = auto()  # a date, a range of items


def _kind(entry: SignOffEntry, people: Collection[str]) -> _Kind:
    if entry.is_label:
        return _Kind.LABEL
    return _Kind.NAME if entry.role is not None or _folded(entry.text) in people else _Kind.OTHER


def _side_by_side(run: Sequence[SignOffEntry], most: int) -> Iterator[Sequence[SignOffEntry]]:
    for start in range(0, len(run), most):
        yield run[start : start + most]


def _take(waiting: list[SignatureField], person: str) -> SignatureField | None:
    """The first field of that person, taken out of those that wait for their place."""
    wanted = _folded(person)
    for field in waiting:
        if field.role is not None and _folded(field.person) == wanted:
            waiting.remove(field)
            return field
    return None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _after(strips: Sequence[Strip], boxes: list[Strip]) -> list[Strip]:
    """The boxes, kept with the names above them."""
    if boxes and strips:
        strips[-1].keep = True
    return boxes


def _edge(index: int, style: HouseStyle) -> float:
    return index * (style.measure_pt - STAMP_WIDTH_PT)


def _row(words: Sequence[str], parent: Element, style: HouseStyle, faces: Faces, *, strong: bool) -> list[Strip]:
    colour = style.ink if strong else style.quiet
    width = STAMP_WIDTH_PT if len(words) > 1 else style.measure_pt
    cells = [
        Cell(parent.add("P"), runs_of((Span(text),), faces, strong=strong), _edge(index, style), width, colour)
        for index, text in enumerate(words)
    ]
    return set_row(cells, style.body, together=True)


def _boxes(fields: Sequence[SignatureField | None], parent: Element, style: HouseStyle, faces: Faces) -> list[Strip]:
    """The boxes side by side, each below its name; none where nobody signs."""
    below = STAMP_HEIGHT_PT + _ABOVE_BOX
    strip = Strip(below + _CAPTION_GAP + style.small.leading_pt)
    for index, field in enumerate(fields):
        if field is None:
            continue
        x = _edge(index, style)
        form = parent.add("Form")
        form.signature = field
        strip.bars.append(Bar(x, _ABOVE_BOX, STAMP_WIDTH_PT, STAMP_HEIGHT_PT, style.tint))
        strip.bars.append(Bar(x, below - 0.6, STAMP_WIDTH_PT, 0.6, style.quiet))
        baseline = below + _CAPTION_GAP + style.small.size_pt
        caption = Text(form, x, baseline, _caption(field.label, style, faces), style.small.size_pt, style.quiet)
        strip.boxes.append(Box(form, x, _ABOVE_BOX, caption))
    return [strip] if strip.boxes else []


def _caption(label: str, style: HouseStyle, faces: Faces) -> tuple[Run, ...]:
    """As many of the label's words as fit under the box."""
    lines = break_lines(runs_of((Span(label),), faces), style.small.size_pt, STAMP_WIDTH_PT - style.small.size_pt)
    if not lines:
        return ()
    return lines[0].runs if len(lines) == 1 else (*lines[0].runs, Run(faces.regular, "…"))
