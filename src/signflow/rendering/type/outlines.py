"""A font program that holds only what a document draws, its glyphs in the order in which the document met them.

Glyph n of the program is what code n draws, so a viewer needs no character map. A drawing of several parts (a letter with
a mark that the face has no glyph for) becomes a composite glyph.

Source: OpenType 1.9, `glyf`, `loca`, `hmtx`, `head`, `maxp`; ISO 32000-1, 9.9, table 126 (the tables that a CIDFontType2 needs).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from reportlab.pdfbase.ttfonts import TTFont, TTFontMaker

from signflow.rendering.type.shaping import Part

_COPIED = ("cvt ", "fpgm", "prep")
_HEADER = struct.Struct(">hhhhh")  # contours, or -1 for a composite; then xMin, yMin, xMax, yMax
_ARE_WORDS, _ARE_OFFSETS, _SCALE, _MORE, _TWO_SCALES, _MATRIX = 0x1, 0x2, 0x8, 0x20, 0x40, 0x80
_HEAD_LOCA_FORMAT, _HHEA_METRICS, _MAXP_GLYPHS, _MAXP_DEPTH = 50, 34, 4, 30

Drawing = tuple[int, tuple[Part, ...]]  # advance in the face's units, and the parts drawn


def build_font_program(font: TTFont, drawings: Sequence[Drawing]) -> bytes:
    """A TrueType program whose glyph 0 is the face's sign for a missing one, and glyph n the n-th drawing."""
    return _Program(font).built(drawings)


class _Program:
    def __init__(self, font: TTFont) -> None:
        self._face = font.face
        self._glyf: bytes = font.face.get_table("glyf")
        self._outlines: list[bytes] = []
        self._metrics: list[tuple[int, int]] = []
        self._wanted: dict[int, int] = {}  # glyphs of the face that parts refer to, by their place in the program

    def built(self, drawings: Sequence[Drawing]) -> bytes:
        self._components_from = len(drawings) + 1
        self._add(0, self._metric(0))
        for advance, parts in drawings:
            if len(parts) == 1 and parts[0][1:] == (0, 0) and self._metric(parts[0].glyph)[0] == advance:
                self._add(parts[0].glyph, self._metric(parts[0].glyph))
            elif parts:
                outline = self._composite(parts)
                self._outlines.append(outline)
                self._metrics.append((advance, _HEADER.unpack_from(outline)[1]))
            else:
                self._outlines.append(b"")
                self._metrics.append((advance, 0))
        done = 0
        while done < len(self._wanted):  # a component may have components
            glyph = list(self._wanted)[done]
            self._add(glyph, self._metric(glyph))
            done += 1
        return self._written()

    def _metric(self, glyph: int) -> tuple[int, int]:
        advance, bearing = self._face.hmetrics[glyph]
        return int(advance), (int(bearing) & 0xFFFF ^ 0x8000) - 0x8000  # ReportLab reads the bearing without its sign

    def _raw(self, glyph: int) -> bytes:
        start, end = self._face.glyphPos[glyph : glyph + 2]
        return self._glyf[start:end]

    def _add(self, glyph: int, metric: tuple[int, int]) -> None:
        raw = self._raw(glyph)
        if raw and _HEADER.unpack_from(raw)[0] < 0:
            renumbered = bytearray(raw)
            for at in _components(raw):
                struct.pack_into(">H", renumbered, at, self._component(struct.unpack_from(">H", raw, at)[0]))
            raw = bytes(renumbered)
        self._outlines.append(raw)
        self._metrics.append(metric)

    def _component(self, glyph: int) -> int:
        return self._wanted.setdefault(glyph, self._components_from + len(self._wanted))

    def _composite(self, parts: Sequence[Part]) -> bytes:
        """A glyph made of glyphs, with the box around them."""
        inked = [part for part in parts if self._raw(part.glyph)]
        boxes = [(part, _HEADER.unpack_from(self._raw(part.glyph))[1:]) for part in inked]
        if not boxes:
            return _HEADER.pack(0, 0, 0, 0, 0)
        written = bytearray(
            _HEADER.pack(
                -1,
                min(box[0] + part.x for part, box in boxes),
                min(box[1] + part.y for part, box in boxes),
                max(box[2] + part.x for part, box in boxes),
                max(box[3] + part.y for part, box in boxes),
            )
        )
        for index, part in enumerate(inked):
            flags = _ARE_WORDS | _ARE_OFFSETS | (_MORE if index < len(inked) - 1 else 0)
            written += struct.pack(">HHhh", flags, self._component(part.glyph), part.x, part.y)
        return bytes(written)

    def _written(self) -> bytes:
        face, count = self._face, len(self._outlines)
        maker = TTFontMaker()
        for tag in _COPIED:
            if tag in face.table:
                maker.add(tag, face.get_table(tag))
        places, glyf = [0], bytearray()
        for outline in self._outlines:
            glyf += outline + bytes(-len(outline) % 4)
            places.append(len(glyf))
        maker.add("glyf", bytes(glyf))
        maker.add("loca", struct.pack(f">{count + 1}L", *places))
        maker.add("hmtx", b"".join(struct.pack(">Hh", *metric) for metric in self._metrics))
        maker.add("head", _with(face.get_table("head"), {_HEAD_LOCA_FORMAT: 1}))
        maker.add("hhea", _with(face.get_table("hhea"), {_HHEA_METRICS: count}))
        maxp = face.get_table("maxp")
        deeper = struct.unpack_from(">H", maxp, _MAXP_DEPTH)[0] + 1
        maker.add("maxp", _with(maxp, {_MAXP_GLYPHS: count, _MAXP_DEPTH: deeper}))
        return bytes(maker.makeStream())


def _components(glyph: bytes) -> Iterator[int]:
    """Where a composite names its parts."""
    at, flags = _HEADER.size, _MORE
    while flags & _MORE:
        flags = struct.unpack_from(">H", glyph, at)[0]
        yield at + 2
        at += 8 if flags & _ARE_WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0


def _with(table: bytes, values: dict[int, int]) -> bytes:
    changed = bytearray(table)
    for at, value in values.items():
        struct.pack_into(">H", changed, at, value)
    return bytes(changed)
