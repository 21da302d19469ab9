"""PDF objects from bytes, read strictly: what can be read in two ways is not read at all.

Null, numbers, arrays and dictionaries become Python's own; strings become bytes. Time is linear in the bytes read, depth
is bounded.

Source: ISO 32000-2, 7.2 and 7.3.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

_DEEPEST = 64
_WHITE = rb"\x00\t\n\x0c\r "
_SPACE = re.compile(rb"(?:[" + _WHITE + rb"]++|%[^\r\n]*+)*+")
_END = rb"(?=[" + _WHITE + rb"()<>\[\]{}/%]|\Z)"
_TOKEN = re.compile(
    rb"(?P<name>/[^" + _WHITE + rb"()<>\[\]{}/%]*+)"
    rb"|(?P<ref>(\d{1,10})[" + _WHITE + rb"]++(\d{1,5})[" + _WHITE + rb"]++R" + _END + rb")"
    rb"|(?P<int>[+-]?\d{1,19}" + _END + rb")"
    rb"|(?P<real>[+-]?(?:\d{1,19}\.\d{0,19}|\.\d{1,19})" + _END + rb")"
    rb"|(?P<dict><<)"
    rb"|(?P<hex><[0-9A-Fa-f" + _WHITE + rb"]*+>)"
    rb"|(?P<text>\()"
    rb"|(?P<list>\[)"
    rb"|(?P<word>true|false|null)" + _END
)
_PLAIN_TEXT = re.compile(rb"\(([^()\\\r]*+)\)")
_TEXT_PART = re.compile(rb"[^()\\\r]++|\\(?:[0-7]{1,3}|\r\n|[\s\S])|\r\n?|[()]")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_HEADER = re.compile(rb"(\d{1,10})[" + _WHITE + rb"]++(\d{1,5})[" + _WHITE + rb"]++obj")
_STREAM = re.compile(rb"stream(?:\r\n|\n)")
_STREAM_ENDS = re.compile(rb"[" + _WHITE + rb"]*+endstream")
_HEX_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PNG_PREDICTORS = 10


class MalformedError(ValueError):
    """These bytes are not a PDF object that can be read in one way only."""


class Name(str):
    """A name with its slash."""

    __slots__ = ()


class Word(str):
    """`true` or `false`: not Python's, which equal 1 and 0."""

    __slots__ = ()


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream with its data as they stand in the file.

    Attributes:
        head: Its dictionary.
        start: Where its data begin in the file.
        data: Its data, encoded; not a copy.
    """

    head: dict[str, Value]
    start: int
    data: memoryview

    def decoded(self, limit_bytes: int) -> bytes:
        """Its data without Flate.

        Raises:
            MalformedError: It has another filter, is damaged or larger than that when decoded.
        """
        filters, parameters = self.head.get("/Filter"), self.head.get("/DecodeParms")
        if isinstance(filters, list) and len(filters) == 1:
            filters = filters[0]
            parameters = parameters[0] if isinstance(parameters, list) and len(parameters) == 1 else parameters
        if filters is None or filters == []:
            return bytes(self.data)
        if filters != "/FlateDecode":
            raise MalformedError("filter")
        inflate = zlib.decompressobj()
        try:
            data = inflate.decompress(self.data, limit_bytes)
        except zlib.error as error:
            raise MalformedError("flate") from error
        if inflate.unconsumed_tail or not inflate.eof:
            raise MalformedError("flate")
        return _without_predictor(data, parameters) if isinstance(parameters, dict) else data


Value: TypeAlias = "Word | Name | int | float | bytes | Ref | list[Value] | dict[str, Value] | Stream | None"


@dataclass(frozen=True, slots=True)
class Indirect:
    """An object with its number, and where it stands.

    Attributes:
        start: Of its header.
        end: Just after its `endobj`.
    """

    number: int
    generation: int
    value: Value
    start: int
    end: int


def read_value(data: bytes, at: int, depth: int = 0) -> tuple[Value, int]:  # noqa: PLR0911 - one way out for each type
    """The object that begins there, after white space, and where it ends.

    Raises:
        MalformedError: There is none, or it is nested too deeply.
    """
    at = skip_space(data, at)
    token = _TOKEN.match(data, at)
    if token is None or depth > _DEEPEST:
        raise MalformedError(at)
    end = token.end()
    match token.lastgroup:
        case "name":
            return _name(token[0]), end
        case "ref":
            return Ref(int(token[3]), int(token[4])), end
        case "int":
            return int(token[0]), end
        case "real":
            return float(token[0]), end
        case "hex":
            digits = token[0][1:-1].translate(None, b"\x00\t\n\x0c\r ")
            return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii")), end
        case "text":
            return _read_text(data, at)
        case "list":
            return _read_list(data, end, depth)
        case "dict":
            return _read_dict(data, end, depth)
        case _:
            return (None if token[0] == b"null" else Word(token[0].decode("ascii"))), end


def skip_space(data: bytes, at: int) -> int:
    """Past white space and comments."""
    space = _SPACE.match(data, at)
    return space.end() if space else at


def read_header(data: bytes, at: int) -> tuple[int, int, int]:
    """Number and generation of the object whose header begins exactly there, and where the header ends.

    Raises:
        MalformedError: None does.
    """
    header = _HEADER.match(data, at)
    if header is None:
        raise MalformedError(at)
    return int(header[1]), int(header[2]), header.end()


def read_indirect(data: bytes, at: int, length_of: Callable[[Value], int]) -> Indirect:
    """The object whose header begins exactly there; `length_of` tells the length that a stream's dictionary states.

    Raises:
        MalformedError: There is none, or its stream is not as long as stated.
    """
    number, generation, end = read_header(data, at)
    value, end = read_value(data, end)
    if isinstance(value, dict):
        begins = _STREAM.match(data, skip_space(data, end))
        if begins is not None:
            value, end = _read_stream(data, value, begins.end(), length_of(value.get("/Length")))
    end = skip_space(data, end)
    if not data.startswith(b"endobj", end):
        raise MalformedError(end)
    return Indirect(number, generation, value, at, end + len(b"endobj"))


def _read_stream(data: bytes, head: dict[str, Value], start: int, length: int) -> tuple[Stream, int]:
    ends = _STREAM_ENDS.match(data, start + length) if length >= 0 else None
    if ends is None:
        raise MalformedError(start)
    return Stream(head, start, memoryview(data)[start : start + length]), ends.end()


def _name(token: bytes) -> Name:
    if b"#" in token:
        if token.count(b"#") != len(_HEX_ESCAPE.findall(token)):
            raise MalformedError("name")
        token = _HEX_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), token)
    return Name(token.decode("latin-1"))


def _read_list(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    values: list[Value] = []
    while True:
        at = skip_space(data, at)
        if data[at : at + 1] == b"]":
            return values, at + 1
        value, at = read_value(data, at, depth + 1)
        values.append(value)


def _read_dict(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    entries: dict[str, Value] = {}
    while True:
        at = skip_space(data, at)
        if data[at : at + 2] == b">>":
            return entries, at + 2
        key, at = read_value(data, at, depth + 1)
        if not isinstance(key, Name) or key in entries:
            raise MalformedError(at)
        entries[key], at = read_value(data, at, depth + 1)


def _read_text(data: bytes, at: int) -> tuple[bytes, int]:
    plain = _PLAIN_TEXT.match(data, at)
    if plain is not None:
        return plain[1], plain.end()
    parts: list[bytes] = []
    depth = 0
    while True:
        part = _TEXT_PART.match(data, at)
        if part is None:
            raise MalformedError(at)
        at, piece = part.end(), part[0]
        if piece == b")":
            depth -= 1
            if depth == 0:
                return b"".join(parts), at
        parts.append(_unescaped(piece) if depth else b"")
        depth += piece == b"("


def _unescaped(piece: bytes) -> bytes:
    if piece.startswith(b"\r"):
        return b"\n"
    if not piece.startswith(b"\\"):
        return piece
    escaped = piece[1:]
    if escaped.isdigit():
        return bytes([int(escaped, 8) & 0xFF]) if escaped[0] < ord("8") else escaped
    return b"" if escaped in (b"\r\n", b"\n", b"\r") else _ESCAPES.get(escaped, escaped)


def _without_predictor(data: bytes, parameters: dict[str, Value]) -> bytes:
    """Source: ISO 32000-2, 7.4.4.4; PNG (ISO/IEC 15948), 9.2: the filters that writers use for tables of numbers."""
    predictor, columns = parameters.get("/Predictor", 1), parameters.get("/Columns", 1)
    if predictor == 1:
        return data
    plain = all(parameters.get(key, usual) == usual for key, usual in (("/Colors", 1), ("/BitsPerComponent", 8)))
    if not isinstance(predictor, int) or predictor < _PNG_PREDICTORS or not plain:
        raise MalformedError("predictor")
    if not isinstance(columns, int) or columns < 1 or len(data) % (columns + 1):
        raise MalformedError("predictor")
    above = bytes(columns)
    rows: list[bytes] = []
    for start in range(0, len(data), columns + 1):
        kind, row = data[start], data[start + 1 : start + 1 + columns]
        if kind == 1:
            row = _summed(row)
        elif kind == 2:
            row = bytes((one + up) & 0xFF for one, up in zip(row, above, strict=True))
        elif kind:
            raise MalformedError("predictor")
        rows.append(row)
        above = row
    return b"".join(rows)


def _summed(row: bytes) -> bytes:
    """Filter type Sub, of one byte a pixel."""
    left = 0
    out = bytearray()
    for one in row:
        left = (left + one) & 0xFF
        out.append(left)
    return bytes(out)
