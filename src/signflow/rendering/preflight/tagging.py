"""Structure: everything on a page is an element's or an artifact, and elements stand inside each other as they should.

Source: ISO 19005-2, 6.7; ISO 14289-1, 7.1 to 7.9; ISO 32000-1, 14.7, 14.8.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from signflow.rendering.preflight.content import ARTIFACT
from signflow.rendering.preflight.document import Document, Drawing
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Value
from signflow.rendering.preflight.tree import Tree

_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_HEADING = re.compile(r"H([1-6])")
_ROWS = frozenset({"TR"})
_PARENTS: Mapping[str, tuple[str, frozenset[str]]] = {
    "TR": ("table-parts", frozenset({"Table", "THead", "TBody", "TFoot"})),
    "THead": ("table-parts", frozenset({"Table"})),
    "TBody": ("table-parts", frozenset({"Table"})),
    "TFoot": ("table-parts", frozenset({"Table"})),
    "TH": ("table-parts", _ROWS),
    "TD": ("table-parts", _ROWS),
    "LI": ("list-parts", frozenset({"L"})),
    "LBody": ("list-parts", frozenset({"LI"})),
    "TOCI": ("contents-parts", frozenset({"TOC"})),
}
_KIDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "Table": ("table-parts", frozenset({"TR", "THead", "TBody", "TFoot", "Caption"})),
    "THead": ("table-parts", _ROWS),
    "TBody": ("table-parts", _ROWS),
    "TFoot": ("table-parts", _ROWS),
    "TR": ("table-parts", frozenset({"TH", "TD"})),
    "L": ("list-parts", frozenset({"L", "LI", "Caption"})),
    "LI": ("list-parts", frozenset({"Lbl", "LBody"})),
    "TOC": ("contents-parts", frozenset({"TOC", "TOCI", "Caption"})),
}


def check_marked(document: Document, tree: Tree) -> Iterator[Finding]:
    """6.7.2.2, 6.7.3.3: the file says that it is tagged, and is."""
    file, catalog = document.file, document.catalog
    information = file.dictionary(catalog, "MarkInfo")
    if file.entry(information, "Marked") is not True:
        yield found("not-marked", catalog)
    if file.entry(information, "Suspects") is True:
        yield found("structure-suspect", catalog)
    if not tree.root:
        yield found("structure-missing", catalog)
    for name in (*tree.roles, *(element.type for element in tree.elements)):
        tree.standard_type(name)
    yield from tree.findings


def check_content_owned(document: Document, tree: Tree) -> Iterator[Finding]:
    """7.1: what is drawn is tagged or an artifact; what is tagged has one element that knows it, and says so itself."""
    owned = Counter(one for element in tree.elements for one in element.content)
    owners = {one: element for element in tree.elements for one in element.content}
    within = _drawn_bare(document)
    drawn: Counter[tuple[int, int]] = Counter()
    for drawing in document.drawings:
        place = id(drawing.holder)
        if drawing.content.bare and (drawing.is_page or place in within):
            yield found("content-untagged", drawing.holder, " ".join(sorted(drawing.content.bare)), drawing.page)
        key = document.file.number(drawing.holder, "StructParents")
        named = document.file.resolve(tree.parents.get(int(key))) if key is not None else None
        parents = named if isinstance(named, list) else []
        for mark in drawing.content.marks:
            if mark.mcid is None or mark.tag == ARTIFACT:
                continue
            drawn[place, mark.mcid] += 1
            owner = document.file.resolve(parents[mark.mcid]) if 0 <= mark.mcid < len(parents) else None
            element = owners.get((place, mark.mcid))
            if element is None or owner is not element.dictionary:
                yield found("parent-tree", drawing.holder, f"MCID {mark.mcid}", drawing.page)
    for (place, identifier), count in owned.items():
        if count > 1 or drawn[place, identifier] != 1:
            yield found("parent-tree", owners[place, identifier].dictionary, f"MCID {identifier}")


def check_objects_drawn(document: Document) -> Iterator[Finding]:
    """7.1, 7.20: images are tagged or artifacts; a form with content of its own elements is drawn once."""
    file = document.file
    times: Counter[int] = Counter()
    for drawing in document.drawings:
        objects = file.dictionary(drawing.resources, "XObject")
        for (name, is_owned), count in sorted(drawing.content.drawn.items()):
            stream = file.stream(objects, name)
            if stream is None:
                continue
            if file.name(stream, "Subtype") == "Image" and not is_owned and drawing.is_page:
                yield found("content-untagged", drawing.holder, name, drawing.page)
            times[stream.start] += count
    for drawing in document.drawings:
        is_tagged = any(mark.mcid is not None for mark in drawing.content.marks)
        if is_tagged and times[getattr(drawing.holder, "start", -1)] > 1:
            yield found("form-shared", drawing.holder, page=drawing.page)


def check_annotations_owned(document: Document, tree: Tree) -> Iterator[Finding]:
    """7.18.1: the element that the parent tree names for an annotation is one of the tree's."""
    for one in document.annotations:
        owner = tree.owner(one.dictionary)
        if owner is not None and not tree.holds(owner):
            yield found("annotation-place", one.dictionary, "StructTreeRoot", one.page.number)


