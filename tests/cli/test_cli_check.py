"""`signflow check` on many files: each one's findings, and a table that says which are ready."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CommandLine

SIGNFLOW = Path(sys.executable).parent / "signflow"
GOOD = """# Minnesanteckningar från {body}

Tid: tisdagen den 5 mars 2024 kl. 9.00–10.15

Plats: {place}

Deltagare

Åsa Ek\tNacka
Bo Berg\tTyresö

## 1. {matter}

{words}

Vid anteckningarna

Åsa Ek

Justerat

Bo Berg
"""
GOOD_WORDS = {"body": "ledningsgruppen", "place": "rådhuset", "matter": "Vägarna", "words": "Vi gick igenom läget."}


def good(**other: str) -> str:
    return GOOD.format(**{**GOOD_WORDS, **other})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good draft, a bad one deeper down, and what is to be passed over."""
    drafts = tmp_path / "utkast"
    (drafts / "2024" / "mars").mkdir(parents=True)
    (drafts / "bra.md").write_text(good(), "utf-8")
    (drafts / "2024" / "mars" / "fel [1].txt").write_text(good().replace("tisdagen", "onsdagen"), "utf-8")
    (drafts / "anteckning.MARKDOWN").write_text(good(matter="Snö").replace("## 1. ", "## "), "utf-8")
    (drafts / "~$bra.docx").write_bytes(b"locked by somebody")
    (drafts / ".hidden.md").write_text("x", "utf-8")
    (drafts / ".git").mkdir()
    (drafts / ".git" / "inside.md").write_text("x", "utf-8")
    (drafts / "folder.md").mkdir()
    (drafts / "picture.png").write_bytes(b"\x89PNG")
    os.mkfifo(drafts / "pipe.md")
    return drafts


def test_a_folder_is_checked_with_the_folders_in_it(cli: CommandLine, folder: Path) -> None:
    said = cli("check", folder, "--language", "sv")
    assert said.code == 1
    rows = {line.split("  ")[0]: line.split() for line in said.out.splitlines() if "✓ klar" in line or "✗ ska" in line}
    assert list(rows) == ["2024/mars/fel [1].txt", "anteckning.MARKDOWN", "bra.md"]
    assert rows["bra.md"][1:] == ["anteckningar", "1", "0", "0", "0", "✓", "klar"]
    assert rows["anteckning.MARKDOWN"][1:] == ["anteckningar", "1", "0", "0", "1", "✓", "klar"]
    assert rows["2024/mars/fel [1].txt"][-6:] == ["1", "0", "0", "✗", "ska", "rättas"]
    assert "Fel rad 3 · weekday-mismatch" in said.out
    assert said.out.rstrip().endswith("2 av 3.")
    assert said.err == ""


def test_as_json_each_file_is_an_object(cli: CommandLine, folder: Path) -> None:
    said = cli("check", folder, "--json")
    assert said.code == 1
    assert [Path(one["file"]).name for one in said.json] == ["fel [1].txt", "anteckning.MARKDOWN", "bra.md"]
    assert [one["accepted"] for one in said.json] == [False, True, True]
    assert said.json[0]["findings"][0]["code"] == "weekday-mismatch"
    single = cli("check", folder / "bra.md", "--json").json
    assert {**single, "file": str(folder / "bra.md")} == said.json[2]


def test_several_good_files_are_good(cli: CommandLine, folder: Path) -> None:
    bad = folder / "2024" / "mars" / "fel [1].txt"
    bad.unlink()
    assert cli("check", folder, folder / "bra.md").code == 0
    named = cli("check", folder / "bra.md", folder / "anteckning.MARKDOWN", "--language", "en")
    assert named.code == 0
    assert named.out.rstrip().endswith("Drafts that can be sent for signature: 2 of 2.")


def test_a_word_file_has_paragraphs(cli: CommandLine, folder: Path) -> None:
    assert cli("new", "-o", folder / "nytt.docx").code == 0
    said = cli("check", folder / "nytt.docx", "--language", "sv")
    assert "Fel stycke 2 · placeholder-left" in said.out
    account = next(one for one in cli("check", folder, "--json").json if one["file"].endswith(".docx"))
    assert account["unit"] == "paragraph"


def test_a_file_that_cannot_be_read_is_a_finding_among_others(cli: CommandLine, folder: Path) -> None:
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    names = [Path(one["file"]).name for one in cli("check", folder, "--json").json]
    assert "gone.md" not in names  # a link to nothing is no file
    (folder / "bra.md").unlink()
    (folder / "bra.md").symlink_to(
        "/proc/self/mem"
    )  # a file by its looks, and no program can read it from its beginning
    said = cli("check", folder, "--json")
    found = next(one for one in said.json if one["file"].endswith("bra.md"))
    assert (said.code, found["accepted"], found["minutes"]) == (1, False, None)
    assert [one["code"] for one in found["findings"]] == ["file-unreadable"]
    assert "oläslig" in cli("check", folder, "--language", "sv").out


@pytest.mark.parametrize("arguments", [("nosuch.md", "bra.md"), ("empty",)])
def test_a_path_that_leads_nowhere_is_an_error_of_usage(
    cli: CommandLine, folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "empty").mkdir()
    said = cli("check", *(folder / one for one in arguments))
    assert (said.code, said.out) == (2, "")
    assert said.err


def on_a_terminal(columns: int, *arguments: str | Path) -> str:
    """What a person sees who runs signflow in a window of that width."""
    controller, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", "SIGNFLOW_LANGUAGE": "sv"}
    process = subprocess.Popen(
        [SIGNFLOW, *arguments], stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    )
    os.close(terminal)
    seen = b""
    try:
        while chunk := os.read(controller, 65536):
            seen += chunk
    except OSError:  # on Linux that is how the end is told
        pass
    finally:
        os.close(controller)
    assert process.wait(30) in {0, 1}
    return seen.decode()


def test_on_a_terminal_a_bar_shows_how_far_it_is_and_goes_away(folder: Path) -> None:
    seen = on_a_terminal(80, "check", folder)
    assert "Granskar" in seen
    assert "3/3" in seen
    after = seen[seen.rindex("3/3") :]
    assert "Granskar" not in after
    assert "\x1b[2K" in after  # its line is wiped out
    assert "2 av 3" in after
    assert "Granskar" not in on_a_terminal(80, "check", folder / "bra.md")
