"""Drafts laid out as municipalities lay out theirs: each is understood as its author meant it, and keeps every word."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typed_in_word import typed_in_word

from signflow.minutes import read_draft
from signflow.minutes.findings import accepted
from signflow.minutes.model import Fact, Minutes

ONLY_MARKDOWN = re.compile(r"\]\(|\[\^|\]\{")  # what Word has no typed signs for: links, notes, languages
LAYOUTS = Path(__file__).parent / "layouts"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((LAYOUTS / "expected.toml").read_text("utf-8"))


def understood(minutes: Minutes) -> dict[str, Any]:
    """What the minutes say, in the words of `expected.toml`."""
    said: dict[str, Any] = {
        "class": minutes.minutes_class.value,
        "language": minutes.language,
        "body": minutes.body,
        "date": minutes.date,
        "start": f"{minutes.start:%H:%M}" if minutes.start else "",
        "place": minutes.place,
        "chair": minutes.chair,
        "present": [person.name for person in minutes.participants],
        "items": [
            [str(item.number or ""), item.title, *(text.text for text in item.decisions)] for item in minutes.items
        ],
        "signs_first": minutes.signs_first,
        "signs": [
            " ".join([one.role.value, one.name, *(f"{covered.first}–{covered.last}" for covered in one.covers)])
            for one in minutes.signatories
        ],
    }
    notice = minutes.notice
    if notice:
        told = [f"{part.label}: {part.value.text}" if isinstance(part, Fact) else part.text for part in notice.parts]
        said["notice"] = [notice.label, *told]
    return said


def test_every_layout_in_the_folder_is_expected() -> None:
    assert {path.name for path in LAYOUTS.iterdir()} == {*EXPECTED, "expected.toml"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_layout_is_understood(name: str) -> None:
    reading = read_draft((LAYOUTS / name).read_bytes(), name)
    assert reading.minutes is not None
    assert understood(reading.minutes) == EXPECTED[name]
    assert accepted(reading.findings), [(found.line, found.code) for found in reading.findings]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_layout_is_understood_whatever_its_line_ends_and_encoding(name: str) -> None:
    text = (LAYOUTS / name).read_text("utf-8")
    for data in (text.replace("\n", "\r\n").encode("utf-8-sig"), text.replace("\n", "\r").encode("utf-16")):
        reading = read_draft(data, name)
        assert reading.minutes is not None
        assert understood(reading.minutes) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_layout_is_understood_typed_in_word(name: str) -> None:
    text = (LAYOUTS / name).read_text("utf-8")
    if ONLY_MARKDOWN.search(text):
        return
    reading = read_draft(typed_in_word(text), "utkast.docx")
    assert reading.minutes is not None
    assert understood(reading.minutes) == EXPECTED[name]
    assert accepted(reading.findings), [(found.line, found.code) for found in reading.findings]
