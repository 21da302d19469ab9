"""What stands in a signature's box once it is signed: a small page of our own, with its fonts embedded.

A signature's appearance becomes part of an archived document; a stamp with a font that is not embedded would end the
document's conformance (ISO 19005-2, 6.2.11.4.1).
"""

from __future__ import annotations

from collections.abc import Sequence

from signflow.errors import RefusedError
from signflow.minutes.model import Span
from signflow.rendering.faces import Run, load_faces, runs_of, undrawable
from signflow.rendering.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT
from signflow.rendering.lines import break_lines
from signflow.rendering.marks import draw_runs
from signflow.rendering.paint import new_canvas
from signflow.rendering.streams import document_of, embed_fonts, set_contents
from signflow.rendering.style import HouseStyle

_INSET = 8.0
_BAR = 1.5
_MOST_LINES = 5
_FIRST_SIZE, _SIZE, _LEADING = 9.0, 7.0, 10.5


def render_stamp(lines: Sequence[str], style: HouseStyle) -> bytes:
    """A page as large as a signature box: the first line in bold, the others small below it.

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
    canvas.setFillColorRGB(style.accent.red, style.accent.green, style.accent.blue)
    canvas.rect(0, 0, _BAR, STAMP_HEIGHT_PT, stroke=0, fill=1)
    leading = min(_LEADING, (STAMP_HEIGHT_PT - _INSET) / len(lines))
    y = STAMP_HEIGHT_PT / 2 + leading * len(lines) / 2 - leading + (leading - _SIZE) / 2
    for index, line in enumerate(lines):
        size = _FIRST_SIZE if index == 0 else _SIZE
        colour = style.ink if index == 0 else style.quiet
        draw_runs(canvas, (_INSET, y), _fitted(runs_of((Span(line),), faces, strong=index == 0), size), size, colour)
        y -= leading
    canvas.showPage()
    document = document_of(canvas)
    set_contents(document)
    embed_fonts(document)
    return bytes(canvas.getpdfdata())


def _fitted(runs: tuple[Run, ...], size_pt: float) -> tuple[Run, ...]:
    broken = break_lines(runs, size_pt, STAMP_WIDTH_PT - 2 * _INSET)
    if not broken:
        return ()
    return broken[0].runs if len(broken) == 1 else (*broken[0].runs, Run(runs[0].face, "…"))
