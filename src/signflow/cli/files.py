"""Files that a person names on the command line: read and written, or a sentence about why not."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from signflow.durable import write_new, write_whole
from signflow.errors import SettingsError, SignflowError, UnavailableError
from signflow.texts import Texts

_REASONS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EISDIR: "folder",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "read_only",
    errno.ENAMETOOLONG: "name_too_long",
}
DRAFT_SUFFIXES = (".md", ".markdown", ".txt", ".docx", ".dotx")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def require(path: Path, texts: Texts) -> None:
    """Nothing, if there is such a file or folder.

    Raises:
        SettingsError: There is none.
    """
    try:
        path.stat()
    except OSError as error:
        raise SettingsError("file-unreadable", file=str(path), reason=_reason(error, texts)) from error


def drafts_in(folder: Path) -> list[Path]:
    """The drafts in a folder and the folders in it, in order; not what is hidden, nor the files with which Word locks one.

    Raises:
        SettingsError: There is none.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith((".", "~$"))]
    drafts = sorted(file for file in found if file.suffix.lower() in DRAFT_SUFFIXES and file.is_file())
    if not drafts:
        raise SettingsError("no-drafts-there", folder=str(folder), suffixes=", ".join(DRAFT_SUFFIXES))
    return drafts


def read_file(path: Path, texts: Texts, largest_bytes: int) -> bytes:
    """The file's bytes; never more than one beyond the limit are read.

    Raises:
        SettingsError: It is not there, is no file, may not be read, or is larger than the limit.
    """
    data = read_beginning(path, texts, largest_bytes + 1)
    if len(data) > largest_bytes:
        raise SettingsError("file-too-large", file=str(path), limit_mb=largest_bytes // 1_000_000)
    return data


def read_beginning(path: Path, texts: Texts, most_bytes: int) -> bytes:
    """The file's bytes up to a limit.

    Raises:
        SettingsError: It is not there, is no file, or may not be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most_bytes)
    except OSError as error:
        raise SettingsError("file-unreadable", file=str(path), reason=_reason(error, texts)) from error


@contextmanager
def reading(path: Path, texts: Texts) -> Generator[None]:
    """For the body, which reads the file.

    Raises:
        SettingsError: It is not there, is no file, or may not be read.
    """
    try:
        yield
    except OSError as error:
        raise SettingsError("file-unreadable", file=str(path), reason=_reason(error, texts)) from error


def write_file(path: Path, data: bytes, texts: Texts) -> None:
    """Write a file whole; one that was there before is replaced, or left as it was.

    Raises:
        SettingsError: It cannot be written there.
        UnavailableError: The disk is full.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        write_whole(path, data, mode=0o644)
    except OSError as error:
        raise _unwritable(path, error, texts) from error


def write_new_file(path: Path, data: bytes, texts: Texts) -> None:
    """Write a file that must not be there yet.

    Raises:
        SettingsError: It is there already, or cannot be written there.
        UnavailableError: The disk is full.
    """
    try:
        write_new(path, data, mode=0o644)
    except FileExistsError as error:
        raise SettingsError("file-there-already", file=str(path)) from error
    except OSError as error:
        raise _unwritable(path, error, texts) from error


def _unwritable(path: Path, error: OSError, texts: Texts) -> SignflowError:
    reason = _reason(error, texts)
    if error.errno in _FULL:
        return UnavailableError("disk-unavailable", reason=reason)
    return SettingsError("file-unwritable", file=str(path), reason=reason)


def _reason(error: OSError, texts: Texts) -> str:
    name = _REASONS.get(error.errno or 0)
    return texts(f"cli.reason.{name}") if name else error.strerror or type(error).__name__
