"""JSON as it was written, with the keys that a reader would have lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

LARGEST_BYTES = 100_000_000
"""An inventory that is larger is not judged; one of 100 000 files has about 40 MB."""
MOST_MARKS = 5_000_000
"""Commas and brackets: what an inventory takes in memory follows from them, and one of 100 000 files has half a million."""


class Block(dict[str, Any]):
    """An object, and which of its keys were written more than once."""

    twice: frozenset[str] = frozenset()


class TooLargeError(Exception):
    """It would take more memory than an inventory may."""


def read_json(data: bytes) -> Any:
    """What the bytes say; objects are `Block`.

    Raises:
        ValueError: It is no JSON, not in UTF-8, or nested too deep to be read.
        TooLargeError: It has more parts than are read.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_MARKS:
        raise TooLargeError
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_block, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def shown(value: Any) -> str:
    """A value for people, whatever it is and however large."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{…}"
    return "[…]" if isinstance(value, list) else json.dumps(value)


def _block(pairs: list[tuple[str, Any]]) -> Block:
    block = Block(pairs)
    if len(block) != len(pairs):
        block.twice = frozenset(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    return block


def _refuse(constant: str) -> None:
    raise ValueError(constant)
