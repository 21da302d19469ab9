"""Opening a PDF that anybody may have made."""

from __future__ import annotations

import struct
import zlib
from io import SEEK_END, BytesIO
from typing import BinaryIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from signflow.errors import RefusedError

LIMIT_BYTES = 200_000_000
"""More than minutes with appendices ever are; validation holds the whole file in memory."""

PARSER_ERRORS = (
    PdfError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    OverflowError,
    OSError,
    struct.error,
    zlib.error,
)
"""What pyHanko and asn1crypto have been seen to raise on bytes that are not what they claim to be."""


def open_pdf(pdf: bytes) -> PdfFileReader:
    """A reader for the bytes.

    Raises:
        RefusedError: They are too many, encrypted or no PDF.
    """
    return open_stream(BytesIO(pdf))


def open_stream(source: BinaryIO) -> PdfFileReader:
    """A reader for a file that can be searched; it reads what it is asked for.

    Raises:
        RefusedError: As `open_pdf`.
    """
    if source.seek(0, SEEK_END) > LIMIT_BYTES:
        raise RefusedError("pdf-unreadable", reason="too-large")
    try:
        reader = PdfFileReader(source)
        encrypted = reader.encrypted
        _ = reader.root["/Pages"]
    except PARSER_ERRORS as error:
        raise RefusedError("pdf-unreadable", reason=type(error).__name__) from error
    if encrypted:
        raise RefusedError("pdf-unreadable", reason="encrypted")
    return reader
