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


@pytest.mark.parametrize(
    "text",
    [
        "Nämnden är enhällig.\n\nBeslut: Att bygga.",
        "The decision was unanimous.\n\nDecision: To build.",
        "Beslut: Nämnden beslutar enhälligt att bygga.",
    ],
)
def test_a_decision_on_which_all_agree_is_not_asked(text: str) -> None:
    assert silent(text) == []


@pytest.mark.parametrize(
    "decision",
    [
        "Nämnden beslutar att lägga rapporten till handlingarna.",
        "Informationen noteras.",
        "Nämnden tackar för informationen.",
        "The report was noted.",
    ],
)
def test_a_decision_that_only_takes_note_is_not_asked(decision: str) -> None:
    assert silent(f"Beslut: {decision}") == []
    assert silent(f"Beslut: {decision}\n\nBeslut: Att bygga.") == list(SAID)
    assert silent("Beslut: Att notera rapporten och att bygga.") == list(SAID)


@pytest.mark.parametrize(
    ("title", "is_formal"),
    [
        ("Sammanträdets öppnande", True),
        ("Val av justerare", True),
        ("Val av två justeringspersoner tillika rösträknare", True),
        ("Godkännande av dagordningen", True),
        ("Fastställande av röstlängd", True),
        ("Fråga om mötet blivit behörigen utlyst", True),
        ("Föregående mötes protokoll", True),
        ("Nästa möte", True),
        ("Roll call", True),
        ("Election of adjusters", True),
        ("Minutes of the previous meeting", True),
        ("Val av styrelse", False),
        ("Val av ordförande i nämnden", False),
        ("Avslut av projektet Ny skola", False),
        ("Dagordningens plats i kommunens arkiv och ny taxa", False),
        ("Justering av taxan för vatten", False),
        ("Opening hours of the library", False),
    ],
)
def test_what_a_meeting_does_for_its_own_sake_is_not_asked(title: str, *, is_formal: bool) -> None:
    draft = protocol("Beslut: Att godkänna det.").replace("Jäv: Inga\nReservationer: Inga\n", "")
    found = codes(draft.replace("## § 5 Ny lekpark", f"## § 5 {title}"))
    assert any("protocol-item-silent" in one for one in found) is not is_formal


def test_items_that_are_silent_about_the_same_are_remarked_on_together() -> None:
    others = "".join(
        f"\n\n## § {n} Ärende\n\n{text}\n\nBeslut: Att bygga." for n, text in ((6, "A"), (7, "Jäv: Inga"), (9, "B"))
    )
    draft = protocol(f"Beslut: Att bygga.{others}").replace("Jäv: Inga\nReservationer: Inga\n", "")
    found = [one for one in findings(draft) if one.code.endswith("-silent")]
    assert [(one.code, one.line, one.params["fields"]) for one in found] == [
        ("protocol-items-silent", line_of(draft, "§ 5"), "motions,disqualification,dissents"),
        ("protocol-item-silent", line_of(draft, "§ 7"), "motions,dissents"),
    ]
    assert found[0].params["items"] == "5–6, 9"


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
