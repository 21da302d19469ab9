"""The words themselves: identity numbers, markup, notes, links, languages, what is masked; and time bounded."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_drafts import codes, findings, line_of, protocol

from signflow.minutes import read_draft
from signflow.minutes.catalogue import mask_identity_numbers
from signflow.minutes.findings import Finding
from signflow.minutes.model import Note, Paragraph, Span
from signflow.minutes.rules.check import check_minutes

AN_ITEM = "Yrkanden: Inga\n\n{}"


def check_digit(nine: str) -> str:
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(nine)]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def remarks_on(*blocks: Paragraph | Note) -> list[Finding]:
    minutes = read_draft(protocol("Inget.").encode(), "a.md").minutes
    assert minutes
    item = dataclasses.replace(minutes.items[0], blocks=blocks)
    return [one for one in check_minutes(dataclasses.replace(minutes, items=(item,))) if one.line == 99]


@settings(deadline=None, max_examples=60)
@given(
    born=st.dates(),
    serial=st.integers(0, 999),
    form=st.tuples(st.sampled_from(["", "19"]), st.sampled_from(["-", "+", "", " "]), st.sampled_from([0, 60])),
    off=st.integers(1, 9),
)
def test_identity_numbers_are_found_and_masked(
    born: dt.date, serial: int, form: tuple[str, str, int], off: int
) -> None:
    century, sign, coordination = form
    date = f"{born:%y%m}{born.day + coordination:02d}"
    nine = f"{date}{serial:03d}"
    number = f"{century}{date}{sign}{serial:03d}{check_digit(nine)}"
    draft = protocol(AN_ITEM.format(f"Sökande är {number}."))
    found = [one for one in findings(draft) if one.code == "identity-number"]
    assert [one.line for one in found] == [line_of(draft, "Sökande")]
    assert number not in found[0].quote
    wrong = number[:-1] + str((int(number[-1]) + off) % 10)
    assert mask_identity_numbers(f"Sökande är {wrong}.") == f"Sökande är {wrong}."


@pytest.mark.parametrize(
    "text", ["Telefon 0280-181 00", "Dnr KS 2024/00123", "org.nr 556036-0793", "1 234 567 890 kronor"]
)
def test_other_numbers_are_let_be(text: str) -> None:
    assert codes(protocol(AN_ITEM.format(text))) == []


@pytest.mark.parametrize(
    ("shown", "link", "is_unsafe"),
    [
        ("www.ek.example", "https://evil.example/", True),
        ("https://ek.example/a", "https://www.ek.example/b", False),
        ("ek.example", "https://handlingar.ek.example/", False),
        ("anna@ek.example", "mailto:anna@ek.example", False),
        ("anna@ek.example", "mailto:mallory@evil.example", True),
        ("Kallelsen", "https://ek.example/", False),
        ("protokoll.pdf", "https://ek.example/p", False),
        ("bank.example (https://evil.example/)", "https://evil.example/", True),
        ("ek.example", "https://ek.example.evil.example/", True),
        ("ek.example", "https://[broken", True),
    ],
)
def test_links_lead_where_they_say(shown: str, link: str, *, is_unsafe: bool) -> None:
    found = remarks_on(Paragraph((Span("Se "), Span(shown, link=link), Span(".")), 99))
    assert [one.code for one in found] == ["link-unsafe"] * is_unsafe


@pytest.mark.parametrize("tag", ["fi", "se", "sma", "sr-Latn", "en-GB", "es-419", "sl-rozaj", "x-lokal", "zh-Hant-TW"])
def test_language_tags(tag: str) -> None:
    assert remarks_on(Paragraph((Span("Hei", language=tag),), 99)) == []


@pytest.mark.parametrize("tag", ["finska", "meänkieli", "f", "fi_FI", "en-", "--", "lang=fi"])
def test_languages_that_are_none(tag: str) -> None:
    assert [one.code for one in remarks_on(Paragraph((Span("Hei", language=tag),), 99))] == ["language-unknown"]


@settings(deadline=None, max_examples=60)
@given(st.sets(st.integers(1, 6)), st.sets(st.integers(1, 6)))
def test_notes_and_references_belong_together(referred: set[int], written: set[int]) -> None:
    text = Paragraph((Span("Ord"), *(Span(str(label), note=True) for label in sorted(referred))), 99)
    notes = [Note(str(label), Paragraph((Span("Källa"),), 99), 99) for label in sorted(written)]
    found = {(one.code, one.params["label"]) for one in remarks_on(text, *notes)}
    assert found == {("note-unknown", str(label)) for label in referred - written} | {
        ("note-unused", str(label)) for label in written - referred
    }


def test_masked_passages_are_counted_once_each() -> None:
    spans = (Span("a", masked=True), Span("b", masked=True, strong=True), Span(" och "), Span("c", masked=True))
    (found,) = remarks_on(Paragraph(spans, 99))
    assert (found.code, found.params) == ("masked-passages", {"count": "2"})


@pytest.mark.parametrize(
    "passage",
    [
        "Ja: 1 Nej: 1 " * 2_000,
        "Anna Ek (S), " * 3_000 + "yrkar",
        "yrkar " * 8_000,
        "på grund av jäv deltar " * 3_000,
        "röstar ja och bifall nej " * 3_000,
        "Åsa-" * 8_000 + " anmäler jäv",
        "måndag den 1 maj 2024 " * 2_000,
        "1990-01-01-" * 4_000,
        "Följande röstade " * 3_000 + "ja:",
    ],
)
def test_long_passages_take_time_in_proportion(passage: str) -> None:
    def seconds(times: int) -> float:
        draft = protocol("\n\n".join([AN_ITEM.format(""), *[passage[:20_000]] * times])).encode()
        begun = time.process_time()
        read_draft(draft, "a.md")
        return time.process_time() - begun

    seconds(1)  # what is loaded once is loaded
    assert seconds(6) < 15 * max(seconds(1), 0.05)


def test_writing_that_turns_at_every_character_is_refused_and_two_scripts_are_not() -> None:
    def turning(text: str) -> list[str]:
        paragraph = Paragraph((Span(text),), 99)
        return [one.code for one in remarks_on(*[paragraph] * 10) if one.code.startswith("direction")]

    assert turning("aב" * 520) == ["direction-turns"]
    assert turning("ב1 " * 520) == ["direction-turns"]
    assert turning("שלום Anna Ek, مرحبا بكم i Haninge. " * 200) == []
    assert turning("كلمة " * 5_000) == []
