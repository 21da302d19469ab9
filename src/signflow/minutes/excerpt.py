"""The extract of one item (protokollsutdrag): the minutes with that item and nothing of any other.

1. The title, and the labelled lines that say which body met, when and where; a line that names items is left out.
2. The item, with the notes that it refers to, wherever in the draft they stand, and without those that only others use.
3. Of the closing block, those who sign for the item, each under the label of their capacity.
Attendance lists, other front matter and the proof of notice concern the whole and stay in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from signflow.errors import NotFoundError, RefusedError
from signflow.minutes.model import (
    Block,
    Fact,
    FrontPart,
    Item,
    Minutes,
    Note,
    Signatory,
    SignOffEntry,
)
from signflow.minutes.recognition.labels import front_kind
from signflow.minutes.recognition.people import same_name
from signflow.minutes.recognition.vocabulary import FrontKind
from signflow.minutes.words import paragraphs_in

_KEPT = frozenset({FrontKind.BODY, FrontKind.TIME, FrontKind.PLACE, FrontKind.TIME_AND_PLACE})
_NAMES_ITEMS = re.compile(r"§|\b(?:paragraf|ärende|punkt|item|section)\w*\s*[0-9]", re.IGNORECASE)
_MOST_LISTED = 40


def excerpt(minutes: Minutes, number: int) -> Minutes:
    """The minutes with the item of that number alone; where no item has a number, the item in that place (1-based).

    Raises:
        NotFoundError: There is no such item (`item-unknown`, with those that there are).
        RefusedError: Several items have that number (`item-ambiguous`).
    """
    item = find_item(minutes, number)
    return replace(
        minutes,
        front=tuple(part for part in minutes.front if _says_when_or_where(part)),
        items=(_with_its_notes(minutes, item),),
        sign_off=_closing(minutes, item),
        signatories=tuple(one for one in minutes.signatories if _signs_for(one, item)),
        notice=None,
        notes=(),
    )


def find_item(minutes: Minutes, number: int) -> Item:
    """The item of that number, or in that place where no item has a number; raises as `excerpt` does."""
    if any(item.number is not None for item in minutes.items):
        found = [item for item in minutes.items if item.number == number]
    else:
        found = list(minutes.items[number - 1 : number]) if number > 0 else []
    if not found:
        numbers = [item.number if item.number is not None else at for at, item in enumerate(minutes.items, 1)]
        raise NotFoundError("item-unknown", item=number, items=_listed(numbers))
    if len(found) > 1:
        raise RefusedError("item-ambiguous", item=number, lines=", ".join(str(item.line) for item in found))
    return found[0]


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_MOST_LISTED]))
    return f"{shown}, …" if len(numbers) > _MOST_LISTED else shown or "–"


def _says_when_or_where(part: FrontPart) -> bool:
    return isinstance(part, Fact) and front_kind(part.label) in _KEPT and not _NAMES_ITEMS.search(part.value.text)


def _with_its_notes(minutes: Minutes, item: Item) -> Item:
    """The item with the notes that it needs: its own in their place, then those from elsewhere in the draft's order."""
    elsewhere = [other for other in minutes.items if other is not item]
    notes = [*(block for part in (minutes, *elsewhere) for block in _notes(part)), *minutes.notes]
    own = [block for block in item.blocks if not isinstance(block, Note)]
    needed = references(own, [*(block for block in item.blocks if isinstance(block, Note)), *notes])
    others = references((block for other in elsewhere for block in other.blocks), ()) | references(minutes.front, ())
    kept = [
        block
        for block in item.blocks
        if not isinstance(block, Note) or block.label in needed or block.label not in others
    ]
    present = {block.label for block in kept if isinstance(block, Note)}
    return replace(item, blocks=(*kept, *(note for note in notes if note.label in needed - present)))


def _notes(part: Minutes | Item) -> Iterator[Note]:
    blocks = part.front if isinstance(part, Minutes) else part.blocks
    return (block for block in blocks if isinstance(block, Note))


def references(blocks: Iterable[Block | FrontPart], notes: Sequence[Note]) -> frozenset[str]:
    """The labels of notes that the blocks refer to, and that those notes refer to in turn."""
    found: set[str] = set()
    waiting = [paragraph for block in blocks for paragraph in paragraphs_in(block)]
    texts = {note.label: note.text for note in reversed(notes)}
    while waiting:
        labels = {span.text for span in waiting.pop().spans if span.note} - found
        found |= labels
        waiting += [texts[label] for label in labels if label in texts]
    return frozenset(found)


def _signs_for(signatory: Signatory, item: Item) -> bool:
    """Whether the signature is for that item; one without ranges is for all."""
    if not signatory.covers or item.number is None:
        return True
    return any(one.first <= item.number <= one.last for one in signatory.covers)


def _closing(minutes: Minutes, item: Item) -> tuple[SignOffEntry, ...]:
    """Those who sign for the item: the label of each capacity as first written, then the names."""
    entries: list[SignOffEntry] = []
    role = None
    for signatory in minutes.signatories:
        if not _signs_for(signatory, item):
            continue
        written = [entry for entry in minutes.sign_off if entry.role is signatory.role]
        label = next((entry for entry in written if entry.is_label and not _NAMES_ITEMS.search(entry.text)), None)
        if label and signatory.role is not role:
            entries.append(label)
        role = signatory.role
        named = (
            entry for entry in written if not entry.is_label and same_name(signatory.name) in same_name(entry.text)
        )
        name = next(named, SignOffEntry(signatory.name, is_label=False, role=role, line=signatory.line))
        entries.append(replace(name, text=signatory.name) if _NAMES_ITEMS.search(name.text) else name)
    return tuple(entries)
