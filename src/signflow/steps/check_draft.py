"""A draft checked whole: what the reader finds, whether those who sign can be reached, whether every character can be set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signflow.blobs import DOCX, BlobRef
from signflow.minutes import PlaceUnit, remark
from signflow.minutes.findings import Finding, accepted
from signflow.minutes.model import Minutes, MinutesClass
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.type.glyphs import missing_glyphs
from signflow.rounds.bodies import Bodies
from signflow.rounds.events import DraftRegistered
from signflow.rounds.model import Appointment
from signflow.rounds.parts import PartOf
from signflow.rounds.readers import ItemFollowed
from signflow.steps.read_apart import read_apart

if TYPE_CHECKING:  # a draft is also checked without a register, and then no database is loaded
    from signflow.store.people import People
    from signflow.store.store import FindingRecord

_ALL_ALIKE = Bodies()


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """What is known of a draft.

    Attributes:
        minutes: What it says; None where it cannot be read.
        findings: By line.
        appointments: Who is to sign, with the addresses that the register has.
        unit: What the findings' lines count.
        lines: The draft as a person sees it; empty where it cannot be read.
    """

    minutes: Minutes | None
    findings: tuple[Finding, ...]
    appointments: tuple[Appointment, ...] = ()
    unit: PlaceUnit = PlaceUnit.LINE
    lines: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether it may go to review."""
        return self.minutes is not None and accepted(self.findings)

    def records(self) -> list[FindingRecord]:
        """The findings as the database and the command line's JSON keep them."""
        return [to_record(finding) for finding in self.findings]

    def registered(  # noqa: PLR0913, PLR0917 -- what the fact says beside what was read
        self,
        document_id: str,
        source: BlobRef,
        filename: str,
        by: str,
        items: tuple[ItemFollowed, ...] = (),
        part_of: PartOf | None = None,
    ) -> DraftRegistered:
        """The fact that follows; `items` are those of the version before, `part_of` says whose items a new document has."""
        minutes = self.minutes
        return DraftRegistered(
            document_id=document_id,
            source=source,
            filename=filename,
            by=by,
            clean=self.clean,
            appointments=self.appointments,
            language=minutes.language if minutes else "sv",
            title=minutes.title if minutes else "",
            body=minutes.body if minutes else "",
            minutes_class=minutes.minutes_class if minutes else MinutesClass.NOTES,
            meeting_on=minutes.date if minutes else None,
            items=items,
            part_of=part_of,
        )


def check_draft(
    data: bytes, filename: str, style: HouseStyle, people: People | None, bodies: Bodies = _ALL_ALIKE
) -> CheckedDraft:
    """Read and check a draft; never raises on bad input.

    Args:
        data: The draft.
        filename: Its name.
        style: What it will be set in.
        people: The register; without one, addresses are not asked for.
        bodies: Who must sign the minutes of which body.
    """
    reading = read_apart(data, filename)
    minutes = reading.minutes
    if minutes is None:
        return CheckedDraft(None, reading.findings, unit=reading.unit, lines=reading.lines)
    appointments = tuple(
        Appointment(one.name, one.role, people.address_of(one.name) if people else "") for one in minutes.signatories
    )
    unset = (
        remark("character-not-in-font", line, character, code_point=f"U+{ord(character):04X}")
        for character, line in missing_glyphs(minutes, style)
    )
    misspelt = {finding.params["name"] for finding in reading.findings if finding.code == "signatory-misspelled"}
    unreachable = (
        remark("signatory-without-address", one.line, one.name, name=one.name)
        for one, appointment in zip(minutes.signatories, appointments, strict=True)
        if people and not appointment.address and one.name not in misspelt  # the register has the right spelling
    )
    found = (*reading.findings, *unset, *unreachable, *_lacking(minutes, bodies))
    findings = sorted(found, key=lambda finding: finding.line or 0)
    return CheckedDraft(minutes, tuple(findings), appointments, reading.unit, reading.lines)


def _lacking(minutes: Minutes, bodies: Bodies) -> Iterator[Finding]:
    """Who does not sign though the body's rules ask for it, at the closing block."""
    closing = minutes.sign_off[0] if minutes.sign_off else None
    line, quote = (closing.line, closing.text) if closing else (None, "")
    for code, numbers in bodies.rules_for(minutes.body).lacks(tuple(one.role for one in minutes.signatories)):
        yield remark(code, line, quote, body=minutes.body, **{name: str(number) for name, number in numbers.items()})


def place_unit(source: BlobRef) -> PlaceUnit:
    """What the lines in the findings of that draft count."""
    return PlaceUnit.PARAGRAPH if source.media_type == DOCX else PlaceUnit.LINE


def to_record(finding: Finding) -> FindingRecord:
    """A finding as plain values."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "line": finding.line,
        "quote": finding.quote,
        "params": dict(finding.params),
    }
