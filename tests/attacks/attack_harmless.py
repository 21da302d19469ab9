"""The proof that a mutant which passes is none that matters."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pypdfium2
from attack_judges import judged
from attack_mutations import BASES, HEXADECIMAL, OTHERS, Mutant
from attack_papers import Papers
from attack_pdf import places
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdfium2 import PdfiumError

from signflow.signing.report import Indication, ValidationReport


@dataclass(frozen=True)
class Shown:
    """What a file is to one who reads it.

    Attributes:
        covered: Digest of the bytes that each signature and timestamp is over.
        objects: Digest of everything that can be reached from the catalog, signature values excepted.
        pages: Digest of what pdfium draws.
        signers: Who signed which field with which certificate, and when.
    """

    covered: tuple[str, ...]
    objects: str
    pages: str
    signers: frozenset[tuple[str, str, str, str]]


def harmless(papers: Papers, mutant: Mutant, report: ValidationReport) -> bool:
    """Whether the file shows, covers and says just what an honest one does.

    The bytes outside what is covered must be a hexadecimal string in each gap, and white space at the end.
    """
    for place in places(mutant.pdf):
        if not HEXADECIMAL.fullmatch(mutant.pdf[slice(*place.gap)]):
            return False
    end = max((place.numbers[2] + place.numbers[3] for place in places(mutant.pdf)), default=0)
    if mutant.pdf[end:].strip(b"\0\t\n\f\r "):
        return False
    return shown(mutant.pdf, report) in honestly_shown(papers)


@cache
def honestly_shown(papers: Papers) -> frozenset[Shown]:
    """What the honest files show: a splice of two may be a third."""
    made = [(pdf, judged(papers, pdf).report) for pdf in (getattr(papers, name) for name in (*BASES, *OTHERS))]
    return frozenset(shown(pdf, report) for pdf, report in made if report is not None)


def shown(pdf: bytes, report: ValidationReport) -> Shown:
    """What the file is to one who reads it."""
    passed = [one for one in report.signatures if one.indication is Indication.TOTAL_PASSED]
    return Shown(
        covered=tuple(
            hashlib.sha256(pdf[: place.gap[0]] + pdf[place.gap[1] : place.gap[1] + place.numbers[3]]).hexdigest()
            for place in places(pdf)
        ),
        objects=_objects(pdf),
        pages=_pages(pdf),
        signers=frozenset((one.field, one.signatory, one.certificate_digest, str(one.signed_at)) for one in passed),
    )


def _objects(pdf: bytes) -> str:
    try:
        walk = _Walk()
        walk.over(PdfFileReader(BytesIO(pdf), strict=False).trailer.raw_get("/Root"))
    except (PdfError, RecursionError) as error:
        return type(error).__name__
    return walk.running.hexdigest()


class _Walk:
    """Digests all objects in the order in which they are reached, each once, whatever their numbers are."""

    def __init__(self) -> None:
        self.running = hashlib.sha256()
        self._seen: dict[tuple[int, int], int] = {}

    def over(self, value: Any) -> None:
        if isinstance(value, generic.IndirectObject):
            key = (value.idnum, value.generation)
            if key in self._seen:
                self.running.update(b"again %d" % self._seen[key])
                return
            self._seen[key] = len(self._seen)
            value = value.get_object()
        if isinstance(value, generic.DictionaryObject):
            self._over_entries(value)
        elif isinstance(value, generic.ArrayObject):
            self.running.update(b"[%d" % len(value))
            for number in range(len(value)):
                self.over(value.raw_get(number))
        else:
            self.running.update(repr(value).encode())

    def _over_entries(self, value: Any) -> None:
        for name in sorted(value):
            if name == "/Contents" and "/ByteRange" in value:
                continue
            self.running.update(name.encode() + b"=")
            self.over(value.raw_get(name))
        if isinstance(value, generic.StreamObject):
            self.running.update(value.encoded_data)


def _pages(pdf: bytes) -> str:
    running = hashlib.sha256()
    try:
        document = pypdfium2.PdfDocument(pdf)
    except PdfiumError as error:
        return str(error)
    document.init_forms()
    for page in document:
        running.update(page.get_textpage().get_text_bounded().encode())
        running.update(page.render(scale=0.5).to_pil().tobytes())
    document.close()
    return running.hexdigest()
