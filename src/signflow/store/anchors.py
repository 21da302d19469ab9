"""The audit log's anchors: what its head was on a day, under a timestamp.

Each is kept twice: as a row, and as two files in a folder, the statement that was stamped (`2026-11-23.json`) and the
token over it (`2026-11-23.tst`). What is done to the database alone disagrees with the folder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select, update

from signflow.durable import write_new
from signflow.errors import UnavailableError
from signflow.store import audit
from signflow.store.audit import Link
from signflow.store.database import Database
from signflow.store.tables import audit_anchors

_STATEMENT_NAME = "{day}.json"
_TIMESTAMP_NAME = "{day}.tst"
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.(json|tst)")
_PUBLIC_MODE = 0o644
_LARGEST_FILE_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A statement about the log's head, and the token over it; empty bytes where there is none yet."""

    statement: bytes
    token: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the log; `seq` is 0 while it has none."""

    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class KeptLog:
    """All that is kept of the log, as it was at one moment.

    Attributes:
        entries: How many there are.
        faults: Where the chain does not hold, in order.
        digests: Of each entry that one of the anchors might speak of, as computed: all of those asked for.
        rows: The anchors in the database by day.
        files: Those in the folder. Those of which the database tells that they are being made are not among them.
    """

    entries: int
    faults: tuple[Link, ...]
    digests: Mapping[int, str]
    rows: Mapping[dt.date, Anchor]
    files: Mapping[dt.date, Anchor]


class Anchors:
    """The anchors of one log."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock

    def intend(self, day: dt.date, build: Callable[[Head, Anchor | None], bytes | None]) -> dt.date | None:
        """Fix what is to be stamped, before anything is; the day of the anchor that is to be made, None for none.

        An anchor that was begun and not finished comes first, whichever day it is of.

        Args:
            day: Whose anchor it is; a day has one.
            build: The statement from the head and the last anchor; None if there is nothing new to state.
        """
        with self._database.writing() as connection:
            seq, digest = audit.lock_head(connection)
            rows = connection.execute(select(audit_anchors).order_by(audit_anchors.c.day)).all()
            unfinished = [row.day for row in rows if row.token is None]
            if unfinished:
                return unfinished[0]
            if any(row.day >= day for row in rows):
                return None
            last = Anchor(rows[-1].statement.encode(), rows[-1].token) if rows else None
            statement = build(Head(seq, digest), last)
            if statement is None:
                return None
            row = {"day": day, "statement": statement.decode(), "token": None, "asked_at": self._clock()}
            connection.execute(insert(audit_anchors).values(row))
            return day

    def finish(self, day: dt.date, stamp: Callable[[bytes], bytes]) -> Anchor:
        """Have the day's statement stamped, once: files first, the row last; the anchor that stands.

        Raises:
            UnavailableError: The folder cannot be written now.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(audit_anchors).where(audit_anchors.c.day == day)).one()
        if row.token is not None:
            return Anchor(row.statement.encode(), row.token)
        statement = row.statement.encode()
        path = self._folder / _TIMESTAMP_NAME.format(day=day)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._folder / _STATEMENT_NAME.format(day=day), statement)
            if not path.exists():
                self._write(path, stamp(statement))
            token = path.read_bytes()
        except OSError as error:
            raise UnavailableError("disk-unavailable", reason=error.strerror or str(error)) from error
        with self._database.writing() as connection:
            open_row = (audit_anchors.c.day == day) & audit_anchors.c.token.is_(None)
            connection.execute(update(audit_anchors).where(open_row).values(token=token))
        return Anchor(statement, token)

    def read(self, seq_of: Callable[[bytes], int]) -> KeptLog:
        """The whole log, recomputed, and all anchors, without disturbing whoever writes.

        Args:
            seq_of: The number of the entry that a statement speaks of; 0 for none.
        """
        before = self._files()  # a row is there before its files, and its token after them
        with self._database.reading() as connection:
            kept = connection.execute(select(audit_anchors).order_by(audit_anchors.c.day)).all()
            rows = {row.day: Anchor(row.statement.encode(), row.token or b"") for row in kept}
            after = {day: anchor for day, anchor in self._files().items() if day in rows}
            files = {**before, **after}
            wanted = {seq_of(anchor.statement) for anchor in (*rows.values(), *files.values())}
            entries, faults, digests = 0, list[Link](), dict[int, str]()
            for link in audit.read_chain(connection):
                entries += bool(link.digest)
                if link.fault:
                    faults.append(link)
                if link.seq in wanted and link.digest:
                    digests[link.seq] = link.digest
        return KeptLog(entries, tuple(faults), digests, rows, files)

    def _files(self) -> dict[dt.date, Anchor]:
        """What lies in the folder; a file that was taken away while we looked is not there."""
        found: dict[dt.date, dict[str, bytes]] = {}
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            name = _NAME.fullmatch(path.name)
            if name is None or path.is_symlink() or not path.is_file():
                continue
            with suppress(FileNotFoundError, ValueError), path.open("rb") as file:
                found.setdefault(dt.date.fromisoformat(name[1]), {})[name[2]] = file.read(_LARGEST_FILE_BYTES)
        return {day: Anchor(files.get("json", b""), files.get("tst", b"")) for day, files in found.items()}

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        with suppress(FileExistsError):  # of a run that was interrupted: what lies there counts
            write_new(path, data, mode=_PUBLIC_MODE)
