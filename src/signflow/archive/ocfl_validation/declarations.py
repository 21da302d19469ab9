"""The files that say which OCFL a folder follows (NAMASTE tags).

Source: OCFL 1.1, 3.2 and 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from signflow.archive.ocfl_validation.findings import NEWEST, VERSIONS, Findings, Unjudged
from signflow.archive.ocfl_validation.tree import read_start, reason_of

_TAG = re.compile(r"(?P<kind>[^=/]*)=(?P<value>.*)", re.DOTALL)
_MEANT = re.compile(r"0=.*|[^=/]*=ocfl_.*|0?ocfl_object.*|0ocfl_.*", re.DOTALL)
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
    """Whether somebody may have meant that file to be a declaration; other tags (`1=`, who, and so on) are none."""
    return _MEANT.fullmatch(name) is not None


def check_declarations(
    folder: Path, names: Collection[str], rules: DeclarationRules, findings: Findings, unjudged: list[Unjudged]
) -> str:
    """The version that the folder follows; the newest where none is declared.

    Args:
        folder: Where they stand.
        names: The files directly in it.
        rules: What it should be.
        findings: Takes what is wrong with saying so.
        unjudged: Takes what cannot be read.
    """
    meant = sorted(name for name in names if looks_like_one(name))
    good = list[str]()
    for name in meant:
        wrong = _misnamed(name, rules)
        for code in wrong:
            findings.add(name, code)
        if not wrong:
            good.append(name)
    if len(good) != 1:
        findings.add("", rules.count, ", ".join(meant))
    if not good and rules is ROOT:
        findings.add("", "E069", ", ".join(meant))
    for name in good:
        try:
            content = read_start(folder / name, _LONGEST_BYTES)
        except OSError as error:
            unjudged.append(Unjudged(name, reason_of(error)))
            continue
        if content != f"{name[2:]}\n".encode():
            findings.add(name, rules.content)
    return max((name.rpartition("_")[2] for name in good), default=NEWEST)


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
