"""The elements inside a text: links, references to notes, passages in another language, words from right to left.

A text's runs say what they are; while the text is painted, each stretch that is something of its own gets its element, once
for all the lines and pages that it goes over.

Source: ISO 32000-1, 14.8.4.4 (inline-level elements), 14.9.4 (replacement text); ISO 14289-1, 7.2, 7.18.5.
"""

from __future__ import annotations

from collections.abc import Iterable

from signflow.rendering.layout.strips import Element
from signflow.rendering.type.faces import Mark, Run


class Inline:
    """The elements inside the texts of one document."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self._notes = {element.label: element for element in elements if element.label}
        self._latest: dict[int, tuple[Mark, Element, Element | None]] = {}

    def owner(self, element: Element, run: Run) -> Element:
        """What a run of the element's text belongs to: the element itself, or one inside it."""
        mark = run.mark
        if run.level & 1 and not (mark and (mark.link or mark.note)):
            self._latest.pop(id(element), None)
            return _seen(element, run, mark.language if mark else "")
        if mark is None:
            self._latest.pop(id(element), None)
            return element
        owner = self._of_mark(element, mark)[0]
        return _seen(owner, run, "") if run.level & 1 else owner

    def link(self, element: Element, run: Run) -> Element | None:
        """The link that a run of the element's text, whose owner has been asked for, is part of."""
        mark = run.mark
        return self._of_mark(element, mark)[1] if mark and (mark.link or mark.note) else None

    def _of_mark(self, element: Element, mark: Mark) -> tuple[Element, Element | None]:
        latest = self._latest.get(id(element))
        if latest and latest[0] == mark:
            return latest[1:]
        outermost, innermost, link = self._made(mark)
        element.content.append(outermost)
        self._latest[id(element)] = (mark, innermost, link)
        return innermost, link

    def _made(self, mark: Mark) -> tuple[Element, Element, Element | None]:
        """The elements for a mark: the outermost, the one that holds the words, and the link if there is one."""
        if mark.note:
            reference, label = Element("Reference"), Element("Lbl")
            note = self._notes.get(mark.note)
            if note is None:
                reference.content.append(label)
                return reference, label, None
            link = Element("Link", target=note, description=note.description)
            reference.content.append(link)
            link.content.append(label)
            return reference, label, link
        if mark.link:
            link = Element("Link", language=mark.language or None, target=mark.link, description=mark.link)
            return link, link, link
        span = Element("Span", language=mark.language)
        return span, span, None


def _seen(owner: Element, run: Run, language: str) -> Element:
    """A new last element for what is drawn as it is seen, from its end to its start, and read the other way round."""
    span = Element("Span", language=language or None, actual_text=run.text)
    owner.content.append(span)
    return span
