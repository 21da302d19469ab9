"""The secretary's board as values: every document with what it waits for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signflow.rounds.decide import objected_to
from signflow.rounds.model import Document, Standing, State
from signflow.rounds.work import DAILY_SUBJECTS, WorkKind
from signflow.store.outbox import OpenWork
from signflow.store.store import Listed, Store, VersionRecord
from signflow.texts import Texts
from signflow.web.words import waiting_sentence

_OPEN = (State.DRAFT, State.REVIEW, State.ADJUSTED)
_CLOSED_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A document on the board.

    Attributes:
        waits: For what or whom it waits, as a sentence.
        yours: Whether the secretary is the one to act.
        notes: Work that could not be done yet, as sentences.
    """

    id: str
    title: str
    body: str
    meeting_on: dt.date | None
    updated_at: dt.datetime
    waits: str
    yours: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A draft that is not a document yet."""

    filename: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All documents that are on their way, by state, and the last that have come to an end.

    Attributes:
        delays: Work of the day, for no document of its own, that could not be done yet, as sentences.
    """

    arrivals: tuple[Arrival, ...]
    groups: Mapping[State, tuple[Row, ...]]
    delays: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is there at all."""
        return not self.arrivals and not any(self.groups.values())


def read_board(store: Store, t: Texts) -> Board:
    """The board as it is now."""
    works: defaultdict[str, list[OpenWork]] = defaultdict(list)
    for work in store.open_work():
        works[work.work.subject].append(work)
    groups = {
        state: tuple(_row(store, t, listed, works[listed.id]) for listed in store.documents([state])) for state in _OPEN
    }
    closed = (State.ARCHIVED, State.WITHDRAWN)
    groups |= {
        state: tuple(_row(store, t, listed, ()) for listed in store.documents([state], _CLOSED_SHOWN))
        for state in closed
    }
    arrivals = (
        Arrival(str(work.work.args.get("filename", "")), _notes(t, [work]))
        for open_works in works.values()
        for work in open_works
        if work.work.kind is WorkKind.REGISTER_DRAFT
    )
    delays = tuple(note for subject in DAILY_SUBJECTS for note in _notes(t, works.get(subject, ())))
    return Board(tuple(arrivals), groups, delays)


def waits_for(
    t: Texts, document: Document, versions: Sequence[VersionRecord], works: Sequence[OpenWork]
) -> tuple[str, bool]:
    """For what or whom a document waits, as a sentence, and whether that is the secretary."""
    match document.state:
        case State.DRAFT:
            return _draft_waits(t, document, count_errors(versions), works)
        case State.REVIEW:
            seats = document.round.seats if document.round else ()
            invited = [seat.person for seat in seats if seat.standing is Standing.INVITED]
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


def count_errors(versions: Sequence[VersionRecord]) -> int:
    """How many findings of the latest version keep it from review."""
    findings = versions[-1].findings if versions else ()
    return sum(1 for finding in findings if finding.get("severity") == "error")


def title_of(t: Texts, document: Document) -> str:
    """The title; the file's name where the draft has none."""
    return document.title or t("web.site.untitled", filename=document.draft.filename)


def _draft_waits(t: Texts, document: Document, errors: int, works: Sequence[OpenWork]) -> tuple[str, bool]:
    if any(work.work.kind is WorkKind.OPEN_REVIEW for work in works):
        return t("web.waits.preparing"), False
    if errors:
        return t("web.waits.error" if errors == 1 else "web.waits.errors", count=errors), True
    objection = objected_to(document)
    if objection:
        return t("web.waits.objection", person=objection.person), True
    return t("web.waits.ready"), True


def _row(store: Store, t: Texts, listed: Listed, works: Sequence[OpenWork]) -> Row:
    document = store.load(listed.id)
    versions = store.versions(listed.id) if document.state is State.DRAFT else ()
    waits, yours = waits_for(t, document, versions, works)
    return Row(
        id=listed.id,
        title=title_of(t, document),
        body=listed.body,
        meeting_on=listed.meeting_on,
        updated_at=listed.updated_at,
        waits=waits,
        yours=yours,
        notes=_notes(t, works),
    )


def _notes(t: Texts, works: Sequence[OpenWork]) -> tuple[str, ...]:
    return tuple(sentence for work in works if (sentence := waiting_sentence(t, work)))


def _listed(t: Texts, people: Sequence[str]) -> str:
    if len(people) < 2:
        return "".join(people)
    return t("web.waits.and", first=", ".join(people[:-1]), last=people[-1])
