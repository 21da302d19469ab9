"""Rows of cells: the one shape that paragraphs, list entries, table rows and the closing block are set in.

A paragraph is a row of one cell, a list entry a row of a label and a body. Strip k of a row holds line k of every cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from signflow.rendering.house.style import Colour, Type
from signflow.rendering.layout.strips import Bar, Element, Strip, Text
from signflow.rendering.type.faces import Mark, Run
from signflow.rendering.type.lines import Line, break_lines

_MOST_TOGETHER = 15  # lines; more would leave half a page empty
_BASELINE_SHARE = 0.35  # half of the capitals' height, so that a line's letters stand in the middle of its leading


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with its place in the row.

    Attributes:
        element: What it is.
        runs: The text.
        x: Its left edge.
        width: The room for it.
        colour: Of the text.
        to_right: Set against its right edge, as numbers are. A text that begins in a script from right to left always is.
    """

    element: Element
    runs: tuple[Run, ...]
    x: float
    width: float
    colour: Colour
    to_right: bool = False


@dataclass(frozen=True, slots=True)
class Padding:
    """Room inside a row, above its first and below its last line; rules and grounds reach over it."""

    above: float = 0.0
    below: float = 0.0


def set_row(  # noqa: PLR0913 -- what, where and how
    cells: Sequence[Cell],
    kind: Type,
    padding: Padding = Padding(),
    *,
    together: bool = False,
    least: int = 0,
    language: str = "",
) -> list[Strip]:
    """The row as strips, one a line.

    Args:
        cells: What stands in it.
        kind: The type it is set in.
        padding: Room inside it.
        together: Keep all lines on one page unless they are many; else only the first two and the last two.
        least: How many lines it has at the least; a row without words has none by itself.
        language: By whose rules words are parted at the end of a line (BCP 47); empty parts none.
    """
    cells = [_spoken(cell) for cell in cells]
    broken = [break_lines(cell.runs, kind.size_pt, cell.width, language=language) for cell in cells]
    count = max([least, *(len(lines) for lines in broken)])
    together = together and count <= _MOST_TOGETHER
    strips: list[Strip] = []
    for index in range(count):
        first, last = index == 0, index == count - 1
        above = padding.above if first else 0.0
        strip = Strip(above + kind.leading_pt + (padding.below if last else 0.0))
        parts_word = any(_goes_on_inside_word(lines, index) for lines in broken)
        strip.keep = not last and (together or first or index == count - 2 or parts_word)
        baseline = above + kind.leading_pt / 2 + kind.size_pt * _BASELINE_SHARE
        for cell, lines in zip(cells, broken, strict=True):
            if index < len(lines):
                line = lines[index]
                x = cell.x + _indent(line, cell, kind.size_pt)
                strip.texts.append(Text(cell.element, x, baseline, line.runs, kind.size_pt, cell.colour))
        strips.append(strip)
    return strips


def _goes_on_inside_word(lines: Sequence[Line], index: int) -> bool:
    """Whether the line ends inside a word, which no page's end may part."""
    return index < len(lines) - 1 and not lines[index].runs[-1].text.endswith(" ")


def _indent(line: Line, cell: Cell, size_pt: float) -> float:
    """How far the line begins from the left edge of its cell."""
    if min(run.level for run in line.runs) & 1:
        last = line.runs[-1]  # its space stands to the left of the words
        space = last.face.width(" ", size_pt) if last.text.endswith(" ") else 0.0
        return cell.width - line.width_pt - space
    return cell.width - line.width_pt if cell.to_right else 0.0


def _spoken(cell: Cell) -> Cell:
    """A text that is in one other language as a whole says so itself, not by an element inside it."""
    if not cell.runs or not all(run.mark or run.text.isspace() for run in cell.runs):
        return cell
    languages = {run.mark.language for run in cell.runs if run.mark}
    if len(languages) != 1 or not all(languages):
        return cell
    cell.element.language = languages.pop()
    bare = [run._replace(mark=Mark(link=run.mark.link) if run.mark and run.mark.link else None) for run in cell.runs]
    return replace(cell, runs=tuple(bare))


def rule_below(strips: Sequence[Strip], width: float, colour: Colour, thickness: float = 0.5) -> None:
    """A thin rule along the lower edge of a row."""
    if strips:
        strips[-1].bars.append(Bar(0, strips[-1].height - thickness, width, thickness, colour))


def rule_beside(strips: Sequence[Strip], colour: Colour, thickness: float = 2.0) -> None:
    """A rule along the left edge of all the strips."""
    for strip in strips:
        strip.bars.append(Bar(0, 0, thickness, strip.height, colour))
