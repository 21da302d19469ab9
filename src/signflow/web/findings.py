"""Findings and the lines they are about as values that a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signflow.minutes.catalogue import mask_identity_numbers
from signflow.minutes.reading import PlaceUnit
from signflow.texts import Texts, finding_sentence

_MOST_LINES = 3000
_RANKS = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding in words. `place` is its line or paragraph in words; empty where it concerns the whole."""

    severity: str
    line: int | None
    place: str
    quote: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the draft; the worst severity of what was found on it, or empty."""

    number: int
    text: str
    severity: str


def finding_views(t: Texts, records: Iterable[Mapping[str, Any]], unit: PlaceUnit) -> tuple[FindingView, ...]:
    """The findings, the worst first, those of one severity by place."""
    views = (_finding(t, record, unit) for record in records)
    return tuple(sorted(views, key=lambda view: (_RANKS.index(view.severity), view.line or 0)))


def line_views(lines: Sequence[str], findings: Iterable[FindingView]) -> tuple[LineView, ...]:
    """The beginning of the draft's text; identity numbers are masked as they are in findings."""
    marks: dict[int, str] = {}
    for finding in findings:
        if finding.line is not None:
            marks.setdefault(finding.line, finding.severity)
    return tuple(
        LineView(number, mask_identity_numbers(line), marks.get(number, ""))
        for number, line in enumerate(lines[:_MOST_LINES], 1)
    )


def _finding(t: Texts, record: Mapping[str, Any], unit: PlaceUnit) -> FindingView:
    line, severity = record.get("line"), str(record["severity"])
    place = t(f"web.document.{unit}", line=line) if isinstance(line, int) else ""
    return FindingView(
        severity if severity in _RANKS else "note",
        line if isinstance(line, int) else None,
        place,
        str(record.get("quote") or ""),
        finding_sentence(t, record, "message", unit),
        finding_sentence(t, record, "remedy", unit),
    )
