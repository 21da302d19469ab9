"""Markdown beyond headings and lists: links, marks, passages, notes, lists in lists, underlined numbers."""

from __future__ import annotations

import pytest

from signflow.minutes import read_draft
from signflow.minutes.markdown.document import read_markdown
from signflow.minutes.model import Bullets, Decision, Grid, Item, Note, Paragraph, Span, Subheading

HEAD = "# Minnesanteckningar för Rådet\n\n## 1. Ett\n\n"


def item(text: str) -> Item:
    reading = read_draft((HEAD + text).encode(), "a.md")
    assert reading.minutes is not None
    assert "words-lost" not in {finding.code for finding in reading.findings}
    return reading.minutes.items[0]


def spans(text: str) -> tuple[Span, ...]:
    block = item(text).blocks[0]
    assert isinstance(block, Paragraph)
    return block.spans


def linked(text: str) -> list[tuple[str, str]]:
    return [(span.text, span.link) for span in spans(text) if span.link]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Se [planen](https://a.se/x) nu.", [("planen (https://a.se/x)", "https://a.se/x")]),
        (
            'Se [en **fet** plan](http://a.se "T").',
            [("en ", "http://a.se"), ("fet", "http://a.se"), (' plan (http://a.se "T")', "http://a.se")],
        ),
        (
            "Skriv till [oss](mailto:a@b.se) eller <c@d.se>.",
            [("oss (mailto:a@b.se)", "mailto:a@b.se"), ("c@d.se", "mailto:c@d.se")],
        ),
        ("Se <https://a.se/å>.", [("https://a.se/å", "https://a.se/%C3%A5")]),
        (
            "Läs https://a.se/x_y_z, (https://b.se/(1)).",
            [("https://a.se/x_y_z", "https://a.se/x_y_z"), ("https://b.se/(1)", "https://b.se/(1)")],
        ),
        ("Hämta [filen](ftp://a.se/x) och [den](../hemligt).", []),
        ("Kör [koden](javascript:alert(1)).", []),
    ],
)
def test_addresses_of_three_kinds_become_links(text: str, links: list[tuple[str, str]]) -> None:
    assert linked(text) == links


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Om ==Anna Ek== talades.", ["Anna Ek"]),
        ("Om ==Anna **Ek== och Bo** talades.", ["Anna ", "Ek"]),
        ("Både ==en== och ==två==.", ["en", "två"]),
        ("Från ==rad ett\ntill rad== två.", ["rad ett", " ", "till rad"]),
        ("Tal ==[länken](http://a.se)== slut.", ["länken (http://a.se)"]),
        ("Obalans ==här.", []),
        ("Lika: a == b == c.", []),
        (r"Undantag \==här==.", []),
        ("Streck ===== hela vägen =====.", []),
    ],
)
def test_marked_passages_are_masked_and_unbalanced_marks_stay(text: str, masked: list[str]) -> None:
    block = item(text).blocks[0]
    assert isinstance(block, Paragraph)
    assert "".join(span.text for span in block.spans if span.masked) == "".join(masked)
    if not masked:
        assert block.text == " ".join(text.replace("\\", "").split())


def test_marks_hold_in_tables_and_lists() -> None:
    reading = read_markdown(["| a | b |", "|---|---|", "| ==x== y | [z]{lang=se} |", "", "- en ==två=="])
    assert reading.blocks is not None
    text = repr(reading.blocks)
    assert text.count("masked=True") == 2
    assert text.count("language='se'") == 1


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Hon sade [tervetuloa]{lang=fi} högt.", [("tervetuloa", "fi")]),
        ("[*a* b]{lang=en-GB}[c]{lang=se}", [("a", "en-GB"), (" b", "en-GB"), ("c", "se")]),
        ("[a [b]{lang=se} c]{lang=fi}", [("a ", "fi"), ("b", "se"), (" c", "fi")]),
        ("[öppen{lang=fi} och ]{lang=fi}", [("öppen{lang=fi} och", "fi")]),
        (r"\[ej]{lang=fi} men [ja]{lang=fi}", [("ja", "fi")]),
        ("[klass]{.x lang=fi}", []),
    ],
)
def test_passages_know_their_language_and_the_attribute_is_no_word(text: str, languages: list[tuple[str, str]]) -> None:
    assert [(span.text, span.language) for span in spans(text) if span.language] == languages


