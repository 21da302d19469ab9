"""Codes, sentences and documentation name the same findings."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from signflow.minutes import SEVERITIES
from signflow.minutes.model import Role
from signflow.minutes.reading import PlaceUnit
from signflow.minutes.rules.acts import ActKind
from signflow.minutes.rules.check_protocol import Field
from signflow.minutes.word.changes import REVISIONS
from signflow.texts import LANGUAGES, Language, Texts, finding_sentence

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src/signflow").rglob("*.py"))


def _sentences(language: Language) -> dict[str, str]:
    texts = Texts(ROOT / "templates", language)
    filled = dict.fromkeys(_all_fields(), "…")
    return {key: texts(key, **filled) for key in _keys(texts) if key.count(".") == 2 and key.split(".")[1] != "place"}


def _keys(texts: Texts) -> list[str]:
    return sorted(key for key in texts.keys() if key.startswith("findings."))  # noqa: SIM118 - Texts is no mapping


def _all_fields() -> set[str]:
    raw = "".join((ROOT / f"templates/texts/{language}/findings.toml").read_text("utf-8") for language in LANGUAGES)
    return {name for _, name, _, _ in string.Formatter().parse(raw) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_message_and_a_remedy(language: Language) -> None:
    expected = {f"findings.{code}.{part}" for code in SEVERITIES for part in ("message", "remedy")}
    assert set(_sentences(language)) == expected


def test_the_languages_fill_in_the_same_parameters() -> None:
    def fields(language: Language) -> dict[str, set[str]]:
        lines = (ROOT / f"templates/texts/{language}/findings.toml").read_text("utf-8").split("\n[")
        return {
            section.split("]")[0]: {name.split("_")[0] for _, name, _, _ in string.Formatter().parse(section) if name}
            for section in lines[1:]
        }

    assert fields("sv") == fields("en")


def test_the_languages_have_words_for_the_same_values() -> None:
    swedish, english = (set(_keys(Texts(ROOT / "templates", language))) for language in LANGUAGES)
    assert swedish == english


def test_every_remedy_is_documented() -> None:
    documented = re.findall(
        r"^### `([a-z-]+)`\n\n.*\n\nRemedy: (.*)$", (ROOT / "docs/findings.md").read_text("utf-8"), re.MULTILINE
    )
    sentences = tomllib.loads((ROOT / "templates/texts/en/findings.toml").read_text("utf-8"))
    assert dict(documented) == {code: sentences[code]["remedy"] for code in SEVERITIES}


def test_every_code_is_documented_with_its_severity() -> None:
    documented = re.findall(
        r"^### `([a-z-]+)`\n\n\*(\w+)\.\*", (ROOT / "docs/findings.md").read_text("utf-8"), re.MULTILINE
    )
    assert {code: severity.lower() for code, severity in documented} == {
        code: severity.value for code, severity in SEVERITIES.items()
    }


def test_every_code_in_the_source_is_in_the_list() -> None:
    raised: set[str] = set()
    for source in SOURCES:
        raised |= set(re.findall(r'(?:remark|Finding)\(\s*"([a-z-]+)"', source.read_text("utf-8")))
    assert raised <= set(SEVERITIES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_is_a_code_has_words(language: Language) -> None:
    values = {
        "tracked-change.kind": set(REVISIONS.values()),
        "disqualified-took-part.act": set(ActKind) - {ActKind.DISQUALIFIED},
        "protocol-item-silent.fields": set(Field),
        "protocol-items-silent.fields": set(Field),
        "range-gap.role": set(Role),
        "object-left-out.kind": {"object", "document", "chart", "diagram", "equation", "ink"},
    }
    wanted = {f"findings.{name}.{value}" for name, those in values.items() for value in those}
    assert wanted <= set(_keys(Texts(ROOT / "templates", language)))


@pytest.mark.parametrize(
    ("language", "unit", "message"),
    [
        ("sv", PlaceUnit.LINE, "Bo Ek står två gånger i listan, första gången på rad 9."),
        ("sv", PlaceUnit.PARAGRAPH, "Bo Ek står två gånger i listan, första gången i stycke 9."),
        ("en", PlaceUnit.LINE, "Bo Ek is listed twice, first on line 9."),
        ("en", PlaceUnit.PARAGRAPH, "Bo Ek is listed twice, first in paragraph 9."),
    ],
)
def test_a_second_place_is_said_in_the_drafts_own_unit(language: Language, unit: PlaceUnit, message: str) -> None:
    record = {"code": "person-twice", "line": 12, "quote": "Bo Ek", "params": {"name": "Bo Ek", "first": "9"}}
    assert finding_sentence(Texts(ROOT / "templates", language), record, "message", unit) == message


def test_values_are_said_in_words_and_names_stay() -> None:
    swedish = Texts(ROOT / "templates", "sv")

    def said(**params: str) -> str:
        return finding_sentence(
            swedish, {"code": "tracked-change", "line": 1, "quote": "", "params": params}, "message"
        )

    assert "(infogad text) av Ek, Anna som" in said(kind="inserted", author="Ek, Anna")
    assert "av någon som inte anges som" in said(kind="moved", author="")
    assert "(teleported)" in said(kind="teleported", author="Bo")


def test_a_finding_of_another_version_is_its_code() -> None:
    record = {"code": "of-another-version", "line": None, "quote": "", "params": {}}
    texts = Texts(ROOT / "templates", "en")
    assert finding_sentence(texts, record, "message") == "of-another-version"
    assert finding_sentence(texts, record, "remedy") == ""
