"""A draft of some items alone, cut out of a draft in Markdown or plain text; one in Word is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signflow.minutes.decoding import is_package
from signflow.minutes.immediate import cut_lines, is_cut_of, plan_cut
from signflow.minutes.model import Minutes
from signflow.minutes.reading import Source, read_source
from signflow.minutes.recognition.recognise import recognise


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
    if plan_cut(whole, numbers, len(source.lines)) is None:
        return Cut(None, "immediate-no-such-item")
    for tried in _ways(data, source, whole, numbers):
        blocks = read_source(tried, filename).blocks
        if blocks is not None and is_cut_of(recognise(blocks), whole, numbers):
            return Cut(tried)
    return Cut(None, "immediate-not-cuttable")


def _ways(data: bytes, source: Source, whole: Minutes, numbers: frozenset[int]) -> Iterator[bytes]:
    if is_package(data):
        return
    line_end = "\r\n" if b"\r\n" in data else "\n"
    for lines in cut_lines(source.lines, source.blocks or (), whole, numbers):
        yield (line_end.join(lines) + line_end).encode()
