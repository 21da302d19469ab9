"""How this room reads and writes XML: the same bytes for the same tree, and no text that XML cannot hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # lxml ships without types

XSI = "http://www.w3.org/2001/XMLSchema-instance"
Element: TypeAlias = Any
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text with U+FFFD for each character that XML 1.0 forbids.

    Source: XML 1.0, fifth edition, production 2 (Char).
    """
    return _NOT_XML.sub("�", text)


def xml_instant(at: dt.datetime) -> str:
    """An aware instant in UTC to the second: `2020-01-16T14:15:00Z`."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_root(namespace: str, name: str, prefixes: Mapping[str | None, str]) -> Element:
    """The root of a new tree, with the prefixes its namespaces go by; None is the default namespace."""
    return etree.Element(f"{{{namespace}}}{name}", nsmap=dict(prefixes))


def add_child(parent: Element, namespace: str, name: str, text: str | None = None) -> Element:
    """A new last child, with the text if there is one."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if text is not None:
        child.text = xml_text(text)
    return child


def set_attribute(element: Element, name: str, value: str, namespace: str = "") -> None:
    """Set an attribute, in a namespace where one is given."""
    element.set(f"{{{namespace}}}{name}" if namespace else name, xml_text(value))


def xml_bytes(root: Element) -> bytes:
    """The tree as a document in UTF-8, indented, ending in a line break."""
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def read_xml(data: bytes) -> Element:
    """The root of a document; nothing outside it is fetched and no entity of its own is expanded.

    Raises:
        ValueError: It is not well-formed XML.
    """
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
