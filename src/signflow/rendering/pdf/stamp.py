"""What stands in a signature's box once it is signed: a small page of our own, with its fonts embedded.

A signature's appearance becomes part of an archived document; a stamp with a font that is not embedded would end the
document's conformance (ISO 19005-2, 6.2.11.4.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signflow.errors import RefusedError
from signflow.minutes.model import Span
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.layout.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT
from signflow.rendering.pdf.marks import draw_bar, draw_runs, new_canvas
from signflow.rendering.pdf.streams import document_of, set_contents
from signflow.rendering.type.faces import Faces, Run, load_faces, runs_of, undrawable
from signflow.rendering.type.lines import break_lines, text_width

_BAR_PT = 2.0
_LEFT_PT, _RIGHT_PT = 9.0, 6.0
_ROOM_PT = STAMP_WIDTH_PT - _LEFT_PT - _RIGHT_PT
_MOST_LINES = 5
_NAME_PT, _SMALLEST_NAME_PT, _SIZE_PT = 10.0, 7.5, 7.0
_NAME_LEADING_PT, _LEADING_PT = 12.0, 10.0
_MIDDLE = 0.35  # of a size of type: half of the capitals' height


def render_stamp(lines: Sequence[str], style: HouseStyle) -> bytes:
    """A page as large as a signature box, without a ground: the first line in bold, the others small below it.

    The same lines give the same bytes. A line that is too long for the box is cut between words, with an ellipsis.

    Raises:
        RefusedError: A line holds a character that the house's faces cannot set (`characters-not-in-font`).
        SettingsError: The style names a font that there is not.
        ValueError: There is no line, or more than five.
    """
    if not 0 < len(lines) <= _MOST_LINES:
        raise ValueError("lines")
    faces = load_faces(style.fonts)
    for index, line in enumerate(lines):
        missing = undrawable((line,), faces.bold if index == 0 else faces.regular)
        if missing:
            raise RefusedError("characters-not-in-font", characters=" ".join(missing), line=index + 1)
    canvas = new_canvas(faces, STAMP_WIDTH_PT, STAMP_HEIGHT_PT)
    draw_bar(canvas, (0.0, 0.0), (_BAR_PT, STAMP_HEIGHT_PT), style.accent)
    rows = [
        *_name_rows(lines[0], faces),
        *(_Row(_fitted(_runs(line, faces), _SIZE_PT), _SIZE_PT) for line in lines[1:]),
    ]
    names = len(rows) - len(lines) + 1
    name_leading = _NAME_LEADING_PT if names == 1 else _LEADING_PT
    others = min(_LEADING_PT, (STAMP_HEIGHT_PT - names * name_leading) / max(len(lines) - 1, 1))
    top = STAMP_HEIGHT_PT / 2 + (names * name_leading + others * (len(lines) - 1)) / 2
    for index, row in enumerate(rows):
        is_name = index < names
        leading = name_leading if is_name else others
        baseline = top - leading / 2 - row.size_pt * _MIDDLE
        draw_runs(canvas, (_LEFT_PT, baseline), row.runs, row.size_pt, style.ink if is_name else style.quiet)
        top -= leading
    canvas.showPage()
    document = document_of(canvas)
    set_contents(document)
    return bytes(canvas.getpdfdata())


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the stamp."""

    runs: tuple[Run, ...]
    size_pt: float


def _runs(text: str, faces: Faces, *, strong: bool = False) -> tuple[Run, ...]:
    return runs_of((Span(text),), faces, strong=strong)


def _name_rows(name: str, faces: Faces) -> list[_Row]:
    """The name on one line, smaller where it is longer than the box is wide; on two where it would be too small."""
    runs = _runs(name, faces, strong=True)
    natural = text_width(runs, _NAME_PT)
    size = min(_NAME_PT, _NAME_PT * (_ROOM_PT - 1) / natural) if natural else _NAME_PT
    if size >= _SMALLEST_NAME_PT:
        return [_Row(runs, size)]
    first, *rest = break_lines(runs, _SMALLEST_NAME_PT, _ROOM_PT)
    rows = [_Row(first.runs, _SMALLEST_NAME_PT)]
    if rest:
        rows.append(_Row(rest[0].runs if len(rest) == 1 else _cut(rest[0].runs), _SMALLEST_NAME_PT))
    return rows


def _fitted(runs: tuple[Run, ...], size_pt: float) -> tuple[Run, ...]:
    broken = break_lines(runs, size_pt, _ROOM_PT)
    if not broken:
        return ()
    return broken[0].runs if len(broken) == 1 else _cut(broken[0].runs)


def _cut(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return (*runs, runs[-1].saying("…"))
