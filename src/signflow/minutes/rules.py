"""What a careful person would remark on in the minutes. Each rule is a function from the minutes to findings."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator

from signflow.minutes.catalogue import has_identity_number, remark
from signflow.minutes.dates import WEEKDAYS_EN, WEEKDAYS_SV, MeetingTime, read_meeting_time
from signflow.minutes.findings import Finding
from signflow.minutes.labels import means_nobody
from signflow.minutes.model import Attendance, Decision, Minutes, MinutesClass, Person, Role, Signatory
from signflow.minutes.people import same_name
from signflow.minutes.recognise import class_of, front_signatories, time_facts
from signflow.minutes.words import passages

_MARKUP = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|<!--|\*\*|~~|```|\]\(|^#{1,6}\S|&(?:[a-zA-Z]{2,10}|#[0-9]{1,7});"
)
_SUGGESTIONS_FOR = 20
_SUGGESTIONS_AMONG = 500
_LATE_START = dt.time(17)
_EARLY_END = dt.time(6)


def check_minutes(minutes: Minutes) -> list[Finding]:
    """All findings about the minutes, in no particular order."""
    return [finding for rule in _RULES for finding in rule(minutes)]


def _check_title(minutes: Minutes) -> Iterator[Finding]:
    if not minutes.title:
        yield remark("title-missing")
    elif not minutes.body:
        yield remark("body-missing", minutes.title_line, minutes.title)
    if class_of(minutes.title, minutes.front, minutes.sign_off) is None:
        yield remark("class-unclear", minutes.title_line if minutes.title else None, minutes.title)


def _check_time(minutes: Minutes) -> Iterator[Finding]:
    facts = [(text, line, read_meeting_time(text)) for text, line in time_facts(minutes.front)]
    if minutes.date is None:
        yield _why_no_date(minutes, facts)
    for text, line, time in facts:
        if time.impossible_time:
            yield remark("time-impossible", line, text, written=time.impossible_time)
        if minutes.date and time.weekday is not None and time.weekday != minutes.date.weekday():
            actual = minutes.date.weekday()
            yield remark(
                "weekday-mismatch",
                line,
                text,
                written=time.weekday_text,
                date=minutes.date.isoformat(),
                day_sv=WEEKDAYS_SV[actual],
                day_en=WEEKDAYS_EN[actual].capitalize(),
            )
        if time.start and time.end and time.end <= time.start and not _over_midnight(time):
            yield remark("end-before-start", line, text, start=f"{time.start:%H:%M}", end=f"{time.end:%H:%M}")
    if minutes.start is None and not any(time.impossible_time for _, _, time in facts):
        yield remark("time-missing", facts[0][1] if facts else None, facts[0][0] if facts else "")
    if not minutes.place:
        yield remark("place-missing")


def _over_midnight(time: MeetingTime) -> bool:
    return bool(time.start and time.end and time.start >= _LATE_START and time.end <= _EARLY_END)


def _why_no_date(minutes: Minutes, facts: list[tuple[str, int, MeetingTime]]) -> Finding:
    title = (minutes.title, minutes.title_line, read_meeting_time(minutes.title))
    for text, line, time in (*facts, title):
        if time.impossible_date:
            return remark("date-impossible", line, text, written=time.impossible_date)
    for text, line, time in (*facts, title):
        if time.date_without_year:
            return remark("date-year-missing", line, text, written=time.date_without_year)
    return remark("date-missing", facts[0][1] if facts else None, facts[0][0] if facts else "")


def _check_people(minutes: Minutes) -> Iterator[Finding]:
    if not minutes.participants:
        label = next((part for part in minutes.front if isinstance(part, Attendance) and not part.absent), None)
        yield remark("participants-missing", label.line if label else None, label.label if label else "")
    present = _by_name(minutes.participants)
    absent = _by_name(minutes.absent)
    for people in (*present.values(), *absent.values()):
        for again in people[1:]:
            code = "person-twice" if _may_be_same(people[0], again) else "namesakes"
            yield remark(code, again.line, again.name, name=again.name, first=str(people[0].line))
    for name in present.keys() & absent.keys():
        person, other = present[name][0], absent[name][0]
        if _may_be_same(person, other):
            yield remark("present-and-absent", other.line, other.name, name=other.name, first=str(person.line))


def _by_name(people: tuple[Person, ...]) -> dict[str, list[Person]]:
    result: dict[str, list[Person]] = {}
    for person in people:
        result.setdefault(same_name(person.name), []).append(person)
    return result


def _may_be_same(one: Person, other: Person) -> bool:
    # two persons of one name do meet; their organisations tell them apart
    return not (one.organisation and other.organisation) or same_name(one.organisation) == same_name(other.organisation)


def _check_items(minutes: Minutes) -> Iterator[Finding]:
    if not minutes.items:
        yield remark("items-missing")
    seen: dict[int, int] = {}
    highest: int | None = None
    for item in minutes.items:
        if not item.title:
            yield remark("item-title-missing", item.line, item.label, label=item.label)
        if not item.blocks:
            yield remark("item-empty", item.line, f"{item.label} {item.title}", title=item.title)
        if item.number is None:
            yield remark("item-number-missing", item.line, item.title, title=item.title)
            continue
        number, label = item.number, str(item.number)
        if number in seen:
            yield remark(
                "item-number-duplicate", item.line, f"{item.label} {item.title}", number=label, first=str(seen[number])
            )
        elif highest is not None and number < highest:
            yield remark(
                "item-number-order", item.line, f"{item.label} {item.title}", number=label, before=str(highest)
            )
        elif highest is not None and number > highest + 1:
            yield remark("item-number-gap", item.line, f"{item.label} {item.title}", number=label, before=str(highest))
        seen.setdefault(number, item.line)
        highest = max(number, highest or number)


def _check_decisions(minutes: Minutes) -> Iterator[Finding]:
    for item in minutes.items:
        for block in item.blocks:
            if isinstance(block, Decision) and not block.texts:
                yield remark("decision-empty", block.line, block.label or "", title=item.title or item.label)


def _check_signatories(minutes: Minutes) -> Iterator[Finding]:
    closing_line = minutes.sign_off[0].line if minutes.sign_off else None
    required = {Role.SECRETARY: "secretary-missing", Role.ADJUSTER: "adjuster-missing"}
    if minutes.minutes_class is MinutesClass.PROTOCOL:
        required[Role.CHAIR] = "chair-missing"
    for role, code in required.items():
        if not minutes.named(role):
            label = next((entry for entry in minutes.sign_off if entry.is_label and entry.role is role), None)
            yield remark(code, label.line if label else closing_line, label.text if label else "")
    first: dict[str, Signatory] = {}
    for signatory in minutes.signatories:
        name = same_name(signatory.name)
        if name in first:
            yield remark(
                "signatory-twice", signatory.line, signatory.name, name=signatory.name, first=str(first[name].line)
            )
        first.setdefault(name, signatory)
    yield from _check_presence(minutes, first)


def _check_presence(minutes: Minutes, signatories: dict[str, Signatory]) -> Iterator[Finding]:
    if not minutes.participants:
        return
    present = {same_name(person.name): person.name for person in minutes.participants}
    for role in (Role.SECRETARY, Role.CHAIR):
        present.update((same_name(found.name), found.name) for found in front_signatories(minutes.front, role))
    missing = [(name, signatory) for name, signatory in signatories.items() if name not in present]
    for count, (name, signatory) in enumerate(missing):
        among = list(present)[:_SUGGESTIONS_AMONG] if count < _SUGGESTIONS_FOR else []
        similar = difflib.get_close_matches(name, among, n=1, cutoff=0.75)
        if similar:
            suggestion = present[similar[0]]
            yield remark(
                "signatory-misspelled", signatory.line, signatory.name, name=signatory.name, suggestion=suggestion
            )
        else:
            yield remark("signatory-not-participant", signatory.line, signatory.name, name=signatory.name)


def _check_texts(minutes: Minutes) -> Iterator[Finding]:
    for passage in passages(minutes):
        if has_identity_number(passage.text):
            yield remark("identity-number", passage.line, passage.text)
        match = _MARKUP.search(passage.text)
        if match and not means_nobody(passage.text):
            yield remark("leftover-markup", passage.line, passage.text, markup=match[0][:40])


_RULES: tuple[Callable[[Minutes], Iterator[Finding]], ...] = (
    _check_title,
    _check_time,
    _check_people,
    _check_items,
    _check_decisions,
    _check_signatories,
    _check_texts,
)
