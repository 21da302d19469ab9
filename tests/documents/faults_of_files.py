"""The file and its objects, and the document as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plain_pdf import PlainPdf, made_stream
from preflight_edits import (
    CATALOG,
    IMAGE,
    PAGE,
    XMP,
    Fault,
    before_page,
    finished,
    header,
    in_catalog,
    in_page_dictionary,
    replaced,
    trailer,
    with_object,
)


def faults_of_files() -> Iterator[Fault]:
    yield Fault("header-version", "A 6.1.2, UA 6.1", header(b"%PDF-1.9\n%\x93\x8c\x8b\x9e\n"))
    yield Fault("header-late", "A 6.1.2", header(b"\n%PDF-1.7\n%\x93\x8c\x8b\x9e\n"))
    yield Fault("header-comment", "A 6.1.2", header(b"%PDF-1.7\n% plain\n"))
    yield Fault("no-id", "A 6.1.3", trailer(lambda one: re.sub(rb"/ID \[.*?\]", b"", one)))
    yield Fault("after-end", "A 6.1.3", lambda pdf: setattr(pdf, "after_end", b"and more\n"))
    yield Fault("hex-odd", "A 6.1.6", in_catalog(b"/Odd <abc>"))
    yield Fault("hex-letters", "A 6.1.6", in_catalog(b"/Odd <abxy>"))
    yield Fault("stream-length", "A 6.1.7.1", replaced(XMP, b"/Length ", b"/Length 1"))
    yield Fault("stream-keyword", "A 6.1.7.1", replaced(XMP, b"stream\n", b"stream\r"))
    yield Fault("endstream", "A 6.1.7.1", replaced(XMP, b"\nendstream", b"endstream"))
    yield Fault("stream-external", "A 6.1.7.1", replaced(XMP, b"/Type", b"/F (a.txt) /Type"))
    yield Fault("lzw", "A 6.1.7.2", with_object(IMAGE + b"/Filter /LZWDecode", b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01"))
    yield Fault(
        "object-spacing",
        "A 6.1.9",
        lambda pdf: pdf.objects.update({pdf.find(CATALOG): b"\n \n" + pdf.objects[pdf.find(CATALOG)] + b" endobj\n0"}),
    )
    yield Fault("permissions", "A 6.1.12", in_catalog(b"/Perms <</UR 1>>"))
    yield Fault("integer", "A 6.1.13", in_catalog(b"/Large 2147483648"))
    yield Fault("real-large", "A 6.1.13", in_catalog(b"/Large 1" + b"0" * 39 + b".5"))
    yield Fault("real-small", "A 6.1.13", in_catalog(b"/Small 0." + b"0" * 40 + b"1"))
    yield Fault("string-long", "A 6.1.13", in_catalog(b"/Long (" + b"x" * 32768 + b")"))
    yield Fault("name-long", "A 6.1.13", in_catalog(b"/Long /" + b"x" * 128))
    yield Fault("nesting", "A 6.1.13", before_page(b"q " * 29 + b"Q " * 29))
    yield Fault("page-large", "A 6.1.13", replaced(PAGE, b"595.276", b"20000"))
    yield Fault("page-small", "A 6.1.13", in_page_dictionary(b"/TrimBox [0 0 2 2]"))
    yield Fault("needs-rendering", "A 6.4.2", in_catalog(b"/NeedsRendering true"))
    yield Fault("trigger-document", "A 6.5.2", in_catalog(b"/AA <</WC <</S /URI /URI (a:b)>>>>"))
    yield Fault("trigger-page", "A 6.5.2", in_page_dictionary(b"/AA <</O <</S /URI /URI (a:b)>>>>"))
    yield Fault("presentations", "A 6.10", in_catalog(b"/Names <</AlternatePresentations <</Names []>>>>"))
    yield Fault("pres-steps", "A 6.10", in_page_dictionary(b"/PresSteps <</Type /NavNode>>"))
    yield Fault("requirements", "A 6.11", in_catalog(b"/Requirements [<</Type /Requirement /S /EnableJavaScripts>>]"))
    yield Fault("layers-unnamed", "A 6.9, UA 7.10", in_catalog(b"/OCProperties <</OCGs [] /D <<>>>>"))
    yield Fault("layers-automatic", "A 6.9, UA 7.10", in_catalog(b"/OCProperties <</OCGs [] /D <</Name (a) /AS []>>>>"))
    yield Fault(
        "layers-twice", "A 6.9", in_catalog(b"/OCProperties <</OCGs [] /D <</Name (a)>> /Configs [<</Name (a)>>]>>")
    )
    yield Fault(
        "embedded",
        "A 6.8, UA 7.11",
        lambda pdf: in_catalog(
            b"/Names <</EmbeddedFiles <</Names [(a) <</Type /Filespec /F (a) /EF <</F %d 0 R>>>>]>>>>"
            % pdf.add(made_stream(b"/Type /EmbeddedFile", b"text"))
        )(pdf),
    )
    yield Fault("xref-line", "A 6.1.4", finished(b"xref\n0 ", b"xref \n0 "))
    yield Fault("xref-entry", "A 6.1.4", finished(b"0000000000 65535 f \n", b"0000000000 65535 f\n\n"), alone=True)
    yield Fault(
        "encrypted",
        "A 6.1.3",
        trailer(
            lambda one: (
                one + b"/Encrypt <</Filter /Standard /V 1 /R 2 /O (" + b"o" * 32 + b") /U (" + b"u" * 32 + b") /P -4>>"
            )
        ),
    )
    yield Fault("layers-unlisted", "A 6.9", _unlisted_layer)
    yield Fault(
        "embedded-no-pdf",
        "A 6.8",
        lambda pdf: in_catalog(
            b"/Names <</EmbeddedFiles <</Names [(a) <</Type /Filespec /F (a) /UF (a) /EF <</F %d 0 R>>>>]>>>>"
            % pdf.add(made_stream(b"/Type /EmbeddedFile", b"text"))
        )(pdf),
    )


def _unlisted_layer(pdf: PlainPdf) -> None:
    one, other = pdf.add(b"<</Type /OCG /Name (a)>>"), pdf.add(b"<</Type /OCG /Name (b)>>")
    in_catalog(b"/OCProperties <</OCGs [%d 0 R %d 0 R] /D <</Name (a) /Order [%d 0 R]>>>>" % (one, other, one))(pdf)
