"""Every word that a report can contain has a sentence, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate

from signflow.signing import report
from signflow.signing.report import Change, Changes, Indication, Kind, Level, Origin
from signflow.texts import LANGUAGES, Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
OURS = (
    report.NO_SIGNATURE,
    report.PARTLY_COVERED,
    report.CHANGED_AFTERWARDS,
    report.UNSUPPORTED_FORMAT,
    report.TIMESTAMP_BROKEN,
    report.AMBIGUOUS,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_report_has_a_sentence(language: Language) -> None:
    texts = Texts(TEMPLATES, language)
    wanted = {
        *(f"signing.indication.{one}" for one in Indication),
        *(f"signing.meaning.{one}" for one in Indication),
        *(f"signing.level.{one}" for one in Level),
        *(f"signing.kind.{one}" for one in Kind),
        *(f"signing.changes.{one}" for one in Changes),
        *(f"signing.change.{one}" for one in Change),
        *(f"signing.origin.{one}" for one in Origin),
        *(f"signing.reason.{one}" for one in OURS),
        *(f"signing.reason.{one.standard_name}" for one in (*AdESFailure, *AdESIndeterminate)),
    }
    assert wanted - texts.keys() == set()


def test_both_languages_have_the_same_keys() -> None:
    keys = [Texts(TEMPLATES, language).keys() for language in LANGUAGES]
    swedish, english = ({key for key in names if key.startswith("signing.")} for names in keys)
    assert swedish == english
