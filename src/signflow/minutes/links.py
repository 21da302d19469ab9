"""Where words lead: which addresses become links, and those that stand in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.common.normalize_url import normalizeLink

_LINKED = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"”»]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?*_'’…"


def leading_to(address: str) -> str:
    """The address as a browser sends it; empty where it is of a kind that is never made a link."""
    return normalizeLink(address) if _LINKED.match(address) else ""


def with_addresses(text: str) -> Iterator[tuple[str, str]]:
    """The text cut at web addresses that stand in it as they are, each piece with where it leads."""
    start = 0
    for found in _BARE_ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER_ADDRESS)
        unopened = address.count(")") - address.count("(")
        while unopened > 0 and address.endswith(")"):
            address, unopened = address[:-1].rstrip(_AFTER_ADDRESS), unopened - 1
        yield text[start : found.start()], ""
        start = found.start() + len(address)
        yield address, leading_to(address)
    yield text[start:], ""
