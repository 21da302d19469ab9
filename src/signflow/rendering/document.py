"""Finishing the file: structure tree, signature fields, metadata and catalog, written by ReportLab with the pages.

Source: ISO 32000-1, 14.7 (structure), 12.7 (forms); ISO 14289-1, 7.1, 7.18; ISO 19005-2, 6.2, 6.6, 6.7.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFInfo,
    PDFObject,
    PDFObjectReference,
    PDFPage,
    PDFString,
)

from signflow.rendering.metadata import PRODUCER, About, build_xmp, srgb_profile
from signflow.rendering.paint import Painted
from signflow.rendering.streams import Stream, document_of, embed_fonts, set_contents
from signflow.rendering.strips import Element

_OWNERS: Mapping[str, str] = {"Table": "/Table", "TH": "/Table", "L": "/List"}
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
        return PDFDictionary(said).format(document)


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
        self._references: dict[int, PDFObjectReference] = {}
        self._widgets: list[tuple[int, PDFObjectReference]] = []
        self._form_parents: list[object] = []

    def finished(self, root: Element) -> bytes:
        tree = PDFDictionary({"Type": "/StructTreeRoot"})
        reference = self._document.Reference(tree)
        top = self._element(root, reference)
        tree["K"] = PDFArray([top])
        tree["ParentTree"] = self._document.Reference(PDFDictionary({"Nums": PDFArray(self._parents())}))
        tree["ParentTreeNextKey"] = len(self._pages) + len(self._widgets)
        for number, page in enumerate(self._pages):
            self._page(page, number)
        self._document.Catalog = self._catalog(reference)
        self._document.info = _Info(self._about)
        self._identify()
        set_contents(self._document)
        embed_fonts(self._document)
        return cast("bytes", self._canvas.getpdfdata())

    def _element(self, element: Element, parent: PDFObjectReference) -> PDFObjectReference:
        entries: dict[str, object] = {"S": f"/{element.tag}", "P": parent}
        node = PDFDictionary(entries)
        reference = self._references[id(element)] = self._document.Reference(node)
        if element.attributes:
            node["A"] = PDFDictionary({"O": _OWNERS[element.tag], **_written(element.attributes)})
        if element.language:
            node["Lang"] = PDFString(element.language)
        if element.signature:
            # The dictionary itself, never an array of one: pyHanko's difference analysis accepts a field that is signed
            # after another signature only where its structure path ends in /K/Obj.
            node["K"] = self._widget(element, reference)
            return reference
        kids: list[object] = [self._content(page, mcid) for page, mcid in element.content]
        kids += [self._element(child, reference) for child in element.children]
        node["K"] = PDFArray(kids)
        return reference

    def _content(self, page: int, mcid: int) -> PDFDictionary:
        return PDFDictionary({"Type": "/MCR", "Pg": self._document.Reference(self._pages[page]), "MCID": mcid})

    def _widget(self, element: Element, reference: PDFObjectReference) -> PDFDictionary:
        field, place = element.signature, element.place
        if field is None or place is None:
            raise ValueError(element.tag)
        page = self._document.Reference(self._pages[place.page])
        # The box as pyHanko's stamp writes it, y downwards: other validators report a changed box as a modification.
        box = PDFArray([0, round(place.top - place.bottom, 3), round(place.right - place.left, 3), 0])
        form = {"Type": "/XObject", "Subtype": "/Form", "BBox": box, "Resources": PDFDictionary()}
        empty = Stream(form, b"", compress=False)
        corners = (place.left, place.bottom, place.right, place.top)
        key = len(self._pages) + len(self._widgets)
        widget = PDFDictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Widget",
                "FT": "/Sig",
                "T": PDFString(field.name),
                "TU": PDFString(field.label),
                "F": _PRINT | _LOCKED,
                "Rect": PDFArray([round(corner, 3) for corner in corners]),
                "P": page,
                "StructParent": key,
                "AP": PDFDictionary({"N": self._document.Reference(empty)}),
            }
        )
        annotation = self._document.Reference(widget)
        self._widgets.append((place.page, annotation))
        self._form_parents += [key, reference]
        return PDFDictionary({"Type": "/OBJR", "Obj": annotation, "Pg": page})

    def _parents(self) -> list[object]:
        """The number tree's entries in ascending order: the pages, then the fields."""
        entries: list[object] = []
        for number, owners in enumerate(self._owners):
            elements = PDFArray([self._references[id(element)] for element in owners])
            entries += [number, self._document.Reference(elements)]
        return [*entries, *self._form_parents]

    def _page(self, page: Any, number: int) -> None:
        page.__NoDefault__ = (*PDFPage.__NoDefault__, "StructParents", "Tabs")
        page.StructParents = number
        page.Tabs = "/S"
        # On every page, even empty: an array that is there cannot be made later under the cover of filling in a form.
        page.Annots = PDFArray([widget for on, widget in self._widgets if on == number])

    def _catalog(self, tree: PDFObjectReference) -> PDFDictionary:
        document = self._document
        catalog: dict[str, object] = {
            "Type": "/Catalog",
            "Pages": document.Reference(document.Pages),
            "Lang": PDFString(self._about.language),
            "StructTreeRoot": tree,
            "MarkInfo": PDFDictionary({"Marked": "true"}),
            "ViewerPreferences": PDFDictionary({"DisplayDocTitle": "true"}),
            "PageLabels": PDFDictionary({"Nums": PDFArray([0, PDFDictionary({"S": "/D"})])}),
            # Never compressed, so that it is found by those who do not read PDF (ISO 19005-2, 6.6.2.1).
            "Metadata": Stream({"Type": "/Metadata", "Subtype": "/XML"}, build_xmp(self._about), compress=False),
            "OutputIntents": PDFArray([self._output_intent()]),
        }
        if document.Outlines.levelstack:
            catalog["Outlines"] = document.Reference(document.Outlines)
            catalog["PageMode"] = "/UseOutlines"
        if self._widgets:
            # Indirect, and its fields too: a later signature then changes these two and not the catalog.
            fields = document.Reference(PDFArray([widget for _, widget in self._widgets]))
            catalog["AcroForm"] = document.Reference(PDFDictionary({"Fields": fields, "SigFlags": 0}))
        return PDFDictionary(catalog)

    def _output_intent(self) -> PDFDictionary:
        profile = Stream({"N": 3}, srgb_profile(), compress=True)
        return PDFDictionary(
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
        digest = hashlib.sha256(build_xmp(self._about))
        for page in self._pages:
            digest.update(page.stream.encode("latin-1"))
        self._document.updateSignature(digest.digest())


def _written(attributes: Mapping[str, str]) -> Mapping[str, PDFObject | str]:
    return {name: value if value.startswith("/") else PDFString(value) for name, value in attributes.items()}
