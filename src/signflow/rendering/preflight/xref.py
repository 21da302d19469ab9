"""Where the objects of a file stand: its cross-reference tables and streams, newest first.

Source: ISO 32000-1, 7.5.4 to 7.5.8; ISO 19005-2, 6.1.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from signflow.rendering.preflight.syntax import Dictionary, MalformedError, Note, Stream, Syntax, Value

MOST_OBJECTS = 1_000_000
_MOST_SECTIONS = 1_000
_TAIL_BYTES = 2_048  # the last part of a file, in which its end is told
_START = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,15})[\0\t\n\f\r ]+%%EOF")
_TABLE = re.compile(rb"xref(?:\r\n|\n|\r)")
_SUBSECTION = re.compile(rb"(\d{1,10}) (\d{1,10})(?:\r\n|\n|\r)")
_LOOSE_TABLE = re.compile(rb"[\0\t\n\f\r ]*xref[\0\t\n\f\r ]*")
_LOOSE_SUBSECTION = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]*")
_ENTRIES = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")
_ENTRY_BYTES = 20
_TRAILER = re.compile(rb"[\0\t\n\f\r ]*trailer")


@dataclass(frozen=True, slots=True)
class InFile:
    """An object that stands in the file itself, at that byte."""

    at: int
    generation: int


@dataclass(frozen=True, slots=True)
class InStream:
    """An object that stands in an object stream, as that one of its objects."""

    stream: int
    index: int


Entry = InFile | InStream | None  # None: the number is free


@dataclass(slots=True)
class Section:
    """What one revision of a file says of where its objects stand.

    Attributes:
        at: Where that is said, the byte.
        trailer: What else it says.
        entries: Where each object stands.
    """

    at: int
    trailer: Dictionary
    entries: dict[int, Entry] = field(default_factory=dict[int, Entry])


def read_start(data: bytes, end: int) -> int:
    """Where the newest section stands in the file up to that byte.

    Raises:
        MalformedError: It does not say so.
    """
    starts = _START.findall(data, max(0, end - _TAIL_BYTES), end)
    if not starts:
        raise MalformedError(end)
    return int(starts[-1])


class XrefReader:
    """Reads the sections of a file.

    Args:
        syntax: The file's.
        stream_at: The stream object that stands at a byte, and its bytes decoded; raises MalformedError where none does.
    """

    def __init__(self, syntax: Syntax, stream_at: Callable[[int], tuple[Stream, bytes]]) -> None:
        self._syntax = syntax
        self._data = syntax.data
        self._stream_at = stream_at

    def sections(self) -> list[Section]:
        """All of them, the newest first.

        Raises:
            MalformedError: The file does not say where they are, or what stands there is none.
        """
        found: list[Section] = []
        seen: set[int] = set()
        waiting = [read_start(self._data, len(self._data))]
        while waiting:
            at = waiting.pop()
            if at in seen or len(seen) >= _MOST_SECTIONS:
                raise MalformedError(at)
            seen.add(at)
            section = self._section(at)
            found.append(section)
            # ISO 32000-1, 7.5.8.4: a hybrid file's stream is looked at before what came earlier
            for key in ("Prev", "XRefStm"):
                earlier = section.trailer.get(key)
                if isinstance(earlier, int):
                    waiting.append(earlier)
        return found

    def _section(self, at: int) -> Section:
        if not 0 <= at < len(self._data):
            raise MalformedError(at)
        if _LOOSE_TABLE.match(self._data, at):
            return self._table(at)
        stream, content = self._stream_at(at)
        if stream.get("Type") != "XRef":
            raise MalformedError(at)
        return Section(at, stream, _from_stream(stream, content))

    def _table(self, at: int) -> Section:
        strict = _TABLE.match(self._data, at)
        loose = strict or _LOOSE_TABLE.match(self._data, at)
        if strict is None or loose is None:
            self._note("xref")
        position = loose.end() if loose else at
        entries: dict[int, Entry] = {}
        while not (trailer := _TRAILER.match(self._data, position)):
            head = _SUBSECTION.match(self._data, position)
            if head is None:
                self._note("subsection")
                head = _LOOSE_SUBSECTION.match(self._data, position)
            if head is None:
                raise MalformedError(position)
            position = self._subsection(int(head[1]), int(head[2]), head.end(), entries)
        value, _ = self._syntax.read(trailer.end(), 0)
        if not isinstance(value, Dictionary):
            raise MalformedError(position)
        return Section(at, value, entries)

    def _subsection(self, first: int, count: int, at: int, entries: dict[int, Entry]) -> int:
        written = self._data[at : at + count * _ENTRY_BYTES]
        if len(written) < count * _ENTRY_BYTES or len(entries) + count > MOST_OBJECTS:
            raise MalformedError(at)
        if not _ENTRIES.fullmatch(written):
            self._note("entries")
        for index in range(count):
            line = written[index * _ENTRY_BYTES : (index + 1) * _ENTRY_BYTES]
            try:
                place = InFile(int(line[:10]), int(line[11:16]))
            except ValueError:
                raise MalformedError(at) from None
            entries.setdefault(first + index, place if line[17:18] == b"n" else None)
        return at + count * _ENTRY_BYTES

    def _note(self, detail: str) -> None:
        self._syntax.notes.append(Note("xref-form", 0, detail))


def merged(sections: list[Section]) -> dict[int, Entry]:
    """Where each object stands now."""
    entries: dict[int, Entry] = {}
    for section in reversed(sections):
        entries.update(section.entries)
    return entries


def _from_stream(stream: Mapping[str, Value], content: bytes) -> dict[int, Entry]:
    widths, size = stream.get("W"), stream.get("Size")
    if not (isinstance(widths, list) and len(widths) == 3 and isinstance(size, int)):
        raise MalformedError(0)
    fields = [width for width in widths if isinstance(width, int) and 0 <= width <= 8]
    index = stream.get("Index", [0, size])
    if len(fields) < len(widths) or not isinstance(index, list) or not sum(fields):
        raise MalformedError(0)
    entries: dict[int, Entry] = {}
    at = 0
    for first, count in zip(index[::2], index[1::2], strict=False):
        if not (isinstance(first, int) and isinstance(count, int) and count * sum(fields) <= len(content) - at):
            raise MalformedError(0)
        for number in range(first, first + count):
            kind, second, third = (int.from_bytes(one) for one in _cut(content, at, fields))
            at += sum(fields)
            kind = kind if fields[0] else 1
            entries.setdefault(number, {1: InFile(second, third), 2: InStream(second, third)}.get(kind))
    return entries


def _cut(content: bytes, at: int, widths: list[int]) -> list[bytes]:
    parts: list[bytes] = []
    for width in widths:
        parts.append(content[at : at + width])
        at += width
    return parts