def test_the_attribute_is_no_word_in_any_cell() -> None:
    reading = read_draft(("# Möte\n\n| [a]{lang=fi} | b]{lang=fi} | [c]{lang=fi} |\n|---|---|---|\n").encode(), "a.md")
    assert "words-lost" not in {finding.code for finding in reading.findings}


def test_notes_stand_where_they_are_written_and_references_are_spans() -> None:
    text = "Först[^a] sedan[^b].\n\n[^a]: En not\nsom fortsätter\n\n    och fortsätter.\n[^b]: Två.\n\nEfteråt[^c]."
    first, one, two, after = item(text).blocks
    assert isinstance(first, Paragraph)
    assert [span.text for span in first.spans if span.note] == ["a", "b"]
    assert isinstance(one, Note)
    assert isinstance(two, Note)
    assert (one.label, one.text.text, one.line) == ("a", "En not som fortsätter och fortsätter.", 7)
    assert (two.label, two.text.text, two.line) == ("b", "Två.", 11)
    assert isinstance(after, Paragraph)
    assert after.spans[1] == Span("c", note=True)


CLOSING = "Vid anteckningarna\nEva Ek\n\nJusterat\nBo Å\n"
NOTICE = "\nAnslagsbevis\nOrgan: X\n"


@pytest.mark.parametrize("end", [CLOSING, CLOSING + NOTICE])
def test_notes_after_everything_else_are_no_lines_of_the_closing_block(end: str) -> None:
    reading = read_draft(
        f"{HEAD}Först[^a] sedan[^b].\n\n{end}\n[^a]: En *not*\nsom går på.\n[^b]: Två.\n".encode(), "a.md"
    )
    minutes = reading.minutes
    assert minutes is not None
    assert [(note.label, note.text.text) for note in minutes.notes] == [("a", "En not som går på."), ("b", "Två.")]
    assert minutes.notes[0].text.spans[1] == Span("not", emphasis=True)
    assert [entry.text for entry in minutes.sign_off] == ["Vid anteckningarna", "Eva Ek", "Justerat", "Bo Å"]
    assert not {"words-lost", "mark-lost", "note-unknown", "note-unused"} & {one.code for one in reading.findings}


def test_notes_at_the_end_of_a_draft_without_a_closing_block_are_the_last_items() -> None:
    reading = read_draft(f"{HEAD}Först[^a].\n\n[^a]: En not.\n".encode(), "a.md")
    assert reading.minutes is not None
    assert reading.minutes.notes == ()
    assert isinstance(reading.minutes.items[-1].blocks[-1], Note)


def test_marks_in_notes_after_a_first_page_with_signatures_keep_their_order() -> None:
    front = f"# Protokoll för nämnden\n\nTid: 2024-03-05\n\n{CLOSING}{NOTICE}Underskrift: ==E==\n\n"
    reading = read_draft(f"{front}## 1. Ett\n\nOm ==Anna==[^a].\n\n[^a]: ==Bo==.\n".encode(), "a.md")
    assert not {"words-lost", "mark-lost"} & {one.code for one in reading.findings}


def test_a_labels_second_note_stays_text() -> None:
    blocks = item("[^1]: En.\n\n[^1]: Två.").blocks
    assert [type(block) for block in blocks] == [Note, Paragraph]


@pytest.mark.parametrize("head", ["", "text\n\n"])
def test_lists_in_lists_stay_lists(head: str) -> None:
    blocks = item(f"{head}1. ett\n   - a\n     - djup\n   - b\n\n   efter listan\n2. två\n\n   stycke\n").blocks
    bullets = blocks[-1]
    assert isinstance(bullets, Bullets)
    assert [entry.text.text for entry in bullets.entries] == ["1. ett", "efter listan", "2. två stycke"]
    (inner,) = bullets.entries[0].nested
    assert [entry.text.text for entry in inner.entries] == ["a", "b"]
    assert [entry.text.text for entry in inner.entries[0].nested[0].entries] == ["djup"]
    assert inner.line == bullets.line + 1


