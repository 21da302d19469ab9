"""Some items alone, cut out of a Word document: a package of its own, in which nothing else of the whole is left.

The new package is put together from what is known to be needed, never the old one with parts taken away: the kept paragraphs
with the notes, images and links that they refer to, the styles, lists, theme and the few settings that they look by. Heads and
feet, comments, properties, tables of contents and whatever else a package may hold are not among it.

Procedure of `cut_word`:
1. Take away what is not kept, by whole paragraphs, rows and tables; what cannot be parted so is not cut.
2. Mend what that broke: fields that lost an end, and lists, which go on counting from where they were.
3. Put the parts together, and the line that says what the document is in each place where it may stand.

Source: ISO/IEC 29500-1, 17 (WordprocessingML), 17.9.27 (startOverride); 29500-2 (packages).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # lxml ships without types

from signflow.minutes.immediate import Plan
from signflow.minutes.word.document import PlacedParagraph, read_placed
from signflow.minutes.word.fields import fields_in
from signflow.minutes.word.numbering import Number
from signflow.minutes.word.package import Package, UnreadableError, open_package
from signflow.minutes.word.parts import Parts, part_name
from signflow.minutes.word.writing import NewPackage, NotCarriedError
from signflow.minutes.word.xml import COMPATIBLE, Element, w, whole_number

_STRUCTURE = frozenset(
    map(w, ("sectPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "sdtPr", "sdtEndPr", "customXmlPr"))
)
_WHOLE = frozenset(map(w, ("p", "tr")))
_MARKS = (
    "headerReference", "footerReference", "commentRangeStart", "commentRangeEnd", "commentReference", "permStart",
    "permEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "proofErr",
    "customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd",
    "customXmlMoveFromRangeStart", "customXmlMoveFromRangeEnd", "customXmlMoveToRangeStart", "customXmlMoveToRangeEnd",
    "dataBinding",
)  # fmt: skip
_SETTINGS = frozenset(
    map(
        w,
        ("mirrorMargins", "defaultTabStop", "autoHyphenation", "consecutiveHyphenLimit", "hyphenationZone", "footnotePr",
         "endnotePr", "compat", "themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator"),
    )
)  # fmt: skip
_BEFORE_NUMBER = frozenset(map(w, ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")))


class _CannotPartError(Exception):
    """What is kept and what is not stand in one paragraph or row."""


def cut_word(data: bytes, plan: Plan) -> Iterator[bytes]:
    """The document with what the plan keeps; several ways, the best first, to be read back. None if it cannot be parted.

    Guarantees: never raises on bad input; nothing is fetched; time and memory are bounded by the limits of `package`.
    """
    try:
        parts, paragraphs = read_placed(data)
        cut = _Cut(parts, paragraphs, plan)
        cut.take_away()
        others = open_package(data)
        numbering = _other(others, parts, "numbering")
        if numbering is not None:
            cut.count_on(numbering)
        for line in cut.with_line():
            yield _written(cut, others, numbering)
            line.getparent().remove(line)
    except (UnreadableError, NotCarriedError, _CannotPartError):
        return


class _Cut:
    """The tree of the body, while what is not kept is taken away."""

    def __init__(self, parts: Parts, paragraphs: tuple[PlacedParagraph, ...], plan: Plan) -> None:
        self.parts = parts
        self.root = parts.body.getparent()
        self._plan = plan
        self._paragraphs = paragraphs
        self._places = {one.element: place for place, one in enumerate(paragraphs, 1)}
        self.notes: dict[str, Element] = {}
        self._last = 1

    def take_away(self) -> None:
        """Leave what is kept alone."""
        _plain(self.root)
        fields = fields_in(self.parts.body)
        self._prune(self.parts.body)
        for field in fields:
            if not all(self._has(mark) for mark in field):
                _remove(mark for mark in field if self._has(mark))
        for kind, notes in self.parts.notes.items():
            wanted = {one.get(w("id")) for one in self.parts.body.iter(w(kind + "Reference"))}
            for root in [note.getparent() for note in notes.elements.values()][:1]:
                self.notes[kind] = root
                _remove([one for one in root if one.get(w("id")) not in wanted and not one.get(w("type"))])
                _plain(root)
        ends = {one.get(w("id")) for one in self.parts.body.iter(w("bookmarkEnd"))}
        ends &= {one.get(w("id")) for one in self.parts.body.iter(w("bookmarkStart"))}
        marks = self.parts.body.iter(w("bookmarkStart"), w("bookmarkEnd"))
        _remove([mark for mark in marks if mark.get(w("id")) not in ends])
        for table in list(self.parts.body.iterchildren(w("tbl"))):
            following = table.getnext()
            if following is not None and following.tag == w("tbl"):  # Word would make one table of the two
                table.addnext(table.makeelement(w("p")))

    def _prune(self, container: Element) -> None:
        for child in list(container):
            places = [self._places[one] for one in child.iter(w("p")) if one in self._places]
            kept = [self._keeps(place) for place in places or [self._last]]
            self._last = max([self._last, *places])
            if child.tag in _STRUCTURE or all(kept):
                continue
            if not any(kept):
                container.remove(child)
            elif child.tag in _WHOLE:
                raise _CannotPartError
            else:
                self._prune(child)

    def _keeps(self, place: int) -> bool:
        return self._plan.keeps(place) and not self._paragraphs[place - 1].contents

    def _has(self, element: Element) -> bool:
        return any(one is self.root for one in element.iterancestors())

    def count_on(self, numbering: Element) -> None:
        """Have each list go on after a gap as if what stood there still did."""
        lists = {whole_number(one.get(w("numId"))): one for one in numbering.iterchildren(w("num"))}
        begun: dict[int, int] = {}
        gap = False
        for place, one in enumerate(self._paragraphs, 1):
            if not self._keeps(place):
                begun, gap = {}, True
            elif gap and one.number and one.number.list_id in lists:
                list_id = one.number.list_id
                if list_id not in begun:
                    begun[list_id] = max(number or 0 for number in lists) + 1
                    lists[begun[list_id]] = _begun_at(lists[list_id], begun[list_id], one.number)
                _belong(one.element, begun[list_id], one.number.level)

    def with_line(self) -> Iterator[Element]:
        """The line that says what the document is, in its places one after the other."""
        for place in self._plan.after:
            paragraph = self._paragraphs[place - 1].element
            block = paragraph
            while block.getparent() is not None and block.getparent() is not self.parts.body:
                block = block.getparent()
            for before in dict.fromkeys((block, paragraph)):
                line = before.makeelement(w("p"))
                etree.SubElement(etree.SubElement(line, w("r")), w("t")).text = self._plan.line
                before.addnext(line)
                yield line


def _plain(root: Element) -> None:
    """Take away what the reader does not read: all but the first of alternatives, and marks for what is not kept."""
    for alternatives in list(root.iter(COMPATIBLE + "AlternateContent")):
        _remove(alternatives[1:])
    _remove(list(root.iter(*map(w, _MARKS))))
    root.attrib.pop(w("conformance"), None)


def _remove(elements: Iterable[Element]) -> None:
    for element in elements:
        element.getparent().remove(element)


def _begun_at(source: Element, list_id: int, number: Number) -> Element:
    """A list like the source, after it, that begins where that number is."""
    begun = copy.deepcopy(source)
    begun.set(w("numId"), str(list_id))
    for level, count in enumerate(number.counts):
        overrides = (one for one in begun.iterchildren(w("lvlOverride")) if one.get(w("ilvl")) == str(level))
        override = next(overrides, None)
        if count is None:
            continue
        if override is None:
            override = etree.SubElement(begun, w("lvlOverride"), {w("ilvl"): str(level)})
        _remove(list(override.iterchildren(w("startOverride"))))
        override.insert(0, override.makeelement(w("startOverride"), {w("val"): str(count)}))
    following = source
    while following.getnext() is not None and following.getnext().tag == w("num"):
        following = following.getnext()
    following.addnext(begun)
    return begun


def _belong(paragraph: Element, list_id: int, level: int) -> None:
    """Make the paragraph one of that list."""
    properties = paragraph.find(w("pPr"))
    if properties is None:
        properties = paragraph.makeelement(w("pPr"))
        paragraph.insert(0, properties)
    numbered = properties.find(w("numPr"))
    if numbered is None:
        numbered = properties.makeelement(w("numPr"))
        properties.insert(sum(1 for one in properties if one.tag in _BEFORE_NUMBER), numbered)
    _remove([one for one in numbered if one.tag in (w("ilvl"), w("numId"))])
    numbered.insert(0, numbered.makeelement(w("numId"), {w("val"): str(list_id)}))
    numbered.insert(0, numbered.makeelement(w("ilvl"), {w("val"): str(level)}))


def _other(package: Package, parts: Parts, kind: str) -> Element | None:
    name = part_name(parts.related, kind)
    return package.xml(name) if name else None


def _written(cut: _Cut, others: Package, numbering: Element | None) -> bytes:
    new = NewPackage(cut.parts.package)
    new.add("document", cut.root, cut.parts.related)
    for kind, root in cut.notes.items():
        new.add(kind + "s", root, cut.parts.notes[kind].related)
    if numbering is not None:
        new.add("numbering", numbering, others.related(part_name(cut.parts.related, "numbering")))
    for kind in ("styles", "theme", "settings"):
        root = _other(others, cut.parts, kind)
        if root is not None and kind == "settings":
            _remove([one for one in root if one.tag not in _SETTINGS])
        if root is not None:
            new.add(kind, root, {})
    return new.packed()
