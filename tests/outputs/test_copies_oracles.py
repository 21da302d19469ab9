"""veraPDF and pdftotext on web copies and extracts: conformant, and every word in order."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from published_minutes import AT, filled

from judges import PROFILES, judged_by_verapdf, tool
from signflow.minutes.excerpt import excerpt
from signflow.minutes.model import Minutes, MinutesClass
from signflow.minutes.redaction import redacted
from signflow.minutes.words import words_of
from signflow.rendering.copies import Original
from signflow.rendering.extract import render_extract
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.web_copy import render_web_copy
from signflow.texts import LANGUAGES, Language, Texts

pytestmark = [pytest.mark.xdist_group("copies-oracles")]


@pytest.fixture(scope="module")
def files(
    style: HouseStyle, catalogue: Mapping[Language, Texts], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Path, list[str]]:
    """Copies that differ, with the words that each is to say: both classes, both languages, short and long."""
    folder = tmp_path_factory.mktemp("published")
    found: dict[Path, list[str]] = {}
    for at, language in enumerate(LANGUAGES * 3):
        minutes = written(at, language)
        texts = catalogue[language]
        for digest in ("", "0f" * 32):
            original = Original(f"sf-2024-{at:04}", at + 1, digest)
            web, extract = folder / f"web-{at}-{digest[:2]}.pdf", folder / f"extract-{at}-{digest[:2]}.pdf"
            web.write_bytes(render_web_copy(minutes, style, texts, original=original, at=AT))
            found[web] = words_of(redacted(minutes, texts("copies.mask")).minutes)
            number = 1 + at % 2
            extract.write_bytes(render_extract(minutes, number, style, texts, original=original, at=AT))
            found[extract] = words_of(excerpt(minutes, number))
    return found


def written(at: int, language: Language) -> Minutes:
    place = count()
    length = 1 + 4 * (at % 3)

    def text() -> str:
        number = next(place)
        return " ".join(f"ord{at}x{number}y{word}" for word in range(length)) + (
            " 811218-9876 " if number % 7 == 0 else " "
        )

    minutes = replace(filled(text, language), body="Nämnden")  # stands in the running head
    return replace(minutes, minutes_class=MinutesClass.NOTES, notice=None) if at % 4 == 0 else minutes


@pytest.mark.oracle("veraPDF")
def test_every_copy_conforms(files: Mapping[Path, list[str]]) -> None:
    judged = judged_by_verapdf([*files])
    assert {profile for _, profile in judged} == PROFILES
    assert len(judged) == 2 * len(files)
    assert {key: rules for key, rules in judged.items() if rules} == {}


@pytest.mark.oracle("pdftotext")
def test_every_word_is_extracted_in_order(files: Mapping[Path, list[str]]) -> None:
    for file, wanted in files.items():
        text = subprocess.run([tool("pdftotext"), "-raw", str(file), "-"], capture_output=True, check=True, text=True)
        told = [word for word in text.stdout.split() if word.startswith("ord")]
        assert [word for word in wanted if word.startswith("ord")] == told, file.name
        assert "811218" not in text.stdout or file.name.startswith("extract")
