"""Those whom an item itself names as concerned by its decision: under `Beslutet skickas till`, `Expedieras till`, `Beslut delges`."""

from __future__ import annotations

from collections.abc import Iterator

from signflow.minutes.model import Block, Bullets, Item, ListEntry, Paragraph, Subheading
from signflow.minutes.recognition.labels import lists_recipients

_MOST = 50
_LONGEST = 200


def named_as_concerned(item: Item) -> tuple[str, ...]:
    """The lines under such a heading, or after it on the same line, as they are written; each once.

    What stands there is for people to read: offices, names, addresses, in whatever words. At most 50, each of at most 200
    characters; a longer one is a text about something else.
    """
    found = (" ".join(line.split()) for line in _lines(item.blocks))
    return tuple(dict.fromkeys(line for line in found if 0 < len(line) <= _LONGEST))[:_MOST]


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    listing = False
    for block in blocks:
        if isinstance(block, Subheading):
            listing = lists_recipients(block.text)
        elif isinstance(block, Paragraph):
            label, _, rest = block.text.partition(":")
            if lists_recipients(label):
                listing = True
                yield rest
            elif listing:
                yield block.text
        elif isinstance(block, Bullets) and listing:
            yield from _entries(block.entries)
        else:
            listing = False


def _entries(entries: tuple[ListEntry, ...]) -> Iterator[str]:
    for entry in entries:
        yield entry.text.text
        for nested in entry.nested:
            yield from _entries(nested.entries)
