"""Blocks → the minutes of a meeting: what is title, front matter, item, decision and closing block.

Procedure:
1. Find the title.
2. Find where the items begin.
3. Cut off the closing block after the last item's heading.
4. Read front, items and closing block; work out class, language, body, time, place and signatories from them.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from signflow.minutes.blocks import BOLD_LINE, Heading, Row, SourceBlock, TextBlock, joined, rows_of
from signflow.minutes.closing import read_closing, split_closing
from signflow.minutes.dates import MeetingTime, read_meeting_time
from signflow.minutes.front import read_front
from signflow.minutes.items import item_label, item_starts, read_item, with_plain_headings
from signflow.minutes.labels import front_kind, language_of_label, split_label
from signflow.minutes.model import (
    Attendance,
    Fact,
    FrontPart,
    Minutes,
    MinutesClass,
    Paragraph,
    Person,
    Role,
    Signatory,
    SignOffEntry,
    Subheading,
)
from signflow.minutes.people import bare_name, is_name, read_people, same_name
from signflow.minutes.vocabulary import FrontKind
from signflow.texts import Language

_TITLE_SEARCH_BLOCKS = 12
_TITLE_CHARACTERS = 300
_HEADING_CHARACTERS = 150
_PROTOCOL_WORDS = r"\w*protokoll(?:et)?|minutes"
_NOTES_WORDS = r"minnesanteckning(?:ar|arna)?|mötesanteckningar|anteckningar|(?:meeting )?notes"
_CLASS_WORD = re.compile(rf"\b(?:(?P<protocol>{_PROTOCOL_WORDS})|(?P<notes>{_NOTES_WORDS}))\b", re.IGNORECASE)
_BEFORE_BODY = re.compile(
    r"^(?:\s|[:,–-]|\b(?:från|för|fört|vid|av|hos|med|i|of|from|the|for|möte|möte med|meeting)\b)+", re.IGNORECASE
)
_AFTER_BODY = re.compile(
    r"(?:[\s,;:–-]+|\b(?:nr|no|nummer|number|den|on|kl)\b\.?|[0-9]+(?:[/:.][0-9]+)*\.?|\b(?:möte|sammanträde|meeting)\b)$",
    re.IGNORECASE,
)
_STOP_WORDS: dict[Language, frozenset[str]] = {
    "sv": frozenset(["och", "att", "är", "för", "som", "på", "av", "med", "till", "den", "det", "inte", "om", "har"]),
    "en": frozenset(["and", "the", "of", "to", "is", "for", "that", "with", "on", "was", "be", "are", "by"]),
}


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    line: int
    before: tuple[SourceBlock, ...]
    after: tuple[SourceBlock, ...]


def recognise(source: Iterable[SourceBlock]) -> Minutes:
    """The minutes that the blocks are; what is missing is empty or None. Every word keeps its place. Never raises."""
    blocks = with_plain_headings(tuple(source))
    title = _find_title(blocks)
    starts = item_starts(title.after)
    front_end = starts[0] if starts else len(title.after)
    front_names = _names(read_front(title.after[:front_end]))
    kept, closing_rows = split_closing(title.after, starts[-1] + 1 if starts else 0, front_names)
    front = (*read_front(title.before), *read_front(kept[:front_end]))
    bounds = [*starts, len(kept)]
    items = tuple(read_item(kept[start:end]) for start, end in itertools.pairwise(bounds))
    closing = read_closing(closing_rows, front_names)
    minutes_class = class_of(title.text, front, closing.entries) or MinutesClass.NOTES
    time = meeting_time(title.text, front)
    chair = _chair(front, closing.signatories)
    return Minutes(
        minutes_class,
        _language(front, items_text=kept, closing=closing.entries, title=title.text),
        title.text,
        title.line,
        _body(title, front),
        time.date,
        time.start,
        time.end,
        _place(front),
        front,
        items,
        closing.entries,
        _signatories(minutes_class, front, closing.signatories, chair),
        chair.name if chair else "",
    )


def _find_title(blocks: Sequence[SourceBlock]) -> _Title:
    candidates: list[tuple[int, int, str, bool]] = []
    for at, block in enumerate(blocks[:_TITLE_SEARCH_BLOCKS]):
        row = block.row if isinstance(block, Heading) else block.rows[0] if isinstance(block, TextBlock) else None
        if row is None:
            break
        text = joined((row,)).text
        if not text:
            continue
        labelled = split_label(row)
        if isinstance(block, Heading) and item_label(text) and not _CLASS_WORD.search(text):
            break
        if labelled and (labelled.known or not isinstance(block, Heading)):
            if labelled.kind is FrontKind.OTHER or labelled.kind is FrontKind.BODY:
                continue
            break
        candidates.append((at, block.level if isinstance(block, Heading) else 9, text, bool(_CLASS_WORD.search(text))))
    fitting = [candidate for candidate in candidates if len(candidate[2]) <= _TITLE_CHARACTERS]
    named = [
        candidate
        for candidate in fitting
        if candidate[3] and (candidate[1] <= BOLD_LINE or len(candidate[2]) <= _HEADING_CHARACTERS)
    ]
    headed = [candidate for candidate in fitting if candidate[1] <= BOLD_LINE]
    plain = [candidate for candidate in fitting if " " in candidate[2] and not candidate[2].endswith((".", "!", "?"))]
    chosen = next(iter(named or headed or plain), None)
    if chosen is None:
        return _Title("", 1, (), tuple(blocks))
    at, _, text, _ = chosen
    block = blocks[at]
    rest = (TextBlock(block.rows[1:]),) if isinstance(block, TextBlock) and block.rows[1:] else ()
    return _Title(text, block.line, tuple(blocks[:at]), (*rest, *blocks[at + 1 :]))


def class_of(title: str, front: Iterable[FrontPart], closing: Iterable[SignOffEntry]) -> MinutesClass | None:
    """Which class the minutes say they are: by title, by a heading under it, or by the closing labels; None if nowhere."""
    headings = (
        part.text
        for part in front
        if isinstance(part, Subheading | Paragraph) and len(part.text) <= _HEADING_CHARACTERS
    )
    for text in (title, *headings):
        match = _CLASS_WORD.search(text)
        if match:
            return MinutesClass.NOTES if match["notes"] else MinutesClass.PROTOCOL
    labels = " ".join(entry.text.casefold() for entry in closing if entry.is_label)
    if "protokoll" in labels or "minutes taken" in labels:
        return MinutesClass.PROTOCOL
    return MinutesClass.NOTES if "anteckning" in labels or "notes taken" in labels else None


def time_facts(front: Iterable[FrontPart]) -> Iterator[tuple[str, int]]:
    """The texts that say when the meeting was, with their lines, the plainest first."""
    facts = [part for part in front if isinstance(part, Fact)]
    for kinds in ((FrontKind.TIME,), (FrontKind.TIME_AND_PLACE,)):
        yield from ((fact.value.text, fact.value.line) for fact in facts if front_kind(fact.label) in kinds)


def meeting_time(title: str, front: Sequence[FrontPart]) -> MeetingTime:
    """When the meeting was: from its facts; the date, where they have none, from the title or what stands beside it."""
    times = [read_meeting_time(text) for text, _ in time_facts(front)]
    date = next((time.date for time in times if time.date), None)
    if date is None and not any(time.impossible_date for time in times):
        others = [title, *(part.text for part in front if isinstance(part, Subheading | Paragraph))]
        date = next((found for text in others if (found := read_meeting_time(text).date)), None)
    clock = next((time for time in times if time.start), MeetingTime())
    return MeetingTime(date, clock.start, clock.end)


def _place(front: Iterable[FrontPart]) -> str:
    facts = [part for part in front if isinstance(part, Fact)]
    place = next((fact.value.text for fact in facts if front_kind(fact.label) is FrontKind.PLACE), "")
    if place:
        return place
    for fact in facts:
        if front_kind(fact.label) is FrontKind.TIME_AND_PLACE:
            text = fact.value.text
            time = read_meeting_time(text)
            sides = (text[: max(time.begins, 0)], text[max(time.ends, 0) :])
            cleaned = [
                re.sub(r"\b(?:den|kl|klockan|at|on)\b\.?[\s,]*$", "", side.strip(" ,;.–-")).strip(" ,;–-")
                for side in sides
            ]
            return max(cleaned, key=len)
    return ""


def _body(title: _Title, front: Sequence[FrontPart]) -> str:
    named = (part.value.text for part in front if isinstance(part, Fact) and front_kind(part.label) is FrontKind.BODY)
    below = (part.text for part in front if isinstance(part, Subheading) and part.line > title.line)
    above = (part.text for part in front if isinstance(part, Subheading | Paragraph) and part.line < title.line)
    texts = (_body_in(text) for text in (title.text, *below, *above) if len(text) <= _TITLE_CHARACTERS)
    return next(filter(None, (*named, *texts)), "")


def _body_in(text: str) -> str:
    match = _CLASS_WORD.search(text)
    if match:
        before = text[: match.start()].strip(" ,:–-")
        after = _BEFORE_BODY.sub("", _without_time(text[match.end() :]))
        text = before if before and not _trimmed_end(after) else after
        if (
            text == before
            and before.casefold().endswith("s")
            and match["protocol"]
            and match[0].casefold() != "minutes"
        ):
            text = before[:-1]
    return _trimmed_end(_BEFORE_BODY.sub("", _without_time(text)))


def _without_time(text: str) -> str:
    time = read_meeting_time(text)
    return text if time.begins < 0 else text[: time.begins] + " " + text[time.ends :]


def _trimmed_end(text: str) -> str:
    text = " ".join(text.split())
    while (shorter := _AFTER_BODY.sub("", text).strip()) != text:
        text = shorter
    return text


def _names(front: Iterable[FrontPart]) -> frozenset[str]:
    return frozenset(same_name(person.name) for part in front if isinstance(part, Attendance) for person in part.people)


def _chair(front: Sequence[FrontPart], signing: Iterable[Signatory]) -> Signatory | None:
    present = [person for part in front if isinstance(part, Attendance) and not part.absent for person in part.people]
    named = next((signatory for signatory in signing if signatory.role is Role.CHAIR), None)
    return named or next(iter(front_signatories(front, Role.CHAIR)), None) or _chair_present(present)


def _chair_present(present: Iterable[Person]) -> Signatory | None:
    chairs = [
        person
        for person in present
        if person.role.casefold() in ("ordförande", "mötesordförande", "ordf", "ordf.")
        or person.role.casefold().startswith("chair")
    ]
    return Signatory(chairs[0].name, Role.CHAIR, chairs[0].line) if chairs else None


def front_signatories(front: Iterable[FrontPart], role: Role) -> tuple[Signatory, ...]:
    """Whom a labelled line before the items (`Utses att justera: …`) names in that role."""
    kinds = {Role.SECRETARY: FrontKind.SECRETARY, Role.CHAIR: FrontKind.CHAIR, Role.ADJUSTER: FrontKind.ADJUSTERS}
    found: list[Signatory] = []
    for part in front:
        if isinstance(part, Fact) and front_kind(part.label) is kinds[role]:
            people = read_people(part.value.text, part.value.line)
            names = [person.name for person in people] or [bare_name(part.value.text)]
            found += [Signatory(name, role, part.value.line) for name in names if is_name(name)]
    return tuple(found)


def _signatories(
    minutes_class: MinutesClass, front: Sequence[FrontPart], closing: Sequence[Signatory], chair: Signatory | None
) -> tuple[Signatory, ...]:
    def named(role: Role) -> tuple[Signatory, ...]:
        return tuple(signatory for signatory in closing if signatory.role is role) or front_signatories(front, role)

    chairs = (chair,) if chair and minutes_class is MinutesClass.PROTOCOL else ()
    return (*named(Role.SECRETARY), *chairs, *named(Role.ADJUSTER))


def _language(
    front: Iterable[FrontPart], *, items_text: Iterable[SourceBlock], closing: Iterable[SignOffEntry], title: str
) -> Language:
    counts: Counter[Language] = Counter()
    labels = [part.label for part in front if isinstance(part, Fact | Attendance)]
    labels += [entry.text for entry in closing if entry.is_label]
    for label in labels:
        language = language_of_label(label)
        counts.update([language] if language else [])
    if not counts or counts["sv"] == counts["en"]:
        rows: list[Row] = [row for block in items_text for row in rows_of(block)][:500]
        words = [word for text in (title, *(row.text for row in rows)) for word in text[:500].casefold().split()]
        for language, stop_words in _STOP_WORDS.items():
            counts[language] += sum(word in stop_words for word in words)
    return "en" if counts["en"] > counts["sv"] else "sv"
