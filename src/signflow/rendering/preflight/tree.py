"""The structure tree: elements with their standard types, and the content and annotations that they own.

Source: ISO 32000-1, 14.7 (logical structure), 14.8.4 (standard types).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from signflow.rendering.preflight.document import Document
from signflow.rendering.preflight.file import TooMuchError
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Dictionary, Ref, Value, names_in

STANDARD_TYPES = names_in(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form Artifact"
)
_DEEPEST = 100
_MOST_ELEMENTS = 1_000_000
_MOST_ROLES = 32


@dataclass(slots=True)
class Element:
    """A structure element.

    Attributes:
        dictionary: Its own.
        type: Its standard type; empty where it has none.
        parent: None for those at the top.
        kids: The elements inside of it, in order.
        content: The marked content that it owns: the page or form, by identity, and the identifier there.
        objects: The numbers of the objects that it owns, annotations among them.
    """

    dictionary: Dictionary
    type: str
    parent: Element | None
    kids: list[Element] = field(default_factory=list["Element"])
    content: list[tuple[int, int]] = field(default_factory=list["tuple[int, int]"])
    objects: list[int] = field(default_factory=list[int])


class Tree:
    """A document's structure.

    Attributes:
        root: Its dictionary; empty where there is none.
        roles: What each type of the document's own stands for.
        findings: What is wrong with how the elements hang together; complete once they are read.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._file = document.file
        self.root = document.file.dictionary(document.catalog, "StructTreeRoot")
        self.roles = document.file.dictionary(self.root, "RoleMap")
        self.findings: list[Finding] = []
        self._seen: set[int] = set()
        self._types: dict[str, str] = {}

    @cached_property
    def elements(self) -> list[Element]:
        """All elements, in reading order."""
        elements: list[Element] = []
        self._read(elements)
        return elements

    @cached_property
    def parents(self) -> dict[int, Value]:
        """The parent tree: who owns the content of each page, form and annotation."""
        return self._document.number_tree(self._file.dictionary(self.root, "ParentTree"))

    def owner(self, annotation: Dictionary) -> Element | None:
        """The element that the parent tree names for an annotation, without those around it."""
        key = self._file.number(annotation, "StructParent")
        named = self._file.resolve(self.parents.get(int(key))) if key is not None else None
        if not isinstance(named, Dictionary):
            return None
        element = Element(named, self.standard_type(self._file.name(named, "S")), None)
        kids = self._file.entry(named, "K")
        for kid in kids if isinstance(kids, list) else [kids]:
            self._owns(element, self._file.resolve(kid))
        return element

    def holds(self, element: Element) -> bool:
        """Whether the element is in the tree."""
        return bool(self.elements) and id(element.dictionary) in self._seen

    def standard_type(self, name: str) -> str:
        """The standard type that a type stands for; empty where it stands for none."""
        if name not in self._types:
            self._types[name] = self._standard_type(name)
        return self._types[name]

    def _standard_type(self, name: str) -> str:
        seen: set[str] = set()
        while name not in STANDARD_TYPES:
            if name in seen or len(seen) > _MOST_ROLES:
                self.findings.append(found("type-circular", self.roles, name))
                return ""
            seen.add(name)
            name = self._file.name(self.roles, name)
            if not name:
                return ""
        return name

    def _read(self, elements: list[Element]) -> None:
        """All elements from the top down, in order, each once."""
        waiting: list[tuple[Value, Element | None, int]] = [(self.root.get("K"), None, 0)]
        while waiting:
            value, parent, depth = waiting.pop()
            node = self._file.resolve(value)
            if isinstance(node, list):
                waiting += [(one, parent, depth) for one in reversed(node)]
            elif isinstance(node, Dictionary) and "S" in node:
                element = self._element(node, parent, depth)
                if element:
                    elements.append(element)
                    waiting.append((node.get("K"), element, depth + 1))
            elif node is not None and not (parent and self._owns(parent, node)):
                self.findings.append(found("structure-broken", parent.dictionary if parent else self.root, "K"))

    def _owns(self, element: Element, node: Value) -> bool:
        """Whether that is content or an object of the element's own, which is then noted."""
        said = node if isinstance(node, Dictionary) else Dictionary()
        target = said.get("Obj")
        identifier = node if isinstance(node, int) else self._file.number(said, "MCID")
        if said.get("Type") == "OBJR" and isinstance(target, Ref):
            element.objects.append(target.number)
        elif identifier is not None and (isinstance(node, int) or said.get("Type") == "MCR"):
            self._own(element, int(identifier), said)
        else:
            return False
        return True

    def _element(self, node: Dictionary, parent: Element | None, depth: int) -> Element | None:
        if id(node) in self._seen or depth > _DEEPEST:
            self.findings.append(found("structure-broken", node, "K"))
            return None
        if len(self._seen) >= _MOST_ELEMENTS:
            raise TooMuchError
        self._seen.add(id(node))
        said = self._file.name(node, "S")
        element = Element(node, self.standard_type(said), parent)
        if not element.type:
            self.findings.append(found("type-unmapped", node, said))
        elif said in STANDARD_TYPES and said in self.roles and self._file.name(self.roles, said) != said:
            self.findings.append(found("type-remapped", node, said))
        above = self._file.entry(node, "P")
        if above is not (parent.dictionary if parent else self.root):
            self.findings.append(found("structure-broken", node, "P"))
        if parent:
            parent.kids.append(element)
        return element

    def _own(self, element: Element, identifier: int, reference: Dictionary) -> None:
        holder = self._file.entry(reference, "Stm")
        if holder is None:
            holder = self._file.entry(reference, "Pg") or self._file.entry(element.dictionary, "Pg")
        element.content.append((id(holder) if isinstance(holder, Dictionary) else 0, identifier))
