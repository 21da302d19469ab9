"""Indications with their reasons. Source: ETSI EN 319 102-1, 5.1.3 and table 5."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from pyhanko.sign.ades.report import AdESFailure, AdESSubIndic

from signflow.signing.report import Indication

Verdict: TypeAlias = tuple[Indication, str | None]

PASSED: Verdict = (Indication.TOTAL_PASSED, None)
_WORST_FIRST = (Indication.TOTAL_FAILED, Indication.INDETERMINATE, Indication.TOTAL_PASSED)
_FAILURES = frozenset(str(one.standard_name) for one in AdESFailure)


def named(sub_indication: str) -> Verdict:
    """The indication that belongs to a sub-indication of the standard."""
    failed = sub_indication in _FAILURES
    return (Indication.TOTAL_FAILED if failed else Indication.INDETERMINATE), sub_indication


def of_error(error: BaseException) -> Verdict:
    """What an error of a parser says; pyHanko's may name a sub-indication."""
    reason: AdESSubIndic | None = getattr(error, "ades_subindication", None)
    return named(str(reason.standard_name) if reason is not None else "FORMAT_FAILURE")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The first of the worst."""
    return min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict[0]))
