"""Documents, decisions and times to keep."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from signflow.blobs import DOCX, JSON, MARKDOWN, PDF, BlobRef, digest_of
from signflow.minutes.model import Role
from signflow.rounds.model import (
    Appointment,
    Approval,
    Archived,
    Challenge,
    Document,
    Draft,
    Identified,
    ItemObjection,
    Method,
    Objection,
    Replaced,
    Round,
    RoundEnd,
    Seat,
    Signature,
    Standing,
    State,
)
from signflow.rounds.outcome import Decision, Entry
from signflow.rounds.work import Work, WorkKind

START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


class Clock:
    """A clock that goes a second forward whenever it is read; for several threads."""

    def __init__(self) -> None:
        self.now = START
        self._lock = threading.Lock()

    def __call__(self) -> dt.datetime:
        with self._lock:
            self.now += dt.timedelta(seconds=1)
            return self.now


def blob(name: str, media_type: str = PDF) -> BlobRef:
    return BlobRef(digest_of(name.encode()), len(name), media_type)


def draft(text: str = "text 1", *, number: int = 1, filename: str = "utkast.md") -> Draft:
    appointments = (
        Appointment("Anna Söderström", Role.SECRETARY, "anna@example.org"),
        Appointment("Åke Öst", Role.ADJUSTER, "ake@example.org"),
    )
    return Draft(number, blob(text, MARKDOWN), filename, clean=True, appointments=appointments)


def document(name: str = "doc", text: str = "text 1", *, change: int = 1, filename: str = "utkast.md") -> Document:
    return Document(
        id=name,
        change=change,
        state=State.DRAFT,
        language="sv",
        title="Minnesanteckningar",
        body="Ledningsgruppen",
        minutes_class="notes",
        meeting_on=dt.date(2026, 2, 27),
        draft=draft(text, filename=filename),
    )


def decision(kept: Document, *work: Work, entries: int = 1) -> Decision:
    told = tuple(Entry("draft-checked", "Åke \"Ö\" 'Öst'\n", {"n": number, "ä": "✓"}) for number in range(entries))
    return Decision(kept, told, work)


def work(key: str, subject: str = "doc") -> Work:
    return Work(key, WorkKind.SEND_LETTERS, subject, {"round": 1, "note": "åäö"})


def following(kept: Document) -> Document:
    """The document after one more change."""
    return replace(kept, change=kept.change + 1)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What the acts come to when each is done by a thread of its own, all at the same time."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[place] = act()
        except Exception as error:  # noqa: BLE001 -- the test looks at what each thread came to
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
_MICROSECOND = dt.timedelta(microseconds=1)
_ZONES = st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=2))])
_INSTANTS = st.tuples(st.integers(-(10**15), 4 * 10**15), _ZONES).map(
    lambda drawn: (START + drawn[0] * _MICROSECOND).astimezone(drawn[1])
)
_DIGESTS = st.binary(max_size=8).map(digest_of)


def _blobs(media_type: str) -> st.SearchStrategy[BlobRef]:
    return st.builds(BlobRef, _DIGESTS, st.integers(0, 2**40), st.just(media_type))


_APPOINTMENTS = st.builds(Appointment, _WORDS, st.sampled_from(Role), _TEXTS)
_DRAFTS = st.builds(
    Draft,
    st.integers(1, 99),
    st.sampled_from([MARKDOWN, DOCX]).flatmap(_blobs),
    _WORDS,
    st.booleans(),
    st.lists(_APPOINTMENTS, max_size=4).map(tuple),
)
_IDENTIFIED = st.none() | st.builds(Identified, _WORDS, _INSTANTS, _TEXTS, _DIGESTS, _TEXTS, _blobs(JSON))
_METHODS = st.sampled_from(Method)
_REFERENCES = st.text("0123456789abcdef", min_size=1, max_size=32)
_CHALLENGES = st.builds(Challenge, _REFERENCES, _INSTANTS, st.integers(0, 5), _METHODS, _IDENTIFIED)
_APPROVALS = st.builds(Approval, _INSTANTS, _METHODS, _DIGESTS, _REFERENCES, _IDENTIFIED, _TEXTS)
_LINKS = st.binary(min_size=16, max_size=16).map(digest_of)
_REPLACED = st.builds(Replaced, _WORDS, _TEXTS, _LINKS, _WORDS)
_SIGNATURES = st.builds(Signature, _blobs(PDF), _blobs(JSON), _INSTANTS)
_SEATS = st.builds(
    Seat,
    field=st.sampled_from(["secretary", "chair", "adjuster-1", "adjuster-2", "adjuster-10"]),
    turn=st.integers(0, 2),
    person=_WORDS,
    role=st.sampled_from(Role),
    address=_TEXTS,
    standing=st.sampled_from(Standing),
    link_digest=_LINKS,
    link_expires_at=st.none() | _INSTANTS,
    invitation=st.integers(0, 9),
    reminders=st.integers(0, 9),
    holder=st.integers(1, 9),
    replaced=st.lists(_REPLACED, max_size=2, unique_by=lambda one: one.link_digest).map(tuple),
    away_until=st.none() | st.dates(),
    challenge=st.none() | _CHALLENGES,
    codes_since=st.none() | _INSTANTS,
    codes_asked=st.integers(0, 5),
    approval=st.none() | _APPROVALS,
    signature=st.none() | _SIGNATURES,
).map(lambda seat: seat if seat.approval else replace(seat, signature=None))
_ROUNDS = st.builds(
    Round,
    number=st.integers(1, 9),
    draft_number=st.integers(1, 99),
    opened_at=_INSTANTS,
    copy=_blobs(PDF),
    current=_blobs(PDF),
    seats=st.lists(_SEATS, max_size=4, unique_by=(lambda seat: seat.field, lambda seat: seat.link_digest)).map(tuple),
    ended=st.none() | st.sampled_from(RoundEnd),
    ended_at=st.none() | _INSTANTS,
    objection=st.none()
    | st.builds(
        Objection, _WORDS, _TEXTS, st.lists(st.builds(ItemObjection, _WORDS, _WORDS, _TEXTS), max_size=2).map(tuple)
    ),
)
DOCUMENTS: st.SearchStrategy[Document] = st.builds(
    Document,
    id=st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=12, max_size=12),
    change=st.just(2),
    state=st.sampled_from(State),
    language=st.sampled_from(["sv", "en"]),
    title=_TEXTS,
    body=_TEXTS,
    minutes_class=st.sampled_from(["notes", "minutes", "decision"]),
    meeting_on=st.none() | st.dates(),
    draft=_DRAFTS,
    round=st.none() | _ROUNDS,
    adjusted_at=st.none() | _INSTANTS,
    archived=st.none()
    | st.builds(Archived, _INSTANTS, _blobs(PDF), st.sampled_from(["v1", "v12"]), st.just("0" * 128)),
)


def steps_to(kept: Document, others: Sequence[Round] = ()) -> list[Document]:
    """A first change without a round, which every document has had, the rounds before, and then the document itself."""
    first = replace(kept, change=1, round=None)
    between = [replace(kept, change=change, round=one) for change, one in enumerate(others, 2)]
    return [first, *between, replace(kept, change=len(others) + 2)]
