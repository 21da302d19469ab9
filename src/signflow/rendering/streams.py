"""Streams as PDF/A wants them written.

ReportLab puts `endstream` directly behind the last byte; ISO 19005-2, 6.1.7.1 asks for an end-of-line marker before it that
the stream's length does not count.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFObject, PDFStream
from reportlab.pdfbase.pdfdoc import format as format_object
from reportlab.pdfgen.canvas import Canvas


class Written(PDFObject):
    """An object that is written when it is made, as most of a tagged document's are: ReportLab's take ten times as long.

    Attributes:
        content: What stands in the file.
    """

    def __init__(self, content: str = "") -> None:
        self.content = content

    def format(self, document: PDFDocument) -> bytes:  # noqa: ARG002 - ReportLab's signature
        """The object's bytes; ReportLab calls this."""
        return self.content.encode("latin-1")


class Dictionary(PDFDictionary):
    """A dictionary whose names need no escapes, in the order given."""

    def format(self, document: PDFDocument) -> bytes:
        """The dictionary's bytes; ReportLab calls this."""
        entries: Mapping[str, object] = self.dict
        return (
            b"<<"
            + b"".join(b"/%b %b" % (name.encode(), _formatted(entries[name], document)) for name in entries)
            + b">>"
        )


class Array(PDFArray):
    """An array on one line."""

    def format(self, document: PDFDocument) -> bytes:
        """The array's bytes; ReportLab calls this."""
        return b"[" + b" ".join(_formatted(entry, document) for entry in self.sequence) + b"]"


def _formatted(entry: object, document: PDFDocument) -> bytes:
    if isinstance(entry, str):
        return entry.encode("latin-1")
    return b"%d" % entry if isinstance(entry, int) else bytes(format_object(entry, document))


class Stream(PDFStream):
    """A stream with its own line for `endstream`, compressed where asked for."""

    def __init__(self, entries: Mapping[str, object], content: bytes, *, compress: bool) -> None:
        if compress:
            entries, content = {**entries, "Filter": "/FlateDecode"}, zlib.compress(content)
        super().__init__(Dictionary({**entries, "Length": len(content)}), content)

    def format(self, document: PDFDocument) -> bytes:
        """The stream's bytes; ReportLab calls this."""
        return bytes(format_object(self.dictionary, document)) + b"\nstream\n" + self.content + b"\nendstream\n"


def document_of(canvas: Canvas) -> Any:
    """The document that a canvas draws in. ReportLab gives it no type and no public name."""
    return vars(canvas)["_doc"]


def set_contents(document: Any) -> None:
    """Give the pages their painted contents."""
    for page in document.Pages.pages:
        page.Contents = Stream({}, page.stream.encode("latin-1"), compress=True)
