"""Where a word may be parted at the end of a line, in the language that it is written in.

Source: the hyphenation patterns that pyphen carries; Svenska skrivregler (Språkrådet), 11: no single letters, no parting of
figures, abbreviations and addresses.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pyphen import Pyphen, language_fallback

_LEAST_BEFORE, _LEAST_AFTER = 3, 3
_SHORTEST = 7
_LONGEST = 80  # nobody parts more than that by patterns, whose cost grows with the word
_KEPT = 20_000
# One stretch of letters, with the signs that stand around a word. Words with digits, full stops, slashes or hyphens are not
# parted by patterns: figures, abbreviations and addresses are read wrong, a compound with a hyphen has its own place.
_WORD = re.compile(r"(?P<before>[(«»\"'“”„‘’]*)(?P<word>[^\W\d_]+)(?P<after>[)\]«»\"'“”„‘’.,;:!?…]*)")


def break_points(word: str, language: str) -> tuple[int, ...]:
    """How many characters may stand before the hyphen, ascending; none where the word is not to be parted.

    A language (BCP 47) without patterns parts nothing; capitals throughout are an abbreviation.
    """
    return _points(word, language) if len(word) <= _LONGEST else ()


@lru_cache(_KEPT)
def _points(word: str, language: str) -> tuple[int, ...]:
    found = _WORD.fullmatch(word)
    patterns = _patterns(language)
    if found is None or patterns is None:
        return ()
    letters = found["word"]
    if len(letters) < _SHORTEST or letters.isupper():
        return ()
    points = tuple(len(found["before"]) + int(point) for point in patterns.positions(letters) if not point.data)
    patterns.hd.cache.clear()  # it would grow with every word of every document
    return points


@cache
def _patterns(language: str) -> Pyphen | None:
    known = language_fallback(language) if language else None
    return Pyphen(lang=known, left=_LEAST_BEFORE, right=_LEAST_AFTER) if known else None