def test_lists_in_lists_before_the_items() -> None:
    reading = read_draft("# Minnesanteckningar för X\n\nText.\n\n- a\n  1. b\n\n## 1. Ett\n".encode(), "a.md")
    assert reading.minutes is not None
    bullets = reading.minutes.front[1]
    assert isinstance(bullets, Bullets)
    assert bullets.entries[0].nested[0].entries[0].text.text == "1. b"


@pytest.mark.parametrize(("line", "level"), [("----", 2), ("====", 1), ("--", 2)])
def test_an_underlined_number_is_a_heading(line: str, level: int) -> None:
    reading = read_draft(
        f"# Minnesanteckningar för X\n\n1. Ett\n{line}\n\ntext\n\n2. Två\n{line}\n\ntext\n".encode(), "a.md"
    )
    assert reading.minutes is not None
    assert [(one.number, one.title, one.level, one.line) for one in reading.minutes.items] == [
        (1, "Ett", level, 3),
        (2, "Två", level, 8),
    ]


def test_a_line_under_a_list_is_no_heading() -> None:
    bullets = item("1. ett\n2. två\n---\n\nmer").blocks[0]
    assert isinstance(bullets, Bullets)
    assert [entry.text.text for entry in bullets.entries] == ["1. ett", "2. två"]


@pytest.mark.parametrize(
    ("image", "code", "text"),
    [
        ("![karta](bilder/karta.png)", "image-left-out", "karta (bilder/karta.png)"),
        ("![karta](https://b.se/x.png)", "image-remote", "karta (https://b.se/x.png)"),
        ("![karta](//b.se/x.png)", "image-remote", "karta (//b.se/x.png)"),
        ('![karta](data:image/png;base64,iVBORw0KGgo= "T")', "image-left-out", 'karta ("T")'),
        ("![karta](data:image/png;base64,iVBORw0KGgo=)", "image-left-out", "karta"),
    ],
)
def test_of_an_image_the_words_remain(image: str, code: str, text: str) -> None:
    reading = read_draft(f"{HEAD}{image}".encode(), "a.md")
    assert reading.minutes is not None
    block = reading.minutes.items[0].blocks[0]
    assert isinstance(block, Paragraph)
    assert block.text == text
    assert [finding.line for finding in reading.findings if finding.code == code] == [5]
    assert "words-lost" not in {finding.code for finding in reading.findings}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("## 2. Ansökan från ==Anna Ek==\n\ntext", 5),
        ("### Om ==Anna Ek==\n\ntext", 5),
        ("text ==om== det\n\nBeslut om ==x==\n", None),
        ("text\n\n**Beslut**\n\natt bevilja ==Anna Ek== det\n\n| a |\n|---|\n| ==b== |", None),
        ("text\n\n- a\n  - ==b==\n", None),
        ("text\n\nVid anteckningarna: ==Anna Ek==", 7),
    ],
)
def test_a_mark_that_cannot_hold_is_an_error(text: str, line: int | None) -> None:
    findings = read_draft((HEAD + text).encode(), "a.md").findings
    assert [finding.line for finding in findings if finding.code == "mark-lost"] == ([line] if line else [])


def test_a_mark_without_its_other_half_is_remarked_on() -> None:
    findings = read_draft((HEAD + "Om ==Anna Ek talades.").encode(), "a.md").findings
    assert [finding.line for finding in findings if finding.code == "leftover-markup"] == [5]


