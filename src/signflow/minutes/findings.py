"""What is wrong with a draft, and where.

A finding names its sentence in the catalogue: `findings.<code>.message` says what is wrong, `findings.<code>.remedy`
what to do. Codes are stable: they are part of the command line's and the archive's formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """What a finding stops."""

    ERROR = "error"  # the draft cannot go to review
    WARNING = "warning"  # it can, and a person should look
    NOTE = "note"  # worth knowing


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a careful person would remark on.

    Attributes:
        code: Stable name, lower case with hyphens.
        severity: What it stops.
        line: 1-based line of the draft; None where it concerns the whole.
        quote: The words it is about, as written, at most 120 characters; may be empty.
        params: What the sentences are filled in with, beside `line` and `quote`.
    """

    code: str
    severity: Severity
    line: int | None = None
    quote: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])


def accepted(findings: tuple[Finding, ...]) -> bool:
    """Whether a draft with these findings may go to review."""
    return all(finding.severity is not Severity.ERROR for finding in findings)
