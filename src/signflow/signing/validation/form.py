"""The form of a PDF at one of its revisions, and what is laid over it.

Source: ISO 32000-2, 12.7.3 and 12.7.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from signflow.signing.validation.objects import MalformedError, Ref, Value
from signflow.signing.validation.revisions import Document

LIMIT_FIELDS = 20_000


def form_numbers(document: Document, upto: int) -> set[int]:
    """Object numbers of all fields, and widgets that are their children, as of that revision.

    Raises:
        MalformedError: The form cannot be read, a field is in two places, or there are too many.
    """
    root = document.resolved(document.revisions[upto].trailer.get("/Root"), upto)
    form = document.resolved(root.get("/AcroForm"), upto) if isinstance(root, dict) else None
    waiting = _refs(document.resolved(form.get("/Fields"), upto) if isinstance(form, dict) else None)
    found: set[int] = set()
    while waiting:
        ref = waiting.pop()
        if ref.number in found or len(found) >= LIMIT_FIELDS:
            raise MalformedError("form")
        found.add(ref.number)
        entries = document.value(ref, upto)
        if isinstance(entries, dict):
            waiting += _refs(document.resolved(entries.get("/Kids"), upto))
    return found


def lays_over(document: Document, index: int) -> bool:
    """Whether a revision put a field where another one was: the one before would be seen no more.

    Raises:
        MalformedError: The form cannot be read.
    """
    before = list(_widgets(document, form_numbers(document, index - 1), index - 1))
    fields = form_numbers(document, index)
    added = {
        number
        for number in document.revisions[index].entries
        if number in fields and document.entry(number, index - 1) is None
    }
    return any(
        _overlap(new, old) and (page is None or other is None or page == other)
        for new, page in _widgets(document, added, index)
        for old, other in before
    )


def _widgets(document: Document, numbers: set[int], upto: int) -> Iterator[tuple[list[float], Value]]:
    """Rectangle and page of each that has an area."""
    for number in numbers:
        entries = document.value(Ref(number, 0), upto)
        rectangle = document.resolved(entries.get("/Rect"), upto) if isinstance(entries, dict) else None
        corners = (
            [float(one) for one in rectangle if isinstance(one, int | float)] if isinstance(rectangle, list) else []
        )
        if isinstance(entries, dict) and len(corners) == 4:
            left, right = sorted(corners[::2])
            bottom, top = sorted(corners[1::2])
            if left < right and bottom < top:
                yield [left, bottom, right, top], entries.get("/P")


def _overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _refs(value: Value) -> list[Ref]:
    refs = [one for one in value if isinstance(one, Ref)] if isinstance(value, list) else []
    if value is not None and (not isinstance(value, list) or len(refs) != len(value)):
        raise MalformedError("form")
    return refs
