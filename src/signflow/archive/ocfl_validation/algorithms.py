"""The digest algorithms that OCFL knows, and the digests of a file in several of them at once.

Source: OCFL 1.1, 3.4; extension 0009, digest algorithms.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol


class _Digester(Protocol):
    @property
    def digest_size(self) -> int: ...
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


CONTENT_ADDRESSING = frozenset({"sha512", "sha256"})
_CHUNK_BYTES = 1 << 20
_SIZE = "size"
_DIGESTERS: Mapping[str, Callable[[], _Digester]] = {
    "md5": partial(hashlib.md5, usedforsecurity=False),
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "sha512/256": partial(hashlib.new, "sha512_256"),
    "blake2b-512": hashlib.blake2b,
    "blake2b-160": partial(hashlib.blake2b, digest_size=20),
    "blake2b-256": partial(hashlib.blake2b, digest_size=32),
    "blake2b-384": partial(hashlib.blake2b, digest_size=48),
}
KNOWN = frozenset({*_DIGESTERS, _SIZE})
ENCODING_CODES = {"sha1": "E029", "sha256": "E030", "sha512": "E031", "blake2b-512": "E032"}
"""The code for a digest that is not written as that algorithm's must be."""


def is_digest(text: str, algorithm: str) -> bool:
    """Whether the text can be a digest of that algorithm: hexadecimal, of its length, in either case."""
    if algorithm == _SIZE:
        return text.isascii() and text.isdecimal()
    return re.fullmatch(f"[0-9a-fA-F]{{{_DIGESTERS[algorithm]().digest_size * 2}}}", text) is not None


def digests_of(path: Path, algorithms: Collection[str]) -> dict[str, str]:
    """The file's digests, in small letters, read once in pieces of a megabyte.

    Raises:
        OSError: It cannot be read.
    """
    digesters = {name: _DIGESTERS[name]() for name in algorithms if name != _SIZE}
    size = 0
    with path.open("rb") as source:
        # A page cache that still holds the right bytes must not hide a disk that has lost them.
        os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := source.read(_CHUNK_BYTES):
            size += len(chunk)
            for one in digesters.values():
                one.update(chunk)
    return {**{name: one.hexdigest() for name, one in digesters.items()}, _SIZE: str(size)}
