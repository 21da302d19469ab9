"""The list of a batch's documents, one line each, for people and programs: which files of it are in the tree.

A line is divided by tabs: document, version, then name and digest (hexadecimal) of each file. A line without files is of a
document that could not be read when a tree was made anew: its evidence ends with the tree before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from signflow.archive.mets import METS_NAME
from signflow.archive.package import FOLDERS, SIGNED_PDF, FileRole
from signflow.errors import IntegrityError

_JWT = ".jwt"  # a validation token stands beside the evidence of who signed


@dataclass(frozen=True, slots=True)
class Leaf:
    """A document in a batch.

    Attributes:
        document_id: Its name in the house.
        version: Which version of it.
        files: Name in the package → digest, hexadecimal; in the order of the names.
    """

    document_id: str
    version: int
    files: Mapping[str, str]

    def to_line(self) -> str:
        """Its line, with the line break."""
        pairs = [part for pair in self.files.items() for part in pair]
        return "\t".join([self.document_id, str(self.version), *pairs]) + "\n"


def read_leaves(lines: Iterable[bytes]) -> Iterator[Leaf]:
    """The documents of a list, one after another.

    Raises:
        IntegrityError: `evidence-leaves-unreadable`: a line is not of that form.
    """
    for number, line in enumerate(lines, start=1):
        try:
            document_id, version, *pairs = line.decode().rstrip("\n").split("\t")
            files = dict(zip(pairs[::2], pairs[1::2], strict=True))
            yield Leaf(document_id, int(version), files)
        except ValueError as error:
            raise IntegrityError("evidence-leaves-unreadable", line=number) from error


def evidence_names(state: Iterable[str]) -> tuple[str, ...]:
    """Which files of a version stand in its leaf: the signed PDF, what was found of its signatures, and the METS document.

    The METS document names every other file of the package with its digest. The others are named beside it because
    they are handed out alone, and must then be provable alone.
    """
    found = (name for name in state if name.startswith(FOLDERS[FileRole.VALIDATION]) or _is_token(name))
    return tuple(sorted({SIGNED_PDF, METS_NAME, *found}))


def _is_token(name: str) -> bool:
    return name.startswith(FOLDERS[FileRole.EVIDENCE]) and name.endswith(_JWT)
