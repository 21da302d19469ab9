"""Revisions put together by hand: the objects of an honest one, changed as a test wants, with references that lead to them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from signflow.signing.validation.differences import find_difference
from signflow.signing.validation.objects import Ref
from signflow.signing.validation.references import Holders
from signflow.signing.validation.revisions import read_document

_BODY = re.compile(rb"\A\d+ \d+ obj\s*(.*?)\s*endobj\Z", re.DOTALL)


def objects_of(pdf: bytes, index: int = -1) -> dict[int, bytes]:
    """The bodies of the objects that a revision wrote, by number."""
    document = read_document(pdf)
    revision = document.revisions[index]
    bodies: dict[int, bytes] = {}
    for number, entry in revision.entries.items():
        if entry.kind == "plain":
            found = document.indirect(entry.place, Ref(number, entry.extra), revision.index)
            body = _BODY.match(pdf[found.start : found.end])
            assert body
            bodies[number] = body[1]
    return bodies


def body_of(pdf: bytes, number: int) -> bytes:
    """The body of an object as it is now."""
    document = read_document(pdf)
    entry = document.entry(number, document.last)
    assert entry
    return objects_of(pdf, entry[1])[number]


def appended(pdf: bytes, bodies: Mapping[int, bytes], *, between: bytes = b"", trailer: bytes = b"") -> bytes:
    """The file with one more revision that writes these objects."""
    document = read_document(pdf)
    last = document.revisions[-1]
    out = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n")
    places: dict[int, int] = {}
    for number, body in bodies.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    out += between
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number in sorted(places):
        out += b"%d 1\n%010d 00000 n \n" % (number, places[number])
    size = max((int(str(last.trailer["/Size"])), *(number + 1 for number in places)))
    identifier = re.findall(rb"/ID\s*\[.*?\]", pdf, re.DOTALL)
    root, info = last.trailer["/Root"], last.trailer["/Info"]
    assert isinstance(root, Ref)
    assert isinstance(info, Ref)
    out += b"trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /Prev %d " % (
        size,
        root.number,
        info.number,
        last.table_start,
    )
    out += (identifier[-1] if identifier else b"") + trailer + b">>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def differences(pdf: bytes) -> list[bool]:
    """Of each later revision, whether it only signs."""
    document = read_document(pdf)
    holders = Holders(document)
    return [find_difference(document, index, holders).only_signing for index in range(1, len(document.revisions))]
