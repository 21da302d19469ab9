"""Breaking a text into lines, keeping the space at a break.

A line that ends between two words ends with their space: it has no ink, and it keeps the words apart for whoever reads
the text without seeing the lines (screen readers, search, copying). A line that ends inside a word, because the word is
wider than the column, ends without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signflow.rendering.faces import Run

_PIECES = re.compile(r"[ \t\r\n]+|[^ \t\r\n]+")  # not the no-break space


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; its width does not count the space at its end."""

    runs: tuple[Run, ...]
    width_pt: float


@dataclass(slots=True)
class _Word:
    runs: list[Run]
    width_pt: float


def break_lines(
    runs: Sequence[Run], size_pt: float, width_pt: float, first_width_pt: float | None = None
) -> list[Line]:
    """The text as lines no wider than the width, broken between words and inside a word only where it is wider.

    Runs of spaces count as one space. A text without words is no lines.

    Args:
        runs: The text.
        size_pt: The size of its type.
        width_pt: The room for a line.
        first_width_pt: The room for the first line, where something stands before it.
    """
    lines: list[Line] = []
    room = width_pt if first_width_pt is None else first_width_pt
    current: list[Run] = []
    used = 0.0
    for word in _words(runs, size_pt):
        space = word.runs[0].face.width(" ", size_pt)
        if current and used + space + word.width_pt > room:
            lines.append(_line([*current, Run(current[-1].face, " ")], used))
            room, current, used = width_pt, [], 0.0
        if current:
            current.append(Run(current[-1].face, " "))
            used += space
        rest = word
        while not current and rest.width_pt > room and sum(len(run.text) for run in rest.runs) > 1:
            head, rest = _split(rest, size_pt, room)
            lines.append(_line(head.runs, head.width_pt))
            room = width_pt
        current.extend(rest.runs)
        used += rest.width_pt
    if current:
        lines.append(_line(current, used))
    return lines


def widest_word(runs: Sequence[Run], size_pt: float) -> float:
    """The width below which a word would be broken."""
    return max((word.width_pt for word in _words(runs, size_pt)), default=0.0)


def text_width(runs: Sequence[Run], size_pt: float) -> float:
    """The width of the text on one line."""
    return sum(run.face.width(run.text, size_pt) for run in runs)


def _words(runs: Sequence[Run], size_pt: float) -> Iterator[_Word]:
    """The words. One that ends in a hyphen takes the next one along ("för- och eftermiddag").

    Readers of the page that undo hyphenation would otherwise glue the two when the line is broken after the hyphen.
    """
    word = _Word([], 0.0)
    for run in runs:
        for piece in _PIECES.findall(run.text):
            if piece.isspace() and piece[0] != "\u00a0":
                if not word.runs:
                    continue
                if word.runs[-1].text.endswith("-"):
                    word.runs.append(Run(run.face, "\u00a0"))
                    word.width_pt += run.face.width(" ", size_pt)
                elif word.runs[-1].text != "\u00a0":
                    yield word
                    word = _Word([], 0.0)
            else:
                word.runs.append(Run(run.face, piece))
                word.width_pt += run.face.width(piece, size_pt)
    if word.runs:
        if word.runs[-1].text == "\u00a0":
            glue = word.runs.pop()
            word.width_pt -= glue.face.width(" ", size_pt)
        yield word


def _split(word: _Word, size_pt: float, room_pt: float) -> tuple[_Word, _Word]:
    """The part of a word that fits, at least one character, and the rest."""
    head, tail = _Word([], 0.0), _Word([], 0.0)
    for run in word.runs:
        if tail.runs:
            tail.runs.append(run)
            tail.width_pt += run.face.width(run.text, size_pt)
            continue
        fits = 0
        while fits < len(run.text):
            advance = run.face.width(run.text[fits], size_pt)
            if head.width_pt + advance > room_pt and (fits or head.runs):
                break
            head.width_pt += advance
            fits += 1
        if fits:
            head.runs.append(Run(run.face, run.text[:fits]))
        if fits < len(run.text):
            tail.runs.append(Run(run.face, run.text[fits:]))
            tail.width_pt += run.face.width(run.text[fits:], size_pt)
    return head, tail


def _line(runs: Sequence[Run], width_pt: float) -> Line:
    """A line with neighbouring runs of one face joined."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].face is run.face:
            joined[-1] = Run(run.face, joined[-1].text + run.text)
        else:
            joined.append(run)
    return Line(tuple(joined), width_pt)
