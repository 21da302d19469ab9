"""`signflow verify`: who signed what, when, and whether it is intact; for any PDF."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from signflow import wiring
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import EXIT_FAULT, console, print_json, session
from signflow.signing.report import Indication, SignatureReport, ValidationReport
from signflow.signing.validation import validate_pdf
from signflow.texts import Texts

_STYLES = {
    Indication.TOTAL_PASSED: "bold green",
    Indication.INDETERMINATE: "yellow",
    Indication.TOTAL_FAILED: "bold red",
}


def verify(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="The PDF files.")],
    *,
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", exists=True, dir_okay=False, help="PEM file with roots to trust.")
    ] = None,
    at: Annotated[dt.datetime | None, typer.Option(help="Validate as of this time; now if left out.")] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say who signed, when, and whether the files are intact.

    Trusts the organisation's own authority, if the data folder has one, and the roots that are given.
    """
    with session(language) as now:
        trusted = wiring.open_trust(now.settings, trust or [])
        moment = at.astimezone() if at else wiring.now()
        reports = [validate_pdf(file.read_bytes(), trusted, at=moment) for file in files]
        if as_json:
            accounts = [_account(file, report) for file, report in zip(files, reports, strict=True)]
            print_json(accounts[0] if len(accounts) == 1 else accounts)
        else:
            for file, report in zip(files, reports, strict=True):
                _show(file, report, now.texts)
        if any(report.indication is not Indication.TOTAL_PASSED for report in reports):
            raise typer.Exit(EXIT_FAULT)


def _account(file: Path, report: ValidationReport) -> dict[str, Any]:
    return {"file": str(file), **json.loads(report.to_json())}


def _show(file: Path, report: ValidationReport, texts: Texts) -> None:
    style = _STYLES[report.indication]
    console.print(f"[bold]{escape(file.name)}[/]  [{style}]{texts(f'signing.indication.{report.indication}')}[/]")
    if report.sub_indication:
        console.print(f"  [dim]{escape(report.sub_indication)}[/]")
    for signature in report.signatures:
        _show_signature(signature, texts)
    for stamp in report.document_timestamps:
        _line(texts("cli.verify.document_timestamp"), texts.instant(stamp.timestamp.at))
    console.print(f"  [dim]SHA-256 {report.digest}[/]")


def _show_signature(signature: SignatureReport, texts: Texts) -> None:
    style = _STYLES[signature.indication]
    console.print(f"  [{style}]●[/] [bold]{escape(signature.signatory)}[/] {escape(signature.role)}")
    if signature.signed_at:
        local = texts("cli.verify.local") if signature.timestamp and signature.timestamp.local else ""
        _line(texts("cli.verify.signed"), f"{texts.instant(signature.signed_at)} {local}")
    _line(texts("cli.verify.level"), str(signature.level))
    _line(texts("cli.verify.changes"), texts(f"signing.changes.{signature.changes_since}"))
    if signature.sub_indication:
        _line(texts("cli.verify.why"), signature.sub_indication)


def _line(label: str, value: str) -> None:
    console.print(f"      [dim]{label}[/] {escape(value.strip())}")
