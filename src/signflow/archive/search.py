"""What is looked for in the archive, and what a search comes to; whatever index answers (`finder`)."""

from __future__ import annotations

from dataclasses import dataclass

from signflow.archive.passages import Piece

PAGE_HITS = 20


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Attributes:
        words: As a person types them.
        body: Its name, exactly; any if empty.
        minutes_class: `notes` or `protocol`; any if empty.
        person: Words of a name of somebody who was there, absent or a signatory; anybody if empty.
        since: The first day of a meeting, `2020-01-16`; none if empty.
        until: The last day; none if empty.
        item: The number of an item; any if None.
        decisions: Whether the words must stand in decisions.
        page: From 1.
    """

    words: str = ""
    body: str = ""
    minutes_class: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    item: int | None = None
    decisions: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """An item of a document.

    Attributes:
        position: From 1, in the document's order; 0 for the document itself.
        label: Its number as written.
        heading: Its heading, with what was looked for marked.
    """

    position: int
    label: str
    heading: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found.

    Attributes:
        document_id: Its name in the house.
        title: Its title.
        body: The body that met.
        date: The day of the meeting, `2020-01-16`.
        item: Where in it the best passage is; None where no words were looked for.
        passage: That passage, with what was looked for marked.
        also: Its next best items.
    """

    document_id: str
    title: str
    body: str
    date: str
    item: ItemPlace | None = None
    passage: tuple[Piece, ...] = ()
    also: tuple[ItemPlace, ...] = ()

    @property
    def snippet(self) -> str:
        """The passage as plain text."""
        return "".join(piece.text for piece in self.passage)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes:
        hits: Those of the page, the best first; without words the newest.
        total: How many documents there are; at least so many if `more`.
        more: Whether there are more than were looked at.
        pages: How many pages they fill.
        bodies: How many documents by body, the most first; empty where not all were looked at.
        years: Likewise by year, the newest first.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    more: bool = False
    pages: int = 0
    bodies: tuple[tuple[str, int], ...] = ()
    years: tuple[tuple[str, int], ...] = ()
