"""One OCFL 1.1 object: read with its digests compared, and built anew in a staging folder.

Source: OCFL 1.1, 3 (objects).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from signflow.archive import durable
from signflow.archive.durable import Digests
from signflow.archive.inventory import (
    CONTENT_FOLDER,
    INVENTORY_NAME,
    SIDECAR_NAME,
    Inventory,
    build_inventory,
    build_sidecar,
    read_inventory,
)
from signflow.errors import IntegrityError, NotFoundError

OBJECT_DECLARATION = "0=ocfl_object_1.1"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object whose inventory matched its sidecar when it was read.

    Attributes:
        folder: Where it lies.
        inventory: What it holds.
        inventory_digest: SHA-512 of the inventory file.
    """

    folder: Path
    inventory: Inventory
    inventory_digest: str

    def read(self, name: str, version: int | None = None) -> bytes:
        """The bytes that a version, the newest if none is named, has under the name, compared with their digest.

        Raises:
            NotFoundError: `archive-file-unknown`.
            IntegrityError: `archive-file-altered`, `archive-file-missing` or `archive-file-unreadable`.
        """
        sha512, path = self._located(name, version or self.inventory.head)
        with _reading(path):
            data = path.read_bytes()
        if durable.digests_of(data).sha512 != sha512:
            raise IntegrityError("archive-file-altered", path=str(path))
        return data

    def verified_path(self, name: str) -> Path:
        """Where the bytes lie that the newest version has under the name, compared with their digest; for large files.

        Raises:
            NotFoundError: As `read`.
            IntegrityError: As `read`.
        """
        sha512, path = self._located(name, self.inventory.head)
        with _reading(path):
            digests = durable.digests_of(path)
        if digests.sha512 != sha512:
            raise IntegrityError("archive-file-altered", path=str(path))
        return path

    def _located(self, name: str, version: int) -> tuple[str, Path]:
        sha512 = self.inventory.states[version - 1].get(name)
        if sha512 is None:
            raise NotFoundError("archive-file-unknown", path=name, object=self.inventory.object_id)
        return sha512, self.folder / self.inventory.manifest[sha512]


@dataclass(slots=True)
class Staging:
    """Files on their way into an object.

    Attributes:
        folder: The staging folder, alone ours.
        files: Name in the package → digests, in the order in which they came.
    """

    folder: Path
    files: dict[str, Digests] = field(default_factory=dict[str, Digests])
    _verified: set[str] = field(default_factory=set[str])

    @property
    def content(self) -> Path:
        """Where the files lie."""
        return self.folder / CONTENT_FOLDER

    def add(self, name: str, content: bytes | Path) -> Digests:
        """Copy one file in, digest it and force it to disk.

        Raises:
            OSError: As `durable.write_durably`.
        """
        path = self.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files[name] = durable.write_durably(path, content)
        return self.files[name]

    def keep(self, name: str, inventory: Inventory) -> None:
        """Take over a file of the newest version of an object whose next version this becomes, without copying it."""
        path = inventory.content_path(name)
        self.files[name] = Digests(inventory.state[name], inventory.fixity[path], 0)
        self._verified.add(name)

    def verify(self) -> None:
        """Read back what has been added since the last time and compare.

        Raises:
            IntegrityError: `archive-write-corrupted`: the disk did not keep what was written.
        """
        for name in sorted(self.files.keys() - self._verified):
            _verify_written(self.content / name, self.files[name].sha512)
            self._verified.add(name)


def read_object(folder: Path) -> StoredObject:
    """The object in the folder, its inventory compared with its sidecar.

    Raises:
        IntegrityError: `archive-inventory-altered`, `archive-file-missing` or `archive-file-unreadable`.
    """
    with _reading(folder / INVENTORY_NAME):
        data = (folder / INVENTORY_NAME).read_bytes()
        sidecar = (folder / SIDECAR_NAME).read_bytes()
    inventory = read_inventory(data, sidecar, str(folder / INVENTORY_NAME))
    return StoredObject(folder, inventory, durable.digests_of(data).sha512)


def build_object(staging: Staging, built: Path, previous: StoredObject | None, inventory: Inventory) -> None:
    """Make the folder `built` the object as it shall be: the staged files beside hard links to the older versions.

    When it returns, every byte and name has been forced to disk and every new file read back and compared.

    Raises:
        IntegrityError: `archive-write-corrupted`.
        OSError: Writing failed.
    """
    staging.verify()
    if previous:
        _link_versions(previous, built)
    version = built / f"v{inventory.head}"
    version.mkdir(parents=True)
    for name, digests in staging.files.items():
        path = f"v{inventory.head}/{CONTENT_FOLDER}/{name}"
        if inventory.manifest[digests.sha512] == path:
            (built / path).parent.mkdir(parents=True, exist_ok=True)
            (staging.content / name).rename(built / path)
    data = build_inventory(inventory)
    written = {
        built / OBJECT_DECLARATION: f"{OBJECT_DECLARATION[2:]}\n".encode(),
        version / INVENTORY_NAME: data,
        version / SIDECAR_NAME: build_sidecar(data),
        built / INVENTORY_NAME: data,
        built / SIDECAR_NAME: build_sidecar(data),
    }
    for path, content in written.items():
        digests = durable.write_durably(path, content)
        _verify_written(path, digests.sha512)
    durable.sync_folders_under(built)


def _link_versions(previous: StoredObject, built: Path) -> None:
    for number in range(1, previous.inventory.head + 1):
        version = previous.folder / f"v{number}"
        for current, _, names in os.walk(version):
            target = built / Path(current).relative_to(previous.folder)
            target.mkdir(parents=True)
            for name in names:
                (target / name).hardlink_to(Path(current, name))


def _verify_written(path: Path, sha512: str) -> None:
    if durable.digests_of(path).sha512 != sha512:
        raise IntegrityError("archive-write-corrupted", path=str(path))


@contextlib.contextmanager
def _reading(path: Path) -> Generator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise IntegrityError("archive-file-missing", path=error.filename or str(path)) from error
    except OSError as error:
        raise IntegrityError("archive-file-unreadable", path=str(path), reason=error.strerror) from error
