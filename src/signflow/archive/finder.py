"""Searching the index: in bounded time, however much is found.

1. The words become terms (`query`), and a term with a star the commonest stems that begin so.
2. The newest rows that have all terms are read, `_MOST_ROWS` of them, and `_MOST_HEADINGS` that have them in heading or number:
   what is very common is not read to its end.
3. Those rows are ranked by BM25 with a weight for each scope, and gathered by document, the best item first.

Without words the newest documents are listed. Whatever is asked for, the same index answers in the same order.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), 3.6 (fields); SQLite FTS5, 3.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from signflow.archive.index_rows import (
    ALL_ROWS,
    WHOLE,
    Scope,
    documents,
    first_of_day,
    first_of_next_day,
    item_mark,
    name_mark,
    name_of,
    names,
    passages,
    stems,
)
from signflow.archive.passages import Looked, Phrase, marked, passage_of
from signflow.archive.query import Query, Term, read_query
from signflow.archive.search import PAGE_HITS, Found, Hit, ItemPlace, Search
from signflow.archive.words import stems_in

_MOST_ROWS = 400
_MOST_HEADINGS = 200
_MOST_LISTED = 5_000
_MOST_ALSO = 3
_MOST_BEGINNINGS = 40
_MOST_PEOPLE = 100
_WEIGHTS: Mapping[Scope, float] = {Scope.TEXT: 1.0, Scope.DECISIONS: 2.0, Scope.HEADING: 8.0}
_SATURATION, _LENGTH = 1.2, 0.6  # k1 and b
_LAST_NUMBER = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class _Within:
    """What narrows a search: conditions on marks, and the first and last number of a row."""

    marks: tuple[str, ...]
    first: int
    last: int


def find(connection: sa.Connection, search: Search, hits_on_page: int = PAGE_HITS) -> Found:
    """What there is; no words, however odd, are an error."""
    query = read_query(search.words)
    narrowed = _narrowing(connection, search)
    if narrowed is None or (search.words.strip() and not query.wanted):
        return Found()
    within = _Within(
        tuple(narrowed),
        first_of_day(search.since) if search.since else 0,
        first_of_next_day(first_of_day(search.until)) - 1 if search.until else _LAST_NUMBER,
    )
    if query.wanted:
        return _ranked(connection, query, within, search, hits_on_page)
    return _listed(connection, within, search, hits_on_page)


def bodies_of(connection: sa.Connection) -> list[str]:
    """Every body that has documents, by name."""
    used = sa.exists().where(documents.c.body == names.c.name)
    return list(
        connection.execute(sa.select(names.c.name).where(names.c.kind == "body", used).order_by(names.c.name)).scalars()
    )


def _narrowing(connection: sa.Connection, search: Search) -> list[str] | None:
    """The filters as conditions on marks; None where nothing can fulfil them."""
    conditions: list[str] = []
    for kind, name in (("body", search.body), ("class", search.minutes_class)):
        if name:
            number = connection.scalar(
                sa.select(names.c.number).where(names.c.kind == kind, names.c.name == name_of(name))
            )
            if number is None:
                return None
            conditions.append(f'"{name_mark(number)}"')
    if search.person.strip():
        people = _people(connection, search.person)
        if not people:
            return None
        conditions.append("(" + " OR ".join(f'"{name_mark(number)}"' for number in people) + ")")
    if search.item is not None:
        conditions.append(f'"{item_mark(search.item)}"')
    return conditions


def _people(connection: sa.Connection, typed: str) -> Sequence[int]:
    wanted = " ".join(f'"{stem}"' for stem in stems_in(typed[:200]))
    if not wanted:
        return []
    query = sa.text("SELECT rowid FROM people WHERE people MATCH :wanted ORDER BY rowid LIMIT :most")
    return connection.execute(query, {"wanted": wanted, "most": _MOST_PEOPLE}).scalars().all()


@dataclass(frozen=True, slots=True)
class _Sought:
    """A term as the index is asked for it.

    Attributes:
        phrases: Those that satisfy it.
        counted: How it is counted in a row with a space around each stem, and what each counts.
        telling: The weight of one that is rare.
    """

    phrases: tuple[Phrase, ...]
    counted: tuple[tuple[str, float], ...]
    telling: float

    def within(self, *scopes: Scope) -> str:
        """That it stands in one of the scopes, in FTS5's words: of letters and figures, `§`, `/`, `-` and `:`."""
        phrases = (" ".join(f"{scope}{stem}" for stem in phrase) for scope in scopes for phrase in self.phrases)
        return "(" + " OR ".join(f'"{phrase}"' for phrase in phrases) + ")"


