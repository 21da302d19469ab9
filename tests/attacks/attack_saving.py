"""Incremental Saving Attack: something is appended, in a form that a viewer takes and a validator overlooks.

Source: Mladenov et al., ACM CCS 2019, section 5.2, variants 1 to 4.
"""

from __future__ import annotations

from attack_kinds import Aim, Family
from attack_pdf import (
    Editor,
    appended,
    edited,
    last_startxref,
    object_text,
    places,
    root_of,
    written_objects,
    xref_table,
)

SAVING = Family("incremental saving")
WORDS = b"q 1 g 40 690 520 80 re f Q BT /F1 12 Tf 56 720 Td (Avslag) Tj ET"


def painted(pdf: bytes) -> bytes:
    """A white box over the first page, as any editor appends it."""

    def paint(editor: Editor) -> None:
        page = editor.page(0)
        box = editor.add("<< >>", stream=WORDS)
        editor.put(page, "/Contents", f"[{page.raw_get('/Contents').idnum} 0 R {box.idnum} 0 R]")

    return edited(pdf, paint)


def page_stream(pdf: bytes) -> tuple[int, bytes]:
    """The number of the first page's content, and other content under that number."""
    number = Editor.on(pdf).page(0).raw_get("/Contents").idnum
    return number, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(WORDS), WORDS)


def body(pdf: bytes) -> tuple[bytes, dict[int, int]]:
    number, stream = page_stream(pdf)
    return written_objects({number: stream}, len(pdf))


def trailer(pdf: bytes, previous: int | None) -> bytes:
    prev = b"" if previous is None else b" /Prev %d" % previous
    return b"trailer\n<< /Size 200 /Root %d 0 R%s >>\n" % (root_of(pdf), prev)


@SAVING.on_each("secretary", "adjuster", "sealed", "renewed", "foreign")
def page_painted(pdf: bytes) -> bytes:
    return painted(pdf)


@SAVING.on_each("adjuster", "sealed")
def page_content_under_the_old_number(pdf: bytes) -> bytes:
    number, stream = page_stream(pdf)
    return appended(pdf, {number: stream})


@SAVING.on_each("adjuster", "sealed")
def body_without_table_and_trailer(pdf: bytes) -> bytes:
    return pdf + body(pdf)[0]


@SAVING.on_each("adjuster", "sealed")
def body_and_trailer_without_table(pdf: bytes) -> bytes:
    return pdf + body(pdf)[0] + trailer(pdf, last_startxref(pdf)) + b"%%EOF\n"


@SAVING.on_each("adjuster")
def body_and_trailer_with_the_old_startxref(pdf: bytes) -> bytes:
    old = last_startxref(pdf)
    return pdf + body(pdf)[0] + trailer(pdf, old) + b"startxref\n%d\n%%%%EOF\n" % old


@SAVING.on_each("adjuster")
def body_and_table_without_trailer(pdf: bytes) -> bytes:
    made, offsets = body(pdf)
    start = len(pdf) + len(made)
    return pdf + made + xref_table(offsets) + b"startxref\n%d\n%%%%EOF\n" % start


@SAVING.on_each("adjuster")
def table_without_startxref(pdf: bytes) -> bytes:
    made, offsets = body(pdf)
    return pdf + made + xref_table(offsets) + trailer(pdf, last_startxref(pdf))


@SAVING.on_each("adjuster")
def startxref_zero(pdf: bytes) -> bytes:
    made, offsets = body(pdf)
    return pdf + made + xref_table(offsets) + trailer(pdf, last_startxref(pdf)) + b"startxref\n0\n%%EOF\n"


@SAVING.on_each("adjuster")
def startxref_into_nothing(pdf: bytes) -> bytes:
    made, offsets = body(pdf)
    return pdf + made + xref_table(offsets) + trailer(pdf, last_startxref(pdf)) + b"startxref\n123456789\n%%EOF\n"


@SAVING.on_each("adjuster")
def trailer_cut_short(pdf: bytes) -> bytes:
    made, offsets = body(pdf)
    return pdf + made + xref_table(offsets) + b"trailer\n<< /Root %d 0 R" % root_of(pdf)


@SAVING.on_each("adjuster")
def end_marker_missing(pdf: bytes) -> bytes:
    return painted(pdf).rstrip().removesuffix(b"%%EOF")


@SAVING.on_each("adjuster")
def offsets_point_beside(pdf: bytes) -> bytes:
    made, offsets = body(pdf)
    start = len(pdf) + len(made)
    beside = {number: offset - 3 for number, offset in offsets.items()}
    return pdf + made + xref_table(beside) + trailer(pdf, last_startxref(pdf)) + b"startxref\n%d\n%%%%EOF\n" % start


@SAVING.on_each("adjuster")
def comments_between(pdf: bytes) -> bytes:
    return painted(pdf + b"% signed and sealed\n" * 20)


