"""The same document as other programs would have written it: other cross-references, other places for the same objects."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader


class Xref(StrEnum):
    TABLE = "table"
    STREAM = "stream"
    PACKED = "packed"  # a stream, and what can be in object streams
    HYBRID = "hybrid"  # a table for old readers, and a stream that tells of the structure that they need not see


@dataclass(frozen=True)
class Layout:
    """How a file is written.

    Attributes:
        xref: Kind of cross-references.
        line: What ends a line.
        form_in_catalog: The form stands in the catalog, its fields in it; else both are objects.
        annotations_apart: A page's annotations are an object.
        identified: There is a file identifier.
        ends_in_line: The last line is ended.
    """

    xref: Xref = Xref.TABLE
    line: bytes = b"\n"
    form_in_catalog: bool = False
    annotations_apart: bool = False
    identified: bool = True
    ends_in_line: bool = True


def write_as(pdf: bytes, layout: Layout, instead: dict[int, generic.PdfObject] | None = None) -> bytes:
    """The document in that layout, with other objects instead of some."""
    reader = PdfFileReader(BytesIO(pdf))
    objects = {
        number: reader.get_object(generic.Reference(number, 0, reader))
        for number in range(1, int(reader.trailer["/Size"]))
    }
    if layout.form_in_catalog or layout.annotations_apart:
        _rearrange(reader, objects, layout)
    objects |= instead or {}
    writer = _Writer(objects, layout)
    trailer = generic.DictionaryObject({"/Root": reader.trailer.raw_get("/Root")})
    if "/Info" in reader.trailer:
        trailer["/Info"] = reader.trailer.raw_get("/Info")
    if layout.identified:
        trailer["/ID"] = reader.trailer["/ID"]
    return writer.write(trailer)


def _rearrange(reader: PdfFileReader, objects: dict[int, generic.PdfObject], layout: Layout) -> None:
    root = reader.root
    form = root["/AcroForm"]
    if layout.form_in_catalog:
        form["/Fields"] = generic.ArrayObject(form["/Fields"])
        root["/AcroForm"] = generic.DictionaryObject(form)
    if layout.annotations_apart:
        for page in [one for one in objects.values() if _is(one, "/Page")]:
            number = max(objects) + 1
            objects[number] = generic.ArrayObject(page["/Annots"])
            page["/Annots"] = generic.IndirectObject(number, 0, reader)


class _Writer:
    def __init__(self, objects: dict[int, generic.PdfObject], layout: Layout) -> None:
        self.objects = objects
        self.layout = layout
        self.out = BytesIO()
        self.entries: dict[int, tuple[int, int, int]] = {}
        self.next = max(objects) + 1

    def write(self, trailer: generic.DictionaryObject) -> bytes:
        xref, line = self.layout.xref, self.layout.line
        self.out.write(b"%PDF-1.7" + line + b"%\xe2\xe3\xcf\xd3" + line)
        packed = {
            number: value
            for number, value in self.objects.items()
            if (xref is Xref.PACKED and not isinstance(value, generic.StreamObject))
            or (xref is Xref.HYBRID and _is(value, "/StructElem"))
        }
        for number, value in self.objects.items():
            if number not in packed:
                self._object(number, _bytes(value))
        if packed:
            self._pack(packed)
        if xref in {Xref.STREAM, Xref.PACKED}:
            at = self._xref_stream(self.entries, trailer)
        else:
            if xref is Xref.HYBRID:
                hidden = {number: entry for number, entry in self.entries.items() if entry[0] == 2}
                trailer["/XRefStm"] = generic.NumberObject(self._xref_stream(hidden, generic.DictionaryObject()))
            at = self._table(trailer)
        self.out.write(line + b"startxref" + line + b"%d" % at + line + b"%%EOF")
        if self.layout.ends_in_line:
            self.out.write(line)
        return self.out.getvalue()

    def _object(self, number: int, body: bytes) -> int:
        at = self.out.tell()
        self.entries[number] = (1, at, 0)
        self.out.write(b"%d 0 obj\n" % number + body + b"\nendobj" + self.layout.line)
        return at

    def _stream(self, number: int, entries: dict[str, generic.PdfObject], data: bytes) -> int:
        stream = generic.StreamObject(
            {**entries, "/Filter": generic.NameObject("/FlateDecode")}, encoded_data=zlib.compress(data)
        )
        return self._object(number, _bytes(stream))

    def _pack(self, packed: dict[int, generic.PdfObject]) -> None:
        number, self.next = self.next, self.next + 1
        head, body = b"", b""
        for index, (member, value) in enumerate(packed.items()):
            head += b"%d %d " % (member, len(body))
            body += _bytes(value) + b" "
            self.entries[member] = (2, number, index)
        sizes = {"/N": generic.NumberObject(len(packed)), "/First": generic.NumberObject(len(head))}
        self._stream(number, {"/Type": generic.NameObject("/ObjStm"), **sizes}, head + body)

    def _xref_stream(self, entries: dict[int, tuple[int, int, int]], trailer: generic.DictionaryObject) -> int:
        number, self.next = self.next, self.next + 1
        entries = {**entries, number: (1, self.out.tell(), 0)}
        index = [part for one in sorted(entries) for part in (one, 1)]
        data = b"".join(
            bytes([kind]) + at.to_bytes(4) + third.to_bytes(2) for _, (kind, at, third) in sorted(entries.items())
        )
        numbers = {"/W": (1, 4, 2), "/Index": index}
        arrays = {key: generic.ArrayObject(map(generic.NumberObject, value)) for key, value in numbers.items()}
        size = {"/Type": generic.NameObject("/XRef"), "/Size": generic.NumberObject(number + 1)}
        return self._stream(number, {**dict(trailer), **size, **arrays}, data)

    def _table(self, trailer: generic.DictionaryObject) -> int:
        at = self.out.tell()
        self.out.write(b"xref\n0 %d\n0000000000 65535 f \n" % self.next)
        for number in range(1, self.next):
            kind, offset, _ = self.entries.get(number, (0, 0, 0))
            self.out.write(b"%010d 00000 n \n" % offset if kind == 1 else b"0000000000 65535 f \n")
        trailer["/Size"] = generic.NumberObject(self.next)
        self.out.write(b"trailer\n" + _bytes(trailer))
        return at


def _is(value: generic.PdfObject, kind: str) -> bool:
    return isinstance(value, generic.DictionaryObject) and value.get("/Type") == kind


def _bytes(value: generic.PdfObject) -> bytes:
    out = BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()
