"""What is seen in a signature's field: a page, brought over as the field's appearance.

Source: ISO 32000-2, 8.10.2 (form XObjects), 12.5.5 (appearance streams: the box is fitted into the field's rectangle).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    PdfObject,
    Reference,
    StreamObject,
)
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import find_inherited_value_in_tree

from signflow.errors import RefusedError
from signflow.signing.pades.update import GrowingPdf, value_of
from signflow.signing.reading import PARSER_ERRORS


class Stamp:
    """The only page of a PDF.

    Raises:
        RefusedError: It cannot be read, or is not one page.
    """

    def __init__(self, pdf: bytes) -> None:
        try:
            reader = PdfFileReader(BytesIO(pdf))
            if reader.encrypted or reader.root["/Pages"]["/Count"] != 1:
                raise PdfReadError("not one readable page")
            found: Any = reader.find_page_for_modification(0)
            page: DictionaryObject = found[0].get_object()
            self._resources: PdfObject = found[1]
            box: Any = find_inherited_value_in_tree(page, "/MediaBox", "/Parent")
            x1, y1, x2, y2 = map(float, box)
            self._left, self._bottom = min(x1, x2), min(y1, y2)
            self._width, self._height = abs(x2 - x1), abs(y2 - y1)
            if not self._width or not self._height:
                raise PdfReadError("page without an area")
            self._content = _content(page)
        except PARSER_ERRORS as error:
            raise RefusedError("stamp-unreadable") from error

    def add_to(self, pdf: GrowingPdf, width: float, height: float) -> IndirectObject:
        """The page as the appearance of a field of that size: in its lower left corner, made smaller if it must be.

        Raises:
            RefusedError: What the page draws with cannot be read.
        """
        scale = min(1.0, width / self._width, height / self._height)
        right, top = self._left + width / scale, self._bottom + height / scale
        copies = _Copies(pdf)
        filters = {key: self._content.raw_get(key) for key in ("/Filter", "/DecodeParms") if key in self._content}
        try:
            form = StreamObject(
                {
                    "/Type": NameObject("/XObject"),
                    "/Subtype": NameObject("/Form"),
                    # from top to bottom, as in the empty appearance: validators compare them
                    "/BBox": ArrayObject(FloatObject(f"{edge:.3f}") for edge in (self._left, top, right, self._bottom)),
                    "/Resources": copies.of(self._resources),
                    **{key: copies.of(value) for key, value in filters.items()},
                },
                encoded_data=self._content.encoded_data,
            )
        except PARSER_ERRORS as error:
            raise RefusedError("stamp-unreadable") from error
        return pdf.add(form)


def _content(page: DictionaryObject) -> StreamObject:
    content = value_of(page, "/Contents")
    parts = [one.get_object() for one in content] if isinstance(content, ArrayObject) else [content]
    streams = [one for one in parts if isinstance(one, StreamObject)]
    if len(streams) != len(parts):
        raise PdfReadError("content is no stream")
    if len(streams) == 1:
        return streams[0]
    return StreamObject(stream_data=b"\n".join(one.data for one in streams))


class _Copies:
    """Objects of one file as objects of another, each once."""

    def __init__(self, pdf: GrowingPdf) -> None:
        self._pdf = pdf
        self._made: dict[Reference, IndirectObject] = {}

    def of(self, value: PdfObject) -> PdfObject:
        if isinstance(value, IndirectObject):
            return self._referred(value)
        if isinstance(value, StreamObject):
            entries = {key: self.of(part) for key, part in value.items() if key != "/Length"}
            return StreamObject(entries, encoded_data=value.encoded_data)
        if isinstance(value, DictionaryObject):
            return DictionaryObject({key: self.of(part) for key, part in value.items()})
        if isinstance(value, ArrayObject):
            return ArrayObject(map(self.of, value))
        return value

    def _referred(self, value: IndirectObject) -> IndirectObject:
        made = self._made.get(value.reference)
        if made is None:
            # known before it is copied: what it holds may lead back to it
            made = self._made[value.reference] = self._pdf.number()
            self._pdf.put(made, self.of(value.get_object()))
        return made
