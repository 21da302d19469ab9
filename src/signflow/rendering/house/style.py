"""The house style: what a municipality may choose about the look of its minutes, and the file it chooses it in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from signflow.errors import SettingsError
from signflow.rendering.house.style_file import BadValueError, Table, UnknownValueError, read_table

PAGE_WIDTH_PT = 595.276  # A4, ISO 216
PAGE_HEIGHT_PT = 841.89
_PT_PER_MM = 72 / 25.4
_SMALLEST_MEASURE_PT = 400  # two signature boxes side by side
_LARGEST_LOGOTYPE_BYTES = 4_000_000
_LARGEST_LOGOTYPE_PIXELS = 12_000_000
_OWN_FONT = ".ttf"


class Side(StrEnum):
    """Where the logotype stands at the head of the first page."""

    LEFT = "left"
    RIGHT = "right"


class Numbers(StrEnum):
    """Where the number of an item stands."""

    MARGIN = "margin"  # out in the left margin, where there is room
    LINE = "line"  # before the title, whose further lines begin below the title


class Labels(StrEnum):
    """Where the label of an attendance list stands."""

    BESIDE = "beside"  # in a column of its own, in line with the labels of the facts
    ABOVE = "above"


class Emphasis(StrEnum):
    """How a decision is set apart."""

    RULE = "rule"  # a rule at its left
    GROUND = "ground"  # a ground of its own colour


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
    """The faces of the house: names in the package pymupdf-fonts, or paths of TrueType files."""

    regular: str
    bold: str
    italic: str
    bold_italic: str


@dataclass(frozen=True, slots=True)
class Logotype:
    """The mark at the head of the first page: an artifact, for the organisation's name stands beside it or in it.

    Attributes:
        image: PNG or JPEG, at most twelve million pixels.
        width_pt: How wide it is drawn.
        height_pt: How high that makes it.
        side: Where it stands.
        holds_name: Whether the image shows the organisation's name, so that it is not written beside it.
    """

    image: bytes
    width_pt: float
    height_pt: float
    side: Side
    holds_name: bool


@dataclass(frozen=True, slots=True)
class Spacing:
    """The room above what is set, in points.

    Attributes:
        item_pt: Above an item's heading.
        part_pt: Above an attendance list or a heading inside an item.
        block_pt: Above a table or a decision.
        paragraph_pt: Above a paragraph or a list.
    """

    item_pt: float
    part_pt: float
    block_pt: float
    paragraph_pt: float


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What stands where.

    Attributes:
        title_centred: Whether the title stands in the middle.
        numbers: Where the number of an item stands.
        labels: Where the label of an attendance list stands.
        decision: How a decision is set apart.
        item_on_new_page: Whether each item of a PROTOCOL begins a page, so that whatever happens to one item's text, no
            other item's pages change. Notes always run on.
    """

    title_centred: bool
    numbers: Numbers
    labels: Labels
    decision: Emphasis
    item_on_new_page: bool


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """All that is chosen about the look of the minutes; immutable, so that a document's look can be named and kept.

    A rule or ground in white is not seen: that is how a house does without.

    Attributes:
        organisation: Stands at the head of each page and is the author in the metadata.
        address: A line at the foot of the first page; may be empty.
        classification: Stands at the head of each page; may be empty.
        fonts: The faces, all embedded.
        logotype: Stands at the head of the first page; None for the name alone.
        top_pt: Margin above the text; the running head stands in it.
        bottom_pt: Margin below the text; the running foot stands in it.
        left_pt: Left margin.
        right_pt: Right margin; between it and the left one at least 400 pt are left for the text.
        title: The document's title.
        heading: Items.
        label: Attendance lists and headings inside an item.
        body: Running text.
        table: Cells.
        small: Running head and foot, captions.
        spacing: The room above each of them.
        arrangement: What stands where.
        ink: The text.
        quiet: What accompanies the text.
        accent: Headings and the rule beside a decision.
        rule: Thin rules.
        tint: The ground of signature boxes and of what is said before the title.
        decision: The ground of a decision, where it has one.
    """

    organisation: str
    address: str
    classification: str
    fonts: Fonts
    logotype: Logotype | None
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
    spacing: Spacing
    arrangement: Arrangement
    ink: Colour
    quiet: Colour
    accent: Colour
    rule: Colour
    tint: Colour
    decision: Colour

    @property
    def measure_pt(self) -> float:
        """The width of the text."""
        return PAGE_WIDTH_PT - self.left_pt - self.right_pt

    @property
    def depth_pt(self) -> float:
        """The height of the text."""
        return PAGE_HEIGHT_PT - self.top_pt - self.bottom_pt


