"""Streams as PDF/A wants them written.

ReportLab puts `endstream` directly behind the last byte; ISO 19005-2, 6.1.7.1 asks for an end-of-line marker before it that
the stream's length does not count.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFDocument, PDFStream
from reportlab.pdfbase.pdfdoc import format as format_object
from reportlab.pdfgen.canvas import Canvas


class Stream(PDFStream):
    """A stream with its own line for `endstream`, compressed where asked for."""

    def __init__(self, entries: Mapping[str, object], content: bytes, *, compress: bool) -> None:
        if compress:
            entries, content = {**entries, "Filter": "/FlateDecode"}, zlib.compress(content)
        super().__init__(PDFDictionary({**entries, "Length": len(content)}), content)

    def format(self, document: PDFDocument) -> bytes:
        """The stream's bytes; ReportLab calls this."""
        return bytes(format_object(self.dictionary, document)) + b"\nstream\n" + self.content + b"\nendstream\n"


def document_of(canvas: Canvas) -> Any:
    """The document that a canvas draws in. ReportLab gives it no type and no public name."""
    return vars(canvas)["_doc"]


def embed_fonts(document: Any) -> None:
    """Embed the fonts that were drawn with, now: nothing can be drawn after it.

    ReportLab would do it while it writes the file, too late to write their streams as PDF/A wants them.
    """
    for font in document.delayedFonts:
        font.addObjects(document)
    document.delayedFonts = []
    objects = document.idToObject
    for name, found in list(objects.items()):
        if isinstance(found, PDFStream) and not isinstance(found, Stream):
            content = found.content if isinstance(found.content, bytes) else str(found.content).encode("latin-1")
            written = Stream(found.dictionary.dict, content, compress=True)
            vars(written)["__InternalName__"] = name  # how ReportLab knows a registered object
            objects[name] = written


def set_contents(document: Any) -> None:
    """Give the pages their painted contents."""
    for page in document.Pages.pages:
        page.Contents = Stream({}, page.stream.encode("latin-1"), compress=True)
