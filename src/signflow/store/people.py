"""The people register: who has which address. Drafts hold names only.

By what an identity provider knows a person may be a national identity number. It is never kept: only its digest under a key
that the database does not hold, by which nobody can find out the number by trying all there are.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest

from sqlalchemy import ColumnElement, delete, func, insert, select

from signflow.errors import RefusedError
from signflow.store.database import Database, Turn, take_turn
from signflow.store.tables import people

_COLUMNS = ("name", "organisation", "e-mail", "roles", "identifier")
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
    "identitet": "identifier",
    "personnummer": "identifier",
    "id": "identifier",
}
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,255}")
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_LONGEST_BYTES = 5_000_000
_LONGEST_IDENTIFIER = 255  # OpenID Connect Core 1.0, 2: of a subject
_SHORT_NUMBER = re.compile(r"([0-9][-+\s]*){10}")
_ROUNDED_NUMBER = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+")  # what a spreadsheet makes of twelve digits


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """A row of the register, or of a file that goes into it.

    Attributes:
        name: In full.
        organisation: Empty if none is said.
        address: Of their e-mail.
        roles: Folded.
        identifier_digest: Digest of what an identity provider knows them by; empty if there is nothing. None in a row of a
            file that does not say, and then what the register has stays.
    """

    name: str
    organisation: str
    address: str
    roles: tuple[str, ...]
    identifier_digest: str | None = None


class People:
    """The register in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, rows: Iterable[RegisteredPerson]) -> int:
        """Add people, or replace those with the same address, in whatever case it is written; how many there were.

        An identifier that a row says nothing of stays as it is.
        """
        count = 0
        with self._database.writing() as connection:
            take_turn(connection, Turn.REGISTERING_PEOPLE)
            for row in rows:
                same = _is_of(row.address)
                digest = row.identifier_digest
                if digest is None:
                    digest = connection.execute(select(people.c.identifier_digest).where(same)).scalar()
                connection.execute(delete(people).where(same))
                connection.execute(
                    insert(people).values(
                        address=row.address,
                        name=row.name,
                        folded_name=fold(row.name),
                        organisation=row.organisation,
                        roles=list(row.roles),
                        identifier_digest=digest or None,
                    )
                )
                count += 1
        return count

    def all(self) -> tuple[RegisteredPerson, ...]:
        """Everybody, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(people).order_by(people.c.folded_name))
            return tuple(
                RegisteredPerson(row.name, row.organisation, row.address, tuple(row.roles), row.identifier_digest or "")
                for row in rows
            )

    def address_of(self, name: str) -> str:
        """The address of the one person of that name; empty if there is none, or if several share the name."""
        with self._database.reading() as connection:
            found = (
                connection.execute(select(people.c.address).where(people.c.folded_name == fold(name))).scalars().all()
            )
        return found[0] if len(found) == 1 else ""

    def identifier_digest_of(self, address: str) -> str:
        """The digest of what whoever has that address is known by; empty if there is none, or nobody."""
        with self._database.reading() as connection:
            return connection.execute(select(people.c.identifier_digest).where(_is_of(address))).scalar() or ""


def _is_of(address: str) -> ColumnElement[bool]:
    # SQLite's lower() knows ASCII alone
    return (people.c.address == address) | (func.lower(people.c.address) == address.lower())


def fold(name: str) -> str:
    """A name as compared: case, form of accents and runs of spaces do not count."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def read_people(data: bytes, digest: Callable[[str], str]) -> tuple[RegisteredPerson, ...]:
    """The rows of a CSV file with the columns name, organisation, e-mail, roles and identifier, in any order.

    Headings are Swedish or English. Separators are comma, semicolon or tab; several roles are separated by `|` or `/`. An
    identity number is written with twelve digits: which century ten digits belong to is for nobody to guess.

    Args:
        data: The file.
        digest: Of an identifier, as it is written: a keyed one, which holds what may be written in several ways for the same.

    Raises:
        RefusedError: The file cannot be used; `line` says where.
    """
    if len(data) > _LONGEST_BYTES:
        raise RefusedError("people-too-large", limit_mb=_LONGEST_BYTES // 1_000_000)
    text = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    # strict: a quotation mark that is never closed would otherwise swallow the rows after it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
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
    twice = [column for column in _COLUMNS if header.count(column) > 1]
    if twice:
        raise RefusedError("people-column-twice", column=twice[0])
    # a row that ends early says nothing in its last columns, which is not the same as leaving them out
    return tuple(
        _person(line, dict(zip_longest(header, row[: len(header)], fillvalue="")), digest) for line, row in rows[1:]
    )


def _decoded(data: bytes) -> str:
    """The text, whichever of a spreadsheet program's encodings it is in: UTF-8, UTF-16 or Windows'.

    Raises:
        RefusedError: It is in none of them; `line` says where.
    """
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    line = 1
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = 1 + data.count(b"\n", 0, error.start)
    raise RefusedError("people-unreadable", line=line)


def is_address(address: str) -> bool:
    """Whether a mail can be sent there: what is registered must not turn out to be useless later."""
    if not _ADDRESS.fullmatch(address) or not address.isprintable() or len(address) > _LONGEST_ADDRESS:
        return False
    try:
        address.rpartition("@")[2].encode("idna")
    except UnicodeError:
        return False
    return True


def _person(line: int, cells: dict[str, str], digest: Callable[[str], str]) -> RegisteredPerson:
    name = _one_line(cells.get("name", ""))
    address = cells.get("e-mail", "").strip()
    if not name:
        raise RefusedError("people-name-missing", line=line)
    if not is_address(address):
        raise RefusedError("people-address-invalid", line=line, name=name, address=address[:80])
    local, _, domain = address.rpartition("@")
    identifier = _one_line(cells["identifier"]) if "identifier" in cells else None
    if identifier:
        _check_identifier(identifier, line, name)
    return RegisteredPerson(
        name=unicodedata.normalize("NFC", name),
        organisation=_one_line(cells.get("organisation", "")),
        address=f"{local}@{domain.lower()}",
        roles=tuple(
            role.strip() for role in re.split(r"[|/]", fold(_one_line(cells.get("roles", "")))) if role.strip()
        ),
        identifier_digest=digest(identifier) if identifier else identifier,
    )


def _check_identifier(identifier: str, line: int, name: str) -> None:
    if _SHORT_NUMBER.fullmatch(identifier):
        raise RefusedError("people-identifier-short", line=line, name=name)
    if _ROUNDED_NUMBER.fullmatch(identifier) or len(identifier) > _LONGEST_IDENTIFIER:
        raise RefusedError("people-identifier-invalid", line=line, name=name, longest=_LONGEST_IDENTIFIER)


def _one_line(cell: str) -> str:
    """A cell without line breaks, invisible characters and runs of spaces."""
    return " ".join("".join(letter for letter in cell if letter.isprintable() or letter.isspace()).split())
