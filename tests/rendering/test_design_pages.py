from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from designed_minutes import designed, fields_of, item, words
from drawn_minutes import AT, in_order, paragraph, said, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from signflow.minutes.model import Attendance, Decision, Item, Minutes, MinutesClass, Person
from signflow.minutes.words import words_of
from signflow.rendering.house.style import PAGE_WIDTH_PT, HouseStyle, Numbers, load_style
from signflow.rendering.layout.compose import compose
from signflow.rendering.layout.pages import set_pages
from signflow.rendering.reading import Node, read_structure
from signflow.rendering.signing_copy import render_signing_copy
from signflow.rendering.type.faces import load_faces
from signflow.texts import Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
HOUSES = {"house": load_style(TEMPLATES / "house"), "skog": load_style(TEMPLATES / "house" / "skog")}
CLASSES = list(MinutesClass)
_PAGE = re.compile(r"Sida \d+ \(\d+\)")

Rendered = Callable[..., bytes]


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest) -> HouseStyle:
    return HOUSES[request.param]


@pytest.fixture(scope="session")
def rendered(texts: Mapping[Language, Texts]) -> Rendered:
    def render(minutes: Minutes, style: HouseStyle) -> bytes:
        return render_signing_copy(
            minutes, fields_of(minutes), style, texts["sv"], document_id="sf-2024-1", version=1, at=AT
        )

    return render


def pages_of(pdf: bytes) -> list[str]:
    """What stands on each page, without how many there are."""
    return [_PAGE.sub("", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def edited(minutes: Minutes, at: int, decision: str) -> Minutes:
    """The minutes with other words in the first decision of an item."""

    def change(changed: Item) -> Item:
        blocks = tuple(
            replace(block, texts=(paragraph(decision, 101), *block.texts[1:])) if isinstance(block, Decision) else block
            for block in changed.blocks
        )
        return replace(changed, blocks=blocks)

    return replace(minutes, items=tuple(change(one) if index == at else one for index, one in enumerate(minutes.items)))


@pytest.mark.parametrize("kind", CLASSES)
def test_words_of_the_same_length_change_their_page_alone(
    rendered: Rendered, house: HouseStyle, kind: MinutesClass
) -> None:
    minutes = designed(7, kind=kind, items=6)
    for at in range(6):
        before = pages_of(rendered(edited(minutes, at, "Nämnden beslutar att avslå förslaget"), house))
        after = pages_of(rendered(edited(minutes, at, "Nämnden beslutar att bifalla det här"), house))
        changed = [one for one, other in zip(before, after, strict=True) if one != other]
        assert len(changed) == 1
        assert "avslå" in changed[0]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), at=st.integers(0, 4), length=st.integers(1, 900))
def test_whatever_is_decided_no_other_items_pages_change(rendered: Rendered, seed: int, at: int, length: int) -> None:
    """In a house where an item of a protokoll begins a page."""
    style = HOUSES["house"]
    minutes = designed(seed, items=5)
    longer = edited(minutes, at, words(random.Random(seed), length))  # noqa: S311 -- no secret
    before, after = (pages_of(rendered(one, style)) for one in (minutes, longer))
    first = next(index for index, page in enumerate(before) if f"§ {at + 1} " in page)
    kept_below = 0
    if at < 4:
        kept_below = len(before) - next(index for index, page in enumerate(before) if f"§ {at + 2} " in page)
    assert after[:first] == before[:first]
    assert after[len(after) - kept_below :] == before[len(before) - kept_below :]


