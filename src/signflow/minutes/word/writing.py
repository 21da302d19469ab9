"""A Word package put together part by part: what a part refers to comes with it, and nothing that nobody refers to.

Source: ISO/IEC 29500-2, 9 (parts, relationships, content types); 29500-1, 11.3 (parts of WordprocessingML).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # lxml ships without types

from signflow.minutes.word.package import Package, Related
from signflow.minutes.word.xml import RELATED, Element

_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
_TYPES = {
    "document": _WORD_TYPE.format("document.main"),
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}
_IMAGES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "emf": "image/x-emf",
    "wmf": "image/x-wmf",
    "svg": "image/svg+xml",
}
_SINCE = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file has: the same parts are the same bytes


class NotCarriedError(Exception):
    """A part refers to something that is not taken along: an embedded object, a chart, a document."""


class NewPackage:
    """A package that is put together; its main part is `document`."""

    def __init__(self, source: Package) -> None:
        self._source = source
        self._parts: dict[str, bytes] = {}
        self._overrides: dict[str, str] = {}
        self._related: dict[str, list[tuple[str, str, str, bool]]] = {}
        self._images: dict[str, str] = {}

    def add(self, kind: str, root: Element, related: Mapping[str, Related]) -> None:
        """A part of that kind, with the images and addresses that it refers to.

        Raises:
            NotCarriedError: It refers to something else.
            UnreadableError: An image is damaged or too large.
        """
        name = f"{kind}.xml"
        wanted = dict.fromkeys(value for one in root.iter("*") for key, value in one.items() if _refers(key) and value)
        if not wanted.keys() <= related.keys():
            raise NotCarriedError
        targets = self._related[kind] = [(key, *self._target(related[key])) for key in wanted]
        self._parts[f"word/{name}"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        if targets:
            self._parts[f"word/_rels/{name}.rels"] = _relationships(targets)
        self._overrides[name] = kind

    def _target(self, related: Related) -> tuple[str, str, bool]:
        kind = related.kind.rpartition("/")[2]
        if kind not in ("image", "hyperlink") or (kind == "hyperlink" and not related.external):
            raise NotCarriedError
        return kind, related.target if related.external else self._image(related.target), related.external

    def _image(self, target: str) -> str:
        suffix = target.rpartition(".")[2].lower()
        data = self._source.image(target)
        if suffix not in _IMAGES or data is None:
            raise NotCarriedError
        if target not in self._images:
            self._images[target] = f"media/image{len(self._images) + 1}.{suffix}"
            self._parts[f"word/{self._images[target]}"] = data
        return self._images[target]

    def packed(self) -> bytes:
        """The package's bytes; the same parts always give the same."""
        others = [(f"part-{kind}", kind, name, False) for name, kind in self._overrides.items() if kind != "document"]
        parts = {
            "[Content_Types].xml": self._types(),
            "_rels/.rels": _relationships([("rId1", "officeDocument", "word/document.xml", False)]),
            **self._parts,
            "word/_rels/document.xml.rels": _relationships([*self._related["document"], *others]),
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in parts.items():
                archive.writestr(zipfile.ZipInfo(name, _SINCE), data, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()

    def _types(self) -> bytes:
        root = etree.Element(f"{{{_PACKAGE}content-types}}Types", nsmap={None: f"{_PACKAGE}content-types"})
        usual = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
        for suffix, form in {**usual, **_IMAGES}.items():
            etree.SubElement(root, f"{{{_PACKAGE}content-types}}Default", Extension=suffix, ContentType=form)
        for name, kind in self._overrides.items():
            form = _TYPES.get(kind) or _WORD_TYPE.format(kind)
            etree.SubElement(root, f"{{{_PACKAGE}content-types}}Override", PartName=f"/word/{name}", ContentType=form)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _refers(attribute: str) -> bool:
    return attribute.startswith(RELATED)


def _relationships(targets: list[tuple[str, str, str, bool]]) -> bytes:
    """Relationships: identifier, kind, target, and whether that lies outside."""
    root = etree.Element(f"{{{_PACKAGE}relationships}}Relationships", nsmap={None: f"{_PACKAGE}relationships"})
    for key, kind, target, external in targets:
        tag = f"{{{_PACKAGE}relationships}}Relationship"
        one = etree.SubElement(root, tag, Id=key, Type=_KINDS + kind, Target=target)
        if external:
            one.set("TargetMode", "External")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
