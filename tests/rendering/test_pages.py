from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signflow.rendering.layout.pages import set_pages
from signflow.rendering.layout.strips import Strip

STRIPS = st.lists(st.builds(Strip, st.floats(1, 60), st.floats(0, 20), keep=st.booleans()), max_size=60)


@given(STRIPS)
def test_every_strip_stands_once_in_order_and_on_the_page(strips: list[Strip]) -> None:
    pages = set_pages(strips, 200)
    placed = [one for page in pages for one in page]
    assert [id(one.strip) for one in placed] == [id(strip) for strip in strips]
    for page in pages:
        ends = [0.0, *(one.top + one.strip.height for one in page)]
        assert all(end <= one.top + 1e-9 for end, one in zip(ends, page, strict=False))
        assert ends[-1] <= 200 + 1e-9


@given(STRIPS)
def test_what_keeps_together_is_parted_only_where_it_is_taller_than_a_page(strips: list[Strip]) -> None:
    on = {id(one.strip): number for number, page in enumerate(set_pages(strips, 200)) for one in page}
    chain: list[Strip] = []
    for strip in strips:
        chain.append(strip)
        if not strip.keep:
            if sum(one.height + one.space for one in chain) <= 200:
                assert len({on[id(one)] for one in chain}) == 1
            chain = []


def test_a_table_that_goes_on_repeats_its_header() -> None:
    header = Strip(10)
    rows = [Strip(30, repeat=(header,)) for _ in range(12)]
    pages = set_pages([header, *rows], 100)
    assert len(pages) > 2
    assert [page[0].strip is header for page in pages] == [True] * len(pages)
    assert [page[0].repeated for page in pages] == [False, *[True] * (len(pages) - 1)]


def test_a_header_that_would_fill_the_page_is_not_repeated() -> None:
    header = Strip(60)
    pages = set_pages([header, *[Strip(30, repeat=(header,)) for _ in range(12)]], 100)
    assert not any(one.repeated for page in pages for one in page)


def test_no_strips_are_one_page() -> None:
    assert set_pages([], 100) == [[]]