def load_style(folder: Path) -> HouseStyle:
    """The house style in `style.toml` of that folder; fonts and logotype of its own lie beside it.

    Raises:
        SettingsError: The file cannot be read (`style-unreadable`); a value is missing or cannot be used
            (`style-invalid`, with the value's name and how it is written), or is not one that a style has
            (`style-unknown`, with those there are).
    """
    file = folder / "style.toml"
    try:
        table = read_table(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError("style-unreadable", file=str(file), reason=str(error)) from error
    try:
        style = _style(table, folder)
        table.close()
    except UnknownValueError as error:
        raise SettingsError("style-unknown", file=str(file), name=error.name, wanted=error.wanted) from error
    except BadValueError as error:
        raise SettingsError("style-invalid", file=str(file), name=error.name, wanted=error.wanted) from error
    return style


def _style(table: Table, folder: Path) -> HouseStyle:
    left, right, top, bottom = _margins(table.table("margins_mm"))
    colours = table.table("colours")
    style = HouseStyle(
        organisation=table.text("organisation"),
        address=table.line("address"),
        classification=table.line("classification"),
        fonts=_fonts(table.table("fonts"), folder),
        logotype=_logotype(table.table("logotype"), folder) if "logotype" in table else None,
        top_pt=top,
        bottom_pt=bottom,
        left_pt=left,
        right_pt=right,
        title=_type(table.table("title")),
        heading=_type(table.table("heading")),
        label=_type(table.table("label")),
        body=_type(table.table("body")),
        table=_type(table.table("table")),
        small=_type(table.table("small")),
        spacing=_spacing(table.table("spacing")),
        arrangement=_arrangement(table.table("arrangement")),
        ink=Colour(*colours.colour("ink")),
        quiet=Colour(*colours.colour("quiet")),
        accent=Colour(*colours.colour("accent")),
        rule=Colour(*colours.colour("rule")),
        tint=Colour(*colours.colour("tint")),
        decision=Colour(*colours.colour("decision")),
    )
    if style.measure_pt < _SMALLEST_MEASURE_PT or style.depth_pt < _SMALLEST_MEASURE_PT:
        raise table.bad("margins_mm", "left + right ≤ 68, top + bottom ≤ 155")
    return style


def _margins(table: Table) -> tuple[float, ...]:
    return tuple(table.number(side, 5, 100) * _PT_PER_MM for side in ("left", "right", "top", "bottom"))


def _type(table: Table) -> Type:
    size = table.number("size", 5, 72)
    return Type(size, table.number("leading", size, 100))


def _spacing(table: Table) -> Spacing:
    return Spacing(*(table.number(name, 0, 100) for name in ("item", "part", "block", "paragraph")))


def _arrangement(table: Table) -> Arrangement:
    return Arrangement(
        title_centred=table.flag("title_centred"),
        numbers=table.choice("numbers", Numbers),
        labels=table.choice("labels", Labels),
        decision=table.choice("decision", Emphasis),
        item_on_new_page=table.flag("item_on_new_page"),
    )


def _fonts(table: Table, folder: Path) -> Fonts:
    faces = ("regular", "bold", "italic", "bold_italic")
    names = [table.text(face) for face in faces]
    own = [name.lower().endswith(_OWN_FONT) for name in names]
    for face, name, is_own in zip(faces, names, own, strict=True):
        if is_own and not _lies_in(folder, name):
            raise table.bad(face, f"figo, notos … | *{_OWN_FONT}")
    return Fonts(*(str(folder.resolve() / name) if is_own else name for name, is_own in zip(names, own, strict=True)))


def _logotype(table: Table, folder: Path) -> Logotype:
    name = table.text("file")
    if not _lies_in(folder, name):
        raise table.bad("file", "logotype.png")
    width = table.number("width_mm", 5, 80) * _PT_PER_MM
    data = (folder / name).read_bytes()
    wide, high = _image_size(data) or (0, 0)
    if not wide or len(data) > _LARGEST_LOGOTYPE_BYTES or wide * high > _LARGEST_LOGOTYPE_PIXELS:
        raise table.bad("file", "PNG | JPEG, ≤ 4 MB, ≤ 12 Mpx")
    return Logotype(data, width, width * high / wide, table.choice("side", Side), table.flag("holds_name"))


def _image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None if it is not an image that can be drawn."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            size = image.size
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return size


def _lies_in(folder: Path, name: str) -> bool:
    """Whether the name is that of a file in the folder itself."""
    return Path(name).name == name and (folder / name).is_file()
