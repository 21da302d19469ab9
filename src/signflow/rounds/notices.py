"""The notice of the adjustment: from when it is up, how long it stays, and what proves that it did.

Statutory minutes that are adjusted are announced on the notice board, and the notice stays there until the time for appeal has
passed. That time is counted from the day on which the notice was put up; it may be taken down the day after.

Source: kommunallagen (2017:725) 8 kap. 12 § and 13 kap. 5 §; lagen (1930:173) om beräkning av lagstadgad tid, 1 and 2 §§.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.rounds.deadlines import Act, deadline
from signflow.rounds.events import NoticePosted, NoticeTakenDown
from signflow.rounds.immediate import references
from signflow.rounds.model import Document, Notice, NoticeRules, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal

BY_ITSELF = "signflow"
LONGEST_PLACE = 200
_DAY = dt.timedelta(days=1)


def last_day_up(minutes_class: str, posted_on: dt.date) -> dt.date | None:
    """The last day on which the decisions can be appealed against; None where the law sets none for such minutes."""
    appeal = deadline(Act.APPEAL, minutes_class, posted_on)
    return appeal.on if appeal else None


def first_day_down(document: Document) -> dt.date | None:
    """The first day on which the notice may be taken down; None where there is none up, or none is needed."""
    notice = document.notice
    last = last_day_up(document.minutes_class, notice.posted_on) if notice and notice.posted_on else None
    return last + _DAY if last else None


def announced_apart(document: Document) -> frozenset[int]:
    """The items that were adjusted at once, and so had a notice of their own."""
    return frozenset(item for part in references(document) for item in part.items)


def at_adjustment(document: Document, now: dt.datetime, rules: NoticeRules) -> tuple[Document, tuple[Entry, ...]]:
    """A document that has just been adjusted, with its notice: up on our board, or still to be put up elsewhere.

    Minutes of which the law wants no notice are as they were.
    """
    today = rules.day(now)
    if last_day_up(document.minutes_class, today) is None:
        return document, ()
    if not rules.board:
        return replace(document, notice=Notice()), ()
    notice = Notice(posted_on=today, posted_by=BY_ITSELF)
    return replace(document, notice=notice), (Entry("notice-posted", BY_ITSELF, {"on": str(today)}),)


def notice_posted(document: Document, event: NoticePosted, now: dt.datetime, rules: NoticeRules) -> Outcome:
    """The notice is up. What was told of one elsewhere can be told otherwise until it is taken down."""
    place = " ".join(event.place.split())
    notice = document.notice or Notice()
    hindrance = _no_notice(document, event.on)
    if hindrance or document.adjusted_at is None:
        return hindrance or Refusal("not-adjusted-for-notice")
    if (notice.posted_on, notice.place) == (event.on, place):
        return Refusal(ALREADY_RECORDED)
    if notice.taken_down_on or notice.ours:
        return Refusal("notice-posted")
    if not 0 < len(place) <= LONGEST_PLACE and (place or not rules.board):
        return Refusal("notice-place-missing", {"limit": LONGEST_PLACE})
    today, adjusted_on = rules.day(now), rules.day(document.adjusted_at)
    if not (adjusted_on if place else today) <= event.on <= today:
        return Refusal("notice-not-then", {"adjusted": str(adjusted_on), "on": str(today)})
    data: dict[str, str | int] = {"on": str(event.on)}
    if place:
        data["place"] = place
    told = "notice-corrected" if notice.posted_on else "notice-posted-elsewhere"
    kind = told if place else "notice-posted"
    posted = replace(notice, posted_on=event.on, place=place, posted_by=event.by)
    updated = replace(document, change=document.change + 1, notice=posted)
    return Decision(updated, (Entry(kind, event.by, data),))


def _no_notice(document: Document, on: dt.date) -> Refusal | None:
    """Why the document has no notice at all; None if it has."""
    if document.state not in {State.ADJUSTED, State.ARCHIVED}:
        return Refusal("not-adjusted-for-notice")
    return None if last_day_up(document.minutes_class, on) else Refusal("no-notice-needed")


def notice_taken_down(document: Document, event: NoticeTakenDown, now: dt.datetime, rules: NoticeRules) -> Outcome:
    """The notice is down, on a day on which nobody can appeal any more."""
    notice, first = document.notice, first_day_down(document)
    if notice is None or first is None:
        return Refusal("notice-not-posted")
    if notice.taken_down_on:
        return Refusal(ALREADY_RECORDED)
    if event.on < first:
        return Refusal("notice-stays", {"on": str(first)})
    if event.on > rules.day(now):
        return Refusal("notice-not-down-yet")
    down = replace(notice, taken_down_on=event.on, taken_down_by=event.by)
    entry = Entry("notice-taken-down", event.by, {"on": str(event.on), "posted": str(notice.posted_on)})
    return Decision(replace(document, change=document.change + 1, notice=down), (entry,))


def take_down_due(document: Document, today: dt.date) -> NoticeTakenDown | None:
    """That the notice on our board comes down today; None where it stays, or another board has it."""
    notice, first = document.notice, first_day_down(document)
    if notice is None or first is None or not notice.ours or notice.taken_down_on or today < first:
        return None
    return NoticeTakenDown(today, BY_ITSELF)
