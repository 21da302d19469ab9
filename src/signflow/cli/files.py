"""Files that a person names on the command line: read and written, or a sentence about why not."""

from __future__ import annotations

import errno
from pathlib import Path

from signflow.durable import write_whole
from signflow.errors import SettingsError, UnavailableError
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
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


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
        reason = _reason(error, texts)
        if error.errno in _FULL:
            raise UnavailableError("disk-unavailable", reason=reason) from error
        raise SettingsError("file-unwritable", file=str(path), reason=reason) from error


def _reason(error: OSError, texts: Texts) -> str:
    name = _REASONS.get(error.errno or 0)
    return texts(f"cli.reason.{name}") if name else error.strerror or type(error).__name__
