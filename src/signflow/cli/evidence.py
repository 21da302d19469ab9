"""`signflow evidence …`: proof, outside the PDF, that archived documents existed as they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signflow.cli.files import read_file, reading, write_file
from signflow.cli.options import AsJson, InLanguage, instant
from signflow.cli.output import (
    EXIT_FAULT,
    Session,
    exit_code,
    print_json,
    say,
    say_done,
    say_fault,
    sentence_of,
    session,
    show_table,
    with_progress,
)

if TYPE_CHECKING:
    from signflow.signing.evidence.planner import Outlook
    from signflow.signing.evidence.validate import DataObject, RecordReport
    from signflow.steps.evidence_status import EvidenceStatus
    from signflow.steps.renew_evidence import EvidenceRun

app = typer.Typer(no_args_is_help=True, help="Proof, outside the PDF, that archived documents existed as they are.")


@app.command()
def status(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Say until when what is archived is protected, and what is called for."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.steps.evidence_status import read_status

        with wiring.open_archive(now.settings) as archive:
            found = read_status(archive, wiring.renewal_rules(now.settings), wiring.now())
        if as_json:
            print_json(_status_account(found))
        else:
            _show_status(found, now)
        if found.lapsed:
            raise typer.Exit(EXIT_FAULT)


@app.command()
def export(
    document: Annotated[
        str, typer.Argument(help="The document's name, as `signflow archive list` shows it.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write, for example minutes.ers.")],
    *,
    language: InLanguage = None,
) -> None:
    """Write the evidence record (RFC 4998) of one document."""
    with session(language) as now:
        now.require_data()
        from signflow import wiring
        from signflow.steps.evidence_batches import export_record

        with wiring.open_archive(now.settings) as archive:
            record, leaf = export_record(archive, document)
        data = record.to_der()
        write_file(output, data, now.texts)
        say_done(now.texts("evidence.export.done", document=document, file=output, size=len(data)))
        say(now.texts("evidence.export.speaks"), indent=2)
        for name in leaf.files:
            say(name, indent=4)
        say(now.texts("evidence.export.verify", file=output), "dim", 2)


@app.command()
def verify(  # noqa: PLR0913 -- one for each option
    record: Annotated[Path, typer.Argument(help="The evidence record.", show_default=False)],
    files: Annotated[list[Path], typer.Argument(help="The files that it is to speak of.", show_default=False)],
    *,
    trust: Annotated[list[Path] | None, typer.Option("--trust", help="PEM file with roots to trust.")] = None,
    at: Annotated[dt.datetime | None, typer.Option(help="Validate as of this time; now if left out.")] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say since when the files are proven to have existed as they are.

    Needs no archive and no network. Trusts the organisation's own authority, if the data folder has one, and the roots
    that are given.
    """
    with session(language, as_json=as_json) as now:
        from signflow import wiring
        from signflow.signing.evidence.records import RECORD_LIMIT_BYTES, read_record
        from signflow.signing.evidence.validate import read_data_object, validate_record
        from signflow.signing.report import Indication

        parsed = read_record(read_file(record, now.texts, RECORD_LIMIT_BYTES))
        objects: list[DataObject] = []
        for file in files:
            with reading(file, now.texts):
                objects.append(read_data_object(file, parsed.digests))
        trusted = wiring.open_trust(now.settings, trust or [])
        algorithms = wiring.renewal_rules(now.settings).algorithms
        report = validate_record(parsed, objects, trusted, at=instant(at), algorithms=algorithms)
        if as_json:
            print_json(_report_account(report))
        else:
            _show_report(report, now)
        if report.indication is not Indication.TOTAL_PASSED:
            raise typer.Exit(EXIT_FAULT)


