"""What a decision comes to: what is true afterwards, or why nothing changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from signflow.rounds.model import Document
from signflow.rounds.work import Work

ALREADY_RECORDED = "already-recorded"
"""The refusal of a fact that is on record already: no fault, a step was run twice."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log: what happened and who did it. Holds no codes or tokens; addresses only of extracts.

    To whom a decision was sent has to stay known, and often an address is all that is known of them.
    """

    kind: str
    actor: str
    data: Mapping[str, str | int] = field(default_factory=dict[str, str | int])


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A line of the audit log of another document, which what happened to this one concerns."""

    document_id: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Decision:
    """What is true after an event. Committed as a whole or not at all."""

    document: Document
    entries: tuple[Entry, ...]
    work: tuple[Work, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event changes nothing. `code` names a sentence under `refusals` in the catalogue."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict[str, str | int])


Outcome = Decision | Refusal
