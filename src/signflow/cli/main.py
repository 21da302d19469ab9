"""The command `signflow`.

Modules here declare the commands and import only what that takes; what a command works with it imports when it runs, so
that `check` does not wait for the signing library to load.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from signflow.cli import archive, audit, ca, drafts, evidence, extract, people, service, svt, token, trust, webhooks
from signflow.cli.check import check
from signflow.cli.diff import diff
from signflow.cli.new import new
from signflow.cli.output import Run, discard_output, prepare_streams, say
from signflow.cli.preflight import preflight
from signflow.cli.verify import verify
from signflow.logs import configure_logging

app = typer.Typer(
    name="signflow",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Minutes of a meeting from draft to signed, archived PDF/A.",
    epilog="Exit codes: 0 done; 1 the document has errors or does not verify; 2 usage or settings; 3 not possible now.",
)
app.command()(service.up)
app.command()(new)
app.command()(check)
app.command()(drafts.render)
app.command()(diff)
app.command()(drafts.submit)
app.command()(drafts.immediate)
app.command()(service.status)
app.command()(verify)
app.command()(preflight)
app.command()(service.reconcile)
app.add_typer(archive.app, name="archive")
app.add_typer(audit.app, name="audit")
app.add_typer(ca.app, name="ca")
app.add_typer(evidence.app, name="evidence")
app.add_typer(extract.app, name="extract")
app.add_typer(people.app, name="people")
app.add_typer(svt.app, name="svt")
app.add_typer(token.app, name="token")
app.add_typer(trust.app, name="trust")
app.add_typer(webhooks.app, name="webhooks")


def main() -> None:
    """Run the command line. A reader who stops reading (`| head`) is no error."""
    prepare_streams()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()


def _print_version(wanted: bool) -> None:  # noqa: FBT001 -- what an option's callback is given
    if wanted:
        from importlib.metadata import version as version_of

        say(f"signflow {version_of('signflow')}")
        raise typer.Exit


@app.callback()
def _begin(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show where a defect is, for those who mend it.")] = False,
    version: Annotated[  # noqa: ARG001 -- its callback answers
        bool, typer.Option("--version", help="Say which version this is.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    Run.debug = debug
    configure_logging()
