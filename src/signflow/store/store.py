"""The commit beat: state, audit entries and work in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, or_, select, tuple_, union

from signflow.blobs import BlobRef
from signflow.errors import NotFoundError, StaleError
from signflow.rounds.access import EVERYWHERE, Reach
from signflow.rounds.model import Document, Objection, RoundEnd, State
from signflow.rounds.outcome import Decision
from signflow.rounds.parts import PartOf
from signflow.rounds.webhook_messages import WebhookMessage
from signflow.rounds.work import Work, WorkKind
from signflow.store import audit, deliveries, listing, mapping, outbox, parts, readers
from signflow.store.audit import AuditEntry
from signflow.store.database import Database
from signflow.store.listing import Line, Listing, Mark, Overdue, Wanted
from signflow.store.outbox import OpenWork
from signflow.store.tables import documents, former_links, rounds, signatories, signatures, versions

FindingRecord = dict[str, object]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the board."""

    id: str
    state: State
    title: str
    body: str
    meeting_on: dt.date | None
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version of the text, with what was found in it."""

    number: int
    filename: str
    source: BlobRef
    registered_at: dt.datetime
    clean: bool
    findings: tuple[FindingRecord, ...]


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """What is remembered of a round that has come: which draft was to be signed, and why it ended; None while it has not.

    Attributes:
        objection: Who would not sign, and why; None if nobody objected.
    """

    number: int
    draft_number: int
    ended: RoundEnd | None
    objection: Objection | None


class Store:
    """Documents and their work in one database."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], dt.datetime],
        messages_of: Callable[[Decision, dt.datetime], Iterable[WebhookMessage]] = lambda _decision, _at: (),
    ) -> None:
        """The store.

        Args:
            database: Where all is kept.
            clock: The time.
            messages_of: What webhooks are told of a decision; committed with it.
        """
        self._database = database
        self._clock = clock
        self._messages_of = messages_of

    def close(self) -> None:
        """Close the database's connections."""
        self._database.close()

    def load(self, document_id: str) -> Document:
        """The document as committed.

        Raises:
            NotFoundError: There is none of that name.
        """
        with self._database.reading() as connection:
            document = mapping.read_document(connection, document_id)
        if document is None:
            raise NotFoundError("no-such-document", document=document_id)
        return document

    def commit(self, decision: Decision, findings: list[FindingRecord] | None = None) -> Document:
        """Make a decision true: all of it, or nothing.

        Args:
            decision: What `decide` answered.
            findings: What was found in the draft, where the decision registers or checks one.

        Raises:
            StaleError: The document was changed since it was loaded; load it and decide again.
        """
        document = decision.document
        with self._database.writing() as connection:
            audit.lock_head(connection)
            now = self._clock()  # not before it is our turn, so that the instants of the log never go back
            if document.change == 1:
                made = mapping.insert_document(connection, document, findings or [], now)
            else:
                made = mapping.update_document(connection, document, findings, now)
            if not made:
                raise StaleError("document-changed", document=document.id)
            entries = ((entry.kind, entry.actor, entry.data) for entry in decision.entries)
            audit.append(connection, document.id, now, entries)
            for told in decision.elsewhere:
                entry = told.entry
                audit.append(connection, told.document_id, now, [(entry.kind, entry.actor, entry.data)])
            outbox.add(connection, decision.work, now)
            deliveries.add(connection, self._messages_of(decision, now), now)
        return document

    def find_by_source(self, digest: str) -> Document | None:
        """The latest document, not withdrawn, that has had exactly these bytes as a draft."""
        query = (
            select(documents.c.id)
            .join(versions, versions.c.document_id == documents.c.id)
            .where(and_(versions.c.source_digest == digest, documents.c.state != State.WITHDRAWN))
            .order_by(documents.c.created_at.desc(), documents.c.id)
            .limit(1)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
            return mapping.read_document(connection, found) if found else None

    def archived_with(self, digest: str) -> tuple[str, ...]:
        """Archived documents that have, or had on their way, a revision with that digest or one that begins so.

        Args:
            digest: SHA-256 or its beginning, lower-case hexadecimal.
        """
        found = union(
            select(documents.c.id).where(documents.c.archived_digest.startswith(digest, autoescape=True)),
            select(rounds.c.document_id).where(rounds.c.copy_digest.startswith(digest, autoescape=True)),
            select(signatures.c.document_id).where(signatures.c.revision_digest.startswith(digest, autoescape=True)),
        ).subquery()
        query = select(documents.c.id).join(found, found.c.id == documents.c.id)
        query = query.where(documents.c.state == State.ARCHIVED).order_by(documents.c.id)
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())

    def part_of(self, document_id: str) -> PartOf | None:
        """Whose items that document adjusts at once, or is to when it is registered; None for every other."""
        with self._database.reading() as connection:
            return parts.read_parts(connection, [document_id])[1].get(document_id)

    def open_under_name(self, filename: str) -> tuple[Document, ...]:
        """Documents still in draft or review whose present draft came under that file name, latest first."""
        present = and_(versions.c.document_id == documents.c.id, versions.c.number == documents.c.draft_number)
        query = (
            select(documents.c.id)
            .join(versions, present)
            .where(and_(versions.c.filename == filename, documents.c.state.in_([State.DRAFT, State.REVIEW])))
            .order_by(documents.c.created_at.desc(), documents.c.id)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).scalars().all()
            read = (mapping.read_document(connection, document_id) for document_id in found)
            return tuple(document for document in read if document)

    def find_by_link(self, link_digest: str) -> tuple[Document, int, str]:
        """The document, round and field that a link is for, whether or not it still holds.

        A link whose holder somebody stands in for leads to the same seat; its digest is not the seat's any more.

        Raises:
            NotFoundError: No such link was ever made.
        """
        with self._database.reading() as connection:
            found = (
                connection.execute(
                    select(table.c.document_id, table.c.round, table.c.field).where(table.c.link_digest == link_digest)
                ).one_or_none()
                for table in (signatories, former_links)
            )
            row = next((one for one in found if one), None)
            document = mapping.read_document(connection, row.document_id) if row else None
        if row is None or document is None:
            raise NotFoundError("no-such-link")
        return document, row.round, row.field

    def link_holder(self, link_digest: str) -> str:
        """Whom that link was made for, whether or not it still holds.

        Raises:
            NotFoundError: No such link was ever made.
        """
        seat = select(signatories.c.person, signatories.c.link_digest, signatories.c.replaced)
        former = select(former_links.c.document_id, former_links.c.round, former_links.c.field)
        key = tuple_(signatories.c.document_id, signatories.c.round, signatories.c.field)
        theirs = or_(
            signatories.c.link_digest == link_digest, key.in_(former.where(former_links.c.link_digest == link_digest))
        )
        with self._database.reading() as connection:
            row = connection.execute(seat.where(theirs)).one_or_none()
        if row is None:
            raise NotFoundError("no-such-link")
        before = (str(one["person"]) for one in row.replaced or () if one["link_digest"] == link_digest)
        return row.person if row.link_digest == link_digest else next(before)

    def find_by_reader_link(self, link_digest: str) -> tuple[Document, int]:
        """The document and the number of the reader that a link is for, whether or not it still holds.

        Raises:
            NotFoundError: No such link was ever made.
        """
        with self._database.reading() as connection:
            found = readers.find_reader(connection, link_digest)
            document = mapping.read_document(connection, found[0]) if found else None
        if found is None or document is None:
            raise NotFoundError("no-such-link")
        return document, found[1]

    def with_readers_behind(self) -> tuple[str, ...]:
        """Documents still in draft or review with a reader who may not know of the present text."""
        with self._database.reading() as connection:
            return readers.with_readers_behind(connection)

    def find_by_challenge(self, challenge_id: str) -> tuple[Document, int, str]:
        """The document, round and field for which that proof of identity was asked for last.

        Raises:
            NotFoundError: It was asked for nowhere, or another one since.
        """
        query = select(signatories.c.document_id, signatories.c.round, signatories.c.field)
        with self._database.reading() as connection:
            row = connection.execute(query.where(signatories.c.challenge_id == challenge_id)).one_or_none()
            document = mapping.read_document(connection, row.document_id) if row else None
        if row is None or document is None:
            raise NotFoundError("no-such-sign-in")
        return document, row.round, row.field

    def documents(self, states: Collection[State] | None = None, limit: int = 500) -> tuple[Listed, ...]:
        """Documents in those states (all, if none are named), the latest changed first."""
        query = select(documents).order_by(documents.c.updated_at.desc(), documents.c.id).limit(limit)
        if states:
            query = query.where(documents.c.state.in_(states))
        with self._database.reading() as connection:
            return tuple(
                Listed(row.id, State(row.state), row.title, row.body, row.meeting_on, row.updated_at)
                for row in connection.execute(query)
            )

    def listing(self, wanted: Wanted, overdue: Overdue, start: int | Mark, limit: int) -> Listing:
        """A page of the board: what is late first, then what waits for the secretary, then the rest.

        It begins after so many documents, or after a place in their order.
        """
        with self._database.reading() as connection:
            return listing.read_listing(connection, wanted, overdue, start, limit)

    def closed(self, limit: int, reach: frozenset[Reach] = EVERYWHERE) -> tuple[Line, ...]:
        """The documents within reach that have come to an end last, latest first."""
        with self._database.reading() as connection:
            return listing.read_closed(connection, limit, reach)

    def bodies(self, reach: frozenset[Reach] = EVERYWHERE) -> tuple[str, ...]:
        """The bodies that documents within reach are of, each once."""
        with self._database.reading() as connection:
            return listing.read_bodies(connection, reach)

    def open_notices(self, limit: int, reach: frozenset[Reach] = EVERYWHERE) -> tuple[Document, ...]:
        """Documents within reach whose notice is not taken down: first those still to be put up, the oldest first."""
        with self._database.reading() as connection:
            return listing.read_open_notices(connection, reach, limit)

    def count_open_notices(self, reach: frozenset[Reach] = EVERYWHERE) -> int:
        """How many documents within reach have a notice that is not taken down."""
        with self._database.reading() as connection:
            return listing.count_open_notices(connection, reach)

    def notices_on_our_board(self) -> tuple[Document, ...]:
        """The documents whose notice is on signflow's own board now, the latest adjusted first."""
        with self._database.reading() as connection:
            return listing.read_our_notices(connection)

    def versions(self, document_id: str) -> tuple[VersionRecord, ...]:
        """All versions of the text, oldest first."""
        query = select(versions).where(versions.c.document_id == document_id).order_by(versions.c.number)
        with self._database.reading() as connection:
            return tuple(
                VersionRecord(
                    number=row.number,
                    filename=row.filename,
                    source=BlobRef(row.source_digest, row.source_size, row.source_type),
                    registered_at=row.registered_at,
                    clean=row.clean,
                    findings=tuple(row.findings),
                )
                for row in connection.execute(query)
            )

    def round(self, document_id: str, number: int) -> RoundRecord:
        """A round of the document, the present or an earlier one.

        Raises:
            NotFoundError: There is no such document, or it has had no such round.
        """
        query = select(rounds).where(and_(rounds.c.document_id == document_id, rounds.c.number == number))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("no-such-document", document=document_id)
        ended = RoundEnd(row.ended) if row.ended else None
        return RoundRecord(row.number, row.draft_number, ended, mapping.objection_of(row))

    def history(self, document_id: str) -> tuple[AuditEntry, ...]:
        """What happened to the document, oldest first."""
        with self._database.reading() as connection:
            return audit.entries_of(connection, document_id)

    def verify_audit(self) -> int:
        """Recompute the audit chain; how many entries it has.

        Raises:
            IntegrityError: It is broken.
        """
        with self._database.reading() as connection:
            return audit.verify_chain(connection)

    def ask_for(self, work: Work) -> None:
        """Commit work that no decision on a document causes."""
        with self._database.writing() as connection:
            outbox.add(connection, [work], self._clock())

    def ask_once(self, work: Work) -> bool:
        """Commit work that is never done twice; whether it was not asked for before, by whichever process."""
        with self._database.writing() as connection:
            return outbox.add_once(connection, work, self._clock())

    def due_work(
        self, busy: Collection[str], limit: int, few: tuple[WorkKind, int] | None = None
    ) -> tuple[OpenWork, ...]:
        """What can be done now, on subjects that are not busy; of a kind that is named no more than so many rows."""
        with self._database.reading() as connection:
            return outbox.due(connection, self._clock(), busy, limit, few)

    def open_work(self, subject: str | None = None) -> tuple[OpenWork, ...]:
        """What is not done yet, and why it waits."""
        with self._database.reading() as connection:
            return outbox.open_rows(connection, subject)

    def open_work_among(self, subjects: Collection[str]) -> tuple[OpenWork, ...]:
        """What is not done yet on those subjects, oldest first."""
        with self._database.reading() as connection:
            return outbox.open_among(connection, subjects)

    def open_work_of_kind(self, kind: WorkKind, limit: int) -> tuple[OpenWork, ...]:
        """The oldest of what is not done yet of one kind."""
        with self._database.reading() as connection:
            return outbox.open_of_kind(connection, kind, limit)

    def next_work_at(self) -> dt.datetime | None:
        """When the next work's time comes."""
        with self._database.reading() as connection:
            return outbox.next_ready_at(connection)

    def note_run(self, key: str, flow_run_id: str) -> None:
        """Which flow run does the work."""
        with self._database.writing() as connection:
            outbox.note_run(connection, key, flow_run_id)

    def close_work(self, key: str, flow_run_id: str | None = None) -> None:
        """The work is done; by that run, if one is named and the work was not asked for again since it began."""
        with self._database.writing() as connection:
            outbox.close(connection, key, self._clock(), flow_run_id)

    def postpone_work(self, key: str, wait: dt.timedelta, code: str, params: Mapping[str, str]) -> None:
        """The work is tried again after the wait; people see why."""
        with self._database.writing() as connection:
            outbox.postpone(connection, key, self._clock() + wait, code, params)

    def hurry_work(self) -> int:
        """Try everything that waits at once; how many rows that were."""
        with self._database.writing() as connection:
            return outbox.hurry(connection, self._clock())
