"""What any PDF says on its pages and of itself, tagged or not: for telling what a printed or re-saved file is a copy of."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.errors import PyPdfError

_MOST_PAGES = 400
_MOST_CHARACTERS = 3_000_000
_BROKEN = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class PageTexts:
    """What was found.

    Attributes:
        pages: The text of each page; of very many the first. Not what annotations show.
        about: What the metadata name it: identifier and title, those there are.
    """

    pages: tuple[str, ...]
    about: tuple[str, ...]


def read_page_texts(pdf: bytes) -> PageTexts:
    """As much as can be read; nothing of a file that cannot be."""
    pages, about, left = list[str](), list[str](), _MOST_CHARACTERS
    try:
        reader = PdfReader(io.BytesIO(pdf))
        about += _about(reader)
        for page in reader.pages[:_MOST_PAGES]:
            text = page.extract_text()[:left]
            left -= len(text)
            pages.append(text)
    except _BROKEN:
        pass  # what was read so far is of use
    return PageTexts(tuple(pages), tuple(about))


def _about(reader: PdfReader) -> list[str]:
    """From the XMP metadata and the Info dictionary."""
    try:
        xmp, info = reader.xmp_metadata, reader.metadata
        said = [xmp.dc_identifier if xmp else None, info.title if info else None, info.subject if info else None]
    except _BROKEN:
        return []
    return [str(one) for one in said if one]
