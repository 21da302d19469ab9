"""Drafts as different people write them, each with the remarks that a careful reader would make, on the right lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from signflow.minutes import read_draft, summarise, words_of
from signflow.minutes.findings import accepted
from signflow.minutes.model import Bullets, Decision, Minutes, Subheading
from signflow.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2]
DRAFTS = Path(__file__).parent / "drafts"
SAMPLE = ROOT / "tests/samples/minnesanteckningar-2020-01-16.md"
CATALOGUES = [Texts(ROOT / "templates", language) for language in LANGUAGES]

EXPECTED: dict[str, tuple[dict[str, Any], list[tuple[int | None, str]]]] = {
    "arabiska-och-finska.md": (
        {
            "class": "notes",
            "body": "Integrationsrådet",
            "date": "2023-05-08",
            "start": "17:30",
            "place": "Biblioteket",
            "secretary": "Ludwig van der Berg",
            "adjusters": ["Päivi Hämäläinen"],
            "chair": "محمد العلي",
            "decisions": [["att fortsätta under hösten."], ["att hyra Folkets hus", "att söka bidrag"]],
        },
        [],
    ),
    "bara-text.txt": (
        {"title": None, "date": None, "language": "sv", "decisions": []},
        [
            (None, "adjuster-missing"),
            (None, "date-missing"),
            (None, "items-missing"),
            (None, "secretary-missing"),
            (None, "title-missing"),
            (None, "class-unclear"),
            (None, "participants-missing"),
            (None, "place-missing"),
            (None, "time-missing"),
        ],
    ),
    "fel-veckodag.md": (
        {"body": "krisledningen", "date": "2021-06-03", "numbers": [3, 2, 6]},
        [
            (3, "end-before-start"),
            (3, "weekday-mismatch"),
            (14, "item-number-order"),
            (18, "item-number-gap"),
            (26, "signatory-twice"),
        ],
    ),
    "friluftsnamnden-utan-delar.md": (
        {"class": "protocol", "body": "Friluftsnämnden", "start": None, "place": None, "chair": "Kjell Östman"},
        [
            (None, "place-missing"),
            (None, "adjustment-date-missing"),
            (None, "notice-missing"),
            (5, "time-missing"),
            (11, "person-twice"),
            (13, "present-and-absent"),
            (17, "decision-empty"),
            (19, "item-number-duplicate"),
            (23, "item-number-gap"),
            (23, "item-title-missing"),
            (29, "signatory-not-participant"),
            (33, "signatory-misspelled"),
        ],
    ),
    "fullmaktige-rubriker.md": (
        {
            "class": "protocol",
            "body": "Kommunfullmäktige",
            "start": "18:00",
            "end": "00:30",
            "secretary": "Karin Mård",
            "chair": "Inger Alm",
            "adjusters": ["Sten Holm", "Rut By"],
            "numbers": [101, 102],
            "decisions": [["att fastställa budgeten,", "att fastställa skattesatsen."], []],
        },
        [
            (None, "adjustment-date-missing"),
            (None, "notice-missing"),
            (31, "protocol-item-silent"),
        ],
    ),
    "notes-two-adjusters.md": (
        {
            "class": "notes",
            "language": "en",
            "body": "Harbour Working Group",
            "start": "14:00",
            "end": "15:30",
            "secretary": "Tove Lund",
            "adjusters": ["Oona Aalto", "Marek Żak"],
            "chair": "Li Wei",
            "numbers": [1, 2, None],
        },
        [(27, "item-number-missing")],
    ),
    "plain-text.txt": (
        {
            "class": "notes",
            "place": "Digitalt möte",
            "absent": [],
            "secretary": "Ida Väst",
            "adjusters": ["Eva Norr"],
            "numbers": [1, 2, 3],
            "decisions": [[], ["Ida tar fram ett förslag."], []],
        },
        [],
    ),
    "planning-committee.md": (
        {
            "class": "protocol",
            "language": "en",
            "body": "Planning Committee",
            "secretary": "Jean-Luc d'Arcy",
            "chair": "Mary O'Brien",
            "adjusters": ["Zoë Quinn"],
            "absent": [],
            "numbers": [1, 2, 3],
        },
        [
            (None, "adjustment-date-missing"),
            (None, "notice-missing"),
            (19, "protocol-item-silent"),
        ],
    ),
    "protokoll-kommunstyrelsen.md": (
        {
            "class": "protocol",
            "title": "Sammanträdesprotokoll",
            "body": "Kommunstyrelsen",
            "date": "2024-03-05",
            "place": "Rådhuset, sal A",
            "secretary": "Đorđe Ánte-Niillas",
            "chair": "Åsa Lindqvist",
            "adjusters": ["Nguyễn Thị Hương", "Łukasz Wójcik"],
            "numbers": [94, 95, 96],
        },
        [
            (None, "adjustment-date-missing"),
            (None, "notice-missing"),
            (25, "protocol-item-silent"),
            (40, "protocol-item-silent"),
        ],
    ),
    "samiska-namn.md": (
        {
            "body": "Sámi siidarådet",
            "date": "2024-02-29",
            "start": "09:00",
            "place": "Jåhkåmåhkke / Jokkmokk",
            "secretary": "Đuommá Čoska",
            "adjusters": ["Ánne-Máret Länta"],
            "numbers": [1, 2, 3],
        },
        [],
    ),
    "tabellfakta.md": (
        {
            "body": "Skärgårdsrådet",
            "date": "2022-05-06",
            "secretary": "Siv Ö",
            "adjusters": ["Bo Å"],
            "decisions": [["Att begära fler turer", "att skriva till regionen.", "Att bjuda in rederiet."], []],
        },
        [],
    ),
    "windows-1252.txt": (
        {"title": "Minnesanteckningar från Vägsamfälligheten", "secretary": "Ulla Äng", "adjusters": ["Åke Öst"]},
        [(1, "encoding-guessed")],
    ),
}


def read(text: str) -> tuple[Minutes, list[tuple[int | None, str]]]:
    reading = read_draft(text.encode(), "a.md")
    assert reading.minutes is not None
    for texts in CATALOGUES:
        for finding in reading.findings:
            for part in ("message", "remedy"):
                assert texts(
                    f"findings.{finding.code}.{part}", line=finding.line, quote=finding.quote, **finding.params
                )
    return reading.minutes, [(finding.line, finding.code) for finding in reading.findings]


def test_every_draft_in_the_folder_is_expected() -> None:
    assert {path.name for path in DRAFTS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_read_and_remarked(name: str) -> None:
    reading = read_draft((DRAFTS / name).read_bytes(), name)
    assert reading.minutes is not None
    expected, findings = EXPECTED[name]
    summary = summarise(reading.minutes)
    summary |= {
        "numbers": [item["number"] for item in summary["items"]],
        "decisions": [item["decisions"] for item in summary["items"]],
    }
    assert {key: summary[key] for key in expected} == expected
    assert [(finding.line, finding.code) for finding in reading.findings] == findings


def test_the_sample_is_read_whole_and_without_a_remark() -> None:
    reading = read_draft(SAMPLE.read_bytes(), SAMPLE.name)
    assert reading.findings == ()
    assert reading.minutes is not None
    summary = summarise(reading.minutes)
    assert summary["participants"][4] == {"name": "Rickard Sundbom", "organisation": "Södertälje", "role": "ordförande"}
    assert [one["name"] for one in summary["absent"]] == ["Leif Eriksson", "Mats Bergström"]
    assert (summary["date"], summary["start"], summary["end"]) == ("2020-01-16", "15:15", "16:00")
    assert (summary["secretary"], summary["adjusters"]) == ("Anna Söderström", ["Helene Olofsson"])
    assert [item["number"] for item in summary["items"]] == [1, 2, 3, 4]
    assert summary["items"][3]["decisions"] == ["Att ställa in kommande möte den 24 januari."]
    written = SAMPLE.read_text("utf-8").replace("*", "").replace("#", "").split()
    assert words_of(reading.minutes) == written


GOOD = """# Sammanträdesprotokoll för kulturnämnden

