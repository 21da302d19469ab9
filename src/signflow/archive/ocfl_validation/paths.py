"""What a path in an inventory must be, so that it leads nowhere else.

Source: OCFL 1.1, 3.5.2 (content paths) and 3.5.3.1 (logical paths).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

_BAD_ELEMENT = re.compile(r"(?:^|/)\.{0,2}(?:/|\Z)")
_ORDER = str.maketrans({"/": "\0", "\0": "\1a", "\1": "\1b"})


def check_path(path: str, elements_code: str, ends_code: str) -> Iterator[str]:
    """The codes of what is wrong with a path: with its elements, and with how it begins and ends."""
    if not path:
        yield elements_code
        return
    if path.startswith("/") or path.endswith("/"):
        yield ends_code
    if _BAD_ELEMENT.search(path.removeprefix("/").removesuffix("/")):
        yield elements_code


def conflicts(paths: Iterable[str]) -> Iterator[str]:
    """Paths that stand there twice, or that are a file here and a folder there."""
    # With the separator before all other signs, what lies below a path follows it at once.
    for path, after in pairwise(sorted(paths, key=lambda one: one.translate(_ORDER))):
        if after == path or after.startswith(f"{path}/"):
            yield path
