"""The extract of one item (protokollsutdrag), which can be held against its original."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from signflow.minutes.excerpt import excerpt
from signflow.minutes.masked_excerpt import Masking
from signflow.minutes.model import Minutes
from signflow.minutes.redaction import Redaction, redact_text
from signflow.rendering.copies import Imprint, Original, render_copy, where_the_original_is
from signflow.rendering.house.style import HouseStyle
from signflow.texts import Texts


def render_extract(  # noqa: PLR0913 -- what an extract depends on, all of it named
    minutes: Minutes,
    number: int,
    style: HouseStyle,
    texts: Texts,
    *,
    original: Original,
    at: dt.datetime,
    masked: bool = False,
) -> bytes:
    """The item of that number as an accessible PDF/A-2a + PDF/UA-1 without signature fields, and nothing of other items.

    Before the title stands that it is an extract, how much is masked in it, where the original is, and the original's
    digest. Unless it is masked it is not redacted: it goes to those whom the item concerns. Of what is masked nothing is in
    the bytes; where nothing is to be masked, both are the same bytes. The same arguments give the same bytes.

    Args:
        minutes: All of the minutes.
        number: Of the item, as in `minutes.excerpt`.
        style: How it looks; the organisation keeps the original.
        texts: The extract's words, in the language of the minutes.
        original: What it is taken from.
        at: When it is made: an aware instant.
        masked: Whether what the web copy hides is hidden.

    Raises:
        NotFoundError: There is no such item (`item-unknown`).
        RefusedError: Several items have that number (`item-ambiguous`), or there are characters that the house's faces
            cannot set (`characters-not-in-font`).
        ValueError: `at` is naive.
    """
    word = texts("copies.mask")
    taken = Masking(minutes, word).excerpt(number) if masked else Redaction(excerpt(minutes, number), 0)
    if taken.count:
        original = replace(original, document_id=redact_text(original.document_id, word))
        style = replace(style, organisation=redact_text(style.organisation, word))
    item = taken.minutes.items[0]
    name = item.label if item.label.startswith("§") else texts("copies.extract.item", number=number)
    title = taken.minutes.title.strip() or original.document_id
    imprint = Imprint(
        title=texts("copies.extract.title", item=name, title=title),
        identifier=f"{original.document_id}/{original.version}/{number}{'/masked' if taken.count else ''}",
        foot=texts("copies.extract.foot", document_id=original.document_id, version=original.version, item=name),
        preface=(
            texts(f"copies.extract.{minutes.minutes_class}", item=name),
            *_how_much_is_masked(texts, taken.count, word),
            *where_the_original_is(texts, style.organisation, original),
        ),
    )
    together = replace(style, arrangement=replace(style.arrangement, item_on_new_page=False))
    return render_copy(taken.minutes, (), together, texts, imprint, at=at)


def _how_much_is_masked(texts: Texts, count: int, word: str) -> tuple[str, ...]:
    if not count:
        return ()
    return (texts(f"copies.web.masked.{'one' if count == 1 else 'many'}", count=count, word=word),)
