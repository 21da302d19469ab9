"""How the command line speaks: one console, one catalogue, one way to turn errors into exit codes.

Results go to standard output, what went wrong to standard error. Lines wrap on a terminal and stay whole in a pipe.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from signflow.errors import IntegrityError, RefusedError, SettingsError, SignflowError, UnavailableError
from signflow.texts import Language, Texts

if TYPE_CHECKING:
    from signflow.settings import Settings

_T = TypeVar("_T")

EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_LATER = 3

_NARROW, _WIDE = 72, 100
_WHOLE_LINE = 10_000
_PLAIN = {"✓": "+", "✗": "x", "→": "->", "·": "-", "●": "*", "○": "o", "–": "-", "…": "...", "\u00a0": " "}


class _Terminal(Console):
    """A console whose reader may go away: what is left to say is then said to nobody, and the verdict stands."""

    def on_broken_pipe(self) -> None:
        """Go on in silence."""
        discard_output()


console = _Terminal(highlight=False)
problems = _Terminal(stderr=True, highlight=False)
_pipe = _Terminal(highlight=False, width=_WHOLE_LINE)


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with: the settings and the person's language."""

    settings: Settings
    texts: Texts

    def require_data(self) -> None:
        """What only looks makes no data folder: in the wrong place there is nothing to see, and it should say so.

        Raises:
            SettingsError: There is no data folder.
        """
        if not self.settings.data.is_dir():
            raise SettingsError("data-folder-missing", folder=str(self.settings.data))


class Run:
    """What was asked of this run as a whole."""

    debug = False


def exit_code(error: SignflowError) -> int:
    """What the error tree says the process ends with."""
    if isinstance(error, SettingsError):
        return EXIT_USAGE
    if isinstance(error, UnavailableError):
        return EXIT_LATER
    return EXIT_FAULT if isinstance(error, (RefusedError, IntegrityError)) else EXIT_LATER


def sentence_of(error: SignflowError, texts: Texts) -> str:
    """What is wrong, where, and what to do."""
    key = f"errors.{error.code}"
    return texts(key, **error.params) if key in texts else str(error)


@contextmanager
def session(language: Language | None, *, as_json: bool = False, **given: object) -> Generator[Session]:
    """Settings and catalogue for the body of a command; whatever goes wrong in it is said in the person's language.

    Errors of ours end the process with their code. A defect ends it with 3 and one sentence; with `--debug`, as it is.
    """
    from signflow.settings import load_settings

    texts: Texts | None = None
    try:
        settings = load_settings(**given)
        texts = Texts(settings.templates_folder, language or settings.language, settings.timezone)
        yield Session(settings, texts)
    except SignflowError as error:
        texts = texts or _packaged_texts(language)
        fail(error.code, sentence_of(error, texts), exit_code(error), as_json=as_json)
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if Run.debug:
            raise
        texts = texts or _packaged_texts(language)
        fail("defect", texts("cli.defect.sentence", kind=type(error).__name__), EXIT_LATER, as_json=as_json)


def say(sentence: str = "", style: str = "", indent: int = 0) -> None:
    """One paragraph of plain words."""
    text = f"[{style}]{escape(sentence)}[/]" if style and sentence else escape(sentence)
    say_styled(text, indent)


def say_styled(markup: str, indent: int = 0) -> None:
    """One paragraph in Rich's markup; what comes from outside must be escaped."""
    if console.is_terminal and markup:
        console.print(Padding(markup, (0, 0, 0, indent), expand=False))
    else:
        console.print(" " * indent * bool(markup) + markup, soft_wrap=True)


def say_done(sentence: str) -> None:
    """The good end of a command."""
    say_styled(f"[green]✓[/] {escape(sentence)}")


def say_fault(sentence: str) -> None:
    """The end of a command that found what it looked for: a fault."""
    say_styled(f"[bold red]✗[/] {escape(sentence)}")


def fail(code: str, sentence: str, exit_with: int, *, as_json: bool) -> NoReturn:
    """The end of a command that could not do what it was asked."""
    if as_json:
        print_json({"error": {"code": code, "message": sentence}})
    problems.print(f"[bold red]✗[/] {escape(sentence)}", soft_wrap=not problems.is_terminal)
    raise typer.Exit(exit_with)


def print_json(value: object) -> None:
    """One JSON value on standard output, in ASCII where the terminal has nothing better."""
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    try:
        sys.stdout.write(json.dumps(value, ensure_ascii=ascii_only, indent=2, default=str) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()


def with_progress(things: Sequence[_T], sentence: str) -> Iterator[_T]:
    """The things one by one; on a terminal with a bar on standard error, which is gone afterwards."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    if len(things) < 2 or not problems.is_terminal:
        yield from things
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=problems, transient=True) as bar:
        yield from bar.track(things, description=escape(sentence))


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str | Text]], counts: Collection[int] = ()) -> None:
    """Rows under their headings; on a narrow terminal each row becomes a block, its first column the heading.

    The columns in `counts` are numbers, which stand under each other's last figure.
    """
    if console.is_terminal and console.width < _NARROW:
        for row in rows:
            say(str(row[0]), "bold")
            for heading, value in zip(headings[1:], row[1:], strict=True):
                if value:
                    say_styled(f"[dim]{escape(heading)}:[/] {escape(str(value))}", 2)
        return
    gap = 2 if console.is_terminal and console.width < _WIDE else 3
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, gap, 0, 0))
    for number, heading in enumerate(headings):
        table.add_column(escape(heading), overflow="fold", justify="right" if number in counts else "left")
    for row in rows:
        table.add_row(*(value if isinstance(value, Text) else escape(value) for value in row))
    _columns().print(table)


def show_pairs(pairs: Sequence[tuple[str, str]], indent: int = 0) -> None:
    """Names and values, the values under each other."""
    if console.is_terminal and console.width < _NARROW:
        for name, value in pairs:
            say_styled(f"[dim]{escape(name)}:[/] {escape(value)}", indent)
        return
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(escape(name), escape(value))
    _columns().print(Padding(grid, (0, 0, 0, indent), expand=False))


def prepare_streams() -> None:
    """Let standard output and error take every character: what a terminal lacks is written in what it has."""
    codecs.register_error("signflow", _in_plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="signflow")


def discard_output() -> None:
    """Let standard output lead nowhere: whoever read it has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


def _columns() -> Console:
    """Where columns are printed: as wide as the terminal, or as wide as they are."""
    return console if console.is_terminal else _pipe


def _packaged_texts(language: Language | None) -> Texts:
    """The catalogue that comes with signflow, for errors in the settings that say where the catalogue is."""
    from signflow.settings import Settings

    return Texts(Settings.model_construct().templates_folder, language or "sv")


def _in_plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in missing), error.end
