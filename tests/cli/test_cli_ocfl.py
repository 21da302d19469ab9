"""`signflow archive check ./folder`: any OCFL object or storage root, judged far from any data folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import CommandLine

from archive.ocfl_drafts import honest_object, honest_root
from signflow.archive.ocfl_validation.findings import MOST_OF_A_CODE


def test_what_is_valid_ends_with_0(cli: CommandLine, tmp_path: Path) -> None:
    honest_root().write(tmp_path / "root")
    said = cli("archive", "check", "./root", "--language", "en")
    assert (said.code, said.err) == (0, "")
    assert "Valid OCFL 1.1" in said.out
    assert "Objects: 2. Errors: 0. Warnings: 0." in said.out
    assert cli("archive", "check", tmp_path / "root", "--json").json == {
        "folder": str(tmp_path / "root"),
        "valid": True,
        "kind": "root",
        "ocfl": "1.1",
        "objects": 2,
        "errors": 0,
        "warnings": 0,
        "findings": [],
        "more": {},
        "unjudged": [],
    }
    assert not cli.data.exists()


def test_a_warning_is_told_and_ends_with_0(cli: CommandLine, tmp_path: Path) -> None:
    honest_object("1.0", algorithm="sha256").write(tmp_path / "object")
    said = cli("archive", "check", tmp_path / "object", "--json", "--language", "en")
    assert (said.code, said.json["valid"], said.json["ocfl"], said.json["warnings"]) == (0, True, "1.0", 3)
    assert said.json["findings"][0] == {
        "code": "W004",
        "severity": "warning",
        "path": "inventory.json",
        "what": "sha256",
        "message": "The content's digests should be made with SHA-512.",
        "source": "https://ocfl.io/1.0/spec/#W004",
    }


def test_what_is_broken_ends_with_1_and_says_where(cli: CommandLine, tmp_path: Path) -> None:
    folder = honest_object().write(tmp_path / "object")
    (folder / "v1/content/a.txt").write_bytes(b"other")
    (folder / "v1/content/[bold]").write_bytes(b"")
    said = cli("archive", "check", folder, "--language", "en")
    assert said.code == 1
    assert "error E092 · A file in the manifest is missing or has another digest.\n  v1/content/a.txt" in said.out
    assert "  v1/content/[bold]\n" in said.out
    told = cli("archive", "check", folder, "--json").json
    assert (told["kind"], told["errors"]) == ("object", 3)
    assert [(one["code"], one["path"]) for one in told["findings"]] == [
        ("E023", "v1/content/[bold]"),
        ("E092", "v1/content/a.txt"),
        ("E093", "v1/content/a.txt"),
    ]


def test_names_of_strangers_do_not_steer_the_terminal(cli: CommandLine, tmp_path: Path) -> None:
    folder = honest_object().write(tmp_path / "object")
    for name in ("\x1b[2J\n", os.fsdecode(b"\xff"), "å"):
        (folder / name).touch()
    said = cli("archive", "check", folder)
    assert [line for line in said.out.splitlines() if line.startswith("  ")] == ["  \\x1b[2J\\n", "  å", "  \\udcff"]
    assert "\x1b" not in said.out
    told = cli("archive", "check", folder, "--json").json["findings"]
    assert [one["path"] for one in told] == ["\x1b[2J\n", "å", "\\udcff"]


def test_of_many_findings_some_are_shown_and_all_are_counted(cli: CommandLine, tmp_path: Path) -> None:
    folder = honest_object().write(tmp_path / "object")
    for number in range(MOST_OF_A_CODE + 5):
        (folder / f"stray-{number}").touch()
    said = cli("archive", "check", folder, "--language", "en")
    assert "… and 995 more." in said.out
    assert len(said.out.splitlines()) < 20
    told = cli("archive", "check", folder, "--json").json
    assert (told["errors"], len(told["findings"]), told["more"]) == (MOST_OF_A_CODE + 5, MOST_OF_A_CODE, {"E001": 5})


def test_what_cannot_be_read_is_told_and_ends_with_1(cli: CommandLine, tmp_path: Path) -> None:
    folder = honest_object().write(tmp_path / "object")
    data = (folder / "inventory.json").read_bytes()
    (folder / "inventory.json").write_bytes(data + b" " * 100_000_000)
    said = cli("archive", "check", folder, "--language", "en")
    assert said.code == 1
    assert "Not wholly judged against OCFL 1.1" in said.out
    assert "inventory.json: larger than is read here" in said.out
    told = cli("archive", "check", folder, "--json", "--language", "en").json
    assert told["unjudged"] == [{"path": "inventory.json", "reason": "larger than is read here"}]


@pytest.mark.parametrize("given", ["./nowhere", "./file", "./"])
def test_what_is_no_folder_of_ours_is_told(cli: CommandLine, tmp_path: Path, given: str) -> None:
    (tmp_path / "file").touch()
    said = cli("archive", "check", given)
    if given == "./":  # an ordinary folder declares nothing
        assert (said.code, "E069" in said.out) == (1, True)
        return
    assert (said.code, said.out) == (2, "")
    assert given.strip("./") in said.err
    assert cli("archive", "check", given, "--json").json["error"]["code"] == "ocfl-folder"


def test_a_name_without_a_slash_is_a_documents(cli: CommandLine, tmp_path: Path) -> None:
    honest_object().write(tmp_path / "object")
    assert cli("archive", "check", "object", "--json").json["error"]["code"] == "data-folder-missing"
