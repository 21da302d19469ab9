"""Which archived document a printed or re-saved copy is of, by what stands on it.

A document's number stands at the foot of each of its pages and in the file's metadata, the fingerprint of what was signed in
each signature's box, the original's whole digest on web copies and extracts. All of them are drawn or computed, so that only
one who holds a copy knows them. What is not archived is not told of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from signflow.errors import IntegrityError, NotFoundError
from signflow.rendering.page_texts import PageTexts, read_page_texts
from signflow.rounds.model import State
from signflow.steps.ports import Ports

_NUMBER = re.compile(r"(?<![0-9a-z])[0-9abcdefghjkmnpqrstvwxyz]{12}(?![0-9a-z])")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_FINGERPRINT = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{4}[ \u00a0\u202f]?){3}[0-9a-f]{4}(?![0-9a-f])")
_WORD = re.compile(r"[^\W_]+")
_MOST_CANDIDATES = 50
_LONGEST_TYPED = 200


class Copy(StrEnum):
    """What something is, beside the signed original that the archive keeps."""

    ORIGINAL = "original"  # the very bytes
    EARLIER = "earlier"  # a revision from before all had signed and the seal was set
    PRINTED = "printed"  # a file without signatures that carries the document's number or a fingerprint
    ALTERED = "altered"  # likewise, but its signatures are broken
    NAMED = "named"  # no file: only the number or fingerprint itself


class SameText(StrEnum):
    """How the text of a copy compares with that of the original, word by word and page by page."""

    SAME = "same"
    LONGER = "longer"  # each page begins with the original's words and has more
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Recognised:
    """An archived document, and what the thing asked about is to it.

    Attributes:
        document_id: Its number.
        title: In the minutes.
        body: Who met.
        meeting: ISO date of the meeting; empty if there is none.
        digest: SHA-256 of the signed original.
        copy: What was asked about.
        text: How the texts compare; UNKNOWN where no file was given.
    """

    document_id: str
    title: str
    body: str
    meeting: str
    digest: str
    copy: Copy
    text: SameText = SameText.UNKNOWN


def recognise_typed(ports: Ports, typed: str) -> Recognised | None:
    """The document whose number, fingerprint or digest a person has typed; None if none is archived."""
    typed = typed[:_LONGEST_TYPED].strip().lower()
    joined = re.sub(r"[\s\u00a0\u202f:-]+", "", typed)
    for candidate in (typed, joined):
        for document_id in _by_number([candidate]) or _by_digest(ports, [candidate]):
            if found := _archived(ports, document_id, Copy.NAMED):
                return found
    return None


def recognise_digest(ports: Ports, digest: str) -> Recognised | None:
    """The document that has a revision of exactly that digest."""
    for document_id in ports.store.archived_with(digest):
        found = _archived(ports, document_id, Copy.EARLIER)
        if found:
            return found if found.digest != digest else replace(found, copy=Copy.ORIGINAL)
    return None


def recognise_texts(ports: Ports, texts: PageTexts, *, broken: bool) -> Recognised | None:
    """The document that the pages or the metadata name.

    How the texts compare is told too, unless the file's signatures are broken: it then is not to be relied on at all.
    """
    said = "\n".join((*texts.about, *texts.pages)).lower()
    numbers = _by_number(_first(_NUMBER.findall(said)))
    digests = _first(re.sub(r"\s", "", one) for one in (*_DIGEST.findall(said), *_FINGERPRINT.findall(said)))
    for document_id in dict.fromkeys((*numbers, *_by_digest(ports, digests))):
        found = _archived(ports, document_id, Copy.ALTERED if broken else Copy.PRINTED)
        if found and broken:
            return found
        if found:
            original = read_page_texts(ports.archive.retrieve(document_id))
            return replace(found, text=compare_texts(original.pages, texts.pages))
    return None


def compare_texts(original: Sequence[str], copy: Sequence[str]) -> SameText:
    """Word by word, page by page; spaces, line breaks, hyphens at their ends and punctuation do not count.

    No likeness of texts says that a copy is true: only the signed original does.
    """
    wanted, found = list(map(_letters, original)), list(map(_letters, copy))
    if not any(wanted) or not any(found):
        return SameText.UNKNOWN
    if len(wanted) != len(found):
        return SameText.DIFFERENT
    pages = list(zip(wanted, found, strict=True))
    if all(one == other for one, other in pages):
        return SameText.SAME
    return SameText.LONGER if all(other.startswith(one) for one, other in pages) else SameText.DIFFERENT


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text.replace("\u00ad", "")))


def _first(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))[:_MOST_CANDIDATES]


def _by_number(candidates: Iterable[str]) -> list[str]:
    return [one for one in candidates if _NUMBER.fullmatch(one)]


def _by_digest(ports: Ports, candidates: Iterable[str]) -> list[str]:
    whole = (one for one in candidates if re.fullmatch(r"[0-9a-f]{16}|[0-9a-f]{64}", one))
    return [document_id for one in whole for document_id in ports.store.archived_with(one)]


def _archived(ports: Ports, document_id: str, copy: Copy) -> Recognised | None:
    try:
        digest = ports.archive.copy(document_id).pdf_digest_sha256
        document = ports.store.load(document_id)
    except (NotFoundError, IntegrityError):
        return None  # a damaged object is for the archive's own check to say
    if document.state is not State.ARCHIVED:
        return None
    meeting = document.meeting_on.isoformat() if document.meeting_on else ""
    return Recognised(document_id, document.title, document.body, meeting, digest, copy)
