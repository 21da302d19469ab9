"""Items that are adjusted at once: which of a draft can be, and how they become a draft of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from signflow.blobs import DOCX, MARKDOWN
from signflow.crashpoints import CommitPoint, passing
from signflow.minutes.decoding import is_package
from signflow.minutes.difference.items import item_name
from signflow.minutes.immediate import says_at_once
from signflow.rounds.events import PartCut
from signflow.rounds.immediate import cut_hindrance, taken_items
from signflow.rounds.model import Document
from signflow.rounds.outcome import Outcome, Refusal
from signflow.steps.intake import safe_name
from signflow.steps.ports import Ports, record
from signflow.steps.read_apart import cut_apart, read_apart
from signflow.steps.register_draft import new_name

_STEM_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Choosable:
    """An item that may be adjusted at once.

    Attributes:
        name: Number and title.
        said: Whether it says of itself that it is.
        taken: Whether it already is, or is to be.
    """

    number: int
    name: str
    said: bool
    taken: bool


def choosable(ports: Ports, document: Document) -> tuple[Choosable, ...]:
    """The numbered items of the present draft.

    Raises:
        IntegrityError: The bytes are not what they were.
    """
    draft, taken = document.draft, taken_items(document)
    minutes = read_apart(ports.blobs.get(draft.source), draft.filename).minutes
    return tuple(
        Choosable(item.number, item_name(item), says_at_once(item), item.number in taken)
        for item in (minutes.items if minutes else ())
        if item.number is not None
    )


def cut_out(ports: Ports, document: Document, wanted: Iterable[int], by: str) -> Outcome:
    """Have the items adjusted at once, in a document of their own; what was asked for before is not done twice.

    Args:
        ports: What the step works with.
        document: As it was loaded just now.
        wanted: The numbers of the items.
        by: Who wants it.

    Raises:
        IntegrityError: The bytes of the draft are not what they were.
        UnavailableError: It cannot be kept now.
    """
    numbers, draft = tuple(sorted(set(wanted))), document.draft
    hindrance = cut_hindrance(document)
    if hindrance or not numbers:
        return hindrance or Refusal("immediate-nothing-chosen")
    cut = cut_apart(ports.blobs.get(draft.source), draft.filename, frozenset(numbers))
    if cut.data is None:
        return Refusal(cut.problem)
    source = ports.blobs.put(cut.data, DOCX if is_package(cut.data) else MARKDOWN)
    passing(CommitPoint.DRAFT_KEPT)
    name = _filename(ports, document, numbers)
    outcome = record(ports, document.id, PartCut(new_name(), numbers, draft.number, source, name, by))
    passing(CommitPoint.DRAFT_TAKEN)
    return outcome


def _filename(ports: Ports, document: Document, numbers: Iterable[int]) -> str:
    """The name of the whole's file with what this is, so that neither is taken for a new version of the other."""
    stem, dot, suffix = document.draft.filename.rpartition(".")
    stem, suffix = (stem, f"{dot}{suffix}") if stem else (suffix, "")
    items = "-".join(map(str, list(numbers)[:5]))
    told = ports.texts[document.language]("immediate.file", items=items)
    return safe_name(f"{stem[:_STEM_CHARACTERS]}-{told}{suffix}")
