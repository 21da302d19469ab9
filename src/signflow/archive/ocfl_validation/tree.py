"""What stands in a folder, without following a link: files, folders, and what is neither."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from signflow.archive.ocfl_validation.findings import Findings, Unjudged


@dataclass(slots=True)
class Links:
    """Which names are one file.

    A file that has a second name outside of what is looked at (a snapshot made with hard links, say) is not told from one
    that is there alone: only names that meet here are links within the hierarchy.
    """

    _names: defaultdict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, path: str, about: os.stat_result) -> None:
        """Note a regular file."""
        if about.st_nlink > 1:
            self._names[about.st_dev, about.st_ino].append(path)

    def add_all(self, others: Links, folder: str) -> None:
        """Take over those of a folder further down."""
        for file, names in others._names.items():
            self._names[file] += (f"{folder}/{name}" if folder else name for name in names)

    def note(self, findings: Findings) -> None:
        """E090 for every name of a file that has several here."""
        for names in self._names.values():
            for name in names if len(names) > 1 else ():
                findings.add(name, "E090", next(other for other in names if other != name))


@dataclass(slots=True)
class Tree:
    """A folder's content, by path relative to it, with `/` whatever the system has.

    Attributes:
        files: Regular files.
        folders: Folders below it.
        links: Which of the files are one.
    """

    files: set[str] = field(default_factory=set[str])
    folders: set[str] = field(default_factory=set[str])
    links: Links = field(default_factory=Links)
    _files_in: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _folders_in: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, folder: str, name: str, about: os.stat_result, findings: Findings) -> bool:
        """Note what stands in a folder; whether it is a folder itself. What is neither file nor folder is E089 or E090."""
        path = f"{folder}/{name}" if folder else name
        if stat.S_ISDIR(about.st_mode):
            self.folders.add(path)
            self._folders_in[folder].append(name)
            return True
        if stat.S_ISREG(about.st_mode):
            self.files.add(path)
            self._files_in[folder].append(name)
            self.links.add(path, about)
        else:
            findings.add(path, "E090" if stat.S_ISLNK(about.st_mode) else "E089")
        return False

    def files_in(self, folder: str) -> list[str]:
        """Names of the files that stand directly in that folder, in order; `""` is the folder itself."""
        return self._files_in.get(folder, [])

    def folders_in(self, folder: str) -> list[str]:
        """Names of the folders that stand directly in that folder, in order."""
        return self._folders_in.get(folder, [])

    def below(self, folder: str) -> Iterator[str]:
        """That folder and all below it."""
        waiting = [folder] if folder in self.folders else []
        while waiting:
            here = waiting.pop()
            yield here
            waiting += (f"{here}/{name}" for name in self.folders_in(here))

    def is_empty(self, folder: str) -> bool:
        """Whether neither a file nor a folder stands in it."""
        return folder not in self._files_in and folder not in self._folders_in


def read_tree(folder: Path, findings: Findings, unjudged: list[Unjudged], below: str = "") -> Tree:
    """Everything in a folder, or only what is below one of its folders."""
    tree = Tree()
    waiting = [below]
    while waiting:
        here = waiting.pop()
        for name, about in scan(folder, here, unjudged):
            if tree.add(here, name, about, findings):
                waiting.append(f"{here}/{name}" if here else name)
    return tree


def scan(folder: Path, path: str, unjudged: list[Unjudged]) -> list[tuple[str, os.stat_result]]:
    """What stands in a folder, by name; a folder that cannot be seen into goes into `unjudged`."""
    try:
        with os.scandir(folder / path) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError as error:
        unjudged.append(Unjudged(path, reason_of(error)))
        return []
    return sorted(found, key=lambda one: one[0])


def read_start(path: Path, largest_bytes: int) -> bytes:
    """A file's bytes; at most one more than asked for.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file.read(largest_bytes + 1)


def reason_of(error: OSError) -> str:
    """What the system said."""
    return error.strerror or type(error).__name__
