"""Telling copies by their words: what counts as the same, and what does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signflow.rendering.page_texts import read_page_texts
from signflow.steps.recognise import SameText, compare_texts

WORDS = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1), min_size=1, max_size=20)
PAGES = st.lists(WORDS, min_size=1, max_size=4)


def pages(content: list[list[str]], between: str) -> list[str]:
    return [between.join(words) for words in content]


@given(PAGES, st.sampled_from([" ", "\n", "-\n", "\u00ad", " . "]))
def test_how_words_are_set_does_not_count(content: list[list[str]], between: str) -> None:
    assert compare_texts(pages(content, " "), pages(content, between)) is SameText.SAME


@given(PAGES, WORDS)
def test_words_at_the_end_of_a_page_are_told(content: list[list[str]], more: list[str]) -> None:
    longer = [[*content[0], *more], *content[1:]]
    assert compare_texts(pages(content, " "), pages(longer, " ")) is SameText.LONGER
    assert compare_texts(pages(longer, " "), pages(content, " ")) is SameText.DIFFERENT


@given(PAGES, st.data())
def test_another_word_anywhere_is_told(content: list[list[str]], data: st.DataObject) -> None:
    page = data.draw(st.integers(0, len(content) - 1))
    place = data.draw(st.integers(0, len(content[page]) - 1))
    other = [list(words) for words in content]
    other[page][place] = "Ж" if other[page][place][0] != "Ж" else "Q"
    assert compare_texts(pages(content, " "), pages(other, " ")) is SameText.DIFFERENT


@given(PAGES)
def test_a_page_more_or_less_is_told(content: list[list[str]]) -> None:
    one = pages(content, " ")
    assert compare_texts(one, [*one, "ännu en"]) is SameText.DIFFERENT
    assert compare_texts([*one, "ännu en"], one) is SameText.DIFFERENT


def test_a_copy_whose_words_cannot_be_read_is_called_neither() -> None:
    assert compare_texts(["Beslut"], [""]) is SameText.UNKNOWN
    assert compare_texts([], []) is SameText.UNKNOWN


@given(st.binary(max_size=400))
def test_what_is_no_pdf_says_nothing(data: bytes) -> None:
    found = read_page_texts(b"%PDF-1.7\n" + data)
    assert (found.pages, found.about) == ((), ())
