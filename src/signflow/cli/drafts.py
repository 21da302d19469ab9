"""`signflow render`, `submit`: what a secretary does with a draft."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from signflow.cli.check import account_of, check_bytes, checked_draft, show_checked
from signflow.cli.files import read_beginning, write_file
from signflow.cli.findings import show_findings
from signflow.cli.options import AsJson, Draft, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, print_json, say_done, session
from signflow.errors import SettingsError


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

        checked = checked_draft(file, now, None)
        if not checked.clean:
            show_checked(checked, now, file)
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
        checked = check_bytes(data, file, now, None)
        ports = wiring.build_ports(now.settings)
        try:
            source = take_draft(ports, data, file.name, "command line")
        finally:
            wiring.close_ports(ports)
        if as_json:
            print_json({"digest": source.digest, **account_of(checked, now)})
        else:
            show_findings(now.texts, checked.records())
            say_done(now.texts("cli.submit.done", file=file.name, digest=source.digest[:12]))
