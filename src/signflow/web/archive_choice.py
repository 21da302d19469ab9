"""What somebody looks for in the archive, as it stands in the page's address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from signflow.archive.search import Search

CLASSES = ("protocol", "notes")
_LONGEST = 200
_LAST_PAGE = 10_000
_LAST_ITEM = 99_999


@dataclass(frozen=True, slots=True)
class ArchiveChoice(Search):
    """A search as the page's form and address have it."""

    @property
    def filtered(self) -> bool:
        """Whether anything but words is chosen."""
        return replace(self, words="", page=1) != ArchiveChoice()

    @property
    def narrows(self) -> bool:
        """Whether anything is chosen."""
        return self.filtered or bool(self.words)

    @property
    def address(self) -> str:
        """Where this choice is shown."""
        fields = {
            "q": self.words,
            "body": self.body,
            "class": self.minutes_class,
            "person": self.person,
            "from": self.since,
            "to": self.until,
            "item": "" if self.item is None else str(self.item),
            "decisions": "1" if self.decisions else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        told = urlencode({name: value for name, value in fields.items() if value})
        return f"/archive?{told}" if told else "/archive"

    def at(self, page: int) -> ArchiveChoice:
        """Another page of the same choice."""
        return replace(self, page=page)

    def of_body(self, body: str) -> ArchiveChoice:
        """The same search in one body alone."""
        return replace(self, body=body, page=1)

    def of_year(self, year: str) -> ArchiveChoice:
        """The same search in one year alone."""
        return replace(self, since=f"{year}-01-01", until=f"{year}-12-31", page=1)

    def words_alone(self) -> ArchiveChoice:
        """The same words without any filter."""
        return ArchiveChoice(self.words)

    def beginnings(self) -> ArchiveChoice:
        """The same search for all that begins as its words do."""
        words = (word if word.endswith("*") or not word.isalnum() else f"{word}*" for word in self.words.split())
        return replace(self, words=" ".join(words), page=1)


def read_archive_choice(fields: Mapping[str, str]) -> ArchiveChoice:
    """The choice in an address; what makes no sense there is as if it were not there."""
    minutes_class = fields.get("class", "")
    return ArchiveChoice(
        words=fields.get("q", "").strip()[:_LONGEST],
        body=fields.get("body", "").strip()[:_LONGEST],
        minutes_class=minutes_class if minutes_class in CLASSES else "",
        person=fields.get("person", "").strip()[:_LONGEST],
        since=_day(fields.get("from", "")),
        until=_day(fields.get("to", "")),
        item=_number(fields.get("item", "").strip().lstrip("§ "), _LAST_ITEM),
        decisions=fields.get("decisions") == "1",
        page=_number(fields.get("page", ""), _LAST_PAGE) or 1,
    )


def _day(typed: str) -> str:
    try:
        return dt.date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        return ""


def _number(typed: str, most: int) -> int | None:
    return min(int(typed), most) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None
