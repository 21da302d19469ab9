"""What only Word has: how each thing is read, and what is said of it."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from word_drafts import PNG, bold, image, levels, numbered, numbering, paragraph, run, table, word

from signflow.minutes import PlaceUnit, read_draft
from signflow.minutes.blocks import Heading, ListBlock, NoteBlock, SourceBlock, TableBlock, TextBlock, rows_of
from signflow.minutes.findings import Severity
from signflow.minutes.model import Bullets, Figure, Grid, Note, Paragraph, Span
from signflow.minutes.reading import draft_lines
from signflow.minutes.word.document import read_word

DRAWING = (
    '<w:r><w:drawing><wp:inline><wp:docPr descr="{}"/><a:graphic><a:graphicData uri="http://x/{}"/></a:graphic>'
    "</wp:inline></w:drawing></w:r>"
)
Finding = tuple[str, int | None, str]
JPEG = b"\xff\xd8\xff\xe0" + bytes(40)


def blocks(body: str, **options: object) -> list[SourceBlock]:
    read = read_word(word(body, **options))
    assert read.blocks is not None, read.findings
    return list(read.blocks)


def spans(body: str, **options: object) -> list[Span]:
    return [span for block in blocks(body, **options) for row in rows_of(block) for span in row.spans]


def findings(body: str, **options: object) -> list[Finding]:
    return [(one.code, one.line, one.quote) for one in read_word(word(body, **options)).findings]


def test_words_keep_their_style_from_run_character_style_and_paragraph_style() -> None:
    content = run("a") + run("b", "<w:b/>") + run("c", '<w:rStyle w:val="Betoning"/>') + run("d", '<w:b w:val="0"/>')
    assert spans(paragraph(content)) == [Span("a"), Span("b", strong=True), Span("c", emphasis=True), Span("d")]
    # a style that switches bold in a paragraph whose style is bold switches it off: ISO/IEC 29500-1, 17.7.3
    content = run("a") + run("b", '<w:rStyle w:val="Stark"/>') + run("c", '<w:rStyle w:val="Stark"/><w:b/>')
    assert spans(paragraph(content, "Fet")) == [Span("a", strong=True), Span("b"), Span("c", strong=True)]


@pytest.mark.parametrize(
    ("style", "level"),
    [("Rubrik", 1), ("Rubrik1", 1), ("Rubrik2", 2), ("KommunRubrik", 2), ("Normal", None), ("", None)],
)
def test_a_style_or_one_it_is_based_on_makes_a_heading(style: str, level: int | None) -> None:
    block = blocks(paragraph("Vägar", style))[0]
    assert (block.level if isinstance(block, Heading) else None) == level


def test_an_outline_level_of_the_paragraph_itself_holds() -> None:
    assert isinstance(blocks(paragraph("a", "", '<w:outlineLvl w:val="2"/>'))[0], Heading)
    assert isinstance(blocks(paragraph("a", "Rubrik1", '<w:outlineLvl w:val="9"/>'))[0], TextBlock)


def test_a_paragraph_in_bold_is_a_heading_of_its_own_kind() -> None:
    block = blocks(bold("Deltagare"))[0]
    assert isinstance(block, Heading)
    assert block.level == 7


def test_line_breaks_are_rows_and_an_empty_line_parts_paragraphs() -> None:
    first, second = blocks(paragraph("Tid: i dag\nPlats: här\n\nsedan"))
    assert [row.text for row in rows_of(first)] == ["Tid: i dag", "Plats: här"]
    assert [row.text for row in rows_of(second)] == ["sedan"]


def test_signs_of_word_are_characters() -> None:
    content = (
        "<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/><w:t>c</w:t><w:tab/>"
        '<w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    )
    assert spans(paragraph(content)) == [Span("a-bc\t☑≥")]


def test_letters_in_a_symbol_typeface_are_the_signs_that_show() -> None:
    content = run("ü", '<w:rFonts w:ascii="Wingdings"/>') + run("\uf0e0", '<w:rFonts w:ascii="Wingdings"/>')
    assert spans(paragraph(content)) == [Span("✓→")]


def test_a_sign_nobody_knows_is_an_error() -> None:
    content = '<w:r><w:t>a</w:t><w:sym w:font="Kommunikoner" w:char="F041"/></w:r>' + run("\ue123")
    found = read_word(word(paragraph() + paragraph(content))).findings
    assert [(one.code, one.line, one.params["code_point"]) for one in found] == [
        ("symbol-unknown", 2, "U+F041"),
        ("symbol-unknown", 2, "U+E123"),
    ]


def test_decomposed_letters_are_composed_even_over_runs() -> None:
    assert spans(paragraph(run("bo") + run("\u0308ja", "<w:i/>"))) == [Span("bö"), Span("ja", emphasis=True)]


def test_invisible_characters_are_removed_and_named() -> None:
    found = read_word(word(paragraph("ordning\u200b") + paragraph("\u202eab"))).findings
    assert [(one.code, one.line) for one in found] == [("control-characters", 1), ("direction-override", 2)]


def test_the_highlighter_masks() -> None:
    content = (
        run("Sökande ") + run("Anna Ek", '<w:highlight w:val="yellow"/>') + run("!", '<w:highlight w:val="none"/>')
    )
    assert spans(paragraph(content)) == [Span("Sökande "), Span("Anna Ek", masked=True), Span("!")]


@pytest.mark.parametrize(
    ("address", "words", "expected"),
    [
        ("https://a.se/x", "rapporten", [Span("rapporten (https://a.se/x)", link="https://a.se/x")]),
        ("https://a.se/", "a.se", [Span("a.se", link="https://a.se/")]),
        ("mailto:a@b.se", "a@b.se", [Span("a@b.se", link="mailto:a@b.se")]),
        ("file:///S:/x.doc", "filen", [Span("filen (file:///S:/x.doc)")]),
        ("javascript:alert(1)", "här", [Span("här (javascript:alert(1))")]),
    ],
)
def test_a_link_keeps_its_address(address: str, words: str, expected: list[Span]) -> None:
    related = {"L": ("hyperlink", address)}
    assert spans(paragraph(f'<w:hyperlink r:id="L">{run(words)}</w:hyperlink>'), refers_to=related) == expected
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    code = f'<w:r><w:instrText xml:space="preserve"> HYPERLINK "{address}" </w:instrText></w:r>'
    assert spans(paragraph(mark("begin") + code + mark("separate") + run(words) + mark("end"))) == expected


def test_an_address_in_the_text_leads_there() -> None:
    assert spans(paragraph("Se https://a.se/x.")) == [
        Span("Se "),
        Span("https://a.se/x", link="https://a.se/x"),
        Span("."),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<w:fldSimple w:instr=" PAGE "><w:r><w:t>7</w:t></w:r></w:fldSimple>', "7"),
        (
            (
                '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DATE</w:instrText><w:fldChar w:fldCharType="separate"/>'
                '<w:t>i dag</w:t><w:fldChar w:fldCharType="end"/></w:r>'
            ),
            "i dag",
        ),
        (
            (
                '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>'
                '<w:instrText>FORMCHECKBOX</w:instrText><w:fldChar w:fldCharType="end"/></w:r>'
            ),
            "☒",
        ),
        (
            (
                '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="nej"/>'
                '<w:listEntry w:val="ja"/></w:ddList></w:ffData></w:fldChar><w:fldChar w:fldCharType="end"/></w:r>'
            ),
            "ja",
        ),
        ("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>val</w:t></w:r></w:sdtContent></w:sdt>", "val"),
        ("<w:smartTag><w:customXml><w:r><w:t>inuti</w:t></w:r></w:customXml></w:smartTag>", "inuti"),
        (
            (
                "<w:r><mc:AlternateContent><mc:Choice Requires='x'><w:t>nytt</w:t></mc:Choice><mc:Fallback><w:t>gammalt</w:t>"
                "</mc:Fallback></mc:AlternateContent></w:r>"
            ),
            "nytt",
        ),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>läs</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>bas</w:t></w:r></w:rubyBase></w:ruby></w:r>",
            "bas",
        ),
    ],
)
def test_what_shows_is_read_once(content: str, expected: str) -> None:
    assert "".join(span.text for span in spans(paragraph(content))) == expected


def test_a_field_over_several_paragraphs_shows_its_result_only() -> None:
    body = (
        paragraph('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>TOC</w:instrText><w:t>kod</w:t></w:r>')
        + paragraph('<w:r><w:instrText>mer</w:instrText><w:fldChar w:fldCharType="separate"/></w:r>' + run("Vägar\t2"))
        + paragraph(run("Broar\t3") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    )
    assert [span.text for span in spans(body)] == ["Vägar\t2", "Broar\t3"]


def test_words_swallowed_by_a_field_without_end_are_hidden_text() -> None:
    opened = paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + run("borta"))
    assert findings(paragraph("kvar") + opened + paragraph(" också")) == [("hidden-text", 2, "borta också")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraph(run("a") + f'<w:ins w:author="Bo">{run("b")}</w:ins>'), [("tracked-change", 1, "b")]),
        (
            paragraph(run("a") + '<w:del w:author="Bo"><w:r><w:delText>c</w:delText></w:r></w:del>'),
            [("tracked-change", 1, "c")],
        ),
        (paragraph(run("a") + f'<w:moveFrom w:author="Bo">{run("d")}</w:moveFrom>'), [("tracked-change", 1, "d")]),
        (paragraph(run("a", '<w:b/><w:rPrChange w:author="Bo"><w:rPr/></w:rPrChange>')), [("tracked-change", 1, "a")]),
        (paragraph("a", "", '<w:pPrChange w:author="Bo"><w:pPr/></w:pPrChange>'), [("tracked-change", 1, "a")]),
        (paragraph("a") + paragraph("b", "", '<w:rPr><w:ins w:author="Bo"/></w:rPr>'), [("tracked-change", 2, "b")]),
        (paragraph(run("a") + run("b", "<w:vanish/>")), [("hidden-text", 1, "b")]),
        (paragraph(run("a", "<w:strike/>")), [("struck-text", 1, "a")]),
        (
            paragraph(
                f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Skriv här')}</w:sdtContent></w:sdt>"
            ),
            [("placeholder-left", 1, "Skriv här")],
        ),
        (
            f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{paragraph('Skriv här')}</w:sdtContent></w:sdt>",
            [("placeholder-left", 1, "Skriv här")],
        ),
        (
            paragraph(
                '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>MACROBUTTON NoMacro [datum]</w:instrText>'
                '<w:fldChar w:fldCharType="end"/></w:r>'
            ),
            [("placeholder-left", 1, "[datum]")],
        ),
        (paragraph(run("x") + "<m:oMath><m:r><m:t>a²</m:t></m:r></m:oMath>"), [("object-left-out", 1, "a²")]),
        (paragraph(run("x") + '<w:r><w:object><v:shape alt="y"/></w:object></w:r>'), [("object-left-out", 1, "")]),
        (
            paragraph(
                run("x") + '<w:r><w:drawing><wp:inline><wp:docPr descr="Diagram"/><a:graphic><a:graphicData '
                'uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></a:graphic></wp:inline></w:drawing></w:r>'
            ),
            [("object-left-out", 1, "Diagram")],
        ),
        (
            paragraph(run("x") + DRAWING.format("Flöde", "wordprocessingCanvas")),
            [("object-left-out", 1, "Flöde")],
        ),
        (paragraph(run("x") + DRAWING.format("Streck", "wordprocessingShape")), []),
        (paragraph("x") + '<w:altChunk r:id="rId9"/>', [("object-left-out", 1, "")]),
        (paragraph(f"<w:bdo w:val='rtl'>{run('x')}</w:bdo>"), [("direction-override", 1, "")]),
    ],
)
def test_what_a_reader_of_the_page_does_not_see_is_told(body: str, expected: list[Finding]) -> None:
    assert findings(body) == expected


def test_tracked_changes_name_their_kind_and_author_and_stand_as_if_accepted() -> None:
    body = paragraph(
        run("Vi ")
        + f'<w:del w:author="Bo Å"><w:r><w:delText>avslår</w:delText></w:r></w:del><w:ins w:author="Eva">{run("bifaller")}</w:ins>'
        f'<w:moveFrom w:author="Eva">{run(" inte")}</w:moveFrom>'
    )
    read = read_word(word(body))
    assert read.lines == ("Vi bifaller",)
    assert {(one.params["kind"], one.params["author"], one.quote) for one in read.findings} == {
        ("deleted", "Bo Å", "avslår"),
        ("inserted", "Eva", "bifaller"),
        ("moved", "Eva", "inte"),
    }
    assert all(one.severity is Severity.ERROR for one in read.findings)


def test_a_deleted_row_is_out_of_its_table() -> None:
    grid = table([["a", "b"], ["c", "d"], ["e", "f"]]).replace(
        '<w:tr><w:tc><w:p><w:pPr></w:pPr><w:r><w:t xml:space="preserve">c',
        '<w:tr><w:trPr><w:del w:author="Bo"/></w:trPr><w:tc><w:p><w:pPr></w:pPr><w:r><w:t xml:space="preserve">c',
    )
    read = read_word(word(grid))
    assert read.lines == ("a", "b", "", "", "e", "f")
    assert {(one.code, one.line) for one in read.findings} == {("tracked-change", 3), ("tracked-change", 4)}


def test_a_comment_is_told_once_where_it_begins() -> None:
    body = (
        paragraph("först")
        + paragraph('<w:commentRangeStart w:id="4"/>' + run("text"))
        + paragraph(run("mer") + '<w:commentRangeEnd w:id="4"/><w:r><w:commentReference w:id="4"/></w:r>')
    )
    comments = f'<w:comment w:id="4" w:author="Eva Ros">{paragraph("Stämmer detta?")}</w:comment>'
    read = read_word(word(body, comments=comments))
    assert [(one.code, one.line, one.quote, one.params) for one in read.findings] == [
        ("comment-left", 2, "Stämmer detta?", {"author": "Eva Ros"})
    ]


def test_heads_and_feet_are_left_out_and_told_unless_they_only_count_pages() -> None:
    body = paragraph("text")
    assert findings(body, header=paragraph("Sida 3 (12)")) == []
    assert findings(body, header=paragraph("Page 1 of 2"), footer=paragraph("- 3 -")) == []
    assert findings(body, header=paragraph("Bro kommun, sida 1")) == [("header-left-out", None, "Bro kommun, sida 1")]


def test_a_text_box_stands_after_its_paragraph_once() -> None:
    box = f"<w:txbxContent>{paragraph('i rutan')}{paragraph('mer')}</w:txbxContent>"
    shape = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic><a:graphicData uri='x'>"
        f"<wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    read = read_word(word(paragraph(run("före ") + shape + run("efter")) + paragraph("sist")))
    assert read.lines == ("före efter", "i rutan", "mer", "sist")
    assert [(one.code, one.line, one.quote) for one in read.findings] == [("text-box", 2, "i rutan mer")]


def test_notes_stand_after_the_block_that_refers_to_them() -> None:
    refer = '<w:r><w:footnoteReference w:id="{}"/></w:r>'.format
    own = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="3"/><w:t>*</w:t></w:r>'
    body = (
        paragraph(run("ett") + refer(7) + run(" två") + refer(2))
        + numbered("punkt", 1)
        + numbered(run("till") + own + '<w:r><w:endnoteReference w:id="5"/></w:r>', 1)
        + paragraph("slut")
    )
    footnotes = "".join(
        f'<w:footnote w:id="{key}">{paragraph("<w:r><w:footnoteRef/></w:r>" + run(text))}</w:footnote>'
        for key, text in ((2, " andra"), (7, " första"), (3, "stjärna"))
    )
    options = {
        "footnotes": footnotes,
        "endnotes": f'<w:endnote w:id="5">{paragraph("sist")}{paragraph("i två")}</w:endnote>',
        "numbering": numbering(levels(("bullet", "·"))),
    }
    found = blocks(body, **options)
    assert [type(block) for block in found] == [
        TextBlock,
        NoteBlock,
        NoteBlock,
        ListBlock,
        NoteBlock,
        NoteBlock,
        TextBlock,
    ]
    assert [[row.text for row in block.rows] for block in found if isinstance(block, NoteBlock)] == [
        ["1 första"],
        ["2 andra"],
        ["* stjärna"],
        ["i sist", "i två"],
    ]
    assert [span for span in spans(body, **options) if span.note] == [
        Span(label, note=True) for label in ("1", "2", "*", "i")
    ]
    reading = read_draft(
        word(paragraph("Möte", "Rubrik1") + paragraph("1. Ett", "Rubrik2") + body, **options), "a.docx"
    )
    assert reading.minutes is not None
    assert [block.label for block in reading.minutes.items[0].blocks if isinstance(block, Note)] == ["1", "2", "*", "i"]
    assert "words-lost" not in {one.code for one in reading.findings}


def test_a_table_keeps_its_cells_in_place() -> None:
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + paragraph("a")
    under = "<w:tcPr><w:vMerge/></w:tcPr>" + paragraph()
    block = blocks(
        table([[wide, "b"], [under, "c", paragraph("d") + paragraph("e") + table([["f", "g"]]) + paragraph()]])
    )[0]
    assert isinstance(block, TableBlock)
    assert [[cell.text for cell in cells] for cells in block.rows] == [
        ["", "", ""],
        ["a", "", "b"],
        ["", "c", "d e f g"],
    ]


@pytest.mark.parametrize(
    ("grid", "header"),
    [
        (table([["Ja", "Nej"], ["3", "4"]], header=True), True),
        (table([["Ja", "Nej"], ["3", "4"]]), False),
        (table([["Ja", "Nej"], ["3", "4"]], properties='<w:tblStyle w:val="Randig"/><w:tblLook w:val="04A0"/>'), True),
        (
            table([["Ja", "Nej"], ["3", "4"]], properties='<w:tblStyle w:val="Randig"/><w:tblLook w:firstRow="0"/>'),
            False,
        ),
        (table([["Ja", "Nej"], ["3", "4"]], properties='<w:tblStyle w:val="Rutor"/><w:tblLook w:val="04A0"/>'), False),
        (table([[bold("Ja"), bold("Nej")], ["3", "4"]]), True),
    ],
)
def test_a_header_row_is_one_that_the_author_made(grid: str, header: bool) -> None:  # noqa: FBT001 - a parameter of the test
    body = paragraph("Möte", "Rubrik1") + paragraph("1. Ett", "Rubrik2") + grid
    minutes = read_draft(word(body), "a.docx").minutes
    assert minutes is not None
    written = minutes.items[0].blocks[0]
    assert isinstance(written, Grid)
    assert (written.header, len(written.rows)) == (header, 2)


def test_a_table_that_only_lays_out_the_page_is_its_contents() -> None:
    one_column = table([[paragraph("1. Vägar", "Rubrik2") + paragraph("Text.")], [paragraph("2. Broar", "Rubrik2")]])
    assert [type(block) for block in blocks(one_column)] == [Heading, TextBlock, Heading]
    form = table(
        [
            ["Plats och tid", paragraph("Sal B, Bro") + paragraph("den 16 januari 2020 kl 9.15–10.45")],
            ["Beslutande", paragraph("Anna Ek (S), ordförande") + paragraph("Bo Å (M)") + paragraph("Åsa By (C)")],
            ["Utses att justera", "Bo Å"],
        ]
    )
    body = paragraph("Sammanträdesprotokoll för kulturnämnden", "Rubrik1") + form + paragraph("§ 1 Öppnande", "Rubrik2")
    minutes = read_draft(word(body + paragraph("Text.")), "a.docx").minutes
    assert minutes is not None
    assert [person.name for person in minutes.participants] == ["Anna Ek", "Bo Å", "Åsa By"]
    assert minutes.date is not None
    assert (minutes.start is not None, minutes.chair) == (True, "Anna Ek")
    closing = table(
        [[paragraph("Sekreterare") + paragraph() + paragraph("Åsa By"), paragraph("Justerare") + paragraph("Bo Å")]]
    )
    minutes = read_draft(word(body + paragraph("Text.") + closing), "a.docx").minutes
    assert minutes is not None
    assert [(one.name, one.role.value) for one in minutes.signatories] == [
        ("Åsa By", "secretary"),
        ("Anna Ek", "chair"),
        ("Bo Å", "adjuster"),
    ]


def test_images_are_figures_with_what_they_say() -> None:
    body = (
        paragraph("Möte", "Rubrik1")
        + paragraph("1. Ett", "Rubrik2")
        + paragraph(image('r:embed="a1"', "Karta över Bro", width_pt=120) + run("text"))
        + paragraph(run("före") + image('r:embed="a2"', decorative=True))
    )
    reading = read_draft(word(body, a1=PNG, a2=JPEG), "a.docx")
    assert reading.minutes is not None
    blocks_of_item = reading.minutes.items[0].blocks
    assert blocks_of_item == (
        Figure(PNG, "Karta över Bro", decorative=False, line=3, width_pt=120.0),
        Paragraph((Span("text"),), 3),
        Paragraph((Span("före"),), 4),
        Figure(JPEG, "", decorative=True, line=4, width_pt=100.0),
    )
    assert not [one for one in reading.findings if one.code.startswith("image")]


@pytest.mark.parametrize(
    ("content", "code", "quote"),
    [
        (image('r:embed="a1"'), "image-without-alternative", ""),
        (image('r:embed="a2"', "x"), "image-unreadable", "x"),
        (image('r:embed="saknas"', "x"), "image-unreadable", "x"),
        (image('r:link="L"', "x"), "image-remote", "https://a.se/spion.png"),
        (
            '<w:r><w:pict><v:shape style="width:2cm"><v:imagedata r:id="a1"/></v:shape></w:pict></w:r>',
            "image-without-alternative",
            "",
        ),
    ],
)
def test_an_image_that_cannot_be_shown_to_all_is_told(content: str, code: str, quote: str) -> None:
    related = {"L": ("image", "https://a.se/spion.png")}
    assert findings(paragraph("x") + paragraph(content), refers_to=related, a1=PNG, a2=b"GIF89a") == [(code, 2, quote)]


def test_an_old_picture_says_its_words_and_width() -> None:
    shape = '<v:shape style="position:absolute;width:2in;height:9pt" alt="Vapen"><v:imagedata r:id="a1"/></v:shape>'
    body = paragraph("Möte", "Rubrik1") + paragraph(f"<w:r><w:pict>{shape}</w:pict></w:r>")
    minutes = read_draft(word(body, a1=PNG), "a.docx").minutes
    assert minutes is not None
    assert minutes.front == (Figure(PNG, "Vapen", decorative=False, line=2, width_pt=144.0),)


def test_a_passage_in_another_language_is_marked_where_that_is_sure() -> None:
    english = '<w:lang w:val="en-GB"/>'
    long = "The committee noted the report and thanked the authors."
    assert spans(paragraph("Svensk text " * 20) + paragraph(run(long, english)))[1].language == "en-GB"
    assert spans(paragraph("Svensk text " * 20) + paragraph(run("kort rad", english)))[1].language == ""
    mixed = paragraph(run("Gruppen talade om ") + run("vägen, som många hade skrivit om tidigare", english))
    assert {span.language for span in spans(paragraph("Svensk text " * 20) + mixed)} == {""}
    arabic = run("محمد العلي", '<w:rtl/><w:lang w:val="sv-SE" w:bidi="ar-SA"/>')
    assert [span.language for span in spans(paragraph(run("Ordförande ") + arabic))] == ["", "ar-SA"]
    # tagged Swedish by hand in an English Word: the document is Swedish all the same
    styles = '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-US"/></w:rPr></w:rPrDefault></w:docDefaults>'
    swedish = paragraph(run("Gruppen talade om vägen till skolan i Bro igen och igen.", '<w:lang w:val="sv-SE"/>'))
    assert {span.language for span in spans(swedish * 3, styles=styles)} == {""}


def test_lists_nest_by_level_and_keep_their_numbers() -> None:
    lists = numbering(levels(("decimal", "%1."), ("lowerLetter", "%2)")), levels(("bullet", "·"), ("bullet", "o")))
    body = (
        paragraph("Möte", "Rubrik1")
        + paragraph("1. Ett", "Rubrik2")
        + numbered("a", 1)
        + numbered("b", 1, 1)
        + numbered("c", 1, 1)
        + numbered("d", 1)
        + paragraph("emellan")
        + numbered("e", 1)
        + numbered("f", 2)
        + numbered("g", 2, 1)
    )
    reading = read_draft(word(body, numbering=lists), "a.docx")
    assert reading.lines[2:] == ("1. a", "a) b", "b) c", "2. d", "emellan", "3. e", "f", "g")
    assert reading.minutes is not None

    def shape(bullets: Bullets) -> list[object]:
        return [[entry.text.text, *map(shape, entry.nested)] for entry in bullets.entries]

    shapes = [shape(block) for block in reading.minutes.items[0].blocks if isinstance(block, Bullets)]
    assert shapes == [[["1. a", [["a) b"], ["b) c"]]], ["2. d"]], [["3. e"]], [["f", [["g"]]]]]
    assert "words-lost" not in {one.code for one in reading.findings}


def test_strict_and_template_documents_are_read() -> None:
    data = word(paragraph("Möte", "Rubrik1"))
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(strict, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode()
            text = text.replace(
                "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                "http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            text = text.replace(
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                "http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            after.writestr(name, text)
    assert read_word(strict.getvalue()) == read_word(data)
    template = word(
        paragraph("Möte", "Rubrik1"),
        content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    )
    assert read_word(template).lines == ("Möte",)


def test_the_content_tells_the_format_not_the_name() -> None:
    data = word(paragraph("Möte", "Rubrik1"))
    assert read_draft(data, "utkast.md") == read_draft(data, "utkast.docx")
    text = b"# M\xc3\xb6te\n\ntext\n"
    assert read_draft(text, "utkast.docx") == read_draft(text, "utkast.md")
    assert read_draft(text, "utkast.docx").unit is PlaceUnit.LINE
    assert draft_lines(data, "a") == ("Möte",)
    assert draft_lines(text, "a.md") == ("# Möte", "", "text", "")


def test_what_python_docx_writes_is_read() -> None:
    document = Document()
    document.add_heading("Minnesanteckningar från Vägrådet", 0)
    document.add_paragraph("punkt", style="List Bullet")
    document.add_paragraph("inuti", style="List Bullet 2")
    document.add_paragraph("ett", style="List Number")
    document.add_picture(io.BytesIO(PNG))
    buffer = io.BytesIO()
    document.save(buffer)
    read = read_word(buffer.getvalue())
    assert read.lines == ("Minnesanteckningar från Vägrådet", "punkt", "inuti", "1. ett", "")
    assert [(one.code, one.line) for one in read.findings] == [("image-without-alternative", 5)]


def test_a_table_of_contents_is_left_out_and_told_once() -> None:
    document = Document()
    for level in (1, 2):
        document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Före")
    document.add_paragraph("Mötets öppnande\t3", style="toc 1")
    document.add_paragraph("Val av justerare\t4", style="toc 2")
    document.add_paragraph("Efter")
    file = io.BytesIO()
    document.save(file)
    read = read_word(file.getvalue())
    assert [row.text for block in read.blocks or () for row in rows_of(block)] == ["Före", "Efter"]
    assert [(one.code, one.line, one.quote) for one in read.findings] == [("contents-left-out", 2, "Mötets öppnande 3")]
    assert read.lines == ("Före", "", "", "Efter")
