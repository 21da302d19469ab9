"""PDF's objects as they are written in a file: read once, strictly, with what the standard says about their writing.

A reader that mends what it reads would hide the faults that are looked for here, so this one mends nothing.

Source: ISO 32000-1, 7.2 (lexical conventions), 7.3 (objects); ISO 19005-2, 6.1.6, 6.1.13.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

_DEEPEST = 64  # dictionaries and arrays inside each other
_LONGEST_STRING, _LONGEST_NAME = 32767, 127  # ISO 19005-2, 6.1.13
_LARGEST_INTEGER = 2**31 - 1
_LARGEST_REAL, _SMALLEST_REAL = 3.403e38, 1.175e-38
_MOST_NOTES = 1000
_LONGEST_NUMBER = 400  # characters; Python refuses to read integers of some thousand digits

_S = rb"\0\t\n\f\r "
_D = rb"()<>\[\]{}/%"
_TOKEN = re.compile(
    rb"[" + _S + rb"]*+(?:"
    rb"/([^" + _S + _D + rb"]*+)"  # 1 name
    rb"|(\d++)[" + _S + rb"]++(\d++)[" + _S + rb"]++R(?![^" + _S + _D + rb"])"  # 2 3 reference
    rb"|([+-]?(?:\d++\.?\d*+|\.\d++))(?![^" + _S + _D + rb"])"  # 4 number
    rb"|(<<)|(>>)|(\[)|(\])"  # 5 6 7 8
    rb"|<([^<>]*+)>"  # 9 hexadecimal string
    rb"|(\()"  # 10 literal string
    rb"|(true|false|null)(?![^" + _S + _D + rb"])"  # 11
    rb"|(%[^\r\n]*+)"  # 12 comment
    rb")"
)
_NAME, _REF, _NUMBER, _OPEN, _CLOSE, _BEGIN, _END, _HEX, _LITERAL, _WORD, _COMMENT = 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
_WORDS = {b"true": True, b"false": False, b"null": None}
_IN_LITERAL = re.compile(rb"[^()\\\r]*+(?:(\()|(\))|(\\(?:[0-7]{1,3}|\r\n|[^0-7]))|(\r\n?))", re.DOTALL)
_ESCAPES = {
    b"\\n": b"\n",
    b"\\r": b"\r",
    b"\\t": b"\t",
    b"\\b": b"\b",
    b"\\f": b"\f",
    b"\\\n": b"",
    b"\\\r": b"",
    b"\\\r\n": b"",
}
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f" + _S + rb"]")
_SPACE = bytes(range(0x21))


def names_in(text: str) -> frozenset[str]:
    """The names that stand in a text, apart by spaces."""
    return frozenset(text.split())


class MalformedError(Exception):
    """What stands there is no object."""


class Name(str):
    """A name without its slash; its bytes as Latin-1."""

    __slots__ = ()


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int


class Dictionary(dict[str, "Value"]):
    """A dictionary.

    Attributes:
        number: Of the indirect object that it stands in; 0 for the trailer and for what stands in content.
    """

    __slots__ = ("number",)

    def __init__(self, entries: dict[str, Value] | None = None, number: int = 0) -> None:
        super().__init__(entries or {})
        self.number = number


class Stream(Dictionary):
    """A stream: its dictionary, and where its bytes stand in the file.

    Attributes:
        start: Of the first byte.
        stop: Behind the last one.
    """

    __slots__ = ("start", "stop")

    def __init__(self, entries: Dictionary, start: int, stop: int) -> None:
        super().__init__(entries, entries.number)
        self.start = start
        self.stop = stop


Value: TypeAlias = "bool | int | float | bytes | Name | Ref | list[Value] | Dictionary | None"


class Note(NamedTuple):
    """A fault in how something is written.

    Attributes:
        code: Of the rule.
        number: Of the object; 0 where it is in none.
        detail: What was found.
    """

    code: str
    number: int
    detail: str = ""


class Syntax:
    """Reads objects out of bytes.

    Attributes:
        data: The bytes.
        notes: What is wrong with how they are written; grows.
    """

    def __init__(self, data: bytes, notes: list[Note]) -> None:
        self.data = data
        self.notes = notes
        self._names: dict[bytes, Name] = {}

    def read(self, at: int, number: int) -> tuple[Value, int]:  # noqa: C901, PLR0912 - a branch for each kind of token
        """The object that stands there, and where it ends.

        Raises:
            MalformedError: None does.
        """
        outer: list[list[Value]] = []
        inner: list[Value] = []
        match, data = _TOKEN.match, self.data
        while True:
            token = match(data, at)
            if token is None:
                raise MalformedError(at)
            at = token.end()
            kind = token.lastindex
            if kind == _NAME:
                inner.append(self._names.get(token[1]) or self.name(token[1], number))
            elif kind == _REF:
                inner.append(Ref(_whole(token[2]), _whole(token[3])))
            elif kind == _NUMBER:
                inner.append(self._number(token[4], number))
            elif kind in (_OPEN, _BEGIN):
                if len(outer) >= _DEEPEST:
                    raise MalformedError(at)
                outer.append(inner)
                inner = []
                continue
            elif kind in (_CLOSE, _END):
                if not outer:
                    raise MalformedError(at)
                made = self._dictionary(inner, number) if kind == _CLOSE else inner
                inner = outer.pop()
                inner.append(made)
            elif kind == _HEX:
                inner.append(self.hexadecimal(token[9], number))
            elif kind == _LITERAL:
                text, at = self._literal(at, number)
                inner.append(text)
            elif kind == _WORD:
                inner.append(_WORDS[token[11]])
            if not outer and inner:
                return inner[0], at

    def _dictionary(self, entries: list[Value], number: int) -> Dictionary:
        keys = entries[::2]
        if len(entries) % 2 or not all(isinstance(key, Name) for key in keys):
            raise MalformedError(number)
        made = Dictionary(dict(zip(keys, entries[1::2], strict=True)), number)  # pyright: ignore[reportArgumentType] -- all are names
        if len(made) < len(keys):
            self._note("key-doubled", number)
        return made

    def name(self, written: bytes, number: int) -> Name:
        """The name that is written so, without its slash."""
        plain = _NAME_ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), written) if b"#" in written else written
        if len(plain) > _LONGEST_NAME:
            self._note("name-length", number, str(len(plain)))
        name = self._names[written] = Name(plain.decode("latin-1"))
        return name

    def _number(self, written: bytes, number: int) -> int | float:
        if len(written) < 10 and b"." not in written:
            return int(written)
        if len(written) > _LONGEST_NUMBER:
            raise MalformedError(number)
        value = float(written) if b"." in written else int(written)
        if is_out_of_range(value):
            self._note("number-range", number, written[:40].decode("ascii"))
        return value

    def hexadecimal(self, written: bytes, number: int) -> bytes:
        """The bytes of a string of digits; none, and a note, where they are not digits in pairs."""
        digits = written.translate(None, _SPACE)
        if _NOT_HEX.search(written) or len(digits) % 2:
            self._note("hex-string", number)
            return b""
        self._measure(len(digits) // 2, number)
        return bytes.fromhex(digits.decode("ascii"))

    def _literal(self, at: int, number: int) -> tuple[bytes, int]:
        close = self.data.find(b")", at)
        plain = self.data[at:close] if close >= 0 else b"\\"
        if b"\\" not in plain and b"(" not in plain and b"\r" not in plain:
            self._measure(len(plain), number)
            return plain, close + 1
        parts: list[bytes] = []
        depth = 1
        while True:
            piece = _IN_LITERAL.match(self.data, at)
            if piece is None:
                raise MalformedError(at)
            kind = piece.lastindex or 0
            parts.append(self.data[at : piece.start(kind)])
            at = piece.end()
            depth += (kind == 1) - (kind == 2)
            if not depth:
                text = b"".join(parts)
                self._measure(len(text), number)
                return text, at
            parts.append(_unescaped(piece[kind]))

    def _note(self, code: str, number: int, detail: str = "") -> None:
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(Note(code, number, detail))

    def _measure(self, length: int, number: int) -> None:
        if length > _LONGEST_STRING:
            self._note("string-length", number, str(length))


def is_out_of_range(value: float) -> bool:
    """Whether a conforming reader need not hold the number (ISO 19005-2, 6.1.13)."""
    if isinstance(value, int):
        return not -_LARGEST_INTEGER - 1 <= value <= _LARGEST_INTEGER
    return abs(value) > _LARGEST_REAL or 0.0 < abs(value) < _SMALLEST_REAL


def _unescaped(written: bytes) -> bytes:
    if not written.startswith(b"\\"):
        return b"\n" if written.startswith(b"\r") else written
    if written[1:2].isdigit() and written[1:2] < b"8":
        return bytes((int(written[1:], 8) & 0xFF,))
    return _ESCAPES.get(written, written[1:])


def _whole(digits: bytes) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise MalformedError(0)
    return int(digits)
