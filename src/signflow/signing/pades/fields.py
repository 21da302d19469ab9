"""Signature fields of a PDF: the empty one that is to be signed, and new ones for timestamps.

Source: ISO 32000-2, 12.7.5.5 (signature fields), 12.8.2.2 (DocMDP).
"""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils.form_tools import annot_width_height, get_single_field_annot
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign.fields import enumerate_sig_fields

from signflow.errors import RefusedError, StaleError
from signflow.signing.pades.update import GrowingPdf, refusing_what_cannot_be_read, value_of

_SIGNATURES_EXIST_APPEND_ONLY = 3  # ISO 32000-2, table 225
_PRINT_LOCKED = 4 | 128  # ISO 32000-2, table 167
_OUTSIDE = -9999
_TIMESTAMP = "Timestamp-"


def find_empty_field(pdf: GrowingPdf, name: str) -> DictionaryObject:
    """The empty signature field of that name.

    Raises:
        RefusedError: There is none, or two; or the document lays down conditions for being signed that signflow
            does not meet: no changes at all after a certification, a lock, a seed value.
        StaleError: It is signed already.
    """
    with refusing_what_cannot_be_read():
        found: list[tuple[Any, Any]] = [
            (value, field.get_object()) for other, value, field in enumerate_sig_fields(pdf) if other == name
        ]
        forbidden = _certified_final(pdf) or any("/Lock" in field or "/SV" in field for _, field in found)
    if len(found) != 1:
        raise RefusedError("signature-field-missing", field=name)
    if forbidden:
        raise RefusedError("signature-forbidden", field=name)
    value, field = found[0]
    if value is not None:
        raise StaleError("signature-field-signed", field=name)
    return field


def size_of(field: DictionaryObject) -> tuple[float, float]:
    """Width and height of the field's box; zero for one that is not to be seen."""
    with refusing_what_cannot_be_read():
        width, height = annot_width_height(get_single_field_annot(field))
        return float(width), float(height)


def fill(pdf: GrowingPdf, field: DictionaryObject, value: IndirectObject, appearance: IndirectObject | None) -> None:
    """Sign the field: its value, what is seen in it, and the form's word that there are signatures."""
    with refusing_what_cannot_be_read():
        field["/V"] = value
        pdf.change(field)
        if appearance is not None:
            widget = get_single_field_annot(field)
            widget["/AP"] = DictionaryObject({"/N": appearance})
            pdf.change(widget)
        form: Any = pdf.root["/AcroForm"]
        flags = int(value_of(form, "/SigFlags") or 0)
        if flags | _SIGNATURES_EXIST_APPEND_ONLY != flags:
            form["/SigFlags"] = NumberObject(flags | _SIGNATURES_EXIST_APPEND_ONLY)
            pdf.change(form)


def add_timestamp_field(pdf: GrowingPdf, label: str) -> DictionaryObject:
    """A field for a document timestamp, far outside of the first page, so that it needs no tag and no appearance.

    PDF/A and PDF/UA hold with it however often the timestamp is renewed.
    """
    with refusing_what_cannot_be_read():
        page_reference = pdf.first_page()
        fields = _fields(pdf)
        names = {str(value_of(one.get_object(), "/T")) for one in fields}
        number = next(number for number in range(1, len(fields) + 2) if f"{_TIMESTAMP}{number}" not in names)
        field = DictionaryObject(
            {
                "/Type": NameObject("/Annot"),
                "/Subtype": NameObject("/Widget"),
                "/FT": NameObject("/Sig"),
                "/T": TextStringObject(f"{_TIMESTAMP}{number}"),
                "/TU": TextStringObject(label),
                "/F": NumberObject(_PRINT_LOCKED),
                "/Rect": ArrayObject(NumberObject(_OUTSIDE) for _ in range(4)),
                "/P": page_reference,
            }
        )
        reference = pdf.add(field)
        fields.append(reference)
        pdf.change(fields)
        page: Any = page_reference.get_object()
        _list_in(pdf, page, "/Annots").append(reference)
        pdf.change(page["/Annots"])
        return field


def _fields(pdf: GrowingPdf) -> ArrayObject:
    root = pdf.root
    form = value_of(root, "/AcroForm")
    if form is None:
        form = DictionaryObject({"/Fields": ArrayObject()})
        root["/AcroForm"] = pdf.add(form)
        pdf.change(root)
    if not isinstance(form, DictionaryObject):
        raise PdfReadError("AcroForm is no dictionary")
    return _list_in(pdf, form, "/Fields")


def _list_in(pdf: GrowingPdf, holder: DictionaryObject, key: str) -> ArrayObject:
    array = value_of(holder, key)
    if array is None:
        array = holder[key] = ArrayObject()
        pdf.change(holder)
    if not isinstance(array, ArrayObject):
        raise PdfReadError(f"{key} is no array")
    return array


def _certified_final(pdf: GrowingPdf) -> bool:
    permissions: Any = value_of(pdf.root, "/Perms") or DictionaryObject()
    certification: Any = value_of(permissions, "/DocMDP") or DictionaryObject()
    references: Any = value_of(certification, "/Reference") or ()
    transforms: list[Any] = [one.get_object() for one in references]
    return any(
        value_of(one, "/TransformMethod") == "/DocMDP"
        and value_of(value_of(one, "/TransformParams") or DictionaryObject(), "/P") == 1
        for one in transforms
    )
