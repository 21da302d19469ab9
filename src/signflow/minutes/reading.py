"""The one way in: a draft's bytes → its minutes and everything that is to be said about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from signflow.minutes.catalogue import remark
from signflow.minutes.decoding import decode_draft
from signflow.minutes.findings import Finding, Severity
from signflow.minutes.markdown import read_markdown
from signflow.minutes.model import Minutes
from signflow.minutes.recognise import recognise
from signflow.minutes.rules import check_minutes
from signflow.minutes.words import first_difference

_FINDINGS_OF_ONE_CODE = 100
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class PlaceUnit(StrEnum):
    """What the numbers of findings count."""

    LINE = "line"  # of a text file
    PARAGRAPH = "paragraph"  # of a Word document's body, in order, those in tables included, empty ones too


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a draft.

    Attributes:
        minutes: None where the draft cannot be read at all; the findings then say why.
        findings: By line (those about the whole first), errors before warnings before notes on one line.
        unit: What `line` counts, in the findings and in the minutes.
        lines: The draft as a person sees it, `lines[0]` being line or paragraph 1; empty where it cannot be read.
    """

    minutes: Minutes | None
    findings: tuple[Finding, ...]
    unit: PlaceUnit = PlaceUnit.LINE
    lines: tuple[str, ...] = ()


def read_draft(data: bytes, filename: str) -> Reading:
    """Read a draft in Markdown or plain text.

    Guarantees: never raises, whatever the bytes; one call reports everything there is to report, at most a hundred
    findings of one code; the minutes hold every letter and figure of the draft in its order, or `words-lost` says where
    they do not; the time taken is bounded by the limits of `decoding`.
    """
    decoded = decode_draft(data, filename)
    if decoded.lines is None:
        return Reading(None, _in_order(decoded.findings))
    source = read_markdown(decoded.lines)
    if source.blocks is None:
        return Reading(None, _in_order((*decoded.findings, *source.findings)), lines=decoded.lines)
    minutes = recognise(source.blocks)
    findings = [*decoded.findings, *source.findings, *check_minutes(minutes)]
    difference = first_difference(decoded.lines, minutes)
    if difference is not None:
        findings.append(remark("words-lost", difference, decoded.lines[difference - 1]))
    return Reading(minutes, _in_order(findings), lines=decoded.lines)


def _in_order(findings: list[Finding] | tuple[Finding, ...]) -> tuple[Finding, ...]:
    ordered = sorted(findings, key=lambda finding: (finding.line or 0, _RANK[finding.severity], finding.code))
    count: Counter[str] = Counter()
    kept: list[Finding] = []
    for finding in ordered:
        count[finding.code] += 1
        if count[finding.code] <= _FINDINGS_OF_ONE_CODE:
            kept.append(finding)
    omitted = [
        (code, number - _FINDINGS_OF_ONE_CODE) for code, number in count.items() if number > _FINDINGS_OF_ONE_CODE
    ]
    return (*(remark("findings-omitted", omitted=code, count=str(number)) for code, number in sorted(omitted)), *kept)
