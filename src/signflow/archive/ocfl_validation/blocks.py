"""What an inventory says, as far as it can be understood; and how its parts are looked at.

Source: OCFL 1.1, 3.5.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from signflow.archive.ocfl_validation.findings import ONLY_IN_1_1, Findings
from signflow.archive.ocfl_validation.strict_json import Block, shown

NAME = "inventory.json"
DEFAULT_CONTENT = "content"
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_VERSION_NAME = re.compile(r"v(0*[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Version:
    """A version block.

    Attributes:
        digests: The keys of its state, as they stand there.
        state: Logical path → digest in small letters.
        told: What is told of it, as it stands there.
    """

    digests: frozenset[str] = frozenset()
    state: Mapping[str, str] = field(default_factory=dict[str, str])
    told: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(slots=True)
class Inventory:
    """What an inventory says.

    Attributes:
        path: Where it stands in the object.
        rules: The version of the specification that it is judged by: its type's, or else the object's.
        findings: Takes what is wrong.
        spec: Which version of the specification its type names; empty if none that is known.
        object_id: Its `id`; empty if it has none.
        algorithm: Of its digests; empty if it names none that may address content.
        head: As it stands there.
        content: The name of the content directory, if it sets one that can be.
        manifest: Content path → digest in small letters.
        fixity: Algorithm → content path → digest in small letters.
        versions: By name, as they stand there.
    """

    path: str
    rules: str
    findings: Findings
    spec: str = ""
    object_id: str = ""
    algorithm: str = ""
    head: str = ""
    content: str | None = None
    manifest: dict[str, str] = field(default_factory=dict[str, str])
    fixity: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    versions: dict[str, Version] = field(default_factory=dict[str, Version])

    @property
    def content_folder(self) -> str:
        """The name of the content directory."""
        return DEFAULT_CONTENT if self.content is None else self.content

    def add(self, code: str, value: object = "", place: str = "") -> None:
        """Note that a rule is broken, if the inventory's version of the specification has it."""
        if self.rules != "1.0" or code not in ONLY_IN_1_1:
            self.findings.add(self.path, code, ": ".join(part for part in (place, shown(value)) if part))

    def is_content(self, path: str) -> bool:
        """Whether a path lies in the content directory of a version that the inventory knows."""
        version, _, rest = path.partition("/")
        return version in self.versions and rest.startswith(f"{self.content_folder}/")


def number_of(name: str) -> int | None:
    """The number of a version of that name; None if no version can be named so."""
    found = _VERSION_NAME.fullmatch(name)
    return int(found[1]) if found else None


def check_keys(block: Block, allowed: Collection[str], inventory: Inventory, place: str = "") -> None:
    """E102 for keys of no meaning, E033 for those that stand there twice."""
    for key in sorted(block.keys() - set(allowed)):
        inventory.add("E102", key, place)
    for key in sorted(block.twice):
        inventory.add("E033", key, place)


def check_once(block: Block, inventory: Inventory, code: str) -> None:
    """The code for each digest that stands there twice, in whichever letters."""
    times = Counter(digest.lower() for digest in block)
    for digest in sorted({*block.twice, *(digest for digest, count in times.items() if count > 1)}):
        inventory.add(code, digest)


def listed(
    block: Block, inventory: Inventory, no_list: str, no_text: str, place: str = ""
) -> Iterator[tuple[str, str]]:
    """Every path with its digest; a code for what is no list of paths, and one for what is no path."""
    for digest, paths in block.items():
        if not isinstance(paths, list):
            inventory.add(no_list, digest, place)
            continue
        for path in cast("list[object]", paths):
            if isinstance(path, str):
                yield path, digest
            else:
                inventory.add(no_text, path, place)
