"""What a careful person would remark on in the minutes. Each rule is a function from the minutes to findings.

The time that the rules take grows with the size of the minutes, not with its square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from signflow.minutes.findings import Finding
from signflow.minutes.model import Minutes
from signflow.minutes.rules.blanks import check_blanks
from signflow.minutes.rules.check_acts import check_acts
from signflow.minutes.rules.check_items import check_at_once, check_decisions, check_items
from signflow.minutes.rules.check_meeting import check_adjustment_date, check_dates_in_text, check_time, check_title
from signflow.minutes.rules.check_people import check_lists, check_spelling
from signflow.minutes.rules.check_protocol import check_notice, check_records
from signflow.minutes.rules.check_signing import check_appointed, check_ranges, check_signatories
from signflow.minutes.rules.check_text import check_directions, check_notes, check_spans, check_words
from signflow.minutes.rules.check_votes import check_votes

_RULES: tuple[Callable[[Minutes], Iterator[Finding]], ...] = (
    check_title,
    check_time,
    check_dates_in_text,
    check_adjustment_date,
    check_lists,
    check_spelling,
    check_items,
    check_at_once,
    check_decisions,
    check_votes,
    check_acts,
    check_records,
    check_signatories,
    check_appointed,
    check_ranges,
    check_notice,
    check_blanks,
    check_words,
    check_directions,
    check_notes,
    check_spans,
)


def check_minutes(minutes: Minutes) -> list[Finding]:
    """All findings about the minutes, in no particular order."""
    return [finding for rule in _RULES for finding in rule(minutes)]
