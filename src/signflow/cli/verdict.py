"""A validation in words, for a person and for a program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape

from signflow.blobs import fingerprint
from signflow.cli.output import say, say_fault, say_styled, show_pairs
from signflow.signing.report import Indication, SignatureReport, TimestampReport, ValidationReport
from signflow.texts import Texts

_STYLES = {
    Indication.TOTAL_PASSED: "bold green",
    Indication.INDETERMINATE: "yellow",
    Indication.TOTAL_FAILED: "bold red",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of one file.

    Attributes:
        report: None where the file cannot be read as a PDF; `code` and `sentence` then say why.
    """

    file: Path
    report: ValidationReport | None
    code: str = ""
    sentence: str = ""

    @property
    def passed(self) -> bool:
        """Whether all of it holds."""
        return self.report is not None and self.report.indication is Indication.TOTAL_PASSED


def account(verdict: Verdict) -> dict[str, Any]:
    """For `--json`. A file that is no PDF has the indication null, no signatures, and an error."""
    file = str(verdict.file)
    if verdict.report is None:
        error = {"code": verdict.code, "message": verdict.sentence}
        return {"file": file, "indication": None, "signatures": [], "error": error}
    return {"file": file, **json.loads(verdict.report.to_json())}


def show(verdict: Verdict, texts: Texts) -> None:
    """For a person."""
    report = verdict.report
    if report is None:
        say(verdict.file.name, "bold")
        say_fault(verdict.sentence)
        say()
        return
    style = _STYLES[report.indication]
    word = texts(f"signing.indication.{report.indication}")
    say_styled(f"[bold]{escape(verdict.file.name)}[/]  [{style}]{escape(word)}[/]")
    say(texts(f"signing.meaning.{report.indication}"))
    if report.sub_indication:
        say(_reason(report.sub_indication, texts))
    say()
    for signature in report.signatures:
        _show_signature(signature, texts)
    for stamp in report.document_timestamps:
        at = texts.instant(stamp.timestamp.at)
        say(texts("signing.timestamp.document", at=at, authority=stamp.timestamp.authority))
        say(_vouches(stamp.timestamp, texts), "dim", 2)
        say()
    say(texts("cli.verify.fingerprint", fingerprint=fingerprint(report.digest)), "dim")


def _show_signature(signature: SignatureReport, texts: Texts) -> None:
    style = _STYLES[signature.indication]
    say_styled(
        f"[{style}]●[/] [bold]{escape(signature.signatory)}[/]  {escape(signature.role or _kind(signature, texts))}"
    )
    pairs: list[tuple[str, str]] = []
    if signature.sub_indication:
        pairs.append((texts(f"signing.indication.{signature.indication}"), _reason(signature.sub_indication, texts)))
    if signature.signed_at:
        pairs.append((texts("signing.label.signed_at"), texts.instant(signature.signed_at)))
    if signature.timestamp:
        pairs.append((texts("signing.label.timestamp"), _vouches(signature.timestamp, texts)))
    level = texts(f"signing.level.{signature.level}")
    pairs += [
        (texts("signing.label.level"), f"{signature.level}. {level}"),
        (texts("signing.label.changes_since"), texts(f"signing.changes.{signature.changes_since}")),
    ]
    show_pairs(pairs, indent=2)
    say()


def _kind(signature: SignatureReport, texts: Texts) -> str:
    return texts(f"signing.kind.{signature.kind}")


def _vouches(stamp: TimestampReport, texts: Texts) -> str:
    return texts("signing.timestamp.local" if stamp.local else "signing.timestamp.external", authority=stamp.authority)


def _reason(sub_indication: str, texts: Texts) -> str:
    key = f"signing.reason.{sub_indication}"
    return texts(key) if key in texts else sub_indication
