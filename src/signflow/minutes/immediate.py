"""Items adjusted at once (omedelbar justering): their minutes cut out of the minutes of the meeting, and how such are known.

What is cut holds all that stands before the items, the chosen items with the notes that they need, and the closing block;
nothing of other items, and no proof of notice, which is the whole's. A labelled line after the title says what it is
(`Omedelbar justering: § 12`): minutes are known by it, if the items that they have are exactly those that it names.

What was cut is read back and held against the whole, so that a draft which is laid out in a way that cannot be cut is
refused and never cut wrong.

Source: kommunallagen (2017:725) 5 kap. 69 §: what is adjusted at once is written down before it is.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from signflow.minutes.blocks import NoteBlock, SourceBlock, TableBlock
from signflow.minutes.excerpt import references
from signflow.minutes.model import Fact, Item, Minutes, Note, Span
from signflow.minutes.recognition.labels import normalised
from signflow.minutes.recognition.ranges import read_ranges
from signflow.minutes.words import item_passages
from signflow.texts import Language

MOST_ITEMS = 50
_T = TypeVar("_T")
_ANY_NOTE = "*"
_LABELS: Mapping[Language, str] = {"sv": "Omedelbar justering", "en": "Immediate adjustment"}
_KNOWN = frozenset(map(normalised, _LABELS.values()))
_MOST_FACTS = 3  # after which the line is tried, where it cannot stand under the title
_SAID = re.compile(
    r"omedelbar\w*[^.]{0,80}\bjuster|juster\w*[^.]{0,80}\b(?:omedelbar|genast|direkt)"
    r"|immediate\w*[^.]{0,80}\badjust|adjust\w*[^.]{0,80}\b(?:immediate|at once)",
    re.IGNORECASE,
)


def adjusted_at_once(minutes: Minutes) -> frozenset[int]:
    """The items, if the minutes are those of an immediate adjustment; empty if they are of a whole meeting."""
    numbers = [item.number for item in minutes.items]
    named = frozenset(itertools.chain.from_iterable(map(_named, minutes.front)))
    return named if named and sorted(named) == sorted(number or 0 for number in numbers) else frozenset()


def says_at_once(item: Item) -> bool:
    """Whether the item says of itself that it is adjusted at once."""
    return any(_SAID.search(passage.text[:1_000]) for passage in item_passages(item))


def written_items(numbers: Iterable[int]) -> str:
    """The numbers as minutes write them: `§ 12`, `§§ 12, 14–16`."""
    runs = itertools.groupby(enumerate(sorted(set(numbers))), key=lambda pair: pair[1] - pair[0])
    bounds = [[number for _, number in run] for _, run in runs]
    written = ", ".join(f"{run[0]}–{run[-1]}" if run[1:] else str(run[0]) for run in bounds)
    return f"{'§' if len(bounds) == 1 and not bounds[0][1:] else '§§'} {written}"


def head_line(minutes: Minutes, numbers: Iterable[int]) -> str:
    """The line that says what the cut minutes are."""
    return f"{_LABELS[minutes.language]}: {written_items(numbers)}"


def _named(part: object) -> Iterator[int]:
    if isinstance(part, Fact) and normalised(part.label) in _KNOWN:
        for span in read_ranges(part.value.text, signed=False):
            yield from range(span.first, min(span.last, span.first + MOST_ITEMS) + 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a draft is kept, in the numbers of its lines or paragraphs.

    Attributes:
        line: What says what it is.
        after: After which places the line may stand, the best first.
        kept: First and last place of what is kept, ascending; the last may be beyond the end.
    """

    line: str
    after: tuple[int, ...]
    kept: tuple[tuple[int, int], ...]

    def keeps(self, place: int) -> bool:
        """Whether what stands there is kept."""
        return any(first <= place <= last for first, last in self.kept)


def plan_cut(minutes: Minutes, numbers: frozenset[int], last: int, blocks: Sequence[SourceBlock] = ()) -> Plan | None:
    """What is kept of minutes that end at that place; None where the items are not there, each once, or name each other.

    Args:
        minutes: The whole.
        numbers: The items that are kept.
        last: The last line or paragraph.
        blocks: What the draft was read as.
    """
    counted = Counter(item.number for item in minutes.items)
    if not numbers or any(counted[number] != 1 for number in numbers):
        return None
    closes = minutes.sign_off[0].line if minutes.sign_off and not minutes.signs_first else 0
    proof = minutes.notice.line if minutes.notice and not minutes.signs_first else 0
    ends = min([place for place in (closes, proof) if place] or [*(note.line for note in minutes.notes), last + 1])
    begins = [item.line for item in minutes.items]
    tables = (block.line for block in blocks if isinstance(block, TableBlock) and block.line <= closes)
    closes = max([line for line in tables if _is_within(closes, line, blocks) and line > begins[-1]], default=closes)
    ends = min(ends, closes) if closes else ends
    kept = [(1, begins[0] - 1)]
    kept += [
        (item.line, following - 1)
        for item, following in zip(minutes.items, (*begins[1:], ends), strict=True)
        if item.number in numbers
    ]
    if closes:
        kept.append((closes, (proof or last + 1) - 1))
    facts = [part.line for part in minutes.front if isinstance(part, Fact) and part.line > minutes.title_line]
    return Plan(head_line(minutes, numbers), (minutes.title_line, *facts[:_MOST_FACTS]), tuple(kept))


def _is_within(place: int, start: int, blocks: Sequence[SourceBlock]) -> bool:
    """Whether the block that begins at `start` reaches to the place."""
    return not any(start < block.line <= place for block in blocks)


