"""A PDF taken apart into the sources of its objects, and put together again: only what a test changes differs.

Reads what our own renderer writes, and knows nothing of how the product reads a file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

_OBJECT = re.compile(rb"(?<=\n)(\d+) 0 obj\n(.*?)\nendobj\n", re.DOTALL)
_IDENTIFIER = re.compile(rb"/ID\s*\[(<[0-9a-f]+>)<[0-9a-f]+>\]")
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_INFO = re.compile(rb"/Info (\d+) 0 R")
HEADER = b"%PDF-1.7\n%\x93\x8c\x8b\x9e\n"


@dataclass
class PlainPdf:
    """The sources of the objects by number, what stands around them, and a last change of the bytes."""

    objects: dict[int, bytes]
    trailer: bytes
    header: bytes = HEADER
    after_end: bytes = b""
    finish: Callable[[bytes], bytes] = bytes

    @classmethod
    def of(cls, pdf: bytes) -> PlainPdf:
        """Take a file apart that has one revision."""
        root, info, identifier = _ROOT.search(pdf), _INFO.search(pdf), _IDENTIFIER.search(pdf)
        assert root
        assert info
        assert identifier
        trailer = b"/ID [%b%b] /Root %b 0 R /Info %b 0 R" % (identifier[1], identifier[1], root[1], info[1])
        return cls({int(number): source for number, source in _OBJECT.findall(pdf)}, trailer)

    def bytes(self) -> bytes:
        """Put it together."""
        written = bytearray(self.header)
        places: dict[int, int] = {}
        for number, source in sorted(self.objects.items()):
            places[number] = len(written)
            written += b"%d 0 obj\n%b\nendobj\n" % (number, source)
        start, size = len(written), max(self.objects) + 1
        written += b"xref\n0 %d\n0000000000 65535 f \n" % size
        for number in range(1, size):
            written += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
        written += b"trailer\n<<%b /Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (self.trailer, size, start)
        return self.finish(bytes(written) + self.after_end)

    def find(self, pattern: bytes) -> int:
        """The number of the first object whose source has that."""
        return next(number for number, source in sorted(self.objects.items()) if re.search(pattern, source))

    def add(self, source: bytes) -> int:
        """One more object."""
        number = max(self.objects) + 1
        self.objects[number] = source
        return number

    def replace(self, pattern: bytes, old: bytes, new: bytes) -> None:
        """Change one thing in the first object whose source has that."""
        number = self.find(pattern)
        assert old in self.objects[number], (pattern, old)
        self.objects[number] = self.objects[number].replace(old, new, 1)

    def stream(self, number: int) -> bytes:
        """What the stream of that number holds."""
        source = self.objects[number]
        content = source.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]
        return zlib.decompress(content) if b"/FlateDecode" in source else content

    def restream(self, number: int, change: Callable[[bytes], bytes]) -> None:
        """Change what the stream of that number holds; it is not compressed any more."""
        source = self.objects[number]
        entries = source.split(b"\nstream\n", 1)[0].replace(b"/Filter /FlateDecode", b"")
        content = change(self.stream(number))
        entries = re.sub(rb"/Length \d+", b"/Length %d" % len(content), entries)
        self.objects[number] = entries + b"\nstream\n" + content + b"\nendstream"

    def page_content(self, page: int = 0) -> int:
        """The number of a page's content."""
        pages = [source for _, source in sorted(self.objects.items()) if re.search(rb"/Type /Page\b(?!s)", source)]
        found = re.search(rb"/Contents (\d+) 0 R", pages[page])
        assert found
        return int(found[1])


def made_stream(entries: bytes, content: bytes) -> bytes:
    """The source of a stream."""
    return b"<<%b /Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)
