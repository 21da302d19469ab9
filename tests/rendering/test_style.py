from __future__ import annotations

import io
import re
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pymupdf_fonts
import pytest
from PIL import Image

from signflow.errors import SettingsError
from signflow.house import open_style
from signflow.rendering.house.style import Colour, HouseStyle, load_style
from signflow.rendering.type.faces import load_faces
from signflow.settings import Settings
from signflow.texts import Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
HOUSES = (TEMPLATES / "house", TEMPLATES / "house" / "skog")
HOUSE = (TEMPLATES / "house" / "style.toml").read_text("utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Callable[[str, str], Path]:
    """The shipped house with something in its file replaced, once."""

    def changed(pattern: str, value: str) -> Path:
        shutil.copy(TEMPLATES / "house" / "logotype.png", tmp_path)
        text, count = re.subn(pattern, lambda _: value, HOUSE, count=1)
        assert count == 1
        (tmp_path / "style.toml").write_text(text, "utf-8")
        return tmp_path

    return changed


@pytest.mark.parametrize(
    ("pattern", "value", "name"),
    [
        (r'organisation = "[^"]*"', "", "organisation"),
        (r'organisation = "[^"]*"', 'organisation = "  "', "organisation"),
        (r'organisation = "[^"]*"', r'organisation = "a\nb"', "organisation"),
        (r'address = "[^"]*"', f'address = "{"x" * 201}"', "address"),
        (r'classification = "[^"]*"', "classification = 3", "classification"),
        (r'ink = "[^"]*"', 'ink = "black"', "colours.ink"),
        (r'ink = "[^"]*"', "ink = 3", "colours.ink"),
        (r'decision = "#[^"]*"', 'decision = "#1234567"', "colours.decision"),
        (r"\[title\]\nsize = 21", "[title]\nsize = 0", "title.size"),
        (r"\[title\]\nsize = 21", "[title]\nsize = true", "title.size"),
        (r"\[title\]\nsize = 21", "[title]\nsize = nan", "title.size"),
        (r"\[title\]\nsize = 21\nleading = 26", "[title]\nsize = 21\nleading = 20", "title.leading"),
        (r"left = 28", "left = 80", "margins_mm"),
        (r"left = 28", "left = -1", "margins_mm.left"),
        (r"\[fonts\]", "[letters]", "fonts"),
        (r'regular = "figo"', 'regular = "../figo.ttf"', "fonts.regular"),
        (r'regular = "figo"', 'regular = "missing.ttf"', "fonts.regular"),
        (r"item = 24", "item = 1000", "spacing.item"),
        (r'numbers = "line"', 'numbers = "nowhere"', "arrangement.numbers"),
        (r"title_centred = false", 'title_centred = "no"', "arrangement.title_centred"),
        (r'file = "logotype.png"', 'file = "/etc/hostname"', "logotype.file"),
        (r'file = "logotype.png"', 'file = "style.toml"', "logotype.file"),
        (r"width_mm = 12.5", "width_mm = 400", "logotype.width_mm"),
        (r'side = "left"', "", "logotype.side"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_how_it_is_written(
    house: Callable[[str, str], Path], pattern: str, value: str, name: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load_style(house(pattern, value))
    assert (raised.value.code, raised.value.params["name"]) == ("style-invalid", name)
    assert raised.value.params["wanted"]
    assert str(raised.value.params["file"]).endswith("style.toml")


@pytest.mark.parametrize(
    ("pattern", "value", "name", "known"),
    [
        (r"\[fonts\]", "[fonts]\nblod = 'figbo'", "fonts.blod", "bold"),
        (r"address = ", "adress = ", "adress", "address"),
        (r"\[small\]", "[smal]\nsize = 7\n[small]", "smal", "small"),
    ],
)
def test_a_value_that_no_style_has_is_told_with_those_there_are(
    house: Callable[[str, str], Path], pattern: str, value: str, name: str, known: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load_style(house(pattern, value))
    assert (raised.value.code, raised.value.params["name"]) == ("style-unknown", name)
    assert known in str(raised.value.params["wanted"]).split(", ")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_wrong_is_said_with_file_name_and_remedy(
    house: Callable[[str, str], Path], texts: Mapping[Language, Texts], language: Language
) -> None:
    with pytest.raises(SettingsError) as raised:
        load_style(house(r'ink = "[^"]*"', 'ink = "black"'))
    said = texts[language](f"errors.{raised.value.code}", **raised.value.params)
    assert "colours.ink" in said
    assert "style.toml" in said
    assert "#rrggbb" in said


@pytest.mark.parametrize("text", [b"organisation = ", b"\0", b"\xff"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "style.toml").write_bytes(text)
    with pytest.raises(SettingsError, match="style-unreadable"):
        load_style(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="style-unreadable"):
        load_style(tmp_path)


@pytest.mark.parametrize("font", ["comic", "symbol1"])
def test_a_font_that_is_not_there_or_cannot_be_embedded_is_refused(
    house: Callable[[str, str], Path], font: str
) -> None:
    style = load_style(house('"figo"', f'"{font}"'))
    with pytest.raises(SettingsError, match="font-unknown"):
        load_faces(style.fonts)


def test_a_font_of_the_house_lies_in_its_folder(house: Callable[[str, str], Path]) -> None:
    folder = house(r'regular = "figo"', 'regular = "Our-Own.ttf"')
    (folder / "Our-Own.ttf").write_bytes(pymupdf_fonts.myfont("ubuntu"))
    faces = load_faces(load_style(folder).fonts)
    shipped = load_faces(load_style(HOUSES[0]).fonts)
    assert faces.regular.width("Åäö", 10) != shipped.regular.width("Åäö", 10)
    assert faces.bold.width("Åäö", 10) == shipped.bold.width("Åäö", 10)


def test_a_font_file_that_is_none_is_refused(house: Callable[[str, str], Path]) -> None:
    folder = house(r'regular = "figo"', 'regular = "Our-Own.ttf"')
    (folder / "Our-Own.ttf").write_bytes(b"no font")
    with pytest.raises(SettingsError, match="font-unknown"):
        load_faces(load_style(folder).fonts)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logotype_keeps_its_proportions(house: Callable[[str, str], Path], kind: str) -> None:
    image = io.BytesIO()
    Image.new("RGB", (300, 120), "red").save(image, kind)
    folder = house(r"width_mm = 12.5", "width_mm = 25.4")
    (folder / "logotype.png").write_bytes(image.getvalue())
    logotype = load_style(folder).logotype
    assert logotype is not None
    assert (logotype.width_pt, logotype.height_pt) == (pytest.approx(72), pytest.approx(28.8))


@pytest.mark.parametrize("size", [(10, 0), (5000, 5000)])
def test_a_logotype_that_cannot_be_drawn_is_refused(house: Callable[[str, str], Path], size: tuple[int, int]) -> None:
    folder = house(r"width_mm = 12.5", "width_mm = 25.4")
    image = io.BytesIO()
    if all(size):
        Image.new("1", size).save(image, "PNG")
    (folder / "logotype.png").write_bytes(image.getvalue())
    with pytest.raises(SettingsError, match=r"logotype\.file"):
        load_style(folder)


def test_a_house_needs_no_logotype(house: Callable[[str, str], Path]) -> None:
    assert load_style(house(r"(?s)\[logotype\].*?\n\n", "")).logotype is None


def test_the_house_style_is_what_its_file_says(style: HouseStyle) -> None:
    assert style.organisation == tomllib.loads(HOUSE)["organisation"]
    assert style.ink == Colour(round(0x1C / 255, 4), round(0x21 / 255, 4), round(0x26 / 255, 4))
    assert 400 < style.measure_pt < 500


@pytest.mark.parametrize("folder", HOUSES, ids=lambda folder: folder.name)
def test_text_stands_out_from_paper(folder: Path) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, on paper and on the grounds."""

    def luminance(colour: Colour) -> float:
        parts = (colour.red, colour.green, colour.blue)
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    style = load_style(folder)
    for ground in (Colour(1, 1, 1), style.tint, style.decision):
        for text in (style.ink, style.quiet, style.accent):
            assert (luminance(ground) + 0.05) / (luminance(text) + 0.05) >= 4.5


def test_the_houses_differ_in_all_that_can_be_chosen() -> None:
    one, other = map(load_style, HOUSES)
    assert one.fonts != other.fonts
    assert one.logotype != other.logotype
    assert one.arrangement.numbers != other.arrangement.numbers
    assert one.arrangement.labels != other.arrangement.labels
    assert one.arrangement.decision != other.arrangement.decision
    assert one.arrangement.item_on_new_page != other.arrangement.item_on_new_page
    assert one.accent != other.accent


def test_every_value_of_a_style_is_told_in_the_documentation() -> None:
    told = (Path(__file__).parents[2] / "docs" / "house-style.md").read_text("utf-8")
    for name, value in tomllib.loads(HOUSE).items():
        assert f"`{name}`" in told or f"`[{name}]`" in told, name
        if isinstance(value, dict):
            assert [inner for inner in value if f"`{inner}`" not in told] == [], name


def test_the_setting_chooses_the_house_and_the_organisation() -> None:
    shipped, skog = (open_style(Settings(house=name, organisation="Qvarnby")) for name in ("", "skog"))
    assert shipped == replace(load_style(HOUSES[0]), organisation="Qvarnby")
    assert skog == replace(load_style(HOUSES[1]), organisation="Qvarnby")
    with pytest.raises(SettingsError, match="style-unreadable"):
        open_style(Settings(house="nowhere"))


def test_both_languages_have_the_same_words() -> None:
    swedish, english = (
        {
            name: set(table)
            for name, table in tomllib.loads((TEMPLATES / "texts" / tag / "pdf.toml").read_text("utf-8")).items()
        }
        for tag in ("sv", "en")
    )
    assert swedish == english
