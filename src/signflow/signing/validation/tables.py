"""The tables of references of a PDF, as they stand, newest first.

Source: ISO 32000-2, 7.5.4 to 7.5.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from signflow.signing.validation.objects import MalformedError, Stream, Value, read_indirect, read_value, skip_space

LIMIT_REVISIONS = 500
LIMIT_OBJECTS = 2_000_000
LIMIT_DECODED_BYTES = 64_000_000
"""Of all tables in streams, and once more of all object streams."""

_LARGEST_NUMBER = 8_388_607  # ISO 32000-1, Annex C
_WIDEST = 8
_KINDS = ("free", "plain", "packed")
_SUBSECTION = re.compile(rb"[\x00\t\n\x0c\r ]*+(\d{1,10}) (\d{1,10})[\x00\t\n\x0c\r ]*+")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n|\n|\r)")


class Entry(NamedTuple):
    """Where an object is.

    Attributes:
        kind: `free`, `plain` (in the file) or `packed` (in an object stream).
        place: Offset in the file, or number of the object stream.
        extra: Generation, or index in the object stream.
    """

    kind: str
    place: int
    extra: int


@dataclass(frozen=True, slots=True)
class Table:
    """One table of references.

    Attributes:
        start: Where it begins.
        end: After its trailer, or after the object that it is.
        entries: By object number.
        trailer: As it says itself.
        stream: It is a stream.
        hybrid: It is two tables that could disagree.
    """

    start: int
    end: int
    entries: dict[int, Entry]
    trailer: dict[str, Value]
    stream: bool
    hybrid: bool


def read_tables(data: bytes, start: int) -> Iterator[Table]:
    """The table that begins there, and those that it continues, newest first.

    Raises:
        MalformedError: One cannot be read, they go in a circle, or are too many or too large.
    """
    seen: set[int] = set()
    objects = 0
    place: Value = start
    while place is not None:
        if not isinstance(place, int) or not 0 < place < len(data) or place in seen:
            raise MalformedError("xref")
        seen.add(place)
        table = _read_table(data, place)
        objects += len(table.entries)
        if len(seen) > LIMIT_REVISIONS or objects > LIMIT_OBJECTS:
            raise MalformedError("too-many")
        yield table
        place = table.trailer.get("/Prev")


def _read_table(data: bytes, start: int) -> Table:
    at = skip_space(data, start)
    if not data.startswith(b"xref", at):
        return _read_stream(data, start)
    entries, at = _read_entries(data, at + len(b"xref"))
    at = skip_space(data, at)
    if not data.startswith(b"trailer", at):
        raise MalformedError("trailer")
    trailer, end = read_value(data, at + len(b"trailer"))
    if not isinstance(trailer, dict):
        raise MalformedError("trailer")
    hidden = trailer.get("/XRefStm")
    if isinstance(hidden, int):
        for number, one in _read_stream(data, hidden).entries.items():
            if number not in entries or entries[number].kind == "free":
                entries[number] = one
    return Table(start, end, entries, trailer, stream=False, hybrid=hidden is not None)


def _read_entries(data: bytes, at: int) -> tuple[dict[int, Entry], int]:
    entries: dict[int, Entry] = {}
    while subsection := _SUBSECTION.match(data, at):
        first, count = int(subsection[1]), int(subsection[2])
        at = subsection.end()
        if count > LIMIT_OBJECTS or first + count > _LARGEST_NUMBER:
            raise MalformedError("xref")
        for number in range(first, first + count):
            line = _ENTRY.match(data, at)
            if line is None or number in entries:
                raise MalformedError("xref")
            at = line.end()
            entries[number] = Entry("plain" if line[3] == b"n" else "free", int(line[1]), int(line[2]))
    return entries, at


def _read_stream(data: bytes, start: int) -> Table:
    if not 0 <= start < len(data):
        raise MalformedError("xref")
    found = read_indirect(data, start, _direct_length)
    if not isinstance(found.value, Stream) or found.value.head.get("/Type") != "/XRef":
        raise MalformedError("xref")
    entries = dict(_stream_entries(found.value))
    return Table(start, found.end, entries, found.value.head, stream=True, hybrid=False)


def _direct_length(length: Value) -> int:
    if not isinstance(length, int):
        raise MalformedError("length")
    return length


def _stream_entries(stream: Stream) -> Iterator[tuple[int, Entry]]:
    """Source: ISO 32000-2, 7.5.8.3."""
    widths = _numbers(stream.head.get("/W"))
    index = _numbers(stream.head.get("/Index", [0, stream.head.get("/Size")]))
    if len(widths) != 3 or not widths[1] or max(widths) > _WIDEST or len(index) % 2:
        raise MalformedError("xref")
    kind_end, place_end, width = widths[0], widths[0] + widths[1], sum(widths)
    data = stream.decoded(LIMIT_DECODED_BYTES)
    if sum(index[1::2]) > LIMIT_OBJECTS or len(data) != width * sum(index[1::2]):
        raise MalformedError("xref")
    numbers = [
        number for first, count in zip(index[::2], index[1::2], strict=True) for number in range(first, first + count)
    ]
    if len(set(numbers)) != len(numbers) or max(numbers, default=0) > _LARGEST_NUMBER:
        raise MalformedError("xref")
    for row_at, number in zip(range(0, len(data), width), numbers, strict=True):
        row = data[row_at : row_at + width]
        kind = int.from_bytes(row[:kind_end]) if kind_end else 1
        if kind >= len(_KINDS):
            raise MalformedError("xref")
        yield number, Entry(_KINDS[kind], int.from_bytes(row[kind_end:place_end]), int.from_bytes(row[place_end:]))


def _numbers(value: Value) -> list[int]:
    numbers = [one for one in value if isinstance(one, int) and one >= 0] if isinstance(value, list) else []
    if not isinstance(value, list) or len(numbers) != len(value):
        raise MalformedError("xref")
    return numbers
