"""Setting strips on pages.

1. Strips that keep together stand on one page, unless they are taller than a page.
2. The room above a strip is dropped at the head of a page.
3. A page that begins inside a table begins with the table's header, unless that takes a third of the page.
4. A strip that begins a page begins one, unless nothing stands on the page yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signflow.rendering.layout.strips import Strip

_HEADER_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Placed:
    """A strip on a page, `top` points below the head of the text. A repeated one is an artifact: it has been read."""

    strip: Strip
    top: float
    repeated: bool = False


def set_pages(strips: Sequence[Strip], depth_pt: float) -> list[list[Placed]]:
    """The strips, all and in order, on as few pages as the rules allow; at least one page."""
    pages: list[list[Placed]] = [[]]
    used = 0.0
    for chain in _chains(strips):
        wanted = sum(strip.space + strip.height for strip in chain)
        is_too_much = used + wanted > depth_pt and wanted - chain[0].space <= depth_pt
        if used and (is_too_much or chain[0].begins_page):
            pages.append([])
            used = 0.0
        for strip in chain:
            if used and used + strip.space + strip.height > depth_pt:
                pages.append([])
                used = 0.0
            if not used:
                used = _repeat_header(pages[-1], strip, depth_pt) if len(pages) > 1 else 0.0
            top = used + (strip.space if used else 0.0)
            pages[-1].append(Placed(strip, top))
            used = top + strip.height
    return pages


def _repeat_header(page: list[Placed], strip: Strip, depth_pt: float) -> float:
    height = sum(header.height for header in strip.repeat)
    if height > depth_pt * _HEADER_SHARE:
        return 0.0
    used = 0.0
    for header in strip.repeat:
        page.append(Placed(header, used, repeated=True))
        used += header.height
    return used


def _chains(strips: Sequence[Strip]) -> Iterator[list[Strip]]:
    chain: list[Strip] = []
    for strip in strips:
        chain.append(strip)
        if not strip.keep:
            yield chain
            chain = []
    if chain:
        yield chain
