"""What programs are told, in fields: names stay, and fields may come."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from signflow.minutes.model import Role
from signflow.rounds.model import RoundEnd, Standing, State
from signflow.web.api.operation import Told

Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""A text from outside, without the one character that a database cannot keep."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(given: object) -> object:
    """A date as it is written, and no number that stands for one."""
    if given is not None and not (isinstance(given, str) and _DAY.fullmatch(given)):
        raise ValueError("date")
    return given


Day = Annotated[dt.date, BeforeValidator(_day)]
"""An ISO date."""

Digest = Annotated[str, Field(description="SHA-256, lower-case hexadecimal.", pattern="^[0-9a-f]{64}$")]


class DocumentFields(Told):
    """What a list and a document have in common."""

    id: str = Field(examples=["6tj2k0m9x3qd"])
    state: State
    title: str = Field(description="Empty where the draft has none.", examples=["Protokoll från Miljönämnden"])
    body: str = Field(description="The body whose minutes these are; empty where the draft names none.")
    minutes_class: str = Field(description="`notes`, `protocol`; empty where the draft could not be read.")
    meeting_on: dt.date | None
    page: str = Field(description="Where people see the document.")


class DocumentSummary(DocumentFields):
    """A document in a list."""

    queue: Literal["late", "ours", "others", "filing", "closed"] = Field(
        description="`late`: its adjustment is overdue; `ours`: it waits for the secretary; `others`: for others or for "
        "signflow; `filing`: it is on its way to the archive; `closed`: it is archived or withdrawn."
    )
    updated_at: dt.datetime


class VersionTold(Told):
    """A version of the text."""

    number: int
    filename: str
    digest: Digest
    size_bytes: int
    registered_at: dt.datetime
    clean: bool = Field(description="Whether it can be sent for signing.")


class FindingTold(Told):
    """What was found in the present text."""

    code: str = Field(description="Stable name of what was found.", examples=["items-not-in-order"])
    severity: str = Field(description="`error` keeps the draft from signing; `warning` and `note` do not.")
    line: int | None = Field(description="Where; null where it concerns the whole.")
    unit: str = Field(description="What places are counted in: `line`, or `paragraph` in Word files.")
    quote: str
    message: str
    remedy: str


class SeatTold(Told):
    """One who signs, or is to sign, in a round."""

    field: str = Field(description="Names the seat in addresses.")
    turn: int = Field(description="Those with a lower turn sign first.")
    holder: int = Field(description="1 for whom the minutes appoint, one more for each who stands in.")
    person: str
    role: Role
    standing: Standing
    stands_in_for: str | None
    invited_at: dt.datetime | None
    reminders: int
    away_until: dt.date | None = Field(description="The first day on which they are there again.")
    signed_at: dt.datetime | None
    revision_digest: Digest | None = Field(description="Of the PDF with this signature and those before.")


class ObjectionItemTold(Told):
    """What somebody will not certify in one item."""

    item: str
    reason: str
    proposal: str


class ObjectionTold(Told):
    """Why somebody would not sign."""

    person: str
    reason: str
    items: tuple[ObjectionItemTold, ...]


class RoundTold(Told):
    """An attempt to have a text signed."""

    number: int
    draft_number: int
    opened_at: dt.datetime
    ended: RoundEnd | None = Field(description="Why it came to nothing; null while it is open or has succeeded.")
    ended_at: dt.datetime | None
    copy_digest: Digest
    revision_digest: Digest
    objection: ObjectionTold | None
    seats: tuple[SeatTold, ...]


class HappenedTold(Told):
    """An entry of the history."""

    at: dt.datetime
    kind: str = Field(examples=["review-opened"])
    actor: str = Field(description="A person, `API: ` and a token's name, or a part of signflow.")
    sentence: str = Field(description="The same in words.")
    digest: str | None = Field(description="Of the bytes that it is about.")


class DocumentTold(DocumentFields):
    """A document."""

    adjusted_at: dt.datetime | None
    archived_at: dt.datetime | None
    archived_digest: Digest | None = Field(description="Of the signed and sealed PDF.")
    waiting: tuple[str, ...] = Field(description="Work that could not be done yet, as sentences.")
    versions: tuple[VersionTold, ...]
    findings: tuple[FindingTold, ...]
    round: RoundTold | None = Field(description="The latest round; null before the first.")
    history: tuple[HappenedTold, ...]
