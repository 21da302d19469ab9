"""The command `signflow`."""

from __future__ import annotations

import typer

from signflow.cli import archive, drafts, people, service
from signflow.cli.verify import verify

app = typer.Typer(
    name="signflow",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they may be secrets
    help="Minutes of a meeting from draft to signed, archived PDF/A.",
)
app.command()(service.up)
app.command()(drafts.check)
app.command()(drafts.render)
app.command()(drafts.submit)
app.command()(service.status)
app.command()(verify)
app.command()(service.reconcile)
app.add_typer(archive.app, name="archive")
app.add_typer(people.app, name="people")


def main() -> None:
    """Run the command line."""
    app()
