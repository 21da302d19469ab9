"""What stands in a folder, without following a link: files, folders, and what is neither."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from signflow.archive.ocfl_validation.findings import OcflFinding, Unjudged


@dataclass(slots=True)
class Tree:
    """A folder's content, by path relative to it, with `/` whatever the system has.

    Attributes:
        files: Regular files.
        folders: Folders below it.
        findings: Links and what cannot be kept as a file (E089, E090).
        unjudged: What could not be looked at.
    """

    files: set[str] = field(default_factory=set[str])
    folders: set[str] = field(default_factory=set[str])
    findings: list[OcflFinding] = field(default_factory=list[OcflFinding])
    unjudged: list[Unjudged] = field(default_factory=list[Unjudged])

    def files_in(self, folder: str) -> set[str]:
        """Names of the files that stand directly in that folder; `""` is the folder itself."""
        return _names_in(self.files, folder)

    def folders_in(self, folder: str) -> set[str]:
        """Names of the folders that stand directly in that folder."""
        return _names_in(self.folders, folder)

    def below(self, folder: str) -> Iterator[str]:
        """Paths of the files anywhere below that folder."""
        return (path for path in self.files if path.startswith(f"{folder}/"))

    def empty_folders(self, folder: str) -> Iterator[str]:
        """That folder and those below it, if nothing stands in them."""
        parents = {path.rpartition("/")[0] for path in (*self.files, *self.folders)}
        here = (path for path in self.folders if path == folder or path.startswith(f"{folder}/"))
        return (path for path in here if path not in parents)


def read_tree(folder: Path) -> Tree:
    """Everything below a folder."""
    tree = Tree()
    waiting = [""]
    while waiting:
        here = waiting.pop()
        for name, mode, links in scan(folder, here, tree.unjudged):
            path = f"{here}/{name}" if here else name
            if stat.S_ISDIR(mode):
                tree.folders.add(path)
                waiting.append(path)
            elif not stat.S_ISREG(mode):
                tree.findings.append(OcflFinding(path, "E090" if stat.S_ISLNK(mode) else "E089"))
            else:
                tree.files.add(path)
                if links > 1:
                    tree.findings.append(OcflFinding(path, "E090", str(links)))
    return tree


def scan(folder: Path, path: str, unjudged: list[Unjudged]) -> list[tuple[str, int, int]]:
    """Name, mode and number of links of what stands in a folder, in order; what cannot be seen goes into `unjudged`."""
    try:
        with os.scandir(folder / path) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError as error:
        unjudged.append(Unjudged(path, error.strerror or type(error).__name__))
        return []
    return sorted((name, about.st_mode, about.st_nlink) for name, about in found)


def _names_in(paths: set[str], folder: str) -> set[str]:
    if not folder:
        return {path for path in paths if "/" not in path}
    start = f"{folder}/"
    return {rest for path in paths if path.startswith(start) and "/" not in (rest := path[len(start) :])}
