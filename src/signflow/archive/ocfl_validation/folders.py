"""What stands where in an object, held against its inventory.

Source: OCFL 1.1, 3.1 and 3.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from signflow.archive.ocfl_validation.algorithms import KNOWN
from signflow.archive.ocfl_validation.blocks import NAME, Inventory, number_of
from signflow.archive.ocfl_validation.declarations import looks_like_one
from signflow.archive.ocfl_validation.tree import Tree

_OWN_FOLDERS = frozenset({"logs", "extensions"})
_INVENTORY_FILES = frozenset({NAME, *(f"{NAME}.{algorithm}" for algorithm in KNOWN)})


def check_folder(tree: Tree, inventory: Inventory) -> None:
    """Note in the inventory's findings what is missing and what does not belong."""
    _check_files(tree, inventory)
    _check_folders(tree, inventory)
    with_files = {path.partition("/")[0] for path in inventory.manifest}
    for name in inventory.versions:
        if name in tree.folders:
            _check_version(name, tree, inventory, has_files=name in with_files)
        else:
            inventory.findings.add(name, "E046")


def _check_files(tree: Tree, inventory: Inventory) -> None:
    for name in tree.files_in(""):
        if name not in _INVENTORY_FILES and not looks_like_one(name):
            inventory.findings.add(name, "E001")
    for path in tree.files:
        if path not in inventory.manifest and inventory.is_content(path):
            inventory.findings.add(path, "E023")


def _check_folders(tree: Tree, inventory: Inventory) -> None:
    for name in tree.folders_in(""):
        if name in inventory.versions or name in _OWN_FOLDERS:
            continue
        if number_of(name) is not None:
            inventory.findings.add(name, "E046")
            continue
        inventory.findings.add(name, "E001")
        for path in _objects_below(name, tree):
            inventory.findings.add(path, "E082")


def _check_version(name: str, tree: Tree, inventory: Inventory, *, has_files: bool) -> None:
    findings, content = inventory.findings, f"{name}/{inventory.content_folder}"
    for file in tree.files_in(name):
        if file not in _INVENTORY_FILES:
            findings.add(f"{name}/{file}", "E015")
    for folder in tree.folders_in(name):
        if folder != inventory.content_folder:
            findings.add(f"{name}/{folder}", "W002")
    if NAME not in tree.files_in(name):
        findings.add(name, "W010")
    if content not in tree.folders:
        if has_files:
            findings.add(name, "E016", inventory.content_folder)
        return
    _check_content(content, tree, inventory)


def _check_content(content: str, tree: Tree, inventory: Inventory) -> None:
    below = list(tree.below(content))
    for folder in below[1:]:
        if tree.is_empty(folder):
            inventory.findings.add(folder, "E024")
    if not any(tree.files_in(folder) for folder in below):
        inventory.findings.add(content, "W003")


def _objects_below(folder: str, tree: Tree) -> Iterator[str]:
    """Folders there that are objects themselves."""
    return (path for path in tree.below(folder) if any(looks_like_one(name) for name in tree.files_in(path)))