@dataclass(frozen=True, slots=True)
class _Scored:
    document: int
    number: int
    score: float


def _ranked(connection: sa.Connection, query: Query, within: _Within, search: Search, size: int) -> Found:
    sought = [_sought(connection, term) for term in query.wanted]
    unwanted = [_sought(connection, term) for term in query.unwanted]
    if search.decisions:
        wanted = _all_in(sought, Scope.DECISIONS)
    elif len(sought) == 1:
        wanted = _all_in(sought, Scope.TEXT)
    else:
        own = " OR ".join(one.within(Scope.TEXT) for one in sought)
        wanted = f"{_all_in(sought, Scope.TEXT, Scope.INHERITED)} AND ({own})"
    rows = _rows(connection, _expression(wanted, unwanted, within), within, _MOST_ROWS + 1)
    more = len(rows) > _MOST_ROWS
    if more and not search.decisions:
        in_headings = _expression(_all_in(sought, Scope.HEADING), unwanted, within)
        rows |= _rows(connection, in_headings, within, _MOST_HEADINGS)
    by_document: dict[int, list[_Scored]] = {}
    for scored in _scored(rows, sought):
        by_document.setdefault(scored.document, []).append(scored)
    groups = list(by_document.values())
    shown = groups[(search.page - 1) * size : search.page * size]
    looked = [one.phrases for one in sought]
    bodies, years = ((), ()) if more else _facets(connection, list(by_document))
    return Found(
        tuple(_hits(connection, shown, looked, decisions=search.decisions)),
        len(groups),
        more,
        -(-len(groups) // size),
        bodies,
        years,
    )


def _listed(connection: sa.Connection, within: _Within, search: Search, size: int) -> Found:
    """The newest first: documents, or items where those of a number are asked for."""
    conditions = within.marks if search.item is not None else (f'"{WHOLE}"', *within.marks)
    expression = " AND ".join(conditions)
    counting = sa.text(
        "SELECT count(*) FROM (SELECT rowid FROM words WHERE words MATCH :expression"
        " AND rowid BETWEEN :first AND :last LIMIT :most)"
    )
    values: dict[str, object] = {"expression": expression, "first": within.first, "last": within.last}
    total: int = connection.scalar(counting, {**values, "most": _MOST_LISTED + 1}) or 0
    reading = sa.text(
        "SELECT document, rowid FROM words WHERE words MATCH :expression AND rowid BETWEEN :first AND :last"
        " ORDER BY rowid DESC LIMIT :most OFFSET :before"
    )
    before = min((search.page - 1) * size, _MOST_LISTED)
    rows = connection.execute(reading, {**values, "most": size, "before": before}).all()
    groups = [[_Scored(row.document, row.rowid, 0.0)] for row in rows]
    counted = min(total, _MOST_LISTED)
    return Found(tuple(_hits(connection, groups, (), decisions=False)), counted, total > counted, -(-counted // size))


def _sought(connection: sa.Connection, term: Term) -> _Sought:
    phrases = [term.stems]
    if term.beginning:
        # the last character of all: what follows the beginning sorts before it
        between = stems.c.stem.between(term.beginning, f"{term.beginning}\U0010ffff")
        begun = (
            sa.select(stems.c.stem).where(between).order_by(stems.c.rows.desc(), stems.c.stem).limit(_MOST_BEGINNINGS)
        )
        phrases += [(stem,) for stem in connection.execute(begun).scalars()]
    wanted = {stem for phrase in phrases for stem in phrase} | {ALL_ROWS}
    known = connection.execute(sa.select(stems).where(stems.c.stem.in_(wanted))).all()
    rows = {row.stem: row.rows for row in known}
    there = max(min(rows.get(stem, 0) for stem in phrase) for phrase in phrases)
    count = max(rows.get(ALL_ROWS, 0), there)
    shapes = {(*term.stems, "")}
    if term.beginning:
        shapes = {(term.beginning,)} if term.stems[0].startswith(term.beginning) else {*shapes, (term.beginning,)}
    counted = [
        (" " + " ".join(f"{scope}{stem}" if stem else "" for stem in shape), weight)
        for shape in shapes
        for scope, weight in _WEIGHTS.items()
    ]
    telling = math.log(1 + (count - there + 0.5) / (there + 0.5))
    return _Sought(tuple(dict.fromkeys(phrases)), tuple(counted), telling)


def _all_in(sought: Sequence[_Sought], *scopes: Scope) -> str:
    return "(" + " AND ".join(one.within(*scopes) for one in sought) + ")"


def _expression(wanted: str, unwanted: Sequence[_Sought], within: _Within) -> str:
    narrowed = " AND ".join([wanted, *within.marks])
    if not unwanted:
        return narrowed
    return f"({narrowed}) NOT ({' OR '.join(one.within(Scope.TEXT, Scope.INHERITED) for one in unwanted)})"


def _rows(connection: sa.Connection, expression: str, within: _Within, most: int) -> dict[int, sa.Row[Any]]:
    """The newest rows that fulfil it, by number: the document, and the stems."""
    reading = sa.text(
        "SELECT rowid AS number, document, text FROM words WHERE words MATCH :expression"
        " AND rowid BETWEEN :first AND :last ORDER BY rowid DESC LIMIT :most"
    )
    values = {"expression": expression, "first": within.first, "last": within.last, "most": most}
    return {row[0]: row for row in connection.execute(reading, values).all()}


def _scored(rows: Mapping[int, sa.Row[Any]], sought: Sequence[_Sought]) -> list[_Scored]:
    """The rows with their documents, the best first; of equals the newest."""
    usual = sum(len(row.text) for row in rows.values()) / len(rows) if rows else 0.0
    scored = (
        _Scored(row.document, number, _score(row, len(row.text) / (usual or 1.0), sought))
        for number, row in rows.items()
    )
    return sorted(scored, key=lambda one: (-one.score, -one.number))


def _score(row: sa.Row[Any], length: float, sought: Sequence[_Sought]) -> float:
    text = f" {row.text} "
    enough = _SATURATION * (1 - _LENGTH + _LENGTH * length)
    score = 0.0
    for one in sought:
        times = sum(weight * text.count(shape) for shape, weight in one.counted)
        score += one.telling * times / (times + enough)
    return score


def _hits(
    connection: sa.Connection, groups: Sequence[Sequence[_Scored]], looked: Looked, *, decisions: bool
) -> Iterator[Hit]:
    numbers = [one.number for group in groups for one in group[: _MOST_ALSO + 1]]
    rows = {row.number: row for row in connection.execute(passages.select().where(passages.c.number.in_(numbers)))}
    of = [group[0].document for group in groups]
    about = {row.number: row for row in connection.execute(documents.select().where(documents.c.number.in_(of)))}
    for group in groups:
        document = about[group[0].document]
        best, *others = (rows[one.number] for one in group[: _MOST_ALSO + 1])
        known = (document.document_id, document.title, document.body, document.date)
        if looked or best.position:
            text = best.decisions if decisions else best.text
            yield Hit(
                *known, _place(best, looked), passage_of(text, looked), tuple(_place(row, looked) for row in others)
            )
        else:
            yield Hit(*known)


def _place(row: sa.Row[Any], looked: Looked) -> ItemPlace:
    return ItemPlace(row.position, row.label, marked(row.heading, looked))


def _facets(
    connection: sa.Connection, of: Sequence[int]
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    rows = connection.execute(sa.select(documents.c.body, documents.c.date).where(documents.c.number.in_(of))).all()
    bodies = Counter(row.body for row in rows if row.body)
    years = Counter(row.date[:4] for row in rows if row.date)
    return tuple(sorted(bodies.items(), key=lambda one: (-one[1], one[0]))), tuple(sorted(years.items(), reverse=True))
