"""How long the pages take at the server, with 10 000 documents in the database: on SQLite, and on PostgreSQL where it is.

The documents are made up and kept by the store, each with its history; a few more are real, to be read and signed.
`SIGNFLOW_BENCH_DOCUMENTS` takes another number. Beside the clock stands what the process computed, which says more on a
machine that others use too; the process that reads drafts is not in it.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
sys.path.insert(0, str(Path(__file__).parents[1] / "store"))

from postgresql_server import PostgresqlServer, server_programs
from rich.console import Console
from rich.table import Table
from visitor import TestClient, browser

from life import Life
from many_documents import fill, lives
from real_minutes import SAMPLE
from signflow.rounds.model import Document

DOCUMENTS = int(os.environ.pop("SIGNFLOW_BENCH_DOCUMENTS", "10000"))  # not a setting
TIMES = 60
SLOWEST_MS = 50  # what is aimed at
_console = Console(highlight=False)


def main() -> None:
    """Run and print."""
    logging.disable(logging.WARNING)
    folder = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- filling is not what is timed
    for name, url in _databases():
        with tempfile.TemporaryDirectory(dir=folder) as data, Life(Path(data) / "data", database_url=url) as life:
            _measure(name, life)


@contextmanager
def _server() -> Iterator[PostgresqlServer | None]:
    programs = server_programs()
    if programs is None:
        yield None
        return
    with PostgresqlServer(programs) as server:
        yield server


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    with _server() as server:
        if server:
            yield "PostgreSQL", server.create()


def _measure(database: str, life: Life) -> None:
    began = time.perf_counter()
    fill(life.ports.store, lives(DOCUMENTS, dt.datetime.now(dt.UTC).date()))
    draft = SAMPLE.read_text("utf-8")
    real = life.drop(draft)
    life.drop(draft.replace("24 januari", "25 januari"), document=real.id)
    filled_s = time.perf_counter() - began
    token = life.token("anna@example.org")
    table = Table("page", "p50 ms", "p95 ms", "processor ms", "kB", box=None)
    with browser(life) as client:
        for name, path in _paths(real, token).items():
            took, processor_ms, size = _times(client, path)
            p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
            style = "" if p95 < SLOWEST_MS else "bold"
            table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", f"{processor_ms:.1f}", f"{size / 1000:.0f}", style=style)
    _console.print(f"{database}: {DOCUMENTS} documents, kept in {filled_s:.0f} s")
    _console.print(table)
    _console.print()


def _paths(real: Document, token: str) -> dict[str, str]:
    return {
        "desk": "/",
        "desk, page 20": "/?page=20",
        "desk, what is late": "/?late=1",
        "desk, what waits for the secretary": "/?ours=1",
        "desk, a body": "/?body=Milj%C3%B6n%C3%A4mnden",
        "desk, words": "/?q=%C3%A5ngstr%C3%B6m+budget",
        "desk, words among all": "/?q=detaljplan+lindqvist&state=all",
        "desk, archived": "/?state=archived",
        "desk, nothing found": "/?q=finnsinte&state=all",
        "document": f"/documents/{real.id}",
        "what has changed": f"/documents/{real.id}/changes",
        "text to correct": f"/documents/{real.id}/text",
        "adjuster's page": f"/sign/{token}",
        "archive, search": "/archive?q=analys",
        "verify, form": "/verify",
    }


def _times(client: TestClient, path: str) -> tuple[list[float], float, int]:
    """Milliseconds by the clock, each; what this process computed for one, on average; bytes."""
    answer = client.get(path)
    if not answer.is_success:
        raise SystemExit(f"{path}: {answer.status_code}")
    took: list[float] = []
    computed = time.process_time()
    for _ in range(TIMES):
        began = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - began) * 1e3)
    return took, (time.process_time() - computed) * 1e3 / TIMES, len(answer.content)


if __name__ == "__main__":
    main()
