"""The validation data of a PDF: certificates and revocation lists, each once.

Source: ETSI EN 319 142-1, 5.4.2 (DSS dictionary); ISO 32000-2, 12.8.4.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.pdf_utils.misc import PdfReadError

from signflow.signing.pades.update import GrowingPdf, refusing_what_cannot_be_read, value_of


@dataclass(frozen=True, slots=True)
class ValidationData:
    """What a validator needs besides the signatures, DER.

    Attributes:
        certificates: Of signers, time-stamping authorities and those who issued them.
        crls: Revocation lists.
        ocsps: Answers of responders.
    """

    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...] = ()


def add_validation_data(pdf: GrowingPdf, *data: ValidationData) -> None:
    """Put what the document does not hold yet into its document security store, which is made if there is none.

    What the store holds stays, also what it tells of single signatures (VRI).

    Raises:
        RefusedError: The store cannot be read.
    """
    with refusing_what_cannot_be_read():
        root = pdf.root
        store = value_of(root, "/DSS")
        held = DictionaryObject() if store is None else store
        if not isinstance(held, DictionaryObject):
            raise PdfReadError("DSS is no dictionary")
        added = [
            _add(pdf, held, "/Certs", [value for one in data for value in one.certificates], DecodePurpose.CERTIFICATE),
            _add(pdf, held, "/CRLs", [value for one in data for value in one.crls], DecodePurpose.CRL),
            _add(pdf, held, "/OCSPs", [value for one in data for value in one.ocsps], DecodePurpose.OCSP_RESPONSE),
        ]
        if store is None:
            root["/DSS"] = pdf.add(held)
            pdf.change(root)
        elif any(added):
            pdf.change(held)


def _add(pdf: GrowingPdf, store: DictionaryObject, key: str, values: Iterable[bytes], purpose: DecodePurpose) -> bool:
    array = value_of(store, key) or ArrayObject()
    if not isinstance(array, ArrayObject):
        raise PdfReadError(f"{key} is no array")
    known = {_digest(one.get_object(), purpose) for one in array}
    fresh = {hashlib.sha256(value).digest(): value for value in values}
    added = [StreamObject(stream_data=value) for digest, value in fresh.items() if digest not in known]
    if added:
        # an array of its own: one that stands elsewhere may be shared
        store[key] = ArrayObject([*array, *map(pdf.add, added)])
    return bool(added)


def _digest(stream: object, purpose: DecodePurpose) -> bytes:
    if not isinstance(stream, StreamObject):
        raise PdfReadError("DSS holds what is no stream")
    return hashlib.sha256(stream.read_data(purpose)).digest()
