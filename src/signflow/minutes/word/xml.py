"""The names of WordprocessingML, and how its elements are asked.

Source: ISO/IEC 29500-1:2016, clauses 17 (WordprocessingML), 20 (DrawingML), 22.1 (Math); 29500-3 (AlternateContent).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

Element: TypeAlias = Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VML = "{urn:schemas-microsoft-com:vml}"
OFFICE = "{urn:schemas-microsoft-com:office:office}"

# what a document saved as "Strict Open XML" says instead, with the prefix that the names above have in common
STRICT_NAMES = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing", b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
    (b"http://purl.oclc.org/ooxml/drawingml/picture", b"http://schemas.openxmlformats.org/drawingml/2006/picture"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)  # fmt: skip

_OFF = frozenset(["0", "false", "off", "none"])


def w(name: str) -> str:
    """The tag or attribute of that name in WordprocessingML."""
    return WORD + name


_VALUE = w("val")


def value(parent: Element | None, name: str) -> str | None:
    """The `w:val` of the child of that name; None where there is no such child, empty where it has no value."""
    child = None if parent is None else parent.find(WORD + name)
    return None if child is None else child.get(_VALUE, "")


def toggle(parent: Element | None, name: str) -> bool | None:
    """What an on/off child says; None where there is none. Source: ISO/IEC 29500-1, 17.17.4 (ST_OnOff)."""
    written = value(parent, name)
    return None if written is None else written.lower() not in _OFF


def whole_number(text: str | None) -> int | None:
    """The number that the text is, if it is one of at most nine figures."""
    text = (text or "").strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else None


def number(parent: Element | None, name: str) -> int | None:
    """The `w:val` of the child of that name as a number; None where there is none."""
    return whole_number(value(parent, name))


def preferred(parent: Element) -> Iterator[Element]:
    """The children in order; of alternatives for several programs, what stands in the first, never in two.

    Source: ISO/IEC 29500-3, 7.6 (AlternateContent).
    """
    for child in parent:
        if child.tag == COMPATIBLE + "AlternateContent":
            chosen = next((one for one in child if one.tag in (COMPATIBLE + "Choice", COMPATIBLE + "Fallback")), None)
            if chosen is not None:
                yield from preferred(chosen)
        else:
            yield child
