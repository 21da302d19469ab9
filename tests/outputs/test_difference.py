"""The difference between two versions: what a secretary would say, and never more work than is allowed."""

from __future__ import annotations

import itertools
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published_minutes import filled, meeting

from signflow.minutes.difference.alignment import Effort, align
from signflow.minutes.difference.compare import Difference, compare
from signflow.minutes.difference.items import ItemChange
from signflow.minutes.difference.lines import Change, LineChange, Piece, compare_words
from signflow.minutes.model import (
    Attendance,
    Bullets,
    Decision,
    Fact,
    Figure,
    Item,
    ListEntry,
    Minutes,
    Paragraph,
    Person,
    Span,
)
from signflow.minutes.words import words_of

WORDS = ["nämnden", "beslutar", "att", "bevilja", "avslå", "ansökan", "enligt", "förslag", "och", "i"]


def text(words: str, line: int = 1) -> Paragraph:
    return Paragraph((Span(words),), line)


def item(number: int, title: str, decision: str = "", *paragraphs: str) -> Item:
    decided = (Decision("Beslut", (text(decision),), 1),) if decision else ()
    return Item(number, f"§ {number}", title, 2, (*map(text, paragraphs), *decided), number * 10)


def minutes(*items: Item) -> Minutes:
    return replace(meeting(), items=items)


def changed(difference: Difference) -> list[tuple[str, str, bool]]:
    return [(one.label, str(one.change), one.moved) for one in difference.items]


def told(pieces: tuple[Piece, ...]) -> str:
    signs = {Change.SAME: "{}", Change.REMOVED: "-{}-", Change.ADDED: "+{}+"}
    return " ".join(signs[piece.change].format(piece.text) for piece in pieces)


# the alignment


@given(st.lists(st.integers(0, 3), max_size=25), st.lists(st.integers(0, 3), max_size=25))
def test_stretches_cover_both_and_keep_as_much_as_can_be(old: list[int], new: list[int]) -> None:
    stretches = align(old, new, Effort())
    assert [place for one in stretches for place in range(*one.old)] == list(range(len(old)))
    assert [place for one in stretches for place in range(*one.new)] == list(range(len(new)))
    assert all(one.same != other.same for one, other in itertools.pairwise(stretches))
    assert all(old[slice(*one.old)] == new[slice(*one.new)] for one in stretches if one.same)
    assert sum(one.old[1] - one.old[0] for one in stretches if one.same) == longest_common(old, new)


def longest_common(old: list[int], new: list[int]) -> int:
    row = [0] * (len(new) + 1)
    for one in old:
        above = row[:]
        for at, other in enumerate(new, 1):
            row[at] = above[at - 1] + 1 if one == other else max(above[at], row[at - 1])
    return row[-1]


def test_what_takes_too_much_is_replaced_whole() -> None:
    old, new = list(range(1000)), list(range(999, -1, -1))
    assert len(align(old, new, Effort())) == 1
    assert len(align([1, 2, 3], [1, 4, 3], Effort(0))) == 3, "the common ends cost nothing"


# words


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.lists(st.sampled_from(WORDS), max_size=30))
def test_both_texts_can_be_read_in_the_pieces(old: list[str], new: list[str]) -> None:
    pieces = compare_words(" ".join(old), "  ".join(new), Effort())
    assert " ".join(one.text for one in pieces if one.change is not Change.ADDED).split() == old
    assert " ".join(one.text for one in pieces if one.change is not Change.REMOVED).split() == new


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("Nämnden avslår ansökan.", "Nämnden bifaller ansökan.", "Nämnden -avslår- +bifaller+ ansökan."),
        ("ett två tre", "ett två tre fyra", "ett två tre +fyra+"),
        ("a b och d e", "a x och y e", "a -b och d- +x och y+ e"),
        ("helt annan text här", "inget gemensamt alls nu", "-helt annan text här- +inget gemensamt alls nu+"),
        ("", "nytt", "+nytt+"),
        ("lika", "lika", "lika"),
    ],
)
def test_words_are_told_as_a_person_would(old: str, new: str, pieces: str) -> None:
    assert told(compare_words(old, new, Effort())) == pieces


# items


