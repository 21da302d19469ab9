"""What a paragraph has that a reader of the final page would not see, gathered and told once for each paragraph.

Source: ISO/IEC 29500-1, 17.13.4 (comments), 17.13.5 (revisions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.word.xml import Element, w

_QUOTE_CHARACTERS = 200

REVISIONS = {
    w("ins"): "inserted",
    w("cellIns"): "inserted",
    w("del"): "deleted",
    w("cellDel"): "deleted",
    w("moveFrom"): "moved",
    w("moveTo"): "moved",
    w("rPrChange"): "formatted",
    w("pPrChange"): "formatted",
    w("tblPrChange"): "formatted",
    w("tblPrExChange"): "formatted",
    w("tblGridChange"): "formatted",
    w("trPrChange"): "formatted",
    w("tcPrChange"): "formatted",
    w("sectPrChange"): "formatted",
    w("cellMerge"): "formatted",
    w("numberingChange"): "formatted",
}
"""Each element that tracks a change, and what it tracks."""

TAKEN_OUT = frozenset([w("del"), w("moveFrom"), w("cellDel")])
"""Of those, the ones whose words do not stand in the text any more."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One tracked change."""

    kind: str
    author: str


def revision_of(element: Element) -> Revision | None:
    """The change that the element tracks; None where it tracks none."""
    kind = REVISIONS.get(element.tag)
    return Revision(kind, element.get(w("author"), "")) if kind else None


def revisions_in(properties: Element | None) -> Iterator[Revision]:
    """The changes that properties of a paragraph, a row, a cell or a table track, those of a paragraph's mark included."""
    for element in () if properties is None else properties.iter():
        revision = revision_of(element)
        if revision:
            yield revision


def takes_out(properties: Element | None) -> bool:
    """Whether the properties of a row or a paragraph's mark say that it is deleted."""
    return properties is not None and any(element.tag in TAKEN_OUT for element in properties)


@dataclass(slots=True)
class Remarks:
    """What is to be said of one paragraph: its findings, and the words of changes, by kind and author."""

    line: int
    findings: list[Finding] = field(default_factory=list[Finding])
    _revised: dict[Revision, str] = field(default_factory=dict[Revision, str])
    _words: dict[str, str] = field(default_factory=dict[str, str])

    def revise(self, revision: Revision, words: str = "") -> None:
        """The words belong to a tracked change."""
        self._revised[revision] = _longer(self._revised.get(revision, ""), words)

    def gather(self, code: str, words: str) -> None:
        """The words are part of what one finding of that code quotes."""
        self._words[code] = _longer(self._words.get(code, ""), words)

    def all(self, text: str) -> list[Finding]:
        """The findings about the paragraph, whose words are quoted where a change has none of its own."""
        found = [*self.findings]
        for one, words in self._revised.items():
            found.append(remark("tracked-change", self.line, words.strip() or text, kind=one.kind, author=one.author))
        found += [remark(code, self.line, words) for code, words in self._words.items() if words.strip()]
        return found


def _longer(quote: str, words: str) -> str:
    return quote if len(quote) >= _QUOTE_CHARACTERS else quote + words[:_QUOTE_CHARACTERS]
