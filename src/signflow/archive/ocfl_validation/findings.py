"""What a validation finds: codes of the specification, each with the place where it is broken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NEWEST = "1.1"
VERSIONS = ("1.0", NEWEST)
"""The versions of the specification that are known here, the oldest first."""


class Kind(StrEnum):
    """What was looked at."""

    OBJECT = "object"
    ROOT = "root"


@dataclass(frozen=True, slots=True, order=True)
class OcflFinding:
    """One rule broken in one place.

    Attributes:
        path: Where, relative to what was validated; empty for the folder itself.
        code: Of the specification, `E001` or `W001`.
        what: The value, key or name that breaks it, as it stands there; empty if the place says all.
    """

    path: str
    code: str
    what: str = ""

    @property
    def is_error(self) -> bool:
        """Whether a MUST is broken, and not a SHOULD."""
        return self.code.startswith("E")

    def under(self, folder: str) -> OcflFinding:
        """The same, seen from a folder further up."""
        return OcflFinding("/".join(part for part in (folder, self.path) if part), self.code, self.what)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What could not be read, so that nothing can be said of it.

    Attributes:
        path: Where.
        reason: What the system said.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class OcflReport:
    """What was found.

    Attributes:
        kind: Whether it was an object or a storage root.
        version: Of the specification that it says it follows; the newest where it does not say.
        objects: How many objects were looked at.
        findings: By place, then code; each once.
        unjudged: What could not be read.
    """

    kind: Kind
    version: str
    objects: int
    findings: tuple[OcflFinding, ...]
    unjudged: tuple[Unjudged, ...]

    @property
    def is_valid(self) -> bool:
        """Whether all was read and no MUST is broken."""
        return not self.unjudged and not any(finding.is_error for finding in self.findings)
