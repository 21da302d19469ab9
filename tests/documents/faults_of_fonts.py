"""Fonts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from plain_pdf import PlainPdf, made_stream
from preflight_edits import (
    DESCENDANT,
    DESCRIPTOR,
    FONT,
    Edit,
    Fault,
    before_page,
    dropped,
    replaced,
    to_unicode,
    with_resource,
)

_HEX_FIRST = re.compile(rb"<([0-9A-F]{4})[0-9A-F]*> Tj")


_CMAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> def
/CMapName /Mine def /CMapType 1 def /WMode 1 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 begincidrange <0000> <FFFF> 0 endcidrange
endcmap CMapName currentdict /CMap defineresource pop end end"""


def faults_of_fonts() -> Iterator[Fault]:
    yield Fault("font-type", "A 6.2.11.2", replaced(FONT, b"/Type /Font/", b"/Type /Fond/"), alone=True)
    yield Fault("font-unnamed", "A 6.2.11.2", dropped(DESCENDANT, rb"/BaseFont /\S+?(?=/)"))
    yield Fault("font-kind", "A 6.2.11.2", replaced(FONT, b"/Subtype /Type0", b"/Subtype /Type9"), alone=True)
    yield Fault("font-file-3", "A 6.2.11.2", _odd_font_file)
    yield Fault("font-cmap", "A 6.2.11.3.3, UA 7.21.3.3", replaced(FONT, b"/Encoding /Identity-H", b"/Encoding /My-H"))
    yield Fault("glyph-map", "A 6.2.11.3.2, UA 7.21.3.2", dropped(DESCENDANT, rb"/CIDToGIDMap /Identity"))
    yield Fault("font-not-embedded", "A 6.2.11.4.1, UA 7.21.4.1", dropped(DESCRIPTOR, rb"/FontFile2 \d+ 0 R"))
    yield Fault("courier", "A 6.2.11.4.1, UA 7.21.4.1", _courier)
    yield Fault("glyph-missing", "A 6.2.11.4.1, UA 7.21.4.1", _first_code(lambda _: b"7FFF"))
    yield Fault("glyph-width", "A 6.2.11.5, UA 7.21.5", _rewidthed)
    yield Fault("cid-set", "A 6.2.11.4.2, UA 7.21.4.2", _empty_cid_set)
    yield Fault("no-unicode", "A 6.2.11.7.2, UA 7.21.7", dropped(FONT, rb"/ToUnicode \d+ 0 R"))
    yield Fault(
        "unicode-gap",
        "A 6.2.11.7.2, UA 7.21.7",
        to_unicode(lambda one: re.sub(rb"\n<0003> <[0-9A-F]+>", b"\n<7003> <0041>", one)),
    )
    yield Fault(
        "unicode-zero", "A 6.2.11.7.2, UA 7.21.7", to_unicode(_every_text(rb"(<0003>) <[0-9A-F]+>", rb"\1 <0000>"))
    )
    yield Fault(
        "unicode-mark", "A 6.2.11.7.2, UA 7.21.7", to_unicode(_every_text(rb"(<0003>) <[0-9A-F]+>", rb"\1 <FEFF>"))
    )
    yield Fault("unicode-private", "A 6.2.11.7.3", to_unicode(_every_text(rb"(<0003>) <[0-9A-F]+>", rb"\1 <E001>")))
    yield Fault("notdef", "A 6.2.11.8, UA 7.21.8", _first_code(lambda _: b"0000"))
    yield Fault("font-name-bytes", "A 6.1.8", _renamed)
    yield Fault("simple-widths", "A 6.2.11.2", _simple_font)
    yield Fault("cmap-mode", "A 6.2.11.3.3, UA 7.21.3.3", _own_cmap)
    yield Fault(
        "encoding-symbolic", "A 6.2.11.6, UA 7.21.6", lambda pdf: _true_type(pdf, 4, b"/Encoding /WinAnsiEncoding")
    )
    yield Fault("encoding-none", "A 6.2.11.6, UA 7.21.6", lambda pdf: _true_type(pdf, 32, b""))
    yield Fault("type-3-gaps", "A 6.2.11", _type_3)


def _first_code(change: Callable[[bytes], bytes]) -> Edit:
    """Change the first code that the first page shows."""

    def edit(pdf: PlainPdf) -> None:
        pdf.restream(
            pdf.page_content(),
            lambda content: _HEX_FIRST.sub(lambda found: b"<" + change(found[1]) + found[0][5:], content, count=1),
        )

    return edit


