"""`signflow webhooks …`: what systems elsewhere have not been told."""

from __future__ import annotations

from typing import Annotated

import typer

from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import print_json, say, say_done, session, show_table

app = typer.Typer(no_args_is_help=True, help="Webhooks: what systems elsewhere have not taken, and trying again.")
_COLUMNS = ("hook", "event", "document", "asked", "tries", "state", "reason")


@app.command("list")
def list_deliveries(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """List what waits and what was given up, and the webhooks that are stopped."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.store.deliveries import Deliveries

        database = wiring.open_database(now.settings)
        try:
            deliveries = Deliveries(database, wiring.now)
            missed, stopped = deliveries.undelivered(), deliveries.stopped()
        finally:
            database.close()
        if as_json:
            fields = ("id", "hook", "event", "document_id", "asked_at", "tries", "next_at", "given_up_at", "reason")
            rows = [{name: getattr(one, name) for name in fields} for one in missed]
            print_json({"stopped": list(stopped), "deliveries": rows})
            return
        for hook in stopped:
            say(now.texts("cli.webhooks.stopped", hook=hook))
        if missed:
            show_table(
                [now.texts(f"cli.webhooks.{name}") for name in _COLUMNS],
                [
                    (
                        one.hook,
                        one.event,
                        one.document_id,
                        one.asked_at.isoformat(" ", "seconds"),
                        str(one.tries),
                        now.texts("cli.webhooks.given_up" if one.given_up_at else "cli.webhooks.waits"),
                        one.reason,
                    )
                    for one in missed
                ],
            )
        elif not stopped:
            say(now.texts("cli.webhooks.none"))


@app.command("retry")
def retry(
    hook: Annotated[str, typer.Argument(help="Which: its name in the settings.", show_default=False)],
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Let a webhook go on that is stopped, and send it what waits or was given up."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.store.deliveries import Deliveries

        database = wiring.open_database(now.settings)
        try:
            count = Deliveries(database, wiring.now).retry(hook, [one.name for one in now.settings.webhooks])
        finally:
            database.close()
        if as_json:
            print_json({"retried": count})
        else:
            say_done(now.texts("cli.webhooks.retried", count=count))
