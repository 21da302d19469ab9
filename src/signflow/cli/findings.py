"""Findings in words, for a person and for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from signflow.cli.output import say, say_styled
from signflow.texts import Texts, finding_sentence

Record = Mapping[str, Any]
_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def show_findings(texts: Texts, findings: Sequence[Record], unit: str) -> None:
    """Each finding with its place, what is wrong and what to do; `unit` is a `PlaceUnit`."""
    for finding in findings:
        style = _STYLES.get(finding["severity"], "cyan")
        severity = texts(f"cli.severity.{finding['severity']}")
        place = texts(f"cli.check.{unit}", line=finding["line"]) if finding["line"] else texts("cli.check.whole")
        say_styled(f"[{style}]{escape(severity)}[/] {escape(place)} [dim]· {escape(finding['code'])}[/]")
        say(finding_sentence(texts, finding, "message", unit), indent=2)
        remedy = finding_sentence(texts, finding, "remedy", unit)
        if remedy:
            say(f"→ {remedy}", "dim", 2)
        say()


def plain_findings(texts: Texts, findings: Sequence[Record], unit: str) -> list[dict[str, Any]]:
    """The findings for `--json`: with their sentences, without parameters; `unit` is a `PlaceUnit`."""
    return [
        {
            "code": finding["code"],
            "severity": finding["severity"],
            "line": finding["line"],
            "quote": finding["quote"],
            "message": finding_sentence(texts, finding, "message", unit),
            "remedy": finding_sentence(texts, finding, "remedy", unit),
        }
        for finding in findings
    ]
