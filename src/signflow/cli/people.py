"""`signflow people …`: the register of who has which address."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from signflow.cli.files import read_file
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import print_json, say, say_done, session, show_table

app = typer.Typer(
    no_args_is_help=True, help="The people register: drafts hold names, the register has their addresses."
)
_LARGEST_REGISTER_BYTES = 64_000_000
_COLUMNS = ("name", "organisation", "address", "roles", "identifier")


@app.command("import")
def import_csv(
    file: Annotated[
        Path, typer.Argument(help="CSV: name, organisation, e-mail, roles, identifier.", show_default=False)
    ],
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Add people, or replace those with the same address. Drafts that waited for an address are looked at again."""
    with session(language, as_json=as_json) as now:
        data = read_file(file, now.texts, _LARGEST_REGISTER_BYTES)
        from signflow import wiring
        from signflow.steps.import_people import import_people

        ports = wiring.build_ports(now.settings)
        try:
            count = import_people(ports, data)
        finally:
            wiring.close_ports(ports)
        if as_json:
            print_json({"imported": count})
        else:
            say_done(now.texts("cli.people.imported", count=count))


@app.command("list")
def list_people(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """List everybody in the register."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.store.people import People

        database = wiring.open_database(now.settings)
        try:
            everybody = People(database).all()
        finally:
            database.close()
        if as_json:
            fields = ("name", "organisation", "e-mail", "roles", "identifier")
            rows = (
                (one.name, one.organisation, one.address, list(one.roles), bool(one.identifier_digest))
                for one in everybody
            )
            print_json([dict(zip(fields, row, strict=True)) for row in rows])
        elif everybody:
            show_table(
                [now.texts(f"cli.people.{name}") for name in _COLUMNS],
                [
                    (
                        one.name,
                        one.organisation,
                        one.address,
                        ", ".join(one.roles),
                        now.texts("cli.people.known") if one.identifier_digest else "",
                    )
                    for one in everybody
                ],
            )
        else:
            say(now.texts("cli.people.nobody"))


@app.command("sign-out")
def sign_out(
    address: Annotated[str, typer.Argument(help="Whose: their e-mail address.", show_default=False)],
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """End all sessions of somebody of the staff at once, as after a computer was lost."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.store.sessions import Sessions

        database = wiring.open_database(now.settings)
        try:
            ended = Sessions(database, wiring.now).end_all(address)
        finally:
            database.close()
        if as_json:
            print_json({"ended": ended})
        else:
            say_done(now.texts("cli.people.signed_out", count=ended, address=address))
