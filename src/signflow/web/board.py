"""The secretary's board as values: a page of documents, each with what it waits for, since when and until when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from signflow.minutes.immediate import written_items
from signflow.rounds.access import AT_THE_MACHINE, EVERYWHERE, Person, may, reach
from signflow.rounds.access import Act as Access
from signflow.rounds.deadlines import Act, overdue
from signflow.rounds.drafts import objected_to
from signflow.rounds.immediate import waiting_parts
from signflow.rounds.model import Document, Seat, Standing, State
from signflow.rounds.work import DAILY_SUBJECTS, WorkKind
from signflow.store.listing import Line, Queue, Wanted
from signflow.store.outbox import OpenWork
from signflow.store.store import Store
from signflow.texts import Texts
from signflow.web.dates import DueView, due_view, since_words
from signflow.web.words import seat_notes, waiting_sentence

PAGE_ROWS = 30
_CLOSED_SHOWN = 8
_ARRIVALS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A document on the board.

    Attributes:
        waits: For what or whom it waits, as a sentence.
        since: Since when, in words; empty for what has come to an end.
        due: Until when it is to be adjusted; None where there is no such day.
        yours: Whether the secretary is the one to act.
        notes: Work that could not be done yet, as sentences.
        part_of: Which items of other minutes it adjusts at once, in words; empty for every other.
    """

    id: str
    state: State
    title: str
    body: str
    meeting_on: dt.date | None
    updated_at: dt.datetime
    waits: str
    since: str
    due: DueView | None
    yours: bool
    notes: tuple[str, ...]
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of a queue that are on this page, and how many the queue has in all."""

    queue: Queue
    rows: tuple[Row, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A draft that is not a document yet."""

    filename: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of documents in the order in which they ask for attention.

    Attributes:
        total: How many documents are on all pages.
        closed: The last that have come to an end; on the first page of an unfiltered board alone.
        delays: Work of the day, for no document of its own, that could not be done yet, as sentences.
    """

    arrivals: tuple[Arrival, ...]
    groups: tuple[Group, ...]
    closed: tuple[Row, ...]
    delays: tuple[str, ...]
    total: int
    page: int
    pages: int

    @property
    def empty(self) -> bool:
        """Whether nothing is there at all."""
        return not self.arrivals and not self.total and not self.closed


def read_board(  # noqa: PLR0913 -- what a page of the board depends on
    store: Store,
    t: Texts,
    now: dt.datetime,
    *,
    viewer: Person = AT_THE_MACHINE,
    wanted: Wanted | None = None,
    page: int = 1,
    page_rows: int = PAGE_ROWS,
) -> Board:
    """That page of the board as it is now; the last page, if there are not so many.

    Args:
        store: Where the documents are.
        t: The words.
        now: An aware instant; late is what is late then.
        viewer: For whom; it holds what they may see.
        wanted: What was chosen; None for all that is on its way, and the last that have come to an end.
        page: From 1.
        page_rows: How many documents a page has.
    """
    today = t.day(now)
    late = overdue(Act.ADJUSTMENT, today)
    asked = replace(wanted or Wanted(), reach=reach(viewer, Access.SEE))
    listing = store.listing(asked, late, (page - 1) * page_rows, page_rows)
    pages = max(1, -(-listing.total // page_rows))
    if page > pages:
        page = pages
        listing = store.listing(asked, late, (page - 1) * page_rows, page_rows)
    closed = store.closed(_CLOSED_SHOWN, asked.reach) if wanted is None and page == 1 else ()
    works: defaultdict[str, list[OpenWork]] = defaultdict(list)
    for work in store.open_work_among([*(line.document.id for line in listing.lines), *DAILY_SUBJECTS]):
        works[work.work.subject].append(work)
    seen = (line for line in listing.lines if may(viewer, Access.SEE, line.document))
    rows = ((line.queue, _row(t, line, works[line.document.id], today)) for line in seen)
    arriving = store.open_work_of_kind(WorkKind.REGISTER_DRAFT, _ARRIVALS_SHOWN)
    whole = reach(viewer, Access.HAND_IN) >= EVERYWHERE  # nobody knows yet of which body a draft is
    return Board(
        arrivals=tuple(
            Arrival(str(work.work.args["filename"]), _notes(t, [work]))
            for work in arriving
            if not work.work.args["document"]  # that of a document is told in its row
            and (whole or work.work.args["by"] == viewer.name)
        ),
        groups=tuple(
            Group(queue, tuple(row for _, row in members), listing.counts[queue])
            for queue, members in groupby(rows, key=lambda pair: pair[0])
        ),
        closed=tuple(_row(t, line, (), today) for line in closed if may(viewer, Access.SEE, line.document)),
        delays=tuple(note for subject in DAILY_SUBJECTS for note in _notes(t, works[subject])),
        total=listing.total,
        page=page,
        pages=pages,
    )


def waits_for(t: Texts, document: Document, errors: int, works: Sequence[OpenWork], today: dt.date) -> tuple[str, bool]:
    """For what or whom a document waits, as a sentence, and whether that is the secretary."""
    match document.state:
        case State.DRAFT:
            return _draft_waits(t, document, errors, works)
        case State.REVIEW:
            seats = document.round.seats if document.round else ()
            invited = [_invited(t, seat, today) for seat in seats if seat.standing is Standing.INVITED]
            signing = [seat.person for seat in seats if seat.standing is Standing.APPROVED]
            if signing:
                return t("web.waits.signing", people=_listed(t, signing)), False
            return t("web.waits.people", people=_listed(t, invited)), False
        case State.ADJUSTED:
            return t("web.waits.archiving"), False
        case State.ARCHIVED:
            return (t("web.waits.archived", at=t.instant(document.archived.at)) if document.archived else ""), False
        case State.WITHDRAWN:
            return t("web.waits.withdrawn"), False


def waits_since(document: Document, registered_at: dt.datetime) -> dt.datetime | None:
    """Since when it waits for the one whose turn it is; None for what has come to an end.

    Args:
        document: The document.
        registered_at: When its present text came.
    """
    latest = document.round
    match document.state:
        case State.DRAFT:
            return max(registered_at, latest.ended_at) if latest and latest.ended_at else registered_at
        case State.REVIEW if latest:
            return max([latest.opened_at, *(seat.signature.signed_at for seat in latest.seats if seat.signature)])
        case State.ADJUSTED:
            return document.adjusted_at
        case _:
            return None


def title_of(t: Texts, document: Document) -> str:
    """The title; the file's name where the draft has none."""
    return document.title or t("web.site.untitled", filename=document.draft.filename)


