"""Everything a person reads, in Swedish and English, from one catalogue.

A sentence is named `<file>.<table>.<key>` and stands in `templates/texts/<language>/<file>.toml`. Names in braces are
filled in from the caller's parameters. Dates and times are written as the language's locale writes them.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast, get_args
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list

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

    def day(self, moment: dt.datetime) -> dt.date:
        """The day in the organisation's time zone on which an instant falls."""
        return moment.astimezone(self._zone).date()

    def stamp(self, moment: dt.datetime) -> str:
        """An instant to the second with its offset, the same in every language: `2020-01-16 15:15:00 +01:00`."""
        return moment.astimezone(self._zone).isoformat(" ", "seconds").replace("+", " +")


def finding_sentence(
    texts: Texts, record: Mapping[str, Any], part: Literal["message", "remedy"], unit: str = "line"
) -> str:
    """What is wrong (`message`) or what to do (`remedy`) by a finding, in the language of the texts.

    A parameter whose value is a code (`kind`, `fields`) is said in the words that stand for it in the table
    `findings.<code>.<parameter>`; several codes are separated by commas. The parameter `first` is another place of the
    draft, said as the unit has it. A finding that the texts do not know was written by a version that knew others: its
    code is its message, and it has no remedy.

    Args:
        texts: The catalogue.
        record: `code`, `line`, `quote` and `params` of the finding, as they are kept.
        part: Which of the two sentences.
        unit: What the places of the draft are counted in: a `signflow.minutes.reading.PlaceUnit`.
    """
    code = str(record["code"])
    key = f"findings.{code}.{part}"
    if key not in texts:
        return code if part == "message" else ""
    params: Mapping[str, object] = record.get("params") or {}
    words = {name: _in_words(texts, code, name, str(value), unit) for name, value in params.items()}
    return texts(key, **{**words, "line": record.get("line") or "–", "quote": record.get("quote") or ""})


def _in_words(texts: Texts, code: str, name: str, value: str, unit: str) -> str:
    if name == "first":
        return texts(f"findings.place.{unit}", number=value)
    keys = [f"findings.{code}.{name}.{one}" for one in value.split(",")]
    if all(key in texts for key in keys):
        return format_list([texts(key) for key in keys], locale=texts.locale)
    return value


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
