"""`signflow up`, `status`, `reconcile`: the service and what it has in hand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.markup import escape

from signflow import wiring
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import EXIT_FAULT, Session, console, plain_findings, print_json, session, show_findings, table
from signflow.rounds.model import Document, State
from signflow.service.up import Addresses, serve
from signflow.steps.reconcile import reconcile as reconcile_all
from signflow.store.outbox import OpenWork
from signflow.store.store import Store


def up(
    *,
    data: Annotated[Path | None, typer.Option(help="The data folder; the setting if left out.")] = None,
    port: Annotated[int | None, typer.Option(help="The web's port; the setting if left out.")] = None,
    language: InLanguage = None,
) -> None:
    """Start signflow and stay until Ctrl-C."""
    structlog.configure(processors=[*_LOG_PROCESSORS, structlog.dev.ConsoleRenderer(colors=False)])
    given = {name: value for name, value in (("data", data), ("port", port)) if value is not None}
    with session(language, **given) as now:
        console.print(now.texts("cli.up.starting", data=escape(str(now.settings.data))))
        asyncio.run(serve(now.settings, lambda addresses: _welcome(addresses, now)))
        console.print(now.texts("cli.up.stopped"))


def status(
    document: Annotated[str | None, typer.Argument(help="One document; the board if left out.")] = None,
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say where documents are, what waits, and why."""
    with session(language) as now:
        store = Store(wiring.open_database(now.settings), wiring.now)
        if document is None:
            _show_board(store, now, as_json=as_json)
        else:
            _show_document(store, store.load(document), now, as_json=as_json)


def reconcile(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Recompute the audit chain, ask again for work that is missing, and try at once what waits."""
    with session(language) as now:
        found = reconcile_all(wiring.build_ports(now.settings))
        if as_json:
            print_json(
                {
                    "documents": found.documents,
                    "audit_entries": found.audit_entries,
                    "asked_again": list(found.asked_again),
                    "hurried": found.hurried,
                    "faults": [{"document": name, "code": code} for name, code in found.faults],
                }
            )
        else:
            console.print(
                now.texts(
                    "cli.reconcile.done",
                    documents=found.documents,
                    entries=found.audit_entries,
                    asked=len(found.asked_again),
                    hurried=found.hurried,
                    faults=len(found.faults),
                )
            )
            for name, code in found.faults:
                console.print(f"  [bold red]{escape(name)}[/] {escape(now.texts(f'errors.{code}', document=name))}")
        if found.faults:
            raise typer.Exit(EXIT_FAULT)


_LOG_PROCESSORS: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="%H:%M:%S"),
    structlog.processors.format_exc_info,
]


def _welcome(addresses: Addresses, now: Session) -> None:
    rows = table("", "")
    rows.show_header = False
    for name, value in (
        ("web", f"{addresses.web}/"),
        ("inbox", str(addresses.inbox)),
        ("mails", str(addresses.mails)),
        ("prefect", addresses.prefect),
    ):
        rows.add_row(f"[dim]{now.texts(f'cli.up.{name}')}[/]", escape(value))
    console.print(rows)
    console.print(now.texts("cli.up.next"))


def _show_board(store: Store, now: Session, *, as_json: bool) -> None:
    listed = store.documents()
    waiting = {row.work.subject: row for row in store.open_work() if row.waiting_code}
    if as_json:
        print_json(
            [
                {
                    "id": line.id,
                    "state": str(line.state),
                    "title": line.title,
                    "body": line.body,
                    "date": line.meeting_on,
                    "updated_at": line.updated_at.isoformat(),
                    "waiting": waiting[line.id].waiting_code if line.id in waiting else None,
                }
                for line in listed
            ]
        )
        return
    rows = table(*(now.texts(f"cli.status.{name}") for name in ("document", "state", "date", "title", "waits")))
    for line in listed:
        row = waiting.get(line.id)
        date = line.meeting_on.isoformat() if line.meeting_on else "–"
        rows.add_row(line.id, _state(line.state, now), date, escape(line.title), _why(row, now) if row else "")
    console.print(rows if listed else now.texts("cli.status.nothing"))


def _show_document(store: Store, document: Document, now: Session, *, as_json: bool) -> None:
    versions, history, rows = store.versions(document.id), store.history(document.id), store.open_work(document.id)
    seats = document.round.seats if document.round else ()
    findings = [dict(finding) for finding in versions[-1].findings]
    if as_json:
        print_json(
            {
                "id": document.id,
                "state": str(document.state),
                "title": document.title,
                "versions": len(versions),
                "findings": plain_findings(now.texts, findings),
                "round": document.round.number if document.round else None,
                "signatories": [
                    {
                        "person": seat.person,
                        "role": str(seat.role),
                        "standing": str(seat.standing),
                        "signed_at": seat.signature.signed_at.isoformat() if seat.signature else None,
                    }
                    for seat in seats
                ],
                "adjusted_at": document.adjusted_at.isoformat() if document.adjusted_at else None,
                "archived_at": document.archived.at.isoformat() if document.archived else None,
                "pdf_digest": document.archived.pdf.digest if document.archived else None,
                "work": [
                    {
                        "kind": str(row.work.kind),
                        "attempt": row.attempt,
                        "waiting": row.waiting_code or None,
                        "flow_run": row.flow_run_id or None,
                    }
                    for row in rows
                ],
                "history": [
                    {"at": entry.at.isoformat(), "kind": entry.kind, "actor": entry.actor, **entry.data}
                    for entry in history
                ],
            }
        )
        return
    console.print(f"[bold]{escape(document.title)}[/]  {_state(document.state, now)}")
    show_findings(now.texts, findings)
    for seat in seats:
        console.print(f"  {escape(seat.person)} · {now.texts(f'steps.roles.{seat.role}')} · {seat.standing}")
    for row in rows:
        console.print(f"  [yellow]{row.work.kind}[/] {_why(row, now)}")
    for entry in history:
        console.print(f"  [dim]{now.texts.stamp(entry.at)}[/] {entry.kind} · {escape(entry.actor)}")


def _state(state: State, now: Session) -> str:
    return now.texts(f"states.{state}.name")


def _why(row: OpenWork, now: Session) -> str:
    if not row.waiting_code:
        return ""
    key = f"errors.{row.waiting_code}"
    return escape(now.texts(key, **row.waiting_params) if key in now.texts else row.waiting_code)
