"""What a revision changed, where it does no more than fill in a form: the rest need not be judged again.

A signature adds objects and writes a few of the form's anew. All others stand where they stood, byte for byte, and lead to
nothing new, since no reference of a file that was judged without findings leads nowhere.

Source: ISO 32000-1, 7.5.6 (incremental updates), 12.7.2 (form), 12.8.4.3 (DSS, ETSI EN 319 142-1, 5.4).
"""

from __future__ import annotations

from signflow.rendering.preflight.file import PdfFile
from signflow.rendering.preflight.syntax import Dictionary, Ref, Stream, Value
from signflow.rendering.preflight.xref import Entry, merged, read_start

_OF_CATALOG = frozenset({"AcroForm", "DSS", "Extensions"})
_OF_PAGE = frozenset({"Annots"})
_OF_WIDGET = frozenset({"V", "AP", "M", "F", "Lock", "SV", "MK", "DA", "Contents"})
_OF_FORM = frozenset({"Fields", "SigFlags"})
_OF_EVIDENCE = frozenset({"Certs", "CRLs", "OCSPs", "VRI", "Type"})


def changed_by_filling_in(before: bytes, after: PdfFile) -> frozenset[int] | None:
    """The numbers of the objects that are new or written anew; None where that is more than a form filled in.

    Raises:
        MalformedError: What came before does not say where its objects are.
        TooMuchError: The file holds more than is looked at.
    """
    start = read_start(before, len(before))
    newer = [section for section in after.sections if section.at >= len(before)]
    older = after.sections[len(newer) :]
    if not after.data.startswith(before) or not newer or not older or older[0].at != start:
        return None
    if any(newer[0].trailer.get(key) != older[0].trailer.get(key) for key in ("Root", "Info", "Encrypt")):
        return None
    was, is_now = merged(older), merged(newer)
    changed = frozenset(number for number, entry in is_now.items() if entry != was.get(number))
    return changed if all(_is_filled_in(after, number, was, changed) for number in changed) else None


def _is_filled_in(after: PdfFile, number: int, was: dict[int, Entry], changed: frozenset[int]) -> bool:
    """Whether the object is new, or one of the form's with no more changed than filling in changes."""
    earlier = was.get(number)
    if earlier is None:
        return True
    old, new = after.read(earlier, number), after.get(number)
    if isinstance(old, list) and isinstance(new, list):
        return old == new[: len(old)] and number in _lists(after)
    if not isinstance(old, Dictionary) or not isinstance(new, Dictionary) or isinstance(old, Stream):
        return False
    differing = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    # an object that nobody has looked at must not become an annotation
    added = [one for one in after.array(new, "Annots") if one not in after.array(old, "Annots")]
    return differing <= _permitted(after, number, old) and all(
        one.number in changed for one in added if isinstance(one, Ref)
    )


def _permitted(after: PdfFile, number: int, old: Dictionary) -> frozenset[str]:
    """The entries that filling in may change in that object."""
    catalog = after.dictionary(after.trailer, "Root")
    if number in _numbers(after.trailer, "Root"):
        return _OF_CATALOG
    if old.get("Type") == "Page":
        return _OF_PAGE
    if old.get("Subtype") == "Widget":
        return _OF_WIDGET
    if number in _numbers(catalog, "AcroForm"):
        return _OF_FORM
    return _OF_EVIDENCE if number in _numbers(catalog, "DSS") else frozenset()


def _lists(file: PdfFile) -> frozenset[int]:
    """The numbers of the arrays that the form's fields and the validation data stand in."""
    catalog = file.dictionary(file.trailer, "Root")
    form, evidence = file.dictionary(catalog, "AcroForm"), file.dictionary(catalog, "DSS")
    of_evidence = (_numbers(evidence, key) for key in ("Certs", "CRLs", "OCSPs"))
    return _numbers(form, "Fields").union(*of_evidence)


def _numbers(holder: Dictionary, key: str) -> frozenset[int]:
    value: Value = holder.get(key)
    return frozenset({value.number}) if isinstance(value, Ref) else frozenset()
