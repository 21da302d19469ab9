"""What the layout is made of: elements, which say what a text is, and strips, which say where it stands.

A strip is as wide as the text and never broken: a line of a paragraph, a line of a table row, a signature box. Every mark
on it belongs to an element of the structure tree or is an artifact. Positions are points from the strip's upper left
corner, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from signflow.rendering.house.style import Colour
from signflow.rendering.images import Picture
from signflow.rendering.layout.fields import SignatureField
from signflow.rendering.type.faces import Run

# Characters of a text that the file holds as a string: 32 767 bytes (ISO 19005-2, 6.1.13), at most four for each.
LONGEST_STRING = 8_000


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on a page: 0-based page, lower left and upper right corner in PDF's coordinates."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(eq=False, slots=True)
class Element:
    """A node of the structure tree.

    Attributes:
        tag: A standard structure type of ISO 32000-1, 14.8.4.
        children: In reading order, after what painting fills in.
        attributes: Name and value as PDF writes the value, in the tag's owner (ISO 32000-1, 14.8.5).
        language: Where it differs from the document's.
        signature: For a Form: the signature field.
        actual_text: What is read instead of its content.
        description: What a Figure shows, what a Note says, where a Link leads: for whoever cannot see it.
        target: For a Link: an address, or the element that it leads to.
        label: Of a Note, by which it is referred to.
        content: Filled in by painting, in reading order: page and marked-content identifier of each piece of its own text,
            and the elements inside it that the text's marks ask for.
        place: Filled in by painting, for a Form, a Figure and a Note.
        areas: Filled in by painting, for a Link: where its words stand.
    """

    tag: str
    children: list[Element] = field(default_factory=list["Element"])
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    language: str | None = None
    signature: SignatureField | None = None
    actual_text: str = ""
    description: str = ""
    target: str | Element = ""
    label: str = ""
    content: list[tuple[int, int] | Element] = field(default_factory=list["tuple[int, int] | Element"])
    place: Place | None = None
    areas: list[Place] = field(default_factory=list[Place])

    def add(self, tag: str, **attributes: str) -> Element:
        """A new last child."""
        child = Element(tag, attributes=attributes)
        self.children.append(child)
        return child


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text on its baseline."""

    element: Element
    x: float
    baseline: float
    runs: tuple[Run, ...]
    size_pt: float
    colour: Colour

    def lowered(self, down: float) -> Text:
        """The same line so much further down."""
        return replace(self, baseline=self.baseline + down)


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle without meaning: a rule, a ground."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Shown:
    """An image by its upper left corner; without an element it is decoration."""

    element: Element | None
    picture: Picture
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A signature box with its caption below, which is an artifact: the field says the same to who cannot see it."""

    element: Element
    x: float
    y: float
    caption: Text


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline that leads to a strip; level 0 is the top."""

    title: str
    level: int


@dataclass(slots=True)
class Strip:
    """What stands side by side and is never broken.

    Attributes:
        height: Its height.
        space: Room above it, dropped at the head of a page.
        texts: Lines.
        bars: Painted before everything else.
        boxes: Signature boxes.
        images: Images.
        keep: Whether it stays with the next strip.
        repeat: A table's header, to be repeated where a page begins with this strip.
        bookmark: What leads here.
        begins_page: Whether it stands at the head of a page.
    """

    height: float
    space: float = 0.0
    texts: list[Text] = field(default_factory=list[Text])
    bars: list[Bar] = field(default_factory=list[Bar])
    boxes: list[Box] = field(default_factory=list[Box])
    images: list[Shown] = field(default_factory=list[Shown])
    keep: bool = False
    repeat: tuple[Strip, ...] = ()
    bookmark: Bookmark | None = None
    begins_page: bool = False
