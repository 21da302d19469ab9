"""Work in hand as files named by their digest. Written whole, synced and renamed; never changed afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path

from signflow.blobs import BlobRef
from signflow.durable import sync_folder, write_whole
from signflow.errors import IntegrityError, UnavailableError


class FolderBlobs:
    """A folder of blobs: `<first two digits>/<digest>`.

    Bytes are on disk, and so is their name, before `put` returns.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, media_type: str) -> BlobRef:
        """Store the bytes durably; storing the same bytes again is the same blob.

        Raises:
            UnavailableError: The disk is full or cannot be written; nothing is left behind.
        """
        ref = BlobRef(hashlib.sha256(data).hexdigest(), len(data), media_type)
        path = self._path(ref.digest)
        try:
            if path.exists() and path.read_bytes() == data:
                sync_folder(path.parent)  # whoever wrote it may have been killed before they did
            else:
                write_whole(path, data)
        except OSError as error:
            raise UnavailableError("disk-unavailable", reason=error.strerror or str(error)) from error
        return ref

    def get(self, ref: BlobRef) -> bytes:
        """The bytes.

        Raises:
            IntegrityError: They are missing, or not the bytes that were put.
            UnavailableError: The disk cannot be read.
        """
        try:
            data = self._path(ref.digest).read_bytes()
        except FileNotFoundError as error:
            raise IntegrityError("blob-missing", digest=ref.digest) from error
        except OSError as error:
            raise UnavailableError("disk-unavailable", reason=error.strerror or str(error)) from error
        if hashlib.sha256(data).hexdigest() != ref.digest:
            raise IntegrityError("blob-altered", digest=ref.digest)
        return data

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest
