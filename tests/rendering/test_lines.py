from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signflow.minutes.model import Span
from signflow.rendering.house.style import Fonts
from signflow.rendering.type.faces import Faces, load_faces, runs_of
from signflow.rendering.type.lines import break_lines

FACES: Faces = load_faces(Fonts("figo", "figbo", "figit", "figbi"))
SPANS = st.lists(
    st.builds(Span, st.text("aåéŋ -–§\u00a0WI.", max_size=40), strong=st.booleans(), emphasis=st.booleans()),
    max_size=5,
)


def lines_of(text: str, width: float) -> list[str]:
    broken = break_lines(runs_of((Span(text),), FACES), 10, width)
    return ["".join(run.text for run in line.runs) for line in broken]


@given(SPANS, st.floats(5, 300))
def test_lines_fit_and_keep_every_word_apart(spans: list[Span], width: float) -> None:
    lines = break_lines(runs_of(spans, FACES), 10, width)
    drawn = "".join(run.text for line in lines for run in line.runs)
    assert drawn.split() == "".join(span.text for span in spans).split()
    for line in lines:
        text = "".join(run.text for run in line.runs)
        assert line.width_pt <= width + 1e-6 or len(text.rstrip()) == 1
        real = sum(run.face.width(run.text, 10) for run in line.runs)
        assert abs(real - line.width_pt) <= FACES.regular.width(" ", 10) + 1e-6


def test_a_wrapped_line_ends_with_its_space() -> None:
    lines = lines_of("kommunernas ledningsgrupp möte", 80)
    assert len(lines) > 1
    assert [line.endswith(" ") for line in lines] == [True] * (len(lines) - 1) + [False]


def test_a_word_wider_than_the_column_is_broken_without_a_space() -> None:
    lines = lines_of("Donaudampfschifffahrtsgesellschaft", 60)
    assert len(lines) > 1
    assert "".join(lines) == "Donaudampfschifffahrtsgesellschaft"


def test_a_word_with_a_hyphen_at_its_end_takes_the_next_along() -> None:
    for width in range(60, 160, 5):
        assert not any(line.rstrip().endswith("för-") for line in lines_of("Vi dryftar för- och nackdelar", width))


def test_a_no_break_space_does_not_break() -> None:
    assert lines_of("§\u00a094 om", 20) != ["§ ", "94 ", "om"]
    assert all(line.strip() != "§" for line in lines_of("enligt §\u00a094 om", 45))


def test_a_text_without_words_has_no_lines() -> None:
    assert lines_of("  \t ", 100) == []
