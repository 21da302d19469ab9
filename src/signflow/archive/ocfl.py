"""An OCFL 1.1 storage root in a folder of one file system: staged, forced to disk, read back, seen whole or not at all.

Storing a version:

1. Stage: copy every file into a folder inside the storage root (`extensions/signflow-staging`), digest on the way,
   force to disk.
2. Build the object as it shall be: the new version beside hard links to the old ones, which are never touched.
3. Force every folder to disk; read every new file back and compare.
4. Under the root's lock, find the object as it was when staged; then make it visible by one rename, or, where there is
   an older one, by one exchange of the two folders.
5. Force the parent folder to disk; drop the staging.

A crash before 4 leaves staging that the next start drops; after 4 it leaves the new object.

Source: OCFL 1.1, 3 (objects), 4 (storage root), 5.1 (atomicity).
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

from signflow.archive import durable, layout
from signflow.archive.inventory import INVENTORY_NAME, Inventory, VersionNote
from signflow.archive.ocfl_object import Staging, StoredObject, build_object, read_object
from signflow.crashpoints import CommitPoint, passing
from signflow.durable import sync_folder
from signflow.errors import IntegrityError, SettingsError, StaleError, UnavailableError

ROOT_DECLARATION = "0=ocfl_1.1"
EXTENSIONS_FOLDER = "extensions"
LAYOUT_NAME = "ocfl_layout.json"
STAGING_FOLDER = "extensions/signflow-staging"


class StorageRoot:
    """An OCFL storage root. Several processes and threads may use one at the same time.

    An empty or missing folder becomes a storage root; what a crash left in the staging folder is dropped, unless
    somebody is staging just then.

    Raises:
        SettingsError: `archive-root-foreign`: there is something else in the folder; `archive-root-layout`: it is a
            storage root of another layout.
        UnavailableError: `archive-root-unwritable`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            self._open()
            with durable.locked_if_free(root / ROOT_DECLARATION) as alone:
                if alone and (root / STAGING_FOLDER).exists():
                    shutil.rmtree(root / STAGING_FOLDER)
        except OSError as error:
            raise UnavailableError("archive-root-unwritable", folder=str(root), reason=error.strerror) from error

    def find(self, object_id: str) -> StoredObject | None:
        """The object, or None if there is none.

        Raises:
            IntegrityError: As `read_object`.
        """
        folder = self.root / layout.object_path_of(object_id)
        if not folder.is_dir():
            return None
        stored = read_object(folder)
        if stored.inventory.object_id != object_id:
            raise IntegrityError("archive-inventory-altered", path=str(folder / INVENTORY_NAME))
        return stored

    def object_folders(self) -> Iterator[Path]:
        """Every folder at the depth at which the layout has objects, in the order of their paths."""
        pattern = "/".join(["[0-9a-f]" * 3] * (layout.OBJECT_DEPTH - 1)) + "/*"
        yield from sorted(path for path in self.root.glob(pattern) if path.is_dir() and not path.is_symlink())

    @contextlib.contextmanager
    def staging(self) -> Generator[Staging]:
        """A place to bring files in; dropped at the end, whether they were stored or not.

        Raises:
            UnavailableError: `archive-disk-full` or `archive-write-failed`, for whatever fails inside.
        """
        with durable.locked(self.root / ROOT_DECLARATION, shared=True), _writing(self.root):
            folder = self._new_staging_folder()
            try:
                yield Staging(folder)
            finally:
                shutil.rmtree(folder)
                # OCFL knows no staging area: the folder goes with the last who uses it.
                with contextlib.suppress(OSError):
                    folder.parent.rmdir()

    def store(self, staging: Staging, object_id: str, previous: StoredObject | None, note: VersionNote) -> StoredObject:
        """Make the staged files the object's next version, after `previous`; steps 2 to 5 above.

        Raises:
            StaleError: `archive-object-moved`: somebody else has stored a version meanwhile.
            SettingsError: `archive-filesystem-unfit`: the file system cannot exchange two folders.
            IntegrityError: `archive-write-corrupted`.
            OSError: Writing failed.
        """
        old = previous.inventory if previous else Inventory(object_id)
        inventory = old.with_version(staging.files, note)
        built = staging.folder / "object"
        build_object(staging, built, previous, inventory)
        passing(CommitPoint.AIP_STAGED)
        target = self.root / layout.object_path_of(object_id)
        with durable.locked(self.root / LAYOUT_NAME):
            current = self.find(object_id)
            if (current and current.inventory_digest) != (previous and previous.inventory_digest):
                raise StaleError("archive-object-moved", object=object_id)
            if current is None:
                self._appear(staging, built, target)
            else:
                _replace(built, target)
        passing(CommitPoint.AIP_STORED)
        return read_object(target)

    def _new_staging_folder(self) -> Path:
        parent = self.root / STAGING_FOLDER
        while True:
            parent.mkdir(exist_ok=True)
            # Another process may drop the empty parent between the two calls.
            with contextlib.suppress(FileNotFoundError):
                return Path(tempfile.mkdtemp(dir=parent))

    def _appear(self, staging: Staging, built: Path, target: Path) -> None:
        """Rename the object into place together with the folders above it that are not there yet.

        OCFL allows no empty folders: made one by one, they would be left behind by a crash.
        """
        existing = next(parent for parent in target.parents if parent.is_dir())
        missing = target.relative_to(existing).parts
        whole = staging.folder.joinpath("path", *missing)
        whole.parent.mkdir(parents=True)
        built.rename(whole)
        for parent in whole.parents[: len(missing)]:
            sync_folder(parent)
        (staging.folder / "path" / missing[0]).rename(existing / missing[0])
        sync_folder(existing)

    def _open(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if not (self.root / ROOT_DECLARATION).exists():
            self._initialise()
        if (self.root / ROOT_DECLARATION).read_bytes() != f"{ROOT_DECLARATION[2:]}\n".encode():
            raise SettingsError("archive-root-foreign", folder=str(self.root), found=ROOT_DECLARATION)
        configuration = self.root / EXTENSIONS_FOLDER / layout.EXTENSION / "config.json"
        expected = {self.root / LAYOUT_NAME: layout.LAYOUT, configuration: layout.CONFIGURATION}
        for path, value in expected.items():
            if not path.is_file() or path.read_bytes() != layout.json_bytes(value):
                raise SettingsError("archive-root-layout", folder=str(self.root), file=path.name)

    def _initialise(self) -> None:
        """Write the root's own files, the declaration last: without it there is no storage root yet."""
        ours = {EXTENSIONS_FOLDER, LAYOUT_NAME}
        foreign = sorted(path.name for path in self.root.iterdir() if path.name not in ours and path.suffix != ".new")
        if foreign:
            raise SettingsError("archive-root-foreign", folder=str(self.root), found=foreign[0])
        extension = self.root / EXTENSIONS_FOLDER / layout.EXTENSION
        extension.mkdir(parents=True, exist_ok=True)
        files = {
            extension / "config.json": layout.json_bytes(layout.CONFIGURATION),
            self.root / LAYOUT_NAME: layout.json_bytes(layout.LAYOUT),
            self.root / ROOT_DECLARATION: f"{ROOT_DECLARATION[2:]}\n".encode(),
        }
        for path, content in files.items():
            new = path.with_name(f"{path.name}.new")
            new.unlink(missing_ok=True)
            durable.write_durably(new, content)
            # The locks are taken on these files, and a lock over a network file system needs the right to write.
            new.chmod(0o644)
            new.rename(path)
        durable.sync_folders_under(self.root)
        sync_folder(self.root.parent)


def _replace(built: Path, target: Path) -> None:
    try:
        durable.exchange(built, target)
    except OSError as error:
        if error.errno in {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}:
            raise SettingsError("archive-filesystem-unfit", folder=str(target)) from error
        raise
    sync_folder(target.parent)


@contextlib.contextmanager
def _writing(root: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise UnavailableError("archive-disk-full", folder=str(root)) from error
        raise UnavailableError("archive-write-failed", folder=str(root), reason=error.strerror) from error
