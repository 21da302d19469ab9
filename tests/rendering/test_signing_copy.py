from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from drawn_minutes import AT, drawn, fields_for, in_order, paragraph, said, whole, words_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from signflow.errors import RefusedError
from signflow.minutes.model import Decision, Grid, Item, Minutes, Role, SignOffEntry
from signflow.rendering.house.style import HouseStyle, load_style
from signflow.rendering.layout.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT, SignatureField
from signflow.rendering.reading import Node, read_structure
from signflow.rendering.signing_copy import render_signing_copy
from signflow.rendering.type.glyphs import missing_glyphs
from signflow.texts import Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
Render = Callable[..., bytes]


def tags(nodes: tuple[Node, ...]) -> list[str]:
    return [tag for node in nodes for tag in (node.tag, *tags(node.children))]


def with_block(text: str) -> Minutes:
    minutes = drawn(1)
    return replace(minutes, items=(Item(1, "1.", text, 3, (paragraph(text, 7),), 5), *minutes.items))


@pytest.mark.parametrize("char", ["☐", "ܐ", "क", "漢", "😀", "\ue000", "\U00100000", "\u0378"])
def test_a_character_that_cannot_be_set_is_refused_and_not_left_out(render: Render, char: str) -> None:
    with pytest.raises(RefusedError) as raised:
        render(with_block(f"Bilaga {char}"))
    assert raised.value.code == "characters-not-in-font"
    assert raised.value.params["line"] == 5
    assert f"U+{ord(char):04X}" in str(raised.value.params["characters"])


def test_marks_that_no_script_piles_up_are_refused(render: Render) -> None:
    assert render(with_block("x\u030c\u0301\u0323"))
    with pytest.raises(RefusedError, match="characters-not-in-font"):
        render(with_block("e" + "\u0323\u0301" * 30))


def test_a_field_that_cannot_be_labelled_is_refused(render: Render) -> None:
    with pytest.raises(RefusedError, match="characters-not-in-font"):
        render(drawn(1), [SignatureField("A", Role.SECRETARY, "漢", "Underskrift")])


def test_missing_glyphs_name_each_character_once_with_its_first_line(style: HouseStyle) -> None:
    assert missing_glyphs(with_block("☐ ja ☑ nej ☐"), style) == (("☐", 5), ("☑", 5))
    assert missing_glyphs(drawn(3, items=9), style) == ()


@pytest.mark.parametrize("names", [("A", "A"), ("A.B",), ("",)])
def test_field_names_that_a_form_cannot_hold_are_a_defect(render: Render, names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="fields"):
        render(drawn(1), [SignatureField(name, Role.SECRETARY, "Anna", "Anna") for name in names])


def test_a_naive_instant_is_a_defect(style: HouseStyle, texts: Mapping[Language, Texts]) -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="at"):
        render_signing_copy(drawn(1), (), style, texts["sv"], document_id="a", version=1, at=naive)


def test_empty_minutes_are_a_page(render: Render) -> None:
    bare = replace(drawn(1), title="", front=(), items=(), sign_off=(), body="")
    assert len(PdfReader(io.BytesIO(render(bare))).pages) == 1
    hollow = replace(
        bare, items=(Item(None, "", "", 3, (Grid((), True, 1), Grid(((),), True, 1), Decision(None, (), 1)), 1),)
    )
    assert len(PdfReader(io.BytesIO(render(hollow, ()))).pages) == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), items=st.integers(0, 6), language=st.sampled_from(["sv", "en"]))
def test_every_word_is_said_in_order(render: Render, seed: int, items: int, language: Language) -> None:
    minutes = drawn(seed, items=items, language=language)
    pdf = render(minutes)
    assert in_order(words_of(minutes), said(read_structure(pdf)).split()) is None


@pytest.mark.parametrize("seed", range(4))
def test_pypdf_extracts_every_word_in_order(render: Render, seed: int) -> None:
    minutes = drawn(seed, items=seed + 1)
    pages = PdfReader(io.BytesIO(render(minutes))).pages
    assert in_order(words_of(minutes), whole("\n".join(page.extract_text() for page in pages)).split()) is None


