"""Codes, sentences and documentation name the same findings."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from signflow.minutes import SEVERITIES
from signflow.texts import LANGUAGES, Language, Texts

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src/signflow").rglob("*.py"))


def _sentences(language: Language) -> dict[str, str]:
    texts = Texts(ROOT / "templates", language)
    filled = dict.fromkeys(_all_fields(), "…")
    keys = sorted(key for key in texts.keys() if key.startswith("findings."))  # noqa: SIM118 - Texts is no mapping
    return {key: texts(key, **filled) for key in keys}


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
