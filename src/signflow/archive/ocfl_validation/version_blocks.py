"""The versions that an inventory tells of.

Source: OCFL 1.1, 3.3 (names) and 3.5.3 (blocks); RFC 3339, 5.6.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

from signflow.archive.ocfl_validation.blocks import URI, Inventory, Version, check_keys, listed, number_of
from signflow.archive.ocfl_validation.paths import check_path, conflicts
from signflow.archive.ocfl_validation.strict_json import Block

_TOLD = ("created", "message", "user")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:([0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def check_versions(block: Block, inventory: Inventory) -> None:
    """Take over what the inventory says of its versions, and note what is wrong with it."""
    if "versions" not in block:
        for code in ("E041", "E043"):
            inventory.add(code, "versions")
        return
    versions = block["versions"]
    if not isinstance(versions, Block):
        for code in ("E044", "E045"):
            inventory.add(code, versions, "versions")
        return
    check_keys(versions, versions, inventory, "versions")
    if not versions:
        inventory.add("E008")
    for name, version in versions.items():
        if number_of(name) is None:
            inventory.add("E105" if name.startswith("v") else "E104", name)
            inventory.add("E046", name)
        elif not isinstance(version, Block):
            inventory.add("E047", version, name)
            inventory.versions[name] = Version()
        else:
            inventory.versions[name] = _version(version, name, inventory)
    if versions:
        _check_sequence(inventory)


def _check_sequence(inventory: Inventory) -> None:
    by_number = sorted((number_of(name) or 0, name) for name in inventory.versions)
    if not by_number or by_number[0][0] != 1:
        inventory.add("E009", by_number[0][1] if by_number else "")
    for (before, _), (number, name) in pairwise(by_number):
        if number != before + 1:
            inventory.add("E010", name)
    if not by_number:
        return
    _check_convention([name for _, name in by_number], inventory)
    if inventory.head and inventory.head != by_number[-1][1]:
        inventory.add("E040", inventory.head)


def _check_convention(names: list[str], inventory: Inventory) -> None:
    """The first version's name says whether, and to which length, all of them are filled with zeros."""
    first = names[0]
    is_padded = first.startswith("v0")
    if is_padded:
        inventory.add("W001", first)
    for name in names[1:]:
        if name.startswith("v0") == is_padded and (not is_padded or len(name) == len(first)):
            continue
        if is_padded and len(name) == len(first):
            inventory.add("E011", name)
        else:
            inventory.add("E012", name)
        inventory.add("E013", name)


def _version(block: Block, name: str, inventory: Inventory) -> Version:
    check_keys(block, {*_TOLD, "state"}, inventory, name)
    for key in ("created", "state"):
        if key not in block:
            inventory.add("E048", key, name)
    for key in ("message", "user"):
        if key not in block:
            inventory.add("W007", key, name)
    if "created" in block and not _is_instant(block["created"]):
        inventory.add("E049", block["created"], name)
    if "message" in block and not isinstance(block["message"], str):
        inventory.add("E094", block["message"], name)
    if "user" in block:
        _check_user(block["user"], name, inventory)
    state = block.get("state", Block())
    if not isinstance(state, Block):
        inventory.add("E050", state, name)
        state = Block()
    paths = {path: digest.lower() for path, digest in _paths_of(state, name, inventory)}
    return Version(frozenset(state), paths, {key: _told(block.get(key)) for key in _TOLD})


def _check_user(user: object, name: str, inventory: Inventory) -> None:
    if not isinstance(user, Block):
        inventory.add("E054", user, f"{name}: user")
        return
    check_keys(user, {"name", "address"}, inventory, f"{name}: user")
    if not isinstance(user.get("name"), str) or not user["name"]:
        inventory.add("E054", user.get("name"), f"{name}: user: name")
    if "address" not in user:
        inventory.add("W008", name)
    elif not isinstance(user["address"], str):
        inventory.add("E054", user["address"], f"{name}: user: address")
    elif not URI.fullmatch(user["address"]):
        inventory.add("W009", user["address"], name)


def _paths_of(state: Block, name: str, inventory: Inventory) -> list[tuple[str, str]]:
    """Every logical path with its digest."""
    check_keys(state, state, inventory, name)
    found = list(listed(state, inventory, "E050", "E051", name))
    for path, _ in found:
        for code in check_path(path, "E052", "E053"):
            inventory.add(code, path, name)
    for path in conflicts(path for path, _ in found):
        inventory.add("E095", path, name)
    return found


def _told(value: object) -> object:
    """What can be compared in bounded depth: a text, or the texts of a user."""
    if isinstance(value, Block):
        return {key: one if isinstance(one, str) else None for key, one in value.items()}
    return value if isinstance(value, str) else None


def _is_instant(value: object) -> bool:
    """Whether it is a date and time of RFC 3339, with seconds and an offset."""
    found = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    text = found[0].upper().replace("Z", "+00:00")
    # A leap second is a time of RFC 3339, and none of Python's.
    text = re.sub(r":60(\.[0-9]+)?([+-])", r":59\2", text) if found[1] == "60" else text
    text = re.sub(r"\.([0-9]{1,6})[0-9]*", lambda part: f".{part[1]:0<6}", text)
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
