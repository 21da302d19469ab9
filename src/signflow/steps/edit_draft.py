"""A draft in Markdown or plain text, corrected in place: opened, checked as often as one likes, saved as a new version."""

from __future__ import annotations

import re
from enum import StrEnum

from signflow.blobs import MARKDOWN, BlobRef
from signflow.errors import RefusedError
from signflow.rendering.reading import read_structure, structure_html
from signflow.rounds.model import Document, State
from signflow.steps.check_draft import CheckedDraft, check_draft
from signflow.steps.check_parts import held_to_parts
from signflow.steps.intake import take_edit
from signflow.steps.ports import Ports
from signflow.steps.read_apart import lines_apart
from signflow.steps.read_once import read_lines
from signflow.steps.typeset import typeset

LARGEST_TEXT_BYTES = 1_000_000
_CRLF = b"\r\n"
_LINE_ENDS = re.compile(r"\r\n?|\n")


class Unsaved(StrEnum):
    """Why a text was not saved."""

    FINAL = "final"  # the document's text can no longer change
    CONFLICT = "conflict"  # there is a newer version than the one that was opened
    PENDING = "conflict_pending"  # a newer version is being read at this moment
    SAME = "same"  # it says nothing else than the version that was opened
    EMPTY = "empty"
    TOO_LONG = "too_long"


def is_editable(document: Document) -> bool:
    """Whether the document's text may still change."""
    return document.state in {State.DRAFT, State.REVIEW}


def open_text(ports: Ports, document: Document) -> str | None:
    """The text of the present version; None for Word, for what cannot be read and for what is too long.

    Raises:
        IntegrityError: The bytes are not what they were.
    """
    source = document.draft.source
    if source.media_type != MARKDOWN or source.size_bytes > LARGEST_TEXT_BYTES:
        return None
    lines = read_lines(ports, document.draft)
    return "\n".join(lines) if lines else None


def check_text(ports: Ports, document: Document, text: str) -> CheckedDraft:
    """What there is to be said about the text; nothing is kept. Never raises on bad input."""
    checked = check_draft(_bytes(text), document.draft.filename, ports.style, ports.people, ports.policy.bodies)
    return held_to_parts(ports, document, checked)


def preview_html(ports: Ports, document: Document, checked: CheckedDraft) -> str:
    """The text as those who sign would read it, as HTML whose every word is inert; empty where errors stand in the way."""
    if not checked.clean:
        return ""
    number = document.draft.number + 1
    try:
        pdf = typeset(
            checked,
            ports.organisation,
            ports.style,
            ports.texts,
            name=document.id,
            version=number,
            at=ports.clock(),
        )
    except RefusedError:  # what the findings say already
        return ""
    return structure_html(read_structure(pdf))


def save_text(ports: Ports, document: Document, opened: int, text: str, by: str) -> BlobRef | Unsaved:
    """Keep the text as a new version, in UTF-8 with the line ends of the present one, and ask for its registration.

    Args:
        ports: What the step works with.
        document: As it was loaded just now.
        opened: The number of the version that the text was written on top of.
        text: The whole new text.
        by: Who saves it.

    Raises:
        IntegrityError: The bytes of the present version are not what they were.
        UnavailableError: It cannot be kept now.
    """
    if not is_editable(document):
        return Unsaved.FINAL
    if document.draft.number != opened:
        return Unsaved.CONFLICT
    if not text.strip():
        return Unsaved.EMPTY
    before = ports.blobs.get(document.draft.source)
    data = _bytes(text)
    if len(data) > LARGEST_TEXT_BYTES:
        return Unsaved.TOO_LONG
    if lines_apart(data, document.draft.filename) == read_lines(ports, document.draft):
        return Unsaved.SAME
    kept = take_edit(ports, data.replace(b"\n", _CRLF) if _CRLF in before else data, document, by)
    return Unsaved.PENDING if kept is None else kept


def text_lines(text: str) -> list[str]:
    """The lines as they were typed, whatever a form puts between them; the numbers of findings count these."""
    return _LINE_ENDS.split(text)


def _bytes(text: str) -> bytes:
    return "\n".join(text_lines(text)).encode()
