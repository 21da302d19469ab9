"""Styles of a Word document: which are headings, which are bold, and which number their paragraphs.

Source: ISO/IEC 29500-1, 17.7 (styles), 17.7.3 (toggle properties), 17.3.1.20 (outline levels).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from signflow.minutes.word.xml import Element, number, toggle, value, w

_HEADING_NAME = re.compile(r"(?:heading|rubrik|överskrift|titre) ?([1-9])", re.IGNORECASE)
_TITLE_NAMES = frozenset(["title", "rubrik", "dokumentrubrik", "dokumenttitel"])
_TOGGLES = ("b", "i", "strike", "dstrike", "vanish")
_NO_HEADING = 9  # the outline level of body text


@dataclass(frozen=True, slots=True)
class NumberedBy:
    """What a paragraph's properties say of its number; None where they leave it to the style or the list."""

    list_id: int | None
    level: int | None


@dataclass(frozen=True, slots=True)
class Style:
    """What a style comes to, those that it is based on included.

    Attributes:
        heading: Level 1–9 where the style is a heading's; a title has 1.
        contents: Whether it is the style of an entry of a table of contents.
        header_row: Whether, for a table, it gives the first row a look of its own.
        numbered: Its list and level.
        numbered_as: The style that says so.
        switched: Which of bold, italics, … it switches, by the names of the properties.
        highlighted: What it says of the highlighter; None where nothing.
        language: Of its words, as a tag; empty where it says nothing.
    """

    heading: int | None = None
    contents: bool = False
    header_row: bool = False
    numbered: NumberedBy | None = None
    numbered_as: str = ""
    switched: frozenset[str] = frozenset()
    highlighted: bool | None = None
    language: str = ""


def numbered_by(properties: Element | None) -> NumberedBy | None:
    """What paragraph properties say of the number."""
    found = None if properties is None else properties.find(w("numPr"))
    return None if found is None else NumberedBy(number(found, "numId"), number(found, "ilvl"))


def heading_level(properties: Element | None) -> int | None:
    """The level 1–9 that paragraph properties give, 0 for body text; None where they say nothing."""
    level = number(properties, "outlineLvl")
    return None if level is None else (level + 1 if 0 <= level < _NO_HEADING else 0)


def highlighted(properties: Element | None) -> bool | None:
    """Whether run properties put the highlighter over the words; None where they say nothing."""
    colour = value(properties, "highlight")
    return None if colour is None else colour.lower() != "none"


class Styles:
    """The styles of `styles.xml`; without that part, none."""

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self._resolved: dict[str, Style] = {}
        self.usual_paragraph = ""
        for element in () if root is None else root.iterchildren(w("style")):
            style_id = element.get(w("styleId"), "")
            self._elements.setdefault(style_id, element)
            if element.get(w("type")) == "paragraph" and element.get(w("default")) in ("1", "true", "on"):
                self.usual_paragraph = style_id
        defaults = None if root is None else root.find("/".join(map(w, ("docDefaults", "rPrDefault", "rPr"))))
        self.defaults = Style(
            switched=_on(_toggles(defaults)), highlighted=highlighted(defaults), language=_language(defaults)
        )

    def named(self, style_id: str | None) -> Style:
        """The style with that identifier; one that says nothing where it is unknown. A circle ends where it began."""
        wanted = style_id or ""
        chain: dict[str, Element] = {}
        at = wanted
        while at in self._elements and at not in self._resolved and at not in chain:
            chain[at] = self._elements[at]
            at = value(chain[at], "basedOn") or ""
        style = self._resolved.get(at, Style())
        for name, element in reversed(chain.items()):
            style = self._resolved[name] = _based_on(style, name, element)
        return style


def _based_on(base: Style, style_id: str, element: Element) -> Style:
    """The style of that element, which says what it says in place of the one that it is based on."""
    name = (value(element, "name") or "").strip().lower()
    paragraph, run = element.find(w("pPr")), element.find(w("rPr"))
    heading = _heading_of(name, paragraph)
    own, said = numbered_by(paragraph), base.numbered
    numbered, numbered_as = said, base.numbered_as
    if own and own.list_id is not None:
        numbered, numbered_as = own, style_id
    elif own and said:
        numbered, numbered_as = NumberedBy(said.list_id, own.level), style_id
    toggles = _toggles(run)
    marked = highlighted(run)
    return Style(
        heading=base.heading if heading is None else heading or None,
        contents=base.contents or name.startswith(("toc ", "innehåll ")),
        header_row=base.header_row
        or any(part.get(w("type")) == "firstRow" for part in element.iterchildren(w("tblStylePr"))),
        numbered=numbered,
        numbered_as=numbered_as,
        switched=base.switched.difference(toggles) | _on(toggles),
        highlighted=base.highlighted if marked is None else marked,
        language=_language(run) or base.language,
    )


def _heading_of(name: str, paragraph: Element | None) -> int | None:
    """The level that a style of its own gives; None where it leaves that to the style it is based on."""
    level = heading_level(paragraph)
    if level is not None:
        return level
    match = _HEADING_NAME.fullmatch(name)
    if match:
        return int(match[1])
    return 1 if name in _TITLE_NAMES else None


def _toggles(run: Element | None) -> dict[str, bool]:
    return {name: said for name in _TOGGLES if (said := toggle(run, name)) is not None}


def _on(toggles: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, said in toggles.items() if said)


def _language(run: Element | None) -> str:
    return value(run, "lang") or ""
