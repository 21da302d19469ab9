"""The signatures of a PDF: which fields hold one, and which bytes it covers.

A signature covers its revision when its `/ByteRange` leaves out nothing but the hexadecimal string that is the
`/Contents` of that very dictionary, and ends where the revision ends.

Source: ISO 32000-2, 12.7.5.5 and 12.8.1; Mladenov, Mainka et al., "1 Trillion Dollar Refund", CCS 2019.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from signflow.signing.validation.objects import MalformedError, Name, Ref, Value, read_header, read_value
from signflow.signing.validation.revisions import Document

if TYPE_CHECKING:
    from _hashlib import HASH

LIMIT_FIELDS = 20_000
LIMIT_SIGNATURES = 200
LIMIT_CONTENTS_BYTES = 8_000_000

_DEEPEST = 16
_HEX = re.compile(rb"<[0-9A-Fa-f]*+>")
_AFTER = re.compile(rb"[\x00\t\n\x0c\r ]*+")


@dataclass(frozen=True, slots=True)
class SignatureField:
    """A field with a signature in it.

    Attributes:
        name: Fully qualified.
        field: The field's dictionary.
        value: The signature's dictionary.
        number: Object number of the value.
        revision: Index of the revision that the value stands in.
        byte_range: Offset and length, twice; None where it is anything else.
        ambiguous: Another field has the same name, value or byte range: which of them is meant cannot be told.
    """

    name: str
    field: dict[str, Value]
    value: dict[str, Value]
    number: int
    revision: int
    byte_range: tuple[int, int, int, int] | None
    ambiguous: bool

    @property
    def contents(self) -> bytes:
        """The CMS object, with the zeros that fill the space reserved for it.

        Raises:
            MalformedError: There is none, or it is too large.
        """
        contents = self.value.get("/Contents")
        if not isinstance(contents, bytes) or len(contents) > LIMIT_CONTENTS_BYTES:
            raise MalformedError("contents")
        return contents

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a document timestamp."""
        return self.value.get("/Type") == Name("/DocTimeStamp")

    @property
    def sub_filter(self) -> str:
        """What kind of CMS object it says it is, without the slash."""
        return str(self.value.get("/SubFilter") or "").removeprefix("/")

    def text(self, key: str) -> str:
        """A text of its dictionary; empty where there is none."""
        value = self.value.get(key)
        return read_text(value) if isinstance(value, bytes) else ""


def read_fields(document: Document) -> list[SignatureField]:
    """The fields that hold a signature, in the order of their revisions.

    Raises:
        MalformedError: The form cannot be read, goes in a circle or is too large.
    """
    root = document.resolved(document.root, document.last)
    if not isinstance(root, dict) or "/Pages" not in root:
        raise MalformedError("catalogue")
    form = _dict(document.resolved(root.get("/AcroForm"), document.last))
    found: list[SignatureField] = []
    seen: set[int] = set()
    waiting: list[tuple[Value, str, Value, int]] = [
        (one, "", None, 0) for one in reversed(_list(document.resolved(form.get("/Fields"), document.last)))
    ]
    while waiting:
        ref, parent, inherited, depth = waiting.pop()
        if not isinstance(ref, Ref) or depth > _DEEPEST or len(seen) >= LIMIT_FIELDS:
            raise MalformedError("fields")
        if ref.number in seen:
            raise MalformedError("a field in two places")
        seen.add(ref.number)
        entries = _dict(document.resolved(ref, document.last))
        title = document.resolved(entries.get("/T"), document.last)
        name = ".".join(filter(None, (parent, read_text(title) if isinstance(title, bytes) else "")))
        kind = entries.get("/FT", inherited)
        kids = document.resolved(entries.get("/Kids"), document.last)
        waiting += [(one, name, kind, depth + 1) for one in reversed(_list(kids))]
        if kind == Name("/Sig") and entries.get("/V") is not None:
            signature = _read_field(document, name, entries)
            if signature is not None:
                found.append(signature)
    if len(found) > LIMIT_SIGNATURES:
        raise MalformedError("too many signatures")
    return _told_apart(sorted(found, key=lambda one: one.revision))


