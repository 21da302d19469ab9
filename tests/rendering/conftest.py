from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from drawn_minutes import AT, fields_for

from signflow.minutes.model import Minutes
from signflow.rendering.house.style import HouseStyle, load_style
from signflow.rendering.layout.fields import SignatureField
from signflow.rendering.signing_copy import render_signing_copy
from signflow.texts import LANGUAGES, Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"

Render = Callable[..., bytes]


@pytest.fixture(scope="session")
def style() -> HouseStyle:
    return load_style(TEMPLATES / "house")


@pytest.fixture(scope="session")
def texts() -> Mapping[Language, Texts]:
    return {language: Texts(TEMPLATES, language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def render(style: HouseStyle, texts: Mapping[Language, Texts]) -> Render:
    def rendered(minutes: Minutes, fields: Sequence[SignatureField] | None = None) -> bytes:
        return render_signing_copy(
            minutes,
            fields_for(minutes) if fields is None else fields,
            style,
            texts[minutes.language],
            document_id="sf-2020-0017",
            version=2,
            at=AT,
        )

    return rendered
