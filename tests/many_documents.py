"""Documents made up by the thousand, each with the history that the rules give it: in every state, class and queue."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from signflow.blobs import JSON, MARKDOWN, PDF, BlobRef, digest_of
from signflow.minutes.model import MinutesClass, Role
from signflow.rounds.decide import decide
from signflow.rounds.events import (
    CodeAsked,
    CodeTyped,
    DraftRegistered,
    Event,
    Filed,
    ReviewOpened,
    SignatureApplied,
    Stamped,
    Withdrawn,
)
from signflow.rounds.model import Appointment, Archived, Document, Policy, Standing
from signflow.rounds.outcome import Decision, Entry
from signflow.store.store import FindingRecord, Store

BODIES = ("Kommunstyrelsen", "Barn- och ungdomsnämnden", "Miljönämnden", "Ödeshögs byalag", "Äldrenämnden", "")
FIRST = ("Åsa", "Örjan", "Märta", "Karin", "Jamal", "Zofia", "Nils-Erik", "Biret", "Håkan", "Linnea")
LAST = ("Öberg", "Ängström", "Lindqvist", "Nowak", "Sara", "Hägg", "Åkesson", "Ali", "Söderlund", "Virtanen")
SUBJECTS = ("detaljplan", "budget", "skolskjuts", "avfallstaxa", "delegationsordning", "förskolor", "översiktsplan")
ENDS = ("broken", "clean", "clean", "review", "half", "objected", "adjusted", *["archived"] * 6, "withdrawn")
STAMPED = Stamped("CN=Tid", local=True)
POLICY = Policy(open_review_when_clean=False, code_lifetime=dt.timedelta(days=9), link_lifetime=dt.timedelta(days=90))


@dataclass(frozen=True, slots=True)
class Life:
    """What becomes of one document: two commits, as many audit entries as its history has."""

    first: Decision
    rest: Decision | None
    findings: list[FindingRecord]

    @property
    def last(self) -> Document:
        return (self.rest or self.first).document


def lives(count: int, today: dt.date, seed: int = 1) -> Iterator[Life]:
    chance = random.Random(seed)  # noqa: S311 -- made-up documents, the same ones each time
    for number in range(count):
        yield _life(number, chance, today)


def fill(store: Store, made: Iterator[Life]) -> list[Document]:
    kept: list[Document] = []
    for life in made:
        store.commit(life.first, life.findings)
        if life.rest:
            store.commit(life.rest)
        kept.append(life.last)
    return kept


def _life(number: int, chance: random.Random, today: dt.date) -> Life:
    meeting = today - dt.timedelta(days=chance.randrange(40))
    now = dt.datetime.combine(meeting, dt.time(15), dt.UTC)
    end = chance.choice(ENDS)
    people = [
        Appointment(f"{first} {chance.choice(LAST)}", role, f"{role}{number}@example.org")
        for first, role in zip(chance.sample(FIRST, 3), (Role.SECRETARY, Role.CHAIR, Role.ADJUSTER), strict=True)
    ]
    body = chance.choice(BODIES)
    registered = DraftRegistered(
        document_id=f"doc{number:09}",
        source=_blob(f"source {number}", MARKDOWN),
        filename=f"protokoll {number}.md",
        by="inbox",
        clean=end != "broken",
        appointments=tuple(people),
        language="sv",
        title=f"{body} {meeting}: {chance.choice(SUBJECTS)} {number}".strip(),
        body=body,
        minutes_class=chance.choice([MinutesClass.PROTOCOL, MinutesClass.PROTOCOL, MinutesClass.NOTES]),
        meeting_on=meeting if chance.random() > 0.05 else None,
    )
    findings: list[FindingRecord] = [
        {"code": "signatory-not-present", "severity": severity, "line": line, "quote": "Åsa", "params": {"name": "Åsa"}}
        for line, severity in enumerate(("error", "warning") if end == "broken" else ("note",), 3)
    ]
    first = _decided(None, registered, now)
    document, entries = first.document, list[Entry]()
    for event in _events(document, end):
        now += dt.timedelta(hours=chance.randrange(1, 30))
        if callable(event):
            event = event(document, now)  # noqa: PLW2901 -- made from what is true by then
        outcome = _decided(document, event, now)
        document = outcome.document
        entries += outcome.entries
    rest = Decision(replace(document, change=2), tuple(entries)) if entries else None
    return Life(replace(first, work=()), rest, findings)


def _events(document: Document, end: str) -> Iterator[object]:
    if end in {"broken", "clean"}:
        return
    if end == "withdrawn":
        yield Withdrawn("web", "Fel möte")
        return
    name = document.id
    links = tuple(digest_of(f"{name} link {place}".encode()) for place in range(3))
    yield ReviewOpened(1, 1, _blob(f"{name} copy"), links)
    if end == "review":
        return
    for place in range(1 if end in {"half", "objected"} else 3):
        yield lambda now, _: CodeAsked(1, _field(now), f"challenge{place}")  # noqa: B023 -- called before the next
        if end == "objected":
            yield lambda now, _: _typed(now, place, "Punkt 3 stämmer inte")  # noqa: B023 -- likewise
            return
        yield lambda now, _: _typed(now, place, None)  # noqa: B023 -- likewise
        yield _applied
    if end == "archived":
        yield lambda now, at: Filed(Archived(at, _blob(f"{now.id} sealed"), "v1", "0" * 128), STAMPED)


def _field(document: Document) -> str:
    assert document.round
    return next(seat.field for seat in document.round.seats if seat.standing is Standing.INVITED)


def _typed(document: Document, place: int, objection: str | None) -> Event:
    assert document.round
    shown = document.round.current.digest
    return CodeTyped(1, _field(document), f"challenge{place}", matches=True, shown_digest=shown, objection=objection)


def _applied(document: Document, now: dt.datetime) -> Event:
    assert document.round
    seat = next(seat for seat in document.round.seats if seat.standing is Standing.APPROVED)
    return SignatureApplied(
        round=1,
        field=seat.field,
        before_digest=document.round.current.digest,
        revision=_blob(f"{document.id} {seat.field}"),
        report=_blob(f"{document.id} {seat.field} report", JSON),
        signed_at=now,
        stamped=STAMPED,
    )


def _decided(document: Document | None, event: object, now: dt.datetime) -> Decision:
    outcome = decide(document, event, now, POLICY)  # type: ignore[arg-type] -- an event
    assert isinstance(outcome, Decision), outcome
    return outcome


def _blob(name: str, media_type: str = PDF) -> BlobRef:
    return BlobRef(digest_of(name.encode()), len(name), media_type)
