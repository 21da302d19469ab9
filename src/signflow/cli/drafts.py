"""`signflow check`, `render`, `submit`: what a secretary does with a draft."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signflow.cli.files import read_beginning, write_file
from signflow.cli.findings import plain_findings, show_findings
from signflow.cli.options import AsJson, Draft, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, Session, print_json, say_done, say_fault, session
from signflow.errors import SettingsError

if TYPE_CHECKING:
    from signflow.steps.check_draft import CheckedDraft
    from signflow.store.people import People


def check(
    file: Draft,
    *,
    register: Annotated[bool, typer.Option("--register", help="Also check that signatories have an address.")] = False,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say what is wrong with a draft, line by line."""
    with session(language, as_json=as_json) as now:
        checked = _checked(file, now, _register(now) if register else None)
        if as_json:
            print_json(_account(checked, now))
        else:
            _show(checked, now, file)
        if not checked.clean:
            raise typer.Exit(EXIT_FAULT)


def render(
    file: Draft,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the PDF goes.")],
    *,
    at: Annotated[dt.datetime | None, typer.Option(help="The time that stands in the PDF; now if left out.")] = None,
    language: InLanguage = None,
) -> None:
    """Typeset a draft as the PDF/A that would be signed."""
    with session(language) as now:
        from signflow.house import open_style, open_texts
        from signflow.steps.typeset import typeset

        checked = _checked(file, now, None)
        if not checked.clean:
            _show(checked, now, file)
            raise typer.Exit(EXIT_FAULT)
        if output.exists() and output.samefile(file):
            raise SettingsError("output-is-draft", file=str(output))
        show_findings(now.texts, checked.records())
        pdf = typeset(
            checked,
            now.settings.organisation,
            open_style(now.settings),
            open_texts(now.settings),
            name=now.texts("cli.render.draft"),
            version=1,
            at=instant(at),
        )
        write_file(output, pdf, now.texts)
        say_done(now.texts("cli.render.done", file=output, kb=len(pdf) // 1024))


def submit(file: Draft, *, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Hand a draft in, as if it were dropped in the inbox."""
    with session(language, as_json=as_json) as now:
        from signflow import wiring
        from signflow.steps.intake import LARGEST_DRAFT_BYTES, take_draft

        data = read_beginning(file, now.texts, LARGEST_DRAFT_BYTES + 1)
        checked = _check(data, file, now, None)
        ports = wiring.build_ports(now.settings)
        try:
            source = take_draft(ports, data, file.name, "command line")
        finally:
            wiring.close_ports(ports)
        if as_json:
            print_json({"digest": source.digest, **_account(checked, now)})
        else:
            show_findings(now.texts, checked.records())
            say_done(now.texts("cli.submit.done", file=file.name, digest=source.digest[:12]))


def _checked(file: Path, now: Session, people: People | None) -> CheckedDraft:
    from signflow.minutes.decoding import MAX_DRAFT_BYTES

    return _check(read_beginning(file, now.texts, MAX_DRAFT_BYTES + 1), file, now, people)


def _check(data: bytes, file: Path, now: Session, people: People | None) -> CheckedDraft:
    from signflow.house import open_style
    from signflow.steps.check_draft import check_draft

    return check_draft(data, file.name, open_style(now.settings), people)


def _register(now: Session) -> People:
    from signflow import wiring
    from signflow.store.people import People

    return People(wiring.open_database(now.settings))


def _account(checked: CheckedDraft, now: Session) -> dict[str, Any]:
    from signflow.minutes import summarise

    return {
        "accepted": checked.clean,
        "minutes": summarise(checked.minutes) if checked.minutes else None,
        "findings": plain_findings(now.texts, checked.records()),
    }


def _show(checked: CheckedDraft, now: Session, file: Path) -> None:
    records = checked.records()
    show_findings(now.texts, records)
    errors = sum(record["severity"] == "error" for record in records)
    if checked.clean:
        say_done(now.texts(_number("cli.check.clean", len(records)), file=file.name, findings=len(records)))
    else:
        say_fault(now.texts(_number("cli.check.faulty", errors), file=file.name, errors=errors))


def _number(key: str, count: int) -> str:
    """The sentence for none, one or many."""
    return f"{key}.{'none' if not count else 'one' if count == 1 else 'many'}"
