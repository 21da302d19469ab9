"""A PostgreSQL server of our own: in a temporary folder, on a free port of the loopback, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Self

from sqlalchemy import create_engine

_USER = "postgres"
# nothing here outlives the tests, so nothing needs to reach the disk
_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=32MB"


def server_programs() -> Path | None:
    """Where the newest server's programs are; None if there are none, or if they cannot be run as their user."""
    if os.geteuid() != 0 or shutil.which("runuser") is None:
        return None
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


class PostgresqlServer:
    """One server, running while it is entered."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="signflow-postgresql-"))
        self._numbers = count(1)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]

    def __enter__(self) -> Self:
        self._folder.chmod(0o755)
        shutil.chown(self._folder, _USER, _USER)
        self._run("initdb", "--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C", "-D", self._data)
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 {_OPTIONS}"
        self._run("pg_ctl", "-w", "-D", self._data, "-l", f"{self._folder}/log", "-o", options, "start")
        self._engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()
        self._run("pg_ctl", "-w", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def create(self, template: str = "template0") -> str:
        """The address of a new database, a copy of another."""
        name = f"signflow{next(self._numbers)}"
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = ["runuser", "-u", _USER, "--", str(self._programs / program), *arguments]
        # the server inherits our output: a pipe would keep us waiting for its end
        with (self._folder / "output").open("a") as output:
            subprocess.run(command, check=True, cwd=self._folder, stdout=output, stderr=output, timeout=60)
