"""A draft of some items alone, cut out of a draft in Markdown, plain text or Word, in the format of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from signflow.minutes.decoding import is_package
from signflow.minutes.immediate import Plan, cut_lines, is_cut_of, plan_cut
from signflow.minutes.model import Minutes
from signflow.minutes.reading import Source, read_source
from signflow.minutes.recognition.recognise import recognise

_GONE_WITH_THE_CUT = frozenset(["comment-left", "contents-left-out"])


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of cutting: the bytes of the new draft, or why there are none, as a code under `refusals`."""

    data: bytes | None
    problem: str = ""


def cut_items(data: bytes, filename: str, numbers: frozenset[int]) -> Cut:
    """The draft with those items alone, as `immediate` says.

    Guarantees: never raises; what is returned reads as the whole's head, exactly those items and the whole's closing block.

    Args:
        data: The whole draft.
        filename: Its name.
        numbers: The items, by the numbers that the minutes give them.
    """
    source = read_source(data, filename)
    if source.blocks is None:
        return Cut(None, "immediate-not-cuttable")
    whole = recognise(source.blocks)
    plan = plan_cut(whole, numbers, len(source.lines), source.blocks)
    if plan is None:
        return Cut(None, "immediate-no-such-item")
    for tried in _ways(data, source, whole, numbers, plan):
        read = read_source(tried, filename)
        if read.blocks is None or not is_cut_of(recognise(read.blocks), whole, numbers):
            continue
        if not is_package(data) or _remarks(read) == _remarks(source, plan):
            return Cut(tried)
    return Cut(None, "immediate-not-cuttable")


def _ways(data: bytes, source: Source, whole: Minutes, numbers: frozenset[int], plan: Plan) -> Iterator[bytes]:
    if is_package(data):
        from signflow.minutes.word.cutting import cut_word  # noqa: PLC0415 - no XML is loaded for other drafts

        yield from cut_word(data, plan)
        return
    line_end = "\r\n" if b"\r\n" in data else "\n"
    for lines in cut_lines(source.lines, source.blocks or (), whole, numbers):
        yield (line_end.join(lines) + line_end).encode()


def _remarks(source: Source, plan: Plan | None = None) -> Counter[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """What the reader remarks on in what is kept: no change that is tracked, nothing left out, is lost on the way."""
    return Counter(
        (one.code, one.quote, tuple(sorted(one.params.items())))
        for one in source.findings
        if one.line is not None and one.code not in _GONE_WITH_THE_CUT and (plan is None or plan.keeps(one.line))
    )
