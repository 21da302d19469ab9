"""How bytes are named while they travel: by digest, never by value.

A `BlobRef` goes into events, outbox rows and Prefect parameters; the bytes stay where the blob store keeps them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

PDF = "application/pdf"
JSON = "application/json"
MARKDOWN = "text/markdown"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def digest_of(data: bytes) -> str:
    """SHA-256 of the bytes, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(digest: str) -> str:
    """The short form of a digest that people compare by eye: its first 64 bits, `3f2a 9c01 77be 4d10`."""
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A sequence of bytes by name.

    Attributes:
        digest: SHA-256, 64 lower-case hexadecimal digits.
        size_bytes: Length.
        media_type: As registered with IANA.
    """

    digest: str
    size_bytes: int
    media_type: str


class Blobs(Protocol):
    """Keeps bytes by digest.

    What was put can be got, also after a crash, until the document is archived and what is sent of it afterwards has gone.
    """

    def put(self, data: bytes, media_type: str) -> BlobRef:
        """Store the bytes durably; storing the same bytes again is the same blob."""
        ...

    def get(self, ref: BlobRef) -> bytes:
        """The bytes.

        Raises:
            IntegrityError: They are missing, or not the bytes that were put.
        """
        ...
