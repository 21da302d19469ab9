"""Automatic numbers are those that the reader of the page sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_drafts import STYLES, levels, numbered, numbering, paragraph, word

from signflow.minutes import read_draft
from signflow.minutes.word.document import read_word
from signflow.minutes.word.numbering import written_number

HEADINGS = (
    '<w:style w:type="paragraph" w:styleId="Paragrafrubrik"><w:name w:val="Paragrafrubrik"/><w:basedOn w:val="Rubrik2"/>'
    '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Under"><w:name w:val="Underparagraf"/><w:basedOn w:val="Paragrafrubrik"/>'
    '<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Utan"><w:name w:val="Onumrerad"/><w:basedOn w:val="Paragrafrubrik"/>'
    '<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>'
)


def lines(body: str, lists: str, styles: str = STYLES) -> tuple[str, ...]:
    return read_word(word(body, numbering=lists, styles=styles)).lines


@pytest.mark.parametrize(
    ("count", "form", "expected"),
    [
        (94, "decimal", "94"),
        (4, "decimalZero", "04"),
        (4, "lowerRoman", "iv"),
        (1994, "upperRoman", "MCMXCIV"),
        (4000, "upperRoman", "4000"),
        (3, "lowerLetter", "c"),
        (28, "upperLetter", "BB"),
        (999_999, "lowerLetter", "999999"),
        (7, "none", ""),
        (7, "cardinalText", "7"),
    ],
)
def test_a_count_in_each_format(count: int, form: str, expected: str) -> None:
    assert written_number(count, form) == expected


@given(st.integers(1, 3_999))
def test_roman_numbers_add_up(count: int) -> None:
    worth = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
    values = [worth[letter] for letter in written_number(count, "lowerRoman")]
    assert sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True)) == count


def test_a_style_numbers_its_headings() -> None:
    lists = numbering(levels(("decimal", "§ %1"), ("decimal", "%1.%2"), start=94, style="Paragrafrubrik"))
    body = "".join(
        paragraph(text, style)
        for text, style in [
            ("Öppnande", "Paragrafrubrik"),
            ("Del", "Under"),
            ("Del", "Under"),
            ("Budget", "Paragrafrubrik"),
            ("Del", "Under"),
            ("Övrigt", "Utan"),
        ]
    )
    assert lines(body, lists, STYLES + HEADINGS) == (
        "§ 94 Öppnande",
        "94.1 Del",
        "94.2 Del",
        "§ 95 Budget",
        "95.1 Del",
        "Övrigt",
    )


def test_numbered_headings_are_items() -> None:
    lists = numbering(levels(("decimal", "§ %1"), start=94, style="Paragrafrubrik"))
    body = paragraph("Möte", "Rubrik1") + paragraph("Öppnande", "Paragrafrubrik") + paragraph("", "Paragrafrubrik")
    reading = read_draft(word(body, numbering=lists, styles=STYLES + HEADINGS), "a.docx")
    assert reading.minutes is not None
    assert [(one.label, one.number, one.title) for one in reading.minutes.items] == [
        ("§ 94", 94, "Öppnande"),
        ("§ 95", 95, ""),
    ]
    assert ("item-title-missing", 3) in [(one.code, one.line) for one in reading.findings]


def test_a_level_begins_anew_under_each_of_those_above_unless_it_says_otherwise() -> None:
    body = "".join(numbered("x", 1, level) for level in (0, 1, 1, 0, 1, 2, 1, 2))
    one = (("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "%3)"))
    assert lines(body, numbering(levels(*one))) == ("1. x", "1.1 x", "1.2 x", "2. x", "2.1 x", "a) x", "2.2 x", "a) x")
    going_on = levels(*one).replace('<w:lvlText w:val="%3)"/>', '<w:lvlRestart w:val="0"/><w:lvlText w:val="%3)"/>')
    assert lines(body, numbering(going_on))[-1] == "b) x"


def test_a_level_may_want_figures_only() -> None:
    one = levels(("upperRoman", "%1"), ("decimal", "%1.%2")).replace(
        '<w:lvlText w:val="%1.%2"/>', '<w:isLgl/><w:lvlText w:val="%1.%2"/>'
    )
    assert lines(numbered("x", 1) + numbered("x", 1, 1), numbering(one)) == ("I x", "1.1 x")


def test_lists_of_one_template_go_on_and_a_list_that_overrides_begins_anew() -> None:
    lists = numbering(levels(("decimal", "%1."))) + (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
    )
    body = "".join(numbered("x", which) for which in (1, 1, 2, 3, 3))
    assert lines(body, lists) == ("1. x", "2. x", "3. x", "7. x", "8. x")


def test_a_list_by_way_of_a_style() -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="Lista"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1"><w:styleLink w:val="Lista"/>{levels(("decimal", "Punkt %1:"))}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    )
    style = (
        '<w:style w:type="numbering" w:styleId="Lista"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    assert lines(numbered("x", 1) + numbered("y", 1), lists, STYLES + style) == ("Punkt 1: x", "Punkt 2: y")


def test_a_deleted_paragraph_is_not_counted() -> None:
    gone = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:author="a"/></w:rPr></w:pPr></w:p>'
    assert lines(numbered("x", 1) + gone + numbered("y", 1), numbering(levels(("decimal", "%1.")))) == (
        "1. x",
        "",
        "2. y",
    )


def test_a_number_that_leads_nowhere_is_none() -> None:
    assert lines(numbered("x", 9) + numbered("y", 1, 8), numbering(levels(("decimal", "%1.")))) == ("x", "y")
