"""The faces of the house: which characters they draw, how wide, and a text as runs of one face.

A face is read once in a process and kept: reading one takes thirty milliseconds, rendering a document fewer.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import pymupdf_fonts
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from signflow.errors import SettingsError
from signflow.minutes.model import Span
from signflow.rendering.style import Fonts

# Written right to left, or with letters that change shape by their neighbours: the faces have glyphs for some of these,
# but drawn one after the other they would be unreadable.
_UNSET_DIRECTIONS = frozenset({"R", "AL", "AN"})
_UNSET_SCRIPTS = ("ARABIC", "HEBREW", "SYRIAC", "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "THAI", "KHMER", "MYANMAR")
_SPACES = str.maketrans(dict.fromkeys("\u2007\u202f", "\u00a0"))


@dataclass(frozen=True, eq=False)
class Face:
    """One face, embedded in what it is drawn in.

    Attributes:
        name: Its name among ReportLab's fonts.
        font: ReportLab's font.
    """

    name: str
    font: TTFont

    def width(self, text: str, size_pt: float) -> float:
        """How wide the text is."""
        return float(self.font.stringWidth(text, size_pt))

    def draws(self, char: str) -> bool:
        """Whether the character can be set as a reader expects it."""
        if unicodedata.bidirectional(char) in _UNSET_DIRECTIONS:
            return False
        if ord(char) >= 0x590 and unicodedata.name(char, "").startswith(_UNSET_SCRIPTS):
            return False
        return ord(char) in self.font.face.charToGlyph


@dataclass(frozen=True, eq=False)
class Faces:
    """The four faces of a house style."""

    regular: Face
    bold: Face
    italic: Face
    bold_italic: Face

    def of(self, *, strong: bool = False, emphasis: bool = False) -> Face:
        """The face for a style of text."""
        if strong:
            return self.bold_italic if emphasis else self.bold
        return self.italic if emphasis else self.regular


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one face."""

    face: Face
    text: str


@cache
def load_faces(fonts: Fonts) -> Faces:
    """The faces of a style.

    Raises:
        SettingsError: There is no such font, or it cannot be embedded (`font-unknown`).
    """
    return Faces(*(_face(name) for name in (fonts.regular, fonts.bold, fonts.italic, fonts.bold_italic)))


def runs_of(spans: Iterable[Span], faces: Faces, *, strong: bool = False) -> tuple[Run, ...]:
    """The spans as runs; `strong` sets all of them in bold."""
    return tuple(
        Run(faces.of(strong=strong or span.strong, emphasis=span.emphasis), drawable(span.text)) for span in spans
    )


def drawable(text: str) -> str:
    """The text without what has no ink: format characters go, spaces of other widths become the no-break space."""
    if text.isprintable():  # nearly every text; a no-break space is not printable, a format character neither
        return text
    return "".join(c for c in text.translate(_SPACES) if unicodedata.category(c) not in {"Cf", "Cc"} or c in "\t\n\r")


def undrawable(texts: Sequence[str], face: Face) -> tuple[str, ...]:
    """The characters that the face cannot set, each once, in the order in which they come."""
    seen = dict.fromkeys(c for text in texts for c in drawable(text) if not c.isspace())
    return tuple(char for char in seen if not face.draws(char))


@cache
def _face(name: str) -> Face:
    known = pymupdf_fonts.fontdescriptors
    if name not in known:
        raise SettingsError("font-unknown", font=name)
    registered = f"signflow-{name}"
    try:
        # asciiReadable would put every ASCII glyph into every subset
        font = TTFont(registered, io.BytesIO(pymupdf_fonts.myfont(name)), asciiReadable=False, shapable=False)
    except TTFError as error:
        raise SettingsError("font-unknown", font=name) from error
    pdfmetrics.registerFont(font)
    return Face(registered, font)
