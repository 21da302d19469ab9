"""The HTML copies: every word in order, nothing of a draft alive in them, and a structure that can be heard."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identity_writing import written
from lxml import etree, html
from published_minutes import PRIVATE, filled, meeting

from signflow.errors import RefusedError, SettingsError
from signflow.minutes.difference.compare import compare
from signflow.minutes.identity_numbers import find_identity_numbers
from signflow.minutes.model import Attendance, Figure, Item, Minutes, Note, Paragraph, Person, SignOffEntry, Span
from signflow.minutes.words import words_of
from signflow.rendering.copies import Imprint, Original
from signflow.rendering.house.style import Colour, HouseStyle
from signflow.rendering.html.copy import render_html
from signflow.rendering.html.difference import render_difference
from signflow.rendering.html.page import Page, load_page
from signflow.rendering.html.text import words
from signflow.rendering.web_copy import web_edition
from signflow.texts import LANGUAGES, Language, Texts

Catalogue = Mapping[Language, Texts]
IMPRINT = Imprint("Protokoll", "a/1", "a", ("Webbkopia.", "Originalet finns hos oss."))
HARMFUL = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "</article></main>",
            "<img src=x onerror=alert(1)>",
            '" onmouseover="alert(1)',
            "&lt;b&gt; &amp; &#60;",
            "]]> <!-- --> {{ 7 * 7 }} {% raw %}",
            "javascript:alert(1)",
            "</style><style>*{display:none}",
            "\u202eomvänt\u202c",
            "\u2066\u2067",
            "\x00\x07\x1b[31m",
            "مرحبا بالعالم",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
)
TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "header",
        "p",
        "main",
        "div",
        "article",
        "section",
        "h1",
        "h2",
        "h3",
        "dl",
        "dt",
        "dd",
        "time",
        "table",
        "tr",
        "th",
        "td",
        "span",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "sup",
        "aside",
        "figure",
        "img",
    ]
)


def rendered(minutes: Minutes, style: HouseStyle, catalogue: Catalogue, page: Page, imprint: Imprint = IMPRINT) -> str:
    return render_html(minutes, style, catalogue[minutes.language], imprint, page)


def parsed(document: str) -> html.HtmlElement:
    return html.document_fromstring(document.encode())


def body(document: str) -> html.HtmlElement:
    (found,) = parsed(document).iter("article")
    return found


def is_in_order(wanted: list[str], said: str) -> str | None:
    """The first word that is not said in its place, spaces aside; None where all are."""
    left = re.sub(r"\s", "", said)
    at = 0
    for word in wanted:
        found = left.find(word, at)
        if found < 0:
            return word
        at = found + len(word)
    return None


@settings(max_examples=60, deadline=None)
@given(st.lists(HARMFUL, min_size=1, max_size=6), st.sampled_from(LANGUAGES))
def test_any_text_in_any_field_is_said_and_does_nothing(
    style: HouseStyle, catalogue: Catalogue, page: Page, texts: list[str], language: Language
) -> None:
    count = iter(range(10_000))
    minutes = filled(lambda: f"o{(at := next(count))} {texts[at % len(texts)]} ", language)
    document = rendered(
        minutes, replace(style, organisation=texts[0]), catalogue, page, replace(IMPRINT, title=texts[-1])
    )
    tree = parsed(document)
    assert {element.tag for element in tree.iter(etree.Element)} <= TAGS
    attributes = [(name, value) for element in tree.iter(etree.Element) for name, value in element.attrib.items()]
    assert [name for name, _ in attributes if name.startswith("on")] == []
    assert all(re.match(r"https://example\.org|#", value) for name, value in attributes if name == "href")
    assert tree.xpath("count(//style)") == 1
    shown = [word for text in words_of(minutes) for word in words(text).split()]
    assert is_in_order(shown, body(document).text_content()) is None


@settings(max_examples=25, deadline=None)
@given(written())
def test_nothing_hidden_is_in_the_page(
    style: HouseStyle, catalogue: Catalogue, page: Page, number: tuple[str, str]
) -> None:
    marked = Paragraph((Span("Ŧuomas", masked=True, link="https://example.org/tuomas"),), 13)
    minutes = filled(lambda: f"Anna {number[1]} ")
    minutes = replace(minutes, front=(*minutes.front, marked))
    edition = web_edition(minutes, replace(style, organisation=number[1]), catalogue["sv"], Original(number[1], 1))
    document = rendered(edition.minutes, edition.style, catalogue, page, edition.imprint)
    assert "uomas" not in document
    assert number[1] not in document
    assert PRIVATE not in document
    assert not find_identity_numbers(" ".join(parsed(document).text_content().split()))


def test_a_page_has_one_h1_and_skips_no_level(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    for minutes in (meeting(), replace(meeting(), title=""), replace(meeting(), items=(), front=())):
        levels = [
            int(element.tag[1]) for element in parsed(rendered(minutes, style, catalogue, page)).iter("h1", "h2", "h3")
        ]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_tables_have_heads_with_scope_and_equal_rows(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    tree = body(rendered(meeting(), style, catalogue, page))
    people, grid = (table for table in tree.iter("table"))
    assert [cell.get("scope") for cell in people.iter("th")] == ["col", "col", "row", "row"]
    assert [cell.get("scope") for cell in grid.iter("th")] == ["col", "col"]
    assert {len(row) for row in grid.iter("tr")} == {3}


def test_lists_after_signatures_on_the_first_page_stand_before_the_items(
    style: HouseStyle, catalogue: Catalogue, page: Page
) -> None:
    minutes = meeting()
    signing = tuple(replace(entry, line=11) for entry in minutes.sign_off)
    lists = Attendance("Närvarolista", (Person("Eva Sist", "", "", "", 11),), absent=False, line=11)
    minutes = replace(minutes, sign_off=signing, front=(*minutes.front, replace(lists, line=12)))
    minutes = replace(minutes, items=tuple(replace(item, line=item.line + 20) for item in minutes.items))
    assert minutes.signs_first
    assert [part.line for part in minutes.after_signatures] == [12]
    said = " ".join(body(rendered(minutes, style, catalogue, page)).text_content().split())
    assert is_in_order(words_of(minutes), said) is None
    assert said.index(signing[-1].text) < said.index("Eva Sist") < said.index(minutes.items[0].title)


def test_notes_lead_there_and_back(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    tree = body(rendered(meeting(), style, catalogue, page))
    references = tree.xpath("//a[@role='doc-noteref']")
    backs = tree.xpath("//a[@role='doc-backlink']")
    assert [reference.text for reference in references] == ["1", "2"]
    for reference, back in zip(references, backs, strict=True):
        assert tree.xpath(f"//*[@id='{reference.get('href')[1:]}']")[0].get("role") == "doc-footnote"
        assert back.get("href")[1:] == reference.get("id")


def test_references_and_notes_without_each_other_are_words(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    blocks = (Paragraph((Span("se"), Span("9", note=True)), 1), Note("1", Paragraph((Span("ensam"),), 2), 2))
    double = (
        *blocks,
        Note("1", Paragraph((Span("igen"),), 3), 3),
        Paragraph((Span("1", note=True), Span("1", note=True)), 4),
    )
    tree = body(
        rendered(replace(meeting(), front=(), items=(Item(1, "1.", "A", 2, double, 1),)), style, catalogue, page)
    )
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert [element.get("href") for element in tree.iter("a")] == ["#note-1", "#note-1"]


def test_passages_have_their_language_and_direction(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    spans = (Span("på svenska "), Span("مرحبا", language="ar"), Span(" och "), Span("terve", language="fi"))
    arabic = Paragraph((Span("مرحبا بالعالم"),), 2)
    minutes = replace(meeting(), items=(Item(1, "1.", "A", 2, (Paragraph(spans, 1), arabic), 1),))
    tree = body(rendered(minutes, style, catalogue, page))
    passages = [(one.text, one.get("dir")) for one in tree.xpath("//section[@class='item']//span[@lang]")]
    assert passages == [("مرحبا", "rtl"), ("terve", None)]
    assert [one.get("dir") for one in tree.xpath("//section[@class='item']/p")] == [None, "rtl"]


def test_the_meetings_time_can_be_read_by_machines(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    (found,) = body(rendered(meeting(), style, catalogue, page)).iter("time")
    assert found.get("datetime") == "2024-03-12T13:00"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//example.org", "", "http://[", "JAVASCRIPT:x"]
)
def test_only_addresses_that_can_be_followed_are_links(
    style: HouseStyle, catalogue: Catalogue, page: Page, address: str
) -> None:
    minutes = replace(
        meeting(), front=(), items=(Item(1, "1.", "A", 2, (Paragraph((Span("ord", link=address),), 1),), 1),)
    )
    assert list(body(rendered(minutes, style, catalogue, page)).iter("a")) == []


def test_figures_have_their_alternative_and_stand_in_the_page(
    style: HouseStyle, catalogue: Catalogue, page: Page
) -> None:
    minutes = meeting()
    figure = next(block for block in minutes.items[0].blocks if isinstance(block, Figure))
    blocks = (replace(figure, alternative='"><b>en bild'), replace(figure, decorative=True))
    document = rendered(replace(minutes, items=(Item(1, "1.", "A", 2, blocks, 1),)), style, catalogue, page)
    first, second = body(document).iter("img")
    assert (first.get("alt"), second.get("alt")) == ('"><b>en bild', "")
    assert first.get("src").startswith("data:image/jpeg;base64,")


def test_an_image_that_cannot_be_drawn_is_refused(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    broken = Figure(b"\x89PNG\r\n\x1a\nbroken", "x", decorative=False, line=7)
    with pytest.raises(RefusedError) as raised:
        rendered(replace(meeting(), items=(Item(1, "1.", "A", 2, (broken,), 1),)), style, catalogue, page)
    assert raised.value.params["line"] == 7


def test_people_without_more_than_names_are_a_list(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    people = (Person("Anna Ek", "", "", "", 1, "1."), Person("Bo Alm", "", "", "", 2))
    front = (Attendance("Deltagare", people, False, 1), Attendance("Inga", (), False, 2))
    tree = body(rendered(replace(meeting(), front=front, items=(), notice=None), style, catalogue, page))
    assert [entry.text for entry in tree.iter("li")] == ["1. Anna Ek", "Bo Alm"]
    columns = (Attendance("Deltagare", (), False, 1, ("Namn", "Parti")),)
    tree = body(rendered(replace(meeting(), front=columns, items=(), notice=None), style, catalogue, page))
    assert [cell.text for cell in tree.iter("th")] == ["Namn", "Parti"]


def test_labels_before_as_many_names_stand_above_them(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    words_ = [
        ("Vid anteckningarna", True),
        ("Justerat", True),
        ("Anna", False),
        ("Bo", False),
        ("Ordförande", True),
        ("Cia", False),
    ]
    closing = tuple(SignOffEntry(text, is_label, None, 90) for text, is_label in words_)
    tree = body(rendered(replace(meeting(), sign_off=closing), style, catalogue, page))
    (section,) = tree.xpath("//section[@class='closing']")
    assert [one.text for one in section.iter("p")] == [text for text, _ in words_]
    (beside,) = section.xpath("./div")
    assert (len(beside), beside.get("style")) == (4, "--beside: 2")


@pytest.mark.parametrize("part", ["quiet", "accent", "ink"])
def test_a_colour_that_cannot_be_read_becomes_black(
    style: HouseStyle, catalogue: Catalogue, page: Page, part: str
) -> None:
    pale = replace(style, **{part: Colour(0.9, 0.9, 0.2)})
    assert f"--{part}: #000000" in rendered(meeting(), pale, catalogue, page)


def test_the_page_fetches_and_runs_nothing(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    document = rendered(meeting(), style, catalogue, page)
    assert "default-src 'none'" in document
    assert not re.search(r"<script|<link|@import|url\(", document)
    assert document.startswith('<!DOCTYPE html>\n<html lang="sv-SE">')
    assert document == rendered(meeting(), style, catalogue, page)


def test_the_difference_is_told_in_words_too(style: HouseStyle, catalogue: Catalogue, page: Page) -> None:
    def versions(word: str) -> Minutes:
        return replace(meeting(), items=(Item(1, "1.", "A", 2, (Paragraph((Span(f"<b>{word}</b> ansökan"),), 1),), 1),))

    difference = compare(versions("avslå"), versions("bifalla"))
    document = render_difference(difference, style, catalogue["sv"], page, old="<i>.md", new="ny.md")
    tree = parsed(document)
    assert [one.text_content() for one in tree.iter("del")] == ["[borttaget: <b>avslå</b>]"]
    assert [one.text_content() for one in tree.iter("ins")] == ["[tillagt: <b>bifalla</b>]"]
    assert "<i>.md → ny.md" in tree.text_content()
    same = compare(versions("x"), versions("x"))
    assert catalogue["en"]("difference.same") in render_difference(same, style, catalogue["en"], page, old="a", new="b")


def test_a_template_that_is_not_there_or_broken_is_told(
    tmp_path: Path, style: HouseStyle, catalogue: Catalogue
) -> None:
    with pytest.raises(SettingsError, match="copy-template-unusable"):
        load_page(tmp_path)
    (tmp_path / "copies").mkdir()
    template = tmp_path / "copies" / "page.html.j2"
    template.write_text("{% if %}", "utf-8")
    with pytest.raises(SettingsError, match="copy-template-unusable"):
        load_page(tmp_path)
    template.write_text("{{ unknown }}", "utf-8")
    with pytest.raises(SettingsError, match="copy-template-unusable"):
        rendered(meeting(), style, catalogue, load_page(tmp_path))
    template.write_bytes(io.BytesIO(b"\xff\xfe").getvalue())
    with pytest.raises(SettingsError, match="copy-template-unusable"):
        load_page(tmp_path)
