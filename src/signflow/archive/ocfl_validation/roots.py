"""An OCFL storage root, judged: how it says what it is, what stands in its hierarchy, and every object in it.

Source: OCFL 1.1, 4.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from signflow.archive.ocfl_validation import declarations
from signflow.archive.ocfl_validation.extensions import FOLDER, REGISTERED, check_extensions
from signflow.archive.ocfl_validation.findings import OcflFinding, Unjudged
from signflow.archive.ocfl_validation.layouts import object_path
from signflow.archive.ocfl_validation.objects import ObjectValidation
from signflow.archive.ocfl_validation.strict_json import Block, read_json
from signflow.archive.ocfl_validation.tree import Tree, read_tree, scan

LAYOUT_NAME = "ocfl_layout.json"
_LARGEST_SETTING_BYTES = 1_000_000
_TEXTS = (".md", ".txt", "")


class RootValidation:
    """One storage root, looked at once: first its hierarchy, then each of its objects.

    Attributes:
        version: Of the specification that it declares; the newest where it does not say.
        objects: Where its objects lie, relative to it, in order.
        findings: What is wrong with it and with the objects looked at so far.
        unjudged: What could not be read.
    """

    def __init__(self, folder: Path) -> None:
        """Look at the storage root in that folder; its objects are not looked at yet."""
        self._folder = folder
        self._names = {name for name, mode, _ in scan(folder, "", []) if stat.S_ISREG(mode)}
        self.findings = list[OcflFinding]()
        self.unjudged = list[Unjudged]()
        self.objects = list[str]()
        self._places = dict[str, str]()
        self.version, found, unread = declarations.check_declarations(folder, self._names, declarations.ROOT)
        self.findings += found
        self.unjudged += unread
        self._layout = self._check_layout()
        self._check_extensions()
        self._walk()
        self._check_depths()

    def validate_objects(self, paths: Iterable[str]) -> None:
        """Look at the objects at those of `objects`, and what they are to the root and to each other."""
        for path in paths:
            found = ObjectValidation(self._folder / path)
            self.findings += (finding.under(path) for finding in found.findings)
            self.unjudged += (Unjudged(f"{path}/{one.path}", one.reason) for one in found.unjudged)
            if found.version > self.version:
                self._add(path, "E081", found.version)
            if found.version == "1.0":
                self._check_documented(f"{path}/{FOLDER}", found.unregistered)
            self._check_place(path, found.object_id)

    def _add(self, path: str, code: str, what: str = "") -> None:
        self.findings.append(OcflFinding(path, code, what))

    def _check_layout(self) -> str:
        """The name of the layout's extension; empty if the root does not say."""
        if LAYOUT_NAME not in self._names:
            return ""
        layout = self._read_json(LAYOUT_NAME)
        if not isinstance(layout, Block) or any(
            not isinstance(layout.get(key), str) for key in ("extension", "description")
        ):
            self._add(LAYOUT_NAME, "E070")
        extension = layout.get("extension") if isinstance(layout, Block) else ""
        if not isinstance(extension, str):
            return ""
        if extension and extension not in REGISTERED:
            self._add(LAYOUT_NAME, "E071", extension)
        return extension

    def _check_extensions(self) -> None:
        folder = self._folder / FOLDER
        if not folder.is_dir() or folder.is_symlink():
            return
        below = read_tree(folder)
        self.findings += (finding.under(FOLDER) for finding in below.findings)
        self.unjudged += (Unjudged(f"{FOLDER}/{one.path}", one.reason) for one in below.unjudged)
        tree = Tree({f"{FOLDER}/{path}" for path in below.files}, {f"{FOLDER}/{path}" for path in below.folders})
        is_old = self.version == "1.0"
        strange, found = check_extensions(tree, "E086" if is_old else "E112", "" if is_old else "W016")
        self.findings += found
        if is_old:
            self._check_documented(FOLDER, strange)

    def _check_documented(self, folder: str, unregistered: Iterable[str]) -> None:
        """What is in no register must be told in a text in the storage root (OCFL 1.0, 3.9)."""
        for name in unregistered:
            if not any(f"{name}{ending}" in self._names for ending in _TEXTS):
                self._add(f"{folder}/{name}", "E068", name)

    def _walk(self) -> None:
        """Find the objects, and what stands between the root and them."""
        above = dict[str, bool]()  # folder of the hierarchy → whether an object lies below
        waiting = [""]
        while waiting:
            here = waiting.pop()
            entries = scan(self._folder, here, self.unjudged)
            files = {name for name, mode, _ in entries if stat.S_ISREG(mode)}
            folders = [name for name, mode, _ in entries if stat.S_ISDIR(mode) and (here or name != FOLDER)]
            for name, mode, links in entries:
                path = f"{here}/{name}" if here else name
                if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                    self._add(path, "E090" if stat.S_ISLNK(mode) else "E089")
                elif stat.S_ISREG(mode) and links > 1 and not here:
                    self._add(path, "E090", str(links))
            if here and is_object(files):
                self.objects.append(here)
                for place in _folders_above(here):
                    above[place] = True
                continue
            if here:
                above.setdefault(here, False)
                self._check_between(here, entries)
            waiting += (f"{here}/{name}" if here else name for name in folders)
        self.objects.sort()
        self._check_ends(above)

    def _check_between(self, here: str, entries: list[tuple[str, int, int]]) -> None:
        if not entries:
            self._add(here, "E073")
        for name, mode, _ in entries:
            if stat.S_ISREG(mode):
                for code in ("E072", "E084"):
                    self._add(f"{here}/{name}", code)

    def _check_ends(self, above: Mapping[str, bool]) -> None:
        for path, has_object in sorted(above.items()):
            if has_object:
                continue
            if "/" not in path:
                self._add(path, "E088")
            if not any(other.startswith(f"{path}/") for other in above):
                self._add(path, "E085")

    def _check_depths(self) -> None:
        depths = {path.count("/") for path in self.objects}
        if len(depths) > 1:
            self._add("", "W014")
            if 0 in depths:
                self._add("", "W015")

    def _check_place(self, path: str, object_id: str) -> None:
        """An identifier leads to one place: the layout's, and that of no other object."""
        if not object_id:
            return
        before = self._places.setdefault(object_id, path)
        if before != path:
            self._add(path, "E083", f"{object_id}: {before}")
            return
        configuration = self._read_json(f"{FOLDER}/{self._layout}/config.json") if self._layout in REGISTERED else None
        expected = object_path(object_id, self._layout, configuration if isinstance(configuration, Block) else {})
        if expected is not None and expected != path:
            self._add(path, "E083", f"{object_id}: {expected}")

    def _read_json(self, path: str) -> Any:  # noqa: ANN401 -- whatever stands there
        """What a file of the root's own says; None if there is none, or it is no JSON."""
        try:
            with (self._folder / path).open("rb") as file:
                return read_json(file.read(_LARGEST_SETTING_BYTES))
        except (OSError, ValueError):
            return None


def is_object(files: set[str]) -> bool:
    """Whether a folder with those files was meant to be an object."""
    return any(name.startswith(("0=ocfl_object", "inventory.json")) for name in files)


def _folders_above(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))
