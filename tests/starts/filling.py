"""A person who fills in the blanks of a fresh draft, in Markdown or in Word, each time with other words."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from signflow.minutes.rules.blanks import BLANK
from signflow.texts import Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
_FIRST = ["Åsa", "Đorđe", "Zoë", "Łukasz", "Siân", "Nguyễn Thị", "Ánte", "Eva-Lotta", "Göran", "Fatima", "Öystein"]
_LAST = ["Lindqvist", "Ánte-Niillas", "Quinn", "Wójcik", "ap Rhys", "Hương", "Sárá", "Brink-Møller", "Stål", "Ali"]
_MATTERS = {
    "sv": [
        "Ny skola i Norrbyn",
        "Delårsrapport",
        "Snöröjning vintern",
        "Upphandling av färdtjänst",
        "Remiss om vatten",
    ],
    "en": ["A new school", "Interim report", "Clearing of snow", "Tender for transport", "Consultation on water"],
}
_SENTENCES = {
    "sv": ["Förvaltningen redogjorde för läget.", "Frågan har beretts sedan i våras.", "Kostnaden ryms inom budgeten."],
    "en": [
        "The officers gave an account.",
        "The matter has been prepared since spring.",
        "The budget covers the cost.",
    ],
}
_DECISIONS = {
    "sv": ["godkänna rapporten.", "uppdra åt förvaltningen att utreda frågan.", "avslå framställningen."],
    "en": ["To approve the report.", "To ask the officers to look into it.", "To decline the request."],
}
_NONE = {"sv": "Inga", "en": "None"}


class Secretary:
    """Fills blanks in; the same blank gets the same words within one draft."""

    def __init__(self, language: Language, seed: int, *, first_item: int = 1, present: tuple[str, ...] = ()) -> None:
        self._random = random.Random(seed)  # noqa: S311 -- the same words each time the test runs
        self._texts = Texts(TEMPLATES, language)
        self._first_item = first_item
        names = {f"{first} {last}" for first in _FIRST for last in _LAST} - set(present)
        self._names = self._random.sample(sorted(names), 6)
        self._present = present
        self._said: dict[str, str] = {}
        choose = self._random.choice
        self._answers: list[tuple[str, Callable[[], str]]] = [
            (r"skriv Inga|write None", lambda: _NONE[language]),
            (r"veckodag|weekday", lambda: f"{self._day()} {self._clock()}"),
            (r"klockslag|start and end", lambda: self._clock().removeprefix("kl. ")),
            (
                r"dag, tid|day, time|dag för|day of the adj",
                lambda: f"{self._day()} {self._clock()}, rum {self._random.randint(1, 99)}",
            ),
            (r"justerarens|adjuster's", lambda: self._name(adjuster=True)),
            (r"ordförandens|sekreterarens|chair's|secretary's", self._name),
            (r"paragrafens nummer|item's number", lambda: str(self._first_item)),
            (r"rubrik|title", lambda: choose(_MATTERS[language])),
            (r"beslutet|decision", lambda: choose(_DECISIONS[language])),
            (r"vad som sades|sammanfattning|what was said|summary", lambda: choose(_SENTENCES[language])),
            (r"", lambda: choose(["Rådhuset", "Nacka", "KS 2024/17", "Kommunhuset sal A"])),
        ]

    def fill(self, text: str) -> str:
        return BLANK.sub(lambda blank: self.words(blank[0]), text)

    def fill_word(self, data: bytes) -> bytes:
        """As Word does when somebody types: the content control goes, the words stay."""
        document: Any = Document(io.BytesIO(data))
        for control in list(document.element.iter(qn("w:sdt"))):
            content = control.find(qn("w:sdtContent"))
            for run in list(content):
                (text,) = run.iter(qn("w:t"))
                assert BLANK.fullmatch(text.text)
                text.text = self.words(text.text)
                run.remove(run.find(qn("w:rPr")))
                control.addprevious(run)
            control.getparent().remove(control)
        packed = io.BytesIO()
        document.save(packed)
        return packed.getvalue()

    def words(self, blank: str) -> str:
        if blank not in self._said:
            self._said[blank] = self._new_words(blank)
        return self._said[blank]

    def _new_words(self, blank: str) -> str:
        return next(answer() for pattern, answer in self._answers if re.search(pattern, blank))

    def _name(self, *, adjuster: bool = False) -> str:
        return self._random.choice(self._present) if adjuster and self._present else self._names.pop()

    def _day(self) -> str:
        day = dt.date(2024, 1, 1) + dt.timedelta(self._random.randrange(2000))
        weekday, date = self._texts.weekday(day), self._texts.date(day)
        return f"{weekday.capitalize()}en den {date}" if self._texts.language == "sv" else f"{weekday} {date}"

    def _clock(self) -> str:
        start, end = self._random.randint(8, 12), self._random.randint(13, 16)
        return f"kl. {start}.15–{end}.00" if self._texts.language == "sv" else f"{start}:15–{end}:00"
