"""`signflow verify`: who signed what, when, and whether it is intact; for any PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signflow.cli.files import read_file, write_file
from signflow.cli.options import AsJson, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, Session, print_json, say, say_done, session, with_progress
from signflow.errors import RefusedError, SettingsError

if TYPE_CHECKING:
    from signflow.cli.verdict import Verdict
    from signflow.signing.evidence.validate import RecordReport
    from signflow.signing.trust import Trust

_LARGEST_PDF_BYTES = 500_000_000
_LARGEST_TOKEN_BYTES = 1_000_000
_REPORTS = (".json", ".xml")


@dataclass(frozen=True, slots=True)
class _By:
    """By what files are judged: whom to believe, as of when, and what stands beside the file."""

    trust: Trust
    at: dt.datetime
    record: Path | None
    token: Path | None


def verify(  # noqa: PLR0913 -- one for each option
    files: Annotated[list[Path], typer.Argument(help="The PDF files.", show_default=False)],
    *,
    details: Annotated[
        bool, typer.Option("--details", help="Also certificates, timestamps, algorithms and revisions.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Save the report: .xml (TS 119 102-2) or .json.")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="Evidence record (RFC 4998) that stands beside the file.")
    ] = None,
    token: Annotated[
        Path | None, typer.Option("--token", help="Validation token (RFC 9321) that stands beside the file.")
    ] = None,
    trust: Annotated[list[Path] | None, typer.Option("--trust", help="PEM file with roots to trust.")] = None,
    at: Annotated[dt.datetime | None, typer.Option(help="Validate as of this time; now if left out.")] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say who signed, when, and whether the files are intact.

    Trusts the organisation's own authority, if the data folder has one, and the roots that are given.
    """
    with session(language, as_json=as_json) as now:
        _require_one(files, {"--report": report, "--evidence": evidence, "--token": token})
        if report and report.suffix.lower() not in _REPORTS:
            raise SettingsError("verify-report-kind", file=str(report), suffixes=", ".join(_REPORTS))
        from signflow import wiring
        from signflow.cli import verdict

        by = _By(wiring.open_trust(now.settings, trust or []), instant(at), evidence, token)
        verdicts = [_judge(file, by, now) for file in with_progress(files, now.texts("cli.verify.verifying"))]
        if as_json:
            accounts = [verdict.account(one) for one in verdicts]
            print_json(accounts[0] if len(accounts) == 1 else accounts)
        else:
            for one in verdicts:
                verdict.show(one, now.texts, details=details)
            if not details and any(one.verified for one in verdicts):
                say(now.texts("verify.cli.details"), "dim")
        if report and verdicts[0].verified:
            found = verdicts[0].verified
            write_file(
                report, found.xml if report.suffix.lower() == ".xml" else found.report.to_json().encode(), now.texts
            )
            if not as_json:
                say_done(now.texts("verify.cli.report", file=report))
        if not all(one.passed for one in verdicts):
            raise typer.Exit(EXIT_FAULT)


def _require_one(files: list[Path], options: dict[str, Path | None]) -> None:
    given = next((name for name, value in options.items() if value), None)
    if given and len(files) > 1:
        raise SettingsError("verify-one-file", option=given)


def _judge(file: Path, by: _By, now: Session) -> Verdict:
    """One file's verdict; a file that is no PDF has one too, so that it does not hide those of the others."""
    from signflow.cli.verdict import Verdict
    from signflow.steps.verify import verify_file

    data = read_file(file, now.texts, _LARGEST_PDF_BYTES)
    tokens = (
        [read_file(by.token, now.texts, _LARGEST_TOKEN_BYTES).decode("utf-8", "replace").strip()] if by.token else []
    )
    record = _judge_record(by.record, file, by, now) if by.record else None
    try:
        return Verdict(file, verify_file(data, by.trust, at=by.at, tokens=tokens), record)
    except RefusedError as error:
        return Verdict(file, None, record, error.code, now.texts(f"errors.{error.code}", **error.params))


def _judge_record(record: Path, file: Path, by: _By, now: Session) -> RecordReport:
    from signflow.cli.files import reading
    from signflow.signing.evidence.records import RECORD_LIMIT_BYTES, read_record
    from signflow.signing.evidence.validate import read_data_object, validate_record

    parsed = read_record(read_file(record, now.texts, RECORD_LIMIT_BYTES))
    with reading(file, now.texts):
        data_object = read_data_object(file, parsed.digests)
    return validate_record(parsed, [data_object], by.trust, at=by.at, algorithms=by.trust.algorithms)
