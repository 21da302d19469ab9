"""The page around a copy in HTML: whole in one file, in the house's colours, without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, select_autoescape

from signflow.errors import SettingsError
from signflow.rendering.house.style import Colour, HouseStyle
from signflow.rendering.html.text import words
from signflow.texts import Texts

_WHITE = Colour(1.0, 1.0, 1.0)
_BLACK = Colour(0.0, 0.0, 0.0)
_LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


@dataclass(frozen=True, slots=True)
class Page:
    """The template of a page, read once."""

    template: Template

    def written(self, body: str, style: HouseStyle, texts: Texts, *, title: str, language: str) -> str:
        """The whole document around the body, which is HTML already and holds the one `h1`.

        Raises:
            SettingsError: The template cannot be filled in (`copy-template-unusable`).
        """
        try:
            return self.template.render(
                body=body,
                title=words(title),
                organisation=words(style.organisation),
                language=language,
                t=texts,
                ink=css_colour(_legible(style.ink, _WHITE)),
                quiet=css_colour(_legible(style.quiet, _WHITE)),
                accent=css_colour(_legible(style.accent, _WHITE)),
                rule=css_colour(style.rule),
                tint=css_colour(style.tint if _contrast(style.tint, style.ink) >= _LEAST_CONTRAST else _WHITE),
            )
        except TemplateError as error:
            raise SettingsError("copy-template-unusable", file="page.html.j2", reason=str(error)) from error


def load_page(templates: Path) -> Page:
    """The page in that folder of templates.

    Raises:
        SettingsError: The template is not there or is none (`copy-template-unusable`).
    """
    environment = Environment(
        loader=FileSystemLoader(templates / "copies"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    try:
        return Page(environment.get_template("page.html.j2"))
    except (TemplateError, OSError, ValueError) as error:
        raise SettingsError("copy-template-unusable", file="page.html.j2", reason=str(error)) from error


def css_colour(colour: Colour) -> str:
    """The colour as CSS writes it."""
    return "#" + "".join(f"{round(part * 255):02x}" for part in (colour.red, colour.green, colour.blue))


def _legible(colour: Colour, ground: Colour) -> Colour:
    """The colour where text in it can be read on that ground, else black."""
    return colour if _contrast(colour, ground) >= _LEAST_CONTRAST else _BLACK


def _contrast(one: Colour, other: Colour) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.red, colour.green, colour.blue)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
