"""Whether a revision's bytes are what its table of references says, and nothing besides.

Objects that no reference leads to are read by programs that search for objects instead of following references.

Source: ISO 32000-2, 7.5.4 to 7.5.8; Mladenov, Mainka, Rohlmann, Schwenk, "Shadow Attacks", NDSS 2021.
"""

from __future__ import annotations

import re

from signflow.signing.validation.objects import Ref, Value
from signflow.signing.validation.references import references
from signflow.signing.validation.revisions import Document, Revision

_BLANK = re.compile(rb"[\x00\t\n\x0c\r ]*+")
_TABLE_KEYS = frozenset({"/Type", "/W", "/Index", "/Filter", "/DecodeParms", "/Length"})
_TRAILER_KEYS = frozenset({"/Size", "/Prev", "/Root", "/Info", "/ID"})


def is_as_listed(document: Document, revision: Revision) -> bool:
    """Object after object, then the references to just these; no object freed, none of a later generation.

    Raises:
        MalformedError: An object cannot be read.
    """
    if not revision.sound or not revision.plain:
        return False
    at = revision.start
    places = sorted((one.place, number, one.extra) for number, one in revision.entries.items() if one.kind == "plain")
    for offset, number, generation in places:
        if offset == revision.table_start and revision.stream:
            continue
        if generation or not _is_blank(document.data, at, offset):
            return False
        at = document.indirect(offset, Ref(number, 0), revision.index).end
    packed: dict[int, set[int]] = {}
    for number, one in revision.entries.items():
        if one.kind == "free" and (number or one.place):
            return False
        if one.kind == "packed":
            packed.setdefault(one.place, set()).add(number)
    return _is_blank(document.data, at, revision.table_start) and all(
        container in revision.entries and numbers == set(document.packed(container, revision.index).numbers)
        for container, numbers in packed.items()
    )


def continues(revision: Revision, before: Revision) -> bool:
    """Whether the trailer follows that of the revision before, and leads to the same document."""
    old, new = before.trailer, revision.trailer
    size, identifier, before_identifier = new.get("/Size"), new.get("/ID"), old.get("/ID")
    if new.keys() - _TRAILER_KEYS - (_TABLE_KEYS if revision.stream else frozenset()):
        return False
    if isinstance(before_identifier, list):
        same = isinstance(identifier, list) and identifier[:1] == before_identifier[:1]
        if not same or not is_direct(identifier):
            return False
    return (
        new.get("/Prev") == before.table_start
        and new.get("/Root") == old.get("/Root")
        and new.get("/Info") == old.get("/Info")
        and isinstance(size, int)
        and size > max(revision.entries, default=0)
    )


def is_direct(value: Value) -> bool:
    """Whether it refers to nothing."""
    return next(references(value), None) is None


def _is_blank(data: bytes, start: int, end: int) -> bool:
    blank = _BLANK.match(data, start, end) if start <= end else None
    return blank is not None and blank.end() == end
