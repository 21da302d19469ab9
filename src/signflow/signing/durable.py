"""Files that are wholly there after a crash, or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SECRET_MODE = 0o600


def write_new(path: Path, data: bytes, *, mode: int = SECRET_MODE) -> None:
    """Write a file that must not exist yet; it appears with all its bytes, on the disk, or not at all.

    Raises:
        FileExistsError: It exists.
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
