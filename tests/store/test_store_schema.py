"""The migrations make exactly the tables that the code knows, on both databases, whoever starts first."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

import signflow.store
from signflow.errors import UnavailableError
from signflow.store.database import Database
from signflow.store.tables import metadata

MIGRATIONS = f"{signflow.store.__path__[0]}/migrations"


def _differences(database: Database) -> list[Any]:
    with database.reading() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def test_the_migrations_give_the_tables(database: Database) -> None:
    assert _differences(database) == []
    with database.reading() as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_a_difference_would_be_found(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE people ADD COLUMN shoe_size INTEGER"))
    assert len(_differences(database)) == 1


def test_migrating_again_does_nothing(database: Database) -> None:
    database.migrate()
    assert _differences(database) == []


def test_the_migrations_can_be_taken_back(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    database.migrate()
    assert _differences(database) == []


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    program = (
        "import sys; from signflow.store.database import Database; sys.stdin.read(1); Database(sys.argv[1]).migrate()"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint.decode()
    database = Database(empty_url)
    assert _differences(database) == []
    database.close()


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/signflow.db", "postgresql+psycopg://nobody@127.0.0.1:1/signflow"]
)
def test_a_database_that_is_away_is_unavailable(url: str) -> None:
    database = Database(url)
    with pytest.raises(UnavailableError, match="database-unavailable"):
        database.migrate()
    with pytest.raises(UnavailableError, match="database-unavailable"), database.reading():
        pass
    database.close()