def test_an_item_put_in_between_renumbers_the_others() -> None:
    old = minutes(item(1, "Budget", "Godkänns."), item(2, "Skolor"), item(3, "Vägar"))
    new = minutes(item(1, "Budget", "Godkänns."), item(2, "Vatten"), item(3, "Skolor"), item(4, "Vägar"))
    found = compare(old, new)
    assert changed(found) == [
        ("§ 1", "same", False),
        ("§ 2", "added", False),
        ("§ 3", "changed", False),
        ("§ 4", "changed", False),
    ]
    assert told(found.items[2].heading) == "§ -2- +3+ Skolor"


def test_an_item_that_changed_places_has_moved_alone() -> None:
    items = [item(number, f"Rubrik{number}") for number in range(1, 7)]
    found = compare(minutes(*items), minutes(*items[:1], items[4], *items[1:4], items[5]))
    assert [one.title for one in found.items if one.moved] == ["Rubrik5"]
    assert all(one.change is Change.SAME for one in found.items)
    assert not found.same


def test_an_item_that_is_gone_stands_where_it_stood() -> None:
    items = [item(number, f"Rubrik{number}", f"Beslut{number}.") for number in range(1, 5)]
    found = compare(minutes(*items), minutes(items[0], *items[2:]))
    assert [str(one.change) for one in found.items] == ["same", "removed", "same", "same"]
    assert told(found.items[1].decisions[1].pieces) == "-Beslut2.-"


def test_a_paragraph_sign_keeps_its_item_though_title_and_text_change() -> None:
    old = minutes(item(94, "Bygglov på Storgatan", "Nämnden beviljar bygglov.", "Sökanden vill bygga ett hus."))
    new = minutes(item(94, "Bygglov, Storgatan 3", "Nämnden avslår bygglov.", "Sökanden vill bygga ett garage."))
    (found,) = compare(old, new).items
    assert told(found.heading) == "§ 94 -Bygglov på- +Bygglov,+ Storgatan +3+"
    assert told(found.decisions[0].pieces) == "Nämnden -beviljar- +avslår+ bygglov."
    assert told(found.others[0].pieces) == "Sökanden vill bygga ett -hus.- +garage.+"


def test_a_new_matter_under_an_old_number_is_new() -> None:
    found = compare(
        minutes(item(4, "Vägar", "Vägen lagas."), item(5, "Övrigt")),
        minutes(item(4, "Simhallen", "Öppnas i maj."), item(5, "Övrigt")),
    )
    assert sorted(str(one.change) for one in found.items) == ["added", "removed", "same"]


def test_an_item_is_known_by_its_words_when_title_and_number_changed() -> None:
    words = "en lång text om hemvården som är densamma som förut"
    found = compare(minutes(item(1, "Hemvård", "", words)), minutes(item(7, "Vård i hemmet", "", words)))
    assert [str(one.change) for one in found.items] == ["changed"]
    assert found.items[0].others == ()


def test_the_same_words_in_another_order_are_told() -> None:
    first, second = text("första"), Decision(None, (text("andra"),), 2)
    old = minutes(Item(1, "1.", "A", 2, (first, second), 1))
    new = minutes(Item(1, "1.", "A", 2, (second, first), 1))
    assert compare(old, new).items == (ItemChange(Change.CHANGED, "1.", "A", reordered=True),)


# the rest


def test_who_came_and_who_went() -> None:
    def present(*people: tuple[str, str]) -> Minutes:
        lists = {
            label: [Person(name, "", "", "", 1) for name, at in people if at == label]
            for label in ("Deltagare", "Frånvarande")
        }
        front = tuple(Attendance(label, tuple(found), label != "Deltagare", 1) for label, found in lists.items())
        return replace(meeting(), front=front)

    old = present(
        ("Anna Ek", "Deltagare"), ("Bo Alm", "Deltagare"), ("Cia Berg", "Frånvarande"), ("Dan Dahl", "Deltagare")
    )
    new = present(
        ("anna  ek", "Deltagare"), ("Eva Falk", "Deltagare"), ("Cia Berg", "Deltagare"), ("Dan Dahl", "Deltagare")
    )
    people = {one.name: (str(one.change), one.old_list, one.new_list) for one in compare(old, new).people}
    assert people == {
        "anna  ek": ("changed", "Deltagare", "Deltagare"),
        "Eva Falk": ("added", "", "Deltagare"),
        "Cia Berg": ("changed", "Frånvarande", "Deltagare"),
        "Bo Alm": ("removed", "Deltagare", ""),
    }


