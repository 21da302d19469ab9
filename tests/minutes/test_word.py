"""The same minutes written as Markdown and in Word, in the habits of several authors, are the same minutes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from word_drafts import STYLES, bold, levels, numbered, numbering, paragraph, run, table, word

from signflow.minutes import PlaceUnit, read_draft
from signflow.minutes.model import Minutes


@dataclass(frozen=True)
class Written:
    """What an author wants to say, before it is written down in any format."""

    title: str
    day: dt.date
    people: list[tuple[str, str]]
    items: list[tuple[str, list[str], list[str], list[str]]]  # title, paragraphs, points, decisions
    first: int = 1


GIVEN = st.sampled_from(["Åsa", "Ánne", "Łukasz", "Zoë", "Đorđe", "Thị", "Bo", "Päivi", "Siân"])
FAMILY = st.sampled_from(["Ek", "Ŋámmiš", "Wójcik", "von Öst", "O'Brien", "Żak", "Čoska", "By"])
SENTENCES = st.lists(
    st.sampled_from(["vägen", "bron,", "året", "R&D", "3,5", "kl. 9", "(bilaga)", "a<b", "e-post", "”citat”"]),
    min_size=1,
    max_size=9,
).map(lambda words: f"Gruppen talade om {' '.join(words)} igen.")


@st.composite
def written(draw: st.DrawFn) -> Written:
    names = draw(st.lists(st.builds("{} {}".format, GIVEN, FAMILY), min_size=3, max_size=8, unique_by=str.casefold))
    roles = ["Haninge, ordförande", "Bro, sekreterare", *("Nykvärn" for _ in names[2:])]
    titles = draw(
        st.lists(st.sampled_from(["Vägar", "Ny skola i Bro", "Budget", "Nästa möte"]), min_size=1, max_size=5)
    )
    items = [
        (
            title,
            draw(st.lists(SENTENCES, min_size=1, max_size=3)),
            draw(st.lists(SENTENCES, max_size=3)),
            draw(st.lists(SENTENCES.map("att utreda: {}".format), max_size=2)),
        )
        for title in titles
    ]
    day = draw(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)))
    return Written(
        "Minnesanteckningar från Vägrådet", day, list(zip(names, roles, strict=True)), items, draw(st.integers(1, 200))
    )


def _escaped(text: str) -> str:
    return text.replace("<", "\\<").replace("&", "\\&")


def as_markdown(one: Written, heading: str, label: str, attendance: str, attended: str) -> bytes:
    """Headings as `## {}`, numbers as `§ {}`, attendance as `table`, `headed` or `tabs`."""
    lines = [f"# {one.title}", "", f"Tid: {one.day} kl 9.15–10.45", "", "Plats: Sal B", "", attended, ""]
    if attendance == "tabs":
        lines += [f"{name}\t{role}\n" for name, role in one.people]
    else:
        lines += ["|Namn|Roll|" if attendance == "headed" else "| | |", "|-|-|"]
        lines += [f"|{name}|{role}|" for name, role in one.people]
    for number, (title, texts, points, decisions) in enumerate(one.items, one.first):
        lines += ["", heading.format(f"{label.format(number)} {title}"), ""]
        lines += [line for text in texts for line in (_escaped(text), "")]
        lines += [f"- {_escaped(point)}" for point in points]
        lines += ["", "Beslut", "", *(line for text in decisions for line in (_escaped(text), ""))] if decisions else []
    names = [name for name, _ in one.people]
    lines += ["", "Vid anteckningarna", "", names[1], "", "Justerat", "", names[2]]
    return "\n".join(lines).encode()


def as_word(one: Written, heading: Callable[[int, str], str], title: str, attendance: str, attended: str) -> bytes:
    """Headings made by a function of number and title."""
    body = [title, paragraph(f"Tid: {one.day} kl 9.15–10.45"), paragraph("Plats: Sal B"), paragraph(), attended]
    if attendance == "tabs":
        body += [paragraph(f"{name}\t{role}") for name, role in one.people]
    else:
        head = [("Namn", "Roll")] if attendance == "headed" else []
        body += [table([*head, *one.people], header=attendance == "headed"), paragraph()]
    for number, (name, texts, points, decisions) in enumerate(one.items, one.first):
        body += [heading(number, name), *map(paragraph, texts), *(numbered(point, 2) for point in points)]
        body += [paragraph("Beslut"), *map(paragraph, decisions)] if decisions else []
    names = [name for name, _ in one.people]
    body += [paragraph(), *map(paragraph, ("Vid anteckningarna", names[1], "Justerat", names[2]))]
    label = "§ %1" if attendance == "headed" else "%1."
    lists = numbering(levels(("decimal", label), start=one.first, style="Numrerad"), levels(("bullet", "·")))
    style = (
        '<w:style w:type="paragraph" w:styleId="Numrerad"><w:name w:val="Rubrik ärende"/><w:basedOn w:val="Rubrik2"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    return word("".join(body), styles=STYLES + style, numbering=lists)


def with_python_docx(one: Written) -> bytes:
    """As somebody clicks it together in Word in English."""
    document = Document()
    document.add_heading(one.title, 1)
    document.add_paragraph(f"Tid: {one.day} kl 9.15–10.45")
    document.add_paragraph("Plats: Sal B")
    document.add_heading("Deltagare", 2)
    grid = document.add_table(0, 2)
    for name, role in one.people:
        row = grid.add_row()
        row.cells[0].text, row.cells[1].text = name, role
    for number, (title, texts, points, decisions) in enumerate(one.items, one.first):
        document.add_heading(f"{number}. {title}", 2)
        for text in texts:
            document.add_paragraph(text)
        for point in points:
            document.add_paragraph(point, style="List Bullet")
        for text in ["Beslut", *decisions] if decisions else []:
            document.add_paragraph(text)
    for text in ("Vid anteckningarna", one.people[1][0], "Justerat", one.people[2][0]):
        document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def without_lines(value: Any) -> Any:
    """The minutes as plain values, without where things stand."""
    if dataclasses.is_dataclass(value):
        return {
            field.name: without_lines(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name not in ("line", "title_line")
        }
    return [without_lines(one) for one in value] if isinstance(value, tuple) else value


def read(data: bytes) -> Minutes:
    reading = read_draft(data, "protokoll.docx")
    assert reading.minutes is not None, reading.findings
    assert "words-lost" not in {finding.code for finding in reading.findings}
    return reading.minutes


HABITS: dict[str, tuple[Callable[[Written], bytes], Callable[[Written], bytes]]] = {
    "styles in English, tables": (
        lambda one: as_markdown(one, "## {}", "{}.", "table", "## Deltagare"),
        with_python_docx,
    ),
    "styles in Swedish, numbers by hand, tabs": (
        lambda one: as_markdown(one, "## {}", "§ {}", "tabs", "**Deltagare**"),
        lambda one: as_word(
            one,
            lambda at, name: paragraph(f"§ {at} {name}", "Rubrik2"),
            paragraph(one.title, "Rubrik1"),
            "tabs",
            bold("Deltagare"),
        ),
    ),
    "a style of the municipality's own, a table with a header": (
        lambda one: as_markdown(one, "## {}", "{})", "headed", "Deltagare"),
        lambda one: as_word(
            one,
            lambda at, name: paragraph(f"{at}) {name}", "KommunRubrik"),
            paragraph(one.title, "Rubrik"),
            "headed",
            paragraph("Deltagare"),
        ),
    ),
    "automatic section numbers": (
        lambda one: as_markdown(one, "## {}", "§ {}", "headed", "Deltagare:"),
        lambda one: as_word(
            one,
            lambda _, name: paragraph(name, "Numrerad"),
            paragraph(one.title, "Rubrik1"),
            "headed",
            paragraph("Deltagare:"),
        ),
    ),
    "automatic numbers with a point": (
        lambda one: as_markdown(one, "## {}", "{}.", "table", "Deltagare"),
        lambda one: as_word(
            one,
            lambda _, name: paragraph(name, "Numrerad"),
            paragraph(one.title, "Rubrik1"),
            "table",
            paragraph("Deltagare"),
        ),
    ),
    "no styles at all": (
        lambda one: as_markdown(one, "**{}**", "{}.", "tabs", "**Deltagare**"),
        lambda one: as_word(
            one, lambda at, name: bold(f"{at}. {name}"), paragraph(one.title, "Rubrik1"), "tabs", bold("Deltagare")
        ),
    ),
    "bold paragraphs in an automatic list": (
        lambda one: as_markdown(one, "**{}**", "{}.", "tabs", "**Deltagare**"),
        lambda one: as_word(
            one,
            lambda _, name: numbered(run(name, "<w:b/>"), 1),
            paragraph(one.title, "Rubrik1"),
            "tabs",
            bold("Deltagare"),
        ),
    ),
}


@pytest.mark.parametrize("habit", HABITS)
@given(one=written())
@settings(max_examples=12, deadline=None)
def test_what_is_written_in_either_format_is_the_same_minutes(habit: str, one: Written) -> None:
    markdown, in_word = (write(one) for write in HABITS[habit])
    assert without_lines(read(in_word)) == without_lines(read(markdown))
    findings = [{finding.code for finding in read_draft(data, "a").findings} for data in (in_word, markdown)]
    assert findings[0] == findings[1]


def test_findings_name_paragraphs_those_in_tables_included() -> None:
    body = [
        paragraph("Möte", "Rubrik1"),
        paragraph(),
        table([["Anna Ek", "Bro"], ["Bo Å", "Söder"]]),
        paragraph("19811218-9876"),
    ]
    reading = read_draft(word("".join(body)), "a.docx")
    assert reading.unit is PlaceUnit.PARAGRAPH
    assert reading.lines == ("Möte", "", "Anna Ek", "Bro", "Bo Å", "Söder", "19811218-9876")
    assert [finding.line for finding in reading.findings if finding.code == "identity-number"] == [7]
