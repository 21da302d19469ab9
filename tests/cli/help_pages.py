"""`--help` of every command, as it comes out at 80 columns."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import typer.main
from typer.testing import CliRunner

from signflow.cli.main import app

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def command_names(command: Any = None, name: str = "") -> Iterator[str]:
    """The words of every command, the groups included; the empty one is `signflow` itself."""
    command = command or typer.main.get_command(app)
    yield name
    for word, inner in getattr(command, "commands", {}).items():
        yield from command_names(inner, f"{name} {word}".strip())


def options_of(name: str) -> set[str]:
    """The long options of a command."""
    command: Any = typer.main.get_command(app)
    for word in name.split():
        command = command.commands[word]
    own = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    return own - {"--install-completion", "--show-completion"}


def help_page(name: str) -> str:
    """What the command says of itself."""
    with mock.patch.dict(os.environ, {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}):
        page = CliRunner().invoke(app, [*name.split(), "--help"]).stdout
    return "\n".join(line.rstrip() for line in _COLOUR.sub("", page).splitlines()).strip() + "\n"


def golden_name(name: str) -> str:
    """The file that holds the page."""
    return f"{'-'.join(['signflow', *name.split()])}.txt"