def _every_text(pattern: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: re.sub(pattern, new, content)


def _odd_font_file(pdf: PlainPdf) -> None:
    pdf.replace(DESCRIPTOR, b"/FontFile2", b"/FontFile3")
    pdf.replace(rb"/Length1", b"/Length1", b"/Subtype /Odd /Length1")


def _courier(pdf: PlainPdf) -> None:
    with_resource(b"Other", b"<<>>", b"")(pdf)
    font = pdf.objects[1]
    pdf.objects[1] = font.replace(
        b"/F1 <<", b"/F9 <</Type /Font/Subtype /Type1/BaseFont /Courier/Encoding /WinAnsiEncoding>> /F1 <<", 1
    )
    before_page(b"BT /F9 9 Tf (Signed) Tj ET")(pdf)


def _rewidthed(pdf: PlainPdf) -> None:
    number = pdf.find(DESCENDANT)
    pdf.objects[number] = re.sub(rb"(/W \[0 \[\d+ \d+ )\d+", rb"\g<1>123", pdf.objects[number])


def _empty_cid_set(pdf: PlainPdf) -> None:
    number = pdf.add(made_stream(b"", b"\x80"))
    pdf.replace(DESCRIPTOR, b"/FontFile2", b"/CIDSet %d 0 R /FontFile2" % number)


def _renamed(pdf: PlainPdf) -> None:
    found = re.search(rb"/BaseFont /([A-Z]{6}\+\S+?)/", pdf.objects[pdf.find(FONT)])
    assert found
    for number, source in pdf.objects.items():
        if b"stream\n" not in source:
            pdf.objects[number] = source.replace(b"/" + found[1], b"/" + found[1] + b"#E5#E4")


def _simple_font(pdf: PlainPdf) -> None:
    descriptor = pdf.find(DESCRIPTOR)
    pdf.objects[1] = pdf.objects[1].replace(
        b"/F1 <<",
        b"/F9 <</Type /Font/Subtype /TrueType/BaseFont /AAAAAA+Odd/Encoding /WinAnsiEncoding/FontDescriptor %d 0 R"
        b"/FirstChar 65/LastChar 70/Widths [500]>> /F1 <<" % descriptor,
        1,
    )
    before_page(b"BT /F9 9 Tf (A) Tj ET")(pdf)


def _own_cmap(pdf: PlainPdf) -> None:
    system = b"/CIDSystemInfo <</Registry (Adobe)/Ordering (Identity)/Supplement 0>>"
    number = pdf.add(made_stream(b"/Type /CMap /CMapName /Mine /WMode 0 " + system, _CMAP))
    pdf.replace(FONT, b"/Encoding /Identity-H", b"/Encoding %d 0 R" % number)


def _true_type(pdf: PlainPdf, flags: int, encoding: bytes) -> None:
    """A simple font of the document's own program, with flags and encoding that do not fit."""
    number = pdf.find(DESCRIPTOR)
    descriptor = pdf.add(re.sub(rb"/Flags \d+", b"/Flags %d" % flags, pdf.objects[number]))
    pdf.objects[1] = pdf.objects[1].replace(
        b"/F1 <<",
        b"/F9 <</Type /Font/Subtype /TrueType/BaseFont /AAAAAA+Odd/FirstChar 65/LastChar 65/Widths [600]"
        b"/FontDescriptor %d 0 R%b>> /F1 <<" % (descriptor, encoding),
        1,
    )
    before_page(b"BT /F9 9 Tf (A) Tj ET")(pdf)


def _type_3(pdf: PlainPdf) -> None:
    """A font of drawings without widths."""
    glyph = pdf.add(made_stream(b"", b"500 0 0 0 9 9 d1 0 0 9 9 re f"))
    pdf.objects[1] = pdf.objects[1].replace(
        b"/F1 <<",
        b"/F9 <</Type /Font/Subtype /Type3/FontBBox [0 0 9 9]/FontMatrix [1 0 0 1 0 0]/CharProcs <</a %d 0 R>>"
        b"/Encoding <</Differences [65 /a]>>/FirstChar 65/LastChar 65/Widths []>> /F1 <<" % glyph,
        1,
    )
    before_page(b"BT /F9 9 Tf (A) Tj ET")(pdf)
