"""The signing copy: the bytes that people read, sign and keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from signflow.errors import RefusedError
from signflow.minutes.model import Minutes
from signflow.rendering.compose import compose
from signflow.rendering.document import finish
from signflow.rendering.faces import load_faces, undrawable
from signflow.rendering.fields import SignatureField
from signflow.rendering.glyphs import missing_glyphs
from signflow.rendering.metadata import About
from signflow.rendering.pages import set_pages
from signflow.rendering.paint import paint_pages
from signflow.rendering.running import Running
from signflow.rendering.style import HouseStyle
from signflow.texts import Language, Texts

_MOST_DESCRIBED = 10
_LANGUAGE_TAGS: dict[Language, str] = {"sv": "sv-SE", "en": "en-GB"}


def render_signing_copy(  # noqa: PLR0913 - what a copy depends on, all of it named
    minutes: Minutes,
    fields: Sequence[SignatureField],
    style: HouseStyle,
    texts: Texts,
    *,
    document_id: str,
    version: int,
    at: dt.datetime,
) -> bytes:
    """The minutes as a tagged PDF/A-2a + PDF/UA-1 with an empty signature field for each who signs.

    The same arguments give the same bytes. Every word of the minutes is in it, in the model's order.

    Args:
        minutes: What is said.
        fields: Who signs, in signing order, and the organisation's seal.
        style: How it looks.
        texts: The running foot's and the tables' words.
        document_id: Stands at the foot of each page and in the metadata.
        version: Of the document.
        at: When the copy is made: an aware instant.

    Raises:
        RefusedError: The minutes hold characters that the house's faces cannot set (`characters-not-in-font`).
        SettingsError: The style names a font that there is not.
        ValueError: `at` is naive, or two fields have the same name, or one has a name that a form cannot hold.
    """
    if at.tzinfo is None:
        raise ValueError("at")
    names = [field.name for field in fields]
    if len(set(names)) < len(names) or any(not name or "." in name for name in names):
        raise ValueError("fields")
    faces = load_faces(style.fonts)
    around = (
        style.organisation,
        document_id,
        minutes.body,
        *(text for field in fields for text in (field.person, field.label)),
    )
    missing = missing_glyphs(minutes, style) or tuple(
        (char, minutes.title_line) for char in undrawable(around, faces.bold)
    )
    if missing:
        described = " ".join(f"{char} (U+{ord(char):04X})" for char, _ in missing[:_MOST_DESCRIBED])
        raise RefusedError("characters-not-in-font", characters=described, line=missing[0][1])
    composition = compose(minutes, fields, style, faces, texts)
    pages = set_pages(composition.strips, style.depth_pt)
    named = texts("pdf.footer.document", document_id=document_id, version=version)
    running = [
        Running(_head(minutes, style), (named, texts("pdf.footer.page", page=page, pages=len(pages))))
        for page in range(1, len(pages) + 1)
    ]
    painted = paint_pages(pages, composition.root, running, style, faces)
    about = About(
        title=minutes.title.strip() or document_id,
        author=style.organisation,
        language=_LANGUAGE_TAGS[minutes.language],
        identifier=f"{document_id}/{version}",
        at=at.replace(microsecond=0),
    )
    return finish(painted, composition.root, about)


def _head(minutes: Minutes, style: HouseStyle) -> tuple[str, str]:
    return style.organisation, "" if minutes.body == style.organisation else minutes.body
