"""`signflow diff`: what has changed between two drafts, for a secretary, for a program and as a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine

from signflow.texts import Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
DRAFT = """# Protokoll från Miljönämnden

Tid: 2024-03-12 kl. 13.00–15.00
Plats: Rådhuset

## Beslutande

Karin Ek (S), ordförande
Per Lund (M)
Anna Alm (V), sekreterare

## § 1 Bygglov

Sökanden vill bygga ett hus vid sjön.

*Beslut*

Nämnden beslutar att bevilja bygglov.

## § 2 Övrigt

Inga frågor [om vägar].

Vid protokollet

Anna Alm

Ordförande

Karin Ek

Justerat

Per Lund
"""


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "gammal.md", tmp_path / "ny.md"
    old.write_text(DRAFT, "utf-8")
    changed = DRAFT.replace("att bevilja", "att avslå").replace("ett hus vid", "ett garage vid")
    new.write_text(changed.replace("## § 2 Övrigt", "## § 2 Vatten\n\nNytt [bold]här[/].\n\n## § 3 Övrigt"), "utf-8")
    return old, new


def test_a_person_is_told_the_decision_first(cli: CommandLine, versions: tuple[Path, Path]) -> None:
    said = cli("diff", *versions)
    assert (said.code, said.err) == (1, "")
    decision, paragraph = (
        said.out.index("Nämnden beslutar att [-bevilja-] {+avslå+} bygglov."),
        said.out.index("Sökanden vill bygga ett [-hus-] {+garage+} vid sjön."),
    )
    assert decision < paragraph
    assert "{+Nytt [bold]här[/].+}" in said.out
    assert "§ [-2-] {+3+} Övrigt" in said.out
    assert said.out.startswith("Ändrade beslut")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_same_is_the_same(cli: CommandLine, versions: tuple[Path, Path], language: str) -> None:
    said = cli("diff", versions[0], versions[0], "--language", language)
    sentence = Texts(TEMPLATES, "sv" if language == "sv" else "en")("difference.same")
    assert (said.code, said.out.strip().removeprefix("✓ "), said.err) == (0, sentence, "")
    assert cli("diff", versions[0], versions[0], "--json").json["same"] is True


def test_a_program_is_told_in_json(cli: CommandLine, versions: tuple[Path, Path]) -> None:
    said = cli("diff", *versions, "--json")
    assert (said.code, said.err) == (1, "")
    told = said.json
    assert told["same"] is False
    assert [(item["label"], item["change"], item["moved"]) for item in told["items"]] == [
        ("§ 1", "changed", False),
        ("§ 2", "added", False),
        ("§ 3", "changed", False),
    ]
    (line,) = told["items"][0]["decisions"]
    assert [(piece["change"], piece["text"]) for piece in line["words"]] == [
        ("same", "Nämnden beslutar att"),
        ("removed", "bevilja"),
        ("added", "avslå"),
        ("same", "bygglov."),
    ]


def test_it_is_written_as_a_page(cli: CommandLine, versions: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "andringar.html"
    assert cli("diff", *versions, "--html", page).code == 1
    text = page.read_text("utf-8")
    assert "avslå" in text
    assert "<ins>" in text
    assert "gammal.md → ny.md" in text
    json_too = cli("diff", *versions, "--html", page, "--json")
    assert json_too.json["items"]


@pytest.mark.parametrize("broken", ["", "\x00\x01\x02" * 100])
def test_a_draft_that_cannot_be_read_is_trouble_and_no_difference(
    cli: CommandLine, versions: tuple[Path, Path], tmp_path: Path, broken: str
) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text(broken, "utf-8")
    for pair in ((bad, versions[0]), (versions[0], bad), (versions[0], tmp_path / "missing.md")):
        said = cli("diff", *pair)
        assert said.code == 2
        assert ".md" in said.err
        assert said.out == ""
    assert cli("diff", bad, bad, "--json").json["error"]["code"] == "draft-not-comparable"


def test_long_unchanged_text_is_shortened_beside_a_change(cli: CommandLine, versions: tuple[Path, Path]) -> None:
    long = " ".join(f"ord{number}" for number in range(80))
    for file, word in zip(versions, ("hus", "garage"), strict=True):
        file.write_text(DRAFT.replace("ett hus vid", f"{long} {word} {long}"), "utf-8")
    out = cli("diff", *versions).out
    assert "… ord68" in out
    assert "ord79 [-hus-] {+garage+} ord0" in out
    assert "ord11 …" in out
    assert "ord40" not in out
