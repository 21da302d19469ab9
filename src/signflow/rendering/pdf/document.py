"""Finishing the file: structure tree, signature fields, metadata and catalog, written by ReportLab with the pages.

Source: ISO 32000-1, 14.7 (structure), 12.7 (forms); ISO 14289-1, 7.1, 7.18; ISO 19005-2, 6.2, 6.6, 6.7.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from reportlab.pdfbase.pdfdoc import (
    PDFDocument,
    PDFInfo,
    PDFObject,
    PDFObjectReference,
    PDFPage,
    PDFString,
)
from reportlab.pdfbase.pdfdoc import format as format_object

from signflow.rendering.layout.strips import Element, Place
from signflow.rendering.pdf.metadata import PRODUCER, About, build_xmp, srgb_profile
from signflow.rendering.pdf.objects import Array, Dictionary, Written
from signflow.rendering.pdf.paint import Painted
from signflow.rendering.pdf.streams import Stream, document_of, set_contents

_OWNERS: Mapping[str, str] = {"Table": "/Table", "TH": "/Table", "L": "/List", "Figure": "/Layout"}
_ADDRESS_SIGNS = "!#$%&'()*+,/:;=?@[]~"  # RFC 3986, 2: those that an address is made of
_PRINT, _LOCKED = 4, 128  # annotation flags, ISO 32000-1, 12.5.3


class _Info(PDFInfo):
    """Says what the XMP says, and no more."""

    def __init__(self, about: About) -> None:
        super().__init__()
        self._about = about

    def format(self, document: PDFDocument) -> bytes:
        date = PDFString(self._about.pdf_date)
        said = {
            "Title": PDFString(self._about.title),
            "Author": PDFString(self._about.author),
            "Creator": PDFString(PRODUCER),
            "Producer": PDFString(PRODUCER),
            "CreationDate": date,
            "ModDate": date,
        }
        return Dictionary(said).format(document)


def finish(painted: Painted, root: Element, about: About) -> bytes:
    """The file: what was painted, with its structure, its fields and what it says about itself."""
    return _Finisher(painted, about).finished(root)


class _Finisher:
    def __init__(self, painted: Painted, about: About) -> None:
        self._canvas = painted.canvas
        self._owners = painted.owners
        self._about = about
        self._document = document_of(painted.canvas)
        self._pages: list[Any] = self._document.Pages.pages
        self._page_references = [self._refer(page) for page in self._pages]
        self._references: dict[int, str] = {}
        self._annotations: list[tuple[int, PDFObjectReference]] = []
        self._fields: list[PDFObjectReference] = []
        self._annotation_parents: list[str] = []
        self._notes = 0
        self._unseen = hashlib.sha256()  # what the file says besides what is drawn

    def finished(self, root: Element) -> bytes:
        tree = Dictionary({"Type": "/StructTreeRoot"})
        top = self._element(root, self._refer(tree))
        tree.entries["K"] = Written(f"[{top}]")
        tree.entries["ParentTree"] = self._document.Reference(Written(f"<</Nums[{' '.join(self._parents())}]>>"))
        tree.entries["ParentTreeNextKey"] = len(self._pages) + len(self._annotations)
        for number, page in enumerate(self._pages):
            self._page(page, number)
        self._document.Catalog = self._catalog(self._document.Reference(tree))
        self._document.info = _Info(self._about)
        self._identify()
        set_contents(self._document)
        return cast("bytes", self._canvas.getpdfdata())

    def _element(self, element: Element, parent: str) -> str:
        """Write the element and those inside it; how to refer to it."""
        node = Written()
        reference = self._references[id(element)] = self._refer(node)
        said = self._said(element)
        if element.signature:
            # The dictionary itself, never an array of one: pyHanko's difference analysis accepts a field that is signed
            # after another signature only where its structure path ends in /K/Obj.
            kids = self._widget(element, reference)
        else:
            pieces = [
                self._element(piece, reference) if isinstance(piece, Element) else self._content(*piece)
                for piece in element.content
            ]
            pieces += [self._link(element, area, reference) for area in element.areas]
            pieces += [self._element(child, reference) for child in element.children]
            kids = f"[{' '.join(pieces)}]"
        node.content = f"<</S/{element.tag}/P {parent}{said}/K {kids}>>"
        return reference

    def _refer(self, found: PDFObject) -> str:
        """How to refer to an object of the document."""
        number, generation = self._document.idToObjectNumberAndVersion[self._document.Reference(found).name]
        return f"{number} {generation} R"

    def _said(self, element: Element) -> str:
        """What an element says about itself besides its content."""
        leads_to = element.target if isinstance(element.target, str) else ""
        self._unseen.update(repr((element.tag, element.language, element.description, leads_to)).encode())
        attributes: dict[str, object] = dict(_written(element.attributes)) if element.attributes else {}
        said: dict[str, PDFObject] = {}
        if element.tag == "Figure":
            said["Alt"] = PDFString(element.description)
            if element.place:
                attributes |= {"Placement": "/Block", "BBox": Array(_corners(element.place))}
        elif element.tag == "Note":  # each needs an identifier of its own (ISO 14289-1, 7.9)
            self._notes += 1
            said["ID"] = PDFString(f"note-{self._notes}")
        if attributes:
            said["A"] = Dictionary({"O": _OWNERS[element.tag], **attributes})
        if element.language:
            said["Lang"] = PDFString(element.language)
        if element.actual_text:
            said["ActualText"] = PDFString(element.actual_text)
        return "".join(f"/{name} {self._format(entry)}" for name, entry in said.items())

    def _format(self, found: PDFObject) -> str:
        return bytes(format_object(found, self._document)).decode("latin-1")

    def _content(self, page: int, mcid: int) -> str:
        return f"<</Type/MCR/Pg {self._page_references[page]}/MCID {mcid}>>"

    def _widget(self, element: Element, reference: str) -> str:
        field, place = element.signature, element.place
        if field is None or place is None:
            raise ValueError(element.tag)
        # The box as pyHanko's stamp writes it, y downwards: other validators report a changed box as a modification.
        box = Array([0, round(place.top - place.bottom, 3), round(place.right - place.left, 3), 0])
        form = {"Type": "/XObject", "Subtype": "/Form", "BBox": box, "Resources": Dictionary()}
        empty = Stream(form, b"", compress=False)
        widget: dict[str, object] = {
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": PDFString(field.name),
            "TU": PDFString(field.label),
            "F": _PRINT | _LOCKED,
            "AP": Dictionary({"N": self._document.Reference(empty)}),
        }
        annotation = self._annotation(widget, place, reference)
        self._fields.append(annotation)
        return self._object(annotation, place)

    def _object(self, annotation: PDFObjectReference, place: Place) -> str:
        return f"<</Type/OBJR/Obj {self._format(annotation)}/Pg {self._page_references[place.page]}>>"

    def _link(self, element: Element, area: Place, reference: str) -> str:
        """What is clicked on, one for each line that the words of a link stand on."""
        link: dict[str, object] = {
            "Subtype": "/Link",
            "F": _PRINT,
            "Border": Array([0, 0, 0]),
            "Contents": PDFString(element.description),
        }
        if isinstance(element.target, str):
            link["A"] = Dictionary({"S": "/URI", "URI": PDFString(quote(element.target, safe=_ADDRESS_SIGNS))})
        elif element.target.place:
            there = element.target.place
            page = self._document.Reference(self._pages[there.page])
            link["Dest"] = Array([page, "/XYZ", round(there.left, 2), round(there.top, 2), "null"])
        annotation = self._annotation(link, area, reference)
        return self._object(annotation, area)

    def _annotation(self, entries: Mapping[str, object], place: Place, owner: str) -> PDFObjectReference:
        """An annotation on its page, found from there by the structure."""
        key = len(self._pages) + len(self._annotations)
        page = self._document.Reference(self._pages[place.page])
        common = {"Type": "/Annot", "Rect": Array(_corners(place)), "P": page, "StructParent": key}
        annotation = self._document.Reference(Dictionary({**common, **entries}))
        self._annotations.append((place.page, annotation))
        self._annotation_parents.append(f"{key} {owner}")
        return annotation

    def _parents(self) -> list[str]:
        """The number tree's entries in ascending order: the pages, then the annotations."""
        entries: list[str] = []
        for number, owners in enumerate(self._owners):
            elements = " ".join(self._references[id(element)] for element in owners)
            entries.append(f"{number} {self._refer(Written(f'[{elements}]'))}")
        return [*entries, *self._annotation_parents]

    def _page(self, page: Any, number: int) -> None:
        page.__NoDefault__ = (*PDFPage.__NoDefault__, "StructParents", "Tabs")
        page.StructParents = number
        page.Tabs = "/S"
        # On every page, even empty: an array that is there cannot be made later under the cover of filling in a form.
        page.Annots = Array([annotation for on, annotation in self._annotations if on == number])

    def _catalog(self, tree: PDFObjectReference) -> Dictionary:
        document = self._document
        catalog: dict[str, object] = {
            "Type": "/Catalog",
            "Pages": document.Reference(document.Pages),
            "Lang": PDFString(self._about.language),
            "StructTreeRoot": tree,
            "MarkInfo": Dictionary({"Marked": "true"}),
            "ViewerPreferences": Dictionary({"DisplayDocTitle": "true"}),
            "PageLabels": Dictionary({"Nums": Array([0, Dictionary({"S": "/D"})])}),
            # Never compressed, so that it is found by those who do not read PDF (ISO 19005-2, 6.6.2.1).
            "Metadata": Stream({"Type": "/Metadata", "Subtype": "/XML"}, build_xmp(self._about), compress=False),
            "OutputIntents": Array([self._output_intent()]),
        }
        if document.Outlines.levelstack:
            catalog["Outlines"] = document.Reference(document.Outlines)
            catalog["PageMode"] = "/UseOutlines"
        if self._fields:
            # Indirect, and its fields too: a later signature then changes these two and not the catalog.
            fields = document.Reference(Array(self._fields))
            catalog["AcroForm"] = document.Reference(Dictionary({"Fields": fields, "SigFlags": 0}))
        return Dictionary(catalog)

    def _output_intent(self) -> Dictionary:
        profile = Stream({"N": 3}, srgb_profile(), compress=True)
        return Dictionary(
            {
                "Type": "/OutputIntent",
                "S": "/GTS_PDFA1",
                "OutputConditionIdentifier": PDFString("sRGB"),
                "Info": PDFString("sRGB IEC61966-2.1"),
                "DestOutputProfile": self._document.Reference(profile),
            }
        )

    def _identify(self) -> None:
        """The file's identifier follows from what is in it, so that equal files and only they share it."""
        digest = self._unseen.copy()
        digest.update(build_xmp(self._about))
        for page in self._pages:
            digest.update(page.stream.encode("latin-1"))
        self._document.updateSignature(digest.digest())


def _corners(place: Place) -> list[float]:
    return [round(corner, 3) for corner in (place.left, place.bottom, place.right, place.top)]


def _written(attributes: Mapping[str, str]) -> Mapping[str, PDFObject | str]:
    return {name: value if value.startswith("/") else PDFString(value) for name, value in attributes.items()}
