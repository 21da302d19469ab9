"""Bytes that are on the disk when a function here returns: written once, digested in the same pass, forced down.

What these functions rely on is POSIX: `fsync` of a file makes its bytes durable, `fsync` of a folder makes the names in
it durable, and a rename is seen whole or not at all. The exchange of two folders is Linux's.

Source: open(2), fsync(2), rename(2), renameat2(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
from collections.abc import Generator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from signflow.durable import sync_folder
from signflow.errors import UnavailableError

_CHUNK_BYTES = 1 << 20
_READ_ONLY_MODE = 0o444
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


@dataclass(frozen=True, slots=True)
class Digests:
    """What identifies a sequence of bytes.

    Attributes:
        sha512: The archive's own digest, 128 lower-case hexadecimal digits.
        sha256: The digest by which the rest of the house names bytes, 64 digits.
        size_bytes: Length.
    """

    sha512: str
    sha256: str
    size_bytes: int


def digests_of(content: bytes | Path) -> Digests:
    """Read the content once, from beginning to end.

    Raises:
        OSError: It cannot be read.
    """
    with _opened(content) as source:
        return digests_of_stream(source)


def digests_of_stream(source: BinaryIO) -> Digests:
    """Read the rest of an open file.

    Raises:
        OSError: It cannot be read.
    """
    return _pour(source, None)


def write_durably(path: Path, content: bytes | Path) -> Digests:
    """Copy the content into a new read-only file, digest it on the way and force it to disk.

    The folder's entry is durable only once `sync_folder` has run on the folder.

    Raises:
        UnavailableError: `archive-source-unreadable`: the content is a file that cannot be opened.
        OSError: It cannot be written, the disk is full, or there is already such a file.
    """
    with open_source(content) as source:
        return _copy(source, path)


def open_source(content: bytes | Path) -> BinaryIO:
    """What somebody gave us to keep, opened to be read.

    Raises:
        UnavailableError: `archive-source-unreadable`: it is a file that cannot be opened.
    """
    try:
        return _opened(content)
    except OSError as error:
        raise UnavailableError("archive-source-unreadable", path=str(content), reason=error.strerror) from error


def _copy(source: BinaryIO, path: Path) -> Digests:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READ_ONLY_MODE)
    with open(descriptor, "wb", buffering=0) as target:  # noqa: PTH123 — a descriptor, not a path
        digests = _pour(source, target)
        os.fsync(target.fileno())
        # Dropped from the page cache, so that reading back asks the disk and not the memory we wrote from.
        os.posix_fadvise(target.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return digests


def sync_folders_under(folder: Path) -> None:
    """Make every name at and below the folder durable, the deepest first."""
    for current, _, _ in os.walk(folder, topdown=False):
        sync_folder(Path(current))


def exchange(one: Path, other: Path) -> None:
    """Let two existing paths of one file system trade places in a single step.

    Raises:
        OSError: The file system cannot do that (`ENOSYS`, `EINVAL`), or a path is missing.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        raise OSError(errno.ENOSYS, "renameat2 is missing", str(one))
    if libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(one))


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False) -> Generator[None]:
    """Hold the file's lock, waiting for it as long as it takes; a dead process holds none."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked_if_free(path: Path) -> Generator[bool]:
    """Hold the file's lock alone if nobody else does; what is yielded says whether."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _opened(content: bytes | Path) -> BinaryIO:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _pour(source: BinaryIO, target: BinaryIO | None) -> Digests:
    sha512, sha256, size_bytes = hashlib.sha512(), hashlib.sha256(), 0
    while chunk := source.read(_CHUNK_BYTES):
        sha512.update(chunk)
        sha256.update(chunk)
        size_bytes += len(chunk)
        if target is not None:
            _write_all(target, chunk)
    return Digests(sha512.hexdigest(), sha256.hexdigest(), size_bytes)


def _write_all(target: BinaryIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[target.write(rest) :]
