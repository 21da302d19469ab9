"""Every test of the store runs on SQLite and on PostgreSQL, each time on a fresh copy of a migrated database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgresql_server import PostgresqlServer, server_programs
from store_samples import Clock

from signflow.store.database import Database
from signflow.store.store import Store

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.oracle("postgresql")))
Fresh = Callable[[], str]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    programs = server_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed, or we cannot become its user")
    with PostgresqlServer(programs) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "signflow.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresqlServer) -> str:
    url = postgresql_server.create()
    database = Database(url)
    database.migrate()
    database.close()
    return url.rpartition("/")[2]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'signflow.db'}"
    return request.getfixturevalue("postgresql_server").create()


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database without any rows."""
    if request.param == "sqlite":
        copy = tmp_path / "signflow.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), copy)
        return f"sqlite:///{copy}"
    template = request.getfixturevalue("postgresql_template")
    return request.getfixturevalue("postgresql_server").create(template)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    one = Database(url)
    yield one
    one.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> Store:
    return Store(database, clock)