@SAVING.on_each("adjuster", "sealed")
def signature_copied_into_the_update(pdf: bytes) -> bytes:
    field = Editor.on(pdf).field("Justerare").raw_get("/V").idnum
    number, stream = page_stream(pdf)
    return appended(pdf, {number: stream, field: object_text(pdf, field)})


@SAVING.on_each("adjuster")
def signature_copied_with_a_range_over_everything(pdf: bytes) -> bytes:
    field = Editor.on(pdf).field("Justerare").raw_get("/V").idnum
    number, stream = page_stream(pdf)
    place = places(pdf)[-1]
    made = appended(pdf, {number: stream, field: object_text(pdf, field)})
    copy = places(made)[-1]
    start, end = copy.written
    text = b"/ByteRange [0 %d %d %d]" % (place.gap[0], place.gap[1], len(made) - place.gap[1])
    return made[:start] + text.ljust(end - start) + made[end:]


@SAVING.on_each("adjuster")
def signature_copied_under_a_new_number_unused(pdf: bytes) -> bytes:
    field = Editor.on(pdf).field("Justerare").raw_get("/V").idnum
    number, stream = page_stream(pdf)
    return appended(pdf, {number: stream, 9000: object_text(pdf, field)})


@SAVING.on_each("adjuster")
def catalog_under_another_number(pdf: bytes) -> bytes:
    number, stream = page_stream(pdf)
    made = appended(pdf, {number: stream, 9001: object_text(pdf, root_of(pdf))})
    head, _, tail = made.rpartition(b"/Root %d 0 R" % root_of(pdf))
    return head + b"/Root 9001 0 R" + tail


@SAVING.on_each("adjuster", "sealed")
def previous_table_left_out(pdf: bytes) -> bytes:
    """The update says that it is the whole file."""
    made = painted(pdf)
    head, _, tail = made.rpartition(b"/Prev")
    return head + b"/Pref" + tail


@SAVING.on_each("sealed", aim=Aim.STRIP, victims=("Justerare", "Sigill"))
def previous_table_skips_signatures(pdf: bytes) -> bytes:
    """The update continues from the first signed revision, as if the later ones had not been."""
    first = pdf[: pdf.index(b"%%EOF", places(pdf)[0].gap[1])]
    number, stream = page_stream(pdf)
    made = appended(pdf, {number: stream})
    head, _, tail = made.rpartition(b"/Prev %d" % last_startxref(pdf))
    return head + b"/Prev %d" % last_startxref(first + b"%%EOF") + tail


@SAVING.on_each("adjuster")
def previous_table_skips_the_signing(pdf: bytes) -> bytes:
    first = pdf[: pdf.index(b"%%EOF")]
    made = appended(pdf, {})
    head, _, tail = made.rpartition(b"/Prev %d" % last_startxref(pdf))
    return head + b"/Prev %d" % last_startxref(first + b"%%EOF") + tail


@SAVING.on_each("adjuster")
def objects_freed(pdf: bytes) -> bytes:
    number, _ = page_stream(pdf)
    return appended(pdf, {}, freed={number: 1})


@SAVING.on_each("adjuster")
def object_under_the_next_generation(pdf: bytes) -> bytes:
    number, stream = page_stream(pdf)
    made = appended(pdf, {number: stream})
    head, _, tail = made.rpartition(b"%d 0 obj" % number)
    tail = tail.replace(b" 00000 n", b" 00001 n")
    return head + b"%d 1 obj" % number + tail


@SAVING.on_each("adjuster")
def two_tables_for_one_object(pdf: bytes) -> bytes:
    """The table names an honest place first and the forged one after it."""
    number, stream = page_stream(pdf)
    made = appended(pdf, {number: stream})
    at = pdf.index(b"%d 0 obj" % number)
    row = b"%d 1\n" % number
    head, _, tail = made.rpartition(row)
    return head + row + b"%010d 00000 n \n" % at + row + tail


@SAVING.on_each("adjuster")
def hybrid_table_hides_a_stream(pdf: bytes) -> bytes:
    """An /XRefStm that only newer readers follow gives the page other content."""
    number, stream = page_stream(pdf)
    content, offsets = written_objects({number: stream}, len(pdf))
    at = len(pdf) + len(content)
    rows = b"".join((1).to_bytes(1, "big") + offset.to_bytes(4, "big") + b"\0" for offset in (offsets[number], at))
    table = b"<< /Type /XRef /Size 9003 /W [1 4 1] /Index [%d 1 9002 1] /Root %d 0 R /Length %d >>" % (
        number,
        root_of(pdf),
        len(rows),
    )
    hidden = b"9002 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (table, rows)
    made = pdf + content + hidden
    start = len(made)
    end = b"trailer\n<< /Size 9003 /Root %d 0 R /Prev %d /XRefStm %d >>\n" % (root_of(pdf), last_startxref(pdf), at)
    return made + xref_table({}) + end + b"startxref\n%d\n%%%%EOF\n" % start
