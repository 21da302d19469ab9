"""The extract of one item as it may leave the house: with nothing that the web copy of the minutes hides."""

from __future__ import annotations

from dataclasses import replace

from signflow.minutes.excerpt import excerpt
from signflow.minutes.model import Minutes
from signflow.minutes.redaction import Redaction, redacted


class Masking:
    """Minutes, redacted once, of which extracts are taken."""

    def __init__(self, minutes: Minutes, replacement: str) -> None:
        self._minutes = minutes
        self._replacement = replacement
        hidden = redacted(minutes, replacement).minutes
        # an item is found by its number also where that is part of what is hidden
        numbered = zip(hidden.items, minutes.items, strict=True)
        items = tuple(replace(shown, number=item.number) for shown, item in numbered)
        self._hidden = replace(hidden, items=items)

    def excerpt(self, number: int) -> Redaction:
        """The excerpt of that item, redacted as the whole is, and how many passages are hidden in it.

        Where none are, it is the excerpt as it stands.

        Raises:
            NotFoundError: As `excerpt`.
            RefusedError: As `excerpt`.
        """
        plain = excerpt(self._minutes, number)
        shown = excerpt(self._hidden, number)
        if shown == plain:
            return Redaction(plain, 0)
        return Redaction(shown, max(redacted(plain, self._replacement).count, 1))
