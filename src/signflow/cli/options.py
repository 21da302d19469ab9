"""Arguments and options that several commands share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from signflow.texts import Language

AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
InLanguage = Annotated[
    Language | None, typer.Option("--language", help="sv or en; the settings' language if left out.")
]
Draft = Annotated[Path, typer.Argument(help="The draft: Markdown, text or Word.", show_default=False)]
Drafts = Annotated[list[Path], typer.Argument(help="The drafts, or folders that hold drafts.", show_default=False)]
Moment = dt.datetime | None


def instant(given: dt.datetime | None) -> dt.datetime:
    """The time that a person named, in this computer's time zone; now if they named none."""
    return given.astimezone() if given else dt.datetime.now(dt.UTC)
