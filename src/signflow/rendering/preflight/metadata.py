"""What the file says about itself: the XMP, its claims and extension schemas, the title, and the Info dictionary.

Source: ISO 19005-2, 6.6; ISO 14289-1, 5 and 7.1.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from signflow.rendering.preflight.document import Document
from signflow.rendering.preflight.extension_schemas import Extensions, check_extensions
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Dictionary, Stream
from signflow.rendering.preflight.xmp import NotXmpError, Property, has_packet_attributes, read_xmp

DC, XMP, PDF = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/pdf/1.3/"
PDFA, PDFUA = "http://www.aiim.org/pdfa/ns/id/", "http://www.aiim.org/pdfua/ns/id/"
EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
# containers of the predefined properties (XMP 2005); "" is a simple value
_PREDEFINED: Mapping[str, Mapping[str, str]] = {
    DC: {
        **dict.fromkeys(("contributor", "language", "publisher", "relation", "subject", "type"), "Bag"),
        **dict.fromkeys(("creator", "date"), "Seq"),
        **dict.fromkeys(("description", "rights", "title"), "Alt"),
        **dict.fromkeys(("coverage", "format", "identifier", "source"), ""),
    },
    XMP: {
        **dict.fromkeys(
            ("BaseURL", "CreateDate", "CreatorTool", "Label", "MetadataDate", "ModifyDate", "Nickname"), ""
        ),
        **dict.fromkeys(("Advisory", "Identifier"), "Bag"),
        "Rating": "",
        "Thumbnails": "Alt",
    },
    PDF: dict.fromkeys(("Keywords", "PDFVersion", "Producer"), ""),
    PDFA: dict.fromkeys(("part", "conformance", "amd", "corr"), ""),
    EXTENSION: {"schemas": "Bag"},
}
_DATES = frozenset({(XMP, "CreateDate"), (XMP, "MetadataDate"), (XMP, "ModifyDate"), (DC, "date")})
_XMP_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?")
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-]\d\d)'(\d\d)'?)")
_SAME = {
    "Title": (DC, "title"),
    "Author": (DC, "creator"),
    "Subject": (DC, "description"),
    "Keywords": (PDF, "Keywords"),
    "Creator": (XMP, "CreatorTool"),
    "Producer": (PDF, "Producer"),
    "CreationDate": (XMP, "CreateDate"),
    "ModDate": (XMP, "ModifyDate"),
}


def check_metadata(document: Document) -> Iterator[Finding]:
    """6.6, 5, 7.1: the document's own metadata."""
    stream = document.file.stream(document.catalog, "Metadata")
    if stream is None:
        yield found("metadata-missing", document.catalog)
        return
    properties = yield from _packet(document, stream)
    if properties is None:
        return
    yield from _claims(stream, properties)
    if not any((one.namespace, one.name) == (DC, "title") and one.default for one in properties):
        yield found("title-missing", stream)
    preferences = document.file.dictionary(document.catalog, "ViewerPreferences")
    if document.file.entry(preferences, "DisplayDocTitle") is not True:
        yield found("title-not-shown", document.catalog)
    yield from _info(document, properties)


def check_other_metadata(document: Document) -> Iterator[Finding]:
    """6.6.2: what pages, images and fonts say about themselves."""
    own = document.file.stream(document.catalog, "Metadata")
    for number in document.numbers:
        value = document.file.get(number)
        if isinstance(value, Stream) and value is not own and value.get("Type") == "Metadata":
            yield from _packet(document, value)


def _packet(document: Document, stream: Stream) -> Iterator[Finding]:
    """A packet's findings; its properties are what the generator returns, None where it has none."""
    data = document.file.decoded(stream)
    try:
        properties = read_xmp(data or b"")
    except NotXmpError:
        yield found("metadata-unreadable", stream)
        return None
    if has_packet_attributes(data or b""):
        yield found("metadata-packet", stream)
    schemas = next((one for one in properties if (one.namespace, one.name) == (EXTENSION, "schemas")), None)
    extensions = Extensions({})
    if schemas is not None:
        extensions = yield from check_extensions(schemas, stream)
    for one in properties:
        yield from _judged(one, extensions, stream)
    return properties


def _judged(one: Property, extensions: Extensions, stream: Stream) -> Iterator[Finding]:
    """6.6.2.3.1: a property that is predefined or described, with a value of its kind."""
    label = f"{one.prefix}:{one.name}"
    known = _PREDEFINED.get(one.namespace)
    if known is not None:
        dated = (one.namespace, one.name) not in _DATES or _are_dates(one)
        holds = known.get(one.name) == one.container and dated
    elif one.namespace in extensions.properties:
        holds = one.name in extensions.properties[one.namespace]
    else:
        holds = False
    if not holds:
        # schemas of XMP itself that are not looked into
        is_known = known is None and one.namespace.startswith("http://ns.adobe.com/")
        yield found("metadata-unjudged" if is_known else "metadata-property", stream, label)


def _are_dates(one: Property) -> bool:
    texts = [item.text or "" for item in one.items] if one.container else [one.text]
    return all(_XMP_DATE.fullmatch(text) for text in texts)


def _claims(stream: Stream, properties: list[Property]) -> Iterator[Finding]:
    """6.6.4, 5: which standards the file claims."""
    said = {(one.namespace, one.name): one.default for one in properties}
    if said.get((PDFA, "part")) != "2" or said.get((PDFA, "conformance")) != "A":
        yield found("pdfa-claim", stream, f"{said.get((PDFA, 'part'), '')}{said.get((PDFA, 'conformance'), '')}")
    if said.get((PDFUA, "part")) != "1":
        yield found("pdfua-claim", stream, said.get((PDFUA, "part"), ""))
    for namespace, prefix, code in ((PDFA, "pdfaid", "pdfa-claim"), (PDFUA, "pdfuaid", "pdfua-claim")):
        others = {one.prefix for one in properties if one.namespace == namespace} - {prefix}
        if others:
            yield found(code, stream, " ".join(sorted(others)))


def _info(document: Document, properties: list[Property]) -> Iterator[Finding]:
    """6.6.3: what the Info dictionary says too, it says the same of."""
    info = document.file.dictionary(document.file.trailer, "Info")
    said = {(one.namespace, one.name): one for one in properties}
    for key, name in _SAME.items():
        text = document.file.text(info, key)
        if text is None:
            continue
        other = said.get(name)
        same = (
            _is_same_instant(text, other.default) if other and name in _DATES else other and text in _spellings(other)
        )
        if not same:
            yield found("info-differs", _place(info), key)


def _spellings(one: Property) -> set[str]:
    return {
        one.default,
        ", ".join(item.text or "" for item in one.items),
        "; ".join(item.text or "" for item in one.items),
    }


def _is_same_instant(written: str, xmp: str) -> bool:
    parts = _PDF_DATE.fullmatch(written)
    if parts is None or not _XMP_DATE.fullmatch(xmp):
        return False
    offset = "+00:00" if parts[7] else f"{parts[8]}:{parts[9]}"
    try:
        ours = dt.datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*parts.groups()[:6]) + offset)
        return ours == dt.datetime.fromisoformat(xmp)
    except (ValueError, TypeError):
        return False


def _place(info: Dictionary) -> int | None:
    return info.number or None
