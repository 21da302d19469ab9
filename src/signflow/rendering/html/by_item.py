"""Minutes as accessible HTML in parts, for a page that has something of its own after each item."""

from __future__ import annotations

from dataclasses import dataclass

from signflow.minutes.difference.items import item_name
from signflow.minutes.model import Minutes
from signflow.rendering.html.blocks import BlockWriter
from signflow.rendering.html.text import direction, element, escaped
from signflow.texts import Texts


@dataclass(frozen=True, slots=True)
class ItemHtml:
    """An item: number and title as text, and what stands under them as HTML."""

    name: str
    html: str


@dataclass(frozen=True, slots=True)
class MinutesHtml:
    """The words of minutes as HTML: what stands before the items, each item, and what stands after them."""

    before: str
    items: tuple[ItemHtml, ...]
    after: str


def render_by_item(minutes: Minutes, texts: Texts) -> MinutesHtml:
    """The minutes in parts, without the title; headings inside the parts are of level 2, inside items 3.

    Raises:
        RefusedError: A figure cannot be drawn (`image-unusable`).
    """
    writer = BlockWriter(minutes, texts)
    before = writer.front((*minutes.before_title, *minutes.after_title, *minutes.after_signatures), level=2)
    items = tuple(ItemHtml(item_name(item), writer.blocks(item.blocks, level=3)) for item in minutes.items)
    closing = "".join(element("p", escaped(one.text), dir=direction(one.text)) for one in minutes.sign_off)
    return MinutesHtml(before, items, closing + writer.blocks(minutes.notes, level=2))
