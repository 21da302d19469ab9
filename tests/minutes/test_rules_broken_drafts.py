"""Broken drafts get the errors and warnings that a careful person wrote down for them, on the right lines, and no others.

`broken/expected.toml` was written from the drafts, not from what the rules said.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from signflow.minutes import SEVERITIES, read_draft
from signflow.minutes.findings import Severity
from signflow.texts import LANGUAGES, Texts, finding_sentence

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BROKEN = HERE / "broken"
EXPECTED: dict[str, list[str]] = {
    name: table["findings"] for name, table in tomllib.loads((BROKEN / "expected.toml").read_text("utf-8")).items()
}
GOOD = [*sorted((HERE / "drafts").iterdir()), *sorted((ROOT / "tests/samples").glob("*.md"))]
# drafts of that folder that are there to be remarked on
FAULTY = {"bara-text.txt", "fel-veckodag.md", "friluftsnamnden-utan-delar.md"}
CATALOGUES = [Texts(ROOT / "templates", language) for language in LANGUAGES]


def test_every_broken_draft_is_expected_and_there_are_enough() -> None:
    assert {path.name for path in BROKEN.iterdir()} == {*EXPECTED, "expected.toml"}
    assert len(EXPECTED) >= 45


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_broken_draft_gets_the_findings_of_a_careful_person(name: str) -> None:
    reading = read_draft((BROKEN / name).read_bytes(), name)
    found = [f"{one.line or 0} {one.code}" for one in reading.findings if one.severity is not Severity.NOTE]
    assert sorted(found) == sorted(EXPECTED[name])


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_sentence_is_filled_in_without_codes(name: str) -> None:
    for finding in read_draft((BROKEN / name).read_bytes(), name).findings:
        record = {"code": finding.code, "line": finding.line, "quote": finding.quote, "params": finding.params}
        for texts in CATALOGUES:
            sentences = [finding_sentence(texts, record, "message"), finding_sentence(texts, record, "remedy")]
            assert all(sentences)
            assert not any("{" in sentence for sentence in sentences)
            assert not any(f" {code} " in sentence for code in SEVERITIES for sentence in sentences)


@pytest.mark.parametrize("path", [path for path in GOOD if path.name not in FAULTY], ids=lambda path: path.name)
def test_a_good_draft_gets_no_error(path: Path) -> None:
    reading = read_draft(path.read_bytes(), path.name)
    assert [one for one in reading.findings if one.severity is Severity.ERROR] == []


def test_the_broken_drafts_cover_most_codes_of_the_rules() -> None:
    raised = {line.split()[1] for lines in EXPECTED.values() for line in lines}
    from_rules = {
        code
        for code, severity in SEVERITIES.items()
        if severity is not Severity.NOTE
        and code.split("-")[0] in {"vote", "range", "disqualified", "item", "signatory"}
    } - {"signatory-without-address"}
    assert from_rules <= raised
