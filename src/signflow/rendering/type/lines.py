"""Breaking a text into lines, keeping the space at a break.

A line that ends between two words ends with their space: it has no ink, and it keeps the words apart for whoever reads
the text without seeing the lines (screen readers, search, copying). A line that ends inside a word ends without; where the
hyphen is ours it is a soft one, which such readers leave out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from signflow.rendering.type.faces import Run
from signflow.rendering.type.hyphenation import break_points
from signflow.rendering.type.shaping import SOFT_HYPHEN

_WORDS = re.compile(r"[^ \t\r\n]+")
_AFTER_HYPHEN = re.compile(r"-[ \t\r\n]+(?=[^ \t\r\n])")
_PIECES = re.compile(r"[ \t\r\n]+|[^ \t\r\n]+")  # not the no-break space
_NO_BREAK = "\u00a0"
_ROUNDING_PT = 1e-6  # by which sums of widths may differ
_MOST_HYPHENS = 2  # lines that end with one of ours, in a row
_LOOSE, _LOOSE_FOR_NAMES = 0.1, 0.25  # of a line: the room left open from which on a word is parted
_NARROW_PT = 150.0  # columns where every room left open counts


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; its width does not count the space at its end."""

    runs: tuple[Run, ...]
    width_pt: float


@dataclass(slots=True)
class _Word:
    runs: list[Run]
    width_pt: float

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def break_lines(
    runs: Sequence[Run],
    size_pt: float,
    width_pt: float,
    first_width_pt: float | None = None,
    *,
    language: str = "",
) -> list[Line]:
    """The text as lines no wider than the width, broken between words and inside a word only where it is wider.

    Runs of spaces count as one space. A text without words is no lines.

    Args:
        runs: The text.
        size_pt: The size of its type.
        width_pt: The room for a line.
        first_width_pt: The room for the first line, where something stands before it.
        language: BCP 47. Words are parted by its rules where that fills a line much better; empty parts none.
    """
    text = _Text(runs, size_pt)
    return _Breaker(text, size_pt, width_pt, language).broken(width_pt if first_width_pt is None else first_width_pt)


class _Text:
    """The words of a text, and where each would end if all stood on one endless line.

    Nearly every text is in one style. Its words are kept as they are, and made a `_Word` when one is looked into.

    Attributes:
        ends: The right edge of each word.
    """

    def __init__(self, runs: Sequence[Run], size_pt: float) -> None:
        self._style = _one_style(runs)
        self._size = size_pt
        if self._style:
            width, space = self._style.face.width, self._style.face.width(" ", size_pt)
            text = _AFTER_HYPHEN.sub("-" + _NO_BREAK, "".join(run.text for run in runs))
            self._plain = _WORDS.findall(text)
            self._words: list[_Word] = []
            advances = [width(word, size_pt) + space for word in self._plain]
            self.ends = [end - space for end in accumulate(advances)]
        else:
            self._plain = list[str]()
            self._words = list(_words(runs, size_pt))
            spaces = [0.0, *(word.runs[-1].face.width(" ", size_pt) for word in self._words)]
            self.ends = list(
                accumulate(space + word.width_pt for space, word in zip(spaces, self._words, strict=False))
            )

    def __getitem__(self, at: int) -> _Word:
        if self._style:
            run = self._style.saying(self._plain[at])
            return _Word([run], run.width(self._size))
        return self._words[at]

    def __setitem__(self, at: int, word: _Word) -> None:
        if self._style:
            self._plain[at] = word.text
        else:
            self._words[at] = word

    def line(self, first: int, after: int, head: _Word | None = None) -> tuple[Run, ...]:
        """Those words, and the head of the next one or else the space before it."""
        if self._style:
            last = [head.text] if head else [""] if after < len(self._plain) else []
            return (self._style.saying(" ".join([*self._plain[first:after], *last])),)
        runs: list[Run] = []
        for at in range(first, after):
            runs += self._words[at].runs
            if at + 1 < len(self._words):
                runs.append(_space(runs[-1], self._words[at + 1].runs[0]))
        return _joined([*runs, *head.runs] if head else runs)


class _Breaker:
    def __init__(self, text: _Text, size_pt: float, width_pt: float, language: str) -> None:
        self._text = text
        self._size = size_pt
        self._width = width_pt
        self._language = language
        self._hyphens = 0  # lines in a row
        self._after_name = False  # whether the last line parted a capitalised word

    def broken(self, first_width_pt: float) -> list[Line]:
        text, ends, lines = self._text, self._text.ends, list[Line]()
        at, left, room = 0, 0.0, first_width_pt  # the line's first word, and where it begins on the endless line
        while at < len(ends):
            after = bisect_right(ends, left + room + _ROUNDING_PT, at)
            if after == len(ends):
                lines.append(Line(text.line(at, after), ends[-1] - left))
                break
            word = text[after]
            begin = ends[after] - word.width_pt
            fits_below = after > at and after == len(ends) - 1 and word.width_pt <= self._width
            parted = None if fits_below else self._parted_at_end(word, left + room - begin, is_first=after == at)
            if parted:
                head, text[after] = parted
                lines.append(Line(text.line(at, after, head), begin + head.width_pt - left))
                self._hyphens = self._hyphens + 1 if head.text.endswith(SOFT_HYPHEN) else 0
            else:
                after += after == at  # a single character stands on a line even where that is too narrow
                lines.append(Line(text.line(at, after), ends[after - 1] - left))
                self._hyphens = 0
            at, room = after, self._width
            left = ends[at] - text[at].width_pt if at < len(ends) else 0.0
        return lines

    def _parted_at_end(self, word: _Word, room_pt: float, *, is_first: bool) -> tuple[_Word, _Word] | None:
        """A word that the line has no room for, in two; None where it goes to the next line."""
        if is_first:
            wide = len(word.text) > 1
            return self._parted(word, room_pt, needed=True) or _split(word, self._size, room_pt) if wide else None
        return self._parted(word, room_pt)

    def _parted(self, word: _Word, room_pt: float, *, needed: bool = False) -> tuple[_Word, _Word] | None:
        """The word in two by the rules of its language, the first part with its hyphen; None where it stays whole."""
        if not self._language or (self._hyphens >= _MOST_HYPHENS and not needed):
            return None
        text = word.text
        is_name = text.lstrip("(«»\"'“”„")[:1].isupper()
        if not needed and self._width > _NARROW_PT:
            loose = _LOOSE_FOR_NAMES if is_name or self._after_name else _LOOSE
            if room_pt < loose * self._width:
                return None
        marks = {run.mark for run in word.runs}
        mark = word.runs[0].mark
        if len(marks) > 1 or any(run.level for run in word.runs):
            return None
        language = mark.language if mark and mark.language else self._language
        for point in reversed(break_points(text, language)):
            head, tail = _cut(word, point, self._size)
            if head.width_pt <= room_pt:
                self._after_name = is_name
                return head, tail
        return None


