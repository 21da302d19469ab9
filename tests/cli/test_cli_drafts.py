"""`check` and `render`: what a careful person would say of drafts unlike the sample, and what comes of bad files."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from command_line import CommandLine

from signflow.cli.files import read_beginning
from signflow.errors import SettingsError
from signflow.texts import Texts

HERE = Path(__file__).parent
DRAFTS = HERE / "drafts"
MORE_DRAFTS = HERE.parent / "minutes" / "drafts"
TEXTS = Texts(HERE.parents[1] / "templates", "sv")
SAMPLE = HERE.parent / "samples" / "minnesanteckningar-2020-01-16.md"

# per draft: what stands where, who signs, which decisions there are
EXPECTED = {
    "data-group.md": (
        [("note", 16, "item-number-missing"), ("note", 22, "item-number-missing")],
        {
            "class": "notes",
            "language": "en",
            "date": "2023-10-09",
            "start": "10:00",
            "end": None,
            "place": "Video call",
        },
        ("Tom Bell", ["Priya Nair"]),
        {"Open data": ["Publish the timetable data in November."], "Next meeting": []},
    ),
    "hemvarden.md": (
        [("warning", None, "place-missing")],
        {"class": "notes", "date": "2024-02-02", "start": "08:30", "end": "10:00", "place": None},
        ("Fatima Ali", ["Eva-Lotta Brink-Møller", "Göran Stål"]),
        {"Bemanning": ["Göran Stål tar fram en gemensam lista."], "Välfärdsteknik": []},
    ),
    "kulturnamnden.md": (
        [
            ("note", None, "adjustment-date-missing"),
            ("note", None, "notice-missing"),
            ("error", 3, "weekday-mismatch"),
            ("warning", 17, "protocol-item-silent"),
            ("warning", 25, "item-number-gap"),
            ("error", 29, "adjuster-missing"),
        ],
        {"class": "protocol", "date": "2024-03-12", "start": "13:00", "end": "14:45", "chair": "Karin Ek"},
        ("Per Lund", []),
        {
            "Föregående protokoll": [],
            "Öppettider på biblioteket": ["Biblioteket håller öppet till klockan 20 på torsdagar."],
            "Övriga frågor": [],
        },
    ),
    "samradsgruppen.txt": (
        [("error", 9, "person-twice"), ("warning", 16, "identity-number"), ("error", 19, "signatory-misspelled")],
        {"class": "notes", "date": "2024-05-14", "start": "15:00", "end": "16:10", "place": "Kommunhuset, rum Eken"},
        ("Ingela Forss", ["Sten Åkerblom"]),
        {"Inledning": [], "Upphandling": []},
    ),
    "styrgruppen-windows.txt": (
        [("note", 1, "encoding-guessed"), ("error", 16, "item-number-duplicate")],
        {"class": "notes", "date": "2024-09-05", "start": "09:30", "end": "11:00", "place": "Rådhuset, Göteborg"},
        ("Mårten Sjögren", ["Åsa Öberg"]),
        {"Läget": [], "Budget": []},
    ),
    "vagforeningen.md": (
        [("error", 3, "date-impossible"), ("error", 3, "end-before-start"), ("error", 15, "decision-empty")],
        {"class": "notes", "date": None, "start": "18:00", "end": "17:00", "place": "Bygdegården"},
        ("Nils Berg", ["Rut Dahl"]),
        {"Snöröjning": [], "Grus": []},
    ),
}
CLEAN = {
    "plain-text.txt": ("notes", "sv"),
    "arabiska-och-finska.md": ("notes", "sv"),
    "samiska-namn.md": ("notes", "sv"),
    "tabellfakta.md": ("notes", "sv"),
}


def test_there_are_ten_drafts() -> None:
    assert len(EXPECTED) + len(CLEAN) == 10
    assert {file.name for file in DRAFTS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_check_says_what_a_careful_person_would(cli: CommandLine, name: str) -> None:
    findings, facts, (secretary, adjusters), decisions = EXPECTED[name]
    said = cli("check", DRAFTS / name, "--json")
    report = said.json
    assert [(one["severity"], one["line"], one["code"]) for one in report["findings"]] == findings
    minutes = report["minutes"]
    assert {key: minutes[key] for key in facts} == facts
    assert (minutes["secretary"], minutes["adjusters"]) == (secretary, adjusters)
    assert {item["title"]: item["decisions"] for item in minutes["items"]} == decisions
    accepted = all(severity != "error" for severity, _, _ in findings)
    assert report["accepted"] is accepted
    assert said.code == (0 if accepted else 1)
    assert said.err == ""


@pytest.mark.parametrize("name", CLEAN)
def test_check_has_nothing_to_say_of_a_draft_without_fault(cli: CommandLine, name: str) -> None:
    said = cli("check", MORE_DRAFTS / name, "--json")
    minutes = said.json["minutes"]
    assert (said.code, said.json["findings"]) == (0, [])
    assert (minutes["class"], minutes["language"]) == CLEAN[name]
    assert minutes["secretary"]
    assert minutes["adjusters"]


@pytest.mark.parametrize(
    ("language", "words"), [("sv", ("Fel rad 3", "→", "3 fel")), ("en", ("Error line 3", "→", "3 errors"))]
)
def test_a_person_is_told_line_fault_and_remedy(cli: CommandLine, language: str, words: tuple[str, ...]) -> None:
    said = cli("check", DRAFTS / "vagforeningen.md", "--language", language)
    assert said.code == 1
    assert [word for word in words if word not in said.out] == []


def test_an_identity_number_is_never_repeated(cli: CommandLine) -> None:
    for options in ([], ["--json"]):
        assert "19850709-9805" not in cli("check", DRAFTS / "samradsgruppen.txt", *options).out


def test_a_file_that_is_not_there_is_usage(cli: CommandLine, tmp_path: Path) -> None:
    said = cli("check", tmp_path / "no [such] draft.md", "--language", "sv")
    assert (said.code, said.out) == (2, "")
    assert "no [such] draft.md" in said.err
    assert "den finns inte" in said.err


def test_a_folder_without_drafts_and_a_file_without_permission_are_usage(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = cli("check", tmp_path, "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "no-drafts-there")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(SettingsError) as refused:
        read_beginning(tmp_path / "locked.md", TEXTS, 10)
    assert refused.value.params["reason"] == "rättighet saknas"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.md", b"", "draft-empty"),
        ("random.md", os.urandom(200_000), "draft-binary"),
        ("program.md", b"\x7fELF" + bytes(3_000_000), "draft-binary"),
        ("one-line.md", b"a" * 19_000_000, ""),
        ("large.md", b"rad med text\n" * 2_000_000, "draft-too-large"),
        ("minutes.pdf", b"%PDF-1.7\n...", "draft-format"),
    ],
)
def test_bad_files_get_a_finding_soon(cli: CommandLine, tmp_path: Path, name: str, data: bytes, code: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    began = time.monotonic()
    said = cli("check", file, "--json")
    assert time.monotonic() - began < 5
    assert said.code == 1
    assert said.json["minutes"] is None
    found = [one["code"] for one in said.json["findings"]]
    assert code in found if code else found


def test_render_makes_the_same_pdf_at_the_same_time(cli: CommandLine, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        assert cli("render", SAMPLE, "-o", tmp_path / name, "--at", "2020-01-20T10:00:00").code == 0
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_render_of_a_draft_with_errors_writes_nothing(cli: CommandLine, tmp_path: Path) -> None:
    kept = tmp_path / "kept.pdf"
    kept.write_bytes(b"as it was")
    for output in (kept, tmp_path / "new.pdf"):
        said = cli("render", DRAFTS / "vagforeningen.md", "-o", output)
        assert said.code == 1
        assert "date-impossible" in said.out
    assert kept.read_bytes() == b"as it was"
    assert not (tmp_path / "new.pdf").exists()


def test_render_never_replaces_the_draft(cli: CommandLine, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_bytes(SAMPLE.read_bytes())
    assert cli("render", draft, "-o", draft).code == 2
    assert draft.read_bytes() == SAMPLE.read_bytes()


def test_render_into_a_folder_or_nowhere_is_usage(cli: CommandLine, tmp_path: Path) -> None:
    assert cli("render", SAMPLE, "-o", tmp_path).code == 2
    assert cli("render", SAMPLE, "-o", "/proc/no/such.pdf").code == 2
    assert cli("render", SAMPLE).code == 2


def test_looking_makes_no_data_folder(cli: CommandLine, tmp_path: Path) -> None:
    cli("check", SAMPLE)
    cli("render", SAMPLE, "-o", tmp_path / "out.pdf")
    cli("verify", tmp_path / "out.pdf")
    for arguments in (
        ["status"],
        ["status", "abc"],
        ["archive", "list"],
        ["archive", "check"],
        ["people", "list"],
        ["reconcile"],
    ):
        said = cli(*arguments)
        assert said.code == 2, arguments
        assert str(cli.data) in said.err
    assert not cli.data.exists()
