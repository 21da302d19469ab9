"""Which lines head the items: by their numbers where there are any, else by their rank."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signflow.minutes.blocks import (
    BOLD_LINE,
    Entry,
    Heading,
    ListBlock,
    Row,
    SourceBlock,
    TextBlock,
    entry_rows,
)
from signflow.minutes.recognition.labels import (
    always_item,
    decision_label_length,
    front_kind,
    is_decision_label,
    is_notice_heading,
    is_section,
    sign_label,
)
from signflow.minutes.recognition.vocabulary import FrontKind

_RANGE_END = r"(?:\s?[-–]\s?[0-9]{1,6})?"
_SECTION_SIGN = re.compile(
    rf"((?:[A-ZÅÄÖ][A-Za-zåäöÅÄÖ]{{0,5}}\s+)?§\s*([0-9]{{1,6}}){_RANGE_END}(?:/[0-9]{{2,4}})?(?:\s[-–—](?=\s)|[.:]?)|([0-9]{{1,6}})\s?§)(?:\s+|$)"
)
_WORD = r"(?:Punkt|Ärende|Paragraf|Item|Point)\s+"
_WORD_AND_NUMBER = re.compile(rf"({_WORD}([0-9]{{1,6}})(?:\s[-–—]|[.):]?))(?:\s+|$)")
_NUMBER = re.compile(r"(([0-9]{1,6})[.):])(?![0-9])(?:\s+|$|(?=[^\W\d]))")
_BARE_NUMBER = re.compile(r"(([0-9]{1,3}))(?:\s+(?=[^\W\d_a-zåäö])|$)")
_RANGE_ALONE = re.compile(rf"(?:{_WORD}|§\s*)[0-9]{{1,6}}\s?[-–]\s?[0-9]{{1,6}}")
_PAGE_NUMBER = re.compile(r"(?:\t|\s?[.…]{2,}|\s{2,})\s*[0-9]{1,4}$")
_HEADING_CHARACTERS = 150
_ENDS_NO_HEADING = (".", ",", ";")


@dataclass(frozen=True, slots=True)
class Label:
    """An item's number as written, as a number, and the length of what precedes the title."""

    text: str
    number: int
    length: int


def item_label(text: str) -> Label | None:
    """The number at the beginning of a heading: `1.`, `1)`, `1`, `§ 94`, `KS § 94`, `94 §`, `Ärende 3:`; None if there is none."""
    match = _SECTION_SIGN.match(text) or _WORD_AND_NUMBER.match(text) or _NUMBER.match(text) or _BARE_NUMBER.match(text)
    if not match:
        return None
    number = match[2] or match[3]
    return Label(match[1].rstrip(), int(number), match.end())


def may_head_item(block: Heading) -> bool:
    """Whether the heading can be an item's, rather than a part's of the minutes or of an item."""
    text = block.row.text
    if item_label(text):
        return True
    return bool(block.row.spans) and not (
        front_kind(text)
        or is_section(text)
        or decision_label_length(block.row)
        or sign_label(text)
        or is_notice_heading(text)
    )


def item_starts(blocks: Sequence[SourceBlock]) -> list[int]:
    """Where the blocks of each item begin.

    With numbered headings, an unnumbered one is an item of its own only if it stands at the rank of a numbered one (or
    higher) after the first numbered one and does not name a part of an item. Without any number, the highest headings are
    the items.
    """
    headings = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Heading) and may_head_item(block)]
    numbered = [(at, block) for at, block in headings if item_label(block.row.text)]
    labels = [at for at, block in enumerate(blocks) if _is_front_label(block)]
    if numbered:
        levels = {block.level for _, block in numbered}
        first, front = numbered[0][0], min(labels, default=len(blocks))
        return [
            at
            for at, block in headings
            if item_label(block.row.text)
            or (always_item(block.row.text) and at > first)
            or (_stands_high(block, levels) and (at > first or at > front))
        ]
    first_label = min(labels, default=-1)
    candidates = [(at, block) for at, block in headings if at > first_label or always_item(block.row.text)]
    highest = min((block.level for _, block in candidates), default=0)
    return [at for at, block in candidates if block.level == highest or always_item(block.row.text)]


