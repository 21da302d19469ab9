"""How far the notice of an adjustment has come, in a sentence; late ones first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from signflow.rounds.access import Act, Person, reach
from signflow.rounds.deadlines import Act as Deadlined
from signflow.rounds.deadlines import deadline
from signflow.rounds.model import Document
from signflow.rounds.notices import first_day_down, last_day_up
from signflow.steps.ports import Ports
from signflow.texts import Texts
from signflow.web.board import title_of
from signflow.web.words import actor

_SHOWN = 30
_MOST = 1000


@dataclass(frozen=True, slots=True)
class NoticeSentence:
    """Where the notice is; `late` if it is not up and should be."""

    sentence: str
    late: bool


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice on the desk."""

    id: str
    title: str
    meeting_on: dt.date | None
    sentence: str
    late: bool


def notice_sentence(t: Texts, document: Document, today: dt.date) -> NoticeSentence | None:
    """Whether the notice is up, and until when; None where none is needed, or the document is not adjusted."""
    if document.adjusted_at is None:
        return None
    notice, adjusted_on = document.notice, t.day(document.adjusted_at)
    if notice is None or notice.posted_on is None:
        due = deadline(Deadlined.NOTICE, document.minutes_class, adjusted_on)
        if due is None:
            return None
        late = notice is not None and due.on < today
        key = "late" if late else "until"
        return NoticeSentence(t(f"notice.state.{key}", date=t.date(due.on), law=due.law), late)
    first, last = first_day_down(document), last_day_up(document.minutes_class, notice.posted_on)
    if first is None or last is None:
        return None
    if notice.taken_down_on:
        said = t("notice.state.down", posted=t.date(notice.posted_on), on=t.date(notice.taken_down_on))
    elif today < first:
        said = t("notice.state.up", posted=t.date(notice.posted_on), last=t.date(last))
    else:
        said = t("notice.state.can_come_down", first=t.date(first))
    return NoticeSentence(said, late=False)


@dataclass(frozen=True, slots=True)
class NoticeRows:
    """Notices on the desk, and how many there are that it does not show."""

    rows: tuple[NoticeRow, ...]
    more: int


def open_notices(ports: Ports, t: Texts, viewer: Person, today: dt.date, *, every: bool) -> NoticeRows:
    """First what is late, then what is to be put up, then what is up; the oldest first.

    Args:
        ports: What the pages work with.
        t: The words.
        viewer: For whom; it holds what they may see.
        today: The organisation's day.
        every: A thousand at most, and not thirty.
    """
    rows, within = list[NoticeRow](), reach(viewer, Act.SEE)
    found = ports.store.open_notices(_MOST if every else _SHOWN, within)
    for document in found:
        told = notice_sentence(t, document, today)
        if told:
            rows.append(NoticeRow(document.id, title_of(t, document), document.meeting_on, told.sentence, told.late))
    return NoticeRows(
        tuple(sorted(rows, key=lambda row: not row.late)), ports.store.count_open_notices(within) - len(found)
    )


def proof_of(t: Texts, document: Document) -> tuple[tuple[str, str], ...]:
    """The proof of notice as far as it goes: label and value of each line; empty while the notice is not up."""
    notice = document.notice
    if notice is None or notice.posted_on is None:
        return ()
    told = {
        "posted": t.date(notice.posted_on),
        "place": notice.place or t("notice.proof.ours"),
        "posted_by": actor(t, notice.posted_by),
        "taken_down": t.date(notice.taken_down_on) if notice.taken_down_on else "",
        "taken_down_by": actor(t, notice.taken_down_by) if notice.taken_down_by else "",
    }
    return tuple((t(f"notice.proof.{name}"), value) for name, value in told.items() if value)
