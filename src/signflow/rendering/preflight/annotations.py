"""Annotations, forms, signatures and actions.

Source: ISO 19005-2, 6.3 to 6.5 and annex B; ISO 14289-1, 7.18; ISO 32000-1, 12.5 to 12.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signflow.rendering.preflight.cms import read_signers
from signflow.rendering.preflight.document import Annotation, Document
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Dictionary, MalformedError, Ref, Stream, Value, names_in
from signflow.rendering.preflight.tree import Tree

_TYPES = names_in(
    "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Popup FileAttachment Widget PrinterMark TrapNet Watermark Redact"
)
# the element that each stands in, and the rule that it breaks otherwise
_OWNERS = {
    "Widget": ("Form", "field-untagged"),
    "Link": ("Link", "link-untagged"),
    "PrinterMark": ("", "printer-mark"),
}
_UNDESCRIBED = {"Widget": "field-undescribed", "Link": "link-undescribed"}
_INVISIBLE, _HIDDEN, _PRINT, _NO_VIEW, _TOGGLE = 1, 2, 4, 32, 256  # flags, ISO 32000-1, 12.5.3
_MOST_ACTIONS = 100  # one after the other
_ACTIONS = frozenset(["GoTo", "GoToR", "GoToE", "Thread", "URI", "Named", "SubmitForm"])
_NAMED_ACTIONS = frozenset(["NextPage", "PrevPage", "FirstPage", "LastPage"])
_REVISION_END = re.compile(rb"%%EOF(?:\r\n|\n|\r)?\Z")


def check_annotations(document: Document) -> Iterator[Finding]:
    """6.3: permitted kinds, printed and never hidden, with one appearance each."""
    file = document.file
    for one in document.annotations:
        said, page = one.dictionary, one.page.number
        kind = file.name(said, "Subtype")
        if kind not in _TYPES:
            yield found("annotation-type", said, kind, page)
        flags = file.number(said, "F")
        if flags is None:
            if kind != "Popup":
                yield found("annotation-flags", said, "F", page)
        elif not int(flags) & _PRINT or int(flags) & (_INVISIBLE | _HIDDEN | _NO_VIEW | _TOGGLE):
            yield found("annotation-flags", said, int(flags), page)
        yield from _appearance(document, one, kind)


def _appearance(document: Document, one: Annotation, kind: str) -> Iterator[Finding]:
    """6.3.3."""
    file, said, page = document.file, one.dictionary, one.page.number
    appearance = file.dictionary(said, "AP")
    if "AP" not in said:
        left, bottom, right, top = _corners(document, said)
        if kind not in {"Popup", "Link"} and (left != right or bottom != top):
            yield found("annotation-appearance", said, "AP", page)
        return
    normal = file.entry(appearance, "N")
    is_button = kind == "Widget" and _inherited(document, said, "FT") == "Btn"
    if set(appearance) != {"N"}:
        yield found("annotation-appearance", said, " ".join(sorted(appearance)), page)
    elif is_button != (isinstance(normal, Dictionary) and not isinstance(normal, Stream)) or normal is None:
        yield found("annotation-appearance", said, "N", page)


def check_annotations_tagged(document: Document, tree: Tree) -> Iterator[Finding]:
    """7.18: every annotation that is seen stands in its element and is described."""
    for one in document.annotations:
        owner = tree.owner(one.dictionary)
        if owner is not None and not _knows(document, owner.objects, one.dictionary):
            yield found("annotation-place", one.dictionary, "OBJR", one.page.number)
        if _is_unseen(document, one):
            continue
        kind = document.file.name(one.dictionary, "Subtype")
        above = owner.type if owner else ""
        wanted, untagged = _OWNERS.get(kind, ("Annot", "annotation-untagged"))
        if above != wanted:
            yield found(untagged, one.dictionary, above, one.page.number)
        if kind == "TrapNet":
            yield found("trap-net", one.dictionary, page=one.page.number)
        alternative = document.file.text(owner.dictionary, "Alt") if owner else ""
        described = _inherited_text(document, one.dictionary, "TU" if kind == "Widget" else "Contents")
        if not described and (kind == "Link" or not alternative):
            yield found(_UNDESCRIBED.get(kind, "annotation-undescribed"), one.dictionary, kind, one.page.number)


def check_tab_order(document: Document) -> Iterator[Finding]:
    """7.18.3: on pages with annotations, that of the structure."""
    for number in sorted({one.page.number for one in document.annotations}):
        page = document.pages[number - 1]
        if document.file.name(page.dictionary, "Tabs") != "S":
            yield found("tab-order", page.dictionary, page=number)


def check_form_elements(document: Document, tree: Tree) -> Iterator[Finding]:
    """7.18.4: a Form element holds one field, unless it says what kind of field is printed there."""
    for element in tree.elements:
        if element.type == "Form":
            value = document.file.entry(element.dictionary, "A")
            said = document.file.dictionaries(value if isinstance(value, list) else [value])
            if len(element.objects) != 1 and not any("Role" in one for one in said):
                yield found("form-children", element.dictionary, len(element.objects))


def check_form(document: Document) -> Iterator[Finding]:
    """6.4.1, 6.4.2: fields without actions, appearances that are there already, no XFA."""
    file, form = document.file, document.form
    if file.entry(form, "NeedAppearances") not in (None, False):
        yield found("need-appearances", form)
    if "XFA" in form:
        yield found("xfa", form)
    for field in document.fields:
        if "AA" in field:
            yield found("field-action", field, "AA")
    for one in document.annotations:
        if file.name(one.dictionary, "Subtype") == "Widget" and not {"A", "AA"}.isdisjoint(one.dictionary):
            yield found("field-action", one.dictionary, page=one.page.number)


def check_signatures(document: Document) -> Iterator[Finding]:
    """6.4.3: each covers the file up to its own end, and has one signer whose certificate is there."""
    for field in document.fields:
        if _inherited(document, field, "FT") != "Sig":
            continue
        signature = document.file.dictionary(field, "V")
        if not signature:
            continue
        contents = document.file.entry(signature, "Contents")
        if not isinstance(contents, bytes) or not _covers(document, signature, contents):
            yield found("signature-range", signature)
        if not isinstance(contents, bytes):
            continue
        try:
            signers = read_signers(contents)
        except MalformedError:
            yield found("signature-signers", signature)
            continue
        if signers.count != 1:
            yield found("signature-signers", signature, signers.count)
        if not signers.has_certificate:
            yield found("signature-certificate", signature)


def check_actions(document: Document) -> Iterator[Finding]:
    """6.5.1: what can happen when somebody opens, clicks or follows."""
    file, catalog = document.file, document.catalog
    names = file.dictionary(catalog, "Names")
    holders: list[tuple[Value, int | None]] = [(catalog.get("OpenAction"), None)]
    holders += [(one, None) for one in document.name_tree(file.dictionary(names, "JavaScript"))]
    holders += [(one.get("A"), None) for one in document.siblings(file.dictionary(catalog, "Outlines").get("First"))]
    holders += [(one, None) for field in document.fields for one in _triggered(document, field)]
    for one in document.annotations:
        holders += [(action, one.page.number) for action in _triggered(document, one.dictionary)]
    for value, page in holders:
        yield from _actions(document, value, page)


def _triggered(document: Document, holder: Dictionary) -> list[Value]:
    return [holder.get("A"), *document.file.dictionary(holder, "AA").values()]


def _actions(document: Document, value: Value, page: int | None) -> Iterator[Finding]:
    """An action and those that follow it."""
    file = document.file
    waiting, seen = [value], 0
    while waiting and seen < _MOST_ACTIONS:
        action = file.resolve(waiting.pop())
        seen += 1
        if not isinstance(action, Dictionary):
            continue
        kind = file.name(action, "S")
        if kind not in _ACTIONS or (kind == "Named" and file.name(action, "N") not in _NAMED_ACTIONS):
            yield found("action", action, kind, page)
        following = file.entry(action, "Next")
        waiting += following if isinstance(following, list) else [following]


def _covers(document: Document, signature: Dictionary, contents: bytes) -> bool:
    """Whether the byte range is a whole revision but for the signature's own digits."""
    data = document.file.data
    numbers = [
        one for one in map(document.file.resolve, document.file.array(signature, "ByteRange")) if isinstance(one, int)
    ]
    if len(numbers) != 4:
        return False
    start, first, second, length = numbers
    end = second + length
    if start or not 0 < first < second <= end <= len(data):
        return False
    written = data[first:second]
    if written[:1] != b"<" or written[-1:] != b">" or written[1:-1].lower() != contents.hex().encode():
        return False
    return _REVISION_END.search(data, max(0, end - 8), end) is not None