@pytest.mark.parametrize(
    "text",
    ["<b>fet</b> &amp; &lt;", '<img src="x"/>', "<para>", "%s {0} \\n (\\) )", "</font> ]]> -->", "*inte* _kursiv_"],
)
def test_markup_in_the_text_is_text(render: Render, text: str) -> None:
    nodes = read_structure(render(with_block(text)))
    assert text in said(nodes)
    assert "H2" in tags(nodes)


def test_the_same_minutes_are_the_same_bytes_in_every_process(render: Render) -> None:
    minutes = drawn(11, items=3)
    pdf = render(minutes)
    assert render(minutes) == pdf
    render(drawn(12))
    assert render(minutes) == pdf
    script = (
        "import hashlib, pathlib\nfrom drawn_minutes import AT, drawn, fields_for\n"
        "from signflow.rendering.signing_copy import render_signing_copy\n"
        "from signflow.rendering.house.style import load_style\nfrom signflow.texts import Texts\n"
        f"t = pathlib.Path({str(TEMPLATES)!r})\nm = drawn(11, items=3)\n"
        "print(render_signing_copy(m, fields_for(m), load_style(t / 'house'), Texts(t, 'sv'),"
        " document_id='sf-2020-0017', version=2, at=AT).hex())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parent)}
    other = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True)
    assert bytes.fromhex(other.stdout.strip()) == pdf


def test_threads_do_not_disturb_each_other(render: Render) -> None:
    drawings = [drawn(seed, items=2) for seed in range(8)]
    alone = [render(minutes) for minutes in drawings]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(render, drawings * 2)) == alone * 2


def test_copies_that_differ_have_identifiers_that_differ(style: HouseStyle, texts: Mapping[Language, Texts]) -> None:
    minutes = drawn(5)
    ids = set[str]()
    for version, at in ((1, AT), (2, AT), (1, AT + dt.timedelta(seconds=1))):
        pdf = render_signing_copy(minutes, (), style, texts["sv"], document_id="a", version=version, at=at)
        ids.add(str(PdfReader(io.BytesIO(pdf)).trailer["/ID"]))
    assert len(ids) == 3


