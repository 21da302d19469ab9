"""One document on the command line: its state, who signs, what was found in it, and what has happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rich.markup import escape

from signflow.cli.findings import plain_findings, show_findings
from signflow.cli.output import Session, say, say_styled, show_table
from signflow.rounds.model import Document, Seat
from signflow.steps.check_draft import place_unit
from signflow.store.listing import count_errors
from signflow.store.outbox import OpenWork
from signflow.store.store import Store
from signflow.web.board import title_of, waits_for
from signflow.web.words import history_sentence, seat_notes, waiting_sentence


def document_account(store: Store, name: str, now: Session) -> dict[str, Any]:
    """For `--json`.

    Raises:
        NotFoundError: There is no such document.
    """
    document = store.load(name)
    versions = store.versions(document.id)
    archived = document.archived
    return {
        "id": document.id,
        "state": str(document.state),
        "title": document.title,
        "versions": len(versions),
        "findings": plain_findings(now.texts, versions[-1].findings, place_unit(document.draft.source)),
        "round": document.round.number if document.round else None,
        "signatories": [_seat_account(seat) for seat in _seats(document)],
        "adjusted_at": document.adjusted_at.isoformat() if document.adjusted_at else None,
        "archived_at": archived.at.isoformat() if archived else None,
        "pdf_digest": archived.pdf.digest if archived else None,
        "work": [_work_account(row) for row in store.open_work(document.id)],
        "history": [
            {"at": entry.at.isoformat(), "kind": entry.kind, "actor": entry.actor, **entry.data}
            for entry in store.history(document.id)
        ],
    }


def show_document(store: Store, name: str, now: Session) -> None:
    """For a person.

    Raises:
        NotFoundError: There is no such document.
    """
    t = now.texts
    document = store.load(name)
    versions, works = store.versions(document.id), store.open_work(document.id)
    today = t.day(dt.datetime.now(dt.UTC))
    waits, _ = waits_for(t, document, count_errors(versions[-1].findings), works, today)
    say(title_of(t, document), "bold")
    say_styled(f"{escape(t(f'states.state.{document.state}'))} [dim]· {escape(waits)} · {escape(document.id)}[/]")
    for row in works:
        if note := waiting_sentence(t, row):
            say(note, "yellow")
    say()
    findings = versions[-1].findings
    if findings:
        say(t("cli.status.findings"), "dim")
        show_findings(t, findings, place_unit(document.draft.source))
    if _seats(document):
        say(t("cli.status.signatories"), "dim")
        show_table(
            [t(f"cli.status.{heading}") for heading in ("person", "role", "standing")],
            [(seat.person, t(f"steps.roles.{seat.role}"), _standing(seat, now, today)) for seat in _seats(document)],
        )
        say()
    say(t("cli.status.history"), "dim")
    show_table(
        [t("cli.status.at"), t("cli.status.event")],
        [(t.stamp(entry.at), history_sentence(t, entry)) for entry in store.history(document.id)],
    )


def _seats(document: Document) -> tuple[Seat, ...]:
    return document.round.seats if document.round else ()


def _standing(seat: Seat, now: Session, today: dt.date) -> str:
    signed_at = (now.texts.instant(seat.signature.signed_at),) if seat.signature else ()
    return ", ".join((now.texts(f"states.standing.{seat.standing}"), *signed_at, *seat_notes(now.texts, seat, today)))


def _seat_account(seat: Seat) -> dict[str, Any]:
    return {
        "person": seat.person,
        "role": str(seat.role),
        "standing": str(seat.standing),
        "stands_in_for": seat.stands_in_for or None,
        "reminders": seat.reminders,
        "away_until": seat.away_until.isoformat() if seat.away_until else None,
        "signed_at": seat.signature.signed_at.isoformat() if seat.signature else None,
    }


def _work_account(row: OpenWork) -> dict[str, Any]:
    return {
        "kind": str(row.work.kind),
        "attempt": row.attempt,
        "waiting": row.waiting_code or None,
        "flow_run": row.flow_run_id or None,
    }
