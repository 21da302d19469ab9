"""What is wrong with the items: their numbers, their titles, decisions without text."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.immediate import adjusted_at_once, says_at_once
from signflow.minutes.model import Decision, Grid, Item, Minutes
from signflow.minutes.recognition.labels import is_section
from signflow.minutes.rules.formal import has_formal_title


def check_items(minutes: Minutes) -> Iterator[Finding]:
    """Items without title or content, and numbers that are missing, repeated, left out or out of order."""
    if not minutes.items:
        yield remark("items-missing")
    numbers = sorted({item.number for item in minutes.items if item.number is not None})
    at_once = adjusted_at_once(minutes)
    seen: dict[int, int] = {}
    highest: int | None = None
    for item in minutes.items:
        yield from _check_heading(item)
        if item.number is None:
            continue
        quote, number = f"{item.label} {item.title}", str(item.number)
        if item.number in seen:
            yield remark("item-number-duplicate", item.line, quote, number=number, first=str(seen[item.number]))
        elif highest is not None and item.number < highest:
            yield remark("item-number-order", item.line, quote, number=number, before=str(highest))
        elif highest is not None and not (at_once or _are_all_used(numbers, highest, item.number)):
            yield remark("item-number-gap", item.line, quote, number=number, before=str(highest))
        seen.setdefault(item.number, item.line)
        highest = max(item.number, highest or item.number)


def check_at_once(minutes: Minutes) -> Iterator[Finding]:
    """Items in the minutes of an immediate adjustment that do not say that they are adjusted at once."""
    for item in minutes.items if adjusted_at_once(minutes) else ():
        if not says_at_once(item):
            yield remark("immediate-not-said", item.line, f"{item.label} {item.title}", number=str(item.number))


def check_decisions(minutes: Minutes) -> Iterator[Finding]:
    """Decisions that say nothing: a label alone, a sentence that ends where it should begin, a blank."""
    for item in minutes.items:
        for block, following in itertools.zip_longest(item.blocks, item.blocks[1:]):
            is_told_below = isinstance(following, Grid) and isinstance(block, Decision) and not block.texts
            if isinstance(block, Decision) and not is_told_below and not _says_something(block):
                quote = block.texts[0].text if block.texts else block.label or ""
                yield remark("decision-empty", block.line, quote, title=item.title or item.label)


def _check_heading(item: Item) -> Iterator[Finding]:
    if not item.title:
        yield remark("item-title-missing", item.line, item.label, label=item.label)
    if not item.blocks and not has_formal_title(item):
        yield remark("item-empty", item.line, f"{item.label} {item.title}", title=item.title)
    if item.number is None:
        yield remark("item-number-missing", item.line, item.title, title=item.title)


def _are_all_used(numbers: Sequence[int], before: int, number: int) -> bool:
    """Whether every number between the two names an item, wherever that stands."""
    return bisect_left(numbers, number) - bisect_right(numbers, before) == number - before - 1


def _says_something(decision: Decision) -> bool:
    texts = [text.text.rstrip(" :.…_-–") for text in decision.texts]
    return any(any(c.isalnum() for c in text) and not (_is_cut(text) or is_section(text)) for text in texts)


def _is_cut(text: str) -> bool:
    words = text.casefold().split()
    return words[-1] in ("att", "beslutar", "beslutade", "resolves", "resolved", "decides", "decided")
