"""Bytes as files to keep, and a document's own bytes as pages to read."""

from __future__ import annotations

import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

from starlette.responses import Response

from signflow.blobs import BlobRef, Blobs
from signflow.rendering.page_images import page_count, page_image
from signflow.rendering.reading import item_headings, read_structure, structure_html

PAGE_WIDTH_PX = 1400
_MOST_IMAGE_BYTES = 64_000_000
_MOST_TEXT_LETTERS = 16_000_000

Key = TypeVar("Key")
Value = TypeVar("Value")


def download(data: bytes, media_type: str, filename: str) -> Response:
    """The bytes as a file of that name, never shown inside the browser."""
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition(filename)})


def disposition(filename: str) -> str:
    """The header that makes a file of that name of an answer, in letters of any language. Source: RFC 6266, RFC 8187."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = "".join(character if character.isalnum() or character in "-_. " else "_" for character in plain)
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(filename, safe='')}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A revision as a signatory sees it: how many pages, its text as HTML, and what its items are called."""

    pages: int
    html: str
    items: tuple[str, ...]


class Reading:
    """Pages and text of revisions, made when they are asked for and kept while there is room."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._images: Kept[tuple[str, int], bytes] = Kept(_MOST_IMAGE_BYTES, len)
        self._texts: Kept[str, Shown] = Kept(_MOST_TEXT_LETTERS, lambda shown: len(shown.html))

    def shown(self, revision: BlobRef) -> Shown:
        """What exactly these bytes say.

        Raises:
            RefusedError: They cannot be read.
            IntegrityError: They are not the bytes that were kept.
        """

        def read() -> Shown:
            pdf = self._blobs.get(revision)
            structure = read_structure(pdf)
            return Shown(page_count(pdf), structure_html(structure), item_headings(structure))

        return self._texts.get(revision.digest, read)

    def image(self, revision: BlobRef, page: int) -> bytes:
        """A page as PNG.

        Raises:
            NotFoundError: There is no such page.
            RefusedError: The bytes cannot be read.
            IntegrityError: They are not the bytes that were kept.
        """
        return self._images.get(
            (revision.digest, page), lambda: page_image(self._blobs.get(revision), page, PAGE_WIDTH_PX)
        )


class Kept(Generic[Key, Value]):
    """The values used last, up to a size; by digest, so none is ever out of date."""

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        """Nothing kept yet; later values of at most that size together, as `size` counts."""
        self._most = most
        self._size = size
        self._held = 0
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of that key, made now where it is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = made
                self._held += self._size(made)
            while self._held > self._most and len(self._values) > 1:
                _, dropped = self._values.popitem(last=False)
                self._held -= self._size(dropped)
        return made
