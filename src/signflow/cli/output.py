"""How the command line speaks: one console, one catalogue, one way to turn errors into exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from signflow.errors import IntegrityError, RefusedError, SettingsError, SignflowError, UnavailableError
from signflow.settings import Settings, load_settings
from signflow.texts import Language, Texts

EXIT_OK = 0
EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_LATER = 3

console = Console(highlight=False, soft_wrap=True)
problems = Console(stderr=True, highlight=False, soft_wrap=True)

Severity = str
_STYLES: dict[Severity, str] = {"error": "bold red", "warning": "yellow", "note": "cyan"}


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with: the settings and the person's language."""

    settings: Settings
    texts: Texts


def exit_code(error: SignflowError) -> int:
    """What the error tree says the process ends with."""
    if isinstance(error, SettingsError):
        return EXIT_USAGE
    if isinstance(error, UnavailableError):
        return EXIT_LATER
    return EXIT_FAULT if isinstance(error, (RefusedError, IntegrityError)) else EXIT_LATER


@contextmanager
def session(language: Language | None, **given: object) -> Generator[Session]:
    """Settings and catalogue; errors of ours are said in that language and end the process with their code."""
    texts: Texts | None = None
    try:
        settings = load_settings(**given)
        texts = Texts(settings.templates_folder, language or settings.language, settings.timezone)
        yield Session(settings, texts)
    except SignflowError as error:
        fail(error, texts)


def fail(error: SignflowError, texts: Texts | None) -> NoReturn:
    """Say what is wrong and end."""
    key = f"errors.{error.code}"
    sentence = texts(key, **error.params) if texts and key in texts else str(error)
    problems.print(f"[bold red]✗[/] {escape(sentence)}")
    raise typer.Exit(exit_code(error))


def print_json(value: object) -> None:
    """One JSON value on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def table(*headings: str) -> Table:
    """A plain table."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def finding_text(texts: Texts, finding: dict[str, Any], part: str) -> str:
    """`message` or `remedy` of a finding, in words."""
    params = {**finding["params"], "line": finding["line"] or "–", "quote": finding["quote"]}
    return texts(f"findings.{finding['code']}.{part}", **params)


def show_findings(texts: Texts, findings: list[dict[str, Any]]) -> None:
    """Each finding with its line, what is wrong and what to do."""
    for finding in findings:
        style = _STYLES[finding["severity"]]
        severity = texts(f"cli.severity.{finding['severity']}")
        place = texts("cli.check.line", line=finding["line"]) if finding["line"] else texts("cli.check.whole")
        console.print(f"[{style}]{severity}[/] [dim]{place} · {finding['code']}[/]")
        console.print(f"  {escape(finding_text(texts, finding, 'message'))}")
        console.print(f"  [dim]→ {escape(finding_text(texts, finding, 'remedy'))}[/]")


def plain_findings(texts: Texts, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings for `--json`: with their sentences, without parameters."""
    return [
        {
            "code": finding["code"],
            "severity": finding["severity"],
            "line": finding["line"],
            "quote": finding["quote"],
            "message": finding_text(texts, finding, "message"),
            "remedy": finding_text(texts, finding, "remedy"),
        }
        for finding in findings
    ]
