"""Everything that a person may come to read stands in the catalogue, in both languages, with the parameters it is given."""

from __future__ import annotations

import ast
import re
import string
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import signflow.errors
from signflow.errors import SignflowError
from signflow.rounds.model import RoundEnd, Standing, State
from signflow.rounds.work import WorkKind
from signflow.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2]
TEXTS = {language: Texts(ROOT / "templates", language) for language in LANGUAGES}
ERRORS = {
    name
    for name, value in vars(signflow.errors).items()
    if isinstance(value, type) and issubclass(value, SignflowError)
}
SOURCES = sorted((ROOT / "src").rglob("*.py")) + sorted((ROOT / "flows").rglob("*.py"))


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield source, node


def codes_of(value: ast.expr) -> list[str]:
    """The literal codes that an expression can be; an f-string is its pattern."""
    match value:
        case ast.Constant(value=str(code)):
            return [code]
        case ast.IfExp():
            return [*codes_of(value.body), *codes_of(value.orelse)]
        case ast.JoinedStr():
            parts = (part.value if isinstance(part, ast.Constant) else ".+" for part in value.values)
            return [f"^{''.join(map(str, parts))}$"]
        case _:
            return []


def raised() -> dict[str, list[set[str]]]:
    """Every code with the parameters of each place where it is raised."""
    found: defaultdict[str, list[set[str]]] = defaultdict(list)
    for _, call in calls(*ERRORS):
        for code in codes_of(call.args[0]) if call.args else []:
            found[code].append({keyword.arg for keyword in call.keywords if keyword.arg})
    return found


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


RAISED = raised()


def test_the_scan_finds_what_is_raised() -> None:
    assert "draft-too-large" in RAISED
    assert len(RAISED) > 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_sentence_that_its_parameters_fill(language: str) -> None:
    texts = TEXTS[language]
    known = {key.removeprefix("errors.") for key in texts.keys() if key.startswith("errors.")}  # noqa: SIM118 -- not a mapping
    wrong: list[str] = []
    for code, places in RAISED.items():
        matching = [one for one in known if re.fullmatch(code, one)] if code.startswith("^") else [code]
        if not matching or not known.issuperset(matching):
            wrong.append(f"{code} ({', '.join(sorted(set.union(*places)))})")
            continue
        for one in matching:
            needed = placeholders(texts._sentences[f"errors.{one}"])
            wrong += [f"{one} needs {needed - given}" for given in places if not needed <= given]
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize("code", [code for code in RAISED if not code.startswith("^")])
def test_every_error_can_be_told(code: str) -> None:
    for params in RAISED[code]:
        for texts in TEXTS.values():
            assert texts(f"errors.{code}", **dict.fromkeys(params, "x"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_left_of_an_error_that_is_gone(language: str) -> None:
    known = [key.removeprefix("errors.") for key in TEXTS[language].keys() if key.startswith("errors.")]  # noqa: SIM118 -- not a mapping
    raised_codes = [code.strip("^$") for code in RAISED]
    assert [one for one in known if not any(re.fullmatch(code, one) for code in raised_codes)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_says_what_to_do(language: str) -> None:
    short = [
        key
        for key in TEXTS[language].keys()  # noqa: SIM118 -- not a mapping
        if key.startswith("errors.") and len(TEXTS[language]._sentences[key].split(". ")) < 2
    ]
    assert short == []


def spoken(sentence: str) -> set[str]:
    """Its parameters; a word that is given in each language (`day_sv`, `day_en`) is one."""
    return {name.removesuffix("_sv").removesuffix("_en") for name in placeholders(sentence)}


def test_both_languages_have_the_same_sentences_with_the_same_parameters() -> None:
    swedish, english = TEXTS["sv"], TEXTS["en"]
    assert swedish.keys() == english.keys()
    differing = [
        key
        for key in swedish.keys()  # noqa: SIM118 -- not a mapping
        if spoken(swedish._sentences[key]) != spoken(english._sentences[key])
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_event_and_state_has_its_words(language: str) -> None:
    texts = TEXTS[language]
    wanted = {f"refusals.{code}" for _, call in calls("Refusal") for code in codes_of(call.args[0])}
    decided = [
        call for source, call in calls("Entry") if source.parent.name == "rounds"
    ]  # a list's entries have no kind
    wanted |= {f"history.entry.{call.args[0].value}" for call in decided if isinstance(call.args[0], ast.Constant)}
    wanted |= {f"states.state.{state}" for state in State} | {f"states.standing.{one}" for one in Standing}
    wanted |= {f"states.round_end.{why}" for why in RoundEnd} | {f"states.work.{kind}" for kind in WorkKind}
    assert len(wanted) > 40
    assert sorted(wanted - texts.keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_use_only_sentences_that_are_there(language: str) -> None:
    used: set[str] = set()
    for template in (ROOT / "templates").rglob("*.j2"):
        used |= set(re.findall(r't\("([a-z_.-]+)"(?! ~)', template.read_text("utf-8")))
    assert len(used) > 80
    assert sorted(used - TEXTS[language].keys()) == []
