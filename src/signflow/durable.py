"""Files that, whatever happens, are there whole or not at all, and stay.

What this relies on is POSIX: `fsync` of a file makes its bytes durable, `fsync` of a folder makes the names in it
durable, and a rename is seen whole or not at all.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

SECRET_MODE = 0o600


def write_whole(path: Path, data: bytes, *, mode: int = SECRET_MODE) -> None:
    """Write a file, replacing one of that name: bytes and name are on the disk when this returns.

    Raises:
        OSError: It cannot be written, or the disk is full; what was there before is there still.
    """
    new_folders = [folder for folder in path.parents if not folder.exists()]
    _replace(path, data, mode, synced=True)
    for folder in [path.parent, *(folder.parent for folder in new_folders)]:
        sync_folder(folder)


def write_expendable(path: Path, data: bytes, *, mode: int = SECRET_MODE) -> None:
    """Write a file that is seen whole or not at all, and that a power cut may take or leave damaged.

    Only for what tells by itself whether it is whole, and can be made anew.

    Raises:
        OSError: It cannot be written, or the disk is full; what was there before is there still.
    """
    _replace(path, data, mode, synced=False)


def _replace(path: Path, data: bytes, mode: int, *, synced: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if synced:
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_new(path: Path, data: bytes, *, mode: int = SECRET_MODE) -> None:
    """Write a file that must not exist yet; it appears with all its bytes, on the disk, or not at all.

    Raises:
        FileExistsError: It exists.
        OSError: It cannot be written.
    """
    staged = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # a link refuses an existing name, which a rename would replace
        os.link(staged, path)
    finally:
        staged.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
