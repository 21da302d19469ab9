"""What is cut out of a draft, held against the whole."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from signflow.minutes import read_draft
from signflow.minutes.cutting import Cut
from signflow.minutes.immediate import adjusted_at_once, comparable
from signflow.minutes.model import Item, Minutes
from signflow.minutes.words import item_passages

LAYOUTS = Path(__file__).parent / "minutes" / "layouts"
# what a reader of the whole cannot tell apart for certain: an agenda before the items that looks like them,
# a dissent whose label could be the closing block's
NOT_TOLD_APART = {"arendelista.md", "bara-siffror.txt", "dagordning-forst.txt", "ks-nummer.md"}
KEPT = "# Protokoll från Parknämnden\n\nTid: 6 maj 2026 kl. 9.00\nPlats: Parken\n\n## Beslutande\n\nAnna Ek, ordförande\nBo Lund\nCia Mo, sekreterare\n"
CLOSING = "Vid protokollet\n\nCia Mo\n\nOrdförande\n\nAnna Ek\n\nJusterat\n\nBo Lund\n"
_TAG = re.compile(rb"<[^>]*>")


def minutes_of(data: bytes, filename: str) -> Minutes:
    minutes = read_draft(data, filename).minutes
    assert minutes is not None
    return minutes


def texts(item: Item) -> list[str]:
    return [passage.text for passage in item_passages(item)]


def held_against_whole(data: bytes, filename: str, numbers: frozenset[int], cut: Cut) -> None:
    whole = minutes_of(data, filename)
    assert cut.data is not None
    part = minutes_of(cut.data, filename)
    chosen = [item for item in whole.items if item.number in numbers]
    assert [item.number for item in part.items] == [item.number for item in chosen]
    assert [texts(comparable(part, item)) for item in part.items] == [texts(comparable(whole, item)) for item in chosen]
    assert (part.title, part.body, part.date, part.place) == (whole.title, whole.body, whole.date, whole.place)
    assert [one.name for one in part.participants] == [one.name for one in whole.participants]
    assert [one.text for one in part.sign_off] == [one.text for one in whole.sign_off]
    assert adjusted_at_once(part) == numbers
    assert not adjusted_at_once(whole)


def said_in_word(data: bytes) -> str:
    """Everything in a Word file: each part as it is, and its words without tags between them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return "\n".join((part + b"\n" + _TAG.sub(b"", part)).decode("utf-8", "replace") for part in parts)
