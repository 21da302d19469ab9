"""Findings in words, for a person and for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from signflow.cli.output import say, say_styled
from signflow.texts import Texts

Record = Mapping[str, Any]
_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def show_findings(texts: Texts, findings: Sequence[Record]) -> None:
    """Each finding with its line, what is wrong and what to do."""
    for finding in findings:
        style = _STYLES.get(finding["severity"], "cyan")
        severity = texts(f"cli.severity.{finding['severity']}")
        place = texts("cli.check.line", line=finding["line"]) if finding["line"] else texts("cli.check.whole")
        say_styled(f"[{style}]{escape(severity)}[/] {escape(place)} [dim]· {escape(finding['code'])}[/]")
        say(_sentence(texts, finding, "message"), indent=2)
        remedy = _sentence(texts, finding, "remedy")
        if remedy:
            say(f"→ {remedy}", "dim", 2)
        say()


def plain_findings(texts: Texts, findings: Sequence[Record]) -> list[dict[str, Any]]:
    """The findings for `--json`: with their sentences, without parameters."""
    return [
        {
            "code": finding["code"],
            "severity": finding["severity"],
            "line": finding["line"],
            "quote": finding["quote"],
            "message": _sentence(texts, finding, "message"),
            "remedy": _sentence(texts, finding, "remedy"),
        }
        for finding in findings
    ]


def _sentence(texts: Texts, finding: Record, part: str) -> str:
    key = f"findings.{finding['code']}.{part}"
    if key not in texts:  # written by a version that knew other findings
        return str(finding["code"]) if part == "message" else ""
    return texts(key, **{**finding["params"], "line": finding["line"] or "–", "quote": finding["quote"]})
