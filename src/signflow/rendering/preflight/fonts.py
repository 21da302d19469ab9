"""Fonts: embedded, described as they are, and with a meaning for every code that is shown.

Source: ISO 19005-2, 6.2.11; ISO 14289-1, 7.21; ISO 32000-1, 9.6 to 9.10.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from signflow.rendering.preflight.document import Document
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.font_files import TrueType, read_to_unicode, read_truetype
from signflow.rendering.preflight.syntax import Dictionary, MalformedError, Name, Stream, Value

_SIMPLE = frozenset({"Type1", "MMType1", "TrueType"})
_KINDS = _SIMPLE | {"Type3", "Type0"}
_CID_KINDS = frozenset({"CIDFontType0", "CIDFontType2"})
_IDENTITY = frozenset({"Identity-H", "Identity-V"})
_FILE_KINDS = frozenset({"", "Type1C", "CIDFontType0C", "OpenType"})
_STANDARD_ENCODINGS = frozenset({"WinAnsiEncoding", "MacRomanEncoding"})
_SYMBOLIC = 1 << 2  # font flag, ISO 32000-1, table 123
_WIDTH_TOLERANCE = 1  # thousandths, ISO 19005-2, 6.2.11.5
_DEFAULT_WIDTH = 1000.0
_MEANINGLESS = ("\0", "\ufffe", "\ufeff")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_MOST_NAMED = 5  # codes in one finding
_LAST_CID = 0xFFFF


@dataclass(slots=True)
class Use:
    """A font and what is shown with it.

    Attributes:
        font: Its dictionary.
        page: The number of the first page that it is used on.
        seen: The codes that are shown visibly.
        unreplaced: Those for which no replacement text is said.
        shown: All codes that are shown.
    """

    font: Dictionary
    page: int
    seen: list[bytes] = field(default_factory=list[bytes])
    unreplaced: list[bytes] = field(default_factory=list[bytes])
    shown: list[bytes] = field(default_factory=list[bytes])


def check_fonts(document: Document) -> Iterator[Finding]:
    """6.2.11: every font that something is shown with."""
    for use in _uses(document):
        subtype = document.file.name(use.font, "Subtype")
        named = document.file.name(use.font, "BaseFont")
        if document.file.name(use.font, "Type") != "Font" or subtype not in _KINDS or not (named or subtype == "Type3"):
            yield found("font-dictionary", use.font, f"{subtype} {named}".strip(), use.page)
        elif not _is_utf_8(named):
            yield found("name-encoding", use.font, named, use.page)
        elif subtype == "Type0":
            yield from _composite(document, use)
        elif subtype in _SIMPLE:
            yield from _simple(document, use, subtype)
        else:
            yield found("font-unjudged", use.font, subtype, use.page)


def _uses(document: Document) -> list[Use]:
    uses: dict[int, Use] = {}
    for drawing in document.drawings:
        fonts = document.file.dictionary(drawing.resources, "Font")
        for (name, replaced, visible), codes in drawing.content.texts.items():
            font = document.file.entry(fonts, name)
            if not isinstance(font, Dictionary):
                continue  # the content's own check says so
            use = uses.setdefault(id(font), Use(font, drawing.page))
            use.shown += codes
            use.seen += codes if visible else ()
            use.unreplaced += () if replaced else codes
    return list(uses.values())


def _simple(document: Document, use: Use, subtype: str) -> Iterator[Finding]:
    file, font = document.file, use.font
    first, last = file.number(font, "FirstChar"), file.number(font, "LastChar")
    widths = file.array(font, "Widths")
    if first is None or last is None or len(widths) != last - first + 1:
        yield found("font-dictionary", font, "Widths", use.page)
    descriptor = file.dictionary(font, "FontDescriptor")
    yield from _embedded(document, use, descriptor)
    is_symbolic = int(file.number(descriptor, "Flags") or 0) & _SYMBOLIC
    encoding = file.entry(font, "Encoding")
    base = file.name(encoding, "BaseEncoding") if isinstance(encoding, Dictionary) else encoding
    if subtype == "TrueType" and (encoding is not None if is_symbolic else str(base) not in _STANDARD_ENCODINGS):
        yield found("font-encoding", font, base or "", use.page)
    if "ToUnicode" not in font and encoding is None:
        yield found("unicode-missing", font, page=use.page)
    yield found("font-unjudged", font, subtype, use.page)


def _composite(document: Document, use: Use) -> Iterator[Finding]:
    file, font = document.file, use.font
    descendants = list(file.dictionaries(file.array(font, "DescendantFonts")))
    descendant = descendants[0] if len(descendants) == 1 else Dictionary()
    subtype = file.name(descendant, "Subtype")
    if file.name(descendant, "Type") != "Font" or subtype not in _CID_KINDS or not file.name(descendant, "BaseFont"):
        yield found("font-dictionary", font, "DescendantFonts", use.page)
        return
    encoding = file.entry(font, "Encoding")
    if file.name(font, "Encoding") not in _IDENTITY:
        yield from _own_encoding(document, use, encoding, descendant)
        return
    descriptor = file.dictionary(descendant, "FontDescriptor")
    yield from _embedded(document, use, descriptor)
    program = file.stream(descriptor, "FontFile2")
    if program is None or subtype != "CIDFontType2":
        if use.seen and any(key in descriptor for key in ("FontFile2", "FontFile3")):
            yield found("font-unjudged", font, subtype, use.page)
    else:
        yield from _glyphs(document, use, descendant, program)
    yield from _meanings(document, use)


def _own_encoding(document: Document, use: Use, encoding: Value, descendant: Dictionary) -> Iterator[Finding]:
    """6.2.11.3: codes that are not the identity."""
    file = document.file
    if not isinstance(encoding, Stream):
        yield found("font-cmap", use.font, encoding or "", use.page)
        return
    mode = re.search(rb"/WMode\s+(\d)", file.decoded(encoding) or b"")
    if (file.number(encoding, "WMode") or 0) != (int(mode[1]) if mode else 0) or "UseCMap" in encoding:
        yield found("font-cmap", encoding, "WMode", use.page)
    ours, theirs = file.dictionary(encoding, "CIDSystemInfo"), file.dictionary(descendant, "CIDSystemInfo")
    if any(file.text(ours, key) != file.text(theirs, key) for key in ("Registry", "Ordering")):
        yield found("font-collection", use.font, file.text(theirs, "Ordering") or "", use.page)
    yield found("font-unjudged", use.font, "CMap", use.page)


def _embedded(document: Document, use: Use, descriptor: Dictionary) -> Iterator[Finding]:
    file = document.file
    programs = [one for key in ("FontFile", "FontFile2", "FontFile3") if (one := file.stream(descriptor, key))]
    if not programs and any(use.seen):
        yield found("font-not-embedded", use.font, file.name(use.font, "BaseFont"), use.page)
    if any(file.name(one, "Subtype") not in _FILE_KINDS for one in programs) or len(programs) > 1:
        yield found("font-file", descriptor, page=use.page)


def _glyphs(document: Document, use: Use, descendant: Dictionary, stream: Stream) -> Iterator[Finding]:
    """6.2.11.4 to 6.2.11.8: what is shown is in the program, as wide as it says, and never its sign for nothing."""
    file = document.file
    try:
        program = read_truetype(file.decoded(stream) or b"")
    except MalformedError:
        yield found("font-file", stream, page=use.page)
        return
    mapping = file.entry(descendant, "CIDToGIDMap")
    if mapping != "Identity" and not isinstance(mapping, Stream):
        yield found("font-glyph-map", descendant, page=use.page)
        return
    glyph_map = (file.decoded(mapping) or b"") if isinstance(mapping, Stream) else None
    widths = _widths(document, descendant)
    default = file.number(descendant, "DW")
    default = _DEFAULT_WIDTH if default is None else default
    glyphs = {code: _glyph(code, glyph_map) for code in _codes(use.seen)}
    missing = [code for code, glyph in glyphs.items() if glyph >= program.glyphs]
    wrong = [
        code
        for code, glyph in glyphs.items()
        if glyph < program.glyphs and abs(program.width(glyph) - widths.get(code, default)) > _WIDTH_TOLERANCE
    ]
    yield from _listed("glyph-missing", use, missing)
    yield from _listed("glyph-width", use, wrong)
    yield from _listed("glyph-undefined", use, [code for code in _codes(use.shown) if not _glyph(code, glyph_map)])
    yield from _subset(document, use, descendant, program)


def _subset(document: Document, use: Use, descendant: Dictionary, program: TrueType) -> Iterator[Finding]:
    """6.2.11.4.2: a list of the subset's glyphs, where there is one, has them all."""
    file = document.file
    listing = file.stream(file.dictionary(descendant, "FontDescriptor"), "CIDSet")
    if listing is None:
        return
    bits = file.decoded(listing) or b""
    if any(
        not bits[glyph >> 3 : (glyph >> 3) + 1] or not bits[glyph >> 3] & 0x80 >> (glyph & 7)
        for glyph in range(1, program.glyphs)
    ):
        yield found("font-subset", listing, page=use.page)