def widest_word(runs: Sequence[Run], size_pt: float, language: str = "") -> float:
    """The width below which a word would be broken inside; where the language has rules, against them."""
    widest = 0.0
    for word in _words(runs, size_pt):
        if word.width_pt <= widest:
            continue
        points = (0, *break_points(word.text, language), len(word.text)) if language else ()
        if len(points) > 2 and not any(run.level for run in word.runs):
            hyphen = word.runs[0].face.width(SOFT_HYPHEN, size_pt)
            text, face = word.text, word.runs[0].face
            widest = max(widest, *(face.width(text[a:b], size_pt) + hyphen for a, b in pairwise(points)))
        else:
            widest = word.width_pt
    return widest


def text_width(runs: Sequence[Run], size_pt: float) -> float:
    """The width of the text on one line."""
    return sum(run.width(size_pt) for run in runs)


def _words(runs: Sequence[Run], size_pt: float) -> Iterator[_Word]:
    """The words. One that ends in a hyphen takes the next one along ("för- och eftermiddag").

    Readers of the page that undo hyphenation would otherwise glue the two when the line is broken after the hyphen.
    """
    word = _Word([], 0.0)
    for run in runs:
        for piece in _PIECES.findall(run.text):
            part = Run(run.face, piece, run.mark, run.level)
            if piece.isspace() and piece[0] != _NO_BREAK:
                if not word.runs:
                    continue
                if word.runs[-1].text.endswith("-"):
                    word.runs.append(part.saying(_NO_BREAK))
                    word.width_pt += run.face.width(" ", size_pt)
                elif word.runs[-1].text != _NO_BREAK:
                    yield word
                    word = _Word([], 0.0)
            else:
                word.runs.append(part)
                word.width_pt += part.width(size_pt)
    if word.runs and word.runs[-1].text == _NO_BREAK:
        glue = word.runs.pop()
        word.width_pt -= glue.face.width(" ", size_pt)
    if word.runs:
        yield word


def _cut(word: _Word, point: int, size_pt: float) -> tuple[_Word, _Word]:
    """The word in two after so many characters, with a hyphen between them."""
    head, tail, left = _Word([], 0.0), _Word([], 0.0), point
    for run in word.runs:
        if left > 0:
            head.runs.append(run.saying(run.text[:left]))
        if left < len(run.text):
            tail.runs.append(run.saying(run.text[max(left, 0) :]))
        left -= len(run.text)
    head.runs[-1] = head.runs[-1].saying(head.runs[-1].text + SOFT_HYPHEN)
    head.width_pt, tail.width_pt = text_width(head.runs, size_pt), text_width(tail.runs, size_pt)
    return head, tail


def _split(word: _Word, size_pt: float, room_pt: float) -> tuple[_Word, _Word]:
    """The part of a word that fits, at least one character, and the rest."""
    head, tail = _Word([], 0.0), _Word([], 0.0)
    for run in word.runs:
        if tail.runs:
            tail.runs.append(run)
            continue
        fits = 0
        while fits < len(run.text):
            advance = run.saying(run.text[fits]).width(size_pt)
            if head.width_pt + advance > room_pt and (fits or head.runs):
                break
            head.width_pt += advance
            fits += 1
        if fits:
            head.runs.append(run.saying(run.text[:fits]))
        if fits < len(run.text):
            tail.runs.append(run.saying(run.text[fits:]))
    tail.width_pt = word.width_pt - head.width_pt
    return head, tail


def _one_style(runs: Sequence[Run]) -> Run | None:
    """A run in the style of them all, where they have one, of the text's own size and written from left to right."""
    first = runs[0] if runs else None
    if first is None or first.level or (first.mark and first.mark.note):
        return None
    same = all(run.face is first.face and run.mark == first.mark and not run.level for run in runs[1:])
    return first if same else None


def _space(before: Run, after: Run) -> Run:
    mark = before.mark if before.mark == after.mark and not (before.mark and before.mark.note) else None
    return Run(before.face, " ", mark, min(before.level, after.level))


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs, neighbours of one face and mark as one."""
    joined: list[Run] = []
    for run in runs:
        if joined:
            last = joined[-1]
            if last.face is run.face and last.mark == run.mark and last.level == run.level:
                joined[-1] = last.saying(last.text + run.text)
                continue
        joined.append(run)
    return tuple(joined)
