"""Honest OCFL objects and storage roots as values, to be damaged and written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signflow.archive.ocfl_validation.layouts import object_path

LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
CONFIGURATION = {"extensionName": LAYOUT, "digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3}
OBJECT_ID = "info:example/minutes"
THREE_VERSIONS = (
    {"a.txt": b"one", "dir/b.txt": b"two", "empty": b""},
    {"a.txt": b"one, changed", "dir/b.txt": b"two", "dir/c.txt": b"two"},
    {"a.txt": b"one", "d.txt": b"three", "empty": b""},
)


@dataclass
class Draft:
    """What will be written: files, inventories (by folder; each with its sidecar), and what is done to the folder at last."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    inventories: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    empty_folders: list[str] = field(default_factory=list[str])
    at_last: list[Callable[[Path], object]] = field(default_factory=list[Callable[[Path], object]])

    @property
    def root(self) -> dict[str, Any]:
        """The object's inventory, which is also the newest version's."""
        return self.inventories[""]

    def own(self, folder: str) -> dict[str, Any]:
        """The inventory in that folder, from now on no other's."""
        self.inventories[folder] = deepcopy(self.inventories[folder])
        return self.inventories[folder]

    def write(self, folder: Path) -> Path:
        """Into a new folder."""
        folder.mkdir(parents=True)
        for path in self.empty_folders:
            (folder / path).mkdir(parents=True)
        for path, content in {**self.files, **self.inventory_files()}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        for act in self.at_last:
            act(folder)
        return folder

    def at(self, folder: str) -> Draft:
        """The same, further down."""
        return Draft(
            {f"{folder}/{path}": content for path, content in self.files.items()},
            {f"{folder}/{path}".rstrip("/"): inventory for path, inventory in self.inventories.items()},
            [f"{folder}/{path}" for path in self.empty_folders],
            [lambda root, act=act: act(root / folder) for act in self.at_last],
        )

    def add(self, other: Draft) -> None:
        """Take over another's."""
        self.files |= other.files
        self.inventories |= other.inventories
        self.empty_folders += other.empty_folders
        self.at_last += other.at_last

    def inventory_files(self) -> dict[str, bytes]:
        """The inventories and their sidecars, as they will be written."""
        files = dict[str, bytes]()
        for folder, inventory in self.inventories.items():
            data = json.dumps(inventory, indent=1).encode()
            algorithm = inventory.get("digestAlgorithm")
            algorithm = algorithm if algorithm in ("sha256", "md5") else "sha512"
            path = f"{folder}/inventory.json".lstrip("/")
            files[path] = data
            files[f"{path}.{algorithm}"] = f"{hashlib.new(algorithm, data).hexdigest()} inventory.json\n".encode()
        return files


def digest_of(content: bytes, algorithm: str = "sha512") -> str:
    return hashlib.new(algorithm, content).hexdigest()


def honest_object(
    spec: str = "1.1",
    states: Sequence[Mapping[str, bytes]] = THREE_VERSIONS,
    *,
    algorithm: str = "sha512",
    content: str = "content",
    digits: int = 0,
    object_id: str = OBJECT_ID,
) -> Draft:
    """An object in which nothing is to be remarked, as long as it is asked for with the defaults."""
    draft = Draft({f"0=ocfl_object_{spec}": f"ocfl_object_{spec}\n".encode()})
    inventory: dict[str, Any] = {
        "id": object_id,
        "type": f"https://ocfl.io/{spec}/spec/#inventory",
        "digestAlgorithm": algorithm,
        "head": "",
        "manifest": {},
        "versions": {},
        "fixity": {"md5": {}},
    }
    if content != "content":
        inventory["contentDirectory"] = content
    for number, state in enumerate(states, 1):
        name = f"v{number:0{digits}}"
        inventory = deepcopy(inventory)
        written = dict[str, list[str]]()
        for logical, data in state.items():
            digest = digest_of(data, algorithm)
            written.setdefault(digest, []).append(logical)
            if digest not in inventory["manifest"]:
                path = f"{name}/{content}/{logical}"
                inventory["manifest"][digest] = [path]
                inventory["fixity"]["md5"][digest_of(data, "md5")] = [path]
                draft.files[path] = data
        inventory["head"] = name
        inventory["versions"][name] = {
            "created": f"2020-01-{number:02}T12:00:00Z",
            "message": f"Version {number}",
            "user": {"name": "Åsa Öberg", "address": "mailto:asa@example.se"},
            "state": written,
        }
        draft.inventories[name] = draft.inventories[""] = inventory
    return draft


def honest_root(spec: str = "1.1", ids: Sequence[str] = ("info:example/1", "info:example/2")) -> Draft:
    """A storage root of the layout 0003 with an object for each identifier."""
    layout = json.dumps({"extension": LAYOUT, "description": "From the SHA-256 of the identifier"}).encode()
    draft = Draft({f"0=ocfl_{spec}": f"ocfl_{spec}\n".encode(), "ocfl_layout.json": layout})
    draft.files[f"extensions/{LAYOUT}/config.json"] = json.dumps(CONFIGURATION).encode()
    for object_id in ids:
        draft.add(honest_object(spec, object_id=object_id).at(place_of(object_id)))
    return draft


def place_of(object_id: str) -> str:
    """Where the object lies in such a root."""
    found = object_path(object_id, LAYOUT, {})
    assert found
    return found
