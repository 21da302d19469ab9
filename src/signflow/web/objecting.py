"""What a signatory has written into the forms of the signing page: of the whole, item by item, beside the signature.

Without scripts a form has as many rows as it has. A button asks for more; it sends what is written, records nothing, and the page
comes back with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from signflow.rounds.model import ItemObjection
from signflow.steps.acts import Will
from signflow.web.forms import Form

_ROWS = 2
_MORE_ROWS = 3
_MOST_ROWS = 20
MOST_FIELDS = 3 * _MOST_ROWS + 10


@dataclass(frozen=True, slots=True)
class Row:
    """One item that somebody objects to, as far as they have written."""

    item: str = ""
    reason: str = ""
    proposal: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written there."""
        return not (self.item or self.reason.strip() or self.proposal.strip())

    @property
    def is_whole(self) -> bool:
        """Whether it says which item, and why."""
        return bool(self.item and self.reason.strip())


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the forms, so that no error loses it."""

    reason: str = ""
    rows: tuple[Row, ...] = (Row(),) * _ROWS
    dissent: str = ""
    until: str = ""

    @property
    def is_halfway(self) -> bool:
        """Whether a row says something, but not both which item and why."""
        return any(not (row.is_empty or row.is_whole) for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written that is to be sent."""
        return not (self.reason.strip() or self.dissent.strip()) and all(row.is_empty for row in self.rows)

    @property
    def objects(self) -> bool:
        """Whether it says what they will not sign."""
        return bool(self.reason.strip()) or not all(row.is_empty for row in self.rows)

    @property
    def can_grow(self) -> bool:
        """Whether there may be more rows."""
        return len(self.rows) < _MOST_ROWS

    def objection(self) -> Will:
        """What they say when they press the button that objects."""
        items = (ItemObjection(row.item, row.reason, row.proposal) for row in self.rows if not row.is_empty)
        return Will(self.reason, tuple(items))


NOTHING = Written()


def written(form: Form, items: Collection[str]) -> Written:
    """What a form of the signing page says.

    Args:
        form: The form. Untrusted.
        items: What the items are called; any other counts as none.
    """
    told = form.text("rows")
    count = int(told) if told.isascii() and told.isdecimal() and len(told) < len(str(_MOST_ROWS)) + 1 else _ROWS
    count = min(_MOST_ROWS, max(_ROWS, count) + (_MORE_ROWS if "more" in form.fields else 0))
    return Written(
        form.text("reason"),
        tuple(_row(form, number, items) for number in range(1, count + 1)),
        form.text("dissent"),
        form.text("until"),
    )


def _row(form: Form, number: int, items: Collection[str]) -> Row:
    item = form.text(f"item-{number}")
    return Row(item if item in items else "", form.text(f"reason-{number}"), form.text(f"proposal-{number}"))
