"""Appending to a PDF: what is there is never written again, and read only where something has to be known.

Each revision is new and changed objects, a cross-reference section of the kind that the file ends with, and a trailer
that leads back to the one before. Title, producer, dates, version and extensions stay as they are: a change to them
would be a change to what is signed that nobody asked for, and one that the gate could not tell from an attack.

Source: ISO 32000-2, 7.5.6 (incremental updates), 7.5.4 and 7.5.8 (cross-reference tables and streams), 14.4 (file
identifiers).
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from io import SEEK_END, BytesIO
from typing import Any, BinaryIO

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    PdfObject,
    Reference,
)
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.pdf_utils.xref import PositionDict, XRefSectionType, XRefStream, write_xref_table

from signflow.errors import RefusedError
from signflow.signing.reading import PARSER_ERRORS, open_stream

_ID_BYTES = 16


class GrowingPdf(PdfHandler):
    """A PDF with revisions that are being appended to it.

    Objects that are read are changed in place and named by `change`, or made and given to `add`; `append` makes a
    revision of both, and what follows builds on it. The file itself is only read.

    Raises:
        RefusedError: It is no PDF, too large or encrypted; or its cross-references are hybrid, so that it is one document
            to old readers and another to new ones, which no validator can vouch for.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._reader = open_stream(source)
        self.size_bytes = source.seek(0, SEEK_END)
        source.seek(-1, SEEK_END)
        self._ends_in_line = source.read(1) in b"\r\n"
        xrefs = self._reader.xrefs
        if xrefs.hybrid_xrefs_present:
            raise RefusedError("pdf-unreadable", reason="hybrid")
        sections = [xrefs.get_xref_container_info(number) for number in range(xrefs.total_revisions)]
        self._next_number = max(section.size for section in sections)
        self._in_stream = sections[-1].xref_section_type is XRefSectionType.STREAM
        self._previous_xref = int(self._reader.last_startxref or 0)
        self._made: dict[int, PdfObject] = {}
        self._pending: dict[tuple[int, int], PdfObject] = {}
        self._trailer = self._reader.trailer_view
        self._trailer["/ID"] = _identifier(value_of(self._trailer, "/ID"))

    @property
    def root_ref(self) -> Reference:
        """The catalog."""
        return self._reader.root_ref

    def get_object(self, ref: Reference, as_metadata_stream: bool = False) -> PdfObject:  # noqa: FBT001, FBT002 - pyHanko's signature
        """What it refers to, as it is after all changes so far."""
        made = self._made.get(ref.idnum)
        return made if made is not None else self._reader.get_object(ref, as_metadata_stream=as_metadata_stream)

    def number(self) -> IndirectObject:
        """A reference to an object that is given to `put` before the revision is appended."""
        reference = IndirectObject(self._next_number, 0, self)
        self._next_number += 1
        return reference

    def put(self, reference: IndirectObject, value: PdfObject) -> None:
        """The object that a reference from `number` was made for."""
        _hold(value, reference.reference)
        self._made[reference.idnum] = value
        self._pending[0, reference.idnum] = value

    def add(self, value: PdfObject) -> IndirectObject:
        """A new object."""
        reference = self.number()
        self.put(reference, value)
        return reference

    def change(self, value: PdfObject) -> None:
        """Write again the object that this value is or stands in.

        Raises:
            PdfReadError: It stands in none.
        """
        holder = value.container_ref
        if not isinstance(holder, Reference):
            raise PdfReadError("value stands in no object")
        self._pending[holder.generation, holder.idnum] = self.get_object(holder)

    def first_page(self) -> IndirectObject:
        """A reference to the first page.

        Raises:
            PdfReadError: There is none.
        """
        found: Any = self.find_page_for_modification(0)
        return found[0]

    def append(self) -> bytearray:
        """The revision made of everything added and changed since the last one."""
        out = BytesIO()
        if not self._ends_in_line:
            out.write(b"\n")
        start = self.size_bytes
        positions: PositionDict = {}
        for (generation, number), value in self._pending.items():
            positions[generation, number] = start + out.tell()
            out.write(b"%d %d obj\n" % (number, generation))
            value.write_to_stream(out, None)
            out.write(b"\nendobj\n")
        xref_at = start + out.tell()
        self._write_xref(out, positions, xref_at)
        out.write(b"\nstartxref\n%d\n%%%%EOF\n" % xref_at)
        self._previous_xref, self._ends_in_line = xref_at, True
        self._pending.clear()
        revision = bytearray(out.getbuffer())
        self.size_bytes += len(revision)
        return revision

    def _write_xref(self, out: BytesIO, positions: PositionDict, xref_at: int) -> None:
        trailer = XRefStream(positions) if self._in_stream else DictionaryObject()
        if self._in_stream:
            number = self._next_number
            self._next_number += 1
            positions[0, number] = xref_at
            out.write(b"%d 0 obj\n" % number)
        else:
            write_xref_table(out, {key: at for key, at in positions.items() if isinstance(at, int)})
            out.write(b"trailer\n")
        for key, value in self._trailer.items():
            trailer[key] = value
        trailer["/Size"] = NumberObject(self._next_number)
        trailer["/Prev"] = NumberObject(self._previous_xref)
        trailer.write_to_stream(out, None)
        if self._in_stream:
            out.write(b"\nendobj\n")


@contextmanager
def refusing_what_cannot_be_read() -> Generator[None]:
    """Errors of the parser as `RefusedError` (`pdf-unreadable`)."""
    try:
        yield
    except PARSER_ERRORS as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error


def value_of(holder: DictionaryObject, key: str) -> Any:
    """What stands there under that key, references followed; None if nothing does."""
    try:
        return holder[key]
    except KeyError:
        return None


def _identifier(before: Any) -> ArrayObject:
    """The file's first half kept, the second half new; PDF/A wants both where there were none."""
    fresh = ByteStringObject(secrets.token_bytes(_ID_BYTES))
    if not isinstance(before, ArrayObject) or len(before) != 2:
        return ArrayObject([fresh, fresh])
    first: Any = before[0]
    return ArrayObject([ByteStringObject(first.original_bytes), fresh])


def _hold(value: PdfObject, reference: Reference) -> None:
    """Tell a value, and what stands in it, which object they are part of."""
    value.container_ref = reference
    if isinstance(value, DictionaryObject):
        for part in value.values():
            _hold(part, reference)
    elif isinstance(value, ArrayObject):
        for part in value:
            _hold(part, reference)
