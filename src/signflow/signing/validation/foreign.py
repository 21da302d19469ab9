"""A second opinion on what was appended to a file that does more than sign: pyHanko's.

The closed list of `differences` is short. What other programs leave behind, metadata and filled-in forms among it, is
judged by pyHanko's standard policy, within bounds: it looks at every object. What it permits and may still deceive is not
let pass: see `deceptions`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from signflow.errors import RefusedError
from signflow.signing.reading import PARSER_ERRORS, open_pdf
from signflow.signing.report import Changes
from signflow.signing.validation.deceptions import deceives
from signflow.signing.validation.fields import SignatureField
from signflow.signing.validation.objects import MalformedError, Value
from signflow.signing.validation.revisions import Document

_FILLING = ModificationLevel.FORM_FILLING.value
_LEVELS = frozenset(one.value for one in MDPPerm)

LIMIT_BYTES = 50_000_000
LIMIT_COMPARED = 100_000
"""Objects that are looked at, each once for every later revision and signature; about half a minute."""

_LIMIT_PACKED = 4_000
"""Objects in one object stream; pyHanko goes through all of them for each."""


class SecondOpinion:
    """pyHanko's view of the file, opened when it is first needed."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._reader: PdfFileReader | None = None
        self._objects = sum(len(revision.entries) for revision in document.revisions)
        self._left = LIMIT_COMPARED

    def judge(self, signature: SignatureField) -> Changes:
        """What was appended after the revision of the signature. What cannot be judged is not permitted."""
        later = self._document.last - signature.revision
        self._left -= self._objects * later
        try:
            permissions = permissions_of(self._document, signature)
            reader = self._open()
            if any(deceives(self._document, index) for index in range(signature.revision + 1, self._document.last + 1)):
                return Changes.FORBIDDEN
            result = DEFAULT_DIFF_POLICY.review_file(
                reader,
                reader.xrefs.total_revisions - 1 - later,
                field_mdp_spec=_locked_fields(reader, signature),
                doc_mdp=MDPPerm(permissions) if permissions else None,
            )
        except (*PARSER_ERRORS, RefusedError):
            return Changes.FORBIDDEN
        allowed = min(permissions or _FILLING, _FILLING)
        permitted = isinstance(result, DiffResult) and result.modification_level.value <= allowed
        return Changes.PERMITTED if permitted else Changes.FORBIDDEN

    def _open(self) -> PdfFileReader:
        if self._left < 0:
            raise MalformedError("too much to compare")
        if self._reader is None:
            entries = [one for revision in self._document.revisions for one in revision.entries.values()]
            packed = Counter(one.place for one in entries if one.kind == "packed")
            if len(self._document.data) > LIMIT_BYTES or max(packed.values(), default=0) > _LIMIT_PACKED:
                raise MalformedError("too much to compare")
            for container in packed:
                _require_end(self._document.packed(container, self._document.last).data)
            _require_end(self._document.data)
            self._reader = open_pdf(self._document.data)
        return self._reader


def permissions_of(document: Document, signature: SignatureField) -> int:
    """What a signature allows afterwards: DocMDP level 1 to 3; 0 when it says nothing.

    Raises:
        MalformedError: It says something else.

    Source: ISO 32000-2, 12.8.2.2 and table 235.
    """
    found: list[Value] = []
    lock = document.resolved(signature.field.get("/Lock"), document.last)
    if isinstance(lock, dict) and "/P" in lock:
        found.append(lock["/P"])
    references = document.resolved(signature.value.get("/Reference"), document.last)
    for reference in references if isinstance(references, list) else ():
        entries = document.resolved(reference, document.last)
        if isinstance(entries, dict) and entries.get("/TransformMethod") == "/DocMDP":
            parameters = document.resolved(entries.get("/TransformParams"), document.last)
            found.append(parameters.get("/P", MDPPerm.FILL_FORMS.value) if isinstance(parameters, dict) else None)
    levels = [one for one in found if isinstance(one, int) and one in _LEVELS]
    if len(levels) != len(found):
        raise MalformedError("permissions")
    return min(levels, default=0)


def _locked_fields(reader: PdfFileReader, signature: SignatureField) -> FieldMDPSpec | None:
    value: Any = reader.get_object(Reference(signature.number, 0, reader))
    for reference in value.get("/Reference", ()):
        entries = reference.get_object()
        if entries["/TransformMethod"] == "/FieldMDP":
            return FieldMDPSpec.from_pdf_object(entries["/TransformParams"])
    return None


def _require_end(data: bytes) -> None:
    """PyHanko reads on for ever in a comment that no line end closes."""
    last = data[max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 :].strip()
    if b"%" in last and last != b"%%EOF":
        raise MalformedError("a comment without end")
