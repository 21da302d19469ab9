"""The objects of a file, written plainly: a tagged document has thousands, and ReportLab's own take most of its time.

Source: ISO 32000-1, 7.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from reportlab.pdfbase.pdfdoc import PDFDocument, PDFObject
from reportlab.pdfbase.pdfdoc import format as format_object


class Written(PDFObject):
    """An object that is written when it is made, as the elements of the structure are.

    Attributes:
        content: What stands in the file.
    """

    def __init__(self, content: str = "") -> None:
        self.content = content

    def format(self, document: PDFDocument) -> bytes:  # noqa: ARG002 - ReportLab's signature
        """The object's bytes; ReportLab calls this."""
        return self.content.encode("latin-1")


class Dictionary(PDFObject):
    """A dictionary whose names need no escapes, in the order given.

    Attributes:
        entries: By name; a text stands there as PDF writes it.
    """

    def __init__(self, entries: Mapping[str, object] = MappingProxyType({})) -> None:
        self.entries = dict(entries)

    def format(self, document: PDFDocument) -> bytes:
        """The dictionary's bytes; ReportLab calls this."""
        written = [b"/%b %b" % (name.encode(), _formatted(entry, document)) for name, entry in self.entries.items()]
        return b"<<" + b"".join(written) + b">>"


class Array(PDFObject):
    """An array on one line.

    Attributes:
        entries: In order; a text stands there as PDF writes it.
    """

    def __init__(self, entries: Iterable[object]) -> None:
        self.entries = list(entries)

    def format(self, document: PDFDocument) -> bytes:
        """The array's bytes; ReportLab calls this."""
        return b"[" + b" ".join(_formatted(entry, document) for entry in self.entries) + b"]"


def _formatted(entry: object, document: PDFDocument) -> bytes:
    if isinstance(entry, str):
        return entry.encode("latin-1")
    return b"%d" % entry if isinstance(entry, int) else bytes(format_object(entry, document))
