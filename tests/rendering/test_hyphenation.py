from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.minutes.model import Span
from signflow.rendering.house.style import Fonts
from signflow.rendering.type.faces import Faces, load_faces, runs_of
from signflow.rendering.type.hyphenation import break_points
from signflow.rendering.type.lines import break_lines
from signflow.rendering.type.shaping import SOFT_HYPHEN

FACES: Faces = load_faces(Fonts("figo", "figbo", "figit", "figbi"))
WORDS = st.lists(
    st.sampled_from(
        [
            "Södertörnskommunernas",
            "ledningsgruppen",
            "upphandlingssamordningen",
            "varudistribution",
            "för-",
            "och",
            "(2019)",
            "verksamhetsområdets",
            "§\u00a094",
            "informationssäkerhet,",
            "www.example.se",
            "e-tjänst",
        ]
    ),
    min_size=1,
    max_size=40,
)


def lines_of(text: str, width: float, language: str = "sv") -> list[str]:
    broken = break_lines(runs_of((Span(text),), FACES), 10, width, language=language)
    return ["".join(run.text for run in line.runs) for line in broken]


@pytest.mark.parametrize(
    ("word", "language", "parted"),
    [
        ("upphandling", "sv", "upp-hand-ling"),
        ("(upphandling),", "sv-SE", "(upp-hand-ling),"),
        ("municipality", "en", "mu-ni-cip-al-ity"),
        ("Verwaltung", "de", "Ver-wal-tung"),
    ],
)
def test_words_are_parted_by_their_language(word: str, language: str, parted: str) -> None:
    letters = list(word)
    for point in reversed(break_points(word, language)):
        letters.insert(point, "-")
    possible = parted.split("-")
    assert "".join(letters).replace("-", "") == word
    assert set("".join(letters).split("-")) <= {"".join(possible[a:b]) for a in range(9) for b in range(a + 1, 10)}
    assert break_points(word, language)


@pytest.mark.parametrize(
    "word",
    ["kommun", "2017:725", "www.example.se", "KOMMUNSTYRELSEN", "e-tjänstekort", "anna@example.se", "a" * 200, ""],
)
def test_figures_abbreviations_addresses_and_short_words_are_not_parted(word: str) -> None:
    assert break_points(word, "sv") == ()


@pytest.mark.parametrize("language", ["", "xx", "se", "../../etc"])
def test_a_language_without_patterns_parts_nothing(language: str) -> None:
    assert break_points("upphandlingssamordning", language) == ()


@given(WORDS, st.floats(60, 450))
def test_lines_fit_and_words_are_whole_without_their_hyphens(words: list[str], width: float) -> None:
    text = " ".join(words)
    broken = break_lines(runs_of((Span(text),), FACES), 10, width, language="sv")
    lines = ["".join(run.text for run in line.runs) for line in broken]
    assert "".join(lines).replace(SOFT_HYPHEN, "").split() == text.split()
    assert all(line.width_pt <= width + 1e-6 for line in broken)
    assert all(SOFT_HYPHEN not in line[:-1] for line in lines)


@given(WORDS, st.floats(200, 450))
def test_at_most_two_lines_in_a_row_end_with_a_hyphen(words: list[str], width: float) -> None:
    ends = "".join("-" if line.endswith(SOFT_HYPHEN) else " " for line in lines_of(" ".join(words), width))
    assert "---" not in ends


def test_a_word_is_parted_only_where_it_fills_the_line_better() -> None:
    text = "aaaa " * 9 + "upphandlingssamordning följer här och där"
    parted = [width for width in range(150, 420) if any(SOFT_HYPHEN in line for line in lines_of(text, width))]
    assert parted
    for width in parted:
        whole = lines_of(text, width, language="")
        short = [line for line in whole[:-1] if FACES.regular.width(line.rstrip(), 10) < 0.9 * width]
        assert short
