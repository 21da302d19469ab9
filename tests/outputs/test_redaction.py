"""What is hidden is nowhere in the redacted minutes: not in a field, not in two read together, not in what was derived."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identity_writing import numbers, written
from published_minutes import filled, meeting

from signflow.minutes.identity_numbers import find_identity_numbers
from signflow.minutes.model import (
    Attendance,
    Bullets,
    Fact,
    Grid,
    Item,
    ListEntry,
    Minutes,
    Paragraph,
    Person,
    Span,
)
from signflow.minutes.redaction import redact_text, redacted
from signflow.minutes.words import passages, words_of

WORD = "[maskat]"


def item_of(*blocks: Paragraph | Grid | Bullets) -> Minutes:
    return replace(meeting(), items=(Item(1, "§ 1", "Rubrik", 2, blocks, 10),))


def paragraph_of(*spans: Span) -> Minutes:
    return item_of(Paragraph(spans, 11))


def first_paragraph(minutes: Minutes) -> Paragraph:
    found = minutes.items[0].blocks[0]
    assert isinstance(found, Paragraph)
    return found


@settings(max_examples=40)
@given(written())
def test_a_number_in_any_field_is_nowhere_in_the_result(number: tuple[str, str]) -> None:
    texts = itertools.cycle([f"Anna {number[1]} ", f"{number[1]} ", f"{number[1]}, och mer "])
    minutes = filled(lambda: next(texts))
    redaction = redacted(minutes, WORD)
    assert redaction.count > 40
    assert number[1] not in repr(redaction.minutes)
    for passage in passages(redaction.minutes):
        assert not find_identity_numbers(passage.text)
        assert number[0] not in re.sub(r"[^0-9]", "", passage.text)


@given(written(), st.data())
def test_a_number_split_over_styles_and_addresses_is_found(number: tuple[str, str], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(number[1])), max_size=5)))
    bounds = itertools.pairwise([0, *cuts, len(number[1])])
    styles: Iterator[Callable[[str], Span]] = itertools.cycle(
        [
            Span,
            lambda text: Span(text, strong=True),
            lambda text: Span(text, link="https://example.org"),
            lambda text: Span(text, emphasis=True, language="fi"),
        ]
    )
    spans = [next(styles)(number[1][begin:end]) for begin, end in bounds if begin < end]
    redaction = redacted(paragraph_of(Span("Sökanden "), *spans, Span(" vill bygga")), WORD)
    assert first_paragraph(redaction.minutes).text == f"Sökanden {WORD} vill bygga"
    assert all(not span.link for span in first_paragraph(redaction.minutes).spans)
    assert redaction.count == 1


@given(numbers)
def test_a_number_split_over_cells_is_found(number: str) -> None:
    date, birth = Paragraph((Span(number[:8]),), 12), Paragraph((Span(number[8:], strong=True),), 12)
    grid = redacted(item_of(Grid(((date, birth),), header=False, line=12)), WORD).minutes.items[0].blocks[0]
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.rows[0]] == [WORD, WORD]
    person = Person(f"Anna {number[2:8]}", number[8:], number[8:], "", 5)
    front = (Attendance("Deltagare", (person,), absent=False, line=4), Fact(number[2:8], birth, 6))
    shown = redacted(replace(meeting(), front=front), WORD).minutes
    attendance, fact = shown.front
    assert isinstance(attendance, Attendance)
    assert isinstance(fact, Fact)
    assert (attendance.people[0].name, attendance.people[0].affiliation) == (f"Anna {WORD}", WORD)
    assert (fact.label, fact.value.text) == (WORD, WORD)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["a", "b ", " c", "Ö"]), st.booleans(), st.booleans()), max_size=12))
def test_marked_passages_are_one_word_each_and_the_rest_stays(parts: list[tuple[str, bool, bool]]) -> None:
    spans = tuple(Span(text, strong=strong, masked=masked) for text, masked, strong in parts)
    redaction = redacted(paragraph_of(*spans), WORD)
    runs = [(masked, "".join(text for text, *_ in group)) for masked, group in itertools.groupby(parts, lambda p: p[1])]
    assert first_paragraph(redaction.minutes).text == "".join(WORD if masked else text for masked, text in runs)
    assert not any(span.masked for span in first_paragraph(redaction.minutes).spans)
    assert redaction.count == sum(masked for masked, _ in runs)


def test_a_masked_link_loses_its_address_and_the_words_that_show_it() -> None:
    address = "https://example.org/anna"
    spans = (Span("se "), Span("Anna", link=address, masked=True), Span(f" ({address})", link=address), Span(" här"))
    shown = first_paragraph(redacted(paragraph_of(*spans), WORD).minutes)
    assert shown.text == f"se {WORD} här"
    assert "example" not in repr(shown)
    partly = (
        Span("skriv till ", link="mailto:anna@example.org"),
        Span("Anna", link="mailto:anna@example.org", masked=True),
    )
    assert "example" not in repr(redacted(paragraph_of(*partly), WORD).minutes)


@pytest.mark.parametrize(
    "link", ["https://example.org/811218-9876", "https://example.org/?n=811218%2D9876", "mailto:8112189876@x.se"]
)
def test_an_address_with_a_number_goes(link: str) -> None:
    shown = redacted(paragraph_of(Span("se ansökan", link=link), Span(f" ({link})", link=link)), WORD)
    assert first_paragraph(shown.minutes).text == f"se ansökan{WORD}"
    assert "9876" not in repr(shown.minutes)


def test_other_links_and_styles_stay() -> None:
    spans = (Span("se ", emphasis=True), Span("sidan", link="https://example.org"), Span(" nu", language="en"))
    minutes = paragraph_of(*spans)
    assert redacted(minutes, WORD).minutes == minutes
    assert redacted(minutes, WORD).count == 0


def test_what_is_derived_from_a_marked_line_is_hidden_too() -> None:
    place = Fact("Plats", Paragraph((Span("Hos "), Span("Anna Ek, Storgatan 1", masked=True)), 4), 4)
    minutes = replace(
        meeting(),
        front=(place,),
        place="Hos Anna Ek",
        body="Nämnden",
        chair="Anna Ek",
        signatories=tuple(replace(one, name="Anna Ek") for one in meeting().signatories),
    )
    shown = redacted(minutes, WORD).minutes
    assert (shown.place, shown.body, shown.chair) == (f"Hos {WORD}", "Nämnden", WORD)
    assert "Anna" not in repr(shown)


def test_a_note_at_a_number_does_not_hide_it() -> None:
    spans = (Span("Anna 811218-9876"), Span("1", note=True), Span(" och mer"))
    assert first_paragraph(redacted(paragraph_of(*spans), WORD).minutes).text == f"Anna {WORD}1 och mer"


def test_a_name_is_masked_where_it_is_marked_and_only_there() -> None:
    minutes = paragraph_of(Span("Anna Ek", masked=True), Span(" och Anna Ek"))
    assert first_paragraph(redacted(minutes, WORD).minutes).text == f"{WORD} och Anna Ek"


def test_lists_in_lists_are_redacted() -> None:
    inner = Bullets((ListEntry(Paragraph((Span("811218-9876"),), 12)),), ordered=False, line=12)
    outer = Bullets((ListEntry(Paragraph((Span("punkt"),), 11), (inner,)),), ordered=False, line=11)
    assert words_of(redacted(item_of(outer), WORD).minutes).count(WORD) == 1


def test_an_item_numbered_like_a_person_has_no_number() -> None:
    minutes = replace(meeting(), items=(Item(8112189876, "8112189876.", "Rubrik", 2, (), 10),))
    assert "8112189876" not in repr(redacted(minutes, WORD).minutes)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_minutes_with_nothing_to_hide_are_as_they_were(seed: int) -> None:
    count = itertools.count(seed)
    minutes = filled(lambda: f"ord {next(count) % 997} till")
    assert redacted(minutes, WORD).minutes == minutes


def test_many_marks_take_little_time() -> None:
    spans = tuple(Span("x ", masked=at % 2 == 0) for at in range(60_000))
    shown = redacted(paragraph_of(*spans), WORD)
    assert shown.count == 30_000


def test_a_file_name_is_redacted() -> None:
    assert redact_text("ansökan 811218-9876", "[x]") == "ansökan [x]"
