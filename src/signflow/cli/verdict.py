"""A verification in words, for a person and for a program."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape

from signflow.blobs import fingerprint
from signflow.cli.output import say, say_fault, say_styled, show_pairs
from signflow.signing.evidence.validate import RecordReport
from signflow.signing.report import Indication
from signflow.steps.verify import Verified
from signflow.steps.verify_words import (
    Told,
    file_facts,
    reason_sentence,
    tell_document_timestamp,
    tell_revision,
    tell_signature,
    tell_statement,
    verdict_sentence,
    verdict_word,
)
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
        verified: None where the file cannot be read as a PDF; `code` and `sentence` then say why.
        record: What the evidence record beside it proves; None where none was given.
    """

    file: Path
    verified: Verified | None
    record: RecordReport | None = None
    code: str = ""
    sentence: str = ""

    @property
    def passed(self) -> bool:
        """Whether all of it holds: the file's own signatures, and what was given beside it."""
        if self.verified is None or self.verified.report.indication is not Indication.TOTAL_PASSED:
            return False
        beside = [one.report.indication for one in self.verified.statements if not one.field]
        beside += [self.record.indication] if self.record else []
        return all(one is Indication.TOTAL_PASSED for one in beside)


def account(verdict: Verdict) -> dict[str, Any]:
    """For `--json`. A file that is no PDF has the indication null, no signatures, and an error."""
    file, record = str(verdict.file), _plain(verdict.record)
    if verdict.verified is None:
        error = {"code": verdict.code, "message": verdict.sentence}
        return {"file": file, "indication": None, "signatures": [], "error": error, "evidence": record}
    tokens = [{"carried_in": one.field or None, **_plain(one.report)} for one in verdict.verified.statements]
    return {"file": file, **json.loads(verdict.verified.report.to_json()), "tokens": tokens, "evidence": record}


def show(verdict: Verdict, texts: Texts, *, details: bool) -> None:
    """For a person; with details, for one who wants all of it."""
    if verdict.verified is None:
        say(verdict.file.name, "bold")
        say_fault(verdict.sentence)
    else:
        _show_verified(verdict.file, verdict.verified, texts, details=details)
    if verdict.record:
        _show_record(verdict.record, texts)
    say()


def _show_verified(file: Path, verified: Verified, texts: Texts, *, details: bool) -> None:
    report = verified.report
    word = verdict_word(report, texts)
    say_styled(f"[bold]{escape(file.name)}[/]  [{_STYLES[report.indication]}]{escape(word)}[/]")
    say(verdict_sentence(report, texts))
    say()
    told = [tell_signature(one, report.at, texts) for one in report.signatures]
    told += [tell_document_timestamp(one, report.at, texts) for one in report.document_timestamps]
    told += [tell_statement(one, texts) for one in verified.statements]
    for one in told:
        _show_one(one, details=details)
    if details:
        say(texts("verify.cli.revisions", count=len(report.revisions)), "bold")
        for revision in report.revisions:
            say(f"{revision.number}. {tell_revision(revision, texts)}", indent=2)
        say()
        show_pairs(file_facts(report, texts))
    else:
        say(f"{texts('verify.file.fingerprint')} {fingerprint(report.digest)}", "dim")


def _show_one(one: Told, *, details: bool) -> None:
    style = _STYLES[one.indication]
    verdict = "" if one.indication is Indication.TOTAL_PASSED else f"  [{style}]{escape(one.word)}[/]"
    say_styled(f"[{style}]●[/] [bold]{escape(one.name)}[/]  {escape(one.about)}{verdict}")
    for sentence in (one.reason, *one.sentences):
        if sentence:
            say(sentence, indent=2)
    if details and one.facts:
        say()
        show_pairs(one.facts, indent=4)
    say()


def _show_record(record: RecordReport, texts: Texts) -> None:
    at = texts.instant(record.proven_at) if record.proven_at else ""
    reason = reason_sentence(record.sub_indication, texts)
    sentence = texts(f"evidence.indication.{record.indication}", at=at, reason=reason)
    say_styled(f"[{_STYLES[record.indication]}]●[/] [bold]{escape(texts('verify.evidence.heading'))}[/]")
    say(sentence, indent=2)


def _plain(value: object) -> Any:
    """As JSON has it: dataclasses as objects, instants in UTC."""
    return json.loads(json.dumps(value, default=_as_json))


def _as_json(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(type(value))