def _stands_high(block: Heading, levels: set[int]) -> bool:
    return block.level < BOLD_LINE and (block.level in levels or block.level < min(levels))


def _is_front_label(block: SourceBlock) -> bool:
    if isinstance(block, TextBlock | Heading):
        rows = block.rows if isinstance(block, TextBlock) else (block.row,)
        return any(_front_label_of(row) for row in rows)
    return False


def _front_label_of(row: Row) -> bool:
    first = row.text.split(":", maxsplit=1)[0].split("\t", maxsplit=1)[0]
    styled = row.spans[0].text if row.spans and (row.spans[0].strong or row.spans[0].emphasis) else ""
    kinds = (front_kind(first), front_kind(styled))
    return any(kind and kind is not FrontKind.OTHER for kind in kinds)


def with_plain_headings(blocks: Sequence[SourceBlock]) -> list[SourceBlock]:
    """The blocks with the headings of a draft without heading marks made headings.

    A line that begins with a section sign, or with a word and a number, is one. Where no heading and no such line is
    numbered, the entries of numbered lists are, but for lists that stand directly under a label (an attendance list);
    failing these, lines that begin with numbers in sequence.
    """
    marked = {
        label.number
        for block in blocks
        if isinstance(block, Heading) and (label := item_label(block.row.text)) and label.length < len(block.row.text)
    }
    plain = {
        label.number
        for block in blocks
        if isinstance(block, TextBlock)
        for row in block.rows
        if is_plain_heading(row) and (label := item_label(row.text)) and label.length < len(row.text)
    }
    result: list[SourceBlock] = []
    for block in blocks:
        result += _with_headings(block, marked | plain) if isinstance(block, TextBlock) else (block,)
    result = _with_contents(result)
    headings = [block for block in result if isinstance(block, Heading) and block.level < BOLD_LINE]
    if any(isinstance(block, Heading) and item_label(block.row.text) for block in result) or len(headings) > 1:
        return result
    opened = list(_lists_opened(result))
    return opened if opened != result else list(_numbers_opened(result))


def _with_contents(blocks: Sequence[SourceBlock]) -> list[SourceBlock]:
    """The blocks with headings that only announce later ones, as an agenda on the first page does, made lists.

    Such are two or more with nothing between them, each of which stands again further on.
    """
    later: dict[int, list[tuple[int, str]]] = {}
    for at, block in enumerate(blocks):
        label = item_label(block.row.text) if isinstance(block, Heading) else None
        if isinstance(block, Heading) and label:
            later.setdefault(label.number, []).append((at, _bare_title(block.row.text, label)))

    def announces(at: int) -> bool:
        block = blocks[at]
        label = item_label(block.row.text) if isinstance(block, Heading) else None
        if not isinstance(block, Heading) or not label or label.length == len(block.row.text):
            return False
        last, title = later[label.number][-1]
        return last > at and title == _bare_title(block.row.text, label)

    result: list[SourceBlock] = []
    for announced, group in itertools.groupby(range(len(blocks)), key=announces):
        run = [blocks[at] for at in group]
        if announced and len(run) > 1:
            entries = tuple(Entry("", (TextBlock((block.row,)),)) for block in run if isinstance(block, Heading))
            result.append(ListBlock(entries, ordered=True, line=run[0].line))
        else:
            result += run
    return result


def _bare_title(text: str, label: Label) -> str:
    """The title as titles are compared, without the page number that a list of contents has after it."""
    return " ".join(_PAGE_NUMBER.sub("", text[label.length :]).casefold().split())