def _draft_waits(t: Texts, document: Document, errors: int, works: Sequence[OpenWork]) -> tuple[str, bool]:
    kinds = {work.work.kind for work in works}
    if WorkKind.REGISTER_DRAFT in kinds:
        return t("desk.waits.reading"), False
    if WorkKind.OPEN_REVIEW in kinds:
        return t("web.waits.preparing"), False
    if errors:
        return t("web.waits.error" if errors == 1 else "web.waits.errors", count=errors), True
    waiting = [item for part in waiting_parts(document) for item in part.items]
    if waiting:
        return t("immediate.waits", items=written_items(waiting)), False
    objection = objected_to(document)
    if objection:
        return t("web.waits.objection", person=objection.person), True
    return t("web.waits.ready"), True


def _row(t: Texts, line: Line, works: Sequence[OpenWork], today: dt.date) -> Row:
    document = line.document
    waits, yours = waits_for(t, document, line.errors, works, today)
    since = waits_since(document, line.registered_at)
    return Row(
        id=document.id,
        state=document.state,
        title=title_of(t, document),
        body=document.body,
        meeting_on=document.meeting_on,
        updated_at=line.updated_at,
        waits=waits,
        since=since_words(t, t.day(since), today) if since else "",
        due=due_view(t, document, today),
        yours=yours,
        notes=_notes(t, works),
        part_of=t("immediate.row", items=written_items(document.part_of.items)) if document.part_of else "",
    )


def _invited(t: Texts, seat: Seat, today: dt.date) -> str:
    """Who it is, and in brackets what else is known of them."""
    notes = "; ".join(seat_notes(t, seat, today))
    return f"{seat.person} ({notes})" if notes else seat.person


def _notes(t: Texts, works: Sequence[OpenWork]) -> tuple[str, ...]:
    return tuple(sentence for work in works if (sentence := waiting_sentence(t, work)))


def _listed(t: Texts, people: Sequence[str]) -> str:
    if len(people) < 2:
        return "".join(people)
    return t("web.waits.and", first=", ".join(people[:-1]), last=people[-1])
