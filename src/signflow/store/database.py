"""Opening the database: one engine for SQLite or PostgreSQL, migrated to the present schema."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError
from sqlalchemy.pool import QueuePool

from signflow.errors import UnavailableError

_BUSY_S = 30
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Turn(IntEnum):
    """What several processes must do after one another; the numbers of PostgreSQL's advisory locks."""

    MIGRATING = 0x7369676E01
    REGISTERING_PEOPLE = 0x7369676E02
    ASKING_FOR_CODES = 0x7369676E03
    NAMING_TOKENS = 0x7369676E08


class Database:
    """Transactions on one database.

    A SQLite writer takes its lock at the start (`BEGIN IMMEDIATE`), so that what it has read cannot change before it
    writes; every commit is synced to disk.
    """

    def __init__(self, url: str) -> None:
        self.engine = _sqlite(url) if url.startswith("sqlite") else create_engine(url, pool_pre_ping=True)

    def migrate(self) -> None:
        """Bring the schema up to date; does nothing where it is."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.writing() as connection:
            take_turn(connection, Turn.MIGRATING)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        # PostgreSQL would show each statement what was committed before it; SQLite shows one state as it is
        one_state = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with _translated(), self.engine.connect().execution_options(**one_state) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that commits at the end, or leaves no trace."""
        with _translated(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def take_turn(connection: Connection, turn: Turn) -> None:
    """Wait until nobody else has this turn, and have it until the transaction ends. SQLite's writers take turns anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(int(turn))))


def insert_if_absent(connection: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Insert a row, unless one of that key is there already; whether it was inserted.

    Of several transactions that do so at the same time one inserts; the others wait until it has ended.
    """
    statement = _INSERTS[connection.dialect.name](table).values(dict(values)).on_conflict_do_nothing()
    return connection.execute(statement.returning(*table.primary_key)).first() is not None


@contextmanager
def _translated() -> Generator[None]:
    """A database that is locked, full or away is a thing outside that does not answer now."""
    try:
        yield
    except (OperationalError, InterfaceError, NoFreeConnectionError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise UnavailableError("database-unavailable", reason=str(reason)) from error


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": _BUSY_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own transactions begin too late
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
