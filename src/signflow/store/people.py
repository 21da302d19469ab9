"""The people register: who has which address. Drafts hold names only."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from signflow.errors import RefusedError
from signflow.store.database import Database
from signflow.store.tables import people

_COLUMNS = ("name", "organisation", "e-mail", "roles")
_ALIASES = {
    "namn": "name",
    "organisation": "organisation",
    "e-post": "e-mail",
    "epost": "e-mail",
    "email": "e-mail",
    "mail": "e-mail",
    "roller": "roles",
    "roll": "roles",
    "role": "roles",
}
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,255}")
_LONGEST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """A row of the register."""

    name: str
    organisation: str
    address: str
    roles: tuple[str, ...]


class People:
    """The register in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, rows: Iterable[RegisteredPerson]) -> int:
        """Add people, or replace those with the same address; how many there were."""
        count = 0
        with self._database.writing() as connection:
            for row in rows:
                connection.execute(delete(people).where(people.c.address == row.address))
                connection.execute(
                    insert(people).values(
                        address=row.address,
                        name=row.name,
                        folded_name=fold(row.name),
                        organisation=row.organisation,
                        roles=list(row.roles),
                    )
                )
                count += 1
        return count

    def all(self) -> tuple[RegisteredPerson, ...]:
        """Everybody, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(people).order_by(people.c.folded_name))
            return tuple(RegisteredPerson(row.name, row.organisation, row.address, tuple(row.roles)) for row in rows)

    def address_of(self, name: str) -> str:
        """The address of the one person of that name; empty if there is none, or if several share the name."""
        with self._database.reading() as connection:
            found = (
                connection.execute(select(people.c.address).where(people.c.folded_name == fold(name))).scalars().all()
            )
        return found[0] if len(found) == 1 else ""


def fold(name: str) -> str:
    """A name as compared: case, form of accents and runs of spaces do not count."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def read_people(data: bytes) -> tuple[RegisteredPerson, ...]:
    """The rows of a CSV file with the columns name, organisation, e-mail and roles, in any order, Swedish or English.

    Separators are comma, semicolon or tab; several roles are separated by `|` or `/`.

    Raises:
        RefusedError: The file cannot be used; `line` says where.
    """
    if len(data) > _LONGEST_BYTES:
        raise RefusedError("people-too-large", limit_mb=_LONGEST_BYTES // 1_000_000)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise RefusedError("people-unreadable", line=reader.line_num) from error
    if not rows:
        raise RefusedError("people-empty")
    header = [_ALIASES.get(cell.strip().casefold(), cell.strip().casefold()) for cell in rows[0][1]]
    missing = [column for column in ("name", "e-mail") if column not in header]
    if missing:
        raise RefusedError("people-column-missing", column=missing[0], columns=", ".join(_COLUMNS))
    return tuple(_person(line, dict(zip(header, row, strict=False))) for line, row in rows[1:])


def _person(line: int, cells: dict[str, str]) -> RegisteredPerson:
    name = " ".join(cells.get("name", "").split())
    address = cells.get("e-mail", "").strip()
    if not name:
        raise RefusedError("people-name-missing", line=line)
    if not _ADDRESS.fullmatch(address):
        raise RefusedError("people-address-invalid", line=line, name=name, address=address[:80])
    local, _, domain = address.rpartition("@")
    roles = tuple(role.strip().casefold() for role in re.split(r"[|/]", cells.get("roles", "")) if role.strip())
    organisation = " ".join(cells.get("organisation", "").split())
    return RegisteredPerson(unicodedata.normalize("NFC", name), organisation, f"{local}@{domain.lower()}", roles)
