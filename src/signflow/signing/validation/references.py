"""Which objects refer to which: what an addition must not be reachable by.

Only dictionaries, arrays and object streams are searched, as bytes: a reference in a text is found too, which can only
make a verdict stricter.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from signflow.signing.validation.objects import MalformedError, Ref, Stream, Value
from signflow.signing.validation.revisions import Document, Revision

_GAP = rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)++"
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,10}+)" + _GAP + rb"\d{1,5}+" + _GAP + rb"R")


def references(value: Value) -> Iterator[Ref]:
    """All that stand in the value itself."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Ref):
            yield one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, Stream):
            waiting += one.head.values()


class Holders:
    """Of every object that a later revision writes: the objects of earlier revisions that refer to it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._asked = {number for revision in document.revisions[1:] for number in revision.entries}
        self._by_revision: dict[int, dict[int, set[int]]] = {}

    def of(self, number: int, before: int) -> set[int]:
        """Numbers of the objects that refer to it in the revisions before that one.

        Raises:
            MalformedError: Objects overlap, or cannot be read.
        """
        found: set[int] = set()
        for index in range(before):
            if index not in self._by_revision:
                self._by_revision[index] = self._search(self._document.revisions[index])
            found |= self._by_revision[index].get(number, set())
        return found

    def _search(self, revision: Revision) -> dict[int, set[int]]:
        plain = sorted((one.place, number) for number, one in revision.entries.items() if one.kind == "plain")
        offsets, numbers = [place for place, _ in plain], [number for _, number in plain]
        found: dict[int, set[int]] = {}
        for start, end in self._outside_streams(revision, offsets, numbers):
            for match in _REFERENCE.finditer(self._document.data, start, end):
                number = int(match[1])
                if number in self._asked:
                    holder = bisect_right(offsets, match.start()) - 1
                    found.setdefault(number, set()).add(numbers[holder] if holder >= 0 else 0)
        for container in {one.place for one in revision.entries.values() if one.kind == "packed"}:
            packed = self._document.packed(container, revision.index)
            order = sorted(zip(packed.offsets, packed.numbers, strict=True))
            places = [place for place, _ in order]
            for match in _REFERENCE.finditer(packed.data):
                number = int(match[1])
                if number in self._asked:
                    holder = bisect_right(places, match.start()) - 1
                    found.setdefault(number, set()).add(order[holder][1] if holder >= 0 else 0)
        return found

    def _outside_streams(self, revision: Revision, offsets: list[int], numbers: list[int]) -> Iterator[tuple[int, int]]:
        data, at = self._document.data, revision.start
        search_from = at
        while (word := data.find(b"stream", search_from, revision.end)) >= 0:
            stream = self._stream_at(word, revision, offsets, numbers)
            search_from = word + len(b"stream")
            if stream is None:
                continue
            end = stream.start + len(stream.data)
            if bisect_left(offsets, stream.start) != bisect_left(offsets, end):
                raise MalformedError("an object inside a stream")
            yield at, stream.start
            at = search_from = end
            search_from = data.find(b"endstream", end) + len(b"endstream")
        yield at, revision.end

    def _stream_at(self, word: int, revision: Revision, offsets: list[int], numbers: list[int]) -> Stream | None:
        """The stream whose keyword stands there; None where it is part of a text or a name."""
        place = bisect_right(offsets, word) - 1
        if place < 0:
            return None
        number = numbers[place]
        ref = Ref(number, revision.entries[number].extra)
        value = self._document.indirect(offsets[place], ref, revision.index).value
        return value if isinstance(value, Stream) and value.start - len(b"stream\r\n") <= word < value.start else None
