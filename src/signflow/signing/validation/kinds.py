"""What kinds of things a revision changed, told by its objects, where it did more than sign."""

from __future__ import annotations

import itertools

from signflow.signing.report import Change
from signflow.signing.validation.objects import MalformedError, Ref, Stream, Value
from signflow.signing.validation.revisions import Document

_MOST_OBJECTS = 10_000
_CATALOGUE_SERVES = {"/AcroForm", "/DSS", "/Metadata", "/Extensions", "/Version", "/Perms"}


def find_kinds(document: Document, index: int) -> frozenset[Change]:
    """Never empty, never raises for what a file holds."""
    changes: set[Change | None] = set()
    for number, entry in itertools.islice(document.revisions[index].entries.items(), _MOST_OBJECTS):
        ref = Ref(number, entry.extra if entry.kind == "plain" else 0)
        try:
            new, old = document.value(ref, index), document.value(ref, index - 1)
        except MalformedError:
            changes.add(Change.CONTENT)
            continue
        if new != old:
            changes.add(_added(new) if old is None else _changed(new, old))
    return frozenset(one for one in changes if one is not None) or frozenset({Change.CONTENT})


def _added(new: Value) -> Change | None:
    """What a new object is by itself; None for one that only serves others."""
    if not isinstance(new, dict):
        return None
    if "/ByteRange" in new:
        return Change.DOCUMENT_TIMESTAMP if new.get("/Type") == "/DocTimeStamp" else Change.SIGNATURE
    if new.get("/FT") == "/Sig":
        return None
    if new.get("/Type") == "/Annot" or "/Rect" in new:
        return Change.ANNOTATION
    return Change.VALIDATION_DATA if new.keys() & {"/Certs", "/CRLs", "/OCSPs"} else None


def _changed(new: Value, old: Value) -> Change | None:  # noqa: PLR0911 - one way out for each kind
    """What it means that an object is another than it was; None where something else says so."""
    if isinstance(new, list) and isinstance(old, list):
        return None if new[: len(old)] == old else Change.CONTENT
    value = new.head if isinstance(new, Stream) else new
    if not isinstance(value, dict) or not isinstance(old, dict | Stream):
        return Change.CONTENT
    before = old.head if isinstance(old, Stream) else old
    kind = value.get("/Type")
    differing = {key for key in value.keys() | before.keys() if value.get(key) != before.get(key)}
    served = {"/Catalog": _CATALOGUE_SERVES, "/Page": {"/Annots"}}.get(str(kind), set[str]())
    if (differing and differing <= served) or "/Fields" in value:
        return None
    if "/FT" in value or value.get("/Subtype") == "/Widget":
        return None if value.get("/FT") == "/Sig" and "/V" in differing else Change.FORM_FILLING
    if kind == "/DSS" or value.keys() & {"/Certs", "/CRLs", "/OCSPs"}:
        return Change.VALIDATION_DATA
    if kind == "/Metadata" or value.keys() & {"/Producer", "/CreationDate", "/ModDate"}:
        return Change.METADATA
    return Change.ANNOTATION if kind == "/Annot" or "/Rect" in value else Change.CONTENT
