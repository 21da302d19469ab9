"""`signflow check`, `render`, `submit`: what a secretary does with a draft."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from signflow import wiring
from signflow.cli.options import AsJson, File, InLanguage
from signflow.cli.output import EXIT_FAULT, Session, console, plain_findings, print_json, session, show_findings
from signflow.durable import write_whole
from signflow.minutes import summarise
from signflow.minutes.findings import Severity
from signflow.steps.check_draft import CheckedDraft, check_draft
from signflow.steps.intake import LARGEST_DRAFT_BYTES, take_draft
from signflow.steps.open_review import typeset
from signflow.store.people import People


def check(
    file: File,
    *,
    register: Annotated[bool, typer.Option("--register", help="Also check that signatories have an address.")] = False,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say what is wrong with a draft, line by line."""
    with session(language) as now:
        people = People(wiring.open_database(now.settings)) if register else None
        checked = _checked(file, now, people)
        _report(checked, now, file, as_json=as_json)
        if not checked.clean:
            raise typer.Exit(EXIT_FAULT)


def render(
    file: File,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the PDF goes.")],
    *,
    at: Annotated[dt.datetime | None, typer.Option(help="The time that stands in the PDF; now if left out.")] = None,
    language: InLanguage = None,
) -> None:
    """Typeset a draft as the PDF/A that would be signed."""
    with session(language) as now:
        checked = _checked(file, now, None)
        if not checked.clean:
            show_findings(now.texts, checked.records())
            raise typer.Exit(EXIT_FAULT)
        pdf = typeset(
            checked,
            now.settings.organisation,
            wiring.open_style(now.settings),
            wiring.open_texts(now.settings),
            name=now.texts("cli.render.draft"),
            version=1,
            at=at.astimezone() if at else wiring.now(),
        )
        write_whole(output, pdf, mode=0o644)
        console.print(now.texts("cli.render.done", file=escape(str(output)), kb=len(pdf) // 1024))


def submit(file: File, *, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Hand a draft in, as if it were dropped in the inbox."""
    with session(language) as now:
        checked = _checked(file, now, None)
        ports = wiring.build_ports(now.settings)
        source = take_draft(ports, file.read_bytes(), file.name, "command line")
        if as_json:
            print_json({"digest": source.digest, **_account(checked, now)})
        else:
            show_findings(now.texts, checked.records())
            console.print(now.texts("cli.submit.done", file=escape(file.name), digest=source.digest[:12]))


def _checked(file: Path, now: Session, people: People | None) -> CheckedDraft:
    with file.open("rb") as opened:
        data = opened.read(LARGEST_DRAFT_BYTES + 1)
    return check_draft(data, file.name, wiring.open_style(now.settings), people)


def _account(checked: CheckedDraft, now: Session) -> dict[str, Any]:
    return {
        "accepted": checked.clean,
        "minutes": summarise(checked.minutes) if checked.minutes else None,
        "findings": plain_findings(now.texts, checked.records()),
    }


def _report(checked: CheckedDraft, now: Session, file: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(_account(checked, now))
        return
    show_findings(now.texts, checked.records())
    errors = sum(1 for finding in checked.findings if finding.severity is Severity.ERROR)
    verdict = "cli.check.clean" if checked.clean else "cli.check.faulty"
    console.print(now.texts(verdict, file=escape(file.name), errors=errors, findings=len(checked.findings)))
