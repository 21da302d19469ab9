from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from signflow.rendering.house.style import HouseStyle, load_style
from signflow.rendering.html.page import Page, load_page
from signflow.texts import LANGUAGES, Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="session")
def style() -> HouseStyle:
    return load_style(TEMPLATES / "house")


@pytest.fixture(scope="session")
def catalogue() -> Mapping[Language, Texts]:
    return {language: Texts(TEMPLATES, language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def page() -> Page:
    return load_page(TEMPLATES)
