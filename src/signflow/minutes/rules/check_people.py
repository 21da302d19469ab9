"""What is wrong with names: listed twice, present and absent at once, spelled in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Attendance, Fact, Minutes, MinutesClass, Person
from signflow.minutes.recognition.labels import front_kind
from signflow.minutes.recognition.people import same_name
from signflow.minutes.recognition.vocabulary import FrontKind
from signflow.minutes.rules.names import Roll, folded
from signflow.minutes.words import passages

_COMPARED_NAMES = 2_000
_LIST_ELSEWHERE = re.compile(
    r"\b(?:närvarolista|närvaroförteckning|röstlängd|bilaga|bifogad|attached|attendance\s+list|appendix)"
    r"|\b[0-9]+\s+(?:\w+\s+){0,2}(?:medlemmar|personer|deltagare|members|persons)\b",
    re.IGNORECASE,
)


def check_lists(minutes: Minutes) -> Iterator[Finding]:
    """Attendance lists that are missing, or in which somebody stands twice or both as present and as absent."""
    if not minutes.participants and not _refers_to_list(minutes):
        label = next((part for part in minutes.front if isinstance(part, Attendance) and not part.absent), None)
        statutory = minutes.minutes_class is MinutesClass.PROTOCOL
        code = "deciding-members-missing" if statutory else "participants-missing"
        yield remark(code, label.line if label else None, label.label if label else "")
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
    yield from _check_spelling_in_lists(minutes)


def check_spelling(minutes: Minutes) -> Iterator[Finding]:
    """Names in the text that are nearly those of the lists; those of the closing block have rules of their own."""
    listed = Roll([person.name for person in (*minutes.participants, *minutes.absent)][:_COMPARED_NAMES])
    closing = {entry.line for entry in minutes.sign_off}
    signing = Roll([one.name for one in minutes.signatories if one.line in closing])
    said: set[tuple[int, str]] = set()
    for passage in passages(minutes):
        if not listed or passage.line in closing:
            continue
        for name in listed.candidates(passage.text):
            suggestion = listed.nearly(name)
            if suggestion and not signing.meant(name) and (passage.line, suggestion) not in said:
                said.add((passage.line, suggestion))
                yield remark("name-misspelled", passage.line, passage.text, name=name, suggestion=suggestion)


def _refers_to_list(minutes: Minutes) -> bool:
    """Whether the minutes say how many were present, or where the list of them is (`34 medlemmar enligt bilaga`)."""
    facts = (part for part in minutes.front if isinstance(part, Fact) and front_kind(part.label) is FrontKind.PRESENT)
    return any(_LIST_ELSEWHERE.search(fact.value.text) for fact in facts)


def _check_spelling_in_lists(minutes: Minutes) -> Iterator[Finding]:
    first: dict[str, Person] = {}
    for person in (*minutes.participants, *minutes.absent):
        other = first.setdefault(folded(person.name), person)
        if same_name(other.name) != same_name(person.name) and _may_be_same(other, person):
            yield remark("name-misspelled", person.line, person.name, name=person.name, suggestion=other.name)


def _by_name(people: tuple[Person, ...]) -> dict[str, list[Person]]:
    result: dict[str, list[Person]] = {}
    for person in people:
        result.setdefault(same_name(person.name), []).append(person)
    return result


def _may_be_same(one: Person, other: Person) -> bool:
    # two persons of one name do meet; their organisations tell them apart
    return not (one.organisation and other.organisation) or same_name(one.organisation) == same_name(other.organisation)
