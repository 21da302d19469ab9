"""The extract of one item (protokollsutdrag), which can be held against its original."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.minutes.excerpt import excerpt
from signflow.minutes.model import Minutes
from signflow.rendering.copies import Imprint, Original, render_copy, where_the_original_is
from signflow.rendering.house.style import HouseStyle
from signflow.texts import Texts


def render_extract(  # noqa: PLR0913 -- what an extract depends on, all of it named
    minutes: Minutes, number: int, style: HouseStyle, texts: Texts, *, original: Original, at: dt.datetime
) -> bytes:
    """The item of that number as an accessible PDF/A-2a + PDF/UA-1 without signature fields, and nothing of other items.

    Before the title stands that it is an extract, where the original is, and the original's digest. It is not redacted:
    it goes to those whom the item concerns. The same arguments give the same bytes.

    Args:
        minutes: All of the minutes.
        number: Of the item, as in `minutes.excerpt`.
        style: How it looks; the organisation keeps the original.
        texts: The extract's words, in the language of the minutes.
        original: What it is taken from.
        at: When it is made: an aware instant.

    Raises:
        NotFoundError: There is no such item (`item-unknown`).
        RefusedError: Several items have that number (`item-ambiguous`), or there are characters that the house's faces
            cannot set (`characters-not-in-font`).
        ValueError: `at` is naive.
    """
    taken = excerpt(minutes, number)
    item = taken.items[0]
    name = item.label if item.label.startswith("§") else texts("copies.extract.item", number=number)
    title = minutes.title.strip() or original.document_id
    imprint = Imprint(
        title=texts("copies.extract.title", item=name, title=title),
        identifier=f"{original.document_id}/{original.version}/{number}",
        foot=texts("copies.extract.foot", document_id=original.document_id, version=original.version, item=name),
        preface=(
            texts(f"copies.extract.{minutes.minutes_class}", item=name),
            *where_the_original_is(texts, style.organisation, original),
        ),
    )
    together = replace(style, arrangement=replace(style.arrangement, item_on_new_page=False))
    return render_copy(taken, (), together, texts, imprint, at=at)
