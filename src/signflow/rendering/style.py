"""The house style: what a municipality may choose about the look of its minutes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from signflow.errors import SettingsError

PAGE_WIDTH_PT = 595.276  # A4, ISO 216
PAGE_HEIGHT_PT = 841.89
_PT_PER_MM = 72 / 25.4
_SMALLEST_MEASURE_PT = 400  # two signature boxes side by side
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour of the sRGB output intent, each part 0–1."""

    red: float
    green: float
    blue: float


@dataclass(frozen=True, slots=True)
class Type:
    """A size of type and the distance between its baselines."""

    size_pt: float
    leading_pt: float


@dataclass(frozen=True, slots=True)
class Fonts:
    """The faces of the house, by their names in the package pymupdf-fonts."""

    regular: str
    bold: str
    italic: str
    bold_italic: str


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """All that is chosen about the look of the minutes; immutable, so that a document's look can be named and kept.

    Attributes:
        organisation: Stands at the head of each page and is the author in the metadata.
        fonts: The faces, all embedded.
        top_pt: Margin above the text; the running head stands in it.
        bottom_pt: Margin below the text; the running foot stands in it.
        left_pt: Left margin.
        right_pt: Right margin; between it and the left one at least 400 pt are left for the text.
        title: The document's title.
        heading: Items and attendance lists.
        label: Headings inside an item.
        body: Running text.
        table: Cells.
        small: Running head and foot, captions.
        ink: The text.
        quiet: What accompanies the text.
        accent: Headings and the rule beside a decision.
        rule: Thin rules.
        tint: The ground of signature boxes.
    """

    organisation: str
    fonts: Fonts
    top_pt: float
    bottom_pt: float
    left_pt: float
    right_pt: float
    title: Type
    heading: Type
    label: Type
    body: Type
    table: Type
    small: Type
    ink: Colour
    quiet: Colour
    accent: Colour
    rule: Colour
    tint: Colour

    @property
    def measure_pt(self) -> float:
        """The width of the text."""
        return PAGE_WIDTH_PT - self.left_pt - self.right_pt

    @property
    def depth_pt(self) -> float:
        """The height of the text."""
        return PAGE_HEIGHT_PT - self.top_pt - self.bottom_pt


def load_style(folder: Path) -> HouseStyle:
    """The house style in `style.toml` of that folder.

    Raises:
        SettingsError: The file cannot be read (`style-unreadable`), or a value is missing or cannot be used
            (`style-invalid`, with the value's name).
    """
    file = folder / "style.toml"
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError("style-unreadable", file=str(file), reason=str(error)) from error
    try:
        style = _style(values)
    except _BadValueError as error:
        raise SettingsError("style-invalid", file=str(file), name=str(error)) from error
    if style.measure_pt < _SMALLEST_MEASURE_PT or style.depth_pt < _SMALLEST_MEASURE_PT:
        raise SettingsError("style-invalid", file=str(file), name="margins_mm")
    return style


class _BadValueError(ValueError):
    """The name of a value that is missing or cannot be used."""


def _style(values: Mapping[str, object]) -> HouseStyle:
    fonts, margins, colours = (_table(values, name) for name in ("fonts", "margins_mm", "colours"))
    return HouseStyle(
        organisation=_text(values, "organisation"),
        fonts=Fonts(*(_text(fonts, name) for name in ("regular", "bold", "italic", "bold_italic"))),
        top_pt=_number(margins, "top") * _PT_PER_MM,
        bottom_pt=_number(margins, "bottom") * _PT_PER_MM,
        left_pt=_number(margins, "left") * _PT_PER_MM,
        right_pt=_number(margins, "right") * _PT_PER_MM,
        title=_type(values, "title"),
        heading=_type(values, "heading"),
        label=_type(values, "label"),
        body=_type(values, "body"),
        table=_type(values, "table"),
        small=_type(values, "small"),
        ink=_colour(colours, "ink"),
        quiet=_colour(colours, "quiet"),
        accent=_colour(colours, "accent"),
        rule=_colour(colours, "rule"),
        tint=_colour(colours, "tint"),
    )


def _table(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = values.get(name)
    if not isinstance(table, Mapping):
        raise _BadValueError(name)
    return cast("Mapping[str, object]", table)


def _text(values: Mapping[str, object], name: str) -> str:
    text = values.get(name)
    if not isinstance(text, str) or not text.strip():
        raise _BadValueError(name)
    return text


def _number(values: Mapping[str, object], name: str) -> float:
    number = values.get(name)
    if not isinstance(number, int | float) or isinstance(number, bool) or not 0 < number <= 100:
        raise _BadValueError(name)
    return float(number)


def _type(values: Mapping[str, object], name: str) -> Type:
    table = _table(values, name)
    size, leading = _number(table, "size"), _number(table, "leading")
    if leading < size:
        raise _BadValueError(name)
    return Type(size, leading)


def _colour(values: Mapping[str, object], name: str) -> Colour:
    text = _text(values, name)
    if not _COLOUR.fullmatch(text):
        raise _BadValueError(name)
    red, green, blue = (round(int(text[i : i + 2], 16) / 255, 4) for i in (1, 3, 5))
    return Colour(red, green, blue)
