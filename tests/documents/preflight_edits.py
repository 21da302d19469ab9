"""What tests do to a sound document to break one clause of ISO 19005-2 or ISO 14289-1."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from plain_pdf import PlainPdf, made_stream

CATALOG, PAGE, WIDGET, LINK = rb"/Type /Catalog", rb"/Type /Page\b(?!s)", rb"/Subtype /Widget", rb"/Subtype /Link"
FONT, DESCENDANT, DESCRIPTOR = rb"/Subtype /Type0", rb"/Subtype /CIDFontType2", rb"/Type /FontDescriptor"
TABLE, XMP = rb"/S/Table/", rb"/Subtype /XML"
IMAGE = b"/Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8 "

Edit = Callable[[PlainPdf], None]


@dataclass(frozen=True)
class Fault:
    """What is broken.

    Attributes:
        name: What is done to the document.
        clauses: Those that it breaks: `A` for ISO 19005-2, `UA` for ISO 14289-1.
        edit: Does it.
        alone: Whether veraPDF lets it pass, though the standard does not.
    """

    name: str
    clauses: str
    edit: Edit
    alone: bool = False


def replaced(pattern: bytes, old: bytes, new: bytes) -> Edit:
    return lambda pdf: pdf.replace(pattern, old, new)


def in_page(old: bytes, new: bytes) -> Edit:
    """Change the content of the first page."""

    def edit(pdf: PlainPdf) -> None:
        assert old in pdf.stream(pdf.page_content())
        pdf.restream(pdf.page_content(), lambda content: content.replace(old, new, 1))

    return edit


def before_page(drawn: bytes) -> Edit:
    """Draw something on the first page, as an artifact."""
    return lambda pdf: pdf.restream(pdf.page_content(), lambda content: b"/Artifact BMC " + drawn + b" EMC\n" + content)


def in_xmp(old: bytes, new: bytes) -> Edit:
    def edit(pdf: PlainPdf) -> None:
        assert old in pdf.stream(pdf.find(XMP))
        pdf.restream(pdf.find(XMP), lambda content: content.replace(old, new, 1))

    return edit


def in_catalog(entry: bytes) -> Edit:
    return replaced(CATALOG, b"/Type /Catalog", b"/Type /Catalog " + entry)


def in_page_dictionary(entry: bytes) -> Edit:
    return replaced(PAGE, b"/Annots", entry + b" /Annots")


def with_resource(category: bytes, source: bytes, drawn: bytes) -> Edit:
    """Name one more resource `X9` on the first page and draw with it, as an artifact."""

    def edit(pdf: PlainPdf) -> None:
        number = pdf.add(source)
        pdf.replace(PAGE, b"/Resources <<", b"/Resources <</%b <</X9 %d 0 R>>" % (category, number))
        before_page(drawn)(pdf)

    return edit


def with_state(entries: bytes) -> Edit:
    return with_resource(b"ExtGState", b"<</Type /ExtGState " + entries + b">>", b"q /X9 gs Q")


def with_object(entries: bytes, content: bytes = b"\xff\xff\xff") -> Edit:
    """Draw one more XObject."""

    def edit(pdf: PlainPdf) -> None:
        number = pdf.add(made_stream(b"/Type /XObject " + entries, content))
        pdf.replace(PAGE, b"/XObject <<", b"/XObject <</X9 %d 0 R " % number)
        before_page(b"q 1 0 0 1 5 5 cm /X9 Do Q")(pdf)

    return edit


def with_annotation(entries: bytes, *, appearance: bool = True) -> Edit:
    """One more annotation on the first page, in an element of its own."""

    def edit(pdf: PlainPdf) -> None:
        drawn = pdf.add(made_stream(b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <<>>", b""))
        page = pdf.find(PAGE)
        shown = b"/AP <</N %d 0 R>>" % drawn if appearance else b""
        number = pdf.add(b"<</Type /Annot /Rect [9 9 18 18] /P %d 0 R %b %b>>" % (page, entries, shown))
        pdf.replace(PAGE, b"/Annots [", b"/Annots [%d 0 R " % number)
        root = pdf.find(rb"/S/Document/")
        element = pdf.add(b"<</S/Annot/P %d 0 R/K [<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>]>>" % (root, number, page))
        pdf.objects[root] = pdf.objects[root].replace(b"/K [", b"/K [%d 0 R " % element)
        tree = pdf.find(rb"/ParentTree")
        key = re.search(rb"/ParentTreeNextKey (\d+)", pdf.objects[tree])
        assert key
        pdf.objects[number] = pdf.objects[number].replace(b"/Annot ", b"/Annot /StructParent %b " % key[1], 1)
        nums = pdf.find(rb"^<</Nums\[")
        pdf.objects[nums] = pdf.objects[nums].replace(b"]>>", b" %b %d 0 R]>>" % (key[1], element))

    return edit


def dropped(pattern: bytes, entry: bytes) -> Edit:
    """Take an entry out, by an expression."""

    def edit(pdf: PlainPdf) -> None:
        number = pdf.find(pattern)
        pdf.objects[number], count = re.subn(entry, b"", pdf.objects[number], count=1)
        assert count

    return edit


def header(new: bytes) -> Edit:
    return lambda pdf: setattr(pdf, "header", new)


def trailer(change: Callable[[bytes], bytes]) -> Edit:
    return lambda pdf: setattr(pdf, "trailer", change(pdf.trailer))


def finished(old: bytes, new: bytes) -> Edit:
    """Change the bytes of the file as it is written."""

    def edit(pdf: PlainPdf) -> None:
        assert old in pdf.bytes()
        pdf.finish = lambda written: written.replace(old, new, 1)

    return edit


def to_unicode(change: Callable[[bytes], bytes]) -> Edit:
    def edit(pdf: PlainPdf) -> None:
        found = re.search(rb"/ToUnicode (\d+) 0 R", pdf.objects[pdf.find(FONT)])
        assert found
        pdf.restream(int(found[1]), change)

    return edit


def retagged(old: bytes, new: bytes, pattern: bytes = b"") -> Edit:
    """Give the first element of a type another one."""
    return replaced(pattern or b"/S/" + old + b"/", b"/S/" + old, b"/S/" + new)
