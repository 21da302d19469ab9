"""What a body's rules ask of its minutes: who must sign, in which order, and who may stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from signflow.minutes.model import Role
from signflow.minutes.recognition.people import same_name


class Order(StrEnum):
    """In which order those sign who are not the secretary; the secretary is always first."""

    BY_ROLE = "by-role"  # the chair, then the adjusters all at once
    TOGETHER = "together"  # all at once
    ONE_BY_ONE = "one-by-one"  # the chair, then the adjusters as the minutes name them


@dataclass(frozen=True, slots=True)
class BodyRules:
    """The rules of one body.

    Attributes:
        order: In which order people sign.
        chair: Whether the chair must sign.
        adjusters: How many adjusters must sign at least.
        members: Who may stand in for a signatory beside those whom the minutes list as present.
    """

    order: Order = Order.BY_ROLE
    chair: bool = False
    adjusters: int = 0
    members: tuple[str, ...] = ()

    def turns(self, roles: tuple[Role, ...]) -> tuple[int, ...]:
        """The turn of each who signs: those with a lower one sign first."""
        turns, others = list[int](), 0
        for role in roles:
            if role is Role.SECRETARY:
                turns.append(0)
            elif self.order is Order.TOGETHER or role is Role.CHAIR:
                turns.append(1)
            elif self.order is Order.BY_ROLE:
                turns.append(2)
            else:
                others += 1
                turns.append(1 + others)
        return tuple(turns)

    def lacks(self, roles: tuple[Role, ...]) -> tuple[tuple[str, Mapping[str, int]], ...]:
        """What those who sign lack, as codes with their numbers: `chair-must-sign`, `adjusters-must-sign`."""
        found = list[tuple[str, Mapping[str, int]]]()
        if self.chair and Role.CHAIR not in roles:
            found.append(("chair-must-sign", {}))
        named = roles.count(Role.ADJUSTER)
        if named < self.adjusters:
            found.append(("adjusters-must-sign", {"wanted": self.adjusters, "named": named}))
        return tuple(found)

    def may_stand_in(self, person: str) -> bool:
        """Whether the body's list names that person."""
        return same_name(person) in {same_name(member) for member in self.members}


@dataclass(frozen=True, slots=True)
class Bodies:
    """The rules of all bodies; one without rules of its own has those that ask for nothing more than the minutes do."""

    named: Mapping[str, BodyRules] = field(default_factory=dict[str, BodyRules])

    def rules_for(self, body: str) -> BodyRules:
        """The rules of that body, in whatever case its name is written."""
        wanted = same_name(body)
        return next((rules for name, rules in self.named.items() if same_name(name) == wanted), BodyRules())
