"""Trusted lists as they are kept: what they say beside the files that said it.

    lock                 held while the folder is changed
    lists.json           the list of lists
    SE.json …            one state's list each
    xml/<SHA-256>.xml    the lists as they were published, for those who want to check them

A JSON file names its XML by digest and is written last, in one piece: whatever happens between, the folder tells of the
issue before. XML that nothing names is removed with the next change.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeAlias, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from signflow.durable import write_whole
from signflow.errors import IntegrityError, UnavailableError
from signflow.signing.trusted_lists.model import ListedService, ListOfLists, StateList

LISTS = "lists"
_PUBLIC = 0o644


@dataclass(frozen=True, slots=True)
class Had:
    """How a list came here.

    Attributes:
        url: Where it was published.
        at: When it was fetched or imported.
        digest: SHA-256 of the file.
        signer: SHA-256 of the certificate that signed it.
    """

    url: str
    at: dt.datetime
    digest: str
    signer: str


@dataclass(frozen=True, slots=True)
class KeptLists:
    """The list of lists."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    had: Had
    content: ListOfLists


@dataclass(frozen=True, slots=True)
class KeptState:
    """One state's list."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    had: Had
    content: StateList


Kept: TypeAlias = KeptLists | KeptState
_K = TypeVar("_K", KeptLists, KeptState)
_LISTS = TypeAdapter(KeptLists)
_STATE = TypeAdapter(KeptState)


class ListFolder:
    """Reads and changes the folder. Change it only while holding `locked()`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the lock; the system lets go of it when the process ends, however it ends.

        Raises:
            UnavailableError: The folder cannot be written.
        """
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise UnavailableError("disk-unavailable", reason=error.strerror or str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def lists(self) -> KeptLists | None:
        """The list of lists; None if there is none yet.

        Raises:
            IntegrityError: It is damaged.
        """
        data = self._read(LISTS)
        return self._checked(LISTS, _LISTS, data) if data is not None else None

    def state(self, territory: str) -> KeptState | None:
        """The list of that territory; None if there is none yet.

        Raises:
            IntegrityError: It is damaged.
        """
        data = self._read(territory)
        return self._checked(territory, _STATE, data) if data is not None else None

    def believed(self, territory: str) -> KeptState | None:
        """Likewise, if who signed it is still named for it by the list of lists.

        Raises:
            IntegrityError: Either is damaged.
        """
        lists, state = self.lists(), self.state(territory)
        pointer = lists.content.pointer(territory) if lists else None
        if state is None or pointer is None:
            return None
        signers = {hashlib.sha256(signer).hexdigest() for signer in pointer.signers}
        return state if state.had.signer in signers else None

    def keep(self, kept: Kept, xml: bytes) -> None:
        """Put an issue in the place of the one before.

        Raises:
            UnavailableError: It cannot be written; the one before is there still.
        """
        if isinstance(kept, KeptLists):
            name, data = LISTS, _LISTS.dump_json(kept, indent=1)
        else:
            name, data = kept.content.edition.territory, _STATE.dump_json(kept, indent=1)
        try:
            write_whole(self._xml(kept.had.digest), xml, mode=_PUBLIC)
            write_whole(self._path / f"{name}.json", data, mode=_PUBLIC)
        except OSError as error:
            raise UnavailableError("disk-unavailable", reason=error.strerror or str(error)) from error

    def sweep(self) -> None:
        """Remove the XML that no sound list names. Lists that are wanted no more stay: they say which numbers were here."""
        named: set[Path] = set()
        for file in self._path.glob("*.json"):
            try:
                kept = self.lists() if file.stem == LISTS else self.state(file.stem)
            except IntegrityError:
                continue
            named |= {self._xml(kept.had.digest)} if kept else set()
        for file in (self._path / "xml").glob("*"):
            if file not in named:
                file.unlink(missing_ok=True)

    def _xml(self, digest: str) -> Path:
        return self._path / "xml" / f"{digest}.xml"

    def _read(self, name: str) -> bytes | None:
        try:
            return (self._path / f"{name}.json").read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError("disk-unavailable", reason=error.strerror or str(error)) from error

    def _checked(self, name: str, adapter: TypeAdapter[_K], data: bytes) -> _K:
        try:
            kept = adapter.validate_json(data, strict=False)
            xml = self._xml(kept.had.digest).read_bytes()
        except (ValidationError, OSError) as error:
            raise IntegrityError("trusted-list-damaged", list=name) from error
        if hashlib.sha256(xml).hexdigest() != kept.had.digest:
            raise IntegrityError("trusted-list-damaged", list=name)
        return kept


def read_services(folder: ListFolder, territories: Iterable[str]) -> tuple[ListedService, ...]:
    """The services of these territories, read from the folder alone.

    A list counts if it was signed by one of those whom the list of lists that is there names for its territory.

    Raises:
        IntegrityError: The folder is damaged.
        UnavailableError: It cannot be read now.
    """
    return tuple(
        ListedService(kept.content.edition, service)
        for territory in territories
        if (kept := folder.believed(territory)) is not None
        for service in kept.content.services
    )
