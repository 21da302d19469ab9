"""`signflow check`: what is wrong with a draft, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signflow.cli.files import read_beginning
from signflow.cli.findings import plain_findings, show_findings
from signflow.cli.options import AsJson, Drafts, InLanguage
from signflow.cli.output import EXIT_FAULT, Session, print_json, say_done, say_fault, session

if TYPE_CHECKING:
    from signflow.steps.check_draft import CheckedDraft
    from signflow.store.people import People


def check(
    files: Drafts,
    *,
    register: Annotated[bool, typer.Option("--register", help="Also check that signatories have an address.")] = False,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say what is wrong with a draft, line by line; with several, which of them are ready."""
    with session(language, as_json=as_json) as now:
        people = _register(now) if register else None
        if len(files) == 1 and not files[0].is_dir():
            clean = _check_one(files[0], now, people, as_json=as_json)
        else:
            from signflow.cli.check_many import check_many

            clean = check_many(files, now, people, as_json=as_json)
        if not clean:
            raise typer.Exit(EXIT_FAULT)


def _check_one(file: Path, now: Session, people: People | None, *, as_json: bool) -> bool:
    checked = checked_draft(file, now, people)
    if as_json:
        print_json(account_of(checked, now))
    else:
        show_checked(checked, now, file)
    return checked.clean


def checked_draft(file: Path, now: Session, people: People | None) -> CheckedDraft:
    """The draft in that file, read and checked."""
    from signflow.minutes.decoding import MAX_DRAFT_BYTES

    return check_bytes(read_beginning(file, now.texts, MAX_DRAFT_BYTES + 1), file, now, people)


def check_bytes(data: bytes, file: Path, now: Session, people: People | None) -> CheckedDraft:
    """The draft, read and checked; its format is told by the file's name."""
    from signflow.house import open_bodies, open_style
    from signflow.steps.check_draft import check_draft

    return check_draft(data, file.name, open_style(now.settings), people, open_bodies(now.settings))


def _register(now: Session) -> People:
    from signflow import wiring
    from signflow.store.people import People

    return People(wiring.open_database(now.settings))


def account_of(checked: CheckedDraft, now: Session) -> dict[str, Any]:
    """What `--json` says of it."""
    from signflow.minutes import summarise

    return {
        "accepted": checked.clean,
        "minutes": summarise(checked.minutes) if checked.minutes else None,
        "unit": str(checked.unit),
        "findings": plain_findings(now.texts, checked.records(), checked.unit),
    }


def show_checked(checked: CheckedDraft, now: Session, file: Path) -> None:
    """Its findings and one sentence that sums them up."""
    records = checked.records()
    show_findings(now.texts, records, checked.unit)
    errors = sum(record["severity"] == "error" for record in records)
    if checked.clean:
        say_done(now.texts(_number("cli.check.clean", len(records)), file=file.name, findings=len(records)))
    else:
        say_fault(now.texts(_number("cli.check.faulty", errors), file=file.name, errors=errors))


def _number(key: str, count: int) -> str:
    """The sentence for none, one or many."""
    return f"{key}.{'none' if not count else 'one' if count == 1 else 'many'}"
