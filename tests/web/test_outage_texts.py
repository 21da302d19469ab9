"""Every outage of a service outside has words of its own for the signatory, and none that only an operator can use."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest

from signflow.rounds.work import Work, WorkKind
from signflow.store.outbox import OpenWork
from signflow.texts import LANGUAGES, Language, Texts
from signflow.web.words import delay_sentence

ROOT = Path(__file__).parents[2]
AT = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
# evidence is renewed and trusted lists are fetched for nobody's signature, and a disk is nothing outside
NOT_WHILE_SIGNING = ("evidence", "trusted-list", "disk")


def outage_codes() -> list[str]:
    """The codes that the signing room raises when something outside does not answer."""
    codes: set[str] = set()
    for source in (ROOT / "src/signflow/signing").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "UnavailableError":
                codes |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
    return sorted(code for code in codes if not code.startswith(NOT_WHILE_SIGNING))


def waiting(code: str) -> OpenWork:
    work = Work("doc:sign", WorkKind.APPLY_SIGNATURE, "doc", {})
    params = {"url": "https://tsa.example/tsr", "reason": "HTTP 503"}
    return OpenWork(1, work, 2, AT, AT, code, params, "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", outage_codes())
def test_the_signatory_reads_what_is_waited_for(code: str, language: Language) -> None:
    texts = Texts(ROOT / "templates", language)
    said = delay_sentence(texts, waiting(code))
    assert texts("outages.signatory.other") not in said
    assert texts.instant(AT) in said
    assert "https://" not in said
    assert "503" not in said


@pytest.mark.parametrize("code", ["disk-unavailable", "unexpected", "signature-other-changes", "a-later-version"])
def test_any_other_hindrance_has_words_too(code: str) -> None:
    texts = Texts(ROOT / "templates", "sv")
    assert texts("outages.signatory.other") in delay_sentence(texts, waiting(code))
