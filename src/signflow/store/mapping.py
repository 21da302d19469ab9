"""Rows to a `Document` and back. Every table but the outbox, effects, audit log and register is written only here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, and_, bindparam, insert, select, update

from signflow.blobs import JSON, PDF, BlobRef
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
    Notice,
    Objection,
    Replaced,
    Round,
    RoundEnd,
    Seat,
    Signature,
    Standing,
    State,
)
from signflow.store.database import insert_if_absent
from signflow.store.parts import read_parts, save_parts
from signflow.store.people import fold
from signflow.store.readers import read_reviews, save_review
from signflow.store.sendings import read_sendings, save_sendings
from signflow.store.tables import documents, former_links, notices, rounds, signatories, signatures, versions
from signflow.texts import language_of

_AnyRow = Row[tuple[Any, ...]]
# read for every page that anybody looks at: built once, as SQLAlchemy takes longer to build them than SQLite to answer
_these = documents.c.id.in_(bindparam("wanted", expanding=True))
_found = (
    select(documents, *(column for column in notices.c if column.name != "document_id"))
    .outerjoin(notices, notices.c.document_id == documents.c.id)
    .where(_these)
)
_present_drafts = (
    select(*(column for column in versions.c if column.name != "findings"))
    .join(documents, versions.c.document_id == documents.c.id)
    .where(_these, versions.c.number == documents.c.draft_number)
)
_latest_rounds = (
    select(rounds)
    .join(documents, rounds.c.document_id == documents.c.id)
    .where(_these, rounds.c.number == documents.c.round_number)
)
_signed = and_(*(signatories.c[name] == signatures.c[name] for name in ("document_id", "round", "field")))
_present_seats = (
    select(signatories, *(column for column in signatures.c if column.name not in signatories.c))
    .join(documents, signatories.c.document_id == documents.c.id)
    .outerjoin(signatures, _signed)
    .where(_these, signatories.c.round == documents.c.round_number)
    .order_by(signatories.c.document_id, signatories.c.position)
)


def read_document(connection: Connection, document_id: str) -> Document | None:
    """The document as committed; None if there is none."""
    found = next(iter(read_documents(connection, [document_id])), None)
    sent = read_sendings(connection, document_id) if found and found.archived else ()
    return replace(found, sendings=sent) if found and sent else found


def read_documents(connection: Connection, wanted: Sequence[str]) -> tuple[Document, ...]:
    """Those documents as committed, in that order, without those that there are not, to be listed.

    Seven statements, however many. What was sent of them is left out: no list shows it.
    """
    these = {"wanted": list(wanted)}
    found = {row.id: row for row in connection.execute(_found, these)}
    drafts = {row.document_id: _draft(row) for row in connection.execute(_present_drafts, these)}
    seats: defaultdict[str, list[Seat]] = defaultdict(list)
    for row in connection.execute(_present_seats, these):
        seats[row.document_id].append(_seat(row))
    latest = {row.document_id: _round(row, seats[row.document_id]) for row in connection.execute(_latest_rounds, these)}
    reviews = read_reviews(connection, wanted)
    parts, part_of = read_parts(connection, wanted)
    return tuple(
        replace(
            _document(found[name], drafts[name], latest.get(name)),
            readers=asked,
            comments=said,
            parts=parts.get(name, ()),
            part_of=part_of.get(name),
        )
        for name in wanted
        if name in found
        for asked, said in [reviews.get(name, ((), ()))]
    )


def insert_document(
    connection: Connection, document: Document, findings: list[dict[str, object]], now: dt.datetime
) -> bool:
    """Add a document; False if there is one of that name already."""
    values = {"id": document.id, "created_at": now, **_document_values(document, now)}
    if not insert_if_absent(connection, documents, values):
        return False
    _save_version(connection, document, findings, now)
    return True


def update_document(
    connection: Connection,
    document: Document,
    findings: list[dict[str, object]] | None,
    now: dt.datetime,
) -> bool:
    """Replace what is known of a document; False if somebody else changed it first."""
    expected = and_(documents.c.id == document.id, documents.c.change == document.change - 1)
    changed = connection.execute(update(documents).where(expected).values(_document_values(document, now))).rowcount
    if changed != 1:
        return False
    if findings is not None:
        _save_version(connection, document, findings, now)
    if document.notice:
        _upsert(connection, notices, {"document_id": document.id}, _notice_values(document.notice), {})
    if document.round:
        _save_round(connection, document.id, document.round)
    save_review(connection, document)
    save_sendings(connection, document)
    save_parts(connection, document)
    return True


def _document(row: _AnyRow, draft: Draft, latest: Round | None) -> Document:
    archived = None
    if row.archived_at:
        pdf = BlobRef(row.archived_digest, row.archived_size, PDF)
        archived = Archived(row.archived_at, pdf, row.archived_package, row.archived_inventory)
    return Document(
        id=row.id,
        change=row.change,
        state=State(row.state),
        language=language_of(row.language),
        title=row.title,
        body=row.body,
        minutes_class=row.minutes_class,
        meeting_on=row.meeting_on,
        draft=draft,
        round=latest,
        adjusted_at=row.adjusted_at,
        archived=archived,
        notice=_notice(row),
    )


def _notice(row: _AnyRow) -> Notice | None:
    if row.place is None:  # of a notice it is never
        return None
    return Notice(row.posted_on, row.place, row.posted_by, row.taken_down_on, row.taken_down_by)


def _notice_values(notice: Notice) -> dict[str, object]:
    return {
        "posted_on": notice.posted_on,
        "place": notice.place,
        "posted_by": notice.posted_by,
        "taken_down_on": notice.taken_down_on,
        "taken_down_by": notice.taken_down_by,
    }


def _draft(row: _AnyRow) -> Draft:
    appointments = tuple(
        Appointment(entry["person"], Role(entry["role"]), entry["address"])
        for entry in cast("list[dict[str, str]]", row.appointments)
    )
    source = BlobRef(row.source_digest, row.source_size, row.source_type)
    return Draft(row.number, source, row.filename, row.clean, appointments)


def _round(row: _AnyRow, seats: Sequence[Seat]) -> Round:
    return Round(
        number=row.number,
        draft_number=row.draft_number,
        opened_at=row.opened_at,
        copy=BlobRef(row.copy_digest, row.copy_size, PDF),
        current=BlobRef(row.current_digest, row.current_size, PDF),
        seats=tuple(seats),
        ended=RoundEnd(row.ended) if row.ended else None,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        objection=objection_of(row),
    )


def objection_of(row: _AnyRow) -> Objection | None:
    """The objection that ended the round of a row of `rounds`; None if none did."""
    if not row.objection_person:
        return None
    items = (ItemObjection(one["item"], one["reason"], one["proposal"]) for one in row.objection_items or ())
    return Objection(row.objection_person, row.objection_reason, tuple(items))


def _seat(row: _AnyRow) -> Seat:
    challenge = approval = signature = None
    if row.challenge_id:
        challenge = Challenge(
            row.challenge_id,
            row.challenge_expires_at,
            row.challenge_tries_left,
            Method(row.challenge_method),
            _identified(row.challenge_identified),
        )
    if row.approved_at:
        approval = Approval(
            row.approved_at,
            Method(row.method),
            row.shown_digest,
            row.reference,
            _identified(row.identified),
            row.dissent,
        )
    if row.signed_at:
        revision = BlobRef(row.revision_digest, row.revision_size, PDF)
        signature = Signature(revision, BlobRef(row.report_digest, row.report_size, JSON), row.signed_at)
    return Seat(
        field=row.field,
        turn=row.turn,
        person=row.person,
        role=Role(row.role),
        address=row.address,
        standing=Standing(row.standing),
        link_digest=row.link_digest,
        link_expires_at=row.link_expires_at,
        invitation=row.invitation,
        invited_at=row.invited_at,
        reminders=row.reminders,
        asked_at=row.asked_at,
        holder=row.holder,
        replaced=tuple(Replaced(**one) for one in row.replaced or ()),
        away_until=row.away_until,
        challenge=challenge,
        codes_since=row.codes_since,
        codes_asked=row.codes_asked,
        approval=approval,
        signature=signature,
    )


def _identified(kept: dict[str, Any] | None) -> Identified | None:
    if kept is None:
        return None
    evidence = BlobRef(kept["evidence"], kept["evidence_size"], JSON)
    at = dt.datetime.fromisoformat(kept["at"])
    return Identified(kept["provider"], at, kept["level"], kept["reference"], kept["name"], evidence)


def _identified_values(identified: Identified | None) -> dict[str, object] | None:
    if identified is None:
        return None
    return {
        "provider": identified.provider,
        "at": identified.at.isoformat(),
        "level": identified.level,
        "reference": identified.reference,
        "name": identified.name,
        "evidence": identified.evidence.digest,
        "evidence_size": identified.evidence.size_bytes,
    }


def _document_values(document: Document, now: dt.datetime) -> dict[str, object]:
    kept = document.archived
    return {
        "change": document.change,
        "state": document.state,
        "language": document.language,
        "title": document.title,
        "body": document.body,
        "minutes_class": document.minutes_class,
        "meeting_on": document.meeting_on,
        "draft_number": document.draft.number,
        "round_number": document.round.number if document.round else None,
        "adjusted_at": document.adjusted_at,
        "archived_at": kept.at if kept else None,
        "archived_digest": kept.pdf.digest if kept else None,
        "archived_size": kept.pdf.size_bytes if kept else None,
        "archived_package": kept.package if kept else None,
        "archived_inventory": kept.inventory_digest if kept else None,
        "updated_at": now,
        "searched": _searched(document),
    }


def _searched(document: Document) -> str:
    """Everything of a document that the board is searched for, folded."""
    draft = document.draft
    people = (appointment.person for appointment in draft.appointments)
    return fold(" ".join((document.title, document.body, *people, draft.filename, document.id)))


def _save_version(
    connection: Connection, document: Document, findings: list[dict[str, object]], now: dt.datetime
) -> None:
    draft = document.draft
    values: dict[str, object] = {
        "source_digest": draft.source.digest,
        "source_size": draft.source.size_bytes,
        "source_type": draft.source.media_type,
        "filename": draft.filename,
        "clean": draft.clean,
        "appointments": [
            {"person": entry.person, "role": entry.role, "address": entry.address} for entry in draft.appointments
        ],
        "findings": findings,
    }
    key = {"document_id": document.id, "number": draft.number}
    _upsert(connection, versions, key, values, {"registered_at": now})


def _save_round(connection: Connection, document_id: str, current: Round) -> None:
    objection = current.objection
    values: dict[str, object] = {
        "draft_number": current.draft_number,
        "opened_at": current.opened_at,
        "copy_digest": current.copy.digest,
        "copy_size": current.copy.size_bytes,
        "current_digest": current.current.digest,
        "current_size": current.current.size_bytes,
        "ended": current.ended,
        "ended_at": current.ended_at,
        "ended_by": current.ended_by,
        "objection_person": objection.person if objection else None,
        "objection_reason": objection.reason if objection else None,
        "objection_items": [
            {"item": one.item, "reason": one.reason, "proposal": one.proposal}
            for one in (objection.items if objection else ())
        ],
    }
    _upsert(connection, rounds, {"document_id": document_id, "number": current.number}, values, {})
    for position, seat in enumerate(current.seats):
        key = {"document_id": document_id, "round": current.number, "field": seat.field}
        _upsert(connection, signatories, key, {"position": position, **_seat_values(seat)}, {})
        for one in seat.replaced:
            insert_if_absent(connection, former_links, {"link_digest": one.link_digest, **key})
        if seat.approval:
            _upsert(connection, signatures, key, _signature_values(seat.approval, seat.signature), {})


def _seat_values(seat: Seat) -> dict[str, object]:
    asked = seat.challenge
    return {
        "turn": seat.turn,
        "person": seat.person,
        "role": seat.role,
        "address": seat.address,
        "standing": seat.standing,
        "link_digest": seat.link_digest,
        "link_expires_at": seat.link_expires_at,
        "invitation": seat.invitation,
        "invited_at": seat.invited_at,
        "reminders": seat.reminders,
        "asked_at": seat.asked_at,
        "holder": seat.holder,
        "replaced": [
            {
                "person": one.person,
                "address": one.address,
                "link_digest": one.link_digest,
                "reason": one.reason,
                "invited": one.invited,
            }
            for one in seat.replaced
        ],
        "away_until": seat.away_until,
        "challenge_id": asked.id if asked else None,
        "challenge_expires_at": asked.expires_at if asked else None,
        "challenge_tries_left": asked.tries_left if asked else None,
        "challenge_method": asked.method if asked else None,
        "challenge_identified": _identified_values(asked.identified) if asked else None,
        "codes_since": seat.codes_since,
        "codes_asked": seat.codes_asked,
    }


def _signature_values(approval: Approval, signature: Signature | None) -> dict[str, object]:
    values: dict[str, object] = {
        "method": approval.method,
        "approved_at": approval.at,
        "shown_digest": approval.shown_digest,
        "reference": approval.reference,
        "identified": _identified_values(approval.identified),
        "dissent": approval.dissent,
    }
    if signature:
        values |= {
            "revision_digest": signature.revision.digest,
            "revision_size": signature.revision.size_bytes,
            "report_digest": signature.report.digest,
            "report_size": signature.report.size_bytes,
            "signed_at": signature.signed_at,
        }
    return values


def _upsert(
    connection: Connection,
    table: Table,
    key: Mapping[str, object],
    values: Mapping[str, object],
    at_first: Mapping[str, object],
) -> None:
    where = and_(*(table.c[name] == value for name, value in key.items()))
    if connection.execute(update(table).where(where).values(dict(values))).rowcount == 0:
        connection.execute(insert(table).values({**key, **values, **at_first}))
