"""The difference between two texts: lines that came, went or changed, and in a changed line the words that did.

A line is what a secretary would name: a paragraph, an entry of a list, a row of a table, a labelled line, a figure.
Compared are words, addresses, marks and images; not bold or italics, nor how words are spread over lines of the draft.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from signflow.minutes.difference.alignment import Effort, Stretch, align
from signflow.minutes.model import (
    Attendance,
    Block,
    Bullets,
    Decision,
    Fact,
    Figure,
    FrontPart,
    Grid,
    Note,
    Paragraph,
    Subheading,
)

_ALIKE = 0.4  # the share of words that two lines have in common if one became the other
_KEPT = 0.2  # the share of words below which a line is shown as replaced whole
_WINDOW = 40  # lines among which the former self of a line is sought
_SHORT = 3  # letters of a word that alone between two changes only disturbs the reader


class Change(StrEnum):
    """What happened."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Kind(StrEnum):
    """What a line is."""

    TITLE = "title"
    HEADING = "heading"
    FACT = "fact"
    TEXT = "text"
    ENTRY = "entry"
    ROW = "row"
    FIGURE = "figure"
    NOTE = "note"
    DECISION = "decision"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its words with one space between them, and what is not read.

    Attributes:
        kind: What it is.
        text: Its words.
        label: Of a labelled line or a note.
        unseen: Addresses, marked passages, the digest of an image.
    """

    kind: Kind
    text: str
    label: str = ""
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line, all of them same, added or removed."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that is not as it was.

    Attributes:
        kind: What it is.
        change: Added, removed or changed.
        label: As it is now; as it was, where the line is gone.
        pieces: Its words, in order. All the same where only what is not read has changed: an address, a mark, an image.
    """

    kind: Kind
    change: Change
    label: str
    pieces: tuple[Piece, ...]

    @property
    def only_unseen(self) -> bool:
        """Whether every word is as it was."""
        return all(piece.change is Change.SAME for piece in self.pieces)


def lines_of(parts: Iterable[Block | FrontPart]) -> Iterator[Line]:
    """The lines of blocks and front matter, in order; persons are no lines."""
    for part in parts:
        match part:
            case Attendance():
                yield Line(Kind.HEADING, part.label)
                if part.columns:
                    yield Line(Kind.ROW, " | ".join(part.columns))
            case Bullets():
                yield from _entries(part)
            case Grid():
                yield from (_row(row) for row in part.rows)
            case Decision():
                if part.label:
                    yield Line(Kind.HEADING, part.label)
                yield from (_line(Kind.DECISION, text) for text in part.texts)
            case _:
                yield _only_line(part)


def compare_lines(old: Sequence[Line], new: Sequence[Line], effort: Effort) -> tuple[LineChange, ...]:
    """The lines that are not as they were, in the new order; what is gone stands where it stood."""
    changes: list[LineChange] = []
    for stretch in align(old, new, effort):
        if not stretch.same:
            changes += _replaced(old[slice(*stretch.old)], new[slice(*stretch.new)], effort)
    return tuple(changes)


def compare_words(old: str, new: str, effort: Effort) -> tuple[Piece, ...]:
    """Both texts in one: words that stayed, went and came."""
    before, after = old.split(), new.split()
    stretches = _calmed(align(before, after, effort), after)
    kept = sum(stretch.new[1] - stretch.new[0] for stretch in stretches if stretch.same)
    if 2 * kept < _KEPT * (len(before) + len(after)):
        stretches = [Stretch(False, (0, len(before)), (0, len(after)))]
    pieces: list[Piece] = []
    for stretch in stretches:
        was, now = " ".join(before[slice(*stretch.old)]), " ".join(after[slice(*stretch.new)])
        told = ((now, Change.SAME),) if stretch.same else ((was, Change.REMOVED), (now, Change.ADDED))
        pieces += [Piece(text, change) for text, change in told if text]
    return tuple(pieces)


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two texts have in common, 0–1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def words_in(text: str) -> Counter[str]:
    """How often each word stands in the text, whatever its case."""
    return Counter(text.casefold().split())


def _only_line(part: Paragraph | Subheading | Fact | Figure | Note) -> Line:
    match part:
        case Paragraph():
            return _line(Kind.TEXT, part)
        case Subheading():
            return Line(Kind.HEADING, _spaced(part.text))
        case Fact():
            return _line(Kind.FACT, part.value, part.label)
        case Note():
            return _line(Kind.NOTE, part.text, part.label)
        case Figure():
            return Line(Kind.FIGURE, _spaced(part.alternative), unseen=(hashlib.sha256(part.image).hexdigest(),))


def _line(kind: Kind, paragraph: Paragraph, label: str = "") -> Line:
    unseen = [span.link for span in paragraph.spans if span.link]
    unseen += [f"={span.text}" for span in paragraph.spans if span.masked]
    return Line(kind, _spaced(paragraph.text), label, tuple(unseen))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _entries(bullets: Bullets) -> Iterator[Line]:
    for entry in bullets.entries:
        yield _line(Kind.ENTRY, entry.text)
        for inner in entry.nested:
            yield from _entries(inner)


def _row(row: Sequence[Paragraph]) -> Line:
    cells = [_line(Kind.ROW, cell) for cell in row]
    return Line(
        Kind.ROW, " | ".join(cell.text for cell in cells), unseen=tuple(one for cell in cells for one in cell.unseen)
    )


def _replaced(old: Sequence[Line], new: Sequence[Line], effort: Effort) -> Iterator[LineChange]:
    """Lines that stand in the place of others: each new one with the old one that it came from."""
    begin = 0
    counted = [words_in(line.text) for line in old]
    effort.steps -= sum(map(len, counted))
    alone = len(old) == len(new) == 1
    for line in new:
        words = words_in(line.text)
        found = next(
            (
                at
                for at in range(begin, min(begin + _WINDOW, len(old)))
                if _came_from(line, old[at], alone=alone)
                or (old[at].kind is line.kind and likeness(words, counted[at]) >= _ALIKE)
            ),
            None,
        )
        if found is None:
            yield _one_sided(line, Change.ADDED)
            continue
        yield from (_one_sided(gone, Change.REMOVED) for gone in old[begin:found])
        pieces = compare_words(old[found].text, line.text, effort)
        label = line.label if line.label == old[found].label else f"{old[found].label} → {line.label}"
        yield LineChange(line.kind, Change.CHANGED, label, pieces)
        begin = found + 1
    yield from (_one_sided(gone, Change.REMOVED) for gone in old[begin:])


def _came_from(line: Line, old: Line, *, alone: bool) -> bool:
    return old.kind is line.kind and (alone or bool(line.label and line.label.casefold() == old.label.casefold()))


def _one_sided(line: Line, change: Change) -> LineChange:
    return LineChange(line.kind, change, line.label, (Piece(line.text, change),) if line.text else ())


def _calmed(stretches: Sequence[Stretch], new: Sequence[str]) -> list[Stretch]:
    """The stretches without single short words that stayed between two changes."""
    calm: list[Stretch] = []
    for at, stretch in enumerate(stretches):
        begin, end = stretch.new
        inside = 0 < at < len(stretches) - 1
        is_noise = stretch.same and inside and end - begin == 1 and len(new[begin]) <= _SHORT
        if calm and not calm[-1].same and (is_noise or not stretch.same):
            last = calm.pop()
            calm.append(Stretch(False, (last.old[0], stretch.old[1]), (last.new[0], end)))
        else:
            calm.append(stretch)
    return calm
