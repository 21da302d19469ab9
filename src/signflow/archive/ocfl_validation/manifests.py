"""The files that an inventory names, with their digests: its manifest and its fixity block.

Source: OCFL 1.1, 3.5.2 and 3.5.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from signflow.archive.ocfl_validation.algorithms import CONTENT_ADDRESSING, ENCODING_CODES, KNOWN, is_digest
from signflow.archive.ocfl_validation.blocks import Inventory, check_once, listed, number_of
from signflow.archive.ocfl_validation.paths import check_path, conflicts
from signflow.archive.ocfl_validation.strict_json import Block


def check_manifest(block: Block, inventory: Inventory) -> None:
    """Take over the manifest, and note what is wrong with it and between it and the versions, which must be known."""
    manifest = block.get("manifest")
    if not isinstance(manifest, Block):
        is_no_object = "manifest" in block and inventory.rules != "1.0"
        inventory.add("E106" if is_no_object else "E041", "manifest")
        manifest = Block()
    elif inventory.algorithm:
        _check_digests(manifest, inventory.algorithm, inventory)
    check_once(manifest, inventory, "E096")
    pairs = list(listed(manifest, inventory, "E092", "E098"))
    _check_content_paths([path for path, _ in pairs], inventory)
    for digest in manifest.keys() - {digest for _, digest in pairs}:
        inventory.add("E092", digest)
    inventory.manifest = {path: digest.lower() for path, digest in pairs}
    _check_use(manifest, inventory)


def check_fixity(block: Block, inventory: Inventory) -> None:
    """Take over the fixity block, if there is one, and note what is wrong with it."""
    if "fixity" not in block:
        return
    fixity = block["fixity"]
    if not isinstance(fixity, Block):
        inventory.add("E056" if inventory.rules == "1.0" else "E111", fixity, "fixity")
        return
    for algorithm in sorted(fixity.twice):
        inventory.add("E033", algorithm, "fixity")
    for algorithm, digests in fixity.items():
        if algorithm not in KNOWN:
            for code in ("E026", "E056"):
                inventory.add(code, algorithm)
        elif not isinstance(digests, Block):
            inventory.add("E057", digests, algorithm)
        else:
            inventory.fixity[algorithm] = _fixity_of(digests, algorithm, inventory)


def _fixity_of(digests: Block, algorithm: str, inventory: Inventory) -> dict[str, str]:
    for digest in digests:
        if not is_digest(digest, algorithm):
            inventory.add("E057", digest, algorithm)
            if algorithm in ENCODING_CODES:
                inventory.add(ENCODING_CODES[algorithm], digest)
    check_once(digests, inventory, "E097")
    found = dict[str, str]()
    for path, digest in listed(digests, inventory, "E057", "E057", algorithm):
        for code in check_path(path, "E099", "E100"):
            inventory.add(code, path, algorithm)
        if path not in inventory.manifest:
            inventory.add("E057", path, algorithm)
        elif is_digest(digest, algorithm):
            found[path] = digest.lower()
    return found


def _check_digests(manifest: Block, algorithm: str, inventory: Inventory) -> None:
    for digest in manifest:
        if not is_digest(digest, algorithm):
            inventory.add(ENCODING_CODES[algorithm], digest)
            if any(is_digest(digest, other) for other in CONTENT_ADDRESSING):
                inventory.add("E039", digest)


def _check_use(manifest: Block, inventory: Inventory) -> None:
    """Every digest of a state is in the manifest, and (from 1.1 on) the other way round; since 1.1 letter by letter."""
    is_old = inventory.rules == "1.0"
    known = {digest.lower() for digest in manifest} if is_old else manifest.keys()
    used = set[str]()
    for name, version in inventory.versions.items():
        used |= version.digests
        for digest in sorted(version.digests):
            if (digest.lower() if is_old else digest) not in known:
                inventory.add("E050", digest, name)
    small = {digest.lower() for digest in used}
    for digest in sorted(digest for digest in manifest if digest.lower() not in small):
        inventory.add("E107", digest)


def _check_content_paths(paths: Sequence[str], inventory: Inventory) -> None:
    numbers = {number_of(name) for name in inventory.versions}
    for path in paths:
        if "\\" in path and "/" not in path:
            inventory.add("E035", path)
        for code in check_path(path, "E099", "E100"):
            inventory.add(code, path)
        version, _, rest = path.partition("/")
        folder, _, name = rest.partition("/")
        if version not in inventory.versions:
            inventory.add("E042", path)
            if number_of(version) is not None and number_of(version) in numbers:
                inventory.add("E014", path)
        elif folder != inventory.content_folder or not name:
            inventory.add("E042", path)
            if inventory.content is None:
                inventory.add("E021", path)
    for path in conflicts(paths):
        inventory.add("E101", path)