Tid: onsdagen den 14 februari 2024 kl 13.00–15.00
Plats: Kulturhuset
Justeringens plats och tid: Kulturhuset, 2024-02-19

Deltagare

Eva Ros\tordförande
Nils Lind\tledamot
Maj Gran\tsekreterare

## § 1 Öppnande

Eva öppnade mötet.

## § 2 Bibliotek

Beslut

Att hålla öppet.

## § 3 Övrigt

Inget. I samtliga ärenden: inga yrkanden, inget jäv och inga reservationer.

Vid protokollet
Maj Gran

Ordförande
Eva Ros

Justerare
Nils Lind

Anslagsbevis
Organ: Kulturnämnden
"""


def test_the_draft_that_faults_are_planted_in_is_good() -> None:
    assert read(GOOD)[1] == []


@pytest.mark.parametrize(
    ("before", "after", "findings"),
    [
        ("# Sammanträdesprotokoll för kulturnämnden\n", "", [(None, "title-missing")]),
        ("protokoll för kulturnämnden", "protokoll 2024-02-14", [(1, "body-missing")]),
        ("14 februari 2024", "30 februari 2024", [(3, "date-impossible")]),
        ("onsdagen den 14 februari 2024 ", "", [(3, "date-missing")]),
        ("februari 2024", "februari", [(3, "date-year-missing")]),
        ("onsdagen", "torsdagen", [(3, "weekday-mismatch")]),
        ("13.00–15.00", "15.00–13.00", [(3, "end-before-start")]),
        ("13.00–15.00", "25.00–27.00", [(3, "time-impossible")]),
        (" kl 13.00–15.00", "", [(3, "time-missing")]),
        ("Plats: Kulturhuset\n", "", [(None, "place-missing")]),
        ("Nils Lind\tledamot", "Nils Lind\tledamot\nNils Lind\tledamot", [(11, "person-twice")]),
        ("## § 1", "Frånvarande\n\nNils Lind\n\n## § 1", [(15, "present-and-absent")]),
        ("§ 2 ", "", [(17, "item-number-missing"), (23, "item-number-gap")]),
        ("§ 2", "§ 1", [(17, "item-number-duplicate"), (23, "item-number-gap")]),
        ("§ 3", "§ 9", [(23, "item-number-gap")]),
        ("§ 1", "§ 3", [(17, "item-number-order"), (23, "item-number-duplicate")]),
        ("§ 3 Övrigt", "§ 3", [(23, "item-title-missing")]),
        ("## § 1 Öppnande\n\nEva öppnade mötet.\n", "## § 1 Skolmat\n", [(13, "item-empty")]),
        ("Eva öppnade mötet.\n", "", []),
        ("Att hålla öppet.\n", "", [(19, "decision-empty")]),
        ("Vid protokollet\nMaj Gran\n\n", "", [(27, "secretary-missing")]),
        ("Maj Gran\n\nOrd", "\nOrd", [(27, "secretary-missing")]),
        ("\nJusterare\nNils Lind\n", "", [(27, "adjuster-missing")]),
        ("Justerare\nNils Lind\n", "Justerare\nNils Lindh\n", [(34, "signatory-misspelled")]),
        ("Justerare\nNils Lind\n", "Justerare\nOlga Berg\n", [(34, "signatory-not-participant")]),
        ("Justerare\nNils Lind\n", "Justerare\nMaj Gran\n", [(34, "signatory-twice")]),
        ("Inget.", "Inget. 19811218-9876", [(25, "identity-number")]),
        ("Inget.", "Inget **mer.", [(25, "leftover-markup")]),
        ("Inget.", "Inget.<hr/>", [(25, "leftover-markup")]),
    ],
)
def test_a_planted_fault_is_the_only_remark(before: str, after: str, findings: list[tuple[int | None, str]]) -> None:
    assert before in GOOD
    assert read(GOOD.replace(before, after, 1))[1] == findings


def test_minutes_without_a_chair_are_remarked_on() -> None:
    draft = GOOD.replace("Eva Ros\tordförande", "Eva Ros\tledamot").replace("Ordförande\nEva Ros\n\n", "")
    assert read(draft)[1] == [(27, "chair-missing")]
    assert (
        read(draft.replace("Sammanträdesprotokoll", "Minnesanteckningar").replace("protokollet", "anteckningarna"))[1]
        == []
    )


def test_a_misspelled_name_is_suggested_rightly_spelled() -> None:
    reading = read_draft(GOOD.replace("Justerare\nNils Lind", "Justerare\nNisse Lind").encode(), "a.md")
    assert reading.findings[0].params == {"name": "Nisse Lind", "suggestion": "Nils Lind"}
    assert not accepted(reading.findings)


@pytest.mark.parametrize(
    "label", ["*Beslut*", "**Beslut:**", "Beslut", "### Beslut", "Kommunstyrelsens beslut", "_Beslut:_"]
)
def test_a_decision_under_any_form_of_its_label(label: str) -> None:
    minutes, _ = read(
        GOOD.replace("Beslut\n\nAtt hålla öppet.", f"{label}\n\nAtt hålla öppet.\n\natt stänga sent.\n\nSedan fika.")
    )
    assert [text.text for text in minutes.items[1].decisions] == ["Att hålla öppet.", "att stänga sent."]


@pytest.mark.parametrize(
    "text",
    [
        "Beslut: Att hålla öppet.",
        "*Beslut* Att hålla öppet.",
        "**Beslut:** Att hålla öppet.",
        "Beslut\nAtt hålla öppet.",
    ],
)
def test_a_decision_beside_its_label(text: str) -> None:
    minutes, findings = read(GOOD.replace("Beslut\n\nAtt hålla öppet.", text))
    assert findings == []
    assert [text.text for text in minutes.items[1].decisions] == ["Att hålla öppet."]


def test_a_proposal_is_no_decision() -> None:
    minutes, _ = read(GOOD.replace("Beslut\n\nAtt hålla öppet.", "### Förslag till beslut\n\nAtt hålla stängt."))
    assert minutes.items[1].decisions == ()
    assert isinstance(minutes.items[1].blocks[0], Subheading)


def test_a_sentence_in_which_the_body_decides_needs_no_label() -> None:
    text = "Kulturnämnden beslutar\n\n- att hålla öppet\n- att fira"
    minutes, _ = read(GOOD.replace("Beslut\n\nAtt hålla öppet.", text))
    assert [text.text for text in minutes.items[1].decisions] == ["att hålla öppet", "att fira"]
    minutes, _ = read(GOOD.replace("Beslut\n\nAtt hålla öppet.", "Kulturnämnden beslutar att hålla öppet."))
    decision = minutes.items[1].blocks[0]
    assert isinstance(decision, Decision)
    assert decision.label is None


def test_numbered_lists_keep_the_authors_numbers() -> None:
    minutes, _ = read(GOOD.replace("Inget. I samtliga", "7. sju\n9. nio\n\nI samtliga"))
    bullets = minutes.items[2].blocks[0]
    assert isinstance(bullets, Bullets)
    assert [entry.text.text for entry in bullets.entries] == ["7. sju", "9. nio"]


@pytest.mark.parametrize(
    ("encoding", "newline"),
    [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("utf-16", "\n"), ("utf-16", "\r\n"), ("utf-8", "\r")],
)
def test_encodings_and_line_ends_make_no_difference(encoding: str, newline: str) -> None:
    reading = read_draft(GOOD.replace("\n", newline).encode(encoding), "a.md")
    assert reading == read_draft(GOOD.encode(), "a.md")


def test_decomposed_letters_are_composed() -> None:
    assert read(GOOD.replace("ö", "o\u0308"))[0] == read(GOOD)[0]


@pytest.mark.parametrize(
    "attendance",
    [
        "Deltagare: Eva Ros (ordförande), Nils Lind, Maj Gran (sekreterare)",
        "Deltagare: Eva Ros, ordförande, Nils Lind samt Maj Gran, sekreterare",
        "**Närvarande**\n\n- Eva Ros, ordförande\n- Nils Lind\n- Maj Gran, sekreterare",
        "## Närvarande\n\nEva Ros    ordförande\nNils Lind\nMaj Gran    sekreterare",
        "_Deltagare:_\n\n|Namn|Roll|\n|--|--|\n|Eva Ros|ordförande|\n|Nils Lind||\n|Maj Gran|sekreterare|",
        "Ledamöter\n\nEva Ros – ordförande\n\nNils Lind\n\nÖvriga närvarande\n\nMaj Gran – sekreterare",
    ],
)
def test_attendance_in_any_form_is_the_same_people(attendance: str) -> None:
    lines = "Deltagare\n\nEva Ros\tordförande\nNils Lind\tledamot\nMaj Gran\tsekreterare"
    minutes, findings = read(GOOD.replace(lines, attendance))
    assert findings == []
    assert [(one.name, one.role) for one in minutes.participants] == [
        ("Eva Ros", "ordförande"),
        ("Nils Lind", ""),
        ("Maj Gran", "sekreterare"),
    ]


@pytest.mark.parametrize(
    "closing",
    [
        "Vid protokollet\n\nOrdförande\n\nJusterare\n\nMaj Gran\n\nEva Ros\n\nNils Lind",
        "Vid protokollet: Maj Gran\nOrdförande: Eva Ros\nJusterat av Nils Lind",
        "Vid protokollet\tOrdförande\tJusterare\nMaj Gran\tEva Ros\tNils Lind",
        "| Vid protokollet | Ordförande | Justerare |\n|---|---|---|\n| Maj Gran | Eva Ros | Nils Lind |",
        "## Underskrifter\n\n_____________\nMaj Gran\nSekreterare\n\n____________\nEva Ros\nOrdförande\n\n______\nNils Lind\nJusterare",
        "Vid protokollet\n\n………………………\nMaj Gran, kommunsekreterare\n\nOrdförande ______\nEva Ros (S)\n\nJusteras 2024-02-20\nNils Lind",
    ],
)
def test_a_closing_block_in_any_order_appoints_the_same_people(closing: str) -> None:
    minutes, findings = read(GOOD[: GOOD.index("Vid protokollet")] + closing + GOOD[GOOD.index("\n\nAnslagsbevis") :])
    assert findings == []
    assert [(one.name, one.role.value) for one in minutes.signatories] == [
        ("Maj Gran", "secretary"),
        ("Eva Ros", "chair"),
        ("Nils Lind", "adjuster"),
    ]
