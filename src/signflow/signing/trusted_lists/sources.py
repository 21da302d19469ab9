"""Where trusted lists come from: their addresses, or a folder for computers without a network."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import urlsplit

from signflow.errors import RefusedError, UnavailableError
from signflow.line import Line, LineError
from signflow.signing.trusted_lists.signed import LIMIT_BYTES


class ListSource(Protocol):
    """Has lists."""

    def fetch(self, url: str, territory: str = "") -> bytes:
        """The list that is published at that address, of that territory if it is a state's.

        Raises:
            UnavailableError: It cannot be had now.
            RefusedError: It is larger than any list, or its address is none that is fetched from.
        """
        ...


class WebSource:
    """From their addresses, over HTTPS alone."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def fetch(self, url: str, territory: str = "") -> bytes:  # noqa: ARG002 -- the protocol's
        """As the protocol says."""
        if urlsplit(url).scheme != "https":
            raise RefusedError("trusted-list-address", url=url)
        try:
            return self._line.get(url, limit_bytes=LIMIT_BYTES)
        except LineError as error:
            raise UnavailableError("trusted-list-away", url=url, reason=str(error)) from error


class FolderSource:
    """From a folder that holds them as `SE.xml`, or under the last part of their addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, url: str, territory: str = "") -> bytes:
        """As the protocol says."""
        published = PurePosixPath(urlsplit(url).path).name
        for name in filter(None, (territory and f"{territory}.xml", published)):
            file = self._folder / name
            if file.is_file():
                try:
                    with file.open("rb") as opened:
                        return opened.read(LIMIT_BYTES + 1)  # one more than is read at all
                except OSError as error:
                    raise UnavailableError("trusted-list-away", url=str(file), reason=error.strerror or "") from error
        raise UnavailableError("trusted-list-away", url=str(self._folder / published), reason="ENOENT")
