"""Whole minutes to plant one thing in, for the tests of rules."""

from __future__ import annotations

from signflow.minutes import read_draft
from signflow.minutes.findings import Finding, Severity

MEMBERS = ("Vera Dahlin (S)", "Olof Krans (M)", "Samira Nouri (V)", "Gösta Wikner (C)", "Tuva Hellberg (L)")
_PROTOCOL = """# Protokoll för parknämnden

Tid: tisdagen den 17 september 2024 kl 13.00–15.00
Plats: Växthuset

Beslutande

{members}

Jäv: {disqualified}
Reservationer: {dissents}
Justering: 20 september 2024

## § 5 Ny lekpark

{item}

Vid protokollet
{secretary}

Ordförande
{chair}

Justerare
{adjuster}
"""


def protocol(
    item: str,
    *,
    members: tuple[str, ...] = (f"{MEMBERS[0]}, ordförande", *MEMBERS[1:], "Disa Bladh, sekreterare"),
    disqualified: str = "Inga",
    dissents: str = "Inga",
    closing: tuple[str, str, str] = ("Disa Bladh", "Vera Dahlin", "Olof Krans"),
) -> str:
    """Statutory minutes without fault but for what the item says."""
    rows = "\n".join(members)
    secretary, chair, adjuster = closing
    return _PROTOCOL.format(
        members=rows,
        disqualified=disqualified,
        dissents=dissents,
        item=item,
        secretary=secretary,
        chair=chair,
        adjuster=adjuster,
    )


def findings(text: str, name: str = "a.md") -> list[Finding]:
    """The errors and warnings on the draft."""
    return [one for one in read_draft(text.encode(), name).findings if one.severity is not Severity.NOTE]


def codes(text: str) -> list[str]:
    """Their codes."""
    return [one.code for one in findings(text)]


def line_of(text: str, words: str) -> int:
    """The line (1-based) where the words first stand."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)
