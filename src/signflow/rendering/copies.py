"""What all copies of minutes have in common: from the model to the bytes of a tagged PDF/A-2a + PDF/UA-1.

The same arguments give the same bytes. Every word of the minutes is in a copy, in the model's order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signflow.errors import RefusedError
from signflow.minutes.model import Minutes
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.layout.compose import compose
from signflow.rendering.layout.fields import SignatureField
from signflow.rendering.layout.pages import set_pages
from signflow.rendering.layout.strips import LONGEST_STRING
from signflow.rendering.pdf.document import finish
from signflow.rendering.pdf.metadata import About
from signflow.rendering.pdf.paint import paint_pages
from signflow.rendering.pdf.running import running_of
from signflow.rendering.type.faces import load_faces, undrawable
from signflow.rendering.type.glyphs import missing_glyphs
from signflow.texts import Language, Texts

_MOST_DESCRIBED = 10
LANGUAGE_TAGS: Mapping[Language, str] = {"sv": "sv-SE", "en": "en-GB"}


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a copy says of itself, beside the minutes.

    Attributes:
        title: In the metadata and in a window's title.
        identifier: In the metadata; another for every document, version and kind of copy.
        foot: At the foot of each page.
        preface: Paragraphs before the title: what the copy is, and where its original is; none in the original.
    """

    title: str
    identifier: str
    foot: str
    preface: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """What a copy is a copy of.

    Attributes:
        document_id: The document.
        version: Of the document.
        digest: SHA-256 of the original's bytes, 64 hexadecimal digits; empty where it is not known.
    """

    document_id: str
    version: int
    digest: str = ""


def render_copy(  # noqa: PLR0913 -- what a copy depends on, all of it named
    minutes: Minutes,
    fields: Sequence[SignatureField],
    style: HouseStyle,
    texts: Texts,
    imprint: Imprint,
    *,
    at: dt.datetime,
) -> bytes:
    """The minutes as a PDF, with these signature fields.

    Raises:
        RefusedError: There are characters that the house's faces cannot set (`characters-not-in-font`).
        SettingsError: The style names a font that there is not.
        ValueError: `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("at")
    faces = load_faces(style.fonts)
    around = [style.organisation, imprint.foot, *imprint.preface, minutes.body]
    around += [text for field in fields for text in (field.person, field.label)]
    missing = missing_glyphs(minutes, style) or tuple(
        (char, minutes.title_line) for char in undrawable(around, faces.bold)
    )
    if missing:
        described = " ".join(f"{char} (U+{ord(char):04X})" for char, _ in missing[:_MOST_DESCRIBED])
        raise RefusedError("characters-not-in-font", characters=described, line=missing[0][1])
    composition = compose(minutes, fields, style, faces, texts, preface=imprint.preface)
    pages = set_pages(composition.strips, style.depth_pt)
    running = running_of(minutes, style, texts, document=imprint.foot, pages=len(pages))
    painted = paint_pages(pages, composition.root, running, style, faces)
    about = About(
        title=imprint.title[:LONGEST_STRING],
        author=style.organisation,
        language=LANGUAGE_TAGS[minutes.language],
        identifier=imprint.identifier,
        at=at.replace(microsecond=0),
    )
    return finish(painted, composition.root, about)


def where_the_original_is(texts: Texts, organisation: str, original: Original) -> tuple[str, ...]:
    """Who keeps the original, and the digest by which it is known."""
    kept = texts("copies.original.kept", document=original.document_id, organisation=organisation)
    return (kept, texts("copies.original.digest", digest=original.digest)) if original.digest else (kept,)
