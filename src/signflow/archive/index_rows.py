"""The tables of the search index, and how a document becomes rows in them.

A document is one row of its own (title, body, people, what else it says) and one for each item, so that what is found is an
item. Full text holds stems, which we make, with a space between: SQLite divides them at the spaces and compares them as they
are. Beside them stands the text as it was written, for whoever reads a passage.

A stem stands there once for each scope that it is in (`Scope`), with the scope before it: what is common in one scope and rare
in another is then two words to SQLite, and neither makes it read through the other.

A row's number begins with the day of the meeting: rows in the order of their numbers are in the order of time, and a span of
days is a span of numbers. That is why a search may read the newest first and stop.

Source: SQLite FTS5, 4.3.2 (the ascii tokenizer), 4.6 (columnsize).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from signflow.archive.description import Description
from signflow.archive.package import ArchivedItem
from signflow.archive.words import plain, stems_in

WHOLE = "m:whole"
"""The mark of the row that is a document's own."""
ALL_ROWS = ""
"""The stem under which the number of all rows is kept."""
_DAY_BITS = 24
_ROWS_AT_ONCE = 2_000
_DISTINCT_STEMS = 200_000
_LONGEST_NAME = 200

metadata = sa.MetaData()
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("date", sa.Text, nullable=False, index=True),
    sa.Column("object_path", sa.Text, nullable=False),
    sa.Index("documents_of_body", "body", "date"),
)
passages = sa.Table(
    "passages",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("document", sa.Integer, nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("marks", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("decisions", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
names = sa.Table(
    "names",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("kind", "name"),
)
stems = sa.Table(
    "stems",
    metadata,
    sa.Column("stem", sa.Text, primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
_FULL_TEXT: Mapping[str, str] = {"words": "text, document UNINDEXED", "people": "name"}
_ADD_STEMS = sa.text(
    "INSERT INTO stems (stem, rows) VALUES (:stem, :rows) ON CONFLICT (stem) DO UPDATE SET rows = rows + excluded.rows"
)
_ADD_WORDS = sa.text("INSERT INTO words (rowid, text, document) VALUES (:number, :text, :document)")
_ROWS_TO_FILL = sa.text(
    "SELECT passages.*, title, body, date FROM passages JOIN documents ON documents.number = passages.document"
    " WHERE passages.number > :after ORDER BY passages.number LIMIT :most"
)


class Scope(StrEnum):
    """Where in a row a stem stands."""

    TEXT = ""  # anywhere in what is the row's own
    HEADING = "h:"  # in its number or its heading
    DECISIONS = "d:"
    INHERITED = "c:"  # in what an item has from its document: title, body, day


_Named = tuple[str, str]  # what somebody is, and the name


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as it is indexed: what describes it, which version is the newest, and where its object lies."""

    description: Description
    version: int
    object_path: str


def create_tables(connection: sa.Connection) -> None:
    """Make the tables in an empty database."""
    metadata.create_all(connection)
    _create_full_text(connection)


def put_document(connection: sa.Connection, entry: DocumentEntry) -> None:
    """Index a document, in place of what was indexed of it before."""
    _forget(connection, entry.description.document_id)
    day = first_of_day(entry.description.date)
    highest = connection.scalar(
        sa.select(sa.func.max(passages.c.number)).where(passages.c.number.between(day, first_of_next_day(day)))
    )
    document = _add_passages(connection, entry, itertools.count((highest or day) + 1), {})
    found = connection.execute(
        sa.text(
            "SELECT passages.*, title, body, date FROM passages JOIN documents ON documents.number = passages.document"
            " WHERE passages.document = :document ORDER BY passages.number"
        ),
        {"document": document},
    ).all()
    _add_stems(connection, _fill(connection, found))


def replace_documents(connection: sa.Connection, entries: Iterable[DocumentEntry]) -> int:
    """Index these documents and no others; how many they are.

    The full text is filled last and in the order of time, which is the one order that it takes in without sorting anew.
    """
    for table in _FULL_TEXT:
        connection.execute(sa.text(f"DROP TABLE {table}"))
    for table in (documents, passages, names, stems):
        connection.execute(table.delete())
    _create_full_text(connection)
    days: dict[int, Iterator[int]] = {}
    known: dict[_Named, int] = {}
    count = 0
    for entry in entries:
        day = first_of_day(entry.description.date)
        _add_passages(connection, entry, days.setdefault(day, itertools.count(day + 1)), known)
        count += 1
    after, counted = -1, Counter[str]()
    while found := connection.execute(_ROWS_TO_FILL, {"after": after, "most": _ROWS_AT_ONCE}).all():
        counted.update(_fill(connection, found))
        after = found[-1].number
        if len(counted) > _DISTINCT_STEMS:
            _add_stems(connection, counted)
            counted.clear()
    _add_stems(connection, counted)
    return count


def first_of_day(date: str) -> int:
    """The number below those of the day's rows; 0 for what is no date, which is so the oldest."""
    try:
        return dt.date.fromisoformat(date).toordinal() << _DAY_BITS
    except ValueError:
        return 0


def first_of_next_day(first: int) -> int:
    """The number below those of the day after."""
    return ((first >> _DAY_BITS) + 1) << _DAY_BITS


def item_mark(number: int) -> str:
    """The mark of a row that is an item of that number."""
    return f"m:i{number}"


def name_mark(number: int) -> str:
    """The mark of a row that a body, a class or a person has to do with."""
    return f"m:n{number}"


def name_of(text: str) -> str:
    """A name as it is kept: plain, and no longer than a name is."""
    return plain(text).strip()[:_LONGEST_NAME]


def _create_full_text(connection: sa.Connection) -> None:
    for table, columns in _FULL_TEXT.items():
        connection.execute(
            sa.text(
                f"CREATE VIRTUAL TABLE {table} USING fts5({columns},"
                " tokenize = \"ascii tokenchars '/-:'\", columnsize = 0)"
            )
        )


def _add_passages(
    connection: sa.Connection, entry: DocumentEntry, numbers: Iterator[int], known: dict[_Named, int]
) -> int:
    """The document and its passages, the document's own first, without their full text; the document's number."""
    description = entry.description
    title, body = plain(description.title), plain(description.body)
    document: int = connection.execute(
        documents.insert().values(
            document_id=description.document_id,
            version=entry.version,
            title=title,
            body=body,
            date=description.date,
            object_path=entry.object_path,
        )
    ).inserted_primary_key[0]  # pyright: ignore[reportOptionalSubscript]  # an INSERT of one row has one
    named = [("body", body), ("class", description.minutes_class), *(("person", one) for one in description.people)]
    distinct = dict.fromkeys((kind, name_of(name)) for kind, name in named)
    marks = [name_mark(_number_of(connection, known, one)) for one in distinct if one[1]]
    people = ", ".join(plain(name) for name in description.people)
    rows = [
        {
            "position": 0,
            "marks": " ".join([WHOLE, *marks]),
            "label": "",
            "heading": title,
            "decisions": "",
            "text": "\n".join(filter(None, (body, people, plain(description.text)))),
        },
        *(
            {
                "position": position,
                "marks": " ".join([*map(item_mark, _numbers_in(item.number)), *marks]),
                "label": plain(item.number),
                "heading": plain(item.title),
                "decisions": plain("\n".join(item.decisions)),
                "text": plain(_told(item)),
            }
            for position, item in enumerate(description.items, 1)
        ),
    ]
    connection.execute(passages.insert(), [{"number": next(numbers), "document": document, **row} for row in rows])
    return document


def _told(item: ArchivedItem) -> str:
    """What an item says after its number and heading, paragraph by paragraph; every decision once.

    Older packages have an item's words in one paragraph: there the decisions are parted from the rest, at least.
    """
    text = item.text.removeprefix(item.number).lstrip().removeprefix(item.title).lstrip()
    missing = [decision for decision in item.decisions if decision not in text]
    parts, rest = list[str](), text
    for decision in item.decisions if "\n" not in text else ():
        if decision and decision in rest:
            before, rest = rest.split(decision, 1)
            parts += [before.strip(), decision]
    return "\n".join(part for part in (*parts, rest.strip(), *missing) if part)


def _fill(connection: sa.Connection, found: Sequence[sa.Row[Any]]) -> Counter[str]:
    """Add the full text of passages, ascending; in how many of them each stem stands."""
    counted = Counter[str]({ALL_ROWS: len(found)})
    rows: list[dict[str, object]] = []
    for row in found:
        day, label, heading = [row.date, row.date[:4]], stems_in(row.label), stems_in(row.heading)
        if row.position:
            label += map(str, _numbers_in(row.label))
            inherited = [*stems_in(row.title), *stems_in(row.body), *day]
        else:
            label += day
            inherited = []
        own = [*label, *heading, *stems_in(row.text)]
        scopes = {
            Scope.HEADING: [*label, *heading],
            Scope.DECISIONS: stems_in(row.decisions),
            Scope.INHERITED: inherited,
        }
        scoped = (f"{scope}{stem}" for scope, stems_there in scopes.items() for stem in stems_there)
        rows.append({"number": row.number, "document": row.document, "text": " ".join([*own, *scoped, row.marks])})
        counted.update(set(own))
    connection.execute(_ADD_WORDS, rows)
    return counted


def _add_stems(connection: sa.Connection, counted: Mapping[str, int]) -> None:
    added = [{"stem": stem, "rows": rows} for stem, rows in sorted(counted.items())]
    if added:
        connection.execute(_ADD_STEMS, added)


def _forget(connection: sa.Connection, document_id: str) -> None:
    document = connection.scalar(sa.select(documents.c.number).where(documents.c.document_id == document_id))
    if document is None:
        return
    here = connection.execute(sa.select(passages.c.number).where(passages.c.document == document)).scalars().all()
    gone = Counter[str]({ALL_ROWS: len(here)})
    for number in here:
        text = connection.scalar(sa.text("SELECT text FROM words WHERE rowid = :number"), {"number": number})
        gone.update({stem for stem in str(text).split() if ":" not in stem})
        connection.execute(sa.text("DELETE FROM words WHERE rowid = :number"), {"number": number})
    _add_stems(connection, {stem: -rows for stem, rows in gone.items()})
    connection.execute(stems.delete().where(stems.c.rows <= 0))
    connection.execute(passages.delete().where(passages.c.document == document))
    connection.execute(documents.delete().where(documents.c.number == document))


def _number_of(connection: sa.Connection, known: dict[_Named, int], named: _Named) -> int:
    """The number of a body, a class or a person, which it gets when it is first met; kept in `known`."""
    if named in known:
        return known[named]
    kind, name = named
    number = connection.scalar(sa.select(names.c.number).where(names.c.kind == kind, names.c.name == name))
    if number is None:
        inserted = connection.execute(names.insert().values(kind=kind, name=name)).inserted_primary_key
        number = int(inserted[0])  # pyright: ignore[reportOptionalSubscript]  # an INSERT of one row has one
        if kind == "person":
            added = {"number": number, "name": " ".join(stems_in(name))}
            connection.execute(sa.text("INSERT INTO people (rowid, name) VALUES (:number, :name)"), added)
    known[named] = number
    return number


def _numbers_in(label: str) -> list[int]:
    """The numbers that an item goes by: of `§ 45` 45."""
    found = (stem.lstrip("§") for stem in stems_in(label))
    return [int(digits) for digits in found if digits.isascii() and digits.isdecimal()][:2]
