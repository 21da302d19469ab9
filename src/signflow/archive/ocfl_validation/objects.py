"""An OCFL object, judged: what stands in its folder, its inventories beside each other, and every byte that they name.

Source: OCFL 1.1, 3.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from pathlib import Path

from signflow.archive.ocfl_validation import declarations
from signflow.archive.ocfl_validation.algorithms import CONTENT_ADDRESSING, KNOWN, digests_of
from signflow.archive.ocfl_validation.blocks import NAME, Inventory, number_of
from signflow.archive.ocfl_validation.extensions import check_extensions
from signflow.archive.ocfl_validation.findings import Findings, Unjudged
from signflow.archive.ocfl_validation.folders import check_folder
from signflow.archive.ocfl_validation.history import History
from signflow.archive.ocfl_validation.inventory import validate_inventory
from signflow.archive.ocfl_validation.strict_json import LARGEST_BYTES, TooLargeError
from signflow.archive.ocfl_validation.tree import read_start, read_tree, reason_of

_SIDECAR = re.compile(rb"([0-9A-Za-z]+)[ \t]+inventory\.json\n?")


class ObjectValidation:
    """One object, looked at once.

    Attributes:
        version: Of the specification that it declares; the newest where it does not say.
        object_id: As its inventory names it; empty where it does not.
        unregistered: Its extensions that are in no register.
        findings: What is wrong with it.
        links: Which of its files are one; not judged here, as other names may stand elsewhere in a storage root.
        unjudged: What could not be read.
    """

    def __init__(self, folder: Path) -> None:
        """Look at the object in that folder."""
        self._folder = folder
        self.findings = Findings()
        self.unjudged = list[Unjudged]()
        self.object_id = ""
        self._tree = read_tree(folder, self.findings, self.unjudged)
        self.links = self._tree.links
        # What the inventories say of a file: algorithm, digest, and the code if it is not so.
        self._expected: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self.version = declarations.check_declarations(
            folder, self._tree.files_in(""), declarations.OBJECT, self.findings, self.unjudged
        )
        self.unregistered = check_extensions(self._tree, "E067", "W013", self.findings)
        root = self._inventory_in("", self.version)
        if root is None:
            self._check_without_inventory()
            return
        self.object_id = root.object_id
        if root.spec and root.spec != self.version:
            root.add("E038", root.spec)
        check_folder(self._tree, root)
        self._check_versions(root)
        self._check_bytes()

    def _check_without_inventory(self) -> None:
        names = self._tree.files_in("")
        if NAME not in names:
            self.findings.add("", "E063")
            for name in names:
                if name.lower().startswith("inventory") and not name.startswith(f"{NAME}."):
                    self.findings.add(name, "E034")
        if not any(number_of(name) for name in self._tree.folders_in("")):
            self.findings.add("", "E008")

    def _check_versions(self, root: Inventory) -> None:
        """The inventories in the versions' folders, one after the other; only the root's is kept."""
        history = History(root, self._tree)
        newest = max(root.versions, key=lambda name: number_of(name) or 0, default="")
        in_order = sorted(filter(self._tree.folders.__contains__, root.versions), key=lambda name: number_of(name) or 0)
        for name in in_order:
            if name == newest and f"{name}/{NAME}" in self._tree.files:
                data = self._read(f"{name}/{NAME}")
                if data is not None and data == self._read(NAME):
                    self._check_sidecar(name, data, root.algorithm)
                    continue
                self.findings.add(f"{name}/{NAME}", "E064")
            inventory = self._inventory_in(name, root.rules)
            if inventory is not None:
                history.add(name, inventory)
        history.end()

    # --- inventories and their sidecars

    def _inventory_in(self, folder: str, declared: str) -> Inventory | None:
        """The inventory in that folder, its findings noted; None if there is none that can be understood."""
        path = f"{folder}/{NAME}" if folder else NAME
        data = self._read(path)
        if data is None:
            return None
        try:
            inventory = validate_inventory(data, path, declared, self.findings)
        except TooLargeError:
            self.unjudged.append(Unjudged(path, ""))
            return None
        self._check_sidecar(folder, data, inventory.algorithm if inventory else "")
        if inventory is not None:
            self._expect(inventory)
        return inventory

    def _expect(self, inventory: Inventory) -> None:
        for path, digest in inventory.manifest.items() if inventory.algorithm else ():
            self._expect_one(path, inventory.algorithm, digest, "E092")
        for algorithm, digests in inventory.fixity.items():
            for path, digest in digests.items():
                self._expect_one(path, algorithm, digest, "E093")

    def _expect_one(self, path: str, algorithm: str, digest: str, code: str) -> None:
        if path in self._tree.files:
            self._expected[path].add((algorithm, digest, code))
        else:
            self.findings.add(path, code)

    def _check_sidecar(self, folder: str, data: bytes, algorithm: str) -> None:
        path = f"{folder}/{NAME}" if folder else NAME
        endings = {name.removeprefix(f"{NAME}.") for name in self._tree.files_in(folder) if name.startswith(f"{NAME}.")}
        there = endings & KNOWN
        if not there or (algorithm and algorithm not in there):
            self.findings.add(path, "E058", algorithm)
        for other in sorted(there - {algorithm}) if algorithm else ():
            self.findings.add(f"{path}.{other}", "E059", algorithm)
        chosen = algorithm or next(iter(sorted(there & CONTENT_ADDRESSING)), "")
        recorded = self._read(f"{path}.{chosen}") if chosen in there else None
        if recorded is None:
            return
        found = _SIDECAR.fullmatch(recorded)
        if found is None:
            self.findings.add(f"{path}.{chosen}", "E061")
        elif found[1].decode().lower() != hashlib.new(chosen, data).hexdigest():
            self.findings.add(f"{path}.{chosen}", "E060")

    def _read(self, path: str) -> bytes | None:
        """A small file's bytes; None if there is none, or it cannot be read."""
        if path not in self._tree.files:
            return None
        try:
            data = read_start(self._folder / path, LARGEST_BYTES)
        except OSError as error:
            self.unjudged.append(Unjudged(path, reason_of(error)))
            return None
        if len(data) > LARGEST_BYTES:
            self.unjudged.append(Unjudged(path, ""))
            return None
        return data

    # --- every byte

    def _check_bytes(self) -> None:
        """Compare each file with every digest that any of the inventories gives for it, reading it once."""
        for path, expected in sorted(self._expected.items()):
            try:
                found = digests_of(self._folder / path, {algorithm for algorithm, _, _ in expected})
            except OSError as error:
                self.unjudged.append(Unjudged(path, reason_of(error)))
                continue
            for algorithm, digest, code in sorted(expected):
                if found[algorithm] != digest:
                    self.findings.add(path, code, algorithm)
