"""How the file is put together: header, trailer, objects, limits.

Source: ISO 19005-2, 6.1, 6.9, 6.10, 6.11; ISO 14289-1, 6.1, 7.10, 7.16.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signflow.rendering.preflight.document import Document
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.streams import PERMITTED
from signflow.rendering.preflight.syntax import Dictionary, Name, Ref, Stream, Value

_HEADER = re.compile(rb"%PDF-1\.[0-7](?:\r\n|\n|\r)")
_COMMENT = re.compile(rb"%[\x80-\xff]{4}")
_END = re.compile(rb"%%EOF(?:\r\n|\n|\r)?\Z")
_TAIL_BYTES = 16
_MOST_INDIRECT = 8_388_607  # ISO 19005-2, 6.1.13
_SMALLEST_PT, _LARGEST_PT = 3, 14_400  # likewise
_BOXES = ("MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox")
_PERMISSIONS = frozenset({"UR3", "DocMDP"})
_DIGESTS = ("DigestLocation", "DigestMethod", "DigestValue")


def check_header(document: Document) -> Iterator[Finding]:
    """6.1.2: the first bytes."""
    header = _HEADER.match(document.file.data)
    if header is None:
        yield found("header", detail=document.file.data[:12].decode("latin-1"))
    elif not _COMMENT.match(document.file.data, header.end()):
        yield found("header-comment")


def check_trailer(document: Document) -> Iterator[Finding]:
    """6.1.3: identifier, no encryption, nothing behind the end."""
    file = document.file
    identifier = file.array(file.trailer, "ID")
    if len(identifier) != 2 or not all(isinstance(part := file.resolve(one), bytes) and part for one in identifier):
        yield found("trailer-id")
    if any("Encrypt" in section.trailer for section in file.sections):
        yield found("encrypted")
    if not _END.search(file.data, max(0, len(file.data) - _TAIL_BYTES)):
        yield found("data-after-end")
    if len(file.entries) > _MOST_INDIRECT:
        yield found("objects-many", detail=len(file.entries))


def check_objects(document: Document) -> Iterator[Finding]:
    """6.1.7: streams in the file itself, packed as permitted. Reads every object, so that how each is written is known."""
    file = document.file
    for number in document.numbers:
        value = file.get(number)
        if not isinstance(value, Stream):
            continue
        if not value.keys().isdisjoint({"F", "FFilter", "FDecodeParms"}):
            yield found("stream-external", value)
        for name in file.filters(value):
            if name not in PERMITTED and not (name == "Crypt" and _is_identity(document, value)):
                yield found("stream-filter", value, name)


def check_references(document: Document) -> Iterator[Finding]:
    """Every reference leads to an object: what is added later could otherwise take the place of nothing, unseen."""
    file = document.file
    for number in document.numbers:
        for reference in _references(file.get(number)):
            if file.entries.get(reference.number) is None:
                yield found("reference-dangling", number, f"{reference.number} {reference.generation} R")


def check_catalog(document: Document) -> Iterator[Finding]:
    """6.1.12, 6.4.2, 6.5.2, 6.10, 6.11: what the catalog must not hold."""
    file, catalog = document.file, document.catalog
    permissions = file.dictionary(catalog, "Perms")
    if not _PERMISSIONS.issuperset(permissions):
        yield found("permissions", permissions)
    if "Requirements" in catalog:
        yield found("requirements", catalog)
    if file.entry(catalog, "NeedsRendering") is True:
        yield found("xfa", catalog, "NeedsRendering")
    if "AA" in catalog:
        yield found("trigger", catalog)
    if "AlternatePresentations" in file.dictionary(catalog, "Names"):
        yield found("alternate-presentations", catalog)
    signature = file.dictionary(permissions, "DocMDP")
    for reference in file.dictionaries(file.array(signature, "Reference")):
        if any(key in reference for key in _DIGESTS):
            yield found("permissions", reference)


def check_pages(document: Document) -> Iterator[Finding]:
    """6.1.13, 6.5.2, 6.10: each page's size, and what it must not hold."""
    file = document.file
    for page in document.pages:
        if "AA" in page.dictionary:
            yield found("trigger", page.dictionary, page=page.number)
        if "PresSteps" in page.dictionary:
            yield found("alternate-presentations", page.dictionary, page=page.number)
        for box in _boxes(document, page.dictionary):
            sides = [one for one in map(file.resolve, box) if isinstance(one, int | float)]
            size = (abs(sides[2] - sides[0]), abs(sides[3] - sides[1])) if len(sides) == 4 else (0,)
            if not all(_SMALLEST_PT <= side <= _LARGEST_PT for side in size):
                yield found("page-size", page.dictionary, page=page.number)
    yield from document.findings


def check_layers(document: Document) -> Iterator[Finding]:
    """6.9: the configurations of optional content."""
    file = document.file
    properties = file.dictionary(document.catalog, "OCProperties")
    if not properties:
        return
    groups = {one.number for one in file.array(properties, "OCGs") if isinstance(one, Ref)}
    default = file.dictionary(properties, "D")
    configurations = [default, *file.dictionaries(file.array(properties, "Configs"))]
    names = [file.text(one, "Name") for one in configurations]
    for configuration, name in zip(configurations, names, strict=True):
        if not name or names.count(name) > 1:
            yield found("layers", configuration, "Name")
        if "AS" in configuration:
            yield found("layers", configuration, "AS")
        if "Order" in configuration and groups - _ordered(file.array(configuration, "Order")):
            yield found("layers", configuration, "Order")


def check_embedded_files(document: Document) -> Iterator[Finding]:
    """6.8: embedded files are named, and conform themselves, which is not judged here."""
    file = document.file
    for number in document.numbers:
        value = file.get(number)
        for one in _specifications(value):
            if not (file.text(one, "F") and file.text(one, "UF")):
                yield found("embedded-file", one)
            yield found("embedded-file-unjudged", one)


def _specifications(value: Value) -> Iterator[Dictionary]:
    """The dictionaries of files that are embedded, in an object, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, Dictionary):
            if "EF" in one:
                yield one
            waiting += one.values()


def _references(value: Value) -> Iterator[Ref]:
    """The references in an object, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Ref):
            yield one
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, Dictionary):
            waiting += one.values()


def _is_identity(document: Document, stream: Stream) -> bool:
    parameters = document.file.entry(stream, "DecodeParms")
    first = document.file.resolve(parameters[0]) if isinstance(parameters, list) and parameters else parameters
    return not isinstance(first, Dictionary) or first.get("Name", Name("Identity")) == "Identity"


def _boxes(document: Document, page: Dictionary) -> Iterator[list[Value]]:
    for name in _BOXES:
        holder = page
        for _ in range(_TAIL_BYTES):  # inherited from the nodes above
            if name in holder or "Parent" not in holder or name not in _BOXES[:2]:
                break
            holder = document.file.dictionary(holder, "Parent")
        if name in holder:
            yield document.file.array(holder, name)
        elif name == "MediaBox":
            yield []


def _ordered(order: list[Value]) -> set[int]:
    numbers: set[int] = set()
    waiting = list(order)
    while waiting:
        one = waiting.pop()
        if isinstance(one, Ref):
            numbers.add(one.number)
        elif isinstance(one, list):
            waiting += one
    return numbers
