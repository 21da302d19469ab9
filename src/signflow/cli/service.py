"""`signflow up`, `status`, `reconcile`: the service and what it has in hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import EXIT_FAULT, Session, print_json, say, say_done, say_fault, session, show_pairs
from signflow.logs import configure_service_log

if TYPE_CHECKING:
    from signflow.service.up import Addresses
    from signflow.steps.reconcile import Reconciliation


def up(
    *,
    data: Annotated[Path | None, typer.Option(help="The data folder; the setting if left out.")] = None,
    port: Annotated[int | None, typer.Option(help="The web's port; the setting if left out.")] = None,
    language: InLanguage = None,
) -> None:
    """Start signflow and stay until Ctrl-C."""
    given: dict[str, Any] = {name: value for name, value in (("data", data), ("port", port)) if value is not None}
    configure_service_log()
    with session(language, **given) as now:
        say(now.texts("cli.up.starting", data=now.settings.data))
        from signflow.service.serving import run_until_told
        from signflow.service.up import serve

        run_until_told(lambda stop: serve(now.settings, lambda addresses: _welcome(addresses, now), stop))
        say(now.texts("cli.up.stopped"))


def status(
    document: Annotated[str | None, typer.Argument(help="One document; the board if left out.")] = None,
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say where documents are, what waits, and why."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.cli.board import board_account, show_board
        from signflow.cli.document import document_account, show_document
        from signflow.store.store import Store

        store = Store(wiring.open_database(now.settings), wiring.now)
        try:
            if as_json:
                print_json(document_account(store, document, now) if document else board_account(store))
            elif document:
                show_document(store, document, now)
            else:
                show_board(store, now)
        finally:
            store.close()


def reconcile(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Recompute the audit chain, ask again for work that is missing, and try at once what waits."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.steps.reconcile import reconcile as reconcile_all

        ports = wiring.build_ports(now.settings)
        try:
            found = reconcile_all(ports)
        finally:
            wiring.close_ports(ports)
        _report(found, now, as_json=as_json)
        if found.faults:
            raise typer.Exit(EXIT_FAULT)


def _welcome(addresses: Addresses, now: Session) -> None:
    places = {
        "web": f"{addresses.web}/",
        "inbox": str(addresses.inbox),
        "mails": str(addresses.mails),
        "prefect": addresses.prefect,
    }
    say()
    show_pairs([(now.texts(f"cli.up.{name}"), place) for name, place in places.items()], indent=2)
    say()
    say(now.texts("cli.up.next"))


def _report(found: Reconciliation, now: Session, *, as_json: bool) -> None:
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
        return
    for name, code in found.faults:
        say_fault(now.texts(f"errors.{code}", document=name))
    counts = {
        "documents": found.documents,
        "entries": found.audit_entries,
        "asked": len(found.asked_again),
        "hurried": found.hurried,
    }
    show_pairs([(now.texts(f"cli.reconcile.{name}"), str(count)) for name, count in counts.items()])
    if not found.faults:
        say_done(now.texts("cli.reconcile.agrees"))
