"""Days in words: until when something is to be done, and since when something waits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from signflow.rounds.deadlines import Act, deadline
from signflow.rounds.model import Document, State
from signflow.texts import Texts


@dataclass(frozen=True, slots=True)
class DueView:
    """A deadline in words, with the law that sets it, and whether it has passed."""

    sentence: str
    law: str
    late: bool


def due_view(t: Texts, document: Document, today: dt.date) -> DueView | None:
    """Until when a document on its way is to be adjusted; None where the law says nothing, or it is adjusted already."""
    if document.state not in {State.DRAFT, State.REVIEW}:
        return None
    due = deadline(Act.ADJUSTMENT, document.minutes_class, document.meeting_on)
    if due is None:
        return None
    left = (due.on - today).days
    if left == 0:
        key = "today"
    elif left > 0:
        key = "left_one" if left == 1 else "left"
    else:
        key = "late_one" if left == -1 else "late"
    sentence = t(f"desk.adjustment.{key}", date=t.date(due.on), days=abs(left))
    return DueView(sentence, t("desk.adjustment.law", law=due.law), left < 0)


def since_words(t: Texts, day: dt.date, today: dt.date) -> str:
    """`sedan i dag`, `sedan i går`, `sedan 3 maj 2026, 12 dagar`."""
    days = (today - day).days
    if days <= 0:
        return t("desk.since.today")
    return t("desk.since.yesterday") if days == 1 else t("desk.since.days", date=t.date(day), days=days)
