"""What stands inside a text or beside it: links, notes, passages, images, inner lists."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from drawn_minutes import drawn, png, said, whole
from pypdf import PdfReader

from judges import output_of
from signflow.minutes.model import Block, Bullets, Figure, Item, ListEntry, Minutes, Note, Paragraph, Span
from signflow.rendering.reading import Node, read_structure, structure_html

Render = Callable[..., bytes]
SENTENCE = "Nämnden diskuterade upphandlingssamordningen och verksamhetsområdets varudistribution. "


def with_blocks(*blocks: Block) -> Minutes:
    return replace(drawn(1), front=(), items=(Item(1, "1.", "Ärende", 3, blocks, 1),))


def text(*spans: Span | str) -> Paragraph:
    return Paragraph(tuple(Span(span) if isinstance(span, str) else span for span in spans), 1)


def elements(pdf: bytes, tag: str) -> list[Any]:
    """The elements of a type, from the file itself."""

    def within(element: Any) -> Iterator[Any]:
        kids = element.get("/K")
        kids = kids.get_object() if kids is not None else []
        for kid in kids if isinstance(kids, list) else [kids]:
            found = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(found, dict) and "/S" in found:
                yield found
                yield from within(found)

    tree = PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]
    return [element for element in within(tree) if element["/S"] == f"/{tag}"]


def annotations(pdf: bytes, kind: str) -> list[Any]:
    found = [a.get_object() for page in PdfReader(io.BytesIO(pdf)).pages for a in page["/Annots"]]
    return [annotation for annotation in found if annotation["/Subtype"] == f"/{kind}"]


def nodes(found: tuple[Node, ...], tag: str) -> list[Node]:
    return [node for top in found for node in ([top] if top.tag == tag else nodes(top.children, tag))]


@pytest.mark.parametrize("address", ["https://example.se/a?b=c#d", "http://example.se", "mailto:kansli@example.se"])
def test_a_link_is_an_element_with_a_place_to_click_on_each_of_its_lines(render: Render, address: str) -> None:
    words = "kommunens webbplats om den samordnade varudistributionen " * 4
    pdf = render(with_blocks(text("Se ", Span(words, link=address), "idag.")))
    links = annotations(pdf, "Link")
    assert len(links) >= 2
    (element,) = elements(pdf, "Link")
    objects = [kid.get_object()["/Obj"] for kid in element["/K"] if kid.get_object().get("/Type") == "/OBJR"]
    assert len(objects) == len(links)
    parents = PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    keys = parents[::2]
    assert keys == sorted(set(keys))
    for link in links:
        assert link["/A"]["/URI"] == address
        assert link["/Contents"] == address
        assert link["/F"] == 4
        assert link["/StructParent"] in keys
        left, bottom, right, top = map(float, link["/Rect"])
        assert left < right
        assert bottom < top
    assert nodes(read_structure(pdf), "Link")[0].text.split() == words.split()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "//example.se", "https://", "data:x"])
def test_other_addresses_lead_nowhere(render: Render, address: str) -> None:
    pdf = render(with_blocks(text("Se ", Span("här", link=address))))
    assert annotations(pdf, "Link") == []
    assert elements(pdf, "Link") == []
    assert b"/URI" not in pdf


def test_an_address_is_written_in_the_letters_of_addresses(render: Render) -> None:
    pdf = render(with_blocks(text(Span("här", link="https://example.se/å (b) c\\d%20e"))))
    assert annotations(pdf, "Link")[0]["/A"]["/URI"] == "https://example.se/%C3%A5%20(b)%20c%5Cd%20e"


def test_files_that_lead_elsewhere_have_identifiers_of_their_own(render: Render) -> None:
    links = (text(Span("här", link=f"https://example.se/{page}")) for page in (1, 2))
    ids = {str(PdfReader(io.BytesIO(render(with_blocks(link)))).trailer["/ID"]) for link in links}
    assert len(ids) == 2


def test_a_reference_leads_to_its_note_and_stands_close_to_its_word(render: Render) -> None:
    blocks = (
        text("Enligt lagen", Span("1", note=True), " och praxis", Span("b", note=True), "."),
        text(SENTENCE * 60),
        Note("1", text("Kommunallagen (2017:725)."), 1),
        Note("b", text("Annan källa."), 1),
    )
    pdf = render(with_blocks(*blocks))
    assert "Enligt lagen1 och praxisb." in said(read_structure(pdf))
    assert "1 Kommunallagen (2017:725)." in " ".join(said(read_structure(pdf)).split())
    notes, links = elements(pdf, "Note"), annotations(pdf, "Link")
    assert len({note["/ID"] for note in notes}) == 2
    assert [link["/Contents"] for link in links] == ["1 Kommunallagen (2017:725).", "b Annan källa."]
    for link in links:
        assert link["/Dest"][0].get_object()["/Type"] == "/Page"
        assert link["/Dest"][0].get_object().indirect_reference != link["/P"].indirect_reference
    assert "<sup>" in structure_html(read_structure(pdf))


def test_a_reference_without_a_note_is_words(render: Render) -> None:
    pdf = render(with_blocks(text("Enligt lagen", Span("7", note=True), ".")))
    assert annotations(pdf, "Link") == []
    assert "Enligt lagen7." in said(read_structure(pdf))


def test_passages_and_paragraphs_say_their_language(render: Render) -> None:
    english = Span("All together now", language="en")
    pdf = render(with_blocks(text("Valspråket är ", english, "."), text(english), text("Anna och שרה כהן kom.")))
    found = read_structure(pdf)
    assert [(node.text, node.language) for node in nodes(found, "Span")] == [
        ("All together now", "en"),
        ("שרה כהן", "he"),
    ]
    assert ("All together now", "en") in [(node.text, node.language) for node in nodes(found, "P")]


def test_a_paragraph_from_right_to_left_stands_at_the_right_and_is_read_in_its_order(render: Render) -> None:
    words = "שלום לכולם, הוועדה התכנסה ביום חמישי 16 בינואר 2020 (בשעה 10) עם Anna Söderström."
    pdf = render(with_blocks(text(words)))
    assert words in [said((node,)).strip() for node in nodes(read_structure(pdf), "P")]


@pytest.mark.oracle("pdftotext")
@pytest.mark.parametrize(
    "words",
    ["Vi mötte محمّد الأحمد idag", "Vi mötte שָׁלוֹם עולם idag", "Om لله och اللجنة idag", "Hon hette Ng̃uyễn x̌ȩ́ igår"],
)
def test_shaped_words_are_extracted_whole_and_in_order(render: Render, tmp_path: Any, words: str) -> None:
    pdf = render(with_blocks(text(words), text(SENTENCE)))
    file = tmp_path / "shaped.pdf"
    file.write_bytes(pdf)
    for extracted in (
        output_of("pdftotext", str(file), "-"),
        output_of("pdftotext", "-layout", str(file), "-"),
        "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages),
        said(read_structure(pdf)),
    ):
        assert " ".join(words.split()) in " ".join(whole(extracted.replace("\u202c", " ")).split())


def test_a_parted_word_is_whole_for_whoever_reads_the_structure(render: Render) -> None:
    words = " ".join(f"{'a' * (index % 7 + 1)} {SENTENCE}" for index in range(30))
    pdf = render(with_blocks(text(words)))
    raw = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "\u00ad\n" in raw
    assert " ".join(words.split()) in [node.text for node in nodes(read_structure(pdf), "P")]


def test_no_page_ends_inside_a_word(render: Render) -> None:
    pages = PdfReader(
        io.BytesIO(render(with_blocks(*(text("a" * (count % 9), f" {SENTENCE}" * count) for count in range(1, 40)))))
    ).pages
    for page in pages:
        assert "\u00ad" not in page.extract_text().rstrip()[-3:]


def test_an_image_says_what_it_shows_and_where_it_is(render: Render) -> None:
    pdf = render(
        with_blocks(
            Figure(png(), "Diagram över året", decorative=False, line=1),
            Figure(png(), "Diagram över året", decorative=False, line=2, width_pt=50),
            Figure(png(10, 10), "", decorative=True, line=3),
        )
    )
    figures = elements(pdf, "Figure")
    assert [figure["/Alt"] for figure in figures] == ["Diagram över året"] * 2
    for figure in figures:
        assert figure["/A"]["/O"] == "/Layout"
        left, bottom, right, top = map(float, figure["/A"]["/BBox"])
        assert left < right
        assert bottom < top
    assert float(figures[1]["/A"]["/BBox"][2]) - float(figures[1]["/A"]["/BBox"][0]) == pytest.approx(50, abs=0.01)
    assert [node.text for node in nodes(read_structure(pdf), "Figure")] == ["Diagram över året"] * 2


def test_the_same_image_is_in_the_file_once(render: Render) -> None:
    one = render(with_blocks(Figure(png(300, 300), "a", decorative=False, line=1)))
    images = [Figure(png(300, 300), "a", decorative=False, line=line) for line in range(8)]
    many = render(with_blocks(*images))
    assert many.count(b"/Subtype /Image") == one.count(b"/Subtype /Image")


def test_lists_inside_lists_are_part_of_the_entry(render: Render) -> None:
    innermost = Bullets((ListEntry(text("1. djupt")), ListEntry(text("2. djupare"))), ordered=True, line=1)
    inner = Bullets((ListEntry(text("inre"), (innermost,)),), ordered=False, line=1)
    html = structure_html(read_structure(render(with_blocks(Bullets((ListEntry(text("yttre"), (inner,)),), False, 1)))))
    assert (
        '<ul><li>yttre<ul><li>inre<ul class="labelled"><li><span class="label">1.</span> djupt</li>'
        '<li><span class="label">2.</span> djupare</li></ul></li></ul></li></ul>'
    ) in html


def test_every_code_of_every_font_says_a_character_that_has_a_meaning(render: Render) -> None:
    pdf = render(with_blocks(text("محمّد الأحمد שָׁלוֹם x̌ȩ́ Áile ŋ " + SENTENCE * 5)))
    fonts = PdfReader(io.BytesIO(pdf)).pages[-1]["/Resources"]["/Font"]
    for font in fonts.values():
        lines = font["/ToUnicode"].get_data().decode("ascii").splitlines()
        entries = [line.split() for line in lines if line.startswith("<") and len(line.split()) == 2][1:]
        codes = [int(code[1:-1], 16) for code, _ in entries]
        said_by_codes = [bytes.fromhex(said_by[1:-1]).decode("utf-16-be") for _, said_by in entries]
        (widths,) = [font["/DescendantFonts"][0]["/W"][1]]
        assert codes == list(range(1, len(widths)))
        assert all(said_by_codes)
        assert not any(
            "\ue000" <= char <= "\uf8ff" or char in "\ufeff\ufffe\0" for text_ in said_by_codes for char in text_
        )
