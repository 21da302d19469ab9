"""Rows of cells: the one shape that paragraphs, list entries, table rows and the closing block are set in.

A paragraph is a row of one cell, a list entry a row of a label and a body. Strip k of a row holds line k of every cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signflow.rendering.faces import Run
from signflow.rendering.lines import break_lines
from signflow.rendering.strips import Bar, Element, Strip, Text
from signflow.rendering.style import Colour, Type

_BASELINE_SHARE = 0.35  # half of the capitals' height, so that a line's letters stand in the middle of its leading


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with its place in the row."""

    element: Element
    runs: tuple[Run, ...]
    x: float
    width: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Padding:
    """Room inside a row, above its first and below its last line; rules and grounds reach over it."""

    above: float = 0.0
    below: float = 0.0


def set_row(
    cells: Sequence[Cell], kind: Type, padding: Padding = Padding(), *, together: bool = False, least: int = 0
) -> list[Strip]:
    """The row as strips, one a line.

    Args:
        cells: What stands in it.
        kind: The type it is set in.
        padding: Room inside it.
        together: Keep all lines on one page; else only the first two and the last two.
        least: How many lines it has at the least; a row without words has none by itself.
    """
    broken = [break_lines(cell.runs, kind.size_pt, cell.width) for cell in cells]
    count = max([least, *(len(lines) for lines in broken)])
    strips: list[Strip] = []
    for index in range(count):
        first, last = index == 0, index == count - 1
        above = padding.above if first else 0.0
        strip = Strip(above + kind.leading_pt + (padding.below if last else 0.0))
        strip.keep = not last and (together or first or index == count - 2)
        baseline = above + kind.leading_pt / 2 + kind.size_pt * _BASELINE_SHARE
        for cell, lines in zip(cells, broken, strict=True):
            if index < len(lines):
                runs = lines[index].runs
                strip.texts.append(Text(cell.element, cell.x, baseline, runs, kind.size_pt, cell.colour))
        strips.append(strip)
    return strips


def rule_below(strips: Sequence[Strip], width: float, colour: Colour, thickness: float = 0.5) -> None:
    """A thin rule along the lower edge of a row."""
    if strips:
        strips[-1].bars.append(Bar(0, strips[-1].height - thickness, width, thickness, colour))


def rule_beside(strips: Sequence[Strip], colour: Colour, thickness: float = 2.0) -> None:
    """A rule along the left edge of all the strips."""
    for strip in strips:
        strip.bars.append(Bar(0, 0, thickness, strip.height, colour))
