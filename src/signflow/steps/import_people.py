"""Bring people into the register, and look again at the drafts that may have waited for them."""

from __future__ import annotations

from signflow.rounds.model import Document, State
from signflow.rounds.work import Work, WorkKind
from signflow.steps.ports import Ports
from signflow.store.people import read_people


def import_people(ports: Ports, data: bytes) -> int:
    """Add or replace the people in a CSV file; how many there were.

    Raises:
        RefusedError: The file cannot be used; nothing was changed.
    """
    count = ports.people.put(read_people(data, ports.links.identifier_digest))
    for listed in ports.store.documents([State.DRAFT]):
        ports.store.ask_for(check_again(ports.store.load(listed.id)))
    ports.wake()
    return count


def check_again(document: Document) -> Work:
    """Register the present draft once more: the same text, with findings as they are now."""
    source = document.draft.source
    args = {
        "digest": source.digest,
        "size": source.size_bytes,
        "media_type": source.media_type,
        "filename": document.draft.filename,
        "by": "signflow",
        "document": document.id,
    }
    key = f"{document.id}:{WorkKind.REGISTER_DRAFT}:{source.digest}"
    return Work(key, WorkKind.REGISTER_DRAFT, document.id, args)