@pytest.mark.parametrize("seed", range(6))
def test_headings_skip_no_level(render: Render, seed: int) -> None:
    levels = [int(tag[1]) for tag in tags(read_structure(render(drawn(seed, items=4)))) if tag[:1] == "H"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_fields_are_laid_out_for_signing(render: Render) -> None:
    minutes = drawn(8, items=3)
    reader = PdfReader(io.BytesIO(render(minutes)))
    form = reader.root_object.raw_get("/AcroForm").get_object()
    fields = [field.get_object() for field in form.raw_get("/Fields").get_object()]
    assert [field["/T"] for field in fields] == [field.name for field in fields_for(minutes)]
    for field in fields:
        left, bottom, right, top = (float(corner) for corner in field["/Rect"])
        assert (round(right - left, 2), round(top - bottom, 2)) == (STAMP_WIDTH_PT, STAMP_HEIGHT_PT)
        assert field["/F"] == 132
        assert [float(n) for n in field["/AP"]["/N"]["/BBox"]] == [0, STAMP_HEIGHT_PT, STAMP_WIDTH_PT, 0]
        parents = reader.root_object["/StructTreeRoot"]["/ParentTree"]["/Nums"]
        owner = parents[parents.index(field["/StructParent"], 2 * len(reader.pages)) + 1].get_object()
        assert owner["/S"] == "/Form"
        assert owner.raw_get("/K")["/Type"] == "/OBJR"
    assert all("/Annots" in page and page["/Tabs"] == "/S" for page in reader.pages)


@pytest.mark.parametrize(("order", "beside"), [((0, 1, 2, 3), True), ((0, 2, 1, 3), False)])
def test_the_closing_block_keeps_the_drafts_order(render: Render, order: tuple[int, ...], *, beside: bool) -> None:
    words = [("Vid anteckningarna", True), ("Justerat", True), ("Anna Söderström", False), ("Helene Olofsson", False)]
    closing = tuple(SignOffEntry(*words[index], None, 90 + index) for index in order)
    minutes = replace(drawn(2, items=1), sign_off=closing)
    pdf = render(minutes)
    texts = [node.text for node in read_structure(pdf)[0].children if node.tag == "P"]
    assert texts[-4:] == [words[index][0] for index in order]
    rects = [widget.get_object()["/Rect"] for page in PdfReader(io.BytesIO(pdf)).pages for widget in page["/Annots"]]
    assert (rects[0][1] == rects[1][1]) is beside
    assert (rects[0][0] == rects[1][0]) is not beside


def test_somebody_who_signs_without_standing_in_the_closing_block_has_a_box(render: Render) -> None:
    fields = [SignatureField("Chair", Role.CHAIR, "Rickard Sundbom", "Underskrift, ordförande")]
    nodes = read_structure(render(replace(drawn(2), sign_off=()), fields))
    assert [node.text for node in nodes[0].children[-2:]] == ["Rickard Sundbom", "Underskrift, ordförande"]


def test_pages_have_labels_bookmarks_and_a_running_foot(render: Render) -> None:
    minutes = drawn(4, items=5)
    reader = PdfReader(io.BytesIO(render(minutes)))
    count = len(reader.pages)
    assert count > 2
    assert reader.page_labels == [str(number + 1) for number in range(count)]
    for number, page in enumerate(reader.pages, start=1):
        assert f"Sida {number} ({count})" in page.extract_text()
        assert "sf-2020-0017 · version 2" in page.extract_text()
    top = reader.outline[0]
    assert top["/Title"] == minutes.title
    assert reader.outline[1][-1]["/Title"] == "Underskrifter"


def test_the_info_dictionary_says_what_the_xmp_says(render: Render) -> None:
    minutes = replace(drawn(4), title='Protokoll <1> & "2" Đ')
    reader = PdfReader(io.BytesIO(render(minutes)))
    info, xmp = reader.metadata, reader.xmp_metadata
    assert info is not None
    assert xmp is not None
    assert info.title == xmp.dc_title["x-default"] == minutes.title
    assert [info.author] == xmp.dc_creator
    assert info.creation_date == AT
    assert info.producer == xmp.pdf_producer == "signflow"


def test_every_font_is_a_subset_that_is_embedded(render: Render) -> None:
    for page in PdfReader(io.BytesIO(render(drawn(6, items=3)))).pages:
        for font in page["/Resources"]["/Font"].values():
            assert "+" in font["/BaseFont"]
            (drawn_with,) = font["/DescendantFonts"]
            assert "/FontFile2" in drawn_with["/FontDescriptor"]


def test_a_long_table_is_read_once(render: Render) -> None:
    rows = tuple((paragraph(f"rad {index}"), paragraph("värde")) for index in range(120))
    grid = Grid(((paragraph("Nyckelord"), paragraph("Värde")), *rows), header=True, line=1)
    minutes = replace(drawn(2), items=(Item(1, "1.", "Tabell", 3, (grid,), 1),))
    pdf = render(minutes)
    assert said(read_structure(pdf)).count("Nyckelord") == 1
    shown = sum("Nyckelord" in page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert shown >= 3


def test_a_style_of_other_fonts_renders(render: Render, tmp_path: Path, texts: Mapping[Language, Texts]) -> None:
    house = (TEMPLATES / "house" / "style.toml").read_text("utf-8")
    for old, new in (("figo", "notos"), ("figbo", "notosbo"), ("figit", "notosit"), ("figbi", "notosbi")):
        house = house.replace(f'"{old}"', f'"{new}"')
    shutil.copytree(TEMPLATES / "house", tmp_path, dirs_exist_ok=True)
    (tmp_path / "style.toml").write_text(house, "utf-8")
    latin = (Item(1, "1.", "Ärende", 3, (paragraph("Čuoldda, Αθήνα, Москва"),), 1),)
    minutes = replace(drawn(9), title="Protokoll", body="Nämnden", front=(), items=latin)
    other = load_style(tmp_path)
    pdf = render_signing_copy(minutes, (), other, texts["sv"], document_id="sf-2020-0017", version=2, at=AT)
    assert b"NotoSans" in pdf
    assert pdf != render(minutes, ())
