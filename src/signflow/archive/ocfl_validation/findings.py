"""What a validation finds: codes of the specification, each with the place where it is broken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

NEWEST = "1.1"
VERSIONS = ("1.0", NEWEST)
"""The versions of the specification that are known here, the oldest first."""
ONLY_IN_1_0 = frozenset({"E068", "E086"})
ONLY_IN_1_1 = frozenset({"E103", "E104", "E105", "E106", "E107", "E108", "E110", "E111", "E112", "W016"})
MOST_OF_A_CODE = 1000
"""Findings of one code that are kept; the others are counted."""
_LONGEST = 200


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
        what: The value, key or name that breaks it, as it stands there, at most 200 characters; empty if the place says all.
    """

    path: str
    code: str
    what: str = ""

    @property
    def is_error(self) -> bool:
        """Whether a MUST is broken, and not a SHOULD."""
        return self.code.startswith("E")


class Findings:
    """What has been found so far, each once, in bounded memory."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._kept: defaultdict[str, set[OcflFinding]] = defaultdict(set)
        self._more: Counter[str] = Counter()

    def add(self, path: str, code: str, what: str = "") -> None:
        """Note that a rule is broken."""
        finding = OcflFinding(path, code, what[:_LONGEST])
        kept = self._kept[code]
        if len(kept) < MOST_OF_A_CODE:
            kept.add(finding)
        elif finding not in kept:
            self._more[code] += 1

    def add_all(self, others: Findings, folder: str) -> None:
        """Take over what was found in a folder further down."""
        for finding in others.in_order():
            self.add("/".join(part for part in (folder, finding.path) if part), finding.code, finding.what)
        self._more.update(others.more)

    def in_order(self) -> tuple[OcflFinding, ...]:
        """By place, then code."""
        return tuple(sorted(finding for kept in self._kept.values() for finding in kept))

    @property
    def more(self) -> Mapping[str, int]:
        """Code → how many were not kept."""
        return dict(self._more)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What could not be read, so that nothing can be said of it.

    Attributes:
        path: Where.
        reason: What the system said; empty if it is larger than is read here.
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
        findings: By place, then code; each once, and at most 1000 of each code.
        more: Code → how many findings there are besides.
        unjudged: What could not be read.
    """

    kind: Kind
    version: str
    objects: int
    findings: tuple[OcflFinding, ...]
    more: Mapping[str, int]
    unjudged: tuple[Unjudged, ...]

    @property
    def is_valid(self) -> bool:
        """Whether all was read and no MUST is broken."""
        return not self.unjudged and not any(finding.is_error for finding in self.findings)


def source_of(code: str, version: str) -> str:
    """Where the specification has the rule, of the version that was followed or else of the one that has the code."""
    version = "1.0" if code in ONLY_IN_1_0 else "1.1" if code in ONLY_IN_1_1 else version
    return f"https://ocfl.io/{version}/spec/#{code}"
