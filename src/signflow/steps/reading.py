"""Readers who comment on a text by item: inviting them, what their link shows, what they and the signatories say, the answers.

Who somebody is comes from the link and never from a request's parameters. Looking changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from signflow.blobs import BlobRef
from signflow.errors import NotFoundError
from signflow.minutes.difference.alignment import Effort
from signflow.minutes.difference.items import follow_items
from signflow.minutes.model import Minutes
from signflow.minutes.recognition.people import same_name
from signflow.rounds.events import (
    CommentAnswered,
    CommentCorrected,
    Commented,
    NewReader,
    ReaderDismissed,
    ReadersInvited,
    ReadersTold,
)
from signflow.rounds.holidays import is_weekday
from signflow.rounds.letters import letters_due
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, Standing, State
from signflow.rounds.outcome import Decision, Outcome, Refusal
from signflow.rounds.readers import CommentStanding, ItemFollowed, Reader, seat_author
from signflow.steps.acts import view_link
from signflow.steps.ports import Ports, record
from signflow.steps.read_apart import read_apart

LONGEST_NAME = 200
_LONGEST_ADDRESS = 254
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody whom the secretary wants to ask."""

    person: str
    address: str


@dataclass(frozen=True, slots=True)
class ReadingView:
    """What a link shows somebody who reads.

    Attributes:
        author: What their comments are kept under.
        until: Their last day for comments, if there is one.
        may_read: Whether the text is shown at all.
        may_comment: Whether they may say anything now.
    """

    document: Document
    author: str
    person: str
    until: dt.date | None
    may_read: bool
    may_comment: bool

    @property
    def copy(self) -> BlobRef | None:
        """The signing copy of the text that is shown; None where there is none of it."""
        current = self.document.round
        return current.copy if current and current.draft_number == self.document.draft.number else None


def view_reader(ports: Ports, token: str) -> ReadingView:
    """What a reader's link is for. Reads only.

    Raises:
        NotFoundError: No such link was ever made.
    """
    if not 0 < len(token) <= _LONGEST_TOKEN:
        raise NotFoundError("no-such-link")
    document, number = ports.store.find_by_reader_link(link_digest(token))
    reader, now = document.readers[number - 1], ports.clock()
    may_read = reader.holds(now) and document.state in {State.DRAFT, State.REVIEW}
    in_time = reader.in_time(ports.policy.day(now))
    return ReadingView(document, reader.author, reader.person, reader.until, may_read, may_read and in_time)


def view_signatory(ports: Ports, token: str) -> ReadingView:
    """The same for a signatory's link, while it is their turn. Reads only.

    Raises:
        NotFoundError: No such link was ever made.
    """
    view = view_link(ports, token)
    seat = view.seat
    if seat is None:
        return ReadingView(view.document, "", "", None, may_read=False, may_comment=False)
    deciding = not view.problem and seat.standing is Standing.INVITED
    author = seat_author(view.round.number, seat.holding)
    return ReadingView(view.document, author, seat.person, None, deciding, deciding)


def participants(ports: Ports, document: Document) -> tuple[Invitee, ...]:
    """Whom the minutes list, present or absent, each once, with the address that the people register has or none."""
    minutes = _read(ports, document.draft.source, document.draft.filename)
    named = (*minutes.participants, *minutes.absent) if minutes else ()
    once = {same_name(one.name): one.name for one in reversed(named)}
    return tuple(Invitee(name, ports.people.address_of(name)) for name in reversed(once.values()))


def invite(ports: Ports, document_id: str, wanted: Sequence[Invitee], until: dt.date | None, by: str) -> Outcome:
    """Ask people to read and comment.

    Raises:
        NotFoundError: There is no such document.
    """
    people = [Invitee(" ".join(one.person.split())[:LONGEST_NAME], one.address.strip()) for one in wanted]
    for one in people:
        if not one.person or not _is_address(one.address):
            return Refusal("reader-without-address", {"person": one.person or one.address[:80]})

    def fact(document: Document) -> ReadersInvited:
        first = len(document.readers) + 1
        new = (
            NewReader(one.person, one.address, link_digest(ports.links.reader_token(document.id, number)))
            for number, one in enumerate(people, first)
        )
        return ReadersInvited(first, tuple(new), until, by)

    return record(ports, document_id, fact)


def dismiss(ports: Ports, document_id: str, reader: int, by: str) -> Outcome:
    """Take an invitation back.

    Raises:
        NotFoundError: There is no such document.
    """
    return record(ports, document_id, ReaderDismissed(reader, by))


def tell_readers(ports: Ports) -> int:
    """Write to readers who do not know of the present text, on weekdays; about how many documents that was.

    Asked once a day: however often a text is saved, a reader has one letter a day about it, with the latest. Run twice it
    is done once.

    Raises:
        StaleError: A document kept changing.
        UnavailableError: The database does not answer now.
    """
    if not is_weekday(ports.policy.day(ports.clock())):
        return 0
    outcomes = (
        record(ports, document_id, lambda document: ReadersTold(document.draft.number))
        for document_id in ports.store.with_readers_behind()
    )
    return sum(isinstance(outcome, Decision) for outcome in outcomes)


def unreached(ports: Ports, document: Document) -> tuple[Reader, ...]:
    """Readers whose link holds and of whom no mail server takes a letter: they know nothing of it."""
    letters = {f"mail:{one.key}": one.reader for one in letters_due(document, ports.clock()) if one.reader}
    results = ports.effects.results(letters) if letters else {}
    refused = {letters[key] for key, result in results.items() if "refused" in result}
    return tuple(one for one in document.readers if one.number in refused)


def comment(ports: Ports, view: ReadingView, item: str, draft_number: int, text: str) -> Outcome:
    """Remark on an item of the version that lay before them; on the whole, if `item` is empty."""
    return record(ports, view.document.id, Commented(view.author, item, draft_number, text))


def correct(ports: Ports, view: ReadingView, number: int, text: str | None) -> Outcome:
    """Have other words for one's own comment, or take it back: None."""
    return record(ports, view.document.id, CommentCorrected(view.author, number, text))


def settle(ports: Ports, document_id: str, number: int, answered: tuple[CommentStanding, str], by: str) -> Outcome:
    """Settle a comment, with an answer.

    Raises:
        NotFoundError: There is no such document.
    """
    return record(ports, document_id, CommentAnswered(number, *answered, by))


def follow(ports: Ports, document: Document, source: BlobRef, new: Minutes | None) -> tuple[ItemFollowed, ...]:
    """Where the items of the present version go in the new one, where there are comments that go with them.

    Raises:
        IntegrityError: The bytes of the present version are not what they were.
    """
    draft = document.draft
    if not document.comments or new is None or draft.source.digest == source.digest:
        return ()
    old = _read(ports, draft.source, draft.filename)
    found = follow_items(old.items, new.items, Effort()) if old else ()
    return tuple(ItemFollowed(one.before, one.now, one.changed) for one in found)


def _read(ports: Ports, source: BlobRef, filename: str) -> Minutes | None:
    return read_apart(ports.blobs.get(source), filename).minutes


def _is_address(address: str) -> bool:
    username, at, domain = address.rpartition("@")
    forbidden = any(not character.isprintable() or character in ' ,;:<>()[]"\\@' for character in username + domain)
    return bool(at and username and domain) and not forbidden and len(address) <= _LONGEST_ADDRESS
