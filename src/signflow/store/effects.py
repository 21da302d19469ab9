"""One claim for each external effect: claimed, then done, then marked with its result.

A step that runs again finds the result of the first run and does nothing. Where two runs raced, the first mark stands
and both get its result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping

from sqlalchemy import select, update

from signflow.store.database import Database, insert_if_absent
from signflow.store.tables import effects

Result = Mapping[str, str | int]


class Effects:
    """The claims in one database."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def result(self, key: str) -> Result | None:
        """What the effect came to; None if it is not known to be done."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(effects.c.done_at, effects.c.result).where(effects.c.key == key)
            ).one_or_none()
        return row.result if row and row.done_at else None

    def results(self, keys: Collection[str]) -> Mapping[str, Result]:
        """What those of the effects came to that are known to be done."""
        done = select(effects.c.key, effects.c.result).where(effects.c.key.in_(keys), effects.c.done_at.is_not(None))
        with self._database.reading() as connection:
            return {row.key: row.result for row in connection.execute(done)}

    def claim(self, key: str) -> Result | None:
        """Say that the effect is about to happen; the result if it has happened already."""
        with self._database.writing() as connection:
            if insert_if_absent(connection, effects, {"key": key, "claimed_at": self._clock()}):
                return None
            row = connection.execute(select(effects).where(effects.c.key == key)).one()
            return row.result if row.done_at else None

    def done(self, key: str, result: Result) -> Result:
        """Mark the effect; the result that stands, which is the first one marked."""
        with self._database.writing() as connection:
            row = connection.execute(select(effects).where(effects.c.key == key).with_for_update()).one()
            if row.done_at:
                return row.result
            connection.execute(
                update(effects).where(effects.c.key == key).values(done_at=self._clock(), result=dict(result))
            )
            return result
