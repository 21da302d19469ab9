"""What a word is to the search: where it stands in a text, and the stem that stands for all its inflections.

- Words are compared by the Swedish Snowball stem, whatever the document's language: one rule for what is kept and what is
  typed. Before it goes a step of our own (`_ENDINGS`), for common definite forms that Snowball leaves as they are: so `skola`,
  `skolan`, `skolor` and `skolornas` are one word, and so are `ärende`, `ärendet` and `ärendena`.
- Case does not count. `å`, `ä` and `ö` are letters; other marks are dropped (`é` is `e`, `ü` is `u`), and the Danish and
  Norwegian `æ` and `ø` are `ä` and `ö`.
- `§ 45`, `§45` and `45 §` are the one word `§45`. `2024/123`, `2024:123` and `2024-00123` are the one number `2024/123`; a day
  (`2024-01-16`) is one word.

Source: Snowball, "Swedish stemming algorithm"; Svenska språkrådet, Svenska skrivregler (alphabetical order: å, ä, ö last).
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version

import snowballstemmer

STEMMER = f"snowball {version('snowballstemmer')} swedish"
LONGEST_WORD = 64
_DISTINCT_WORDS = 1 << 18
_WORD = re.compile(
    r"§+\s*(?P<item>[0-9]+)"
    r"|(?<![0-9])(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
    r"|(?<![0-9])(?P<year>(?:19|20)[0-9]{2})(?:[/:]|-(?=[0-9]{3}))(?P<serial>[0-9]{1,7})(?![0-9])"
    r"|(?<![0-9])(?P<short>[0-9]{2})/(?P<count>[0-9]{1,7})(?![0-9])"
    r"|(?P<before>[0-9]+)\s*§(?!\s*[0-9§])"
    r"|(?P<word>[^\W_]+)"
)
# Of a noun's definite forms: what the ending is, and what stands there instead; the first that fits.
_ENDINGS = (
    (
        re.compile(r"(?<=...)(?<![deglknpstö]m)(?<!pl|gr|kr)(?<!org|ork|oce|rom)(?<!vulk)(?<!veter)ans?$"),
        "a",
    ),  # skolan, but detaljplan
    (re.compile(r"(?<=....e)nas?$"), ""),  # ärendena, områdena
    (re.compile(r"(?<=(?:nd|ll)e)ts?$"), ""),  # ärendet, protokollet
    (re.compile(r"(?<=...al)t$"), ""),  # kommunalt
    (re.compile(r"(?<=jö)ns?$"), ""),  # miljön, sjön
)
_IRREGULAR = {"kommitte": "kommit", "ledamöt": "ledamot", "ansökning": "ansök", "anmälning": "anmäl"}
_LETTERS = {"å": "å", "ä": "ä", "ö": "ö", "æ": "ä", "ø": "ö"}
_stemmer = snowballstemmer.stemmer("swedish")
_stemming = threading.Lock()  # the stemmer keeps its place in itself


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a text: its stem, and the characters `begin` to `end` that it is written with."""

    stem: str
    begin: int
    end: int


def words_in(text: str) -> Iterator[Word]:
    """The words of a text that `plain` has made plain, in their order."""
    for found in _WORD.finditer(text):
        yield Word(_stem_of(found), found.start(), found.end())


def stems_in(text: str) -> list[str]:
    """Their stems alone; of a text as it comes."""
    return [_stem_of(found) for found in _WORD.finditer(plain(text))]


def plain(text: str) -> str:
    """The text composed (NFC), without NUL and lone surrogates, which SQLite cannot hold."""
    return unicodedata.normalize("NFC", text).replace("\0", " ").encode("utf-8", "replace").decode()


def fold(word: str) -> str:
    """The word without case and without marks, but for those of `å`, `ä` and `ö`."""
    return "".join(_LETTERS.get(letter) or _bare(letter) for letter in word[:LONGEST_WORD].casefold())


def _bare(letter: str) -> str:
    if letter.isascii():
        return letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def _stem_of(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "word":
        return _stem(found["word"])
    if kind == "serial":
        return _number(found["year"], found["serial"])
    if kind == "count":
        return _number(found["short"], found["count"])
    if kind == "day":
        return found["day"]
    return f"§{_short(found['item'] or found['before'])}"


def _number(year: str, serial: str) -> str:
    return f"{year}/{_short(serial)}"


def _short(digits: str) -> str:
    return digits.lstrip("0")[:LONGEST_WORD] or "0"


@lru_cache(maxsize=_DISTINCT_WORDS)
def _stem(word: str) -> str:
    folded = fold(word)
    if not folded.isalpha():
        return folded or "0"
    for ending, instead in _ENDINGS:
        folded, cut = ending.subn(instead, folded)
        if cut:
            break
    with _stemming:
        stem = str(_stemmer.stemWord(folded))
    return _IRREGULAR.get(stem, stem)
