"""JSON as it was written, with the keys that a reader would have lost."""

from __future__ import annotations

import json
from typing import Any

LARGEST_BYTES = 256_000_000
"""An inventory that is larger is not judged; one of 100 000 files has about 30 MB."""


class Block(dict[str, Any]):
    """An object, and which of its keys were written more than once."""

    twice: frozenset[str] = frozenset()


def read_json(data: bytes) -> Any:  # noqa: ANN401 -- whatever stands there
    """What the bytes say; objects are `Block`.

    Raises:
        ValueError: It is no JSON, not in UTF-8, or nested too deep to be read.
    """
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_block, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _block(pairs: list[tuple[str, Any]]) -> Block:
    block = Block(pairs)
    if len(block) != len(pairs):
        names = [name for name, _ in pairs]
        block.twice = frozenset(name for name in block if names.count(name) > 1)
    return block


def _refuse(constant: str) -> None:
    raise ValueError(constant)
