"""How the organisation speaks, looks and decides: its texts, its house style and its bodies, opened from the settings.

Apart from `wiring`, which needs every room: what only reads a draft or typesets it needs no more than this.
"""

from __future__ import annotations

from dataclasses import replace

from signflow.rendering.house.style import HouseStyle, load_style
from signflow.rounds.bodies import Bodies, BodyRules, Order
from signflow.settings import Settings
from signflow.texts import LANGUAGES, Language, Texts


def open_texts(settings: Settings) -> dict[Language, Texts]:
    """The catalogue in every language.

    Raises:
        SettingsError: It cannot be read.
    """
    return {language: Texts(settings.templates_folder, language, settings.timezone) for language in LANGUAGES}


def open_style(settings: Settings) -> HouseStyle:
    """The house style, in the organisation's name.

    Raises:
        SettingsError: It cannot be read or used.
    """
    return replace(load_style(settings.templates_folder / "house" / settings.house), organisation=settings.organisation)


def open_bodies(settings: Settings) -> Bodies:
    """What the bodies' rules ask of their minutes."""
    return Bodies(
        {
            body.name: BodyRules(Order(body.order), chair=body.chair, adjusters=body.adjusters, members=body.members)
            for body in settings.bodies
        }
    )
