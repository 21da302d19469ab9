"""The web copy: what may be published. Redacted, unsigned, and it says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from signflow.minutes.model import Minutes
from signflow.minutes.redaction import redact_text, redacted
from signflow.rendering.copies import Imprint, Original, render_copy, where_the_original_is
from signflow.rendering.house.style import HouseStyle
from signflow.texts import Texts


@dataclass(frozen=True, slots=True)
class WebEdition:
    """The minutes as they may be published, whatever the form: nothing that is hidden is in any of its parts."""

    minutes: Minutes
    style: HouseStyle
    imprint: Imprint


def web_edition(minutes: Minutes, style: HouseStyle, texts: Texts, original: Original) -> WebEdition:
    """The redacted minutes with what a published copy says of itself; the names around them are redacted too."""
    word = texts("copies.mask")
    redaction = redacted(minutes, word)
    document = redact_text(original.document_id, word)
    organisation = redact_text(style.organisation, word)
    masked = "none" if not redaction.count else "one" if redaction.count == 1 else "many"
    preface = (
        texts("copies.web.what"),
        texts(f"copies.web.masked.{masked}", count=redaction.count, word=word),
        *where_the_original_is(texts, organisation, replace(original, document_id=document)),
    )
    imprint = Imprint(
        title=redaction.minutes.title.strip() or document,
        identifier=f"{document}/{original.version}/web",
        foot=texts("copies.web.foot", document_id=document, version=original.version),
        preface=preface,
    )
    return WebEdition(redaction.minutes, replace(style, organisation=organisation), imprint)


def render_web_copy(minutes: Minutes, style: HouseStyle, texts: Texts, *, original: Original, at: dt.datetime) -> bytes:
    """The minutes as an accessible PDF/A-2a + PDF/UA-1 without signature fields, redacted.

    Before the title stands what the copy is, how much is masked in it and where the original is. What is masked is
    nowhere in the bytes: not in text, structure, bookmarks, addresses or metadata. The same arguments give the same bytes.

    Args:
        minutes: What is said, unredacted.
        style: How it looks; the organisation keeps the original.
        texts: The copy's words, in the language of the minutes.
        original: What it is a copy of.
        at: When the copy is made: an aware instant.

    Raises:
        RefusedError: There are characters that the house's faces cannot set (`characters-not-in-font`).
        ValueError: `at` is naive.
    """
    edition = web_edition(minutes, style, texts, original)
    return render_copy(edition.minutes, (), edition.style, texts, edition.imprint, at=at)
