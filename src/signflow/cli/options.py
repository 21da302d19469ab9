"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from signflow.texts import Language

AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
InLanguage = Annotated[
    Language | None, typer.Option("--language", help="sv or en; the settings' language if left out.")
]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The draft.")]
