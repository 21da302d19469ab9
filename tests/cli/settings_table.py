"""The table of settings in docs/settings.md, made from the settings themselves."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from signflow.settings import Settings

BEGIN, END = "<!-- settings: written by `make golden` -->\n", "<!-- end of settings -->\n"


def settings_table() -> str:
    """A row for each setting."""
    rows = ["| Setting | In the environment | Default | Meaning |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{name}` | `SIGNFLOW_{name.upper()}` | {_default(field)} | {_meaning(field)} |")
    return "\n".join(rows) + "\n"


def with_table(document: str) -> str:
    """The document with the table as it is now."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{settings_table()}\n{END}{after}"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined or field.default in {None, "", ()}:
        return "–"
    value = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return f"`{value}`"


def _meaning(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    text = field.description or ""
    return f"{text} One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else text
