"""`signflow new`: what it writes, where, and whom it fills in."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine

REGISTER = """name;organisation;e-mail;roles
Åsa Ek;Socialnämnden;asa@example.org;sekreterare
Bo Berg;Socialnämnden;bo@example.org;ordförande
Cia Dal;Kulturnämnden;cia@example.org;justerare
"""


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("of_class", ["notes", "protocol"])
@pytest.mark.parametrize("word", [False, True])
def test_a_fresh_draft_has_its_blanks_as_findings(
    cli: CommandLine, tmp_path: Path, language: str, of_class: str, *, word: bool
) -> None:
    said = cli("new", "--class", of_class, "--language", language, *(["--word"] if word else []))
    assert said.code == 0, said.err
    (file,) = (one for one in tmp_path.iterdir() if one.is_file())
    assert file.suffix == (".docx" if word else ".md")
    assert file.name in said.out
    checked = cli("check", file.name, "--json")
    assert checked.code == 1
    assert checked.json["minutes"]["class"] == of_class
    assert checked.json["minutes"]["language"] == language
    blanks = [one for one in checked.json["findings"] if one["code"] == "placeholder-left"]
    assert len(blanks) > 8
    assert not cli.data.exists()  # without a data folder there is no register, and none is made


def test_what_is_known_of_the_meeting_stands_in_the_draft(cli: CommandLine, tmp_path: Path) -> None:
    register = tmp_path / "people.csv"
    register.write_text(REGISTER, "utf-8")
    assert cli("people", "import", register).code == 0
    options = ("--class", "protocol", "--body", "Socialnämnden", "--date", "2026-11-30", "--first-item", "94")
    assert cli("new", *options).code == 0
    text = (tmp_path / "protokoll-socialnämnden-2026-11-30.md").read_text("utf-8")
    assert "Måndagen den 30 november 2026" in text
    assert "| Bo Berg | Socialnämnden | ordförande |" in text
    assert "## § 94 " in text
    assert "Cia Dal" not in text
    assert cli("new", *options, "--person", "Cia Dal", "--person", "Nora Ny", "-o", "other.md").code == 0
    other = (tmp_path / "other.md").read_text("utf-8")
    assert "Cia Dal" in other
    assert "Nora Ny" in other
    assert "Bo Berg" not in other


@pytest.mark.parametrize("word", [False, True])
def test_no_file_is_ever_overwritten(cli: CommandLine, tmp_path: Path, *, word: bool) -> None:
    file = tmp_path / ("mine.docx" if word else "mine.md")
    file.write_bytes(b"my own words")
    said = cli("new", "-o", file, "--language", "sv")
    assert (said.code, said.out) == (2, "")
    assert "finns redan" in said.err
    assert file.read_bytes() == b"my own words"
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--word", "-o", "draft.md"),
        ("-o", "no-such-folder/draft.md"),
        ("--date", "2026-02-30"),
        ("--first-item", "0"),
        ("--class", "letter"),
    ],
)
def test_what_cannot_be_made_is_an_error_of_usage(cli: CommandLine, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert cli("new", *arguments).code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_municipality_has_its_own_templates(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = Path(__file__).parents[2] / "templates"
    templates = tmp_path / "templates"
    templates.mkdir()
    for one in packaged.iterdir():
        if one.name != "drafts":
            (templates / one.name).symlink_to(one)
    (templates / "drafts" / "sv").mkdir(parents=True)
    (templates / "drafts" / "sv" / "notes.md.j2").write_text("# Minnesanteckningar från {{ body }}\n", "utf-8")
    monkeypatch.setenv("SIGNFLOW_TEMPLATES", str(templates))
    assert cli("new", "--body", "byn_*", "-o", "a.md").code == 0
    assert (tmp_path / "a.md").read_text("utf-8") == "# Minnesanteckningar från byn\\_\\*\n"
    said = cli("new", "--class", "protocol", "-o", "b.md", "--language", "sv")
    assert said.code == 2
    assert "protocol.md.j2" in said.err
    assert not (tmp_path / "b.md").exists()