def test_a_labelled_line_is_compared_with_its_like() -> None:
    def at(*facts: tuple[str, str]) -> Minutes:
        return replace(meeting(), front=tuple(Fact(label, text(words), 1) for label, words in facts))

    found = compare(
        at(("Tid", "kl. 13"), ("Plats", "Eken")), at(("Tid", "kl. 14"), ("Dnr", "12"), ("Plats", "Björken"))
    )
    assert [(line.label, told(line.pieces)) for line in found.front] == [
        ("Tid", "kl. -13- +14+"),
        ("Dnr", "+12+"),
        ("Plats", "-Eken- +Björken+"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Paragraph((Span("se", link="https://a.se"),), 1), Paragraph((Span("se", link="https://b.se"),), 1)),
        (Paragraph((Span("Anna"),), 1), Paragraph((Span("Anna", masked=True),), 1)),
        (Figure(b"one", "en bild", decorative=False, line=1), Figure(b"other", "en bild", decorative=False, line=1)),
    ],
)
def test_what_is_not_read_counts_too(before: Paragraph | Figure, after: Paragraph | Figure) -> None:
    old, new = (minutes(Item(1, "1.", "A", 2, (block,), 1)) for block in (before, after))
    (line,) = compare(old, new).items[0].others
    assert line.only_unseen
    assert line.change is Change.CHANGED


def test_bold_and_lines_of_the_draft_do_not_count() -> None:
    old = minutes(Item(1, "1.", "A", 2, (Paragraph((Span("ett två"),), 1),), 1))
    new = minutes(Item(1, "1.", "A", 3, (Paragraph((Span("ett ", strong=True), Span("två")), 9),), 4))
    assert compare(old, new).same


def test_an_entry_of_a_list_in_a_list_is_a_line() -> None:
    def listed(word: str) -> Minutes:
        inner = Bullets((ListEntry(text("inre")), ListEntry(text(word))), ordered=False, line=1)
        return minutes(
            Item(1, "1.", "A", 2, (Bullets((ListEntry(text("yttre"), (inner,)),), ordered=False, line=1),), 1)
        )

    (line,) = compare(listed("gammal punkt"), listed("ny punkt")).items[0].others
    assert (str(line.kind), told(line.pieces)) == ("entry", "-gammal- +ny+ punkt")


@settings(max_examples=60)
@given(st.integers(0, 60), st.integers(0, 60))
def test_there_is_a_difference_just_where_the_words_differ(one: int, other: int) -> None:
    def numbered(marked: int) -> Minutes:
        count = itertools.count()
        return filled(lambda: f"ord{'X' if next(count) == marked else ''} ")

    old, new = numbered(one), numbered(other)
    assert compare(old, new).same == (words_of(old) == words_of(new))
    assert compare(old, old).same


def test_lines_that_went_and_came_are_told_in_order() -> None:
    old = minutes(item(1, "A", "", "en helt annan sak", "den andra saken blir kvar", "tredje"))
    new = minutes(item(1, "A", "", "den andra saken blir nog kvar", "tredje", "något nytt"))
    lines: tuple[LineChange, ...] = compare(old, new).items[0].others
    assert [told(line.pieces) for line in lines] == [
        "-en helt annan sak-",
        "den andra saken blir +nog+ kvar",
        "+något nytt+",
    ]


def hostile(seed: int) -> Minutes:
    """As large as a draft may be, with few different words."""
    chance = random.Random(seed)  # noqa: S311 -- the same each time
    paragraphs = [text(" ".join(chance.choices("abc", k=200))) for _ in range(1500)]
    items = [item(number, chance.choice("xyz"), "", " ".join(chance.choices("ab", k=20))) for number in range(1500)]
    return minutes(*items, Item(None, "", "stor", 2, (*paragraphs, text("a b " * 100_000)), 1))


def test_large_drafts_that_differ_everywhere_take_bounded_time() -> None:
    old, new = hostile(1), hostile(2)
    began = time.process_time()
    assert not compare(old, new).same
    assert time.process_time() - began < 20
