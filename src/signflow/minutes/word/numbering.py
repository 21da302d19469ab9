"""Automatic numbers as the reader of the page sees them: `§ 94`, `2.1`, `c)`.

Source: ISO/IEC 29500-1, 17.9 (numbering), 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from signflow.minutes.word.styles import NumberedBy, Style, Styles
from signflow.minutes.word.xml import Element, number, toggle, value, w, whole_number

LEVELS = 9
_PLACE = re.compile("%([1-9])")
_LABEL_CHARACTERS = 60
_MOST_ROMAN = 3_999
_MOST_LETTERS = 260
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1
    restarts_after: int | None = None  # the level (1-based) after which it begins anew; None for any higher one
    figures_only: bool = False
    style: str = ""


@dataclass(slots=True)
class _Counters:
    values: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


@dataclass(frozen=True, slots=True)
class Number:
    """The number of one paragraph.

    Attributes:
        text: As shown; empty for bullets.
        bullet: Whether a sign stands there instead of a number.
        list_id: Which list it belongs to.
        level: How deep in the list, 0–8.
        counts: How far the levels down to its own have come; None for one that the list does not have.
    """

    text: str
    bullet: bool
    list_id: int
    level: int
    counts: tuple[int | None, ...] = ()


def written_number(count: int, form: str) -> str:
    """The count in a number format; figures where the format is unknown or the count beyond what it is for."""
    if form in ("upperRoman", "lowerRoman") and 0 < count <= _MOST_ROMAN:
        text = ""
        for worth, letters in _ROMAN:
            text += letters * (count // worth)
            count %= worth
        return text.upper() if form == "upperRoman" else text
    if form in ("upperLetter", "lowerLetter") and 0 < count <= _MOST_LETTERS:
        first = "A" if form == "upperLetter" else "a"
        return chr(ord(first) + (count - 1) % 26) * ((count - 1) // 26 + 1)
    if form == "none":
        return ""
    return f"{count:02d}" if form == "decimalZero" else str(count)


class Numbering:
    """The lists of `numbering.xml`, counting as the document is read from its beginning."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._templates: dict[int, Element] = {}
        self._lists: dict[int, Element] = {}
        for element in () if root is None else root:
            identifier = whole_number(element.get(w("abstractNumId")) or element.get(w("numId")))
            if identifier is not None and element.tag == w("abstractNum"):
                self._templates.setdefault(identifier, element)
            elif identifier is not None and element.tag == w("num"):
                self._lists.setdefault(identifier, element)
        self._levels: dict[int, tuple[int, dict[int, _Level]]] = {}
        self._counters: dict[int, _Counters] = {}
        self._begun: set[int] = set()

    def count(self, own: NumberedBy | None, style: Style) -> Number | None:
        """The number of the next paragraph, by its own properties and its style; None where it has none."""
        said = style.numbered
        list_id = own.list_id if own and own.list_id is not None else said.list_id if said else None
        if not list_id or list_id not in self._lists:
            return None
        template, levels = self._levels_of(list_id)
        level = own.level if own and own.level is not None else None
        if level is None:
            by_style = (at for at, one in levels.items() if one.style and one.style == style.numbered_as)
            level = next(by_style, said.level if said and said.level is not None else 0)
        if level not in levels or not 0 <= level < LEVELS:
            return None
        counters = self._counters.setdefault(template, _Counters())
        self._begin(list_id, counters)
        shown = levels[level]
        self._advance(counters, levels, level)
        label, counts = _label(shown, levels, counters), tuple(counters.values[: level + 1])
        return Number(label, shown.form == "bullet", list_id, level, counts)

    def _begin(self, list_id: int, counters: _Counters) -> None:
        """A list that overrides a start begins there the first time it is used."""
        if list_id in self._begun:
            return
        self._begun.add(list_id)
        for override in self._lists[list_id].iterchildren(w("lvlOverride")):
            level = whole_number(override.get(w("ilvl")))
            if level is not None and 0 <= level < LEVELS and override.find(w("startOverride")) is not None:
                counters.values[level:] = [None] * (LEVELS - level)

    @staticmethod
    def _advance(counters: _Counters, levels: dict[int, _Level], level: int) -> None:
        for above in range(level):
            if counters.values[above] is None and above in levels:
                counters.values[above] = levels[above].start
        count = counters.values[level]
        counters.values[level] = levels[level].start if count is None else count + 1
        for below in range(level + 1, LEVELS):
            after = levels[below].restarts_after if below in levels else None
            if after is None or level < after:
                counters.values[below] = None

    def _levels_of(self, list_id: int) -> tuple[int, dict[int, _Level]]:
        """The list's template, and its levels with the list's own changes."""
        if list_id not in self._levels:
            template = self._template_of(list_id)
            levels: dict[int, _Level] = {}
            for parent in (self._templates.get(template), *self._lists[list_id].iterchildren(w("lvlOverride"))):
                start = number(parent, "startOverride")
                for element in () if parent is None else parent.iterchildren(w("lvl")):
                    at = whole_number(element.get(w("ilvl")))
                    if at is not None:
                        levels[at] = _level(element)
                at = whole_number(parent.get(w("ilvl"))) if parent is not None and start is not None else None
                if at is not None and start is not None and at in levels:
                    one = levels[at]
                    levels[at] = _Level(one.form, one.text, start, one.restarts_after, one.figures_only, one.style)
            self._levels[list_id] = (template, levels)
        return self._levels[list_id]

    def _template_of(self, list_id: int) -> int:
        """The template of a list, by way of the style that it may refer to; a circle ends where it began."""
        seen: set[int] = set()
        while list_id in self._lists and list_id not in seen:
            seen.add(list_id)
            template = number(self._lists[list_id], "abstractNumId")
            element = self._templates.get(-1 if template is None else template)
            link = value(element, "numStyleLink")
            said = self._styles.named(link).numbered if link else None
            if said is None or said.list_id is None:
                return -1 if template is None else template
            list_id = said.list_id
        return -1


def _level(element: Element) -> _Level:
    return _Level(
        form=value(element, "numFmt") or "decimal",
        text=(value(element, "lvlText") or "")[:_LABEL_CHARACTERS],
        start=number(element, "start") or 0 if element.find(w("start")) is not None else 0,
        restarts_after=number(element, "lvlRestart"),
        figures_only=toggle(element, "isLgl") or False,
        style=value(element, "pStyle") or "",
    )


def _label(shown: _Level, levels: dict[int, _Level], counters: _Counters) -> str:
    if shown.form == "bullet":
        return ""

    def place(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        count = counters.values[at]
        form = "decimal" if shown.figures_only else levels[at].form if at in levels else "decimal"
        return "" if count is None or at not in levels else written_number(count, form)

    return " ".join(_PLACE.sub(place, shown.text).split())
