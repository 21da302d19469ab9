"""What a fixity check found: for each object its faults, and what stands outside every object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from signflow.archive.layout import EVIDENCE_PREFIX


class FaultKind(StrEnum):
    """What is wrong with a file."""

    MISSING = "missing"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class FixityFault:
    """One thing that is not as it was stored; the path is relative to the object, or to the storage root for strays."""

    kind: FaultKind
    path: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ObjectFixity:
    """The result for one object.

    Attributes:
        document_id: Which document it is, as far as the object can still say.
        object_path: Where it lies, relative to the storage root.
        files: How many files were looked at.
        faults: What is wrong; empty means all is as it was stored.
    """

    document_id: str
    object_path: str
    files: int
    faults: tuple[FixityFault, ...]

    @property
    def ok(self) -> bool:
        """Whether all is as it was stored."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class FixityReport:
    """The result for all objects that were to be looked at: `checked` + `failed` = `total`.

    Attributes:
        objects: One result each, in the order of their paths.
        strays: What stands in the storage root outside every object and does not belong to it.
    """

    objects: tuple[ObjectFixity, ...]
    strays: tuple[FixityFault, ...] = ()

    @property
    def total(self) -> int:
        """How many objects were to be looked at."""
        return len(self.objects)

    @property
    def batches(self) -> int:
        """How many of them are evidence batches."""
        return sum(result.document_id.startswith(EVIDENCE_PREFIX) for result in self.objects)

    @property
    def documents(self) -> int:
        """How many of them are documents."""
        return self.total - self.batches

    @property
    def checked(self) -> int:
        """How many of them are as they were stored."""
        return sum(result.ok for result in self.objects)

    @property
    def failed(self) -> int:
        """How many are not."""
        return self.total - self.checked

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong anywhere."""
        return not self.failed and not self.strays


def missing_object(document_id: str, object_path: str) -> ObjectFixity:
    """The result for an object that ought to be there and is not."""
    return ObjectFixity(document_id, object_path, 0, (FixityFault(FaultKind.MISSING, object_path),))
