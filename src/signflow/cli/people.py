"""`signflow people …`: the register of who has which address."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from signflow import wiring
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import console, print_json, session, table
from signflow.steps.import_people import import_people
from signflow.store.people import People

app = typer.Typer(
    no_args_is_help=True, help="The people register: drafts hold names, the register has their addresses."
)


@app.command("import")
def import_csv(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: name, organisation, e-mail, roles.")],
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Add people, or replace those with the same address. Drafts that waited for an address are looked at again."""
    with session(language) as now:
        count = import_people(wiring.build_ports(now.settings), file.read_bytes())
        if as_json:
            print_json({"imported": count})
        else:
            console.print(now.texts("cli.people.imported", count=count))


@app.command("list")
def list_people(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """List everybody in the register."""
    with session(language) as now:
        everybody = People(wiring.open_database(now.settings)).all()
        if as_json:
            print_json(
                [
                    {
                        "name": one.name,
                        "organisation": one.organisation,
                        "e-mail": one.address,
                        "roles": list(one.roles),
                    }
                    for one in everybody
                ]
            )
            return
        rows = table(*(now.texts(f"cli.people.{name}") for name in ("name", "organisation", "address", "roles")))
        for one in everybody:
            rows.add_row(escape(one.name), escape(one.organisation), escape(one.address), escape(", ".join(one.roles)))
        console.print(rows)
