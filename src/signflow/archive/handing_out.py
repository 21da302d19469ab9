"""What is handed out of the archive: single files, compared with their digests as they are read, and whole packages as ZIP.

A ZIP holds the files as they are, without compression and without a time of its own: the same package is the same ZIP, and each
file in it has the digest that the inventory names. It is made while it is sent, in bounded memory.

Source: PKWARE APPNOTE 6.3.10, 4.3 (records), 4.4.4 bit 3 (sizes after the data), 4.5.3 (ZIP64); OCFL 1.1, 3.5.3.1.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from signflow.archive.description import DESCRIPTION_PATH, Description, read_description
from signflow.archive.layout import document_id_of
from signflow.archive.ocfl_object import StoredObject
from signflow.archive.package import FOLDERS, SIGNED_PDF, FileRole
from signflow.errors import IntegrityError, NotFoundError

_CHUNK_BYTES = 1 << 20
_FIRST_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can name, 4.4.6
_FILE_MODE = 0o100644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file on its way into a ZIP.

    Attributes:
        name: In the ZIP, parts divided by `/`.
        content: The bytes, or the file that holds them.
        sha512: What they are compared with as they are sent; empty for bytes that were made just now.
    """

    name: str
    content: bytes | Path
    sha512: str = ""


class ArchivedPackage:
    """The newest version of a document, to be read; every file is compared with its digest."""

    def __init__(self, stored: StoredObject) -> None:
        self._stored = stored
        self.document_id = document_id_of(stored.inventory.object_id)
        self.version = stored.inventory.head

    @cached_property
    def description(self) -> Description:
        """What it says.

        Raises:
            IntegrityError: It is not what was stored, or not of a form we know.
        """
        return read_description(self.read(DESCRIPTION_PATH))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files, in order."""
        return tuple(sorted(self._stored.inventory.state))

    @property
    def stored_at(self) -> dt.datetime:
        """When this version was stored."""
        return dt.datetime.fromisoformat(str(self._stored.inventory.notes[-1]["created"]))

    @property
    def pdf_digest(self) -> str:
        """SHA-256 of the signed PDF."""
        inventory = self._stored.inventory
        return inventory.fixity[inventory.content_path(SIGNED_PDF)]

    def in_role(self, role: FileRole) -> tuple[str, ...]:
        """The names of the files of a role, in order."""
        return tuple(name for name in self.names if name.startswith(FOLDERS[role]))

    def read(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            NotFoundError: `archive-file-unknown`.
            IntegrityError: They are not what was stored.
        """
        return self._stored.read(name)

    def source(self) -> tuple[str, bytes]:
        """The draft as it was delivered: its name and its bytes.

        Raises:
            NotFoundError: `archive-file-unknown`: the package has none.
            IntegrityError: It is not what was stored.
        """
        names = self.in_role(FileRole.SOURCE)
        if not names:
            raise NotFoundError("archive-file-unknown", path=FOLDERS[FileRole.SOURCE], object=self.document_id)
        return names[0].removeprefix(FOLDERS[FileRole.SOURCE]), self.read(names[0])

    def verified_path(self, name: str) -> Path:
        """Where the bytes of a file lie, compared with their digest.

        Raises:
            NotFoundError: As `read`.
            IntegrityError: As `read`.
        """
        return self._stored.verified_path(name)

    def packed(self, names: Iterable[str]) -> list[PackedFile]:
        """Those files, all of them compared before the first is sent.

        Raises:
            NotFoundError: As `read`.
            IntegrityError: As `read`.
        """
        state = self._stored.inventory.state
        return [PackedFile(name, self.verified_path(name), state[name]) for name in names]


def stream_zip(files: Iterable[PackedFile]) -> Iterator[bytes]:
    """A ZIP of the files, in the order given.

    Raises:
        IntegrityError: `archive-file-altered`: a file is another than when it was packed; what was sent is then no ZIP.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as target:
        for file in files:
            about = zipfile.ZipInfo(file.name, _FIRST_TIME)
            about.create_system, about.external_attr = _UNIX, _FILE_MODE
            about.file_size = len(file.content) if isinstance(file.content, bytes) else file.content.stat().st_size
            digest = hashlib.sha512()
            with target.open(about, "w") as member:
                for chunk in _chunks(file.content):
                    digest.update(chunk)
                    member.write(chunk)
                    yield from sink.taken()
            if file.sha512 and digest.hexdigest() != file.sha512:
                raise IntegrityError("archive-file-altered", path=file.name)
            yield from sink.taken()
    yield from sink.taken()


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            yield chunk


class _Sink(io.RawIOBase):
    """What is written to it, until it is taken. It cannot go back, so that sizes come after the data."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # zipfile writes bytes
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        parts, self._parts = self._parts, []
        yield from parts
