"""Reading a house style's file: every value is asked for once, and what nobody asked for is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar, cast

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST = 200
_Choice = TypeVar("_Choice", bound=StrEnum)


class BadValueError(ValueError):
    """A value that is missing, cannot be used or is not known.

    Attributes:
        name: The value's name, with its table's before it.
        wanted: How it is written, in the file's own notation; for an unknown one, the names there are.
    """

    def __init__(self, name: str, wanted: str) -> None:
        super().__init__(name)
        self.name = name
        self.wanted = wanted


class UnknownValueError(BadValueError):
    """A value that no style has."""


class Table:
    """A table of the file. Each reader gives the value of that name or raises `BadValueError`."""

    def __init__(self, values: Mapping[str, object], prefix: str = "") -> None:
        self._values = values
        self._prefix = prefix
        self._read: dict[str, Table | None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def bad(self, name: str, wanted: str) -> BadValueError:
        """What to raise about a value that is of the right kind and cannot be used even so."""
        return BadValueError(self._prefix + name, wanted)

    def table(self, name: str) -> Table:
        """A table inside this one."""
        found = self._value(name)
        if not isinstance(found, Mapping):
            raise self.bad(name, f"[{self._prefix}{name}]")
        inner = Table(cast("Mapping[str, object]", found), f"{self._prefix}{name}.")
        self._read[name] = inner
        return inner

    def text(self, name: str) -> str:
        """A line of text that is not empty."""
        text = self.line(name)
        if not text:
            raise self.bad(name, '"…"')
        return text

    def line(self, name: str) -> str:
        """A line of text, empty where the file has none."""
        found = self._value(name, "")
        if not isinstance(found, str) or len(found) > _LONGEST or not found.isprintable():
            raise self.bad(name, f'"…" (≤ {_LONGEST})')
        return found.strip()

    def number(self, name: str, least: float, most: float) -> float:
        """A number between these two."""
        found = self._value(name)
        if not isinstance(found, int | float) or isinstance(found, bool) or not least <= found <= most:
            raise self.bad(name, f"{least:g}–{most:g}")
        return float(found)

    def flag(self, name: str) -> bool:
        """Yes or no."""
        found = self._value(name)
        if not isinstance(found, bool):
            raise self.bad(name, "true | false")
        return found

    def choice(self, name: str, choices: type[_Choice]) -> _Choice:
        """One of several words."""
        found = self._value(name)
        if found not in list(choices):
            raise self.bad(name, " | ".join(f'"{choice}"' for choice in choices))
        return choices(found)

    def colour(self, name: str) -> tuple[float, float, float]:
        """Red, green and blue, 0–1."""
        found = self._value(name)
        if not isinstance(found, str) or not _COLOUR.fullmatch(found):
            raise self.bad(name, '"#rrggbb"')
        red, green, blue = (round(int(found[i : i + 2], 16) / 255, 4) for i in (1, 3, 5))
        return red, green, blue

    def close(self) -> None:
        """Refuse what nobody asked for, here and in the tables inside.

        Raises:
            UnknownValueError: A name is unknown.
        """
        for name in self._values:
            if name not in self._read:
                raise UnknownValueError(self._prefix + name, ", ".join(self._read))
        for inner in self._read.values():
            if inner:
                inner.close()

    def _value(self, name: str, default: object = None) -> object:
        self._read.setdefault(name, None)
        return self._values.get(name, default)


def read_table(data: bytes) -> Table:
    """The file's outermost table.

    Raises:
        ValueError: It is not UTF-8 or not TOML.
    """
    return Table(tomllib.loads(data.decode("utf-8-sig")))
