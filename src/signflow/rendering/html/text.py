"""Words as HTML: escaped, in their language and direction, with their style, addresses and references.

Source: the HTML Living Standard, 13.1 (writing) and 3.2.6 (`lang`, `dir`); DPUB-ARIA 1.1 (`doc-noteref`).
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import urlsplit

from signflow.minutes.model import Span

_FOLLOWED = frozenset({"http", "https", "mailto"})
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
# What turns the direction of the text after it belongs to the mark-up, never to the words of a draft.
_DIRECTION_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def element(name: str, content: str = "", /, **attributes: str) -> str:
    """An element with its content, which is HTML already; attributes are escaped, empty ones left out.

    `class_` stands for `class`; an underscore inside a name for a hyphen.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(words(value))}"'
        for key, value in attributes.items()
        if value
    )
    return f"<{name}{written}>{content}</{name}>"


def words(text: str) -> str:
    """The text without what no HTML may hold and what would turn the direction of others' text."""
    if text.isprintable():
        return text
    return "".join(
        char
        for char in text
        if char not in _DIRECTION_CONTROLS and (char in "\t\n" or unicodedata.category(char) not in {"Cc", "Cs"})
    )


def escaped(text: str) -> str:
    """The text as HTML that says it and does nothing."""
    return html.escape(words(text), quote=False)


def direction(text: str) -> str:
    """`rtl` where the first letter that has a direction runs from right to left, else nothing."""
    if text.isascii():
        return ""
    strong = (unicodedata.bidirectional(char) for char in text)
    return "rtl" if next((one for one in strong if one == "L" or one in _RIGHT_TO_LEFT), "L") != "L" else ""


@dataclass
class Notes:
    """The notes of a document by label, and where they were referred to.

    Attributes:
        ids: Of each label's note: its number in the document, from 1.
        references: How often each label has been referred to so far.
    """

    ids: Mapping[str, int]
    references: dict[str, int] = field(default_factory=dict[str, int])

    def reference(self, label: str) -> str:
        """A reference, linked to its note where there is one."""
        number = self.ids.get(label)
        if number is None:
            return element("sup", escaped(label))
        count = self.references[label] = self.references.get(label, 0) + 1
        link = element("a", escaped(label), href=f"#note-{number}", id=f"ref-{number}-{count}", role="doc-noteref")
        return element("sup", link)


def inline(spans: Sequence[Span], notes: Notes) -> str:
    """The spans in order; neighbours with one address are one link."""
    written: list[str] = []
    for (link, is_note), group in groupby(spans, key=lambda span: (span.link, span.note)):
        if is_note:
            written += [notes.reference(span.text) for span in group]
            continue
        text = "".join(_styled(one) for one in group)
        written.append(_linked(text, link) if link else text)
    return "".join(written)


def said(spans: Iterable[Span]) -> str:
    """The words of the spans."""
    return "".join(span.text for span in spans)


def _styled(span: Span) -> str:
    text = escaped(span.text)
    if span.emphasis:
        text = element("em", text)
    if span.strong:
        text = element("strong", text)
    return element("span", text, lang=span.language, dir=direction(span.text)) if span.language else text


def _linked(text: str, address: str) -> str:
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return text
    if scheme not in _FOLLOWED:
        return text
    return element("a", text, href=address, rel="" if scheme == "mailto" else "noopener noreferrer")
