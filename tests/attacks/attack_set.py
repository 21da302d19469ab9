"""All attacks, in the order of the table."""

from __future__ import annotations

from collections.abc import Iterable

from attack_bombs import BOMBS
from attack_catalog import CATALOG
from attack_certified import CERTIFIED
from attack_cms import CMS
from attack_fields import FIELDS
from attack_forgery import FORGERY
from attack_kinds import Attack
from attack_loops import LOOPS
from attack_pages import PAGES
from attack_ranges import RANGES
from attack_saving import SAVING
from attack_shadow import SHADOW
from attack_transplant import TRANSPLANT
from attack_wrapping import WRAPPING

FAMILIES = (FORGERY, SAVING, WRAPPING, RANGES, SHADOW, CERTIFIED, FIELDS, PAGES, CATALOG, TRANSPLANT, CMS, LOOPS, BOMBS)
ATTACKS: tuple[Attack, ...] = tuple(attack for family in FAMILIES for attack in family.attacks)


def once_each(attacks: Iterable[Attack]) -> list[Attack]:
    """Each attack on one base, and once more within the next signature; `make attacks` takes all bases."""
    chosen: dict[tuple[str, str, bool], Attack] = {}
    for attack in attacks:
        chosen.setdefault((attack.family, attack.name, attack.base == "next signature"), attack)
    return list(chosen.values())
