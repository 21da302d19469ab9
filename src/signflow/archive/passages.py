"""The words that were looked for, marked where they stand in the text as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signflow.archive.words import Word, words_in

_PASSAGE_CHARACTERS = 260
_BEFORE_CHARACTERS = 90
_LONGEST_LOOKED_AT = 60_000

Phrase = tuple[str, ...]
Looked = Sequence[Sequence[Phrase]]
"""What is looked for: for each term the phrases of stems that satisfy it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text, and whether they are what was looked for."""

    text: str
    marked: bool


def marked(text: str, looked: Looked) -> tuple[Piece, ...]:
    """The whole text, with what was looked for in pieces of its own; together the pieces are the text."""
    return _pieces(text, 0, len(text), _places(list(words_in(text[:_LONGEST_LOOKED_AT])), looked))


def passage_of(text: str, looked: Looked) -> tuple[Piece, ...]:
    """The part of the text in which most of the terms stand, cut between words; its beginning where none does."""
    words = list(words_in(text[:_LONGEST_LOOKED_AT]))
    places = _places(words, looked)
    first = _best_place(places)
    begin = max(0, first - _BEFORE_CHARACTERS)
    end = min(len(text), begin + _PASSAGE_CHARACTERS)
    begin, end = _between_words(text, words, begin, end)
    pieces = _pieces(text, begin, end, places)
    before, after = "… " if begin else "", " …" if end < len(text) else ""
    return tuple(piece for piece in (Piece(before, marked=False), *pieces, Piece(after, marked=False)) if piece.text)


Place = tuple[int, int, int]
"""Where a term stands: its first and its last character, and which of the terms it is."""


def _places(words: Sequence[Word], looked: Looked) -> list[Place]:
    by_first: dict[str, list[tuple[Phrase, int]]] = {}
    for number, phrases in enumerate(looked):
        for phrase in phrases:
            by_first.setdefault(phrase[0], []).append((phrase, number))
    found: list[Place] = []
    for at, word in enumerate(words):
        for phrase, number in by_first.get(word.stem, ()):
            if tuple(one.stem for one in words[at : at + len(phrase)]) == phrase:
                found += [(one.begin, one.end, number) for one in words[at : at + len(phrase)]]
    return found


def _best_place(places: Sequence[Place]) -> int:
    """Where the passage with the most different terms begins, and of several such the one with most of them."""
    best, best_count = 0, (0, 0)
    for at, (begin, _, _) in enumerate(places):
        inside = [number for place, _, number in places[at : at + 40] if place < begin + _PASSAGE_CHARACTERS * 2 // 3]
        count = (len(set(inside)), len(inside))
        if count > best_count:
            best, best_count = begin, count
    return best


def _between_words(text: str, words: Sequence[Word], begin: int, end: int) -> tuple[int, int]:
    """The nearest cut inside that is in no word; a word that is longer than the passage is cut."""
    if begin:
        begin = next((word.begin for word in words if word.begin >= begin and word.begin < end), begin)
    if end < len(text):
        end = next((word.end for word in reversed(words) if begin < word.end <= end), end)
    return begin, end


def _pieces(text: str, begin: int, end: int, places: Sequence[Place]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = begin
    for first, last, _ in sorted(set(places)):
        if at <= first and last <= end:
            pieces += [Piece(text[at:first], marked=False), Piece(text[first:last], marked=True)]
            at = last
    pieces.append(Piece(text[at:end], marked=False))
    return tuple(piece for piece in pieces if piece.text)
