"""What statutory minutes must record: said in the item, said once for all, or remarked on."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from rule_drafts import codes, findings, line_of, protocol

from signflow.minutes import read_draft
from signflow.texts import LANGUAGES, Texts, finding_sentence

ROOT = Path(__file__).parents[2]
SAID = {
    "motions": [
        "Yrkanden: Inga",
        "Olof Krans (M) yrkar bifall.",
        "Yrkanden\n\nInga",
        "Motions: None",
        "Vera Dahlin yrkade avslag.",
    ],
    "disqualification": ["Jäv: Inga", "Ingen anmälde jäv.", "Conflicts of interest: None", "Olof Krans (M) är jävig."],
    "dissents": ["Reservationer: Inga", "Inga reservationer.", "Tuva Hellberg (L) reserverar sig.", "Dissents: None"],
}


def silent(item: str, at_front: str = "") -> list[str]:
    draft = protocol(item).replace("Jäv: Inga\nReservationer: Inga\n", at_front)
    found = [one for one in findings(draft) if one.code == "protocol-item-silent"]
    assert [one.line for one in found] in ([], [line_of(draft, "§ 5")])
    return [field for one in found for field in one.params["fields"].split(",")]


@pytest.mark.parametrize("fields", [fields for count in range(4) for fields in itertools.combinations(SAID, count)])
def test_each_field_is_asked_for_alone(fields: tuple[str, ...]) -> None:
    for number in range(4):
        item = "\n\n".join(SAID[field][number] for field in fields)
        assert silent(f"{item}\n\nBeslut: Att bygga.") == [field for field in SAID if field not in fields]


@pytest.mark.parametrize(
    ("at_front", "missing"),
    [
        ("Jäv: Inga\n", ["motions", "dissents"]),
        ("Inga reservationer och inga yrkanden anmäldes. Ingen var jävig.\n", []),
        ("", ["motions", "disqualification", "dissents"]),
    ],
)
def test_what_stands_before_the_items_holds_for_all(at_front: str, missing: list[str]) -> None:
    assert silent("Beslut: Att bygga.", at_front) == missing


def test_what_an_item_says_of_the_whole_meeting_holds_for_all() -> None:
    closing = (
        "Inga reservationer anmäldes under sammanträdet. Ingen anmälde jäv vid mötet. Inga yrkanden i något ärende."
    )
    assert silent(f"Beslut: Att bygga.\n\n## § 6 Avslutning\n\n{closing}") == []
    assert silent("Beslut: Att bygga.\n\n## § 6 Anmälan om jäv\n\nInga.") == ["motions", "dissents"]


def test_what_another_item_says_of_itself_does_not() -> None:
    other = "## § 6 Gungor\n\nYrkanden: Inga\n\nJäv: Inga\n\nReservationer: Inga\n\nBeslut: Att gunga."
    assert silent(f"Beslut: Att bygga.\n\n{other}") == ["motions", "disqualification", "dissents"]


def test_a_decision_on_which_all_agree_needs_neither_motions_nor_dissents() -> None:
    assert silent("Nämnden är enhällig.\n\nBeslut: Att bygga.") == ["disqualification"]
    assert silent("The decision was unanimous. No conflicts of interest.\n\nDecision: To build.") == []


def test_items_without_a_decision_and_notes_are_not_asked() -> None:
    assert silent("Rapporten lades fram.") == []
    notes = protocol("Beslut: Att bygga.").replace("Jäv: Inga\nReservationer: Inga\n", "")
    notes = notes.replace("Protokoll för", "Minnesanteckningar från").replace("Vid protokollet", "Vid anteckningarna")
    statutory = {"protocol-item-silent", "adjustment-date-missing", "notice-missing", "vote-without-result"}
    assert not statutory & {one.code for one in read_draft(notes.encode(), "a.md").findings}


def test_the_fields_are_named_in_the_readers_language() -> None:
    finding = next(one for one in findings(protocol("Beslut: Att bygga.").replace("Reservationer: Inga\n", "")))
    record = {"code": finding.code, "line": finding.line, "quote": finding.quote, "params": finding.params}
    swedish, english = (finding_sentence(Texts(ROOT / "templates", one), record, "message") for one in LANGUAGES)
    assert swedish == 'Ärendet "Ny lekpark" säger ingenting om yrkanden och reservationer.'
    assert english == 'The item "Ny lekpark" says nothing about motions and dissents.'


def test_a_proof_of_notice_is_not_asked_for_where_there_is_one() -> None:
    draft = protocol("Yrkanden: Inga") + "\n## Anslagsbevis\n\nOrgan: Parknämnden\n\nAnslaget sätts upp: 2024-09-21\n"
    assert "notice-missing" not in {one.code for one in read_draft(draft.encode(), "a.md").findings}
    assert codes(draft) == []
