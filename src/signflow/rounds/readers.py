"""Who is asked to read a text before it is signed, and what they and the signatories remark on it, item by item."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

LONGEST_COMMENT = 4000
"""How many characters a comment or an answer may have."""


class CommentStanding(StrEnum):
    """What became of a comment."""

    OPEN = "open"
    RESOLVED = "resolved"  # answered; the text stays as it is
    CHANGED = "changed"  # answered; the text is changed
    TAKEN_BACK = "taken-back"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is asked to read and comment.

    Attributes:
        number: 1 for the first of the document; never given twice.
        link_digest: SHA-256 of the token in their link; the token is stored nowhere.
        until: The last day for comments, in the organisation's time zone; None if none was named.
        dismissed_at: When the invitation was taken back; None if it was not.
        told_draft: The version that their latest letter is about.
        told_at: When that was a letter of its own about a new version; None where another letter told of it.
    """

    number: int
    person: str
    address: str
    link_digest: str
    invited_at: dt.datetime
    link_expires_at: dt.datetime
    until: dt.date | None = None
    dismissed_at: dt.datetime | None = None
    told_draft: int = 0
    told_at: dt.datetime | None = None

    @property
    def author(self) -> str:
        """What their comments are kept under."""
        return f"reader-{self.number}"

    def holds(self, now: dt.datetime) -> bool:
        """Whether the link still leads to the text."""
        return self.dismissed_at is None and now < self.link_expires_at

    def in_time(self, today: dt.date) -> bool:
        """Whether the last day for comments has not passed on that day of the organisation's."""
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on an item, or on the whole.

    Attributes:
        number: 1 for the first of the document; never given twice.
        author: Names the reader or the seat that it comes from.
        person: Their name.
        item: The item's number and title as the present text has them, or as the last had that had the item; empty for
            the whole.
        draft_number: The version that lay before them.
        changed_in: The latest version since in which the item is not as it was; None if it is in all.
        answer: The secretary's; empty where there is none.
        answered_by: Who settled it; empty while it is open or taken back.
    """

    number: int
    author: str
    person: str
    item: str
    draft_number: int
    at: dt.datetime
    text: str
    standing: CommentStanding = CommentStanding.OPEN
    changed_in: int | None = None
    answer: str = ""
    answered_by: str = ""
    answered_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemFollowed:
    """What became of an item in a new version: its name before and now (empty if it is gone), and whether its words changed."""

    before: str
    now: str
    changed: bool


def seat_author(round_number: int, holding: str) -> str:
    """What the comments of a signatory are kept under."""
    return f"seat-{round_number}-{holding}"
