"""The one way in: a draft's bytes → its minutes and everything that is to be said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from signflow.minutes.blocks import SourceBlock, rows_of
from signflow.minutes.catalogue import remark
from signflow.minutes.decoding import MAX_DRAFT_BYTES, decode_draft, is_package, too_large
from signflow.minutes.findings import Finding, Severity
from signflow.minutes.markdown.document import read_markdown
from signflow.minutes.model import Minutes
from signflow.minutes.recognition.recognise import recognise
from signflow.minutes.rules.check import check_minutes
from signflow.minutes.words import first_difference, first_mark_lost

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


@dataclass(frozen=True, slots=True)
class Source:
    """A draft of either kind before it is known what it says; without blocks it cannot be read.

    `words` are the lines without what has letters in it and is markup nevertheless.
    """

    unit: PlaceUnit
    blocks: tuple[SourceBlock, ...] | None
    findings: tuple[Finding, ...]
    lines: tuple[str, ...]
    words: tuple[str, ...] = ()


def read_draft(data: bytes, filename: str) -> Reading:
    """Read a draft in Markdown, plain text or Word; which it is, its bytes tell.

    Guarantees: never raises, whatever the bytes; one call reports everything there is to report, at most a hundred
    findings of one code; the minutes hold every letter and figure of the draft in its order, or `words-lost` says where
    they do not; the time and memory taken are bounded by the limits of `decoding` and `word.package`.
    """
    source = read_source(data, filename)
    if source.blocks is None:
        return Reading(None, _in_order(source.findings), source.unit, source.lines)
    minutes = recognise(source.blocks)
    findings = [*source.findings, *check_minutes(minutes)]
    unmarked = first_mark_lost((row for block in source.blocks for row in rows_of(block)), minutes)
    if unmarked is not None:
        findings.append(remark("mark-lost", unmarked, source.lines[unmarked - 1]))
    difference = first_difference(source.words, minutes)
    if difference is not None:
        findings.append(remark("words-lost", difference, source.lines[difference - 1]))
    return Reading(minutes, _in_order(findings), source.unit, source.lines)


def draft_lines(data: bytes, filename: str) -> tuple[str, ...]:
    """The lines or paragraphs as a person sees them, to be shown beside findings; empty where they cannot be read.

    Never raises; bounded as `read_draft` is.
    """
    return read_source(data, filename).lines if is_package(data) else decode_draft(data, filename).lines or ()


def read_source(data: bytes, filename: str) -> Source:
    """The blocks of the draft. Never raises; bounded as `read_draft` is."""
    if is_package(data):
        if len(data) > MAX_DRAFT_BYTES:
            return Source(PlaceUnit.PARAGRAPH, None, (too_large(len(data), MAX_DRAFT_BYTES),), ())
        from signflow.minutes.word.document import read_word  # noqa: PLC0415 - no XML is loaded for other drafts

        word = read_word(data)
        return Source(PlaceUnit.PARAGRAPH, word.blocks, word.findings, word.lines, word.lines)
    decoded = decode_draft(data, filename)
    if decoded.lines is None:
        return Source(PlaceUnit.LINE, None, decoded.findings, ())
    read = read_markdown(decoded.lines)
    return Source(PlaceUnit.LINE, read.blocks, (*decoded.findings, *read.findings), decoded.lines, read.words)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
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
