"""What a provider sends, read within bounds: JSON that says nothing twice, and texts that can be shown.

What is not as it must be is a ValueError that names where; what was sent never stands in it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

_LONGEST_TEXT = 2_000


def read_object(data: bytes | str) -> Mapping[str, Any]:
    """The JSON object.

    Raises:
        ValueError: It is none, holds a name twice or a number that is none, or is nested too deeply.
    """
    try:
        value = json.loads(data, object_pairs_hook=_without_doubles, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError("json") from None  # the error of the parser would hold what was sent
    if not isinstance(value, dict):
        raise ValueError("json")  # noqa: TRY004 -- what came is wrong, not what was called
    return value


def text(members: Mapping[str, Any], name: str, *, longest: int = _LONGEST_TEXT) -> str:
    """The text under that name; empty if there is none.

    Raises:
        ValueError: It is no text, too long, or holds what cannot be printed.
    """
    value = members.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ValueError(name)
    return value


def texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The texts in the list under that name; none if there is no list.

    Raises:
        ValueError: It is something else.
    """
    value = members.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(name)
    return tuple(value)


def base64url(data: bytes) -> str:
    """Source: RFC 7515, section 2."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(part: str) -> bytes:
    """The bytes, if they are written as `base64url` writes them.

    Raises:
        ValueError: They are not.
    """
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("base64url") from None
    if base64url(data) != part:  # padding, or bits that nobody reads
        raise ValueError("base64url")
    return data


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("name twice")
    return found


def _refuse(_: str) -> None:
    raise ValueError("number")
