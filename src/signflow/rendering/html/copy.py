"""Minutes as accessible HTML, for screen readers, telephones and the web: the same model, the same words in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from signflow.minutes.model import Fact, Item, Minutes, Notice, SignOffEntry
from signflow.rendering.copies import LANGUAGE_TAGS, Imprint
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.html.blocks import BlockWriter
from signflow.rendering.html.page import Page
from signflow.rendering.html.text import direction, element, escaped
from signflow.texts import Texts


def render_html(minutes: Minutes, style: HouseStyle, texts: Texts, imprint: Imprint, page: Page) -> str:
    """The minutes as one whole page: it fetches nothing and runs nothing, and prints well.

    Every word of the minutes is in its `article`, in the model's order, and no character of theirs is mark-up. The title
    is the `h1`, items and attendance lists are `h2`, headings inside an item `h3`.

    Args:
        minutes: What is said; redacted already, if the page is to be published.
        style: Its colours and organisation.
        texts: The words beside the minutes' own.
        imprint: Its title, and what stands before it.
        page: The template around it.

    Raises:
        RefusedError: A figure cannot be drawn (`image-unusable`).
        SettingsError: The template cannot be filled in (`copy-template-unusable`).
    """
    writer = BlockWriter(minutes, texts)
    # In the order in which they are read, for the writer numbers notes as they come.
    before = writer.front(minutes.before_title, level=0)
    heading = writer.heading(1, minutes.title) or element("h1", escaped(imprint.title))
    after = writer.front(minutes.after_title, level=2)
    closing = _closing(minutes.sign_off, texts)
    lists = writer.front(minutes.after_signatures, level=2)
    items = "\n".join(_item(item, writer) for item in minutes.items)
    notice = _notice(minutes.notice, writer) if minutes.notice else ""
    signing, matters = (closing, notice), (lists, items)
    notes = writer.blocks(minutes.notes, level=2)
    parts = (before, heading, after, *(signing + matters if minutes.signs_first else matters + signing), notes)
    body = element("article", "\n".join(filter(None, parts)))
    tag = LANGUAGE_TAGS[minutes.language]
    return page.written(_preface(imprint) + body, style, texts, title=imprint.title, language=tag)


def _preface(imprint: Imprint) -> str:
    told = "".join(element("p", escaped(text)) for text in imprint.preface)
    return element("div", told, class_="preface", role="note") if told else ""


def _item(item: Item, writer: BlockWriter) -> str:
    heading = writer.heading(2, f"{item.label} {item.title}")
    return element("section", "\n".join((heading, writer.blocks(item.blocks, level=3))), class_="item")


def _closing(entries: Sequence[SignOffEntry], texts: Texts) -> str:
    """The closing block; labels that stand before as many names stand above them, as they do on paper."""
    runs = [list(run) for _, run in groupby(entries, key=lambda entry: entry.is_label)]
    told: list[str] = []
    at = 0
    while at < len(runs):
        labels, names = runs[at], runs[at + 1] if at + 1 < len(runs) else []
        paired = labels[0].is_label and len(labels) == len(names) > 1
        written = "\n".join(_entry(entry) for entry in ([*labels, *names] if paired else labels))
        told.append(element("div", written, class_="beside", style=f"--beside: {len(names)}") if paired else written)
        at += 1 + paired
    whole = "\n".join(told)
    return element("section", whole, class_="closing", aria_label=texts("copies.html.signatures")) if whole else ""


def _entry(entry: SignOffEntry) -> str:
    return element("p", escaped(entry.text), class_="label" if entry.is_label else "", dir=direction(entry.text))


def _notice(notice: Notice, writer: BlockWriter) -> str:
    told = "\n".join(
        writer.facts([part]) if isinstance(part, Fact) else writer.paragraph(part) for part in notice.parts
    )
    return element("section", f"{writer.heading(2, notice.label)}\n{told}", class_="notice")