def _meanings(document: Document, use: Use) -> Iterator[Finding]:
    """6.2.11.7: every code that is shown says a character that has a meaning."""
    file = document.file
    stream = file.stream(use.font, "ToUnicode")
    try:
        texts: Mapping[int, str] = read_to_unicode(file.decoded(stream) or b"") if stream else {}
    except MalformedError:
        texts = {}
    codes = _codes(use.shown)
    yield from _listed("unicode-missing", use, [code for code in codes if not texts.get(code)])
    meaningless = [code for code in codes if any(sign in texts.get(code, "") for sign in _MEANINGLESS)]
    yield from _listed("unicode-meaningless", use, meaningless)
    private = [code for code in _codes(use.unreplaced) if _PRIVATE.search(texts.get(code, ""))]
    yield from _listed("unicode-private", use, private)


def _widths(document: Document, descendant: Dictionary) -> dict[int, float]:
    """The widths by CID, ISO 32000-1, 9.7.4.3."""
    widths: dict[int, float] = {}
    values = [document.file.resolve(one) for one in document.file.array(descendant, "W")]
    at = 0
    while at + 1 < len(values):
        first, second = values[at], values[at + 1]
        if not isinstance(first, int):
            break
        if isinstance(second, list):
            given = map(document.file.resolve, second)
            widths.update((first + index, one) for index, one in enumerate(given) if isinstance(one, int | float))
            at += 2
        else:
            third = values[at + 2] if at + 2 < len(values) else None
            if not isinstance(second, int) or not isinstance(third, int | float):
                break
            widths.update(dict.fromkeys(range(max(first, 0), min(second, _LAST_CID) + 1), third))
            at += 3
    return widths


def _codes(shown: list[bytes]) -> list[int]:
    """The codes of two bytes each, ascending."""
    joined = b"".join(one if len(one) % 2 == 0 else one + b"\0" for one in shown)
    return sorted(set(struct.unpack(f">{len(joined) // 2}H", joined)))


def _glyph(code: int, glyph_map: bytes | None) -> int:
    return code if glyph_map is None else int.from_bytes(glyph_map[2 * code : 2 * code + 2])


def _listed(code: str, use: Use, codes: list[int]) -> Iterator[Finding]:
    if codes:
        yield found(code, use.font, " ".join(f"{one:04X}" for one in codes[:_MOST_NAMED]), use.page)


def _is_utf_8(name: str) -> bool:
    try:
        Name(name).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True
