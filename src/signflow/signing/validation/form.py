"""The form of a PDF at one of its revisions.

Source: ISO 32000-2, 12.7.3 and 12.7.4.
"""

from __future__ import annotations

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


def _refs(value: Value) -> list[Ref]:
    refs = [one for one in value if isinstance(one, Ref)] if isinstance(value, list) else []
    if value is not None and (not isinstance(value, list) or len(refs) != len(value)):
        raise MalformedError("form")
    return refs
