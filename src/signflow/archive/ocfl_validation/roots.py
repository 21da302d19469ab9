"""An OCFL storage root, judged: how it says what it is, what stands in its hierarchy, and every object in it.

Source: OCFL 1.1, 4.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from signflow.archive.ocfl_validation import declarations
from signflow.archive.ocfl_validation.extensions import FOLDER, LAYOUTS, check_extensions
from signflow.archive.ocfl_validation.findings import Findings, Unjudged
from signflow.archive.ocfl_validation.layouts import object_path
from signflow.archive.ocfl_validation.objects import ObjectValidation
from signflow.archive.ocfl_validation.strict_json import Block, TooLargeError, read_json
from signflow.archive.ocfl_validation.tree import Links, Tree, read_start, read_tree, scan

LAYOUT_NAME = "ocfl_layout.json"
_LARGEST_SETTING_BYTES = 1_000_000
_TEXTS = (".md", ".txt", "")


class RootValidation:
    """One storage root, looked at once: first its hierarchy, then each of its objects.

    Attributes:
        version: Of the specification that it declares; the newest where it does not say.
        objects: Where its objects lie, relative to it, in order.
        findings: What is wrong with it and with the objects looked at so far.
        links: Which of the files looked at so far are one.
        unjudged: What could not be read.
    """

    def __init__(self, folder: Path) -> None:
        """Look at the storage root in that folder; its objects are not looked at yet."""
        self._folder = folder
        self.findings = Findings()
        self.links = Links()
        self.unjudged = list[Unjudged]()
        self.objects = list[str]()
        self._places = dict[str, str]()
        entries = scan(folder, "", [])
        self._names = {name for name, about in entries if stat.S_ISREG(about.st_mode)}
        self.version = declarations.check_declarations(
            folder, self._names, declarations.ROOT, self.findings, self.unjudged
        )
        own = Tree()
        if any(name == FOLDER and stat.S_ISDIR(about.st_mode) for name, about in entries):
            own = read_tree(folder, self.findings, self.unjudged, FOLDER)
        self._check_extensions(own)
        self._layout = self._check_layout()
        configuration = f"{FOLDER}/{self._layout}/config.json"
        read = self._read_json(configuration) if configuration in own.files else None
        self._configuration = read if isinstance(read, Block) else Block()
        self._walk()

    def validate_objects(self, paths: Iterable[str]) -> None:
        """Look at the objects at those of `objects`, and what they are to the root and to each other."""
        for path in paths:
            found = ObjectValidation(self._folder / path)
            self.findings.add_all(found.findings, path)
            self.links.add_all(found.links, path)
            self.unjudged += (Unjudged(f"{path}/{one.path}", one.reason) for one in found.unjudged)
            if found.version > self.version:
                self.findings.add(path, "E081", found.version)
            if found.version == "1.0":
                self._check_documented(f"{path}/{FOLDER}", found.unregistered)
            self._check_place(path, found.object_id)

    def _check_layout(self) -> str:
        """The name of the layout's extension; empty if the root does not say."""
        if LAYOUT_NAME not in self._names:
            return ""
        layout = self._read_json(LAYOUT_NAME)
        block = layout if isinstance(layout, Block) else Block()
        if any(not isinstance(block.get(key), str) for key in ("extension", "description")):
            self.findings.add(LAYOUT_NAME, "E070")
        extension = block.get("extension")
        if not isinstance(extension, str):
            return ""
        if extension not in LAYOUTS:
            self.findings.add(LAYOUT_NAME, "E071", extension)
        return extension

    def _check_extensions(self, own: Tree) -> None:
        is_old = self.version == "1.0"
        strange = check_extensions(own, "E086" if is_old else "E112", "" if is_old else "W016", self.findings)
        self.links.add_all(own.links, "")
        if is_old:
            self._check_documented(FOLDER, strange)

    def _check_documented(self, folder: str, unregistered: Iterable[str]) -> None:
        """What is in no register must be told in a text in the storage root (OCFL 1.0, 3.9)."""
        for name in unregistered:
            if not any(f"{name}{ending}" in self._names for ending in _TEXTS):
                self.findings.add(f"{folder}/{name}", "E068", name)

    def _walk(self) -> None:
        """Find the objects, and what stands between the root and them."""
        tree = Tree()
        waiting = [""]
        while waiting:
            here = waiting.pop()
            entries = scan(self._folder, here, self.unjudged)
            if here and is_object(name for name, about in entries if stat.S_ISREG(about.st_mode)):
                self.objects.append(here)
                continue
            below = [
                f"{here}/{name}" if here else name
                for name, about in entries
                if tree.add(here, name, about, self.findings) and (here or name != FOLDER)
            ]
            waiting += below
            if here:
                self._check_between(here, entries)
        self.objects.sort()
        self.links.add_all(tree.links, "")
        self._check_ends(tree)
        at_top = ["/" not in path for path in self.objects]
        if any(at_top) and not all(at_top):
            for code in ("W014", "W015"):
                self.findings.add("", code)

    def _check_between(self, here: str, entries: list[tuple[str, os.stat_result]]) -> None:
        if not entries:
            self.findings.add(here, "E073")
        for name, about in entries:
            if stat.S_ISREG(about.st_mode):
                for code in ("E072", "E084"):
                    self.findings.add(f"{here}/{name}", code)

    def _check_ends(self, tree: Tree) -> None:
        """What leads to no object: where it begins (E088) and where it ends (E085)."""
        above = {place for path in self.objects for place in _folders_above(path)}
        objects = set(self.objects)
        for path in tree.folders - above - objects:
            if "/" not in path and path != FOLDER:
                self.findings.add(path, "E088")
            if not tree.folders_in(path) and path != FOLDER:
                self.findings.add(path, "E085")

    def _check_place(self, path: str, object_id: str) -> None:
        """An identifier is one object's, and leads to one place: where the layout says."""
        if not object_id:
            return
        before = self._places.setdefault(object_id, path)
        if before != path:
            for code in ("E037", "E083"):
                self.findings.add(path, code, f"{object_id}: {before}")
            return
        expected = object_path(object_id, self._layout, self._configuration)
        if expected is not None and expected != path:
            for code in ("E083", "W014"):
                self.findings.add(path, code, f"{object_id}: {expected}")

    def _read_json(self, path: str) -> Any:
        """What a file of the root's own says; None if it is no JSON, or cannot be read."""
        try:
            return read_json(read_start(self._folder / path, _LARGEST_SETTING_BYTES))
        except (OSError, ValueError, TooLargeError):
            return None


def is_object(files: Iterable[str]) -> bool:
    """Whether a folder with those files was meant to be an object."""
    return any(name.startswith(("0=ocfl_object", "inventory.json")) for name in files)


def _folders_above(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))
