"""Where an object lies in the storage root, and which document it is.

Source: OCFL extension 0003, hashed truncated n-tuple trees with object ID encapsulating directory; its defaults.
"""

from __future__ import annotations

import hashlib
import json
import string
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

EXTENSION = "0003-hash-and-id-n-tuple-storage-layout"
OBJECT_DEPTH = 4
LAYOUT = {
    "extension": EXTENSION,
    "description": "Three folders from the SHA-256 of the object's identifier, then a folder named after the identifier",
}
CONFIGURATION = {"extensionName": EXTENSION, "digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3}
ID_PREFIX = "info:signflow/"
EVIDENCE_PREFIX = "info:signflow-evidence/"
_PLAIN = frozenset(string.ascii_letters + string.digits + "-_")
_NAME_CHARACTERS = 100


def object_id_of(document_id: str) -> str:
    """The object's identifier, a URI."""
    return ID_PREFIX + document_id


def document_id_of(object_id: str) -> str:
    """The document's name in the house; an object that others put there goes by its own identifier."""
    return object_id.removeprefix(ID_PREFIX)


def evidence_id_of(number: int) -> str:
    """The identifier of the object of an evidence batch."""
    return f"{EVIDENCE_PREFIX}{number:06}"


def evidence_number_of(object_id: str) -> int | None:
    """Which evidence batch the object is; None if it is none."""
    number = object_id.removeprefix(EVIDENCE_PREFIX)
    return int(number) if number != object_id and number.isascii() and number.isdecimal() else None


def object_path_of(object_id: str) -> PurePosixPath:
    """Where the object lies, relative to the storage root."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    name = "".join(
        character if character in _PLAIN else "".join(f"%{byte:02x}" for byte in character.encode())
        for character in object_id
    )
    if len(name) > _NAME_CHARACTERS:
        name = f"{name[:_NAME_CHARACTERS]}-{digest}"
    return PurePosixPath(digest[0:3], digest[3:6], digest[6:9], name)


def document_id_at(object_path: Path | PurePosixPath) -> str:
    """The document by its folder's name alone, for an object that cannot say; a long name comes cut."""
    return document_id_of(unquote(object_path.name[:_NAME_CHARACTERS], errors="replace"))


def json_bytes(value: object) -> bytes:
    """How the storage root's own files are written."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
