"""Tokens of programs, known by the SHA-256 of what was shown once: whoever reads the database can use none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Row, and_, insert, select, update

from signflow.rounds.tokens import ApiToken, Scope
from signflow.store.database import Database, Turn, take_turn
from signflow.store.tables import tokens


class Tokens:
    """The tokens in one database."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, digest: str, token: ApiToken) -> bool:
        """Keep a new token; False if there is, or was, one of that name."""
        with self._database.writing() as connection:
            take_turn(connection, Turn.NAMING_TOKENS)
            if connection.execute(select(tokens.c.name).where(tokens.c.name == token.name)).one_or_none():
                return False
            values = {
                "name": token.name,
                "token_digest": digest,
                "scopes": sorted(token.scopes),
                "bodies": list(token.bodies),
                "created_at": token.created_at,
                "expires_at": token.expires_at,
            }
            connection.execute(insert(tokens).values(values))
        return True

    def find(self, digest: str) -> ApiToken | None:
        """The token of that digest, whether or not it still holds; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(tokens).where(tokens.c.token_digest == digest)).one_or_none()
        return _token(row) if row else None

    def all(self) -> tuple[ApiToken, ...]:
        """All there ever were, by name."""
        with self._database.reading() as connection:
            return tuple(_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.name)))

    def see(self, name: str, at: dt.datetime) -> None:
        """The token is used."""
        with self._database.writing() as connection:
            connection.execute(update(tokens).where(tokens.c.name == name).values(last_used_at=at))

    def revoke(self, name: str) -> bool:
        """Make a token void from now on; False if there is none of that name that is not."""
        live = and_(tokens.c.name == name, tokens.c.revoked_at.is_(None))
        with self._database.writing() as connection:
            return connection.execute(update(tokens).where(live).values(revoked_at=self._clock())).rowcount > 0


def _token(row: Row[tuple[object, ...]]) -> ApiToken:
    return ApiToken(
        name=row.name,
        scopes=frozenset(Scope(one) for one in row.scopes),
        bodies=tuple(row.bodies),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
