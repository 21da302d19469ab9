"""The files that say which OCFL a folder follows (NAMASTE tags).

Source: OCFL 1.1, 3.2 and 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from signflow.archive.ocfl_validation.findings import NEWEST, VERSIONS, OcflFinding, Unjudged

_TAG = re.compile(r"(?P<kind>[^=/]*)=(?P<value>.*)", re.DOTALL)
_LONGEST_BYTES = 1000


@dataclass(frozen=True, slots=True)
class DeclarationRules:
    """How a declaration is named, and which codes say that it is not.

    Attributes:
        prefix: What its value begins with.
        namaste: It is no tag at all.
        count: There is not exactly one.
        pattern: It is no `T=dvalue`.
        kind: Its `T` is not 0.
        value: Its `dvalue` is not the prefix and a version.
        content: It does not hold its `dvalue` and a line feed.
    """

    prefix: str
    namaste: str
    count: str
    pattern: str
    kind: str
    value: str
    content: str


OBJECT = DeclarationRules("ocfl_object_", "E002", "E003", "E004", "E005", "E006", "E007")
ROOT = DeclarationRules("ocfl_", "E075", "E076", "E077", "E078", "E079", "E080")


def looks_like_one(name: str) -> bool:
    """Whether somebody may have meant that file to be a declaration."""
    return _TAG.fullmatch(name) is not None or name.startswith(("ocfl_object", "0ocfl_"))


def declared_version(names: Collection[str], rules: DeclarationRules) -> str:
    """The newest version that any of the files declares; empty if none does."""
    return max((version for version in VERSIONS if f"0={rules.prefix}{version}" in names), default="")


def check_declarations(
    folder: Path, names: Collection[str], rules: DeclarationRules
) -> tuple[str, list[OcflFinding], list[Unjudged]]:
    """The version that the folder follows, the newest where none is declared; and what is wrong with saying so.

    Args:
        folder: Where they stand.
        names: The files directly in it.
        rules: What it should be.
    """
    meant = sorted(name for name in names if looks_like_one(name))
    findings = [OcflFinding(name, code) for name in meant for code in _misnamed(name, rules)]
    unjudged = list[Unjudged]()
    good = [name for name in meant if not _misnamed(name, rules)]
    if len(good) != 1:
        findings.append(OcflFinding("", rules.count, ", ".join(meant)))
        if not good and rules is ROOT:
            findings.append(OcflFinding("", "E069", ", ".join(meant)))
    for name in good:
        try:
            with (folder / name).open("rb") as file:
                content = file.read(_LONGEST_BYTES)
        except OSError as error:
            unjudged.append(Unjudged(name, error.strerror or type(error).__name__))
            continue
        if content != f"{name[2:]}\n".encode():
            findings.append(OcflFinding(name, rules.content))
    return declared_version(good, rules) or NEWEST, findings, unjudged


def _misnamed(name: str, rules: DeclarationRules) -> list[str]:
    tag = _TAG.fullmatch(name)
    if tag is None:
        return [rules.namaste, rules.pattern]
    codes = list[str]()
    if tag["kind"] != "0":
        codes.append(rules.kind)
    if tag["value"] not in {f"{rules.prefix}{version}" for version in VERSIONS}:
        codes.append(rules.value)
    return codes
