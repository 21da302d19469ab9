"""Extension schemas: how a file describes metadata that XMP does not know.

Source: ISO 19005-2, 6.6.2.3.2, 6.6.2.3.3.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml ships without types

from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Stream, names_in
from signflow.rendering.preflight.xmp import RDF, Property

_BASE = "http://www.aiim.org/pdfa/ns/"
_CONTAINER = re.compile(r"(?:(?:bag|seq|alt)(?: of)?|(?:open|closed) choice(?: of)?) ", re.IGNORECASE)
_KNOWN_TYPES = names_in(
    "boolean date integer real text lang-alt locale mimetype propername rational uri url xpath guid agentname renditionclass resourceevent resourceref version job colorant dimensions font thumbnail gpscoordinate choice"
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a description holds.

    Attributes:
        prefix: The preferred prefix of its fields.
        texts: Fields that must be there.
        lists: Fields that may be there: a sequence of descriptions of another shape.
    """

    prefix: str
    texts: frozenset[str]
    lists: Mapping[str, _Shape]

    @property
    def namespace(self) -> str:
        """Of its fields."""
        return f"{_BASE}{self.prefix.removeprefix('pdfa').lower()}#"


_FIELD = _Shape("pdfaField", frozenset({"name", "valueType", "description"}), {})
_TYPE = _Shape("pdfaType", frozenset({"type", "namespaceURI", "prefix", "description"}), {"field": _FIELD})
_PROPERTY = _Shape("pdfaProperty", frozenset({"name", "valueType", "category", "description"}), {})
_SCHEMA = _Shape(
    "pdfaSchema", frozenset({"schema", "namespaceURI", "prefix"}), {"property": _PROPERTY, "valueType": _TYPE}
)


@dataclass(frozen=True, slots=True)
class Extensions:
    """The properties that a file describes, by their namespace."""

    properties: Mapping[str, frozenset[str]]


def check_extensions(schemas: Property, stream: Stream) -> Generator[Finding, None, Extensions]:
    """6.6.2.3.3: descriptions with all their fields and no others; returns what they describe."""
    described: dict[str, frozenset[str]] = {}
    if schemas.prefix != "pdfaExtension" or schemas.container != "Bag":
        yield found("metadata-extension", stream, "schemas")
    for schema in schemas.items:
        yield from _judged(schema, _SCHEMA, stream)
        properties = _members(schema, _SCHEMA, "property")
        types = {_text(one, _TYPE, "type").lower() for one in _members(schema, _SCHEMA, "valueType")}
        for one in properties:
            if _text(one, _PROPERTY, "category") not in {"internal", "external"}:
                yield found("metadata-extension", stream, "category")
            if not _is_type(_text(one, _PROPERTY, "valueType"), types):
                yield found("metadata-extension", stream, "valueType")
        namespace = _text(schema, _SCHEMA, "namespaceURI")
        described[namespace] = frozenset(_text(one, _PROPERTY, "name") for one in properties)
    return Extensions(described)


def _judged(description: etree._Element, shape: _Shape, stream: Stream) -> Iterator[Finding]:
    fields = _fields(description)
    names = {etree.QName(one).localname for one in fields if etree.QName(one).namespace == shape.namespace}
    for missing in sorted(shape.texts - names):
        yield found("metadata-extension", stream, f"{shape.prefix}:{missing}")
    for one in fields:
        name = etree.QName(one)
        label = f"{one.prefix}:{name.localname}"
        if name.namespace != shape.namespace or one.prefix != shape.prefix:
            yield found("metadata-extension", stream, label)
        elif name.localname in shape.texts:
            if len(one) or not (one.text or "").strip():
                yield found("metadata-extension", stream, label)
        elif name.localname in shape.lists:
            if len(one) != 1 or one[0].tag != f"{{{RDF}}}Seq":
                yield found("metadata-extension", stream, label)
            for inner in _members(description, shape, name.localname):
                yield from _judged(inner, shape.lists[name.localname], stream)
        else:
            yield found("metadata-extension-field", stream, label)


def _fields(description: etree._Element) -> list[etree._Element]:
    """The fields of a structure, written as RDF resource or as a description."""
    inner = description.find(f"{{{RDF}}}Description")
    return [one for one in (description if inner is None else inner) if isinstance(one.tag, str)]


def _members(description: etree._Element, shape: _Shape, name: str) -> list[etree._Element]:
    field = next((one for one in _fields(description) if one.tag == f"{{{shape.namespace}}}{name}"), None)
    return list(field[0]) if field is not None and len(field) else []


def _text(description: etree._Element, shape: _Shape, name: str) -> str:
    field = next((one for one in _fields(description) if one.tag == f"{{{shape.namespace}}}{name}"), None)
    return (field.text or "").strip() if field is not None else ""


def _is_type(name: str, described: set[str]) -> bool:
    plain = _CONTAINER.sub("", name).strip().lower()
    return plain in described or plain.replace(" ", "-") in _KNOWN_TYPES or plain in {"lang alt", "choice"}
