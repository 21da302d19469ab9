"""Changes that pyHanko's policy permits and that may still deceive: a form seems to say what it does not.

Source: Mladenov, Mainka, Rohlmann, Schwenk, "Shadow Attacks", NDSS 2021; Rohlmann, Mladenov, Mainka, Schwenk, "Breaking
the Specification: PDF Certification", IEEE S&P 2021.
"""

from __future__ import annotations

from collections.abc import Iterator

from signflow.signing.validation.form import form_numbers
from signflow.signing.validation.objects import Ref, Value
from signflow.signing.validation.references import references
from signflow.signing.validation.revisions import Document

_DEEPEST = 8


def deceives(document: Document, index: int) -> bool:
    """Whether a revision does such a thing.

    Raises:
        MalformedError: The form cannot be read.
    """
    before, after = form_numbers(document, index - 1), form_numbers(document, index)
    return (
        _lays_over(document, index, before, after)
        or any(_shows_otherwise(document, index, number) for number in before)
        or _unmarks(document, index)
    )


def _lays_over(document: Document, index: int, before: set[int], after: set[int]) -> bool:
    """A field was put where another one was: the one before is seen no more."""
    added = {number for number in after & document.revisions[index].entries.keys() if number not in before}
    if not added:
        return False
    old_widgets = list(_widgets(document, before, index - 1))
    return any(
        _overlap(new, old) and (page is None or other is None or page == other)
        for new, page in _widgets(document, added, index)
        for old, other in old_widgets
    )


def _shows_otherwise(document: Document, index: int, number: int) -> bool:
    """A field looks different, its value the same."""
    old, new = document.value(Ref(number, 0), index - 1), document.value(Ref(number, 0), index)
    if not isinstance(old, dict) or not isinstance(new, dict) or old.get("/V") != new.get("/V") or "/AP" not in old:
        return False
    return old["/AP"] != new.get("/AP") or _is_redrawn(document, index, old["/AP"])


def _is_redrawn(document: Document, index: int, appearance: Value) -> bool:
    """Whether any object of an appearance was written anew."""
    seen: set[Ref] = set()
    level = set(references(appearance))
    for _ in range(_DEEPEST):
        if any(ref.number in document.revisions[index].entries for ref in level):
            return True
        seen |= level
        level = {inner for ref in level for inner in references(document.value(ref, index))} - seen
    return bool(level)


def _unmarks(document: Document, index: int) -> bool:
    """The document's claim to be tagged was changed."""
    marks: list[Value] = []
    for upto in (index - 1, index):
        root = document.resolved(document.revisions[upto].trailer.get("/Root"), upto)
        marks.append(document.resolved(root.get("/MarkInfo"), upto) if isinstance(root, dict) else None)
    return marks[0] is not None and marks[0] != marks[1]


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
