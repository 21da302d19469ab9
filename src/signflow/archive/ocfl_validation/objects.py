"""An OCFL object, judged: what stands in its folder, its inventories beside each other, and every byte that they name.

Source: OCFL 1.1, 3.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from pathlib import Path

from signflow.archive.ocfl_validation import declarations
from signflow.archive.ocfl_validation.algorithms import CONTENT_ADDRESSING, digests_of
from signflow.archive.ocfl_validation.extensions import check_extensions
from signflow.archive.ocfl_validation.findings import OcflFinding, Unjudged
from signflow.archive.ocfl_validation.inventory import NAME, Inventory, number_of, validate_inventory
from signflow.archive.ocfl_validation.strict_json import LARGEST_BYTES
from signflow.archive.ocfl_validation.tree import Tree, read_tree

_SIDECAR = re.compile(rb"([0-9A-Za-z]+)[ \t]+inventory\.json\n?")
_OWN_FOLDERS = frozenset({"logs", "extensions"})


class ObjectValidation:
    """One object, looked at once.

    Attributes:
        version: Of the specification that it declares; the newest where it does not say.
        object_id: As its inventory names it; empty where it does not.
        unregistered: Its extensions that are in no register.
        findings: What is wrong with it.
        unjudged: What could not be read.
    """

    def __init__(self, folder: Path) -> None:
        """Look at the object in that folder."""
        self._folder = folder
        self._tree = read_tree(folder)
        self.findings = list(self._tree.findings)
        self.unjudged = list(self._tree.unjudged)
        self.object_id = ""
        names = self._tree.files_in("")
        self.version, found, unread = declarations.check_declarations(folder, names, declarations.OBJECT)
        self.findings += found
        self.unjudged += unread
        self.unregistered, found = check_extensions(self._tree, "E067", "W013")
        self.findings += found
        inventory = self._inventory_in("", self.version)
        if inventory is None:
            self._check_without_inventory(names)
            return
        self.object_id = inventory.object_id
        if inventory.spec and inventory.spec != self.version:
            self._add(NAME, "E038", inventory.spec)
        self._check_folder(inventory)
        earlier = self._earlier(inventory)
        self._check_bytes([inventory, *earlier.values()])
        self._check_history(inventory, earlier)

    def _add(self, path: str, code: str, what: str = "") -> None:
        self.findings.append(OcflFinding(path, code, what))

    def _check_without_inventory(self, names: set[str]) -> None:
        if NAME not in names and all(unread.path != NAME for unread in self.unjudged):
            self._add("", "E063")
            for name in sorted(names):
                if name.lower().startswith("inventory") and not name.startswith(f"{NAME}."):
                    self._add(name, "E034")
        if not any(number_of(name) for name in self._tree.folders_in("")):
            self._add("", "E008")

    # --- inventories and their sidecars

    def _inventory_in(self, folder: str, declared: str) -> Inventory | None:
        """The inventory in that folder, its findings noted; None if there is none that can be understood."""
        path = f"{folder}/{NAME}" if folder else NAME
        data = self._read(path)
        if data is None:
            return None
        inventory = validate_inventory(data, path, declared)
        if inventory is None:
            self._add(path, "E033")
        else:
            self.findings += inventory.findings
        self._check_sidecar(folder, data, inventory.algorithm if inventory else "")
        return inventory

    def _check_sidecar(self, folder: str, data: bytes, algorithm: str) -> None:
        path = f"{folder}/{NAME}" if folder else NAME
        there = {name.removeprefix(f"{NAME}.") for name in self._tree.files_in(folder) if name.startswith(f"{NAME}.")}
        if not there or (algorithm and algorithm not in there):
            self._add(path, "E058", algorithm)
        for other in sorted(there - {algorithm}) if algorithm else ():
            if other in CONTENT_ADDRESSING:
                self._add(f"{path}.{other}", "E059", algorithm)
        chosen = algorithm or next((name for name in sorted(there) if name in CONTENT_ADDRESSING), "")
        recorded = self._read(f"{path}.{chosen}") if chosen in there else None
        if recorded is None:
            return
        found = _SIDECAR.fullmatch(recorded)
        if found is None:
            self._add(f"{path}.{chosen}", "E061")
        elif found[1].decode().lower() != hashlib.new(chosen, data).hexdigest():
            self._add(f"{path}.{chosen}", "E060")

    def _read(self, path: str) -> bytes | None:
        """A small file's bytes; None if there is none, or it cannot be read."""
        if path not in self._tree.files:
            return None
        try:
            with (self._folder / path).open("rb") as file:
                data = file.read(LARGEST_BYTES + 1)
        except OSError as error:
            self.unjudged.append(Unjudged(path, error.strerror or type(error).__name__))
            return None
        if len(data) > LARGEST_BYTES:
            self.unjudged.append(Unjudged(path, f"> {LARGEST_BYTES} bytes"))
            return None
        return data

    # --- what stands where

    def _check_folder(self, inventory: Inventory) -> None:
        tree = self._tree
        sidecars = {f"{NAME}.{algorithm}" for algorithm in CONTENT_ADDRESSING}
        for name in sorted(tree.files_in("")):
            if name != NAME and name not in sidecars and not _declares(name):
                self._add(name, "E001")
        for name in sorted(tree.folders_in("") - _OWN_FOLDERS):
            if name not in inventory.versions:
                self._add(name, "E001" if number_of(name) is None else "E046")
        for name in inventory.versions:
            if name not in tree.folders:
                self._add(name, "E046")
            else:
                self._check_version_folder(name, inventory)
        for path in sorted(tree.files - set(inventory.manifest)):
            if _is_content(path, inventory):
                self._add(path, "E023")
        for path in sorted(tree.folders):
            above, _, below = path.partition("/")
            if below and above not in _OWN_FOLDERS and not _is_content(path, inventory):
                if any(_declares(name) for name in tree.files_in(path)):
                    self._add(path, "E082")

    def _check_version_folder(self, name: str, inventory: Inventory) -> None:
        tree, content = self._tree, f"{name}/{inventory.content_folder}"
        allowed = {NAME, *(f"{NAME}.{algorithm}" for algorithm in CONTENT_ADDRESSING)}
        for file in sorted(tree.files_in(name) - allowed):
            self._add(f"{name}/{file}", "E015")
        for folder in sorted(tree.folders_in(name) - {inventory.content_folder}):
            self._add(f"{name}/{folder}", "W002")
        if NAME not in tree.files_in(name):
            self._add(name, "W010")
        if content not in tree.folders:
            if any(path.startswith(f"{name}/") for path in inventory.manifest):
                self._add(name, "E016", inventory.content_folder)
            return
        for folder in sorted(tree.empty_folders(content)):
            self._add(folder, "W003" if folder == content else "E024")

    # --- every byte

    def _check_bytes(self, inventories: list[Inventory]) -> None:
        """Compare each file with every digest that any of the inventories gives for it, reading it once."""
        wanted: defaultdict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
        for inventory in inventories:
            for path, digest in inventory.manifest.items() if inventory.algorithm else ():
                wanted[path].append((inventory.algorithm, digest, inventory.path, "E092"))
            for algorithm, block in inventory.fixity.items():
                for path, digest in block.items():
                    wanted[path].append((algorithm, digest, inventory.path, "E093"))
        for path, expected in sorted(wanted.items()):
            if path not in self._tree.files:
                self._add(path, "E092", expected[0][2])
                continue
            try:
                found = digests_of(self._folder / path, {algorithm for algorithm, *_ in expected})
            except OSError as error:
                self.unjudged.append(Unjudged(path, error.strerror or type(error).__name__))
                continue
            for code in sorted({code for algorithm, digest, _, code in expected if found[algorithm] != digest}):
                self._add(path, code)

    # --- the inventories beside each other

    def _earlier(self, root: Inventory) -> dict[str, Inventory]:
        """The inventories of the versions, by version, in their order; the newest is the root's own, if it is the same."""
        found = dict[str, Inventory]()
        names = sorted(
            (name for name in root.versions if name in self._tree.folders), key=lambda one: number_of(one) or 0
        )
        for name in names:
            if name == root.head and f"{name}/{NAME}" in self._tree.files:
                if self._read(f"{name}/{NAME}") == self._read(NAME):
                    self._check_sidecar(name, self._read(NAME) or b"", root.algorithm)
                    continue
                self._add(f"{name}/{NAME}", "E064")
            inventory = self._inventory_in(name, root.spec or self.version)
            if inventory is not None:
                found[name] = inventory
        return found

    def _check_history(self, root: Inventory, earlier: dict[str, Inventory]) -> None:
        in_order = [*earlier.items(), (root.head, root)]
        for (_, before), (_, after) in zip(in_order, in_order[1:], strict=False):
            if before.spec and after.spec and before.spec > after.spec:
                self._add(after.path, "E103", after.spec)
        first = in_order[0][1]
        for name, inventory in earlier.items():
            number = number_of(name) or 0
            if inventory.object_id and root.object_id and inventory.object_id != root.object_id:
                self._add(
                    inventory.path, "E037" if (inventory.spec or self.version) == "1.0" else "E110", inventory.object_id
                )
            if inventory.head and inventory.head != name and name != root.head:
                self._add(inventory.path, "E040", inventory.head)
            if inventory.content != root.content:
                code = "E019" if inventory.content is None and inventory is first else "E020"
                self._add(inventory.path, code, root.content or inventory.content or "")
            for path in self._tree.files:
                if _is_content(path, inventory) and path not in inventory.manifest:
                    if (number_of(path.partition("/")[0]) or 0) <= number:
                        self._add(path, "E023", inventory.path)
            self._check_versions_agree(inventory, root)

    def _check_versions_agree(self, earlier: Inventory, root: Inventory) -> None:
        for name, version in earlier.versions.items():
            present = root.versions.get(name)
            if present is None:
                self._add(earlier.path, "E066", name)
                continue
            if _contents(earlier, name) != _contents(root, name):
                self._add(earlier.path, "E066", name)
            for key, value in version.told.items():
                if present.told.get(key) != value:
                    self._add(earlier.path, "W011", f"{name}: {key}")


def _contents(inventory: Inventory, name: str) -> dict[str, frozenset[str]]:
    """Logical path → the files that have its bytes, which is the same whatever the digests are made with."""
    files: defaultdict[str, set[str]] = defaultdict(set)
    number = number_of(name) or 0
    for path, digest in inventory.manifest.items():
        if (number_of(path.partition("/")[0]) or 0) <= number:  # later versions may have added copies of the same bytes
            files[digest].add(path)
    return {path: frozenset(files[digest]) for path, digest in inventory.versions[name].state.items()}


def _declares(name: str) -> bool:
    return declarations.looks_like_one(name)


def _is_content(path: str, inventory: Inventory) -> bool:
    """Whether it lies in the content directory of a version that the inventory knows."""
    version, _, rest = path.partition("/")
    return version in inventory.versions and rest.startswith(f"{inventory.content_folder}/")
