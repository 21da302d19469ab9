"""Signs that Word draws with a symbol typeface, as characters that mean the same.

Source: the code charts of Wingdings, Wingdings 2, Symbol and Webdings; Unicode 16, blocks 2190, 2600, 2700.
"""

from __future__ import annotations

import re

_WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "☐", 0x71: "❑",
    0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xDF: "←",
    0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "•", 0xA3: "☐"}
_WEBDINGS = {0x61: "✓", 0x63: "☐", 0x72: "✗"}
_SYMBOL = {
    0x2D: "−", 0x5C: "∴", 0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
    0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈",
    0xBC: "…", 0xD6: "√", 0xD7: "⋅", 0xDE: "⇒", 0xE5: "∑",
    **{0x41 + at: letter for at, letter in enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")},
    **{0x61 + at: letter for at, letter in enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")},
    # the rest of its lower half is as in ASCII
    **{code: chr(code) for code in range(0x20, 0x40) if chr(code) not in "\"$'*-@"},
}  # fmt: skip
_TYPEFACES = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS, "symbol": _SYMBOL}
PRIVATE = re.compile("[\ue000-\uf8ff]")
"""A character that has a meaning in one typeface only."""

_FIRST = 0xF000  # where Word keeps the codes of symbol typefaces


def is_symbol_typeface(name: str) -> bool:
    """Whether letters set in that typeface show as other signs."""
    return name.strip().lower() in _TYPEFACES or name.strip().lower() == "wingdings 3"


def symbol(typeface: str, code: int) -> str | None:
    """The character that shows; None where that is not known."""
    known = _TYPEFACES.get(typeface.strip().lower(), {})
    code = code - _FIRST if _FIRST <= code < _FIRST + 0x100 else code
    return " " if code == 0x20 else known.get(code)
