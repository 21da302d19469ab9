"""Everything a person reads, in Swedish and English, from one catalogue.

A sentence is named `<file>.<table>.<key>` and stands in `templates/texts/<language>/<file>.toml`. Names in braces are
filled in from the caller's parameters. Dates and times are written as the language's locale writes them.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time

from signflow.errors import SettingsError

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_LOCALES: Mapping[Language, str] = {"sv": "sv_SE", "en": "en_GB"}


class Texts:
    """The catalogue in one language; immutable once read.

    Raises:
        SettingsError: The catalogue cannot be read.
    """

    def __init__(self, templates: Path, language: Language, timezone: str = "Europe/Stockholm") -> None:
        self.language: Language = language
        self.locale = _LOCALES[language]
        self._zone = ZoneInfo(timezone)
        self._sentences: dict[str, str] = {}
        files = sorted((templates / "texts" / language).glob("*.toml"))
        if not files:
            raise SettingsError("texts-missing", folder=str(templates / "texts" / language))
        for file in files:
            try:
                tables = tomllib.loads(file.read_text("utf-8"))
            except (OSError, ValueError) as error:
                raise SettingsError("texts-unreadable", file=str(file), reason=str(error)) from error
            self._sentences.update(_flatten(file.stem, tables))

    def __call__(self, key: str, /, **params: object) -> str:
        """The sentence of that name, filled in. A name that is not in the catalogue is a KeyError: a defect of ours."""
        return self._sentences[key].format_map(params)

    def __contains__(self, key: str) -> bool:
        """Whether the catalogue has a sentence of that name."""
        return key in self._sentences

    def keys(self) -> frozenset[str]:
        """The names of all sentences."""
        return frozenset(self._sentences)

    def date(self, day: dt.date) -> str:
        """`16 januari 2020`, `16 January 2020`."""
        return format_date(day, "d MMMM y", locale=self.locale)

    def weekday(self, day: dt.date) -> str:
        """`torsdag`, `Thursday`."""
        return format_date(day, "EEEE", locale=self.locale)

    def time(self, moment: dt.time) -> str:
        """`15.15` in Swedish, `15:15` in English."""
        return format_time(moment, "HH.mm" if self.language == "sv" else "HH:mm", locale=self.locale)

    def instant(self, moment: dt.datetime) -> str:
        """An instant in the organisation's time zone: `16 januari 2020 kl. 15.15`, `16 January 2020, 15:15`."""
        pattern = "d MMMM y 'kl.' HH.mm" if self.language == "sv" else "d MMMM y, HH:mm"
        return format_datetime(moment.astimezone(self._zone), pattern, locale=self.locale)

    def stamp(self, moment: dt.datetime) -> str:
        """An instant to the second with its offset, the same in every language: `2020-01-16 15:15:00 +01:00`."""
        return moment.astimezone(self._zone).isoformat(" ", "seconds").replace("+", " +")


def language_of(tag: str) -> Language:
    """The catalogue's language for a tag such as `sv-SE`; Swedish for any other."""
    primary = tag.split("-", maxsplit=1)[0].strip().lower()
    return primary if primary in LANGUAGES else "sv"


def _flatten(prefix: str, table: Mapping[str, object]) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            sentences.update(_flatten(name, cast("Mapping[str, object]", value)))
        else:
            sentences[name] = str(value)
    return sentences
