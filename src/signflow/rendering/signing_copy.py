"""The signing copy: the bytes that people read, sign and keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from signflow.minutes.model import Minutes
from signflow.rendering.copies import Imprint, render_copy
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.layout.fields import SignatureField
from signflow.texts import Texts


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
    names = [field.name for field in fields]
    if len(set(names)) < len(names) or any(not name or "." in name for name in names):
        raise ValueError("fields")
    imprint = Imprint(
        title=minutes.title.strip() or document_id,
        identifier=f"{document_id}/{version}",
        foot=texts("pdf.footer.document", document_id=document_id, version=version),
    )
    return render_copy(minutes, fields, style, texts, imprint, at=at)
