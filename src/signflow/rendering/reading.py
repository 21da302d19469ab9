"""Reading a PDF's structure back: the accessible text of exactly the bytes that are to be signed.

1. Each page's marked content is decoded to text, by marked-content identifier.
2. The structure tree is walked in reading order, each element with the text it owns and its children.
What no element owns (running head and foot, rules) is an artifact and not read.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import cast

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from signflow.errors import RefusedError
from signflow.rendering.pdf.marked_content import read_marked_texts

_INLINE = frozenset({"Span", "Link", "Reference", "Quote", "Code"})  # the space at their edges is the text's
_SPACES = re.compile(r"\s+")
_MOST_ELEMENTS = 200_000
_DEEPEST = 60
# What a broken file shows as in pypdf, depending on where it is broken.
_BROKEN = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the structure tree.

    Attributes:
        tag: The standard structure type (`H1`, `P`, `TH`, …); empty for text between an element's children.
        text: What the element itself says, without its children; its alternative text where it has one, the label of
            a form field.
        children: In reading order.
        scope: Of a TH: `Row`, `Column` or `Both`; else empty.
        language: Where it says one (BCP 47); the document's for the outermost.
        numbering: Of an L: how its entries are numbered (`Disc`, `Decimal`, `None`, …); else empty.
    """

    tag: str
    text: str = ""
    children: tuple[Node, ...] = ()
    scope: str = ""
    language: str = ""
    numbering: str = ""


def read_structure(pdf: bytes) -> tuple[Node, ...]:
    """The outermost elements of the structure tree, usually one `Document`.

    Words are apart where the file keeps them apart, also at the end of a line.

    Raises:
        RefusedError: The file cannot be read (`pdf-unreadable`), or has no structure (`pdf-untagged`).
    """
    try:
        return _Tree(PdfReader(io.BytesIO(pdf))).nodes()
    except _BROKEN as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error


def pages_of_field(pdf: bytes, field: str) -> tuple[int, frozenset[int]]:
    """How many pages there are, and on which, 1-based, that form field stands; none where it is in a hierarchy of fields.

    Raises:
        RefusedError: The file cannot be read (`pdf-unreadable`).
    """
    try:
        pages = PdfReader(io.BytesIO(pdf)).pages
        found = {number for number, page in enumerate(pages, 1) if field in _fields(page)}
        return len(pages), frozenset(found)
    except _BROKEN as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error


def _fields(page: DictionaryObject) -> set[str]:
    """The names of the fields on a page."""
    annotations = cast("ArrayObject", page.get("/Annots", ArrayObject()).get_object())
    return {str(cast("DictionaryObject", one.get_object()).get("/T", "")) for one in annotations}


def structure_html(nodes: tuple[Node, ...]) -> str:
    """The nodes as HTML to stand inside a page that has an `h1` of its own: the document's headings begin at `h2`.

    Every word of the document is escaped; there are no attributes but `scope`, `lang` and `class`.
    """
    return "".join(_html(node) for node in nodes)


