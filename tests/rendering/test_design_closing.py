from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from designed_minutes import PEOPLE, designed, fields_of, signed_by
from drawn_minutes import AT, in_order, paragraph, said
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from judges import PROFILES, judged_by_verapdf
from signflow.minutes.model import Fact, ItemRange, Minutes, MinutesClass, Notice, Role, SignOffEntry
from signflow.rendering.house.style import PAGE_HEIGHT_PT, PAGE_WIDTH_PT, HouseStyle, load_style
from signflow.rendering.layout.compose import compose
from signflow.rendering.layout.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT, SignatureField, items_signed
from signflow.rendering.layout.pages import set_pages
from signflow.rendering.layout.places import Kind, group_places
from signflow.rendering.layout.strips import Bar, Strip
from signflow.rendering.reading import Node, read_structure
from signflow.rendering.signing_copy import render_signing_copy
from signflow.rendering.type.faces import load_faces
from signflow.texts import Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
HOUSES = {"house": load_style(TEMPLATES / "house"), "skog": load_style(TEMPLATES / "house" / "skog")}
KINDS = {"H": Kind.HEADING, "L": Kind.LABEL, "N": Kind.NAME, "O": Kind.OTHER}


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest) -> HouseStyle:
    return HOUSES[request.param]


def strips_of(
    minutes: Minutes, style: HouseStyle, texts: Mapping[Language, Texts], *, bare: bool = False
) -> list[Strip]:
    fields = () if bare else fields_of(minutes)
    return list(compose(minutes, fields, style, load_faces(style.fonts), texts["sv"]).strips)


def shape(kinds: str) -> str:
    """The groups: lead before a colon, places apart by commas, `=` where they stand side by side."""
    groups = group_places([KINDS[kind] for kind in kinds])
    return " ".join(
        "".join(kinds[line] for line in group.lead)
        + ("=" if group.is_beside else ":")
        + ",".join("".join(kinds[line] for line in place.lines) for place in group.places)
        for group in groups
    )


@pytest.mark.parametrize(
    ("kinds", "groups"),
    [
        ("LLNN", "=LN,LN"),
        ("LNLN", ":LN :LN"),
        ("LLLNNN", "=LN,LN,LN"),
        ("LLNNN", "=LN,LN,N"),
        ("LLNNOO", "=LNO,LNO"),
        ("LLNNO", "=LN,LN O:"),
        ("LNOLNOLNONO", ":LNO :LNO :LNO :NO"),
        ("LNLNLNNN", ":LN :LN L=N,N,N"),
        ("LNONONO", "L=NO,NO,NO"),
        ("NLNL", ":NL :NL"),
        ("NNLL", "=NL,NL"),
        ("NONLO", ":NO :NLO"),
        ("NLONLONLO", ":NLO :NLO :NLO"),
        ("NNNN", "=N,N,N,N"),
        ("HLNLN", "H: :LN :LN"),
        ("OLN", "O: :LN"),
        ("LLN", ":LLN"),
        ("L", "L:"),
        ("", ""),
    ],
)
def test_lines_are_places_to_sign(kinds: str, groups: str) -> None:
    assert shape(kinds) == groups


@given(st.lists(st.sampled_from(list(Kind)), max_size=24))
def test_every_line_has_one_place_and_groups_keep_the_order(kinds: list[Kind]) -> None:
    groups = group_places(kinds)
    lines = [sorted((*group.lead, *(line for place in group.places for line in place.lines))) for group in groups]
    assert [line for group in lines for line in group] == list(range(len(kinds)))
    places = [place for group in groups for place in group.places]
    assert sorted(place.name for place in places) == [at for at, kind in enumerate(kinds) if kind is Kind.NAME]
    assert all(list(place.lines) == sorted(place.lines) and place.name in place.lines for place in places)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("kind", list(MinutesClass))
def test_boxes_stand_apart_on_the_page_with_their_names(
    texts: Mapping[Language, Texts], house: HouseStyle, count: int, kind: MinutesClass
) -> None:
    minutes = designed(count, kind=kind, items=2, adjusters=PEOPLE[2 : 2 + count])
    pages = set_pages(strips_of(minutes, house, texts), house.depth_pt)
    found = 0
    for page in pages:
        corners: list[tuple[float, float]] = []
        for placed in page:
            for box in placed.strip.boxes:
                x, y = box.x, placed.top + box.y
                corners.append((x, y))
                assert 0 <= x <= house.measure_pt - STAMP_WIDTH_PT + 0.01
                assert 0 <= y <= house.depth_pt - STAMP_HEIGHT_PT
                field = box.element.signature
                assert field is not None
                if field.role is not None:
                    found += 1
                    assert field.person in _words_of(placed.strip)
        for (left, top), (other_left, other_top) in combinations(corners, 2):
            assert abs(left - other_left) >= STAMP_WIDTH_PT or abs(top - other_top) >= STAMP_HEIGHT_PT
    assert found == 2 + count