@pytest.mark.parametrize(
    ("below", "kinds"),
    [
        ("Beslut\nJa.", [Bullets, Decision]),
        ("Beslut: Ja.", [Bullets, Decision]),
        ("Yrkanden\n\nInga", [Bullets, Subheading, Paragraph]),
        ("Rådet beslutar att säga ja.", [Bullets, Decision]),
        ("Ansvarig: Bo Å", [Bullets, Paragraph]),
        ("att säga ja", [Bullets, Paragraph]),
        ("och mer därtill", [Bullets]),
        ("Bo Å och flera", [Bullets]),
        ("  Beslut", [Bullets]),
    ],
)
def test_a_line_directly_below_a_list_is_its_last_entrys_only_if_it_begins_nothing(
    below: str, kinds: list[type]
) -> None:
    assert [type(block) for block in item(f"- ett\n- två\n{below}\n").blocks] == kinds


def test_a_clause_below_a_long_line_goes_on_with_it() -> None:
    long = "Ordföranden redogjorde utförligt för hur frågan har beretts inför"
    (block,) = item(f"- {long}\natt den tas upp igen\n").blocks
    assert isinstance(block, Bullets)
    assert block.entries[0].text.text == f"{long} att den tas upp igen"


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("Först:\na) ett\nb) två\nsom går på", ["a) ett", "b) två som går på"]),
        ("a. ett\nb. två\nc. tre", ["a. ett", "b. två", "c. tre"]),
    ],
)
def test_lines_with_letters_in_order_are_a_list(text: str, entries: list[str]) -> None:
    block = item(text).blocks[-1]
    assert isinstance(block, Bullets)
    assert block.ordered
    assert [entry.text.text for entry in block.entries] == entries


@pytest.mark.parametrize("text", ["a) ett", "b) två\nc) tre", "a) ett\nc) tre"])
def test_lines_with_letters_out_of_order_are_text(text: str) -> None:
    assert [type(block) for block in item(text).blocks] == [Paragraph]


def test_numbers_that_begin_anew_are_another_list() -> None:
    blocks = item("1. ett\n2. två\n\n1. ett till\n2. två till\n").blocks
    assert [[entry.text.text for entry in block.entries] for block in blocks if isinstance(block, Bullets)] == [
        ["1. ett", "2. två"],
        ["1. ett till", "2. två till"],
    ]
    (same,) = item("1. ett\n1. två\n1. tre\n").blocks
    assert isinstance(same, Bullets)


def test_a_break_inside_a_line_begins_a_line_and_in_a_cell_a_comma() -> None:
    text = "Tag ==ett==<br>Beslut: Ja.<BR/>\n\n| a<br />b | <br>c |\n|---|---|\n\nslut ==x=="
    reading = read_draft((HEAD + text).encode(), "a.md")
    assert reading.minutes is not None
    first, decision, table, _ = reading.minutes.items[0].blocks
    assert isinstance(first, Paragraph)
    assert first.text == "Tag ett"
    assert isinstance(decision, Decision)
    assert [(one.text, one.line) for one in decision.texts] == [("Ja.", 5)]
    assert isinstance(table, Grid)
    assert [cell.text for cell in table.rows[0]] == ["a, b", "c"]
    assert not {"words-lost", "mark-lost", "leftover-markup"} & {one.code for one in reading.findings}


@pytest.mark.parametrize(
    ("table", "decided"),
    [
        ("Beslut\n\n| 1 | Ja. |\n|---|---|\n| 2 | Nej. |", [["1 Ja.", "2 Nej."]]),
        ("| Beslut: | Ja. |\n|---|---|\n| Avgift: | 5 kr |", [["Ja."]]),
        ("Beslut: Fördelas så:\n\n| Vem | Kronor |\n|---|---|\n| Bo | 5 |", [["Fördelas så:"]]),
        ("Beslut\n\n| Vem | Kronor |\n|---|---|\n| Bo | 5 |", [[]]),
    ],
)
def test_a_decision_in_a_table_is_one(table: str, decided: list[list[str]]) -> None:
    blocks = item(table).blocks
    assert [[one.text for one in block.texts] for block in blocks if isinstance(block, Decision)] == decided
    assert "decision-empty" not in {one.code for one in read_draft((HEAD + table).encode(), "a.md").findings}
