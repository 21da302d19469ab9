"""The signature dictionary, written with a hole where the signature goes.

Source: ISO 32000-2, 12.8.1 and table 255; ETSI EN 319 142-1, 5.3.
"""

from __future__ import annotations

from io import BytesIO
from typing import Protocol, Self

from pyhanko.pdf_utils.generic import DictionaryObject, PdfObject

from signflow.signing.pades.update import GrowingPdf

_RANGE_WIDTH = len(b"[0 9999999999 9999999999 9999999999]")  # cross-reference tables count as far


class RunningDigest(Protocol):
    """A digest in the making, as `hashlib` has them."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Digest more."""
        ...

    def copy(self) -> Self:
        """The same so far, to go on in another way."""
        ...

    def digest(self) -> bytes:
        """Of all so far."""
        ...


class NoRoomError(Exception):
    """A signature is longer than the hole that was left for it."""

    def __init__(self, missing_bytes: int) -> None:
        super().__init__(missing_bytes)
        self.missing_bytes = missing_bytes


class SignatureDictionary(DictionaryObject):
    """A dictionary with `/ByteRange` and `/Contents`, whose values are known later than their places."""

    def __init__(self, entries: dict[str, PdfObject], reserved_bytes: int) -> None:
        super().__init__(entries)
        self.byte_range = self["/ByteRange"] = _Place(b"[".ljust(_RANGE_WIDTH))
        self.contents = self["/Contents"] = _Place(b"<" + b"00" * reserved_bytes + b">")


class OpenRevision:
    """A revision that covers itself and all before it, but for the hole."""

    def __init__(self, pdf: GrowingPdf, signature: SignatureDictionary) -> None:
        before = pdf.size_bytes
        self._data = pdf.append()
        self._start = signature.contents.at
        self._stop = self._start + len(signature.contents.text)
        ranges = b"[0 %d %d %d]" % (before + self._start, before + self._stop, len(self._data) - self._stop)
        at = signature.byte_range.at
        self._data[at : at + _RANGE_WIDTH] = ranges.ljust(_RANGE_WIDTH)

    def digest(self, before: RunningDigest) -> bytes:
        """The digest that is signed, from the state of the digest of all before."""
        running = before.copy()
        with memoryview(self._data) as data:
            running.update(data[: self._start])
            running.update(data[self._stop :])
        return running.digest()

    def close(self, signature: bytes) -> bytes:
        """The revision with the signature in the hole.

        Raises:
            NoRoomError: It does not fit. It is never cut.
        """
        room = (self._stop - self._start - 2) // 2
        if len(signature) > room:
            raise NoRoomError(len(signature) - room)
        text = signature.hex().encode()
        self._data[self._start + 1 : self._start + 1 + len(text)] = text
        return bytes(self._data)


class _Place(PdfObject):
    """What is written first and known afterwards."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0

    def write_to_stream(self, stream: BytesIO, handler: object = None, container_ref: object = None) -> None:  # noqa: ARG002 - pyHanko's signature
        self.at = stream.tell()
        stream.write(self.text)
