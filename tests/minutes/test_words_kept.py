"""Generated drafts: the minutes hold the draft's own words, all of them, in their order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from signflow.minutes import read_draft, summarise, words_of

GIVEN = st.sampled_from(["Åsa", "Ánne", "Łukasz", "Zoë", "Đorđe", "Thị", "Bo", "Päivi", "Jean-Luc", "Siân"])
FAMILY = st.sampled_from(["Ek", "Ŋámmiš", "Wójcik", "von Öst", "O'Brien", "van der Berg", "Żak", "Čoska", "By"])
PLACES = st.sampled_from(["Haninge", "Nykvärn", "Bro kommun", "Sirges"])
WORDS = st.lists(
    st.sampled_from(
        ["vägen", "bron,", "året", "frågan", "R&D", "3,5", "kl. 9", "(bilaga)", "§", "%", "a_b", "e-post", "”citat”"]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
SENTENCES = WORDS.map(lambda words: f"Gruppen talade om {words} igen.")


@dataclass(frozen=True)
class Draft:
    """A draft's text, and the words that a reader of it sees."""

    text: str
    words: list[str]
    people: list[str]
    decisions: list[list[str]]


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    names = draw(st.lists(st.builds("{} {}".format, GIVEN, FAMILY), min_size=2, max_size=8, unique_by=str.casefold))
    day = draw(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)))
    styled = draw(st.sampled_from(["*{}*", "**{}**", "{}:", "**{}:**", "## {}"]))
    rows = [(name, draw(PLACES)) for name in names]
    separator = draw(st.sampled_from(["\t", "   ", ", "]))
    heading = draw(st.sampled_from(["### {}. {}", "# {} {}", "## § {} {}", "**{}. {}**", "#### {}) {}"]))
    label = draw(st.sampled_from(["*Beslut*", "**Beslut:**", "Beslut", "Beslut:", "##### Beslut"]))
    lines = ["# Minnesanteckningar från Vägrådet", "", f"*Tid* {day} kl 9.15–10.45", "", "*Plats* Sal B, Bro", ""]
    lines += [styled.format("Deltagare"), "", *(f"{name}{separator}{place}" for name, place in rows), ""]
    decisions: list[list[str]] = []
    words: list[str] = [*f"Minnesanteckningar från Vägrådet Tid {day} kl 9.15–10.45 Plats Sal B, Bro Deltagare".split()]
    words += [word for row in rows for part in row for word in part.split()]
    for number in range(1, draw(st.integers(1, 5)) + 1):
        title = draw(st.sampled_from(["Vägar", "Ny skola i Bro", "Övrigt", "Nästa möte"]))
        head = heading.format(number, title)
        paragraphs = draw(st.lists(SENTENCES, max_size=3))
        clauses = draw(st.lists(WORDS.map("att se över {}.".format), max_size=3))
        body = [*paragraphs, *([label, *clauses] if clauses else [])]
        lines += [head, "", *(line for text in body for line in (text, ""))]
        words += " ".join([head, *body]).replace("*", " ").replace("#", " ").split()
        decisions.append(clauses)
    lines += ["Vid anteckningarna", "", "Justerat", "", names[0], "", names[1], ""]
    words += f"Vid anteckningarna Justerat {names[0]} {names[1]}".split()
    return Draft("\n".join(lines), words, [str(name) for name in names], decisions)


def _bare(words: list[str]) -> list[str]:
    """The words without the signs that may be markup."""
    return [bare for word in words if (bare := word.strip(":,"))]


@given(drafts())
@settings(max_examples=150)
def test_no_word_is_lost_or_moved(draft: Draft) -> None:
    reading = read_draft(draft.text.encode(), "a.md")
    assert reading.minutes is not None
    assert _bare(words_of(reading.minutes)) == _bare(draft.words)


@given(drafts())
@settings(max_examples=150)
def test_what_was_written_is_understood(draft: Draft) -> None:
    reading = read_draft(draft.text.encode(), "a.md")
    assert reading.minutes is not None
    summary = summarise(reading.minutes)
    assert [one["name"] for one in summary["participants"]] == draft.people
    assert (summary["secretary"], summary["adjusters"]) == (draft.people[0], [draft.people[1]])
    assert [item["decisions"] for item in summary["items"]] == draft.decisions
    assert {finding.code for finding in reading.findings} <= {"item-empty"}
