from __future__ import annotations

import unicodedata

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from signflow.minutes.model import Span
from signflow.rendering.house.style import Fonts
from signflow.rendering.pdf.marks import run_places
from signflow.rendering.type.faces import Faces, load_faces, runs_of
from signflow.rendering.type.shaping import levels, seen_order

FACES: Faces = load_faces(Fonts("figo", "figbo", "figit", "figbi"))


@given(st.text("aå1 2.שלמחדا", min_size=1, max_size=40))
def test_characters_are_seen_in_the_order_of_the_bidirectional_algorithm(text: str) -> None:
    seen = "".join(text[index] for index in seen_order(levels(text)))
    rightward, leftward = (sum(unicodedata.bidirectional(char) in kind for char in text) for kind in (("R", "AL"), "L"))
    assert seen == get_display(text, base_dir="R" if rightward > leftward else "L")


def test_a_sentence_that_begins_with_a_name_from_right_to_left_is_not_turned_around() -> None:
    assert min(levels("محمد العلي yrkar bifall till förslaget.")) == 0
    assert min(levels("Anna: שלום לכולם, הוועדה התכנסה ביום חמישי")) == 1


@pytest.mark.parametrize(
    "text", ["السلام", "محمّد الأحمد", "الله", "שָׁלוֹם עולם", "ȩ́x̌", "Nguyễn", "e\u0323\u0302", "اللجنة (في)", "للّٰه"]
)
@pytest.mark.parametrize("face", [FACES.regular, FACES.bold, FACES.italic, FACES.bold_italic])
def test_every_character_is_said_once_by_a_glyph_of_the_face(text: str, face: object) -> None:
    shaper = face.shaper  # type: ignore[attr-defined] # a face of the four
    rightward = levels(text)[0] == 1
    glyphs = shaper.glyphs(text, rightward=rightward)
    said = "".join(glyph.text for glyph in (reversed(glyphs) if rightward else glyphs))
    assert said == text
    assert all(part.glyph for glyph in glyphs for part in glyph.parts)


def test_letters_join_and_marks_stand_on_their_letter() -> None:
    apart = sum(FACES.regular.width(char, 10) for char in "سلام")
    assert FACES.regular.width("سلام", 10) < apart
    assert FACES.regular.width("שָ", 10) == FACES.regular.width("ש", 10)


@given(st.lists(st.sampled_from(["Anna", "שרה", "سمير", "12", "(3)", "och"]), min_size=1, max_size=8))
def test_the_runs_of_a_line_stand_beside_each_other_without_gap_or_overlap(words: list[str]) -> None:
    runs = runs_of((Span(" ".join(words)),), FACES)
    spots = sorted((x, run.width(10)) for x, run in run_places(runs, 10))
    right = 0.0
    for x, width in spots:
        assert abs(x - right) < 1e-6
        right = x + width
    assert "".join(run.text for run in runs) == " ".join(words)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Se Δημήτρης Παπαδόπουλος idag", "el"), ("Se שרה כהן idag", "he"), ("Se محمّد الأحمد idag", "ar")],
)
def test_a_passage_is_in_the_language_of_its_letters(text: str, language: str) -> None:
    marked = [run for run in runs_of((Span(text),), FACES) if run.mark]
    assert "".join(run.text for run in marked) == text.removeprefix("Se ").removesuffix(" idag")
    assert {run.mark.language for run in marked if run.mark} == {language}


def test_a_sign_of_mathematics_is_no_passage() -> None:
    assert not any(run.mark for run in runs_of((Span("storleken α, π och Ω"),), FACES))