def check_nesting(_: Document, tree: Tree) -> Iterator[Finding]:
    """7.2: parts of tables, lists and tables of contents stand where they belong."""
    for element in tree.elements:
        kids = [kid.type for kid in element.kids]
        if element.type in _PARENTS:
            code, parents = _PARENTS[element.type]
            above = element.parent.type if element.parent else ""
            if above not in parents:
                yield found(code, element.dictionary, f"{element.type} < {above}")
        if element.type in _KIDS:
            code, permitted = _KIDS[element.type]
            others = sorted(set(kids) - permitted)
            if others or not _captioned(element.type, kids) or not _grouped(kids):
                yield found(code, element.dictionary, f"{element.type} > {' '.join(others or kids[:5])}")


def check_said(document: Document, tree: Tree) -> Iterator[Finding]:
    """7.3, 7.7, 7.9: figures and formulas are described; notes have identifiers of their own."""
    identifiers: Counter[str | None] = Counter(
        document.file.text(one.dictionary, "ID") for one in tree.elements if one.type == "Note"
    )
    for element in tree.elements:
        said = element.dictionary
        if element.type in {"Figure", "Formula"}:
            if not document.file.text(said, "Alt") and document.file.text(said, "ActualText") is None:
                yield found("figure-undescribed" if element.type == "Figure" else "formula-undescribed", said)
        elif element.type == "Note":
            identifier = document.file.text(said, "ID")
            if not identifier or identifiers[identifier] > 1:
                yield found("note-identifier", said)


def check_headings(_: Document, tree: Tree) -> Iterator[Finding]:
    """7.4: levels begin with the first and skip none; numbered and plain headings do not stand in one document."""
    level = 0
    plain = [element for element in tree.elements if element.type == "H"]
    for element in tree.elements:
        numbered = _HEADING.fullmatch(element.type)
        if numbered:
            if int(numbered[1]) > level + 1:
                yield found("heading-order", element.dictionary, element.type)
            level = int(numbered[1])
        if sum(kid.type == "H" for kid in element.kids) > 1:
            yield found("heading-kinds", element.dictionary, "H H")
    if level and plain:
        yield found("heading-kinds", plain[0].dictionary, "H")


def check_languages(document: Document, tree: Tree) -> Iterator[Finding]:
    """6.7.4, 7.2: the language of the text is told, as language tags are written (RFC 3066)."""
    file = document.file
    language = file.text(document.catalog, "Lang")
    if language is not None and not _is_language(language):
        yield found("language-form", document.catalog, language)
    if language is None:
        yield found("language-missing", document.catalog)
    for element in tree.elements:
        if "Lang" in element.dictionary and not _is_language(file.text(element.dictionary, "Lang") or ""):
            yield found("language-form", element.dictionary, file.text(element.dictionary, "Lang") or "")
    for drawing in document.drawings:
        yield from _languages_said(drawing)


def _languages_said(drawing: Drawing) -> Iterator[Finding]:
    for mark in drawing.content.marks:
        language: Value = mark.properties.get("Lang", b"sv")
        if not isinstance(language, bytes) or not _is_language(language.decode("latin-1")):
            yield found("language-form", drawing.holder, language, drawing.page)


def _drawn_bare(document: Document) -> set[int]:
    """The forms that pages draw outside of tagged content and artifacts."""
    bare: set[int] = set()
    for drawing in document.drawings:
        if drawing.is_appearance or not (drawing.is_page or id(drawing.holder) in bare):
            continue
        objects = document.file.dictionary(drawing.resources, "XObject")
        for name, is_owned in drawing.content.drawn:
            stream = document.file.stream(objects, name)
            if stream is not None and not is_owned:
                bare.add(id(stream))
    return bare


def _captioned(kind: str, kids: list[str]) -> bool:
    """Whether there is at most one caption, and it stands first; a table's may stand last."""
    return kids.count("Caption") <= 1 and "Caption" not in (kids[1:-1] if kind == "Table" else kids[1:])


def _grouped(kids: list[str]) -> bool:
    """Whether there is one head and one foot at most, and then a body."""
    heads, feet = kids.count("THead"), kids.count("TFoot")
    return heads <= 1 and feet <= 1 and (not heads + feet or "TBody" in kids)


def _is_language(tag: str) -> bool:
    return _LANGUAGE.fullmatch(tag) is not None
