"""Which documents a list holds for somebody: what `rounds/access.py` says of each, asked of the database for all at once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, String, and_, cast, false, func, or_, select, true

from signflow.rounds.access import Reach
from signflow.store.people import fold
from signflow.store.tables import documents, versions


def reached(connection: Connection, reach: frozenset[Reach]) -> ColumnElement[bool]:
    """The condition on documents. A few too many may meet it where two people share an address, and none too few."""
    if Reach() in reach:
        return true()
    bodies = connection.execute(select(documents.c.body).distinct()).scalars().all() if reach else ()
    return or_(false(), *(_by(one, bodies) for one in reach))


def _by(reach: Reach, bodies: Sequence[str]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if reach.body:
        # compared here, since SQLite knows the case of ASCII alone
        conditions.append(documents.c.body.in_([body for body in bodies if body.casefold() == reach.body.casefold()]))
    if reach.address:
        appointed = func.lower(cast(versions.c.appointments, String)).contains(
            json.dumps(reach.address).lower(), autoescape=True
        )
        present = and_(versions.c.document_id == documents.c.id, versions.c.number == documents.c.draft_number)
        # the first narrows, so that the second reads few rows
        conditions.append(documents.c.searched.contains(fold(reach.person), autoescape=True))
        conditions.append(select(versions.c.number).where(and_(present, appointed)).exists())
    return and_(true(), *conditions)
