"""Packages to archive, each with its own text, people and files."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from signflow.archive.package import (
    SIGNED_PDF,
    AgentKind,
    ArchivalPackage,
    ArchivedItem,
    EventType,
    FileRole,
    PackageFile,
    PremisAgent,
    PremisEvent,
    Responsible,
)
from signflow.archive.readme import build_readme
from signflow.texts import LANGUAGES, Texts

NOW = dt.datetime(2020, 2, 3, 12, 30, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=400)
TEMPLATES = Path(__file__).parents[2] / "templates"
SOFTWARE = PremisAgent("software", "signflow", AgentKind.SOFTWARE, "1.2.3")
SECRETARY = PremisAgent("secretary", "Åsa Öberg-Nyström", AgentKind.PERSON)
_FIRST = ("Åsa", "Björn", "Östen", "Karin", "Édith", "Zoë", "Per-Erik", "Malin")
_LAST = ("Öberg", "Ångström", "Lindqvist", "Nyström", "af Ekenstam", "Bäck", "O’Neill")
_THEMES = ("Bygglov för förskola", "Revisionsberättelse", "Vägnät & trafik", "Taxa <2020>", "Yttrande över remiss")


def dice_for(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 — made-up content and places, no secrets


def pdf_bytes(seed: int, size_bytes: int = 20_000) -> bytes:
    """Bytes that begin as a PDF does; the archive looks no further."""
    return b"%PDF-1.7\n" + dice_for(seed).randbytes(size_bytes)


def sample_files(seed: int, *, pdf: bytes | Path | None = None) -> tuple[PackageFile, ...]:
    dice = dice_for(seed)
    files = [
        PackageFile(SIGNED_PDF, pdf or pdf_bytes(seed), "application/pdf", FileRole.SIGNED),
        PackageFile("representations/source/data/utkast å ä ö.md", b"# Utkast\n", "text/markdown", FileRole.SOURCE),
        PackageFile(
            "representations/structured/data/minutes.json", dice.randbytes(90), "application/json", FileRole.STRUCTURED
        ),
        PackageFile("metadata/other/validation/report.json", b"{}", "application/json", FileRole.VALIDATION),
        PackageFile("metadata/other/evidence/secretary.json", b'["e"]', "application/json", FileRole.EVIDENCE),
        PackageFile("metadata/other/history/rounds.json", b"[]", "application/json", FileRole.HISTORY),
    ]
    for number in range(dice.randrange(3)):
        path = f"representations/attachments/data/bilaga {number} 100%.txt"
        files.append(PackageFile(path, dice.randbytes(number * 50), "text/plain", FileRole.ATTACHMENT))
    languages = [Texts(TEMPLATES, language) for language in LANGUAGES]
    files.append(build_readme(f"doc-{seed}", "Minnesanteckningar", "Gruppen", dt.date(2020, 1, 16), languages))
    return tuple(files)


def sample_package(seed: int = 1, **changes: object) -> ArchivalPackage:
    """A package of its own for each seed; the same for the same seed."""
    dice = dice_for(seed)
    people = tuple(f"{dice.choice(_FIRST)} {dice.choice(_LAST)}" for _ in range(dice.randrange(1, 9)))
    items = tuple(
        ArchivedItem(
            f"§ {number}", dice.choice(_THEMES), f"Föredragning i ärende {number}.", ("Att bifalla förslaget.",)
        )
        for number in range(1, dice.randrange(2, 12))
    )
    at = dt.datetime(2020, 1, 20, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    values: dict[str, object] = {
        "document_id": f"doc-{seed}",
        "title": f"Minnesanteckningar {seed}",
        "body": "Södertörnskommunernas ledningsgrupp",
        "minutes_class": "notes",
        "language": "sv",
        "meeting_on": dt.date(2020, 1, 16) + dt.timedelta(days=seed % 300),
        "people": people,
        "items": items,
        "text": "Mötet hölls på Åkersberga gård.",
        "files": sample_files(seed),
        "events": (
            PremisEvent(EventType.CREATION, at, "Draft received", SECRETARY.identifier),
            PremisEvent(EventType.RENDERING, at, "Rendered as PDF/A-2a", SOFTWARE.identifier, paths=(SIGNED_PDF,)),
            PremisEvent(EventType.SIGNATURE, at, "Signed", SECRETARY.identifier, paths=(SIGNED_PDF,)),
        ),
        "agents": (SECRETARY, SOFTWARE),
        "software": SOFTWARE,
        "responsible": Responsible("Exempelkommun", "mailto:arkiv@example.se"),
        "message": "Adjusted minutes",
    }
    return ArchivalPackage(**{**values, **changes})  # type: ignore[arg-type]  # the names are the class's own
