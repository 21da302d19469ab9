"""How a run of a Word document looks, and in which language it is said to be.

Source: ISO/IEC 29500-1, 17.3.2 (run properties), 17.7.3 (toggle properties).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signflow.minutes.model import Span
from signflow.minutes.word.styles import Style, Styles
from signflow.minutes.word.symbols import is_symbol_typeface
from signflow.minutes.word.xml import Element, w

_OFF = frozenset(["0", "false", "off", "none"])
_VALUE = w("val")
_LANGUAGE_TAG = re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

_PLAIN = Span("")
_NO_STYLE = Style()


@dataclass(frozen=True, slots=True)
class RunLook:
    """What holds for all words of a run.

    Attributes:
        span: Its style, as a span without words.
        struck: Whether a line goes through the words.
        hidden: Whether they do not show.
        language: The tag that the run itself has; empty where it has none.
        symbols: The symbol typeface that its letters are set in; else empty.
    """

    span: Span = _PLAIN
    struck: bool = False
    hidden: bool = False
    language: str = ""
    symbols: str = ""


def run_look(properties: Element | None, paragraph: Style, styles: Styles) -> RunLook:
    """The look of a run in a paragraph of that style."""
    own = {} if properties is None else {child.tag: child for child in properties}
    named = own.get(w("rStyle"))
    character = styles.named(named.get(_VALUE)) if named is not None else _NO_STYLE

    def switched(name: str) -> bool:
        element = own.get(w(name))
        if element is not None:
            return element.get(_VALUE, "").lower() not in _OFF
        return name in styles.defaults.switched or (name in paragraph.switched) != (name in character.switched)

    colour = own.get(w("highlight"))
    inherited = (character.highlighted, paragraph.highlighted, styles.defaults.highlighted)
    by_style = next((one for one in inherited if one is not None), False)
    masked = by_style if colour is None else colour.get(_VALUE, "").lower() != "none"
    fonts, language = own.get(w("rFonts")), own.get(w("lang"))
    typeface = "" if fonts is None else fonts.get(w("ascii"), "")
    from_right = w("rtl") in own and own[w("rtl")].get(_VALUE, "").lower() not in _OFF
    tag = "" if language is None else language.get(w("bidi") if from_right else _VALUE, "")
    return RunLook(
        Span("", switched("b"), switched("i"), masked=masked),
        switched("strike") or switched("dstrike"),
        switched("vanish"),
        tag if _LANGUAGE_TAG.fullmatch(tag) else "",
        typeface if is_symbol_typeface(typeface) else "",
    )
