"""Where a storage root's layout says that an object lies, for the layouts that need nothing but its identifier.

Source: OCFL extensions 0002, 0003 and 0004.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from typing import Any

_PLAIN = frozenset(string.ascii_letters + string.digits + "-_")
_NAME_CHARACTERS = 100
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "0002-flat-direct-storage-layout": {},
    "0003-hash-and-id-n-tuple-storage-layout": {"digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3},
    "0004-hashed-n-tuple-storage-layout": {
        "digestAlgorithm": "sha256",
        "tupleSize": 3,
        "numberOfTuples": 3,
        "shortObjectRoot": False,
    },
}


def object_path(object_id: str, extension: str, configuration: Mapping[str, Any]) -> str | None:
    """Where the object lies, relative to the storage root; None if the layout or its configuration is not known here."""
    if extension not in _DEFAULTS:
        return None
    if not _DEFAULTS[extension]:
        return object_id
    chosen = {**_DEFAULTS[extension], **{key: value for key, value in configuration.items() if key != "extensionName"}}
    try:
        digest = hashlib.new(chosen["digestAlgorithm"], _utf8(object_id)).hexdigest()
        size, count = int(chosen["tupleSize"]), int(chosen["numberOfTuples"])
    except (ValueError, TypeError, OverflowError):
        return None
    if (size == 0) != (count == 0) or size < 0 or count < 0 or size * count > len(digest):
        return None
    tuples = [digest[place : place + size] for place in range(0, size * count, size or 1)]
    if extension.startswith("0004"):
        name = digest[size * count :] if chosen["shortObjectRoot"] is True else digest
    else:
        name = _encoded(object_id)
        name = f"{name[:_NAME_CHARACTERS]}-{digest}" if len(name) > _NAME_CHARACTERS else name
    return "/".join((*tuples, name))


def _encoded(text: str) -> str:
    return "".join(sign if sign in _PLAIN else "".join(f"%{byte:02x}" for byte in _utf8(sign)) for sign in text)


def _utf8(text: str) -> bytes:
    """Also of half a character, which JSON can write and a stranger may have written."""
    return text.encode("utf-8", "surrogatepass")
