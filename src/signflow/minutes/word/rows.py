"""Pieces of a paragraph's text → rows: cut at the author's line breaks, clean, in NFC, with languages and links."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from signflow.minutes.blocks import Row, merged
from signflow.minutes.decoding import clean_line
from signflow.minutes.findings import Finding
from signflow.minutes.links import with_addresses
from signflow.minutes.markdown.rows import stripped
from signflow.minutes.model import Span
from signflow.minutes.word.parts import primary

BREAK = "\n"
"""In a piece's text: a line break of the author's."""

Piece = tuple[Span, str]
"""A span, and the language tag that its run has (empty for none)."""

# Word guesses the language of what is typed, and of a few words often wrongly
_WORDS_FOR_A_LANGUAGE = 8
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u0900-\u0dff\u3040-\u30ff"
    "\u3400-\u9fff\uac00-\ud7af]"
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


def rows_of_pieces(pieces: Sequence[Piece], main: str, line: int, report: Callable[[Finding], None]) -> list[Row]:
    """The rows, at least one; those without words are empty lines of the author's.

    Args:
        pieces: In order.
        main: The language of the document, as `primary` makes it.
        line: Where the paragraph stands.
        report: Takes what is to be said of characters that cannot be seen.
    """
    rows: list[Row] = []
    for spans, ends_hard in _cut(_with_languages(pieces, main)):
        whole = _combined(merged(spans))
        clean_line("".join(span.text for span in whole), line, report)
        cleaned = (span.saying(clean_line(span.text, line, _said_already)) for span in whole)
        rows.append(Row(stripped([*_linked(cleaned)]), line, ends_hard))
    return rows


def _said_already(_finding: Finding) -> None:
    """Of the whole row."""


def _cut(spans: Sequence[Span]) -> Iterator[tuple[list[Span], bool]]:
    """The spans of each row, and whether a line break ends it."""
    row: list[Span] = []
    for span in spans:
        for at, text in enumerate(span.text.split(BREAK)):
            if at:
                yield row, True
                row = []
            row.append(span.saying(text))
    yield row, False


def _combined(spans: Sequence[Span]) -> list[Span]:
    """The spans with marks that belong to the letter before them moved to its span, so that NFC can join them."""
    result: list[Span] = []
    for span in spans:
        marks = "".join(itertools.takewhile(unicodedata.combining, span.text))
        if marks and result:
            result[-1] = result[-1].saying(result[-1].text + marks)
            result.append(span.saying(span.text[len(marks) :]))
        else:
            result.append(span)
    return result


def _linked(spans: Iterator[Span]) -> Iterator[Span]:
    for span in spans:
        if span.link or "://" not in span.text:
            yield span
        else:
            yield from (
                Span(part, span.strong, span.emphasis, link, span.language, span.masked, span.note)
                for part, link in with_addresses(span.text)
            )


def _with_languages(pieces: Sequence[Piece], main: str) -> list[Span]:
    """The spans of one paragraph, those in another language than the document's marked with it.

    Word's tags are taken at their word only for a whole paragraph of several words, and for another script.
    """
    if not any(tag for _, tag in pieces):
        return [span for span, _ in pieces]
    tags = {tag for span, tag in pieces if any(map(str.isalpha, span.text))}
    whole = next(iter(tags)) if len({primary(tag) for tag in tags}) == 1 else ""
    words = sum(len(span.text.split()) for span, _ in pieces)
    if not whole or primary(whole) == main or words < _WORDS_FOR_A_LANGUAGE:
        whole = ""
    return [
        _in_language(span, whole or (tag if _is_other_script(span.text, tag, main) else "")) for span, tag in pieces
    ]


def _is_other_script(text: str, tag: str, main: str) -> bool:
    return bool(tag) and primary(tag) != main and bool(_OTHER_SCRIPT.search(text)) and not _LATIN.search(text)


def _in_language(span: Span, tag: str) -> Span:
    return Span(span.text, span.strong, span.emphasis, span.link, tag, span.masked, span.note) if tag else span
