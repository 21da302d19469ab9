from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from signflow.errors import RefusedError
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.layout.fields import STAMP_HEIGHT_PT, STAMP_WIDTH_PT
from signflow.rendering.pdf.stamp import render_stamp

LINES = ("Áile Čáppa <b>Ŋ</b>", "Justerare", "2020-01-16 15:15:00 +01:00", "3f2a 9c01 77be 4d10")


@pytest.mark.parametrize("lines", [(), ("a",) * 6])
def test_a_stamp_has_one_to_five_lines(style: HouseStyle, lines: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="lines"):
        render_stamp(lines, style)


def test_a_name_that_cannot_be_set_is_refused(style: HouseStyle) -> None:
    with pytest.raises(RefusedError, match="characters-not-in-font"):
        render_stamp(("Anna", "漢"), style)


def test_a_stamp_is_one_small_page_with_its_fonts(style: HouseStyle) -> None:
    pdf = render_stamp(LINES, style)
    reader = PdfReader(io.BytesIO(pdf))
    (page,) = reader.pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (STAMP_WIDTH_PT, STAMP_HEIGHT_PT)
    assert page.extract_text().split() == " ".join(LINES).split()
    drawn_with = [font["/DescendantFonts"][0] for font in page["/Resources"]["/Font"].values()]
    assert all("/FontFile2" in font["/FontDescriptor"] for font in drawn_with)
    assert len(pdf) < 16_000
    assert render_stamp(LINES, style) == pdf


def test_a_line_too_long_is_cut_between_words(style: HouseStyle) -> None:
    page = PdfReader(io.BytesIO(render_stamp(("Anna", "ordförande " * 30), style))).pages[0]
    assert page.extract_text().strip().endswith("ordförande …")


def test_an_empty_line_leaves_room(style: HouseStyle) -> None:
    page = PdfReader(io.BytesIO(render_stamp(("Anna", "", "2020"), style))).pages[0]
    assert page.extract_text().split() == ["Anna", "2020"]
