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
from dataclasses import replace

from signflow.minutes.blocks import SourceBlock, each_row, note
from signflow.minutes.model import (
    Attendance,
    Fact,
    FrontPart,
    ItemRange,
    Minutes,
    MinutesClass,
    Paragraph,
    Person,
    Role,
    Signatory,
    SignOffEntry,
    Subheading,
)
from signflow.minutes.recognition.chair import elected_chair
from signflow.minutes.recognition.closing import Division, split_end, split_first_page
from signflow.minutes.recognition.dates import MeetingTime, read_meeting_time
from signflow.minutes.recognition.front import read_front
from signflow.minutes.recognition.headings import item_starts, with_plain_headings
from signflow.minutes.recognition.items import read_item
from signflow.minutes.recognition.labels import front_kind, language_of_label
from signflow.minutes.recognition.notice import read_notice
from signflow.minutes.recognition.people import bare_name, is_name, read_people, same_name
from signflow.minutes.recognition.ranges import read_ranges
from signflow.minutes.recognition.signing import read_closing
from signflow.minutes.recognition.title import CLASS_WORD, body_of, find_title, letterhead_cells
from signflow.minutes.recognition.vocabulary import FrontKind
from signflow.texts import Language

_HEADING_CHARACTERS = 150
_ROWS_FOR_LANGUAGE = 500
_STOP_WORDS: dict[Language, frozenset[str]] = {
    "sv": frozenset(["och", "att", "är", "för", "som", "på", "av", "med", "till", "den", "det", "inte", "om", "har"]),
    "en": frozenset(["and", "the", "of", "to", "is", "for", "that", "with", "on", "was", "be", "are", "by"]),
}


def recognise(source: Iterable[SourceBlock]) -> Minutes:
    """The minutes that the blocks are; what is missing is empty or None. Every word keeps its place. Never raises."""
    blocks = with_plain_headings(tuple(source))
    title = find_title(blocks)
    starts = item_starts(title.after)
    front_end = starts[0] if starts else len(title.after)
    front_blocks, item_blocks = title.after[:front_end], title.after[front_end:]
    before_items = read_front(front_blocks)
    names = _names(before_items)
    end = split_end(title.after, starts[-1] + 1 if starts else 0, names)
    first_page = Division(front_blocks) if end.closing or not starts else split_first_page(front_blocks)
    if first_page.closing:
        before_items = read_front(first_page.before)
    elif starts:
        item_blocks = end.before[front_end:]
    elif end.closing or end.notice:
        before_items = read_front(end.before)
    signatures = first_page if first_page.closing else end
    front = (*read_front(title.before), *before_items, *read_front(signatures.after))
    bounds = [start - front_end for start in starts] + [len(item_blocks)]
    items = tuple(read_item(item_blocks[start:stop]) for start, stop in itertools.pairwise(bounds))
    closing = read_closing(signatures.closing, names)
    minutes_class = class_of(title.text, front, closing.entries) or MinutesClass.NOTES
    time = meeting_time(title.text, front)
    chair = _chair(front, closing.signatories) or elected_chair(items)
    return Minutes(
        minutes_class,
        _language(front, items_text=item_blocks, closing=closing.entries, title=title.text),
        title.text,
        title.line,
        body_of(title, front),
        time.date,
        time.start,
        time.end,
        _place(front),
        front,
        items,
        closing.entries,
        _signatories(minutes_class, front, closing.signatories, chair),
        chair.name if chair else "",
        read_notice(signatures.notice),
        tuple(map(note, signatures.notes)),
    )


def class_of(title: str, front: Iterable[FrontPart], closing: Iterable[SignOffEntry]) -> MinutesClass | None:
    """Which class the minutes say they are: by title, by a heading under it, or by the closing labels; None if nowhere."""
    headings = (
        part.text
        for part in front
        if isinstance(part, Subheading | Paragraph) and len(part.text) <= _HEADING_CHARACTERS
    )
    for text in (title, *headings):
        match = CLASS_WORD.search(text)
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
        others += letterhead_cells(front)
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
            return max((side for side in cleaned if not side.casefold().startswith("ajourn")), key=len, default="")
    return ""


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


def _stated_ranges(front: Iterable[FrontPart]) -> tuple[ItemRange, ...]:
    """The items that the minutes are of, by a labelled line before them (`Paragrafer: 94–99`)."""
    facts = (part for part in front if isinstance(part, Fact) and front_kind(part.label) is FrontKind.ITEMS)
    return next((found for fact in facts if (found := read_ranges(fact.value.text, signed=False))), ())


def _signatories(
    minutes_class: MinutesClass, front: Sequence[FrontPart], closing: Sequence[Signatory], chair: Signatory | None
) -> tuple[Signatory, ...]:
    stated = () if any(found.covers for found in closing) else _stated_ranges(front)

    def named(role: Role) -> tuple[Signatory, ...]:
        return tuple(signatory for signatory in closing if signatory.role is role) or front_signatories(front, role)

    adjusters = named(Role.ADJUSTER)
    # one who took the chair for some items signs for them
    chairs = [found for found in closing if found.role is Role.CHAIR]
    if minutes_class is not MinutesClass.PROTOCOL:
        chairs = []
    elif not chairs and chair:
        # under one `Justeras` the chair signs beside the adjusters
        beside = [one for one in adjusters if same_name(one.name) == same_name(chair.name)] if adjusters[1:] else []
        adjusters = tuple(one for one in adjusters if one not in beside)
        chairs = [replace(one, role=Role.CHAIR) for one in beside] or [chair]
    signing = (*named(Role.SECRETARY), *chairs, *adjusters)
    return tuple(found if found.covers else replace(found, covers=stated) for found in signing)


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
        rows = itertools.islice(itertools.chain.from_iterable(map(each_row, items_text)), _ROWS_FOR_LANGUAGE)
        words = [word for text in (title, *(row.text for row in rows)) for word in text[:500].casefold().split()]
        for language, stop_words in _STOP_WORDS.items():
            counts[language] += sum(word in stop_words for word in words)
    return "en" if counts["en"] > counts["sv"] else "sv"
