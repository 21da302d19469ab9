"""An inventory, judged for itself: its keys, blocks, digests and paths.

Source: OCFL 1.1, 3.5.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from signflow.archive.ocfl_validation.algorithms import CONTENT_ADDRESSING, ENCODING_CODES, KNOWN, is_digest
from signflow.archive.ocfl_validation.findings import VERSIONS, OcflFinding
from signflow.archive.ocfl_validation.paths import check_path, conflicts
from signflow.archive.ocfl_validation.strict_json import Block, read_json

NAME = "inventory.json"
DEFAULT_CONTENT = "content"
VERSION_NAME = re.compile(r"v(0*[1-9][0-9]{0,8})")
_TYPE = re.compile(r"https://ocfl\.io/([0-9]+\.[0-9]+)/spec/#inventory")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:([0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_REQUIRED = ("id", "type", "digestAlgorithm", "head")
_KEYS = frozenset({*_REQUIRED, "contentDirectory", "manifest", "versions", "fixity"})
_VERSION_KEYS = frozenset({"created", "state", "message", "user"})
_USER_KEYS = frozenset({"name", "address"})


@dataclass(frozen=True, slots=True)
class Version:
    """A version block: logical path → digest in small letters, and what is told of it, as it stands there."""

    state: Mapping[str, str] = field(default_factory=dict[str, str])
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class Inventory:
    """What an inventory says as far as it can be understood, and what is wrong with it.

    Attributes:
        path: Where it stands in the object.
        spec: Which version of the specification its type names; empty if none that is known.
        object_id: Its `id`; empty if it has none.
        algorithm: Of its digests; empty if it names none that may address content.
        head: As it stands there.
        content: The name of the content directory, if it sets one that can be.
        manifest: Content path → digest in small letters.
        fixity: Algorithm → content path → digest in small letters.
        versions: By name, as they stand there.
        findings: What is wrong.
    """

    path: str
    spec: str = ""
    object_id: str = ""
    algorithm: str = ""
    head: str = ""
    content: str | None = None
    manifest: dict[str, str] = field(default_factory=dict[str, str])
    fixity: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    versions: dict[str, Version] = field(default_factory=dict[str, Version])
    findings: list[OcflFinding] = field(default_factory=list[OcflFinding])

    @property
    def content_folder(self) -> str:
        """The name of the content directory."""
        return DEFAULT_CONTENT if self.content is None else self.content

    def add(self, code: str, what: object = "") -> None:
        """Note that a rule is broken."""
        self.findings.append(OcflFinding(self.path, code, str(what)[:200]))


def number_of(name: str) -> int | None:
    """The number of a version of that name; None if no version can be named so."""
    found = VERSION_NAME.fullmatch(name)
    return int(found[1]) if found else None


def validate_inventory(data: bytes, path: str, declared: str) -> Inventory | None:
    """What the inventory says and what is wrong with it; None, with E033 to be noted, if it says nothing.

    Args:
        data: Its bytes.
        path: Where it stands in the object.
        declared: The version that the object declares: the inventory's own, where its type names none.
    """
    try:
        block = read_json(data)
    except ValueError:
        return None
    if not isinstance(block, Block):
        return None
    inventory = Inventory(path)
    _check_head(block, inventory, declared)
    rules = inventory.spec or declared
    _check_versions(block.get("versions"), inventory, present="versions" in block)
    _check_manifest(block.get("manifest"), inventory, rules, present="manifest" in block)
    if "fixity" in block:
        _check_fixity(block["fixity"], inventory, rules)
    return inventory


def _check_head(block: Block, inventory: Inventory, declared: str) -> None:
    for key in _REQUIRED:
        if key not in block:
            inventory.add("E036", key)
    for key in block.keys() - _KEYS:
        inventory.add("E102", key)
        if key.lower() == "fixity":
            inventory.add("E055", key)
    if block.twice:
        inventory.add("E033", ", ".join(sorted(block.twice)))
    _check_id(block, inventory)
    kind = block.get("type")
    found = _TYPE.fullmatch(kind) if isinstance(kind, str) else None
    if found and found[1] in VERSIONS:
        inventory.spec = found[1]
    elif "type" in block:
        inventory.add("E038", kind)
    algorithm = block.get("digestAlgorithm")
    if isinstance(algorithm, str) and algorithm in CONTENT_ADDRESSING:
        inventory.algorithm = algorithm
        if algorithm != "sha512":
            inventory.add("W004", algorithm)
    elif "digestAlgorithm" in block:
        inventory.add("E025", algorithm)
    head = block.get("head")
    if isinstance(head, str):
        inventory.head = head
    elif "head" in block:
        inventory.add("E040", head)
    _check_content_folder(block, inventory, inventory.spec or declared)


def _check_id(block: Block, inventory: Inventory) -> None:
    named = block.get("id")
    if isinstance(named, str) and named:
        inventory.object_id = named
        if not _URI.fullmatch(named):
            inventory.add("W005", named)
    elif "id" in block:
        inventory.add("E037", named)


def _check_content_folder(block: Block, inventory: Inventory, rules: str) -> None:
    if "contentDirectory" not in block:
        return
    named = block["contentDirectory"]
    if not isinstance(named, str) or not named or "/" in named:
        inventory.add("E017", named)
        if rules != "1.0":
            inventory.add("E108", named)
    elif named in {".", ".."}:
        inventory.add("E018", named)
    else:
        inventory.content = named


def _check_versions(block: Any, inventory: Inventory, *, present: bool) -> None:  # noqa: ANN401 -- whatever stands there
    if not present:
        for code in ("E041", "E043"):
            inventory.add(code, "versions")
        return
    if not isinstance(block, Block):
        for code in ("E044", "E045"):
            inventory.add(code, "versions")
        return
    if not block:
        inventory.add("E008")
    for name, version in block.items():
        if number_of(name) is None:
            inventory.add("E105" if name.startswith("v") else "E104", name)
            inventory.add("E046", name)
        elif not isinstance(version, Block):
            inventory.add("E047", name)
            inventory.versions[name] = Version()
        else:
            inventory.versions[name] = _version(version, name, inventory)
    _check_sequence(inventory)


def _check_sequence(inventory: Inventory) -> None:
    by_number = sorted(((number_of(name) or 0, name) for name in inventory.versions), key=lambda one: one[0])
    numbers = [number for number, _ in by_number]
    if not numbers:
        return
    if numbers[0] != 1:
        inventory.add("E009", by_number[0][1])
    for before, (number, name) in zip(numbers, by_number[1:], strict=False):
        if number != before + 1:
            inventory.add("E010", name)
    first = by_number[0][1]
    is_padded = first.startswith("v0")
    if is_padded:
        inventory.add("W001", first)
    for _, name in by_number[1:]:
        if is_padded and len(name) == len(first) and not name.startswith("v0"):
            inventory.add("E011", name)
        elif name.startswith("v0") != is_padded or (is_padded and len(name) != len(first)):
            inventory.add("E012", name)
            inventory.add("E013", name)
    if inventory.head and inventory.head != by_number[-1][1]:
        inventory.add("E040", inventory.head)


def _version(block: Block, name: str, inventory: Inventory) -> Version:
    for key in sorted(block.keys() - _VERSION_KEYS):
        inventory.add("E102", f"{name}: {key}")
    for key in ("created", "state"):
        if key not in block:
            inventory.add("E048", f"{name}: {key}")
    if "created" in block and not _is_instant(block["created"]):
        inventory.add("E049", f"{name}: {block['created']}")
    for key in ("message", "user"):
        if key not in block:
            inventory.add("W007", f"{name}: {key}")
    if "message" in block and not isinstance(block["message"], str):
        inventory.add("E094", name)
    if "user" in block:
        _check_user(block["user"], name, inventory)
    state = _state(block["state"], name, inventory) if "state" in block else {}
    return Version(state, {key: block.get(key) for key in ("created", "message", "user")})


def _check_user(user: Any, name: str, inventory: Inventory) -> None:  # noqa: ANN401 -- whatever stands there
    if not isinstance(user, Block) or not isinstance(user.get("name"), str) or not user["name"]:
        inventory.add("E054", name)
    if not isinstance(user, Block):
        return
    for key in sorted(user.keys() - _USER_KEYS):
        inventory.add("E102", f"{name}: user: {key}")
    address = user.get("address")
    if address is None:
        inventory.add("W008", name)
    elif not isinstance(address, str):
        inventory.add("E054", f"{name}: address")
    elif not _URI.fullmatch(address):
        inventory.add("W009", f"{name}: {address}")


def _state(state: Any, name: str, inventory: Inventory) -> dict[str, str]:  # noqa: ANN401 -- whatever stands there
    if not isinstance(state, Block):
        inventory.add("E050", name)
        return {}
    found = list[tuple[str, str]]()
    for digest, paths in state.items():
        if not isinstance(paths, list):
            inventory.add("E050", f"{name}: {digest}")
            continue
        for path in _texts(paths, inventory, "E051"):
            for code in check_path(path, "E052", "E053"):
                inventory.add(code, f"{name}: {path}")
            found.append((path, digest))
    for path in conflicts([path for path, _ in found]):
        inventory.add("E095", f"{name}: {path}")
    return dict(found)


def _check_manifest(block: Any, inventory: Inventory, rules: str, *, present: bool) -> None:  # noqa: ANN401 -- whatever stands there
    if not isinstance(block, Block):
        inventory.add("E106" if present and rules != "1.0" else "E041", "manifest")
        return
    algorithm = inventory.algorithm
    for digest in block:
        if algorithm and not is_digest(digest, algorithm):
            inventory.add(ENCODING_CODES[algorithm], digest)
            if any(is_digest(digest, other) for other in CONTENT_ADDRESSING):
                inventory.add("E039", digest)
    _check_once(block, inventory, "E096")
    pairs = list(_listed(block, inventory, "E092"))
    _check_content_paths([path for path, _ in pairs], inventory)
    inventory.manifest = {path: digest.lower() for path, digest in pairs}
    used = {digest for version in inventory.versions.values() for digest in version.state.values()}
    known = set(block) if rules != "1.0" else {digest.lower() for digest in block}
    for name, version in inventory.versions.items():
        for digest in sorted(set(version.state.values())):
            if (digest if rules != "1.0" else digest.lower()) not in known:
                inventory.add("E050", f"{name}: {digest}")
    if rules != "1.0":
        for digest in sorted(set(block) - used):
            inventory.add("E107", digest)
    inventory.versions = {
        name: Version({path: digest.lower() for path, digest in version.state.items()}, version.told)
        for name, version in inventory.versions.items()
    }


def _check_content_paths(paths: Sequence[str], inventory: Inventory) -> None:
    for path in paths:
        if "\\" in path and "/" not in path:
            inventory.add("E035", path)
        for code in check_path(path, "E099", "E100"):
            inventory.add(code, path)
        version, _, rest = path.partition("/")
        folder, _, name = rest.partition("/")
        if version not in inventory.versions:
            inventory.add("E042", path)
            same = {number_of(known) for known in inventory.versions} - {None}
            if number_of(version) in same:
                inventory.add("E014", path)
        elif folder != inventory.content_folder or not name:
            inventory.add("E042", path)
            if inventory.content is None:
                inventory.add("E021", path)
    for path in conflicts(paths):
        inventory.add("E101", path)


def _check_fixity(block: Any, inventory: Inventory, rules: str) -> None:  # noqa: ANN401 -- whatever stands there
    if not isinstance(block, Block):
        inventory.add("E056" if rules == "1.0" else "E111", "fixity")
        return
    for algorithm, digests in block.items():
        if algorithm not in KNOWN:
            for code in ("E026", "E056"):
                inventory.add(code, algorithm)
            continue
        if not isinstance(digests, Block):
            inventory.add("E057", algorithm)
            continue
        for digest in digests:
            if not is_digest(digest, algorithm):
                inventory.add("E057", f"{algorithm}: {digest}")
                if algorithm in ENCODING_CODES:
                    inventory.add(ENCODING_CODES[algorithm], digest)
        _check_once(digests, inventory, "E097")
        pairs = list(_listed(digests, inventory, "E057"))
        for path, _ in pairs:
            if path not in inventory.manifest:
                inventory.add("E057", f"{algorithm}: {path}")
        inventory.fixity[algorithm] = {path: digest.lower() for path, digest in pairs if path in inventory.manifest}


def _listed(block: Block, inventory: Inventory, no_list: str) -> Iterator[tuple[str, str]]:
    for digest, paths in block.items():
        if not isinstance(paths, list):
            inventory.add(no_list, digest)
            continue
        for path in _texts(paths, inventory, "E098"):
            yield path, digest


def _texts(values: Sequence[Any], inventory: Inventory, code: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            inventory.add(code, value)


def _check_once(block: Block, inventory: Inventory, code: str) -> None:
    small = [digest.lower() for digest in block]
    for digest in (
        sorted({*block.twice, *(one for one in small if small.count(one) > 1)})
        if (block.twice or len(set(small)) != len(small))
        else ()
    ):
        inventory.add(code, digest)


def _is_instant(value: Any) -> bool:  # noqa: ANN401 -- whatever stands there
    """Whether it is a date and time of RFC 3339, with seconds and an offset."""
    found = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    text = found[0].upper().replace("Z", "+00:00")
    # a leap second is a time of RFC 3339, and none of Python's
    text = re.sub(r":60(\.[0-9]+)?([+-])", r":59\2", text) if found[1] == "60" else text
    text = re.sub(r"\.([0-9]{1,6})[0-9]*", lambda part: f".{part[1]:0<6}", text)
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
