from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from signflow.errors import SettingsError
from signflow.rendering.faces import load_faces
from signflow.rendering.style import Colour, HouseStyle, load_style

TEMPLATES = Path(__file__).parents[2] / "templates"
HOUSE = (TEMPLATES / "house" / "style.toml").read_text("utf-8")


def written(folder: Path, text: str) -> Path:
    (folder / "style.toml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("pattern", "value", "name"),
    [
        (r'organisation = ".*"', "", "organisation"),
        (r'organisation = ".*"', 'organisation = "  "', "organisation"),
        (r'ink = ".*"', 'ink = "black"', "ink"),
        (r'ink = ".*"', "ink = 3", "ink"),
        (r"\[title\]\nsize = 21", "[title]\nsize = 0", "size"),
        (r"\[title\]\nsize = 21", "[title]\nsize = true", "size"),
        (r"\[title\]\nsize = 21\nleading = 27", "[title]\nsize = 21\nleading = 20", "title"),
        (r"left = 32", "left = 80", "margins_mm"),
        (r"\[fonts\]", "[letters]", "fonts"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, pattern: str, value: str, name: str) -> None:
    changed, count = re.subn(pattern, value, HOUSE)
    assert count == 1
    with pytest.raises(SettingsError) as raised:
        load_style(written(tmp_path, changed))
    assert (raised.value.code, raised.value.params["name"]) == ("style-invalid", name)


@pytest.mark.parametrize("text", ["organisation = ", "\0"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="style-unreadable"):
        load_style(written(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="style-unreadable"):
        load_style(tmp_path)


def test_an_unknown_font_is_refused(tmp_path: Path) -> None:
    style = load_style(written(tmp_path, HOUSE.replace('"figo"', '"comic"')))
    with pytest.raises(SettingsError, match="font-unknown"):
        load_faces(style.fonts)


def test_a_font_without_truetype_outlines_is_refused(tmp_path: Path) -> None:
    style = load_style(written(tmp_path, HOUSE.replace('"figo"', '"symbol1"')))
    with pytest.raises(SettingsError, match="font-unknown"):
        load_faces(style.fonts)


def test_the_house_style_is_what_its_file_says(style: HouseStyle) -> None:
    assert style.organisation == tomllib.loads(HOUSE)["organisation"]
    assert style.ink == Colour(round(0x1C / 255, 4), round(0x21 / 255, 4), round(0x26 / 255, 4))
    assert 400 < style.measure_pt < 500


def test_text_stands_out_from_paper(style: HouseStyle) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, on paper and on the boxes' ground."""

    def luminance(colour: Colour) -> float:
        parts = (colour.red, colour.green, colour.blue)
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for ground in (Colour(1, 1, 1), style.tint):
        for text in (style.ink, style.quiet, style.accent):
            assert (luminance(ground) + 0.05) / (luminance(text) + 0.05) >= 4.5


def test_both_languages_have_the_same_words() -> None:
    swedish, english = (
        {
            name: set(table)
            for name, table in tomllib.loads((TEMPLATES / "texts" / tag / "pdf.toml").read_text("utf-8")).items()
        }
        for tag in ("sv", "en")
    )
    assert swedish == english
