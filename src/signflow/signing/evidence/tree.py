"""The hash tree of a batch, and the path from one leaf to its root.

Two hashes that stand beside each other are sorted, concatenated and hashed; the last of an odd row is taken into the row
above as it is. All hashes of a row lie in one run of bytes, so a tree of a million leaves takes about 64 MB.

Source: RFC 4998, section 4.2, steps 3 and 4 (generation), steps 1 to 3 (reduction).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Path: TypeAlias = tuple[bytes, ...]
"""The hashes beside a leaf and its ancestors, leaf first."""
ReducedTree: TypeAlias = tuple[tuple[bytes, ...], ...]
"""Lists of hashes; the first holds those of the data objects, each further one what lies beside the hash so far."""


def digest_bytes(data: bytes, digest: str) -> bytes:
    """The digest of that name."""
    return hashlib.new(digest, data).digest()


def group_digest(digests: Iterable[bytes], digest: str) -> bytes:
    """What stands for a group of data objects: their hashes sorted, concatenated and hashed; one alone stands as it is."""
    members = sorted(digests)
    return members[0] if len(members) == 1 else digest_bytes(b"".join(members), digest)


class HashTree:
    """A tree over leaves that are digests themselves.

    Args:
        leaves: One after the other, each as long as the digest.
        digest: Its name.

    Raises:
        ValueError: There is no leaf, or the length is no multiple of the digest's.
    """

    def __init__(self, leaves: bytes, digest: str) -> None:
        self.digest = digest
        self._width = hashlib.new(digest).digest_size
        if not leaves or len(leaves) % self._width:
            raise ValueError(len(leaves))
        self._rows = [leaves]
        while len(self._rows[-1]) > self._width:
            self._rows.append(self._row_above(self._rows[-1]))

    def __len__(self) -> int:
        """How many leaves."""
        return len(self._rows[0]) // self._width

    @property
    def root(self) -> bytes:
        """What the timestamp is over."""
        return self._rows[-1]

    def leaf(self, position: int) -> bytes:
        """The leaf at that position, from 0."""
        return self._rows[0][position * self._width : (position + 1) * self._width]

    def path(self, position: int) -> Path:
        """The path of the leaf at that position, from 0.

        Raises:
            IndexError: There is none.
        """
        if not 0 <= position < len(self):
            raise IndexError(position)
        path: list[bytes] = []
        for row in self._rows[:-1]:
            beside = (position ^ 1) * self._width
            if beside < len(row):
                path.append(row[beside : beside + self._width])
            position >>= 1
        return tuple(path)

    def _row_above(self, row: bytes) -> bytes:
        width, make = self._width, getattr(hashlib, self.digest)
        above = bytearray()
        paired = len(row) - len(row) % (2 * width)
        for start in range(0, paired, 2 * width):
            left, right = row[start : start + width], row[start + width : start + 2 * width]
            above += make(left + right if left <= right else right + left).digest()
        return bytes(above + row[paired:])


def reduce_tree(group: Sequence[bytes], path: Path) -> ReducedTree:
    """The reduced hash tree of a group at the end of that path; empty where the one hash is itself the root.

    A group of several has the first list to itself; a hash alone shares it with what stands beside it.
    """
    if len(group) > 1:
        return (tuple(sorted(group)), *((one,) for one in path))
    return (tuple(sorted((*group, path[0]))), *((one,) for one in path[1:])) if path else ()


def root_of(reduced: ReducedTree, digest: str) -> bytes:
    """The root that a reduced hash tree leads to. Source: RFC 4998, section 4.3, step 3.

    Raises:
        ValueError: It is empty.
    """
    if not reduced:
        raise ValueError(reduced)
    first, *further = reduced
    above = digest_bytes(b"".join(sorted(first)), digest)
    for beside in further:
        above = digest_bytes(b"".join(sorted((above, *beside))), digest)
    return above