def is_cut_of(cut: Minutes | None, whole: Minutes, numbers: frozenset[int]) -> bool:
    """Whether the minutes are what the items of the whole should have become: each word in its place, and no other."""
    if cut is None or adjusted_at_once(cut) != numbers:
        return False
    front = [part for part in cut.front if not any(_named(part))]
    chosen = [item for item in whole.items if item.number in numbers]
    return (
        _placeless((cut.title, cut.minutes_class, cut.body, cut.date, cut.start, cut.end, cut.place))
        == _placeless((whole.title, whole.minutes_class, whole.body, whole.date, whole.start, whole.end, whole.place))
        and _placeless((*_text(front), *map(_without_notes, cut.items), *_signed(cut)))
        == _placeless((*_text(whole.front), *map(_without_notes, chosen), *_signed(whole)))
        and Counter(map(_placeless, notes_of(cut))) == Counter(map(_placeless, needed_notes(whole, numbers)))
    )


def needed_notes(whole: Minutes, numbers: frozenset[int]) -> list[Note]:
    """The notes of the whole that go with the items: those that they, or the front, refer to, and those that nobody does."""
    everything = list(notes_of(whole))
    chosen = [*whole.front, *(block for item in whole.items if item.number in numbers for block in item.blocks)]
    others = [block for item in whole.items if item.number not in numbers for block in item.blocks]
    needed = references((part for part in chosen if not isinstance(part, Note)), everything)
    theirs = references((block for block in others if not isinstance(block, Note)), everything)
    own = {id(part) for part in chosen}
    return [note for note in everything if note.label in needed or (id(note) in own and note.label not in theirs)]


def notes_of(minutes: Minutes) -> Iterator[Note]:
    """All notes, in the order of the draft."""
    blocks = itertools.chain(minutes.front, *(item.blocks for item in minutes.items), minutes.notes)
    return (block for block in blocks if isinstance(block, Note))


def _text(parts: Iterable[object]) -> list[object]:
    return [part for part in parts if not isinstance(part, Note)]


def _without_notes(item: Item) -> Item:
    return dataclasses.replace(
        item, level=0, blocks=tuple(block for block in item.blocks if not isinstance(block, Note))
    )


def _signed(minutes: Minutes) -> list[object]:
    return [(entry.text, entry.is_label, entry.role) for entry in minutes.sign_off]


def comparable(minutes: Minutes, item: Item) -> Item:
    """The item, with the words of its notes after it wherever they stand and whatever they are labelled, to be compared."""
    notes = list(notes_of(minutes))
    own = [block for block in item.blocks if not isinstance(block, Note)]
    needed = references(own, notes)
    return _unlabelled(dataclasses.replace(item, blocks=(*own, *(note for note in notes if note.label in needed))))


def _unlabelled(value: _T) -> _T:
    """The value with all notes labelled alike: in Word they are counted, so that those of a cut draft begin anew."""
    changed: object = value
    if isinstance(value, Span):
        changed = value.saying(_ANY_NOTE) if value.note else value
    elif isinstance(value, tuple):
        changed = tuple(map(_unlabelled, cast("tuple[object, ...]", value)))
    elif isinstance(value, Note):
        changed = dataclasses.replace(value, label=_ANY_NOTE, text=_unlabelled(value.text))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = dataclasses.replace(
            value, **{field.name: _unlabelled(getattr(value, field.name)) for field in dataclasses.fields(value)}
        )
    return cast("_T", changed)


def _placeless(value: object) -> object:
    """The value without the places where its parts stand and the labels of notes, to be compared."""
    return _without_lines(_unlabelled(value))


def _without_lines(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (field.name for field in dataclasses.fields(value) if field.name != "line")
        return (type(value).__name__, *(_without_lines(getattr(value, name)) for name in fields))
    return tuple(map(_without_lines, cast("tuple[object, ...]", value))) if isinstance(value, tuple) else value


def cut_lines(
    lines: Sequence[str], blocks: Sequence[SourceBlock], whole: Minutes, numbers: frozenset[int]
) -> Iterator[list[str]]:
    """The lines of the cut draft in Markdown or plain text; several ways, the best first, to be read back.

    Args:
        lines: The whole draft.
        blocks: What it was read as.
        whole: The minutes that it is.
        numbers: The items that are kept.
    """
    plan = plan_cut(whole, numbers, len(lines), blocks)
    if plan is None:
        return
    starts = [*(block.line for block in blocks), len(lines) + 1]
    needed = {note.line for note in needed_notes(whole, numbers)}
    notes = [(one.line, _ends(one.line, starts)) for one in blocks if isinstance(one, NoteBlock)]
    gone = {place for first, last in notes if first not in needed for place in range(first, last + 1)}
    moved = [span for span in notes if span[0] in needed and not plan.keeps(span[0])]
    for after in plan.after:
        for apart in (True, False):
            at = _ends(after, starts) if apart else after
            while at > after and not lines[at - 1].strip():
                at -= 1
            pieces: list[list[str]] = []
            for first, last in (*plan.kept, *moved):
                piece = [lines[place - 1] for place in range(first, min(last, len(lines)) + 1) if place not in gone]
                if first <= at <= last:
                    cut = sum(1 for place in range(first, at + 1) if place not in gone)
                    space = [""] if apart else []
                    piece[cut:cut] = [*space, plan.line, *(space if any(piece[cut : cut + 1]) else [])]
                pieces.append(piece)
            yield _joined(pieces)


def _ends(place: int, starts: Sequence[int]) -> int:
    """The last place of the block that begins there."""
    return min(start for start in starts if start > place) - 1


def _joined(pieces: Iterable[list[str]]) -> list[str]:
    """The pieces with one empty line between them, and none doubled where they meet."""
    result: list[str] = []
    for piece in pieces:
        text = "\n".join(piece).strip("\n").split("\n")
        if any(text):
            result += [*([""] if result else []), *text]
    return result
