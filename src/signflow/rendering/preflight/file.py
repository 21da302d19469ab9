"""A PDF file as its objects, each read when it is first asked for, and what is wrong with how they are written.

Source: ISO 32000-1, 7.3.8, 7.3.10, 7.5; ISO 19005-2, 6.1.7.1, 6.1.9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signflow.rendering.preflight.streams import PERMITTED, Prediction, UndecodableError, UnjudgedError, decode
from signflow.rendering.preflight.syntax import Dictionary, MalformedError, Name, Note, Ref, Stream, Syntax, Value
from signflow.rendering.preflight.xref import Entry, InFile, InStream, Section, XrefReader, merged

_MOST_SYNTAX_BYTES = 24_000_000  # of objects and content that are read: some ten seconds' work at the worst
_MOST_DECODED_BYTES = 400_000_000
_MOST_STREAM_BYTES = 100_000_000
_MOST_REFERENCES = 16  # to references, one after the other
_S = rb"\0\t\n\f\r "
_BEGIN = re.compile(rb"(\d{1,10})[" + _S + rb"]+(\d{1,10})[" + _S + rb"]+obj(?![^" + _S + rb"()<>\[\]{}/%])")
_STRICT_BEGIN = re.compile(rb"(\d{1,10}) (\d{1,10}) obj(?:\r\n|\n|\r)")
_END = re.compile(rb"(?:[" + _S + rb"]|%[^\r\n]*)*endobj")
_STRICT_END = re.compile(rb"[" + _S + rb"]*(?:\r\n|\n|\r)endobj(?:\r\n|\n|\r|\Z)")
_STREAM = re.compile(rb"(?:[" + _S + rb"]|%[^\r\n]*)*stream(\r\n|\n|\r|)")
_END_STREAM = re.compile(rb"(?:\r\n|\n|\r)endstream(?![^" + _S + rb"])")
_EMPTY: Dictionary = Dictionary()
# where PDFDocEncoding is not Latin-1 (ISO 32000-1, annex D.2)
_PDF_DOC = dict(
    zip((*range(0x18, 0x20), *range(0x80, 0x9F), 0xA0), "˘ˇˆ˙˝˛˚˜•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž€", strict=True)
)


class TooMuchError(Exception):
    """There is more in the file than is looked at."""


class PdfFile:
    """A file's objects.

    Attributes:
        data: Its bytes.
        notes: What is wrong with how it is written, so far.
        sections: Its cross-reference sections, the newest first.
        trailer: The newest one's dictionary.
        entries: Where each object stands.

    Raises:
        MalformedError: The file does not say where its objects are.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.notes: list[Note] = []
        self._syntax = Syntax(data, self.notes)
        self._objects: dict[int, Value] = {}
        self._reading: set[int] = set()
        self._decoded: dict[int, bytes | None] = {}
        self._members: dict[int, dict[int, Value]] = {}
        self._syntax_bytes = 0
        self._decoded_bytes = 0
        self.sections: list[Section] = XrefReader(self._syntax, self._stream_at).sections()
        self.trailer = self.sections[0].trailer
        self.entries = merged(self.sections)

    def read(self, entry: Entry, number: int) -> Value:
        """The object that stands there, which need not be the one of that number now; None where none can be read."""
        try:
            if isinstance(entry, InFile):
                return self._object_at(entry.at, number)
            return self._member(entry.stream, number) if entry else None
        except MalformedError:
            self.note("object-unreadable", number)
            return None

    def get(self, number: int) -> Value:
        """The object of that number; None where there is none, or none that can be read.

        Raises:
            TooMuchError: The file holds more than is looked at.
        """
        if number in self._objects:
            return self._objects[number]
        if number in self._reading:  # a stream whose length is in itself
            return None
        self._reading.add(number)
        try:
            value = self._objects[number] = self.read(self.entries.get(number), number)
        finally:
            self._reading.discard(number)
        return value

    def resolve(self, value: Value) -> Value:
        """What a reference leads to; anything else as it is."""
        for _ in range(_MOST_REFERENCES):
            if not isinstance(value, Ref):
                return value
            value = self.get(value.number)
        return None

    def entry(self, holder: Dictionary, key: str) -> Value:
        """The entry, resolved."""
        return self.resolve(holder.get(key))

    def dictionary(self, holder: Dictionary, key: str) -> Dictionary:
        """The entry if it is a dictionary or stream, otherwise an empty one."""
        value = self.resolve(holder.get(key))
        return value if isinstance(value, Dictionary) else _EMPTY

    def stream(self, holder: Dictionary, key: str) -> Stream | None:
        """The entry if it is a stream."""
        value = self.resolve(holder.get(key))
        return value if isinstance(value, Stream) else None

    def array(self, holder: Dictionary, key: str) -> list[Value]:
        """The entry if it is an array, otherwise an empty one; its members as they are."""
        value = self.resolve(holder.get(key))
        return value if isinstance(value, list) else []

    def name(self, holder: Dictionary, key: str) -> str:
        """The entry if it is a name, otherwise an empty text."""
        value = self.resolve(holder.get(key))
        return value if isinstance(value, Name) else ""

    def number(self, holder: Dictionary, key: str) -> float | None:
        """The entry if it is a number."""
        value = self.resolve(holder.get(key))
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def text(self, holder: Dictionary, key: str) -> str | None:
        """The entry if it is a string, as text (ISO 32000-1, 7.9.2.2)."""
        value = self.resolve(holder.get(key))
        return text_of(value) if isinstance(value, bytes) else None

    def dictionaries(self, values: list[Value]) -> Iterator[Dictionary]:
        """Those members of an array that are dictionaries."""
        for value in values:
            one = self.resolve(value)
            if isinstance(one, Dictionary):
                yield one

    def raw(self, stream: Stream) -> bytes:
        """The bytes of a stream as they stand in the file."""
        return self.data[stream.start : stream.stop]

    def filters(self, stream: Stream) -> list[str]:
        """The names of its filters."""
        value = self.entry(stream, "Filter")
        values = value if isinstance(value, list) else [value] if value is not None else []
        return [str(name) if isinstance(name := self.resolve(one), Name) else "" for one in values]

    def decoded(self, stream: Stream) -> bytes | None:
        """What the stream holds; None, and a note, where that cannot be told.

        Raises:
            TooMuchError: The file holds more than is looked at.
        """
        if stream.start not in self._decoded:
            self._decoded[stream.start] = self._decode(stream)
        return self._decoded[stream.start]

    def spend(self, syntax_bytes: int) -> None:
        """Count what is about to be read.

        Raises:
            TooMuchError: It is more than is looked at.
        """
        self._syntax_bytes += syntax_bytes
        if self._syntax_bytes > _MOST_SYNTAX_BYTES:
            raise TooMuchError

    def note(self, code: str, number: int, detail: str = "") -> None:
        """Something is wrong with how an object is written."""
        self.notes.append(Note(code, number, detail))

    def _object_at(self, at: int, number: int) -> Value:
        begin = _BEGIN.match(self.data, at)
        if begin is None or int(begin[1]) != number:
            raise MalformedError(at)
        spaced = at == 0 or self.data[at - 1 : at] in {b"\n", b"\r"}
        spaced = spaced and _STRICT_BEGIN.match(self.data, at) is not None
        value, stop = self._syntax.read(begin.end(), number)
        self.spend(stop - at)
        opened = _STREAM.match(self.data, stop) if isinstance(value, Dictionary) else None
        if opened and isinstance(value, Dictionary):
            value = self._stream(value, opened)
            stop = self._behind_stream(value, number)
        if not (end := _END.match(self.data, stop)):
            raise MalformedError(stop)
        if not spaced or not _STRICT_END.match(self.data, stop):
            self.note("object-spacing", number, self.data[end.start() : end.end()][-20:].decode("latin-1"))
        return value

    def _stream(self, entries: Dictionary, opened: re.Match[bytes]) -> Stream:
        length = self.entry(entries, "Length")
        start = opened.end()
        if opened[1] not in {b"\n", b"\r\n"}:
            self.note("stream-keywords", entries.number)
        if not isinstance(length, int) or not 0 <= length <= len(self.data) - start:
            self.note("stream-length", entries.number)
            length = max(0, self.data.find(b"endstream", start) - start)
        return Stream(entries, start, start + length)

    def _behind_stream(self, stream: Stream, number: int) -> int:
        end = _END_STREAM.match(self.data, stream.stop)
        if end:
            return end.end()
        found = self.data.find(b"endstream", max(stream.start, stream.stop - 2))
        if found < 0:
            raise MalformedError(stream.stop)
        self.note("stream-length" if found > stream.stop + 2 or found < stream.stop else "stream-keywords", number)
        return found + len(b"endstream")

    def _stream_at(self, at: int) -> tuple[Stream, bytes]:
        begin = _BEGIN.match(self.data, at)
        value = self._object_at(at, int(begin[1])) if begin else None
        content = self._decode(value) if isinstance(value, Stream) else None
        if not isinstance(value, Stream) or content is None:
            raise MalformedError(at)
        return value, content

    def _member(self, holder: int, number: int) -> Value:
        if holder not in self._members:
            self._members[holder] = self._read_members(holder)
        return self._members[holder].get(number)

    def _read_members(self, holder: int) -> dict[int, Value]:
        stream = self.get(holder)
        content = self.decoded(stream) if isinstance(stream, Stream) else None
        if not isinstance(stream, Stream) or content is None or isinstance(self.entries.get(holder), InStream):
            raise MalformedError(holder)
        count, first = stream.get("N"), stream.get("First")
        if not isinstance(count, int) or not isinstance(first, int) or not 0 <= first <= len(content):
            raise MalformedError(holder)
        self.spend(len(content))
        try:
            heads = [int(one) for one in content[:first].split()[: 2 * max(count, 0)]]
        except ValueError:
            raise MalformedError(holder) from None
        syntax = Syntax(content, self.notes)
        return {
            number: syntax.read(first + at, number)[0]
            for number, at in zip(heads[::2], heads[1::2], strict=False)
            if 0 <= at <= len(content)
        }

    def _decode(self, stream: Stream) -> bytes | None:
        filters = self.filters(stream)
        try:
            most = min(_MOST_STREAM_BYTES, _MOST_DECODED_BYTES - self._decoded_bytes)
            content = decode(self.raw(stream), filters, self._predictions(stream, len(filters)), most)
        except UndecodableError:
            self.note("stream-undecodable", stream.number, " ".join(filters))
            return None
        except UnjudgedError:
            if PERMITTED.issuperset(filters):  # another filter is a finding of its own
                self.note("stream-unjudged", stream.number, " ".join(filters))
            return None
        self._decoded_bytes += len(content)
        return content

    def _predictions(self, stream: Stream, count: int) -> list[Prediction]:
        value = self.entry(stream, "DecodeParms")
        given = value if isinstance(value, list) else [value]
        found: list[Prediction] = []
        for one in (*given[:count], *[None] * (count - len(given))):
            parameters = self.resolve(one)
            if not isinstance(parameters, Dictionary):
                found.append(Prediction())
                continue
            numbers = [self.number(parameters, key) for key in ("Predictor", "Colors", "BitsPerComponent", "Columns")]
            predictor, colors, bits, columns = (
                int(default if given is None else given) for given, default in zip(numbers, (1, 1, 8, 1), strict=True)
            )
            found.append(Prediction(predictor, (colors * bits * columns + 7) // 8))
        return found


def text_of(value: bytes) -> str:
    """A text string as text (ISO 32000-1, 7.9.2.2)."""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1").translate(_PDF_DOC)
