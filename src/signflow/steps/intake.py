"""A draft comes in, through whichever door: its bytes are kept and the work to register them is committed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath

from signflow.blobs import DOCX, MARKDOWN, BlobRef
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import RefusedError
from signflow.minutes.decoding import is_package
from signflow.rounds.access import EVERYWHERE, Reach
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import Refusal
from signflow.rounds.work import Work, WorkKind
from signflow.steps.ports import Ports

LARGEST_DRAFT_BYTES = 32_000_000  # what the reader refuses is kept all the same, as a draft with that finding
_LONGEST_NAME = 150


def final_text(document: Document) -> Refusal | None:
    """Why no new text of the document is taken in; None where one is."""
    if document.state in {State.DRAFT, State.REVIEW}:
        return None
    return Refusal("text-is-final", {"state": document.state})


def take_draft(  # noqa: PLR0913, PLR0917 -- what is known of a draft that comes in
    ports: Ports, data: bytes, filename: str, by: str, document_id: str = "", reach: frozenset[Reach] = EVERYWHERE
) -> BlobRef:
    """Keep a draft and ask for its registration. Taking the same bytes again is asking again, for the same document.

    Args:
        ports: What the step works with.
        data: The file as it was dropped.
        filename: Its name; only the last part counts.
        by: Who dropped it: `inbox`, `web` or `command line`.
        document_id: The document whose text it replaces; empty to find that out.
        reach: Of whoever dropped it: what is found out is none but a document of one of these bodies.

    Raises:
        RefusedError: The file is too large; nothing is kept.
        UnavailableError: It cannot be kept now.
    """
    source, work = _kept(ports, data, filename, by, document_id)
    bodies = "" if reach >= EVERYWHERE else "\n".join(sorted({one.body for one in reach}))
    ports.store.ask_for(replace(work, args={**work.args, "bodies": bodies}))
    _taken(ports)
    return source


def take_edit(ports: Ports, data: bytes, document: Document, by: str) -> BlobRef | None:
    """Keep a text that was written on top of the document's present one, and ask for its registration under the same name.

    None if another text was taken on top of the same version before: of several people who save at once one does.

    Raises:
        UnavailableError: It cannot be kept now.
    """
    source, work = _kept(ports, data, document.draft.filename, by, document.id)
    once = replace(work, key=f"{document.id}:{WorkKind.REGISTER_DRAFT}:after:{document.draft.number}")
    if not ports.store.ask_once(once):
        return None
    _taken(ports)
    return source


def _kept(ports: Ports, data: bytes, filename: str, by: str, document_id: str) -> tuple[BlobRef, Work]:
    name = safe_name(filename)
    if len(data) > LARGEST_DRAFT_BYTES:
        raise RefusedError("draft-too-large", filename=name, limit_mb=LARGEST_DRAFT_BYTES // 1_000_000)
    source = ports.blobs.put(data, DOCX if is_package(data) else MARKDOWN)
    passing(CommitPoint.DRAFT_KEPT)
    args = {
        "digest": source.digest,
        "size": source.size_bytes,
        "media_type": source.media_type,
        "filename": name,
        "by": by,
        "document": document_id,
    }
    subject = document_id or f"draft:{source.digest}"
    key = f"{subject}:{WorkKind.REGISTER_DRAFT}:{source.digest}"
    return source, Work(key, WorkKind.REGISTER_DRAFT, subject, args)


def _taken(ports: Ports) -> None:
    passing(CommitPoint.DRAFT_TAKEN)
    ports.wake()


def safe_name(filename: str) -> str:
    """The last part of a file name from outside, without control characters, not too long, never empty."""
    last = PureWindowsPath(PurePosixPath(filename).name).name
    printable = "".join(character for character in last if character.isprintable()).strip(". ")
    stem, dot, suffix = printable.rpartition(".")
    kept = f"{stem[:_LONGEST_NAME]}{dot}{suffix[:10]}" if stem else printable[:_LONGEST_NAME]
    return kept or "draft.md"
