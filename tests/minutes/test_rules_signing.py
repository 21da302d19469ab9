"""Who signs: appointed, present, once, and for which items."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_drafts import codes, findings, line_of, protocol

from signflow.minutes import read_draft
from signflow.minutes.model import ItemRange, Role
from signflow.minutes.rules.check_signing import check_ranges

ITEM = "Yrkanden: Inga\n\nBeslut: Att bygga."


@pytest.mark.parametrize(
    ("appointed", "code"),
    [
        ("Utses att justera: Olof Krans", None),
        ("Utses att justera: Olof Krans (M)", None),
        ("Utses att justera: Tuva Hellberg", "adjuster-not-appointed"),
        ("Utses att justera: Tuva Hellberg och Samira Nouri", "adjuster-not-appointed"),
        ("Utses att justera: Olof Krans och Samira Nouri", "appointed-not-signing"),
        ("Utses att justera: Olof Krans och Vera Dahlin", None),
    ],
)
def test_adjusters_are_those_appointed(appointed: str, code: str | None) -> None:
    draft = protocol(ITEM).replace("Justering: 20", f"{appointed}\nJustering: 20")
    found = findings(draft)
    assert [one.code for one in found] == ([code] if code else [])
    if code:
        last = draft.splitlines().index("Justerare") + 2
        assert found[0].line == (last if code == "adjuster-not-appointed" else line_of(draft, "Utses att justera"))


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Parknämnden beslutar att utse Olof Krans (M) att justera protokollet.", False),
        ("Parknämnden beslutar att utse Tuva Hellberg (L) att justera protokollet.", True),
        ("Till justerare utses Tuva Hellberg.", True),
        ("Till justerare utses Tuva Hellberg med Olof Krans som ersättare.", False),
        ("Protokollet justeras i Växthuset.", False),
    ],
)
def test_an_item_may_appoint_them(text: str, *, is_found: bool) -> None:
    draft = protocol(f"Yrkanden: Inga\n\n{text}")
    assert codes(draft) == ["adjuster-not-appointed"] * is_found


@pytest.mark.parametrize(
    ("closing", "code"),
    [
        (("Disa Bladh", "Vera Dahlin", "Disa Bladh"), "signatory-twice"),
        (("Disa Bladh", "Vera Dahlin", "Vera Dahlin"), "signatory-twice"),
        (("Disa Bladh", "Vera Dahlin", "Olov Krans"), "signatory-misspelled"),
        (("Disa Bladh", "Vera Dahlin", "Rolf Einarsson"), "signatory-not-participant"),
        (("Rolf Einarsson", "Vera Dahlin", "Olof Krans"), "signatory-not-participant"),
    ],
)
def test_each_signs_once_and_was_there(closing: tuple[str, str, str], code: str) -> None:
    assert codes(protocol(ITEM, closing=closing)) == [code]


SPANS = st.lists(st.builds(ItemRange, st.integers(0, 12), st.integers(0, 12)), max_size=4)


@settings(deadline=None, max_examples=60)
@given(st.sets(st.integers(1, 10), min_size=1, max_size=6), st.lists(SPANS, min_size=2, max_size=2))
def test_ranges_cover_every_item_or_it_is_said_which_not(numbers: set[int], covers: list[list[ItemRange]]) -> None:
    minutes = read_draft(protocol(ITEM).encode(), "a.md").minutes
    assert minutes
    adjuster = next(one for one in minutes.signatories if one.role is Role.ADJUSTER)
    signing = tuple(dataclasses.replace(adjuster, covers=tuple(spans)) for spans in covers)
    items = tuple(dataclasses.replace(minutes.items[0], number=number) for number in sorted(numbers))
    found = list(check_ranges(dataclasses.replace(minutes, items=items, signatories=signing)))
    spans = [span for one in covers for span in one]
    covered = {number for span in spans for number in range(span.first, span.last + 1)}
    is_whole = any(not one for one in covers)
    gap = [one for one in found if one.code == "range-gap"]
    assert bool(gap) == (not is_whole and bool(numbers - covered))
    assert all(one.params["role"] == "adjuster" for one in gap)
    strangers = [bool({end for span in one for end in (span.first, span.last)} - numbers) for one in covers]
    assert len(found) - len(gap) == sum(strangers)


def test_a_vast_range_costs_nothing() -> None:
    minutes = read_draft(protocol(ITEM).encode(), "a.md").minutes
    assert minutes
    signing = tuple(dataclasses.replace(one, covers=(ItemRange(1, 10**15),)) for one in minutes.signatories)
    assert {one.code for one in check_ranges(dataclasses.replace(minutes, signatories=signing))} == {"range-unknown"}


@pytest.mark.parametrize("form", ["Paragrafer 5–6", "§§ 5-6", "Paragrafer: 5, 6", "§ 5–6"])
def test_the_line_of_a_range_is_named(form: str) -> None:
    draft = protocol(
        f"{ITEM}\n\n## § 6 Gungor\n\nInget.", closing=("Disa Bladh", f"Vera Dahlin\n{form}", "Olof Krans\n§ 6")
    )
    found = findings(draft)
    assert [(one.code, one.line, one.params) for one in found] == [
        ("range-gap", len(draft.splitlines()), {"numbers": "5", "role": "adjuster"})
    ]


@pytest.mark.parametrize("names", [("Vera Dahlin", "Olof Krans"), ("Olof Krans", "Vera Dahlin")])
def test_a_chair_who_signs_among_the_adjusters_signs_once_as_chair(names: tuple[str, str]) -> None:
    draft = protocol("Yrkanden: Inga").replace(
        "Ordförande\nVera Dahlin\n\nJusterare\nOlof Krans", "Justeras\n" + "\n".join(names)
    )
    reading = read_draft(draft.encode(), "a.md")
    assert reading.minutes is not None
    signing = [(one.name, one.role) for one in reading.minutes.signatories]
    assert signing == [("Disa Bladh", Role.SECRETARY), ("Vera Dahlin", Role.CHAIR), ("Olof Krans", Role.ADJUSTER)]
    assert codes(draft) == []


@pytest.mark.parametrize(
    ("sentence", "chair"),
    [
        ("Till mötesordförande valdes Bo Ek.", "Bo Ek"),
        ("Årsmötet valde styrelse. Bo Ek valdes till ordförande för mötet.", "Bo Ek"),
        ("Mötesordförande: Bo Ek", "Bo Ek"),
        ("Till ordförande för stämman utsågs Bo Ek och till sekreterare Eva Å.", "Bo Ek"),
        ("Bo Ek valdes till ordförande för ett år.", ""),
        ("Till mötesordförande valdes föreningens ordförande.", ""),
    ],
)
def test_the_chair_whom_the_meeting_elects_is_its_chair(sentence: str, chair: str) -> None:
    draft = f"# Protokoll för årsmötet\n\n## § 1 Val\n\n{sentence}\n\nVid protokollet\nEva Å\n\nJusteras\nAnna Gran\n"
    reading = read_draft(draft.encode(), "a.md")
    assert reading.minutes is not None
    assert reading.minutes.chair == chair
    assert reading.minutes.named(Role.CHAIR) == ((chair,) if chair else ())
