"""What a person types into the search, understood: words that must stand there, phrases, beginnings, and words that must not.

`skola` finds every inflection; `"höjd taxa"` the words in that order; `bygg*` every word that begins so; `-budget` only what
does not have the word. Nothing typed is an error: signs that mean nothing are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signflow.archive.words import fold, plain, stems_in

LONGEST_QUERY = 400
_MOST_TERMS = 16
_SHORTEST_BEGINNING = 2
_QUOTES = str.maketrans(dict.fromkeys("“”„»«″", '"'))
_LOOSE_SIGN = re.compile(r"(§+)\s+(?=[0-9])|(?<=[0-9])\s+(?=§+(?!\s*[0-9§]))")
_PART = re.compile(r'(?P<minus>[-−–])?(?:"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was asked for.

    Attributes:
        stems: Of its words, which must stand side by side.
        beginning: The letters, folded, that the word must begin with; empty unless there is one word and a star behind it.
    """

    stems: tuple[str, ...]
    beginning: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for: all of `wanted`, none of `unwanted`."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]


def read_query(typed: str) -> Query:
    """What it means; without terms where no word is in it."""
    text = plain(typed[:LONGEST_QUERY]).translate(_QUOTES)
    text = _LOOSE_SIGN.sub(lambda found: found[1] or "", text)
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for part in _PART.finditer(text):
        term = _term(part["plain"] if part["phrase"] is None else part["phrase"], starred=part["phrase"] is None)
        if term:
            (unwanted if part["minus"] else wanted)[term] = None
    return Query(tuple(wanted)[:_MOST_TERMS], tuple(unwanted)[:_MOST_TERMS])


def _term(written: str, *, starred: bool) -> Term | None:
    stems = tuple(stems_in(written))
    if not stems:
        return None
    letters = fold(written.rstrip("*"))
    begins = starred and written.endswith("*") and len(stems) == 1 and letters.isalnum()
    return Term(stems, letters if begins and len(letters) >= _SHORTEST_BEGINNING else "")
