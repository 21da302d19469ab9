"""`signflow preflight`: whether PDFs are PDF/A-2a and PDF/UA-1, clause by clause; for any PDF."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from signflow.cli.files import read_file
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import EXIT_FAULT, print_json, say, say_styled, session, with_progress

if TYPE_CHECKING:
    from signflow.rendering.preflight.finding import Finding
    from signflow.texts import Texts

_LARGEST_PDF_BYTES = 500_000_000
_MOST_SHOWN = 50
_SEVERITIES = {"error": "bold red", "warning": "yellow", "unjudged": "cyan"}


class _Verdict(StrEnum):
    """What is to be said of one file."""

    CONFORMS = "conforms"
    BREAKS = "breaks"
    UNJUDGED = "unjudged"


_STYLES = {_Verdict.CONFORMS: "bold green", _Verdict.BREAKS: "bold red", _Verdict.UNJUDGED: "yellow"}


def preflight(
    files: Annotated[list[Path], typer.Argument(help="The PDF files.", show_default=False)],
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say whether the files are PDF/A-2a and PDF/UA-1, and which clauses they break where.

    The same check that each revision passes before its document moves.
    """
    with session(language, as_json=as_json) as now:
        from signflow.rendering.preflight.preflight import check_pdf

        judged = [
            (file, check_pdf(read_file(file, now.texts, _LARGEST_PDF_BYTES)))
            for file in with_progress(files, now.texts("preflight.says.judging"))
        ]
        if as_json:
            accounts = [_account(file, findings, now.texts) for file, findings in judged]
            print_json(accounts[0] if len(accounts) == 1 else accounts)
        else:
            for file, findings in judged:
                _show(file, findings, now.texts)
        if any(_verdict(findings) is not _Verdict.CONFORMS for _, findings in judged):
            raise typer.Exit(EXIT_FAULT)


def _verdict(findings: Sequence[Finding]) -> _Verdict:
    """A file that only contradicts itself where it may, conforms."""
    severities = {str(finding.severity) for finding in findings}
    if "error" in severities:
        return _Verdict.BREAKS
    return _Verdict.UNJUDGED if "unjudged" in severities else _Verdict.CONFORMS


def _account(file: Path, findings: Sequence[Finding], texts: Texts) -> dict[str, Any]:
    return {
        "file": str(file),
        "verdict": str(_verdict(findings)),
        "findings": [
            {
                "code": finding.code,
                "severity": str(finding.severity),
                "clauses": list(finding.clauses),
                "page": finding.page,
                "object": finding.object_number,
                "detail": finding.detail,
                "message": texts(f"preflight.rule.{finding.code}"),
            }
            for finding in findings
        ],
    }


def _show(file: Path, findings: Sequence[Finding], texts: Texts) -> None:
    verdict = _verdict(findings)
    said = texts(f"preflight.verdict.{verdict}")
    say_styled(f"[bold]{escape(file.name)}[/]  [{_STYLES[verdict]}]{escape(said)}[/]")
    count = sum(str(finding.severity) == "error" for finding in findings) or len(findings)
    say(texts(f"preflight.says.{verdict}", count=count))
    say()
    for finding in findings[:_MOST_SHOWN]:
        severity = texts(f"preflight.severity.{finding.severity}")
        style = _SEVERITIES[finding.severity]
        say_styled(f"[{style}]{escape(severity)}[/] {escape('; '.join(finding.clauses))} [dim]· {finding.code}[/]")
        say(" ".join(filter(None, (texts(f"preflight.rule.{finding.code}"), _place(finding, texts)))), indent=2)
    if len(findings) > _MOST_SHOWN:
        say(texts("preflight.says.more", count=len(findings) - _MOST_SHOWN))
    if findings:
        say()


def _place(finding: Finding, texts: Texts) -> str:
    page = texts("preflight.says.page", page=finding.page) if finding.page else ""
    number = texts("preflight.says.object", number=finding.object_number) if finding.object_number else ""
    place = ", ".join(filter(None, (page, number, finding.detail)))
    return f"({place})" if place else ""
