"""What is wrong with who signs, and for what.

Source: Kommunallagen 5:69; the adjusters are those whom the meeting appoints.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import ItemRange, Minutes, MinutesClass, Role, Signatory
from signflow.minutes.recognition.people import same_name
from signflow.minutes.recognition.ranges import written_ranges
from signflow.minutes.recognition.recognise import front_signatories
from signflow.minutes.rules.names import Roll
from signflow.minutes.words import passages

_SUGGESTIONS_FOR = 20
_SUGGESTIONS_AMONG = 500
_APPOINTING = re.compile(
    r"\b(?:utse[rs]?|utsågs|utsedd\w*|välj(?:er|s)|valdes|valde|att\s+välja|appoint\w*|elect\w*)\b[^.]*\b(?:juster\w*|adjust\w*)"
    r"|\b(?:juster\w*|adjust\w*)[^.]*\b(?:utse[rs]?|utsågs|väljs|valdes|appoint\w*|elect\w*)\b",
    re.IGNORECASE,
)
_APPOINTING_PASSAGES = 20
_DEPUTY = re.compile(r"ersättare|ersätts|reserv|suppleant|deputy|alternate|substitute", re.IGNORECASE)
_NAMES_SHOWN = 3


def check_signatories(minutes: Minutes) -> Iterator[Finding]:
    """Roles that nobody signs in, persons who sign twice, and persons who sign and were not there."""
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


def check_appointed(minutes: Minutes) -> Iterator[Finding]:
    """Adjusters who sign and were not appointed, and appointed ones who do not sign."""
    closing = {entry.line for entry in minutes.sign_off}
    signing = [one for one in minutes.signatories if one.role is Role.ADJUSTER and one.line in closing]
    appointed = {same_name(one.name): one for one in front_signatories(minutes.front, Role.ADJUSTER)}
    named = Roll([*(one.name for one in appointed.values()), *_appointed_in_text(minutes)])
    if not signing or not named:
        return
    present = Roll([person.name for person in minutes.participants])
    others = [one for one in signing if not named.meant(one.name) and present.meant(one.name)]
    for one in others:
        shown = ", ".join(list(named)[:_NAMES_SHOWN])
        yield remark("adjuster-not-appointed", one.line, one.name, name=one.name, appointed=shown)
    if others or any(_DEPUTY.search(passage.text) for passage in passages(minutes) if _APPOINTING.search(passage.text)):
        return
    all_signing = Roll([one.name for one in minutes.signatories])
    for one in appointed.values():
        if not all_signing.meant(one.name) and not all_signing.nearly(one.name):
            yield remark("appointed-not-signing", one.line, one.name, name=one.name)


def check_ranges(minutes: Minutes) -> Iterator[Finding]:
    """Items that nobody signs for in a role, and ranges that begin or end where there is no item."""
    numbers = sorted({item.number for item in minutes.items if item.number is not None})
    for role in Role:
        signing = [one for one in minutes.signatories if one.role is role]
        for one in signing:
            unknown = sorted({end for span in one.covers for end in (span.first, span.last)}.difference(numbers))
            if unknown and numbers:
                place = _range_line(minutes, one)
                yield remark("range-unknown", place[0], place[1], name=one.name, numbers=written_ranges(unknown))
        if signing and all(one.covers for one in signing):
            missing = _uncovered(numbers, [span for one in signing for span in one.covers])
            if missing:
                place = _range_line(minutes, signing[0])
                yield remark("range-gap", place[0], place[1], numbers=written_ranges(missing), role=str(role))


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


def _appointed_in_text(minutes: Minutes) -> list[str]:
    """Participants whom a sentence of an item appoints to adjust, deputies included."""
    texts = [passage.text.casefold() for passage in passages(minutes) if _APPOINTING.search(passage.text[:1_000])][
        :_APPOINTING_PASSAGES
    ]
    return [person.name for person in minutes.participants if any(person.name.casefold() in text for text in texts)]


def _range_line(minutes: Minutes, signatory: Signatory) -> tuple[int, str]:
    """Where the signatory's range stands: the nearest line of the closing block that has its numbers."""
    ends = {str(end) for span in signatory.covers for end in (span.first, span.last)}
    lines = [entry for entry in minutes.sign_off if ends <= set(re.findall(r"[0-9]+", entry.text))]
    nearest = min(lines, key=lambda entry: abs(entry.line - signatory.line), default=None)
    return (nearest.line, nearest.text) if nearest else (signatory.line, signatory.name)


def _uncovered(numbers: Sequence[int], spans: Sequence[ItemRange]) -> list[int]:
    merged: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: span.first):
        if merged and span.first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span.last))
        else:
            merged.append((span.first, span.last))
    starts = [first for first, _ in merged]

    def is_covered(number: int) -> bool:
        at = bisect_right(starts, number) - 1
        return at >= 0 and number <= merged[at][1]

    return [number for number in numbers if not is_covered(number)]
