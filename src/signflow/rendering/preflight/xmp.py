"""An XMP packet as its properties.

Source: ISO 16684-1 (XMP), 7; ISO 19005-2, 6.6.2.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml ships without types

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_BYTES = 2_000_000
_PACKET = re.compile(rb"<\?xpacket\s+begin=([^?]{0,400})\?>")
_PACKET_ATTRIBUTES = re.compile(rb"\b(bytes|encoding)\s*=")
_TYPES = (f"{{{RDF}}}Alt", f"{{{RDF}}}Bag", f"{{{RDF}}}Seq")


class NotXmpError(Exception):
    """The bytes are no XMP packet in UTF-8."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property.

    Attributes:
        namespace: Of its name.
        name: Without its prefix.
        prefix: As it is written.
        element: What holds the value; None where it is written as an attribute.
        text: A simple value.
    """

    namespace: str
    name: str
    prefix: str
    element: etree._Element | None
    text: str

    @property
    def container(self) -> str:
        """`Alt`, `Bag`, `Seq`; empty for a simple value, `struct` for one with fields."""
        if self.element is None or not len(self.element):
            return "struct" if self.element is not None and f"{{{RDF}}}parseType" in self.element.attrib else ""
        tag = self.element[0].tag
        return tag.rpartition("}")[2] if tag in _TYPES and len(self.element) == 1 else "struct"

    @property
    def items(self) -> list[etree._Element]:
        """What a container holds."""
        return list(self.element[0]) if self.element is not None and self.container in {"Alt", "Bag", "Seq"} else []

    @property
    def default(self) -> str:
        """The text of a simple value; of a container the one for `x-default`, or the first."""
        items = self.items
        chosen = next((one for one in items if one.get(XML_LANG) == "x-default"), items[0] if items else None)
        return (chosen.text or "") if chosen is not None else self.text


def has_packet_attributes(data: bytes) -> bool:
    """Whether the packet's header says its length or encoding (6.6.2.1)."""
    header = _PACKET.search(data)
    return header is not None and _PACKET_ATTRIBUTES.search(header[1]) is not None


def read_xmp(data: bytes) -> list[Property]:
    """The properties of the packet, in order.

    Raises:
        NotXmpError: It is none, is not in UTF-8, or is larger than two megabytes.
    """
    if len(data) > _MOST_BYTES:
        raise NotXmpError
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        data.decode("utf-8")
        root = etree.fromstring(data, parser)
    except (UnicodeError, etree.XMLSyntaxError, ValueError) as error:
        raise NotXmpError from error
    if root is None or root.getroottree().docinfo.doctype:
        raise NotXmpError
    description = root if root.tag == f"{{{RDF}}}RDF" else root.find(f"{{{RDF}}}RDF")
    if description is None:
        raise NotXmpError
    return list(_properties(description))


def _properties(rdf: etree._Element) -> Iterator[Property]:
    for description in rdf:
        if description.tag != f"{{{RDF}}}Description":
            raise NotXmpError
        for name, text in description.attrib.items():
            namespace, _, local = str(name).removeprefix("{").rpartition("}")
            if namespace and namespace != RDF and str(name) != XML_LANG:
                prefix = next((one for one, other in description.nsmap.items() if other == namespace), None)
                yield Property(namespace, local, prefix or "", None, str(text))
        for element in description:
            if isinstance(element.tag, str):
                name = etree.QName(element)
                yield Property(name.namespace or "", name.localname, element.prefix or "", element, element.text or "")
