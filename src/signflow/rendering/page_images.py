"""The pages of a PDF as images, drawn from exactly its bytes."""

from __future__ import annotations

import io
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import pypdfium2
from PIL import Image

from signflow.errors import NotFoundError, RefusedError

MOST_PAGES = 1000
PAGE_WIDTH_PX = 1400
SMALLEST_WIDTH_PX, LARGEST_WIDTH_PX = 50, 2400
_LARGEST_HEIGHT_PX = 4 * LARGEST_WIDTH_PX

# PDFium keeps state for the whole process and must not be entered by two threads at once.
_pdfium = threading.Lock()


def page_count(pdf: bytes) -> int:
    """How many pages it has.

    Raises:
        RefusedError: It cannot be read (`pdf-unreadable`), or has more than a thousand pages (`pdf-too-long`).
    """
    with _opened(pdf) as document:
        return len(document)


def page_image(pdf: bytes, page: int, width_px: int) -> bytes:
    """A page as PNG with its signatures, `width_px` wide.

    Args:
        pdf: The document.
        page: 1-based.
        width_px: 50–2400.

    Raises:
        NotFoundError: There is no such page (`page-unknown`).
        RefusedError: The document cannot be read (`pdf-unreadable`) or is too long (`pdf-too-long`), the width is not
            one that is drawn, or the page is more than four times as high as the largest width (`page-image-size`).
    """
    if not SMALLEST_WIDTH_PX <= width_px <= LARGEST_WIDTH_PX:
        raise RefusedError("page-image-size", smallest=SMALLEST_WIDTH_PX, largest=LARGEST_WIDTH_PX)
    with _opened(pdf) as document:
        if not 1 <= page <= len(document):
            raise NotFoundError("page-unknown", page=page, pages=len(document))
        document.init_forms()  # draws what stands in signature fields
        sheet = document[page - 1]
        width, height = sheet.get_size()
        if width <= 0 or height * width_px / width > _LARGEST_HEIGHT_PX:
            raise RefusedError("page-image-size", smallest=SMALLEST_WIDTH_PX, largest=LARGEST_WIDTH_PX)
        image = cast("Image.Image", sheet.render(scale=width_px / width).to_pil())
    packed = io.BytesIO()
    image.save(packed, "PNG", compress_level=1)  # a tenth larger than the default, and made in two thirds of its time
    return packed.getvalue()


@contextmanager
def _opened(pdf: bytes) -> Generator[pypdfium2.PdfDocument]:
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise RefusedError("pdf-unreadable", reason=str(error)) from error
        try:
            if len(document) > MOST_PAGES:
                raise RefusedError("pdf-too-long", pages=len(document), most=MOST_PAGES)
            yield document
        finally:
            document.close()