def _with_headings(block: TextBlock, titled: set[int]) -> Iterator[SourceBlock]:
    """The block cut at the lines that head items; `titled` are the numbers of headings that have titles."""
    start = 0
    for at, row in enumerate(block.rows):
        if not is_plain_heading(row) or (at > start and not _ends_paragraph(block.rows[at - 1])):
            continue
        if at and row.line == block.rows[at - 1].line:
            continue  # what follows a `<br>` heads nothing: what is above a heading stands on a line above it
        label = item_label(row.text)
        if label and label.length == len(row.text) and label.number in titled:
            continue  # the closing block's, of the items that a signature is for
        yield from (TextBlock(block.rows[start:at]),) if at > start else ()
        yield Heading(BOLD_LINE, row)
        start = at + 1
    yield from (TextBlock(block.rows[start:]),) if block.rows[start:] else ()


def _ends_paragraph(row: Row) -> bool:
    return row.ends_hard or row.text.endswith((".", ":", "!", "?"))


def is_plain_heading(row: Row) -> bool:
    """Whether a line without any mark heads an item: it begins with `§ 94`, `Ärende 3` or a bold number."""
    text = row.text
    match = _SECTION_SIGN.match(text) or _WORD_AND_NUMBER.match(text) or _styled_number(row)
    return (
        match is not None
        and len(text) <= _HEADING_CHARACTERS
        and not text.endswith((".", ","))
        and not text[match.end() : match.end() + 1].islower()
        and not _RANGE_ALONE.fullmatch(text)
    )


def _styled_number(row: Row) -> re.Match[str] | None:
    """The number of `**4.** Title`."""
    strong = row.spans[0].text.rstrip() if row.spans and row.spans[0].strong else ""
    return _NUMBER.match(row.text) if strong and _NUMBER.fullmatch(strong) else None


def _lists_opened(blocks: Sequence[SourceBlock]) -> Iterator[SourceBlock]:
    after_label = False
    for block in blocks:
        if isinstance(block, ListBlock) and block.ordered and not after_label and all(map(_heads_item, block.entries)):
            for entry in block.entries:
                rows = entry_rows(entry)
                opening = entry.blocks[0]
                yield Heading(BOLD_LINE, rows[0])
                if isinstance(opening, TextBlock) and opening.rows[1:]:
                    yield TextBlock(opening.rows[1:])
                yield from entry.blocks[1:]
            continue
        if isinstance(block, ListBlock):
            after_label = False
        if isinstance(block, Heading | TextBlock):
            row = block.row if isinstance(block, Heading) else block.rows[-1]
            after_label = front_kind(row.text) is not None or is_decision_label(row.text)
        yield block


def _heads_item(entry: Entry) -> bool:
    opening = entry.blocks[0]
    if not isinstance(opening, TextBlock | Heading) or not entry.marker[:1].isdecimal():
        return False
    text = opening.rows[0].text if isinstance(opening, TextBlock) else opening.row.text
    return len(text) <= _HEADING_CHARACTERS and not text.endswith(_ENDS_NO_HEADING) and not text[:1].islower()


def _numbers_opened(blocks: Sequence[SourceBlock]) -> Iterator[SourceBlock]:
    """First lines that begin with a number made headings, where two or more of them count on from each other."""
    found = {at: label.number for at, block in enumerate(blocks) if (label := _bare_label(block))}
    numbers = list(found.values())
    counting = len(numbers) > 1 and all(later == earlier + 1 for earlier, later in itertools.pairwise(numbers))
    for at, block in enumerate(blocks):
        if counting and at in found and isinstance(block, TextBlock):
            yield Heading(BOLD_LINE, block.rows[0])
            yield from (TextBlock(block.rows[1:]),) if block.rows[1:] else ()
        else:
            yield block


def _bare_label(block: SourceBlock) -> Label | None:
    text = block.rows[0].text if isinstance(block, TextBlock) else ""
    fits = len(text) <= _HEADING_CHARACTERS and not text.endswith(_ENDS_NO_HEADING) and _BARE_NUMBER.match(text)
    return item_label(text) if fits else None
