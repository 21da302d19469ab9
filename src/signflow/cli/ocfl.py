"""`signflow archive check FOLDER`: whether any OCFL object or storage root is valid, in the specification's own codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from signflow.cli.output import EXIT_FAULT, Session, print_json, say, say_styled, with_progress
from signflow.errors import SettingsError

if TYPE_CHECKING:
    from signflow.archive.ocfl_validation.findings import OcflFinding, OcflReport
    from signflow.texts import Texts

_MOST_PLACES = 10
_STYLES = {"error": "bold red", "warning": "yellow"}
_VERDICTS = {"valid": "bold green", "broken": "bold red", "unjudged": "yellow"}


def names_folder(given: str) -> bool:
    """Whether an argument is a folder's path, and not a document's name, which has no slash."""
    return "/" in given or given in {".", ".."}


def check_folder(folder: Path, now: Session, *, as_json: bool) -> None:
    """Judge the folder and say what was found.

    Raises:
        SettingsError: `ocfl-folder`.
        typer.Exit: With 1: a MUST is broken, or something could not be read.
    """
    from signflow.archive.ocfl_validation.validate import validate_ocfl

    judging = now.texts("ocfl.says.judging")
    try:
        report = validate_ocfl(folder, lambda places: with_progress(places, judging))
    except OSError as error:
        raise SettingsError("ocfl-folder", folder=str(folder), reason=error.strerror) from error
    if as_json:
        print_json(_account(folder, report, now.texts))
    else:
        _show(folder, report, now.texts)
    if not report.is_valid:
        raise typer.Exit(EXIT_FAULT)


def _severity(code: str) -> str:
    return "error" if code.startswith("E") else "warning"


def _counts(report: OcflReport) -> Counter[str]:
    """How many errors and warnings, with those that are not listed."""
    counts = Counter(_severity(finding.code) for finding in report.findings)
    for code, more in report.more.items():
        counts[_severity(code)] += more
    return counts


def _account(folder: Path, report: OcflReport, texts: Texts) -> dict[str, Any]:
    from signflow.archive.ocfl_validation.findings import source_of

    counts = _counts(report)
    return {
        "folder": _in_utf8(str(folder)),
        "valid": report.is_valid,
        "kind": str(report.kind),
        "ocfl": report.version,
        "objects": report.objects,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "findings": [
            {
                "code": finding.code,
                "severity": _severity(finding.code),
                "path": _in_utf8(finding.path),
                "what": _in_utf8(finding.what),
                "message": texts(f"ocfl.rule.{finding.code}"),
                "source": source_of(finding.code, report.version),
            }
            for finding in report.findings
        ],
        "more": dict(report.more),
        "unjudged": [{"path": _in_utf8(one.path), "reason": _reason(one.reason, texts)} for one in report.unjudged],
    }


def _show(folder: Path, report: OcflReport, texts: Texts) -> None:
    counts = _counts(report)
    verdict = "broken" if counts["error"] else "unjudged" if report.unjudged else "valid"
    said = texts(f"ocfl.verdict.{verdict}", version=report.version)
    say_styled(f"[bold]{escape(str(folder))}[/]  [{_VERDICTS[verdict]}]{escape(said)}[/]")
    numbers = {"objects": report.objects, "errors": counts["error"], "warnings": counts["warning"]}
    say(texts(f"ocfl.says.{report.kind}", **numbers))
    by_code = sorted(report.findings, key=lambda finding: (finding.code, finding.path))
    for code, findings in groupby(by_code, key=lambda finding: finding.code):
        _show_code(code, list(findings), report.more.get(code, 0), texts)
    if report.unjudged:
        say()
        say(texts("ocfl.says.unread"), "yellow")
        _show_places([f"{one.path}: {_reason(one.reason, texts)}" for one in report.unjudged], 0, texts)


def _show_code(code: str, findings: Sequence[OcflFinding], more: int, texts: Texts) -> None:
    severity = _severity(code)
    word, sentence = texts(f"ocfl.severity.{severity}"), texts(f"ocfl.rule.{code}")
    say()
    say_styled(f"[{_STYLES[severity]}]{escape(word)}[/] {code} [dim]·[/] {escape(sentence)}")
    here = texts("ocfl.says.here")
    places = [": ".join(part for part in (finding.path or here, finding.what) if part) for finding in findings]
    _show_places(places, more, texts)


def _show_places(places: Sequence[str], more: int, texts: Texts) -> None:
    for place in places[:_MOST_PLACES]:
        say(_printable(place), indent=2)
    left = len(places[_MOST_PLACES:]) + more
    if left:
        say(texts("ocfl.says.more", count=left), indent=2)


def _reason(reason: str, texts: Texts) -> str:
    return reason or texts("ocfl.says.too-large")


def _in_utf8(text: str) -> str:
    """With half characters, and bytes of a name that are no UTF-8, as Python writes them."""
    return text.encode("utf-8", "backslashreplace").decode()


def _printable(text: str) -> str:
    """A stranger's names must not steer the terminal: what cannot be printed is written as Python writes it."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
