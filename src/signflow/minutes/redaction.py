"""Redaction: the minutes as they may be published, without a trace of what is hidden.

1. Hidden are personal identity numbers wherever they stand, and the passages that the secretary marked (`Span.masked`).
2. Texts that stand side by side are looked at together: a number is found across styles, cells, a label and its value.
3. In place of each stands one word. It has no address, no language and no mark.
4. An address that was given to hidden words, or that holds a number, goes, and so do words that show that address.
5. What was derived from the text (body, place, chair, signatories) is hidden by the words of marked facts: rather too much.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from signflow.minutes.blocks import merged
from signflow.minutes.identity_numbers import find_identity_numbers
from signflow.minutes.model import (
    Attendance,
    Block,
    Bullets,
    Decision,
    Fact,
    Figure,
    FrontPart,
    Grid,
    Item,
    ListEntry,
    Minutes,
    Note,
    Notice,
    Paragraph,
    Person,
    Span,
    Subheading,
)

_Shared = Paragraph | Subheading | Bullets | Grid | Figure | Note

_AROUND_WORDS = ".,;:!?()[]{}<>\"'”“’»«–—-"


@dataclass(frozen=True, slots=True)
class Redaction:
    """Redacted minutes, and how many passages were hidden in what is read."""

    minutes: Minutes
    count: int


def redacted(minutes: Minutes, replacement: str) -> Redaction:
    """The minutes with every identity number and every marked passage replaced by that word.

    Guarantees: no text of the result, read alone or with the text beside it, holds a valid identity number; no span is
    masked; no link leads to an address that hidden words had. Images are kept as they are; their alternatives are texts.
    """
    return _Redactor(replacement, _marked_words(minutes.front)).redaction(minutes)


def redact_text(text: str, replacement: str) -> str:
    """A text that is not of the minutes, such as a file name, without identity numbers."""
    return _Redactor(replacement, frozenset()).plain(text)


class _Redactor:
    def __init__(self, replacement: str, marked: frozenset[str]) -> None:
        self._replacement = replacement
        self._marked = marked
        self._count = 0

    def redaction(self, minutes: Minutes) -> Redaction:
        front = tuple(self._part(part) for part in minutes.front)
        items = tuple(self._item(item) for item in minutes.items)
        title = self.plain(minutes.title)
        closing = self._plain_row([entry.text for entry in minutes.sign_off])
        notice = self._notice(minutes.notice) if minutes.notice else None
        notes = tuple(map(self._note, minutes.notes))
        count = self._count
        public = replace(
            minutes,
            title=title,
            body=self._derived(minutes.body),
            place=self._derived(minutes.place),
            chair=self._derived(minutes.chair),
            front=front,
            items=items,
            sign_off=tuple(replace(entry, text=text) for entry, text in zip(minutes.sign_off, closing, strict=True)),
            signatories=tuple(replace(one, name=self._derived(one.name)) for one in minutes.signatories),
            notice=notice,
            notes=notes,
        )
        return Redaction(public, count)

    def plain(self, text: str) -> str:
        return self._plain_row([text])[0]

    def _plain_row(self, texts: Sequence[str]) -> list[str]:
        return ["".join(span.text for span in cell) for cell in self._row([(Span(text),) for text in texts])]

    def _paragraph(self, paragraph: Paragraph) -> Paragraph:
        return Paragraph(self._row([paragraph.spans])[0], paragraph.line)

    def _row(self, cells: Sequence[tuple[Span, ...]]) -> list[tuple[Span, ...]]:
        """Texts that stand side by side, each hidden range as one word in every text that it reaches into."""
        hidden, unlinked = _hidden(cells)
        if not hidden and not unlinked:
            return list(cells)
        self._count += max(len(hidden), 1)
        result: list[tuple[Span, ...]] = []
        following = begin = 0  # the next hidden range; where the span begins
        for cell in cells:
            cell_begin, shown = begin, list[Span]()
            for span in cell:
                kept = replace(span, link="") if span.link in unlinked else span
                at, end = begin, begin + len(span.text)
                while following < len(hidden) and hidden[following][0] < end:
                    first, last = hidden[following]
                    shown.append(kept.saying(span.text[at - begin : max(first - begin, 0)]))
                    if max(first, cell_begin) >= begin:
                        shown.append(Span(self._replacement, span.strong, span.emphasis))
                    at = min(last, end)
                    if last > end:
                        break
                    following += 1
                shown.append(kept.saying(span.text[at - begin :]))
                begin = end
            result.append(merged(shown))
            begin += 1
        return result

    def _derived(self, text: str) -> str:
        """A text that readers of the draft made from others of its texts."""
        words: list[str] = []
        for word in self.plain(text).split(" "):
            hides = word.strip(_AROUND_WORDS).casefold() in self._marked
            if not (hides and words and words[-1] == self._replacement):
                words.append(self._replacement if hides else word)
        return " ".join(words)

    def _part(self, part: FrontPart) -> FrontPart:
        match part:
            case Fact():
                return self._fact(part)
            case Attendance():
                columns = tuple(self._plain_row(part.columns))
                people = tuple(self._person(person) for person in part.people)
                return replace(part, label=self.plain(part.label), people=people, columns=columns)
            case _:
                return self._shared(part)

    def _fact(self, fact: Fact) -> Fact:
        label, value = self._row([(Span(fact.label),), fact.value.spans])
        return Fact("".join(span.text for span in label), Paragraph(value, fact.value.line), fact.line)

    def _person(self, person: Person) -> Person:
        lead, name, affiliation = self._plain_row([person.lead, person.name, person.affiliation])
        organisation, role = self._derived(person.organisation), self._derived(person.role)
        return Person(name, affiliation, organisation, role, person.line, lead)

    def _item(self, item: Item) -> Item:
        label, title = self._plain_row([item.label, item.title])
        number = item.number if label == item.label else None
        return replace(item, number=number, label=label, title=title, blocks=tuple(map(self._block, item.blocks)))

    def _notice(self, notice: Notice) -> Notice:
        parts = tuple(self._fact(part) if isinstance(part, Fact) else self._paragraph(part) for part in notice.parts)
        return Notice(self.plain(notice.label), parts, notice.line)

    def _block(self, block: Block) -> Block:
        if isinstance(block, Decision):
            label = None if block.label is None else self.plain(block.label)
            return Decision(label, tuple(map(self._paragraph, block.texts)), block.line)
        return self._shared(block)

    def _shared(self, block: _Shared) -> _Shared:
        match block:
            case Paragraph():
                return self._paragraph(block)
            case Subheading():
                return Subheading(self.plain(block.text), block.line)
            case Bullets():
                return self._bullets(block)
            case Grid():
                rows = (self._row([cell.spans for cell in row]) for row in block.rows)
                told = (
                    tuple(Paragraph(spans, cell.line) for spans, cell in zip(shown, row, strict=True))
                    for shown, row in zip(rows, block.rows, strict=True)
                )
                return Grid(tuple(told), block.header, block.line)
            case Figure():
                return replace(block, alternative=self.plain(block.alternative))
            case Note():
                return self._note(block)

    def _note(self, note: Note) -> Note:
        label, text = self._row([(Span(note.label),), note.text.spans])
        return Note("".join(span.text for span in label), Paragraph(text, note.text.line), note.line)

    def _bullets(self, bullets: Bullets) -> Bullets:
        entries = (
            ListEntry(self._paragraph(entry.text), tuple(map(self._bullets, entry.nested))) for entry in bullets.entries
        )
        return Bullets(tuple(entries), bullets.ordered, bullets.line)


def _hidden(cells: Sequence[tuple[Span, ...]]) -> tuple[list[tuple[int, int]], frozenset[str]]:
    """What is hidden of the cells, joined by one character each, and the addresses that go."""
    line = " ".join("".join(_read(span) for span in cell) for cell in cells)
    numbers = list(find_identity_numbers(line))
    placed: list[tuple[int, int, Span]] = []
    begin = 0
    for cell in cells:
        for span in cell:
            placed.append((begin, begin + len(span.text), span))
            begin += len(span.text)
        begin += 1
    hidden = _united([*numbers, *((begin, end) for begin, end, span in placed if span.masked)])
    unlinked = frozenset(
        span.link
        for begin, end, span in placed
        if span.link and (_touches(hidden, begin, end) or find_identity_numbers(unquote(span.link)))
    )
    shown = [(begin, end) for begin, end, span in placed if span.link in unlinked and _shows_address(span)]
    return _united([*hidden, *shown]), unlinked


def _read(span: Span) -> str:
    """The words as they are read; the label of a note is no part of a number that it stands at."""
    return "*" * len(span.text) if span.note else span.text


def _united(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those that touch as one."""
    united: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if united and begin <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((begin, end))
    return united


def _touches(ranges: Sequence[tuple[int, int]], begin: int, end: int) -> bool:
    at = bisect_right(ranges, begin, key=lambda one: one[1])
    return at < len(ranges) and ranges[at][0] < end


def _shows_address(span: Span) -> bool:
    """Whether the words of a link are its address, as they are where the author wrote both."""
    address = span.link.removeprefix("mailto:").rstrip("/")
    return address in span.text or unquote(address) in unquote(span.text)


def _marked_words(parts: Iterable[FrontPart]) -> frozenset[str]:
    """The words of marked passages in labelled lines: what is derived from the text is derived from these."""
    passages = (span.text for part in parts if isinstance(part, Fact) for span in part.value.spans if span.masked)
    return frozenset(
        word.strip(_AROUND_WORDS).casefold() for text in passages for word in text.split() if word.strip(_AROUND_WORDS)
    )
