"""What is known of items that are adjusted at once in a document of their own, on either side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from signflow.blobs import BlobRef


@dataclass(frozen=True, slots=True)
class Part:
    """Items of a document that are, or are to be, adjusted at once.

    Attributes:
        id: The document that they are adjusted in.
        items: Their numbers, ascending.
        state: Where that document is; empty while it is not registered yet.
        source: Its present draft; None while it is not registered yet.
        filename: The name of that draft.
        adjusted_at: When it was adjusted; None before.
        digest: SHA-256 of its archived file; empty before it is archived.
    """

    id: str
    items: tuple[int, ...]
    state: str = ""
    source: BlobRef | None = None
    filename: str = ""
    adjusted_at: dt.datetime | None = None
    digest: str = ""

    @property
    def holds(self) -> bool:
        """Whether the items are still adjusted there: it was not withdrawn."""
        return self.state != "withdrawn"

    @property
    def done(self) -> bool:
        """Whether it is adjusted and archived, so that it can be referred to."""
        return bool(self.digest)


@dataclass(frozen=True, slots=True)
class PartOf:
    """Whose items a document adjusts at once: the minutes of the meeting, and the numbers."""

    main: str
    items: tuple[int, ...]