def covers_revision(document: Document, signature: SignatureField) -> bool:
    """Whether nothing of the file, as it was when the signature's revision was written, lies outside it."""
    if signature.byte_range is None:
        return False
    start, before, gap_end, after = signature.byte_range
    revision = document.revisions[signature.revision]
    data, end = document.data, gap_end + after
    entry = revision.entries[signature.number]
    sound = all(one.sound for one in document.revisions[: signature.revision + 1])
    if start or not sound or entry.kind != "plain" or end > len(data) or end < revision.end:
        return False
    rest = _AFTER.match(data, revision.end, end)
    if rest is None or rest.end() != end:
        return False
    if end - revision.end > len(b"\r\n") and end != len(data):
        return False
    gap = _HEX.match(data, before, gap_end)
    if gap is None or gap.end() != gap_end or before < entry.place:
        return False
    # the same dictionary without what was left out: then its contents must be what is missing, and nothing else
    at = read_header(data, entry.place)[2]
    end_of_value = document.indirect(entry.place, Ref(signature.number, entry.extra), signature.revision).end
    without, _ = read_value(data[at:before] + b"<>" + data[gap_end:end_of_value], 0)
    return without == {**signature.value, "/Contents": b""}


@dataclass(slots=True)
class Digests:
    """Digests of a file's byte ranges, each byte hashed once however many signatures cover it, in whatever order.

    Attributes:
        data: The file.
        marks: Where the ranges leave something out.
    """

    data: bytes
    marks: Sequence[int] = ()
    _running: dict[str, list[tuple[int, HASH]]] = field(default_factory=dict)

    def of(self, byte_range: tuple[int, int, int, int], algorithm: str) -> bytes:
        """The digest of what such a range covers.

        Raises:
            ValueError: There is no such algorithm.
        """
        _, before, gap_end, after = byte_range
        hashed = self._upto(before, algorithm)
        hashed.update(memoryview(self.data)[gap_end : gap_end + after])
        return hashed.digest()

    def whole(self, algorithm: str) -> bytes:
        """The digest of the file."""
        return self._upto(len(self.data), algorithm).digest()

    def _upto(self, end: int, algorithm: str) -> HASH:
        points = self._running.setdefault(algorithm, [(0, hashlib.new(algorithm))])
        at, hashed = max((point for point in points if point[0] <= end), key=lambda point: point[0])
        for mark in (*sorted(mark for mark in self.marks if at < mark < end), end):
            hashed = hashed.copy()
            hashed.update(memoryview(self.data)[at:mark])
            points.append((mark, hashed))
            at = mark
        return hashed.copy()


def read_text(value: bytes) -> str:
    """A text string. Source: ISO 32000-2, 7.9.2.2."""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")


def _read_field(document: Document, name: str, entries: dict[str, Value]) -> SignatureField | None:
    ref = entries["/V"]
    if not isinstance(ref, Ref):
        raise MalformedError("a signature that is no object of its own")
    value = document.resolved(ref, document.last)
    found = document.entry(ref.number, document.last)
    if value is None or found is None:
        return None
    byte_range = _byte_range(_dict(value).get("/ByteRange"))
    return SignatureField(name, entries, _dict(value), ref.number, found[1], byte_range, ambiguous=False)


def _byte_range(value: Value) -> tuple[int, int, int, int] | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    numbers = [one for one in value if isinstance(one, int) and one >= 0]
    if len(numbers) != len(value):
        return None
    start, before, gap_end, after = numbers
    return (start, before, gap_end, after) if start == 0 and before < gap_end else None


def _told_apart(fields: list[SignatureField]) -> list[SignatureField]:
    names = Counter(one.name for one in fields)
    values = Counter(one.number for one in fields)
    ranges = Counter(one.byte_range for one in fields if one.byte_range)
    return [
        replace(
            one,
            ambiguous=names[one.name] > 1
            or values[one.number] > 1
            or (one.byte_range is not None and ranges[one.byte_range] > 1),
        )
        for one in fields
    ]


def _dict(value: Value) -> dict[str, Value]:
    if value is not None and not isinstance(value, dict):
        raise MalformedError("not a dictionary")
    return value or {}


def _list(value: Value) -> list[Value]:
    if value is not None and not isinstance(value, list):
        raise MalformedError("not an array")
    return value or []