def _words_of(strip: Strip) -> str:
    return " ".join(
        "".join(run.text for text in strip.texts for run in (*text.runs, text.runs[-1].saying(" "))).split()
    )


def test_a_signature_page_has_text_before_it_wherever_it_can(texts: Mapping[Language, Texts]) -> None:
    style = HOUSES["skog"]
    for seed in range(25):
        minutes = replace(designed(seed, items=2), notice=None)
        pages = set_pages(strips_of(minutes, style, texts), style.depth_pt)
        first = next(page for page in pages if any(placed.strip.boxes for placed in page))
        tags = [text.element.tag for text in first[0].strip.texts]
        assert first[0].strip.boxes == []
        assert tags


def test_who_signs_and_stands_nowhere_has_a_box_with_the_name(
    texts: Mapping[Language, Texts], house: HouseStyle
) -> None:
    fields = (*fields_of(designed(1)), SignatureField("S9", Role.ADJUSTER, "Bo Alm", "Underskrift, Bo Alm"))
    pdf = render_signing_copy(designed(1), fields, house, texts["sv"], document_id="a", version=1, at=AT)
    assert "Bo Alm Underskrift, Bo Alm Elektronisk stämpel" in " ".join(said(read_structure(pdf)).split())


def test_a_name_with_what_stands_after_it_has_its_field_once(
    texts: Mapping[Language, Texts], house: HouseStyle
) -> None:
    entries = (
        SignOffEntry("Sekreterare", True, Role.SECRETARY, 900),
        SignOffEntry("Anna Ek (S), kommunsekreterare", False, Role.SECRETARY, 900),
        SignOffEntry("Justerare", True, Role.ADJUSTER, 900),
        SignOffEntry("Anna Ekman", False, Role.ADJUSTER, 900),
    )
    fields = [
        SignatureField("A", Role.ADJUSTER, "Anna Ekman", "Underskrift, Anna Ekman"),
        SignatureField("B", Role.SECRETARY, "Anna Ek", "Underskrift, Anna Ek"),
    ]
    minutes = replace(designed(1), sign_off=entries, notice=None)
    pdf = render_signing_copy(minutes, fields, house, texts["sv"], document_id="a", version=1, at=AT)
    told = " ".join(said(read_structure(pdf)).split())
    assert told.endswith(
        "Sekreterare Anna Ek (S), kommunsekreterare Underskrift, Anna Ek Justerare Anna Ekman Underskrift, Anna Ekman"
    )


def test_lines_for_a_pen_are_no_words(texts: Mapping[Language, Texts], house: HouseStyle) -> None:
    pdf = render_signing_copy(
        designed(3), fields_of(designed(3)), house, texts["sv"], document_id="a", version=1, at=AT
    )
    assert "___" not in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    dotted = replace(designed(3), sign_off=(SignOffEntry("Ort ........ Anna Ek", False, None, 900),), notice=None)
    pdf = render_signing_copy(dotted, (), house, texts["sv"], document_id="a", version=1, at=AT)
    assert said(read_structure(pdf)).split()[-3:] == ["Ort", "Anna", "Ek"]


def test_a_copy_without_fields_says_who_signed_and_has_no_boxes(
    texts: Mapping[Language, Texts], house: HouseStyle
) -> None:
    minutes = designed(4, adjusters=PEOPLE[2:8])
    strips = strips_of(minutes, house, texts, bare=True)
    assert not any(strip.boxes for strip in strips)
    pdf = render_signing_copy(minutes, (), house, texts["sv"], document_id="a", version=1, at=AT)
    reader = PdfReader(io.BytesIO(pdf))
    assert "/AcroForm" not in reader.root_object
    expected = [word for entry in minutes.sign_off if "___" not in entry.text for word in entry.text.split()]
    assert in_order(expected, said(read_structure(pdf)).split()) is None


def test_the_notice_is_one_frame_with_a_rule_to_write_on(texts: Mapping[Language, Texts], house: HouseStyle) -> None:
    strips = strips_of(designed(5), house, texts)
    notice = strips[-1]
    assert notice.bookmark is not None
    assert notice.bookmark.title == "ANSLAG/BEVIS"
    assert not notice.boxes
    words = " ".join(run.text for text in notice.texts for run in text.runs).split()
    assert in_order(["ANSLAG/BEVIS", "Protokollet", "Organ", "Kommunstyrelsen", "Underskrift"], words) is None
    edges = [bar for bar in notice.bars if bar.height > notice.height / 2]
    assert sorted(bar.x for bar in edges) == [0.0, pytest.approx(house.measure_pt - edges[0].width)]
    last = max(text.baseline for text in notice.texts)
    assert any(_is_pen_rule(bar, last) for bar in notice.bars)


