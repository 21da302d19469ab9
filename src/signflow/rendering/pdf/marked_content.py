"""The text of a page by marked-content identifier, decoded from its content stream.

Source: ISO 32000-1, 14.6 (marked content), 9.4.3 (text showing), 9.10 (extraction of text).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pypdf import PdfReader
from pypdf._cmap import get_encoding  # pypdf's own decoding of fonts; its public extraction knows no marked content
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, PdfObject

_WORD_GAP = -180.0  # thousandths of the type's size: a wider gap between two pieces of a line is a space


def read_marked_texts(page: DictionaryObject, reader: PdfReader) -> Mapping[int, str]:
    """The page's text by marked-content identifier; spaces as the file has them, also at the ends of lines.

    A soft hyphen, which a line's end asked for, is left out: the word is whole.
    """
    contents = page.get("/Contents")
    if contents is None:
        return {}
    resources = cast("DictionaryObject", page.get("/Resources", DictionaryObject()).get_object())
    fonts = cast("DictionaryObject", resources.get("/Font", DictionaryObject()).get_object())
    properties = cast("DictionaryObject", resources.get("/Properties", DictionaryObject()).get_object())
    texts: dict[int, list[str]] = {}
    decoders: dict[str, _Decoder] = {}
    marks: list[int | None] = []
    current: _Decoder | None = None
    saved: list[_Decoder | None] = []
    for operands, operator in ContentStream(contents, reader).operations:
        if operator in {b"BDC", b"BMC"}:
            marks.append(_mcid(operands[1], properties) if operator == b"BDC" else None)
        elif operator == b"EMC" and marks:
            marks.pop()
        elif operator == b"q":
            saved.append(current)
        elif operator == b"Q" and saved:
            current = saved.pop()
        elif operator == b"Tf":
            current = decoders.setdefault(str(operands[0]), _Decoder(cast("DictionaryObject", fonts[operands[0]])))
        elif operator in {b"Tj", b"TJ", b"'", b'"'}:
            owner = next((mark for mark in reversed(marks) if mark is not None), None)
            if owner is not None and current is not None:
                texts.setdefault(owner, []).append(current.shown(operands[-1]))
    return {mcid: "".join(pieces).replace("\u00ad", "") for mcid, pieces in texts.items()}


def _mcid(properties: PdfObject, named: DictionaryObject) -> int | None:
    found = named.get(str(properties)) if isinstance(properties, str) else properties
    entry = found.get_object() if found is not None else None
    return int(cast("int", entry["/MCID"])) if isinstance(entry, DictionaryObject) and "/MCID" in entry else None


class _Decoder:
    """A font's codes as characters."""

    def __init__(self, font: DictionaryObject) -> None:
        self._encoding, self._unicode = get_encoding(cast("DictionaryObject", font.get_object()))

    def shown(self, operand: PdfObject) -> str:
        """The text of one showing operator; wide gaps between its pieces are spaces."""
        if not isinstance(operand, ArrayObject):
            return self._text(operand)
        pieces: list[str] = []
        for piece in operand:
            if isinstance(piece, str | bytes):
                pieces.append(self._text(cast("PdfObject", piece)))
            elif float(piece) < _WORD_GAP and pieces and not pieces[-1].endswith(" "):
                pieces.append(" ")
        return "".join(pieces)

    def _text(self, operand: PdfObject) -> str:
        codes = cast("bytes", getattr(operand, "original_bytes", operand))
        if isinstance(self._encoding, str):
            raw = codes.decode(self._encoding, "surrogatepass")
        else:
            raw = "".join(self._encoding.get(code, chr(code)) for code in codes)
        return "".join(str(self._unicode.get(char, char)) for char in raw)
