"""`signflow verify`: who signed what, when, and whether it is intact; for any PDF."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signflow.cli.files import read_file
from signflow.cli.options import AsJson, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, Session, print_json, session, with_progress
from signflow.errors import RefusedError

if TYPE_CHECKING:
    from signflow.cli.verdict import Verdict
    from signflow.signing.trust import Trust

_LARGEST_PDF_BYTES = 500_000_000


def verify(
    files: Annotated[list[Path], typer.Argument(help="The PDF files.", show_default=False)],
    *,
    trust: Annotated[list[Path] | None, typer.Option("--trust", help="PEM file with roots to trust.")] = None,
    at: Annotated[dt.datetime | None, typer.Option(help="Validate as of this time; now if left out.")] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say who signed, when, and whether the files are intact.

    Trusts the organisation's own authority, if the data folder has one, and the roots that are given.
    """
    with session(language, as_json=as_json) as now:
        from signflow import wiring
        from signflow.cli import verdict

        trusted = wiring.open_trust(now.settings, trust or [])
        moment = instant(at)
        verdicts = [
            _judge(file, trusted, moment, now) for file in with_progress(files, now.texts("cli.verify.verifying"))
        ]
        if as_json:
            accounts = [verdict.account(one) for one in verdicts]
            print_json(accounts[0] if len(accounts) == 1 else accounts)
        else:
            for one in verdicts:
                verdict.show(one, now.texts)
        if not all(one.passed for one in verdicts):
            raise typer.Exit(EXIT_FAULT)


def _judge(file: Path, trusted: Trust, at: dt.datetime, now: Session) -> Verdict:
    """One file's verdict; a file that is no PDF has one too, so that it does not hide those of the others."""
    from signflow.cli.verdict import Verdict
    from signflow.signing.validation.validate import validate_pdf

    data = read_file(file, now.texts, _LARGEST_PDF_BYTES)
    try:
        return Verdict(file, validate_pdf(data, trusted, at=at))
    except RefusedError as error:
        return Verdict(file, None, error.code, now.texts(f"errors.{error.code}", **error.params))
