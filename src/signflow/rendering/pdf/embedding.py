"""The fonts inside a document: a code for whatever is drawn, a subset that draws it, and the characters that it says.

A font is written as a composite one with codes of two bytes, numbered as the document meets what it draws. Every code has
its Unicode text, also where a glyph stands for several characters.

Source: ISO 32000-1, 9.7 (composite fonts), 9.10.3 (ToUnicode); ISO 19005-2, 6.2.11; ISO 14289-1, 7.21.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFString

from signflow.rendering.pdf.objects import Array, Dictionary, Written
from signflow.rendering.pdf.streams import Stream
from signflow.rendering.type.faces import Face, Run
from signflow.rendering.type.outlines import Drawing, build_font_program
from signflow.rendering.type.shaping import SOFT_HYPHEN, Glyph, Part, is_complex

_SYMBOLIC, _NONSYMBOLIC = 1 << 2, 1 << 5  # font flags, ISO 32000-1, table 123
_BLOCK = 100  # entries of a ToUnicode block, at most

_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{entries}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


class _Codes(dict[str | Glyph, str]):
    """The code of each character or shaped glyph as four hexadecimal digits, given out at first sight."""

    def __missing__(self, drawn: str | Glyph) -> str:
        code = self[drawn] = f"{len(self) + 1:04X}"
        return code


class EmbeddedFace:
    """One face in one document.

    Attributes:
        name: Of the font among the document's resources.
    """

    def __init__(self, face: Face, name: str) -> None:
        self.name = name
        self._face = face
        self._codes = _Codes()

    def encoded(self, run: Run) -> str:
        """What to show for the run, as hexadecimal digits, from left to right."""
        if run.level & 1 or is_complex(run.text):
            glyphs = self._face.shaper.glyphs(run.text, rightward=bool(run.level & 1))
            return "".join(map(self._codes.__getitem__, glyphs))
        return "".join(map(self._codes.__getitem__, run.text.replace("\u00a0", " ")))

    def objects(self, document: Any) -> Dictionary:
        """The font's dictionary; what it refers to is added to the document. Nothing can be drawn with it any more."""
        face = self._face.font.face
        drawings = [self._drawing(drawn) for drawn in self._codes]
        program = build_font_program(self._face.font, drawings)
        name = f"/{_tag(program)}+{face.name.decode('ascii')}"
        scale = 1000 / face.unitsPerEm
        widths = " ".join(str(round(advance * scale)) for advance, _ in drawings)
        descriptor = Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": name,
                "Flags": face.flags & ~_NONSYMBOLIC | _SYMBOLIC,
                "FontBBox": Array(face.bbox),
                "ItalicAngle": face.italicAngle,
                "Ascent": face.ascent,
                "Descent": face.descent,
                "CapHeight": face.capHeight,
                "StemV": face.stemV,
                "FontFile2": document.Reference(Stream({"Length1": len(program)}, program, compress=True)),
            }
        )
        system = {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
        descendant = Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": name,
                "CIDSystemInfo": Dictionary(system),
                "FontDescriptor": document.Reference(descriptor),
                "CIDToGIDMap": "/Identity",
                "W": Written(f"[0 [{round(face.defaultWidth)} {widths}]]"),
            }
        )
        texts = [drawn if isinstance(drawn, str) else drawn.text for drawn in self._codes]
        return Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": name,
                "Encoding": "/Identity-H",
                "DescendantFonts": Array([document.Reference(descendant)]),
                "ToUnicode": document.Reference(Stream({}, _to_unicode(texts), compress=True)),
            }
        )

    def _drawing(self, drawn: str | Glyph) -> Drawing:
        if isinstance(drawn, Glyph):
            return drawn.advance, drawn.parts
        face = self._face.font.face
        glyph = face.charToGlyph.get(ord("-" if drawn == SOFT_HYPHEN else drawn), 0)
        return int(face.hmetrics[glyph][0]), (Part(glyph, 0, 0),)


class EmbeddedFaces:
    """The faces that one document draws with."""

    def __init__(self) -> None:
        self._known: dict[Face, EmbeddedFace] = {}

    def __getitem__(self, face: Face) -> EmbeddedFace:
        """The face as it is in the document."""
        found = self._known.get(face)
        if found is None:
            found = self._known[face] = EmbeddedFace(face, f"/F{len(self._known) + 1}")
        return found

    def addObjects(self, document: Any) -> None:  # noqa: N802 - ReportLab calls this when nothing more is drawn
        """Write the fonts into the document's resources."""
        fonts = document.idToObject["BasicFonts"].dict
        for found in self._known.values():
            fonts[found.name[1:]] = found.objects(document)


def _tag(program: bytes) -> str:
    """Six letters that two subsets do not share (ISO 32000-1, 9.6.4)."""
    number = int.from_bytes(hashlib.sha256(program).digest()[:8], "big")
    return "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))


def _to_unicode(texts: Iterable[str]) -> bytes:
    entries = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in enumerate(texts, 1)]
    blocks = [entries[start : start + _BLOCK] for start in range(0, len(entries), _BLOCK)]
    written = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return _CMAP.format(entries=written).encode("ascii")
