"""Minutes for the tests of the pages' design: of either class, of any length, with any closing block."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from drawn_minutes import paragraph

from signflow.minutes.model import (
    Attendance,
    Decision,
    Fact,
    Item,
    Minutes,
    MinutesClass,
    Notice,
    Person,
    Role,
    Signatory,
    SignOffEntry,
    Subheading,
)
from signflow.rendering.layout.fields import SignatureField

PEOPLE = (
    "Åsa Lindqvist",
    "Nguyễn Thị Hương",
    "Łukasz Wójcik",
    "Karin Öberg",
    "Mats-Erik Grönlund",
    "Áile Čáppa Ŋŋárgga",
    "Đorđe Šimić-Žunić",
    "Väinö Yrjö Äkäslompolo",
    "Karl-Johan Kristoffersson-Löfgren af Ekenstam",
    "Jean-Éric d'Ærøskøbing",
    "Ольга Щербакова",
    "Δημήτρης Παπαδόπουλος",
    "Fatima Hassan",
    "Bo Alm",
)
_WORDS = [
    "nämnden",
    "kommunen",
    "förvaltningen",
    "redovisar",
    "utredningen",
    "av",
    "behovet",
    "för",
    "och",
    "till",
    "en",
    "ny",
    "plan",
    "kostnaden",
    "år",
    "2024",
]
NOTICE = Notice(
    "ANSLAG/BEVIS",
    (
        paragraph("Protokollet är justerat. Justeringen har tillkännagivits genom anslag.", 910),
        Fact("Organ", paragraph("Kommunstyrelsen", 911), 911),
        Fact("Datum för anslags nedtagande", paragraph("11 juni 2024", 912), 912),
        Fact("Underskrift", paragraph("____________________", 913), 913),
    ),
    909,
)


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(_WORDS, k=count))


def signed_by(adjusters: Sequence[str], *, line: int = 900, ranges: bool = True) -> tuple[SignOffEntry, ...]:
    """A closing block as statutory minutes have it, with lines for pens."""
    entries: list[tuple[str, bool, Role | None]] = []
    for label, role, names in (
        ("Sekreterare", Role.SECRETARY, PEOPLE[:1]),
        ("Ordförande", Role.CHAIR, PEOPLE[1:2]),
        ("Justerare", Role.ADJUSTER, tuple(adjusters)),
    ):
        entries.append((label, True, role))
        for name in names:
            entries += [("__________________", False, None), (name, False, role)]
            entries += [("Paragrafer 1–4", False, None)] if ranges else []
    return tuple(SignOffEntry(text, is_label, role, line) for text, is_label, role in entries)


def designed(
    seed: int,
    *,
    kind: MinutesClass = MinutesClass.PROTOCOL,
    items: int = 4,
    adjusters: Sequence[str] = PEOPLE[2:3],
    signs_first: bool = False,
) -> Minutes:
    """Minutes that no other seed gives."""
    chance = random.Random(seed)  # noqa: S311 -- no secret, the same each time
    entries = signed_by(adjusters, line=50 if signs_first else 900)
    return Minutes(
        minutes_class=kind,
        language="sv",
        title=f"Protokoll från {words(chance, chance.randint(2, 12))}",
        title_line=1,
        body="kommunstyrelsen",
        date=dt.date(2024, 5, 14),
        start=None,
        end=None,
        place="",
        front=(
            Fact("Plats och tid", paragraph(words(chance, 20), 2), 2),
            Attendance(
                "Beslutande", tuple(Person(name, "(S)", "S", "", 3) for name in PEOPLE[:6]), absent=False, line=3
            ),
            Fact("Utses att justera", paragraph(", ".join(adjusters), 4), 4),
            Attendance(
                "Ersättare",
                tuple(Person(name, "", "", "", 5) for name in PEOPLE[6:9]),
                absent=False,
                line=90 if signs_first else 5,
            ),  # on a page of its own after the signatures, where these stand first
        ),
        items=tuple(item(chance, number) for number in range(1, items + 1)),
        sign_off=entries,
        signatories=tuple(Signatory(entry.text, entry.role, entry.line) for entry in entries if entry.role),
        chair=PEOPLE[1],
        notice=NOTICE if kind is MinutesClass.PROTOCOL else None,
    )


def item(chance: random.Random, number: int) -> Item:
    """A matter of half a page to two pages."""
    paragraphs = [paragraph(words(chance, chance.randint(5, 90)), 100) for _ in range(chance.randint(1, 12))]
    decision = Decision("Beslut", (paragraph(words(chance, 12), 101), paragraph(words(chance, 30), 102)), 101)
    blocks = (*paragraphs, Subheading("Yrkanden", 100), paragraph(words(chance, 15), 100), decision)
    return Item(number, f"§ {number}", words(chance, chance.randint(1, 14)), 2, blocks, 100)


def fields_of(minutes: Minutes) -> tuple[SignatureField, ...]:
    """A field for each who signs, and the seal."""
    people = [entry for entry in minutes.sign_off if entry.role and not entry.is_label]
    fields = [
        SignatureField(f"S{index}", entry.role, entry.text, f"Underskrift, {entry.text}")
        for index, entry in enumerate(people)
    ]
    return (*fields, SignatureField("seal", None, "Kommunen", "Elektronisk stämpel, Kommunen"))