def _knows(document: Document, numbers: list[int], annotation: Dictionary) -> bool:
    return any(document.file.get(number) is annotation for number in numbers)


def _is_unseen(document: Document, one: Annotation) -> bool:
    """Whether the annotation is hidden or lies outside its page."""
    if int(document.file.number(one.dictionary, "F") or 0) & _HIDDEN:
        return True
    left, bottom, right, top = _corners(document, one.dictionary)
    box = _inherited(document, one.page.dictionary, "CropBox") or _inherited(document, one.page.dictionary, "MediaBox")
    sides = _numbers(document, box)
    if len(sides) != 4:
        return False
    return (
        right <= min(sides[0], sides[2])
        or left >= max(sides[0], sides[2])
        or top <= min(sides[1], sides[3])
        or bottom >= max(sides[1], sides[3])
    )


def _corners(document: Document, annotation: Dictionary) -> tuple[float, float, float, float]:
    sides = _numbers(document, document.file.array(annotation, "Rect"))
    if len(sides) != 4:
        return 0.0, 0.0, 1.0, 1.0
    return min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3])


def _numbers(document: Document, value: Value) -> list[float]:
    values = value if isinstance(value, list) else []
    return [one for one in map(document.file.resolve, values) if isinstance(one, int | float)]


def _inherited(document: Document, holder: Dictionary, key: str) -> Value:
    """The entry, from the nodes above where it is not there itself."""
    for _ in range(_MOST_ACTIONS):
        if key in holder or not isinstance(holder.get("Parent"), Ref):
            break
        holder = document.file.dictionary(holder, "Parent")
    return document.file.entry(holder, key)


def _inherited_text(document: Document, holder: Dictionary, key: str) -> str:
    value = _inherited(document, holder, key)
    return value.decode("latin-1") if isinstance(value, bytes) else ""