@app.command()
def renew(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Do now what the daily run does: bring new documents under evidence, and renew what is due.

    May be run while signflow runs.
    """
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.steps.renew_evidence import renew_evidence

        ports = wiring.build_ports(now.settings)
        try:
            run = renew_evidence(ports)
        finally:
            wiring.close_ports(ports)
        if as_json:
            print_json(_run_account(run, now))
        else:
            _show_run(run, now)
        if run.faults:
            raise typer.Exit(min(exit_code(error) for _, error in run.faults))


@app.command()
def check(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Hold all evidence against its timestamps and against the documents that it speaks of."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.steps.check_evidence import check_evidence

        ports = wiring.build_ports(now.settings)
        try:
            found = check_evidence(ports, lambda batches: with_progress(batches, now.texts("evidence.check.checking")))
        finally:
            wiring.close_ports(ports)
        faults = [(one.batch, one.document, sentence_of(one.error, now.texts), one.error.code) for one in found.faults]
        if as_json:
            names = ("batch", "document", "sentence", "code")
            account = [dict(zip(names, fault, strict=True)) for fault in faults]
            print_json({"batches": found.batches, "documents": found.documents, "faults": account})
        else:
            for batch, document, sentence, _ in faults:
                kind = "document" if document else "fault"
                say_fault(now.texts(f"evidence.check.{kind}", batch=batch, document=document, sentence=sentence))
            sentence = now.texts(
                "evidence.check.done", batches=found.batches, documents=found.documents, faults=len(faults)
            )
            (say if faults else say_done)(sentence)
        if faults:
            raise typer.Exit(EXIT_FAULT)


def _show_status(found: EvidenceStatus, now: Session) -> None:
    texts = now.texts
    plan, until = found.plan, found.plan.until
    if plan.protected and until:
        say_done(texts("evidence.status.protected", until=texts.date(until.date()), count=plan.protected))
    elif found.waiting:
        say(texts("evidence.status.none"))
    else:
        say(texts("evidence.status.nothing"))
    if found.waiting:
        say(texts("evidence.status.waiting", count=found.waiting))
    if found.lapsed:
        say_fault(texts("evidence.status.lapsed", batches=found.lapsed))
    if found.due:
        say(texts("evidence.status.due", batches=found.due))
    if plan.alone_until:
        say(texts("evidence.status.alone", until=texts.date(plan.alone_until.date())))
    if any(one.holding.newest.local for one in plan.outlooks):
        say(texts("evidence.status.local"), "dim")
    if plan.outlooks:
        say()
        columns = ("batch", "documents", "until", "because", "calls")
        rows = [_status_row(one, now) for one in plan.outlooks]
        show_table([texts(f"evidence.column.{name}") for name in columns], rows, counts={0, 1})


def _status_row(one: Outlook, now: Session) -> tuple[str, str, str, str, str]:
    texts, end = now.texts, one.end
    because = texts(f"evidence.because.{end.because}", what=end.what)
    until = texts.date(end.at.date())
    return str(one.holding.number), str(one.holding.documents), until, because, texts(f"evidence.act.{one.act}")


def _show_report(report: RecordReport, now: Session) -> None:
    from signflow.signing.report import Indication

    texts = now.texts
    at = texts.instant(report.proven_at) if report.proven_at else ""
    sentence = texts(f"evidence.indication.{report.indication}", at=at, reason=_reason(report.sub_indication, now))
    (say_done if report.indication is Indication.TOTAL_PASSED else say_fault)(sentence)
    for name, found in report.objects:
        say(texts(f"evidence.object.{'found' if found else 'missing'}", name=name), indent=2)
    if report.others and all(found for _, found in report.objects):
        kind = "others" if report.others > 1 else "one_other"
        say(texts(f"evidence.object.{kind}", count=report.others), "dim", 2)
    say()
    columns = ("tree", "at", "authority", "digest", "verdict")
    rows = [
        (
            str(one.chain),
            texts.instant(one.timestamp.at),
            texts(f"evidence.authority.{'local' if one.timestamp.local else 'external'}", name=one.timestamp.authority),
            one.digest,
            texts(f"evidence.verdict.{one.timestamp.indication}"),
        )
        for one in report.timestamps
    ]
    show_table([texts(f"evidence.column.{name}") for name in columns], rows, counts={0})


def _reason(code: str | None, now: Session) -> str:
    key = f"evidence.reason.{code}"
    return now.texts(key) if key in now.texts else now.texts("evidence.reason.other", code=code)


def _show_run(run: EvidenceRun, now: Session) -> None:
    texts = now.texts
    counts = {"covered": run.covered, "renewed": len(run.renewed), "remade": len(run.remade)}
    for name, count in counts.items():
        if count:
            say_done(texts(f"evidence.renew.{name}", count=count))
    if not any(counts.values()) and not run.faults:
        say_done(texts("evidence.renew.nothing"))
    for what, error in run.faults:
        say_fault(texts("evidence.renew.fault", what=what, sentence=sentence_of(error, texts)))


def _run_account(run: EvidenceRun, now: Session) -> dict[str, Any]:
    return {
        "covered": run.covered,
        "renewed": run.renewed,
        "remade": run.remade,
        "faults": [
            {"what": what, "code": error.code, "sentence": sentence_of(error, now.texts)} for what, error in run.faults
        ],
    }


def _status_account(found: EvidenceStatus) -> dict[str, Any]:
    plan = found.plan
    return {
        "protected": plan.protected,
        "until": plan.until and _instant(plan.until),
        "waiting": found.waiting,
        "due": found.due,
        "lapsed": found.lapsed,
        "alone_until": plan.alone_until and _instant(plan.alone_until),
        "batches": [
            {
                "number": one.holding.number,
                "documents": one.holding.documents,
                "digest": one.holding.digest,
                "until": _instant(one.end.at),
                "because": str(one.end.because),
                "what": one.end.what,
                "act": str(one.act),
                "local": one.holding.newest.local,
            }
            for one in plan.outlooks
        ],
    }


def _report_account(report: RecordReport) -> dict[str, Any]:
    return {
        "at": _instant(report.at),
        "indication": str(report.indication),
        "sub_indication": report.sub_indication,
        "proven_at": report.proven_at and _instant(report.proven_at),
        "objects": [{"name": name, "found": found} for name, found in report.objects],
        "others": report.others,
        "timestamps": [
            {
                "tree": one.chain,
                "at": _instant(one.timestamp.at),
                "judged_at": _instant(one.control_at),
                "authority": one.timestamp.authority,
                "local": one.timestamp.local,
                "digest": one.digest,
                "indication": str(one.timestamp.indication),
                "sub_indication": one.timestamp.sub_indication,
            }
            for one in report.timestamps
        ],
    }


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
