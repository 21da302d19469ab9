"""What the preflight finds: which rule, where, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from signflow.rendering.preflight.rules import RULES, Severity
from signflow.rendering.preflight.syntax import Dictionary

_LONGEST_DETAIL = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause that is broken, in one place.

    Attributes:
        code: Of the rule, stable; its sentence is `preflight.rule.<code>`.
        page: 1-based; None where it concerns no page, or no one page.
        object_number: Of the indirect object; None where it concerns the file.
        detail: What was found there, at most 120 characters; may be empty.
    """

    code: str
    page: int | None = None
    object_number: int | None = None
    detail: str = ""

    @property
    def clauses(self) -> tuple[str, ...]:
        """Such as `ISO 19005-2, 6.1.2`; at least one."""
        return RULES[self.code].clauses

    @property
    def severity(self) -> Severity:
        """What it says of the file."""
        return RULES[self.code].severity


def found(code: str, where: Dictionary | int | None = None, detail: object = "", page: int | None = None) -> Finding:
    """A finding at a dictionary, an object's number, or the file as a whole."""
    number = where.number if isinstance(where, Dictionary) else where
    return Finding(code, page, number or None, str(detail)[:_LONGEST_DETAIL])
