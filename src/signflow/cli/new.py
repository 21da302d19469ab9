"""`signflow new`: a fresh draft to begin with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from signflow.cli.files import write_new_file
from signflow.cli.options import InLanguage
from signflow.cli.output import Session, say, say_done, session
from signflow.errors import SettingsError

if TYPE_CHECKING:
    from signflow.starts.fresh import Attendee

_WORD = ".docx"


def new(  # noqa: PLR0913 -- what may be known of a meeting before it is held
    *,
    of_class: Annotated[
        Literal["notes", "protocol"], typer.Option("--class", help="notes, or protocol for statutory minutes.")
    ] = "notes",
    body: Annotated[
        str, typer.Option(help="Who meets; its people are filled in from the people register.", metavar="NAME")
    ] = "",
    date: Annotated[
        dt.datetime | None, typer.Option(help="The day of the meeting.", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")
    ] = None,
    person: Annotated[
        list[str] | None, typer.Option(help="Who is expected, instead of those; may be repeated.", metavar="NAME")
    ] = None,
    first_item: Annotated[
        int, typer.Option(min=1, max=99999, help="The number of the first matter.", metavar="NUMBER")
    ] = 1,
    word: Annotated[bool, typer.Option("--word", help="A Word file instead of Markdown.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where it goes; a name is made up if left out.")
    ] = None,
    language: InLanguage = None,
) -> None:
    """Write a fresh draft with blanks for what only the meeting decides. Never overwrites a file."""
    with session(language) as now:
        from signflow.minutes.model import MinutesClass
        from signflow.starts.fresh import Meeting
        from signflow.steps.new_draft import new_draft

        is_word = output is not None and output.suffix.lower() == _WORD
        if word and output and not is_word:
            raise SettingsError("output-not-word", file=str(output))
        meeting = Meeting(
            MinutesClass(of_class), body, date.date() if date else None, first_item, _people(now, body, person or [])
        )
        made_at = dt.datetime.now(dt.UTC)
        draft = new_draft(meeting, now.settings.templates_folder, now.texts, as_word=word or is_word, at=made_at)
        file = output or Path(draft.filename)
        write_new_file(file, draft.data, now.texts)
        say_done(now.texts("cli.new.done", file=file))
        say(now.texts("cli.new.blanks"))


def _people(now: Session, body: str, names: list[str]) -> tuple[Attendee, ...]:
    """Who is expected. Without a data folder there is no register, and none is made."""
    from signflow.steps.new_draft import expected, invited

    if not now.settings.data.is_dir():
        return invited((), names)
    from signflow import wiring
    from signflow.store.people import People

    database = wiring.open_database(now.settings)
    try:
        register = People(database).all()
    finally:
        database.close()
    return invited(register, names) if names else expected(register, body)
