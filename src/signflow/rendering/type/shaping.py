"""Text whose letters change by their neighbours or run from right to left: which way it runs, and which glyphs it takes.

1. `levels` gives each character its embedding level by the Unicode bidirectional algorithm.
2. `Shaper` turns a stretch of one level into glyphs from left to right, each with the characters that it stands for.

Source: Unicode Standard Annex #9 (levels, L2 order); HarfBuzz (shaping).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from unicodedata import bidirectional

import uharfbuzz
from bidi import algorithm

SOFT_HYPHEN = "\u00ad"  # ISO 32000-1, 14.8.2.2.3: what a hyphen at the end of a line is to those who read the text
# Combining marks, Hebrew and Arabic: what cannot be set one character after the other.
_COMPLEX = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0590-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufb1d-\ufdff\ufe20-\ufe2f\ufe70-\ufefc]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_harfbuzz: Any = uharfbuzz  # its compiled part has no types
_KEPT, _LONGEST_KEPT = 20_000, 200  # shaped stretches that are remembered
# Set as the fast way sets them: without ligatures and kerning. Arabic's required ligatures are not among these.
_PLAIN = {"liga": False, "clig": False, "kern": False}


class Part(NamedTuple):
    """A glyph of the face with its place, in the face's units."""

    glyph: int
    x: int
    y: int


class Glyph(NamedTuple):
    """What is drawn for some characters: the parts, and how far the next one stands, in the face's units.

    The text of glyphs from left to right is the text as it is seen: for Hebrew and Arabic from its end to its start.
    A glyph without parts has no ink; it says a character that another glyph draws.
    """

    text: str
    advance: int
    parts: tuple[Part, ...]


def is_complex(text: str) -> bool:
    """Whether the text needs shaping."""
    return not text.isascii() and _COMPLEX.search(text) is not None


def runs_rightward(text: str) -> bool:
    """Whether there is anything in the text that is written from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def levels(text: str) -> list[int]:
    """The embedding level of each character of a paragraph without format characters; even ones run from left to right.

    The lowest is the level of the paragraph: odd where most of its letters are written from right to left (UAX #9, HL1).
    By its first letter alone, a sentence that begins with a name in Arabic would be turned around as a whole.
    """
    storage: dict[str, Any] = algorithm.get_empty_storage()
    directions = Counter(map(bidirectional, text))
    base = int(directions["R"] + directions["AL"] > directions["L"])
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    return [int(char["level"]) for char in storage["chars"]]


def seen_order(line: Sequence[int]) -> list[int]:
    """The positions of a line's runs from left to right, given the level of each (UAX #9, L2)."""
    order = list(range(len(line)))
    for level in range(max(line, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and line[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order


class Shaper:
    """Shapes text in one face; what it has shaped it remembers."""

    def __init__(self, font_file: bytes) -> None:
        self._font = _harfbuzz.Font(_harfbuzz.Face(_harfbuzz.Blob(font_file)))
        self._remembered = lru_cache(_KEPT)(self._shaped)

    def glyphs(self, text: str, *, rightward: bool) -> tuple[Glyph, ...]:
        """The glyphs from left to right of a text of one direction; none is the face's sign for a missing one.

        The characters that are joined to one glyph (a letter and its points, lam and alef) are one drawing. Those who
        read a page back turn what runs rightward around character by character, so such a drawing says its first
        character, and glyphs without ink to its left the others.
        """
        return self._remembered(text, rightward) if len(text) <= _LONGEST_KEPT else self._shaped(text, rightward)

    def _shaped(self, text: str, rightward: bool) -> tuple[Glyph, ...]:  # noqa: FBT001 -- which way is half of the question
        buffer = _harfbuzz.Buffer()
        buffer.cluster_level = _harfbuzz.BufferClusterLevel.MONOTONE_GRAPHEMES
        buffer.add_str(text.replace(SOFT_HYPHEN, "-"))
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rightward else "ltr"
        _harfbuzz.shape(self._font, buffer, None if rightward else _PLAIN)
        found: dict[int, tuple[int, list[Part]]] = {}
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            pen, parts = found.get(info.cluster, (0, []))
            parts.append(Part(info.codepoint, pen + place.x_offset, place.y_offset))
            found[info.cluster] = (pen + place.x_advance, parts)
        starts = sorted(found)
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        glyphs: list[Glyph] = []
        for start, (advance, parts) in found.items():
            joined = Glyph(text[start : ends[start]], advance, tuple(parts))
            glyphs += _apart(joined) if rightward and len(joined.text) > 1 else [joined]
        return tuple(glyphs)


def _apart(joined: Glyph) -> list[Glyph]:
    """A glyph for several characters as one for each, the ink with the first, which is the rightmost.

    They stand side by side: a letter where its like stands already is taken for a bold one drawn twice, and left out.
    """
    others = joined.text[:0:-1]
    share = joined.advance // len(joined.text)
    before = share * len(others)
    parts = tuple(Part(part.glyph, part.x - before, part.y) for part in joined.parts)
    return [*(Glyph(char, share, ()) for char in others), Glyph(joined.text[0], joined.advance - before, parts)]
