"""The inventories of earlier versions, held against the object's own.

Source: OCFL 1.1, 3.3.1 (content directory), 3.5.1 (identifier) and 3.7 (prior inventories).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from signflow.archive.ocfl_validation.blocks import Inventory, Version, number_of
from signflow.archive.ocfl_validation.tree import Tree


class History:
    """The versions of one object in their order; of their inventories only what the next is compared with is kept."""

    def __init__(self, root: Inventory, tree: Tree) -> None:
        """Begin before the first version.

        Args:
            root: The inventory in the object root, judged; its findings take what is wrong.
            tree: What stands in the object.
        """
        self._root = root
        self._spec = ""
        self._is_first = True
        self._content: defaultdict[str, list[str]] = defaultdict(list)
        for path in tree.files:
            if path in root.manifest:  # what not even the root knows has been told of it
                self._content[path.partition("/")[0]].append(path)
        self._in_order = sorted(root.versions, key=lambda name: number_of(name) or 0)
        self._next = 0
        self._known = set[str]()

    def add(self, name: str, inventory: Inventory) -> None:
        """Compare the inventory in the folder of that version; versions come in their order."""
        self._check_spec(inventory)
        self._check_names(name, inventory)
        self._check_content(name, inventory)
        digest_now = dict[str, str]()
        if inventory.algorithm != self._root.algorithm:
            # Digests made in different ways are compared by a file that has them.
            digest_now = {digest: self._root.manifest.get(path, "") for path, digest in inventory.manifest.items()}
        for other, version in inventory.versions.items():
            self._check_version(other, version, inventory.path, digest_now)

    def end(self) -> None:
        """Compare what the root says after the last."""
        self._check_spec(self._root)

    def _check_spec(self, inventory: Inventory) -> None:
        spec = inventory.spec or self._spec
        if spec < self._spec:
            inventory.findings.add(inventory.path, "E103", spec)
        self._spec = spec

    def _check_names(self, name: str, inventory: Inventory) -> None:
        root, findings = self._root, inventory.findings
        if inventory.object_id and root.object_id and inventory.object_id != root.object_id:
            findings.add(inventory.path, "E037", inventory.object_id)
            inventory.add("E110", inventory.object_id)
        if inventory.head and inventory.head != name:
            findings.add(inventory.path, "E040", inventory.head)
        if self._is_first and inventory.content is None and root.content is not None:
            findings.add(inventory.path, "E019", root.content)
        self._is_first = False
        if inventory.content_folder != root.content_folder:
            findings.add(inventory.path, "E020", inventory.content_folder)

    def _check_content(self, name: str, inventory: Inventory) -> None:
        """Whether it names the files of its own version and of those before."""
        number = number_of(name) or 0
        while self._next < len(self._in_order) and (number_of(self._in_order[self._next]) or 0) <= number:
            self._known.update(self._content[self._in_order[self._next]])
            self._next += 1
        missing = self._known - inventory.manifest.keys()
        for path in missing:
            inventory.findings.add(path, "E023", inventory.path)
        # Named once: else many short inventories beside many files would take long to compare.
        self._known -= missing

    def _check_version(self, name: str, before: Version, path: str, digest_now: Mapping[str, str]) -> None:
        now = self._root.versions.get(name)
        state = {logical: digest_now.get(digest, digest) for logical, digest in before.state.items()}
        if now is None or state != now.state:
            self._root.findings.add(path, "E066", name)
        for key, value in before.told.items() if now else ():
            if now and now.told.get(key) != value:
                self._root.findings.add(path, "W011", f"{name}: {key}")
