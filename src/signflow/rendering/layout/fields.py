"""The signature fields that a signing copy is laid out with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signflow.minutes.model import ItemRange, Role

STAMP_WIDTH_PT = 200.0
STAMP_HEIGHT_PT = 56.0


@dataclass(frozen=True, slots=True)
class SignatureField:
    """A place to sign, there before anybody has signed.

    Attributes:
        name: The field's name in the form; unique in the document, without a full stop (ISO 32000-1, 12.7.3.2).
        role: In which capacity the person signs; None for the organisation's seal.
        person: Who signs, as the closing block writes the name; the organisation for the seal.
        label: What a screen reader says at the field and what stands under its box.
    """

    name: str
    role: Role | None
    person: str
    label: str


def items_signed(covers: Sequence[ItemRange]) -> str:
    """The items that a signature is for as minutes write them, `§ 94` or `§§ 94–96, 99`; empty where it is for all."""
    if not covers:
        return ""
    ranges = [str(one.first) if one.first == one.last else f"{one.first}–{one.last}" for one in covers]
    is_one = len(covers) == 1 and covers[0].first == covers[0].last
    return f"{'§' if is_one else '§§'} {', '.join(ranges)}"
