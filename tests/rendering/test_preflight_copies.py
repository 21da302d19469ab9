"""What the renderer makes has no findings, whatever the house style and the minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from designed_minutes import PEOPLE, designed, fields_of
from drawn_minutes import AT, drawn

from signflow.minutes.model import MinutesClass
from signflow.rendering.house.style import load_style
from signflow.rendering.preflight.preflight import check_pdf
from signflow.rendering.signing_copy import render_signing_copy
from signflow.texts import LANGUAGES, Language, Texts

HOUSE = Path(__file__).parents[2] / "templates" / "house"
HOUSES = sorted(str(file.parent.relative_to(HOUSE)) for file in HOUSE.rglob("style.toml"))


@pytest.mark.parametrize("seed", range(14))
def test_drawn_minutes_have_no_findings(render: Callable[..., bytes], seed: int) -> None:
    minutes = drawn(seed, items=(seed * 3) % 11, language=LANGUAGES[seed % 2])
    assert check_pdf(render(minutes)) == []


@pytest.mark.parametrize("house", HOUSES)
def test_no_design_has_findings(texts: Mapping[Language, Texts], house: str) -> None:
    style = load_style(HOUSE / house)
    for seed, kind in enumerate(MinutesClass):
        minutes = designed(seed, kind=kind, adjusters=PEOPLE[2 : 3 + seed * 3], signs_first=False)
        for fields in (fields_of(minutes), ()):
            pdf = render_signing_copy(minutes, fields, style, texts["sv"], document_id="a", version=1, at=AT)
            assert check_pdf(pdf) == []
