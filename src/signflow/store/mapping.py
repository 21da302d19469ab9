"""Rows to a `Document` and back. Every table but the outbox, effects, audit log and register is written only here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, and_, insert, select, update

from signflow.blobs import JSON, PDF, BlobRef
from signflow.minutes.model import Role
from signflow.rounds.model import (
    Appointment,
    Approval,
    Archived,
    Challenge,
    Document,
    Draft,
    Objection,
    Round,
    RoundEnd,
    Seat,
    Signature,
    Standing,
    State,
)
from signflow.store.database import insert_if_absent
from signflow.store.tables import documents, rounds, signatories, signatures, versions
from signflow.texts import language_of

_AnyRow = Row[tuple[Any, ...]]


def read_document(connection: Connection, document_id: str) -> Document | None:
    """The document as committed; None if there is none."""
    row = connection.execute(select(documents).where(documents.c.id == document_id)).one_or_none()
    return _document(connection, row) if row else None


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
    if document.round:
        _save_round(connection, document.id, document.round)
    return True


def _document(connection: Connection, row: _AnyRow) -> Document:
    where = and_(versions.c.document_id == row.id, versions.c.number == row.draft_number)
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
        draft=_draft(connection.execute(select(versions).where(where)).one()),
        round=_round(connection, row.id, row.round_number) if row.round_number else None,
        adjusted_at=row.adjusted_at,
        archived=archived,
    )


def _draft(row: _AnyRow) -> Draft:
    appointments = tuple(
        Appointment(entry["person"], Role(entry["role"]), entry["address"])
        for entry in cast("list[dict[str, str]]", row.appointments)
    )
    source = BlobRef(row.source_digest, row.source_size, row.source_type)
    return Draft(row.number, source, row.filename, row.clean, appointments)


def _round(connection: Connection, document_id: str, number: int) -> Round:
    where = and_(rounds.c.document_id == document_id, rounds.c.number == number)
    row = connection.execute(select(rounds).where(where)).one()
    signed = and_(*(signatories.c[name] == signatures.c[name] for name in ("document_id", "round", "field")))
    seats = connection.execute(
        select(signatories, *(column for column in signatures.c if column.name not in signatories.c))
        .outerjoin(signatures, signed)
        .where(and_(signatories.c.document_id == document_id, signatories.c.round == number))
        .order_by(signatories.c.position)
    )
    objection = Objection(row.objection_person, row.objection_reason) if row.objection_person else None
    return Round(
        number=row.number,
        draft_number=row.draft_number,
        opened_at=row.opened_at,
        copy=BlobRef(row.copy_digest, row.copy_size, PDF),
        current=BlobRef(row.current_digest, row.current_size, PDF),
        seats=tuple(_seat(seat) for seat in seats),
        ended=RoundEnd(row.ended) if row.ended else None,
        ended_at=row.ended_at,
        objection=objection,
    )


def _seat(row: _AnyRow) -> Seat:
    challenge = approval = signature = None
    if row.challenge_id:
        challenge = Challenge(row.challenge_id, row.challenge_expires_at, row.challenge_tries_left)
    if row.approved_at:
        approval = Approval(row.approved_at, row.method, row.shown_digest, row.reference)
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
        challenge=challenge,
        codes_since=row.codes_since,
        codes_asked=row.codes_asked,
        approval=approval,
        signature=signature,
    )


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
    }


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
        "objection_person": objection.person if objection else None,
        "objection_reason": objection.reason if objection else None,
    }
    _upsert(connection, rounds, {"document_id": document_id, "number": current.number}, values, {})
    for position, seat in enumerate(current.seats):
        key = {"document_id": document_id, "round": current.number, "field": seat.field}
        _upsert(connection, signatories, key, {"position": position, **_seat_values(seat)}, {})
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
        "challenge_id": asked.id if asked else None,
        "challenge_expires_at": asked.expires_at if asked else None,
        "challenge_tries_left": asked.tries_left if asked else None,
        "codes_since": seat.codes_since,
        "codes_asked": seat.codes_asked,
    }


def _signature_values(approval: Approval, signature: Signature | None) -> dict[str, object]:
    values: dict[str, object] = {
        "method": approval.method,
        "approved_at": approval.at,
        "shown_digest": approval.shown_digest,
        "reference": approval.reference,
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
