"""The faces of the house: which characters they draw, how wide, and a text as runs of one face.

A face is read once in a process and kept: reading one takes thirty milliseconds, rendering a document fewer.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pymupdf_fonts
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from signflow.errors import SettingsError
from signflow.minutes.model import Span
from signflow.rendering.house.style import Fonts
from signflow.rendering.type.shaping import SOFT_HYPHEN, Shaper, is_complex, levels, runs_rightward

_SHAPED_SCRIPTS = ("ARABIC", "HEBREW")
_UNSET_DIRECTIONS = frozenset({"R", "AL", "AN"})
# Scripts that need more than the shaping that is tried here: the faces have glyphs for some of them.
_UNSET_SCRIPTS = ("SYRIAC", "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "THAI", "KHMER", "MYANMAR")
_SPACES = str.maketrans(dict.fromkeys("\u2007\u202f", "\u00a0"))
_NO_MEANING = frozenset({"Co", "Cn", "Cs"})  # private, unassigned and broken characters say nothing to a reader
# A passage in letters that only one language of ours uses; a single letter is a sign of mathematics.
_PASSAGES = re.compile(
    "(?P<el>[\u0370-\u03ff\u1f00-\u1fff]{2,}(?:[\\W\\d]*[\u0370-\u03ff\u1f00-\u1fff]+)*)"
    "|(?P<he>[\u0590-\u05ff\ufb1d-\ufb4f]+(?:[\\W\\d]*[\u0590-\u05ff\ufb1d-\ufb4f]+)*)"
    "|(?P<ar>[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+"
    "(?:[\\W\\d]*[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+)*)"
)
_MOST_PASSAGES = 100  # of other letters in one span; in what has more, they are not told apart
_PILE = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{9}"
)
_LEADS = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_LONGEST_ADDRESS = 2000
_KEPT, _LONGEST_KEPT = 30_000, 80  # widths that are remembered, most of them of words
NOTE_SIZE = 0.68  # of the text around it, a reference to a note


class _Widths(dict[str, float]):
    """Advances by character, for a type of one point; filled in as they are asked for."""

    def __init__(self, font: TTFont) -> None:
        super().__init__()
        self._face = font.face

    def __missing__(self, char: str) -> float:
        drawn = "-" if char == SOFT_HYPHEN else char
        width = self[char] = self._face.charWidths.get(ord(drawn), self._face.defaultWidth) / 1000
        return width


class Face:
    """One face, embedded in what it is drawn in.

    Attributes:
        name: Its name among ReportLab's fonts.
        font: ReportLab's font.
        shaper: Sets what the face's characters alone do not set.
    """

    def __init__(self, name: str, font: TTFont, font_file: bytes) -> None:
        self.name = name
        self.font = font
        self.shaper = Shaper(font_file)
        self._units = float(font.face.unitsPerEm)
        self._widths = _Widths(font)
        self._unit_width = lru_cache(_KEPT)(self._measured)

    def width(self, text: str, size_pt: float) -> float:
        """How wide the text is."""
        return (self._unit_width(text) if len(text) <= _LONGEST_KEPT else self._measured(text)) * size_pt

    def _measured(self, text: str) -> float:
        if is_complex(text):
            glyphs = self.shaper.glyphs(text, rightward=runs_rightward(text))
            return sum(glyph.advance for glyph in glyphs) / self._units
        return sum(map(self._widths.__getitem__, text))

    def draws(self, char: str) -> bool:
        """Whether the character can be set as a reader expects it."""
        if unicodedata.category(char) in _NO_MEANING:
            return False
        if ord(char) >= 0x590:
            name = unicodedata.name(char, "")
            if name.startswith(_UNSET_SCRIPTS):
                return False
            if unicodedata.bidirectional(char) in _UNSET_DIRECTIONS and not name.startswith(_SHAPED_SCRIPTS):
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


class Mark(NamedTuple):
    """What a stretch of a text is besides text; an element of its own in the structure.

    Attributes:
        link: Where it leads; empty for most.
        language: BCP 47, where it differs from the text around it.
        note: The label of the note that it refers to.
    """

    link: str = ""
    language: str = ""
    note: str = ""


class Run(NamedTuple):
    """A piece of text in one face.

    Attributes:
        face: The face.
        text: In the order in which it is read. A soft hyphen is a hyphen that only the end of a line asks for.
        mark: None for nearly all.
        level: Of the bidirectional algorithm: odd for what is written from right to left.
    """

    face: Face
    text: str
    mark: Mark | None = None
    level: int = 0

    def saying(self, text: str) -> Run:
        """The same with other words."""
        return Run(self.face, text, self.mark, self.level)

    def width(self, size_pt: float) -> float:
        """How wide it is in a line of that size."""
        return self.face.width(self.text, size_pt * NOTE_SIZE if self.mark and self.mark.note else size_pt)


@cache
def load_faces(fonts: Fonts) -> Faces:
    """The faces of a style.

    Raises:
        SettingsError: There is no such font, or it cannot be embedded (`font-unknown`).
    """
    return Faces(*(_face(name) for name in (fonts.regular, fonts.bold, fonts.italic, fonts.bold_italic)))


def runs_of(spans: Iterable[Span], faces: Faces, *, strong: bool = False) -> tuple[Run, ...]:
    """The spans of one paragraph as runs; `strong` sets all of them in bold."""
    runs = [
        run for span in spans for run in _marked(span, faces.of(strong=strong or span.strong, emphasis=span.emphasis))
    ]
    if any(runs_rightward(run.text) for run in runs):
        return tuple(_levelled(runs))
    return tuple(runs)


def drawable(text: str) -> str:
    """The text without what has no ink: format characters go, spaces of other widths become the no-break space."""
    if text.isprintable():  # nearly every text; a no-break space is not printable, a format character neither
        return text
    return "".join(c for c in text.translate(_SPACES) if unicodedata.category(c) not in {"Cf", "Cc"} or c in "\t\n\r")


def piled_mark(text: str) -> str:
    """A combining mark that stands with more others on one letter than any script writes; empty where none does."""
    found = None if text.isascii() else _PILE.search(text)
    return found[0][0] if found else ""


def undrawable(texts: Sequence[str], face: Face) -> tuple[str, ...]:
    """The characters that the face cannot set, each once, in the order in which they come."""
    shown = [drawable(text) for text in texts]
    piled = {piled_mark(text) for text in shown}
    seen = dict.fromkeys(char for text in shown for char in text if not char.isspace())
    return tuple(char for char in seen if char in piled or not face.draws(char))


def _marked(span: Span, face: Face) -> Iterator[Run]:
    """The span, and apart from it the passages that their letters tell to be in another language."""
    text = drawable(span.text)
    if span.note:
        yield Run(face, text, Mark(note=text.strip()))
        return
    link = span.link if _LEADS.match(span.link) and len(span.link) <= _LONGEST_ADDRESS else ""
    passages = [] if span.language or text.isascii() else list(_PASSAGES.finditer(text))
    if 0 < len(passages) <= _MOST_PASSAGES:
        outside = Mark(link) if link else None
        at = 0
        for passage in passages:
            if passage.start() > at:
                yield Run(face, text[at : passage.start()], outside)
            yield Run(face, passage[0], Mark(link, passage.lastgroup or ""))
            at = passage.end()
        if at < len(text):
            yield Run(face, text[at:], outside)
        return
    yield Run(face, text, Mark(link, span.language) if link or span.language else None)


def _levelled(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs, parted where the direction changes."""
    found = iter(levels("".join(run.text for run in runs)))
    for run in runs:
        for level, pairs in groupby(((next(found), char) for char in run.text), key=lambda pair: pair[0]):
            yield Run(run.face, "".join(char for _, char in pairs), run.mark, level)


@cache
def _face(name: str) -> Face:
    data = _font_data(name)
    registered = f"signflow-{hashlib.sha256(data).hexdigest()[:16]}"  # files of two houses may have one name
    try:
        font = TTFont(registered, io.BytesIO(data), asciiReadable=False, shapable=False)
    except TTFError as error:
        raise SettingsError("font-unknown", font=name) from error
    pdfmetrics.registerFont(font)
    return Face(registered, font, data)


def _font_data(name: str) -> bytes:
    """The font's file: a name in pymupdf-fonts, or the path of a file in the house's folder."""
    if name in pymupdf_fonts.fontdescriptors:
        return bytes(pymupdf_fonts.myfont(name))
    if not Path(name).is_absolute():
        raise SettingsError("font-unknown", font=name)
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise SettingsError("font-unknown", font=name) from error
