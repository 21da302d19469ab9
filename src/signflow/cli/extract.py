"""`signflow extract …`: extracts of archived minutes, for those concerned."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import EXIT_FAULT, Session, fail, print_json, say_done, session

if TYPE_CHECKING:
    from signflow.rounds.sendings import Sending

app = typer.Typer(no_args_is_help=True, help="Extracts of archived minutes, for those concerned.")


@app.callback()
def _group() -> None:
    """Typer makes a group of a single command only if there is a callback."""


@app.command()
def send(  # noqa: PLR0913 -- the command's options
    document: Annotated[
        str, typer.Argument(help="The document's name, as `signflow status` shows it.", show_default=False)
    ],
    *,
    item: Annotated[
        list[int], typer.Option(min=0, help="The item's number; several times for several.", show_default=False)
    ],
    to: Annotated[
        list[str],
        typer.Option(
            help="An address, `Name <address>`, or a name in the people register; several times for several.",
            show_default=False,
        ),
    ],
    unmasked: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Send the item, one alone, with what the web copy masks, and why."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also to those who have got the item already.")] = False,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Send items as extracts, masked, in one letter to each; the letters go when the service runs."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.errors import SettingsError
        from signflow.rounds.outcome import Refusal
        from signflow.steps.extracts import Choice, Order, send_extracts
        from signflow.steps.recipients import read_recipients

        numbers = list(dict.fromkeys(item))
        if unmasked is not None and len(numbers) > 1:
            raise SettingsError("unmasked-takes-one-item")
        ports = wiring.build_ports(now.settings)
        try:
            present = ports.store.load(document)
            outcome = read_recipients(ports, to, ())
            if not isinstance(outcome, Refusal):
                choices = tuple(Choice(one, unmasked is not None, unmasked or "") for one in numbers)
                order = Order(secrets.token_urlsafe(16), choices, outcome, again)
                outcome = send_extracts(ports, present, order, "command line")
        finally:
            wiring.close_ports(ports)
        if isinstance(outcome, Refusal):
            from signflow.web.words import refusal_sentence

            fail(outcome.code, refusal_sentence(now.texts, outcome), EXIT_FAULT, as_json=as_json)
        _show(present.id, outcome.document.sendings[-1], now, as_json=as_json)


def _show(document: str, sending: Sending, now: Session, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "document": document,
                "sending": sending.number,
                "items": [{"item": one.number, "label": one.label, "masked": one.masked} for one in sending.items],
                "recipients": [{"person": one.person, "address": one.address} for one in sending.recipients],
            }
        )
        return
    for one in sending.recipients:
        items = ", ".join(
            now.texts("cli.extract.masked", item=what.label) if what.masked else what.label for what in sending.items
        )
        say_done(now.texts("cli.extract.sent", items=items, recipient=one.named))
