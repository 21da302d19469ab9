"""A PDF as the revisions that were appended one after the other, each as its own bytes say.

Every table of references is read where it stands, by its own `/Prev`, never repaired; how much there may be of
everything is bounded. Objects are read when asked for.

Source: ISO 32000-2, 7.5.4 to 7.5.8 and Annex F.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from signflow.signing.validation.objects import Indirect, MalformedError, Ref, Stream, Value, read_indirect, read_value
from signflow.signing.validation.tables import LIMIT_DECODED_BYTES, Entry, Table, read_tables

_DEEPEST_LENGTH = 4
_TAIL_BYTES = 2048
_ENDS = re.compile(rb"[\x00\t\n\x0c\r ]*+startxref[\x00\t\n\x0c\r ]++(\d{1,12})[\x00\t\n\x0c\r ]++%%EOF")
_LAST = re.compile(rb"startxref[\x00\t\n\x0c\r ]++(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Revision:
    """What was appended at once.

    Attributes:
        index: 0 for the original.
        start: Where it begins: the end of the one before.
        end: Just after its `%%EOF`.
        table_start: Where its table of references begins.
        entries: By object number.
        trailer: As it says itself.
        sound: It ends as a revision must and all it points to lies before its end.
        plain: One table or stream of references, not two that could disagree.
        stream: References are in a stream.
    """

    index: int
    start: int
    end: int
    table_start: int
    entries: dict[int, Entry]
    trailer: dict[str, Value]
    sound: bool
    plain: bool
    stream: bool


@dataclass(slots=True)
class Packed:
    """An object stream, decoded.

    Attributes:
        numbers: Of its objects, in order.
        offsets: Where each begins in `data`.
    """

    numbers: tuple[int, ...]
    offsets: tuple[int, ...]
    data: bytes


@dataclass(slots=True)
class Document:
    """The bytes, and their revisions oldest first."""

    data: bytes
    revisions: tuple[Revision, ...]
    _objects: dict[int, Indirect] = field(default_factory=dict)
    _packed: dict[int, Packed] = field(default_factory=dict)
    _decoded_bytes: int = 0

    @property
    def last(self) -> int:
        """Index of the newest revision."""
        return len(self.revisions) - 1

    @property
    def root(self) -> Value:
        """Reference to the catalogue."""
        return self.revisions[-1].trailer.get("/Root")

    def entry(self, number: int, upto: int) -> tuple[Entry, int] | None:
        """Where the object was as of that revision, and which revision put it there."""
        for index in range(upto, -1, -1):
            entry = self.revisions[index].entries.get(number)
            if entry is not None:
                return entry, index
        return None

    def value(self, ref: Ref, upto: int) -> Value:
        """The object as of that revision; None where there is none.

        Raises:
            MalformedError: Something else is there.
        """
        found = self.entry(ref.number, upto)
        if found is None or found[0].kind == "free":
            return None
        entry, index = found
        if entry.kind == "packed":
            return self._unpacked(ref, entry, index)
        if entry.extra != ref.generation:
            return None
        return self.indirect(entry.place, ref, upto).value

    def resolved(self, value: Value, upto: int) -> Value:
        """The value itself, or what it refers to."""
        if isinstance(value, Ref):
            value = self.value(value, upto)
            if isinstance(value, Ref):
                raise MalformedError("reference to a reference")
        return value

    def indirect(self, offset: int, ref: Ref, upto: int, depth: int = 0) -> Indirect:
        """The object that stands there in the file and has that number.

        Raises:
            MalformedError: Another one does, or none.
        """
        known = self._objects.get(offset)
        if known is None:
            known = read_indirect(self.data, offset, lambda length: self._length(length, upto, depth))
            self._objects[offset] = known
        if (known.number, known.generation) != ref:
            raise MalformedError(offset)
        return known

    def packed(self, number: int, upto: int) -> Packed:
        """The object stream of that number as of that revision.

        Raises:
            MalformedError: There is none, or it is damaged or too large.
        """
        found = self.entry(number, upto)
        if found is None or found[0].kind != "plain":
            raise MalformedError(number)
        offset = found[0].place
        known = self._packed.get(offset)
        if known is None:
            stream = self.indirect(offset, Ref(number, 0), upto).value
            if not isinstance(stream, Stream) or stream.head.get("/Type") != "/ObjStm":
                raise MalformedError(number)
            known = self._packed[offset] = self._read_packed(stream)
        return known

    def _read_packed(self, stream: Stream) -> Packed:
        data = stream.decoded(LIMIT_DECODED_BYTES - self._decoded_bytes)
        self._decoded_bytes += len(data)
        count, first = stream.head.get("/N"), stream.head.get("/First")
        if not isinstance(count, int) or not isinstance(first, int) or not 0 <= first <= len(data):
            raise MalformedError("object stream")
        places = data[:first].split()
        if len(places) != 2 * count or not all(map(bytes.isdigit, places)):
            raise MalformedError("object stream")
        numbers = tuple(map(int, places[::2]))
        if len(set(numbers)) != count:
            raise MalformedError("object stream")
        return Packed(numbers, tuple(first + int(place) for place in places[1::2]), data)

    def _unpacked(self, ref: Ref, entry: Entry, index: int) -> Value:
        packed = self.packed(entry.place, index)
        if ref.generation or entry.extra >= len(packed.numbers) or packed.numbers[entry.extra] != ref.number:
            raise MalformedError(ref.number)
        value, _ = read_value(packed.data, packed.offsets[entry.extra])
        return value

    def _length(self, length: Value, upto: int, depth: int) -> int:
        if isinstance(length, Ref) and depth < _DEEPEST_LENGTH:
            found = self.entry(length.number, upto)
            if found is None or found[0].kind != "plain":
                raise MalformedError("length")
            length = self.indirect(found[0].place, length, upto, depth + 1).value
        if not isinstance(length, int):
            raise MalformedError("length")
        return length


def read_document(data: bytes) -> Document:
    """The revisions of a PDF.

    Raises:
        MalformedError: It is none, or its tables of references cannot be read; see `tables.read_tables`.
    """
    starts = _LAST.findall(data, max(0, len(data) - _TAIL_BYTES))
    if not data.startswith(b"%PDF-") or not starts:
        raise MalformedError("header")
    tables = list(read_tables(data, int(starts[-1])))[::-1]
    if len(tables) > 1 and tables[0].start > tables[1].start:
        # a linearised file has two tables in one revision, the later one of which speaks first (Annex F)
        first, second = tables[:2]
        entries, trailer = first.entries | second.entries, first.trailer | second.trailer
        tables[:2] = [Table(second.start, first.end, entries, trailer, stream=second.stream, hybrid=True)]
    revisions: list[Revision] = []
    start = 0
    for index, table in enumerate(tables):
        revision = _revision(data, index, start, table)
        if revision.end <= start:
            raise MalformedError("revisions out of order")
        revisions.append(revision)
        start = revision.end
    return Document(data, tuple(revisions))


def _revision(data: bytes, index: int, start: int, table: Table) -> Revision:
    ends = _ENDS.match(data, table.end)
    end = ends.end() if ends else table.end
    reach = max((entry.place for entry in table.entries.values() if entry.kind == "plain"), default=0)
    leads_back = ends is not None and int(ends[1]) == table.start
    return Revision(
        index=index,
        start=start,
        end=end,
        table_start=table.start,
        entries=table.entries,
        trailer=table.trailer,
        sound=leads_back and reach < end and table.start >= start,
        plain=not table.hybrid,
        stream=table.stream,
    )
