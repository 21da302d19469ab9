"""Bytes as files to keep, and values that are kept between requests."""

from __future__ import annotations

import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar
from urllib.parse import quote

from starlette.responses import Response

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