@pytest.mark.parametrize("kind", CLASSES)
def test_only_a_protokoll_begins_a_page_with_each_item(rendered: Rendered, kind: MinutesClass) -> None:
    chance = random.Random(3)  # noqa: S311 -- no secret
    short = tuple(replace(item(chance, number), blocks=(paragraph("Kort."),)) for number in range(1, 4))
    minutes = replace(designed(3, kind=kind), items=short)
    starts = [index for index, page in enumerate(pages_of(rendered(minutes, HOUSES["house"]))) if "§" in page]
    assert len(starts) >= 3 if kind is MinutesClass.PROTOCOL else len(starts) < 3


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(CLASSES), name=st.sampled_from(sorted(HOUSES)))
def test_no_heading_stands_last_on_a_page(
    texts: Mapping[Language, Texts], seed: int, kind: MinutesClass, name: str
) -> None:
    minutes, style = designed(seed, kind=kind, items=5), HOUSES[name]
    composition = compose(minutes, fields_of(minutes), style, load_faces(style.fonts), texts["sv"])
    pages = set_pages(composition.strips, style.depth_pt)
    for page in pages:
        last = page[-1].strip
        assert not any(text.element.tag.startswith("H") for text in last.texts[-1:])
        assert page[-1].top + last.height <= style.depth_pt + 0.01


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("signs_first", [False, True])
def test_the_words_are_the_minutes_in_their_order(
    rendered: Rendered, house: HouseStyle, kind: MinutesClass, *, signs_first: bool
) -> None:
    minutes = designed(11, kind=kind, signs_first=signs_first)
    expected = [word for word in words_of(minutes) if "___" not in word]
    pdf = rendered(minutes, house)
    nodes = read_structure(pdf)
    assert in_order(expected, whole(said(nodes)).split()) is None
    drawn = whole(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))
    assert in_order(expected, drawn.split()) is None


def test_what_stands_in_the_margins_is_not_read(rendered: Rendered, house: HouseStyle) -> None:
    style = replace(house, organisation="Qvarnby", address="Kvarngatan 9", classification="Arbetsmaterial")
    pdf = rendered(designed(2), style)
    pages = pages_of(pdf)
    read = said(read_structure(pdf))
    for shown in ("Qvarnby", "Kvarngatan 9", "Arbetsmaterial", "14 maj 2024"):
        assert shown in pages[0]
        assert shown not in read
    assert "Kvarngatan 9" not in pages[1]
    assert "Qvarnby" in pages[1]


def test_the_logotype_stands_on_the_first_page(rendered: Rendered, house: HouseStyle) -> None:
    pages = PdfReader(io.BytesIO(rendered(designed(2), house))).pages
    counts = [len(page["/Resources"].get("/XObject", {})) for page in pages]
    assert counts[0] == 1
    assert not any(counts[1:])
    bare = PdfReader(io.BytesIO(rendered(designed(2), replace(house, logotype=None)))).pages
    assert "/XObject" not in bare[0]["/Resources"]


def test_an_organisation_with_an_endless_name_is_cut(rendered: Rendered, house: HouseStyle) -> None:
    minutes = replace(designed(2), body="Nämnd " * 20_000)
    page = pages_of(rendered(minutes, replace(house, organisation="Kommunalförbundet " * 5_000)))[1]
    assert page.count("Kommunalförbundet") < 10
    assert "…" in page


@pytest.mark.parametrize(("label", "outside"), [("§ 1", True), ("Ärende nummer 4711/2024", False), ("", False)])
def test_numbers_go_out_in_the_margin_where_there_is_room(
    texts: Mapping[Language, Texts], label: str, *, outside: bool
) -> None:
    style = HOUSES["skog"]
    assert style.arrangement.numbers is Numbers.MARGIN
    minutes = replace(designed(1), items=(replace(designed(1).items[0], label=label),))
    composition = compose(minutes, (), style, load_faces(style.fonts), texts["sv"])
    heading = next(
        element for element in composition.root.children if element.tag == "H2" and _says(composition, element)
    )
    lines = [text for strip in composition.strips for text in strip.texts if text.element is heading]
    left = min(line.x for line in lines)
    assert (left < 0) is outside
    assert style.left_pt + left >= 20
    assert "".join(run.text for line in lines for run in line.runs).split() == [
        *label.split(),
        *minutes.items[0].title.split(),
    ]


