"""An inventory, judged for itself: its keys, blocks, digests and paths.

Source: OCFL 1.1, 3.5.
"""

from __future__ import annotations

import re

from signflow.archive.ocfl_validation.algorithms import CONTENT_ADDRESSING
from signflow.archive.ocfl_validation.blocks import URI, Inventory, check_keys
from signflow.archive.ocfl_validation.findings import VERSIONS, Findings
from signflow.archive.ocfl_validation.manifests import check_fixity, check_manifest
from signflow.archive.ocfl_validation.strict_json import Block, read_json
from signflow.archive.ocfl_validation.version_blocks import check_versions

_TYPE = re.compile(r"https://ocfl\.io/([0-9]+\.[0-9]+)/spec/#inventory")
_REQUIRED = ("id", "type", "digestAlgorithm", "head")
_KEYS = frozenset({*_REQUIRED, "contentDirectory", "manifest", "versions", "fixity"})


def validate_inventory(data: bytes, path: str, declared: str, findings: Findings) -> Inventory | None:
    """What the inventory says; None if it says nothing.

    Args:
        data: Its bytes.
        path: Where it stands in the object.
        declared: The version that the object declares: the inventory's own, where its type names none.
        findings: Takes what is wrong.

    Raises:
        TooLargeError: It has more parts than are read.
    """
    try:
        block = read_json(data)
    except ValueError:
        block = None
    if not isinstance(block, Block):
        findings.add(path, "E033")
        return None
    inventory = Inventory(path, declared, findings)
    _check_type(block, inventory)
    _check_presence(block, inventory)
    _check_id(block, inventory)
    _check_algorithm(block, inventory)
    _check_head(block, inventory)
    _check_content_folder(block, inventory)
    check_versions(block, inventory)
    check_manifest(block, inventory)
    check_fixity(block, inventory)
    return inventory


def _check_type(block: Block, inventory: Inventory) -> None:
    kind = block.get("type")
    found = _TYPE.fullmatch(kind) if isinstance(kind, str) else None
    if found and found[1] in VERSIONS:
        inventory.spec = inventory.rules = found[1]
    elif "type" in block:
        inventory.add("E038", kind)


def _check_presence(block: Block, inventory: Inventory) -> None:
    for key in _REQUIRED:
        if key not in block:
            inventory.add("E036", key)
    check_keys(block, _KEYS, inventory)
    for key in block.keys() - _KEYS:
        if key.lower() == "fixity":
            inventory.add("E055", key)


def _check_id(block: Block, inventory: Inventory) -> None:
    named = block.get("id")
    if isinstance(named, str) and named:
        inventory.object_id = named
        if not URI.fullmatch(named):
            inventory.add("W005", named)
    elif "id" in block:
        inventory.add("E037", named)


def _check_algorithm(block: Block, inventory: Inventory) -> None:
    algorithm = block.get("digestAlgorithm")
    if isinstance(algorithm, str) and algorithm in CONTENT_ADDRESSING:
        inventory.algorithm = algorithm
        if algorithm != "sha512":
            inventory.add("W004", algorithm)
    elif "digestAlgorithm" in block:
        inventory.add("E025", algorithm)


def _check_head(block: Block, inventory: Inventory) -> None:
    head = block.get("head")
    if isinstance(head, str) and head:
        inventory.head = head
    elif "head" in block:
        inventory.add("E040", head)


def _check_content_folder(block: Block, inventory: Inventory) -> None:
    if "contentDirectory" not in block:
        return
    named = block["contentDirectory"]
    if not isinstance(named, str) or not named or "/" in named:
        wrong = "E017"
    elif named in {".", ".."}:
        wrong = "E018"
    else:
        inventory.content = named
        return
    inventory.add(wrong, named)
    inventory.add("E108", named)