def _is_pen_rule(bar: Bar, baseline: float) -> bool:
    return 100 < bar.width < 400 and 0 < bar.y - baseline < 8


def test_an_endless_notice_goes_on_over_pages(texts: Mapping[Language, Texts], house: HouseStyle) -> None:
    parts = tuple(Fact(f"Uppgift {index}", paragraph("Ord och ord " * 30, 910), 910) for index in range(60))
    minutes = replace(designed(6, items=1), notice=Notice("Bevis", parts, 909))
    pages = set_pages(strips_of(minutes, house, texts), house.depth_pt)
    assert sum(any("Uppgift" in run.text for p in page for t in p.strip.texts for run in t.runs) for page in pages) > 2
    for page in pages:
        assert page[-1].top + page[-1].strip.height <= house.depth_pt + 0.01
        for above, below in pairwise(page):
            assert above.top + above.strip.height <= below.top + 0.01


def test_a_line_that_is_longer_than_a_page_does_not_leave_it(
    texts: Mapping[Language, Texts], house: HouseStyle
) -> None:
    endless = SignOffEntry("Anmärkning " * 3000, False, None, 901)
    first, *others = signed_by(PEOPLE[2:3])
    minutes = replace(designed(7, items=1), sign_off=(first, endless, *others), notice=None)
    for page in set_pages(strips_of(minutes, house, texts), house.depth_pt):
        for placed in page:
            assert placed.top + placed.strip.height <= house.depth_pt + 0.01
            assert all(placed.top + text.baseline <= house.depth_pt for text in placed.strip.texts)


@pytest.mark.parametrize(
    ("covers", "said_as"),
    [
        ((), ""),
        ((ItemRange(94, 94),), "§ 94"),
        ((ItemRange(94, 96),), "§§ 94–96"),
        ((ItemRange(94, 94), ItemRange(96, 99)), "§§ 94, 96–99"),
    ],
)
def test_what_a_signature_is_for_is_said_as_minutes_do(covers: tuple[ItemRange, ...], said_as: str) -> None:
    assert items_signed(covers) == said_as


def test_rects_are_inside_the_paper(texts: Mapping[Language, Texts], house: HouseStyle) -> None:
    minutes = designed(8, adjusters=PEOPLE[2:14])
    pdf = render_signing_copy(minutes, fields_of(minutes), house, texts["sv"], document_id="a", version=1, at=AT)
    rects = [
        [float(corner) for corner in widget.get_object()["/Rect"]]
        for page in PdfReader(io.BytesIO(pdf)).pages
        for widget in page["/Annots"]
    ]
    assert len(rects) == 15
    for left, bottom, right, top in rects:
        assert house.left_pt - 0.01 <= left < right <= PAGE_WIDTH_PT - house.right_pt + 0.01
        assert house.bottom_pt <= bottom < top <= PAGE_HEIGHT_PT - house.top_pt


def headings(nodes: tuple[Node, ...]) -> list[str]:
    return [tag for node in nodes for tag in ([node.tag] if node.tag[:1] == "H" else []) + headings(node.children)]


@pytest.mark.oracle("verapdf")
@pytest.mark.xdist_group("verapdf")
@pytest.mark.timeout(600)
def test_every_design_conforms(texts: Mapping[Language, Texts], tmp_path: Path) -> None:
    files: list[Path] = []
    for name, style in HOUSES.items():
        for seed in range(4):
            kind = list(MinutesClass)[seed % 2]
            minutes = designed(seed, kind=kind, adjusters=PEOPLE[2 : 3 + seed * 3], signs_first=seed == 2)
            for fields in (fields_of(minutes), ()):
                pdf = render_signing_copy(minutes, fields, style, texts["sv"], document_id="a", version=1, at=AT)
                files.append(tmp_path / f"{name}-{seed}-{len(fields)}.pdf")
                files[-1].write_bytes(pdf)
                levels = headings(read_structure(pdf))
                assert levels.count("H1") == 1
                assert levels[0] == "H1"
    judged = judged_by_verapdf(files)
    assert {profile for _, profile in judged} == PROFILES
    assert len(judged) == len(PROFILES) * len(files)
    assert {key: rules for key, rules in judged.items() if rules} == {}