def _says(composition: object, element: object) -> bool:
    strips = composition.strips  # pyright: ignore[reportAttributeAccessIssue] -- the only caller gives a composition
    return any(
        text.element is element and strip.bookmark for strip in strips for text in strip.texts if text.size_pt > 11
    )


def test_a_centred_title_stands_in_the_middle_in_lines_of_one_length(texts: Mapping[Language, Texts]) -> None:
    style = HOUSES["skog"]
    minutes = replace(designed(1), title="Protokoll från kommunstyrelsens arbetsutskotts sammanträde, 7")
    composition = compose(minutes, (), style, load_faces(style.fonts), texts["sv"])
    lines = [text for strip in composition.strips for text in strip.texts if text.element.tag == "H1"]
    assert len(lines) == 2
    widths = [sum(run.width(line.size_pt) for run in line.runs) for line in lines]
    for line, width in zip(lines, widths, strict=True):
        assert abs(line.x + width / 2 - style.measure_pt / 2) < 4
    assert min(widths) > max(widths) / 2


def test_a_preface_is_read_before_the_title_and_is_no_heading(
    texts: Mapping[Language, Texts], house: HouseStyle
) -> None:
    preface = ("Webbkopia utan underskrifter.", "Originalet förvaras av Qvarnby kommun. " * 4)
    composition = compose(designed(4), (), house, load_faces(house.fonts), texts["sv"], preface=preface)
    tags = [element.tag for element in composition.root.children]
    assert tags[:3] == ["P", "P", "H1"]
    first = next(strip for strip in composition.strips if strip.texts)
    assert first.bars
    pages = set_pages(composition.strips, house.depth_pt)
    assert any(text.element.tag == "H1" for placed in pages[0] for text in placed.strip.texts)


def test_a_list_of_people_that_goes_on_repeats_its_headings(rendered: Rendered, house: HouseStyle) -> None:
    many = tuple(Person(f"Ledamot {index}", "S", "S", "", 3) for index in range(120))
    listed = Attendance("Beslutande", many, absent=False, line=3, columns=("Förtroendevald", "Partibeteckning"))
    pdf = rendered(replace(designed(5), front=(listed,)), house)
    shown = [page for page in pages_of(pdf) if "Ledamot" in page]
    assert len(shown) > 2
    assert all("Förtroendevald" in page for page in shown)
    assert said(read_structure(pdf)).count("Förtroendevald") == 1


def test_people_are_a_table_with_headers_or_a_list(rendered: Rendered, house: HouseStyle) -> None:
    nodes = read_structure(rendered(designed(6), house))
    table = next(node for node in nodes[0].children if node.tag == "Table")
    assert {cell.scope for row in table.children for cell in row.children if cell.tag == "TH"} == {"Row"}
    assert len(table.children) == 6
    assert any(_names(node) == 3 for node in nodes[0].children if node.tag == "L")


def _names(node: Node) -> int:
    return len(node.children) if all(len(entry.children) == 1 for entry in node.children) else 0


def test_the_measure_fits_the_page(house: HouseStyle) -> None:
    assert house.left_pt + house.measure_pt + house.right_pt == pytest.approx(PAGE_WIDTH_PT)


def test_bookmarks_lead_to_title_lists_items_signatures_and_notice(rendered: Rendered, house: HouseStyle) -> None:
    minutes = designed(9, items=3)
    reader = PdfReader(io.BytesIO(rendered(minutes, house)))
    title, inner = reader.outline
    assert title["/Title"] == minutes.title
    expected = ["Beslutande", "Ersättare", *(f"{one.label} {one.title}" for one in minutes.items)]
    assert [entry["/Title"] for entry in inner] == [*expected, "Underskrifter", "ANSLAG/BEVIS"]
    pages = [reader.get_destination_page_number(entry) for entry in inner]
    assert pages == sorted(pages)