def item_headings(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    """What the parts right under the title are called, items and lists of people among them: in reading order, each once."""
    told = dict[str, None]()
    for node in nodes:
        found = (" ".join(_words(node).split()),) if node.tag == "H2" else item_headings(node.children)
        told |= dict.fromkeys(name for name in found if name)
    return tuple(told)


def _words(node: Node) -> str:
    return node.text + "".join(map(_words, node.children))


class _Tree:
    def __init__(self, reader: PdfReader) -> None:
        root = reader.root_object
        tree = root.get("/StructTreeRoot")
        if tree is None:
            raise RefusedError("pdf-untagged")
        self._tree = cast("DictionaryObject", tree.get_object())
        self._roles = cast("Mapping[str, PdfObject]", self._tree.get("/RoleMap", DictionaryObject()).get_object())
        self._language = str(root.get("/Lang", ""))
        self._left = _MOST_ELEMENTS
        self._texts: dict[int, Mapping[int, str]] = {}
        self._pages: dict[int, DictionaryObject] = {}
        self._reader = reader

    def nodes(self) -> tuple[Node, ...]:
        for page in self._reader.pages:
            if page.indirect_reference is not None:
                self._texts[page.indirect_reference.idnum] = read_marked_texts(page, self._reader)
        return tuple(self._kids(self._tree, None, self._language, 0))

    def _kids(self, element: DictionaryObject, page: int | None, language: str, depth: int) -> Iterator[Node]:
        """The element's children; pieces of its own text are nodes without a tag."""
        if depth > _DEEPEST:
            raise RefusedError("pdf-unreadable", reason="depth")
        raw = element.get("/K")
        kids = raw.get_object() if raw is not None else ArrayObject()
        for kid in kids if isinstance(kids, ArrayObject) else (raw,):
            self._left -= 1
            if self._left < 0:
                raise RefusedError("pdf-unreadable", reason="size")
            found = cast("PdfObject", kid).get_object()
            if isinstance(found, int):
                yield Node("", self._said(page, found))
            elif isinstance(found, DictionaryObject):
                yield from self._kid(found, _page_of(found, page), language, depth)

    def _kid(self, kid: DictionaryObject, page: int | None, language: str, depth: int) -> Iterator[Node]:
        kind = kid.get("/Type")
        if kind == "/MCR":
            yield Node("", self._said(page, int(cast("int", kid["/MCID"]))))
        elif kind == "/OBJR":
            annotation = cast("DictionaryObject", kid["/Obj"].get_object())
            if annotation.get("/Subtype") != "/Link":  # a link's words are content of its own element
                yield Node("", str(annotation.get("/TU", annotation.get("/Contents", ""))))
        elif "/S" in kid:
            yield self._element(kid, page, language, depth)

    def _element(self, element: DictionaryObject, page: int | None, language: str, depth: int) -> Node:
        children = tuple(self._kids(element, page, "", depth + 1))
        text = str(element.get("/ActualText", element.get("/Alt", "")))
        if text:
            children = ()
        elif all(not child.tag for child in children):
            text, children = "".join(child.text for child in children), ()
        attributes, tag = _attributes(element), self._standard(str(element["/S"]))
        return Node(
            tag=tag,
            text=_SPACES.sub(" ", text) if tag in _INLINE else " ".join(text.split()),
            children=children,
            scope=attributes.get("/Scope", ""),
            language=str(element.get("/Lang", language)),
            numbering=attributes.get("/ListNumbering", ""),
        )

    def _standard(self, tag: str) -> str:
        for _ in range(8):  # a role may be mapped to another that is mapped
            if tag not in self._roles:
                break
            tag = str(self._roles[tag])
        return tag.removeprefix("/")

    def _said(self, page: int | None, mcid: int) -> str:
        return self._texts.get(page, {}).get(mcid, "") if page is not None else ""


def _page_of(found: DictionaryObject, page: int | None) -> int | None:
    reference = found.raw_get("/Pg") if "/Pg" in found else None
    return reference.idnum if isinstance(reference, IndirectObject) else page


def _attributes(element: DictionaryObject) -> dict[str, str]:
    raw = element.get("/A")
    held = raw.get_object() if raw is not None else ArrayObject()
    several = held if isinstance(held, ArrayObject) else (held,)
    found: dict[str, str] = {}
    for attribute in several:
        entry = cast("PdfObject", attribute).get_object()
        if isinstance(entry, DictionaryObject):
            for name in ("/Scope", "/ListNumbering"):
                if name in entry:
                    found[name] = str(entry[name]).removeprefix("/")
    return found


_NAMES: Mapping[str, str] = {
    **{f"H{level}": f"h{min(level + 1, 6)}" for level in range(1, 7)},
    **dict.fromkeys(("P", "Caption", "Figure", "Form", "Formula"), "p"),
    **dict.fromkeys(("Document", "Part", "Art", "Sect", "Div"), "div"),
    **{name: name.lower() for name in ("Table", "THead", "TBody", "TFoot", "TR", "TH", "TD", "LI", "BlockQuote")},
    "H": "h2",
    "L": "ul",
    "Lbl": "span",
    "Reference": "sup",
    "Note": "div",
}
_SCOPES: Mapping[str, str] = {"Row": ' scope="row"', "Column": ' scope="col"'}
_CLASSES: Mapping[str, str] = {"Lbl": ' class="label"', "Form": ' class="signature-field"'}
_BULLETED = frozenset({"Disc", "Circle", "Square"})


def _html(node: Node) -> str:
    children, attributes = node.children, _CLASSES.get(node.tag, "")
    if node.tag == "TH":
        attributes = _SCOPES.get(node.scope, "")
    elif node.tag == "L" and node.numbering in _BULLETED:
        children = tuple(_without_label(child) for child in children)
    elif node.tag == "L":
        attributes = ' class="labelled"'
    if node.language:
        attributes += f' lang="{escape(node.language)}"'
    inner = escape(node.text) + "".join(_html(child) for child in children)
    if node.tag == "Reference":
        inner = inner.rstrip()  # after the label
    name = _NAMES.get(node.tag, "span" if attributes else "")
    written = f"<{name}{attributes}>{inner}</{name}>" if name else inner
    return f"{written} " if node.tag == "Lbl" else written


def _without_label(entry: Node) -> Node:
    """An entry of a list whose bullets the page draws itself."""
    kept = tuple(child for child in entry.children if child.tag != "Lbl")
    return Node(entry.tag, entry.text, kept, language=entry.language)
