"""A draft comes in, through whichever door: its bytes are kept and the work to register them is committed."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from signflow.blobs import DOCX, MARKDOWN, BlobRef
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import RefusedError
from signflow.minutes.decoding import is_package
from signflow.rounds.work import Work, WorkKind
from signflow.steps.ports import Ports

LARGEST_DRAFT_BYTES = 32_000_000  # what the reader refuses is kept all the same, as a draft with that finding
_LONGEST_NAME = 150


def take_draft(ports: Ports, data: bytes, filename: str, by: str, document_id: str = "") -> BlobRef:
    """Keep a draft and ask for its registration. Taking the same bytes again is asking again, for the same document.

    Args:
        ports: What the step works with.
        data: The file as it was dropped.
        filename: Its name; only the last part counts.
        by: Who dropped it: `inbox`, `web` or `command line`.
        document_id: The document whose text it replaces; empty to find that out.

    Raises:
        RefusedError: The file is too large; nothing is kept.
        UnavailableError: It cannot be kept now.
    """
    if len(data) > LARGEST_DRAFT_BYTES:
        raise RefusedError("draft-too-large", filename=safe_name(filename), limit_mb=LARGEST_DRAFT_BYTES // 1_000_000)
    name = safe_name(filename)
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
    ports.store.ask_for(
        Work(f"{subject}:{WorkKind.REGISTER_DRAFT}:{source.digest}", WorkKind.REGISTER_DRAFT, subject, args)
    )
    passing(CommitPoint.DRAFT_TAKEN)
    ports.wake()
    return source


def safe_name(filename: str) -> str:
    """The last part of a file name from outside, without control characters, not too long, never empty."""
    last = PureWindowsPath(PurePosixPath(filename).name).name
    printable = "".join(character for character in last if character.isprintable()).strip(". ")
    stem, dot, suffix = printable.rpartition(".")
    kept = f"{stem[:_LONGEST_NAME]}{dot}{suffix[:10]}" if stem else printable[:_LONGEST_NAME]
    return kept or "draft.md"
