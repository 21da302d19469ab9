"""What a path in an inventory must be, so that it leads nowhere else.

Source: OCFL 1.1, 3.5.2 (content paths) and 3.5.3.1 (logical paths).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator


def check_path(path: str, elements_code: str, ends_code: str) -> Iterator[str]:
    """The codes of what is wrong with a path: with its elements, and with how it begins and ends."""
    if not path:
        yield elements_code
        return
    if path.startswith("/") or path.endswith("/"):
        yield ends_code
    if any(element in {"", ".", ".."} for element in path.strip("/").split("/")):
        yield elements_code


def conflicts(paths: Collection[str]) -> Iterator[str]:
    """Paths that stand there twice, or that are a file here and a folder there."""
    once = set[str]()
    for path in paths:
        if path in once:
            yield path
        once.add(path)
    folders = {path[:place] for path in once for place, sign in enumerate(path) if sign == "/"}
    yield from sorted(once & folders)
