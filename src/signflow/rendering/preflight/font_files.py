"""What is inside of fonts: the glyphs of a font program, and the characters that codes stand for.

Source: OpenType 1.9 (head, hhea, hmtx, maxp); ISO 32000-1, 9.7.4.3 (W), 9.10.3 (ToUnicode).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from signflow.rendering.preflight.syntax import MalformedError

_TABLE_BYTES = 16
_MOST_TABLES = 64
_LAST_CODE = 0xFFFF
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")
_ONE = re.compile(rb"<([0-9A-Fa-f\s]*)>")


@dataclass(frozen=True, slots=True)
class TrueType:
    """A font program with TrueType outlines.

    Attributes:
        glyphs: How many it has.
        units_per_em: In which its advances are.
        advances: Of the first glyphs; the others have that of the last.
    """

    glyphs: int
    units_per_em: int
    advances: tuple[int, ...]

    def width(self, glyph: int) -> float:
        """How far the glyph advances, in thousandths."""
        return self.advances[min(glyph, len(self.advances) - 1)] * 1000 / self.units_per_em


def read_truetype(data: bytes) -> TrueType:
    """The program's numbers.

    Raises:
        MalformedError: It is none.
    """
    try:
        _, count = struct.unpack_from(">4sH", data)
        tables: dict[bytes, int] = {}
        for index in range(min(count, _MOST_TABLES)):
            tag, _, start, length = struct.unpack_from(">4sIII", data, 12 + index * _TABLE_BYTES)
            if start + length > len(data):
                raise MalformedError(start)
            tables[tag] = start
        (units,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
        (glyphs,) = struct.unpack_from(">H", data, tables[b"maxp"] + 4)
        (metrics,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
        advances = struct.unpack_from(f">{metrics * 2}H", data, tables[b"hmtx"])[::2]
    except (struct.error, KeyError) as error:
        raise MalformedError(0) from error
    if not units or not advances:
        raise MalformedError(0)
    return TrueType(glyphs, units, advances)


def read_to_unicode(data: bytes) -> Mapping[int, str]:
    """The characters of each code up to 65535.

    Raises:
        MalformedError: Something else than hexadecimal strings stands there.
    """
    texts: dict[int, str] = {}
    for block in _blocks(data, b"beginbfchar", b"endbfchar"):
        texts.update((_code(code), _text(text)) for code, text in _PAIR.findall(block))
    for block in _blocks(data, b"beginbfrange", b"endbfrange"):
        for first, last, start, several in _RANGE.findall(block):
            begin, end = _code(first), min(_code(last), _LAST_CODE)
            if several:
                texts.update(zip(range(begin, end + 1), map(_text, _ONE.findall(several)), strict=False))
            else:
                texts.update(_counted(begin, end, _text(start)))
    return texts


def _counted(begin: int, end: int, text: str) -> dict[int, str]:
    """The last character counts up with the code (ISO 32000-1, 9.10.3)."""
    if not text:
        return {}
    last = ord(text[-1])
    return {code: text[:-1] + chr(min(last + code - begin, 0x10FFFF)) for code in range(begin, end + 1)}


def _blocks(data: bytes, begin: bytes, end: bytes) -> list[bytes]:
    blocks: list[bytes] = []
    at = data.find(begin)
    while at >= 0:
        stop = data.find(end, at)
        if stop < 0:
            raise MalformedError(at)
        blocks.append(data[at + len(begin) : stop])
        at = data.find(begin, stop)
    return blocks


def _code(digits: bytes) -> int:
    return int.from_bytes(_bytes(digits)[:4])


def _text(digits: bytes) -> str:
    return _bytes(digits).decode("utf-16-be", "replace")


def _bytes(digits: bytes) -> bytes:
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError as error:
        raise MalformedError(0) from error
