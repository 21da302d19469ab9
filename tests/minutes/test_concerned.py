"""Whom an item names as concerned by its decision, as municipalities write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.minutes.concerned import named_as_concerned
from signflow.minutes.model import Item
from signflow.minutes.reading import read_draft
from signflow.minutes.recognition.labels import is_section, lists_lines
from signflow.minutes.recognition.vocabulary import RECIPIENT_LISTS

MINUTES = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00

## § 1 Taxa

Beslut

Nämnden antar taxan.

{end}

## § 2 Annat

Ingenting.
"""


def item_ending(end: str) -> Item:
    minutes = read_draft(MINUTES.format(end=end).encode(), "utkast.md").minutes
    assert minutes is not None
    return minutes.items[0]


@pytest.mark.parametrize(
    ("end", "named"),
    [
        ("Beslutet skickas till\n\nFörvaltningen B\nEkonomichefen", ("Förvaltningen B", "Ekonomichefen")),
        ("**Expedieras till**\n\n- Revisorerna\n- Lena  Ek, Storgatan 1", ("Revisorerna", "Lena Ek, Storgatan 1")),
        ("### Beslut delges\n\nSökanden\nSökanden\n\nLänsstyrelsen", ("Sökanden", "Länsstyrelsen")),
        ("Beslutet delges:\n\nSökanden\n\nReservation\n\nLena Ek reserverar sig.", ("Sökanden",)),
        ("Beslutet skickas till: Förvaltningen B, ekonomichefen", ("Förvaltningen B, ekonomichefen",)),
        ("Skickas till\n\nRevisorerna\n\nBeslutsunderlag\n\nTjänsteskrivelse", ("Revisorerna",)),
        ("Skickas till\n\nRevisorerna\n\n| a | b |\n| --- | --- |\n| c | d |\n\nEfteråt.", ("Revisorerna",)),
        ("Beslutet skickas till alla.", ()),
        ("Beslutsunderlag\n\nTjänsteskrivelse", ()),
        ("Skickas till\n\n" + "x" * 201, ()),
        ("", ()),
    ],
)
def test_the_lines_under_such_a_heading_are_read(end: str, named: tuple[str, ...]) -> None:
    assert named_as_concerned(item_ending(end)) == named


@pytest.mark.parametrize("heading", sorted(RECIPIENT_LISTS))
@pytest.mark.parametrize("mark", ["", ":", " "])
def test_every_heading_of_the_vocabulary_is_one(heading: str, mark: str) -> None:
    written = heading.capitalize() + mark
    assert is_section(written.strip())
    assert lists_lines(written)
    assert named_as_concerned(item_ending(f"{written}\n\nRevisorerna")) == ("Revisorerna",)


@given(st.lists(st.text("abcåäö §", min_size=1, max_size=220), max_size=70))
def test_what_is_shown_is_bounded_and_each_stands_once(lines: list[str]) -> None:
    named = named_as_concerned(item_ending("Expedieras till\n\n" + "\n".join(f"- {line}" for line in lines)))
    assert len(named) == len(set(named)) <= 50
    assert all(0 < len(line) <= 200 for line in named)
