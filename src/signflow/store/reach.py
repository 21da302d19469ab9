"""Which documents a list holds for somebody: what `rounds/access.py` says of each, asked of the database for all at once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select, true

from signflow.rounds.access import Reach
from signflow.store.people import fold
from signflow.store.tables import documents, versions


def reached(connection: Connection, reach: frozenset[Reach]) -> ColumnElement[bool]:
    """The condition on documents."""
    if Reach() in reach:
        return true()
    return or_(false(), *(_by(connection, one) for one in reach))


def _by(connection: Connection, reach: Reach) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if reach.body:
        # compared here, since SQLite knows the case of ASCII alone
        bodies = connection.execute(select(documents.c.body).distinct()).scalars()
        conditions.append(documents.c.body.in_([body for body in bodies if body.casefold() == reach.body.casefold()]))
    if reach.address:
        conditions.append(documents.c.id.in_(_appointing(connection, reach)))
    return and_(*conditions)


def _appointing(connection: Connection, reach: Reach) -> list[str]:
    """The documents whose present text appoints the person, with that address."""
    present = and_(versions.c.document_id == documents.c.id, versions.c.number == documents.c.draft_number)
    named = documents.c.searched.contains(fold(reach.person), autoescape=True)  # so that few are read
    rows = connection.execute(select(documents.c.id, versions.c.appointments).join(versions, present).where(named))
    wanted = (fold(reach.person), reach.address.casefold())
    return [
        row.id
        for row in rows
        if any((fold(one["person"]), one["address"].casefold()) == wanted for one in row.appointments)
    ]
